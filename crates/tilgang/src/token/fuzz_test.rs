//! Bytes from outside as a header, a token, its claims, a key and a set of keys: read or refused.

use super::testverktoey::{NAA_S, UTSTEDER, krav, noekkel_a};
use super::*;
use crate::token::krav::{Maal, les_token};

const ORD: &[&str] = &[
    "\"alg\":\"RS256\"",
    "\"alg\":\"none\"",
    "\"alg\":\"HS256\"",
    "\"kid\":\"",
    "\"crit\":[\"x\"]",
    "\"b64\":false",
    "\"x5c\":[\"\"]",
    "\"jwk\":{}",
    "\"typ\":\"at+jwt\"",
    "\"iss\":\"https://test.maskinporten.no/\"",
    "\"aud\":\"unspecified\"",
    "\"exp\":9223372036854775807",
    "\"iat\":-1",
    "\"nbf\":1e18",
    "\"scope\":\"a b\"",
    "\"consumer\":{\"authority\":\"iso6523-actorid-upis\",\"ID\":\"0192:310000000\"}",
    "\"supplier\":",
    "\"delegation_source\":\"https://www.altinn.no/\"",
    "\"pid\":\"12859012335\"",
    "\"cnf\":{}",
    "eyJhbGciOiJSUzI1NiJ9",
    ".",
    "Bearer ",
    "bearer",
    "\"kty\":\"RSA\"",
    "\"use\":\"sig\"",
    "\"e\":\"AQAB\"",
    "\"n\":\"",
    "\"d\":\"x\"",
    "\"keys\":[",
    "\"key_ops\":[\"verify\"]",
    "-_",
    "=",
];

fn tokener() -> Vec<Vec<u8>> {
    let token = noekkel_a().signer(&krav()).unwrap();
    vec![token.clone().into(), format!("Bearer {token}").into()]
}

fn proev_jws(byte: &[u8]) {
    let bearer = les_bearer([byte]).map(str::to_owned);
    assert!(bearer.is_ok() == byte.get(..6).is_some_and(|b| b.eq_ignore_ascii_case(b"bearer")) || bearer.is_err());
    let Ok(tekst) = std::str::from_utf8(byte) else { return };
    for tekst in [Some(tekst), bearer.as_deref().ok()].into_iter().flatten() {
        if let Ok(lest) = Kompakt::les(tekst, &["jwt", "at+jwt"]) {
            assert!(tekst.len() <= jws::JWS_BYTES_MAKS);
            // Nobody has signed a mutation, unless only what is not signed was changed.
            let ekte = noekkel_a().signer(&krav()).unwrap();
            assert!(!noekkel_a().offentlig().har_signert(&lest) || ekte == tekst);
        }
    }
}

fn kravene() -> Vec<Vec<u8>> {
    vec![krav().to_string().into()]
}

fn proev_krav(byte: &[u8]) {
    let kilder = ["https://tt02.altinn.no".to_owned()];
    let maal = Maal {
        utsteder: UTSTEDER,
        toleranse_s: TOLERANSE_S,
        levetid_maks_s: TOKEN_LEVETID_MAKS_S,
        delegeringskilder: &kilder,
    };
    for naa_s in [NAA_S, i64::MIN, i64::MAX, 0] {
        if let Ok(token) = les_token(byte, &maal, naa_s) {
            assert!(token.utloeper_s() > 0 && !token.klient_id().is_empty());
            assert!(
                token
                    .sluttbruker()
                    .is_none_or(|s| !format!("{token:?}").contains(s.siffer()))
            );
        }
    }
    if let Ok(objekt) = json::les_objekt(byte) {
        let _ = objekt.get("scope").and_then(les_scope);
        let _ = objekt.get("consumer").and_then(les_organisasjon);
    }
}

fn noekler() -> Vec<Vec<u8>> {
    let jwk = noekkel_a().offentlig().til_jwk();
    let sett = serde_json::json!({"keys": [jwk, {"kty": "EC"}]});
    vec![jwk.to_string().into(), sett.to_string().into()]
}

fn proev_jwk(byte: &[u8]) {
    if let Ok(noekkel) = Offentlignoekkel::fra_klient(byte) {
        let igjen = Offentlignoekkel::fra_klient(noekkel.til_jwk().to_string().as_bytes()).unwrap();
        assert_eq!(igjen.avtrykk(), noekkel.avtrykk());
    }
    if let Ok(sett) = Noekkelsett::les(byte) {
        assert!(sett.antall() > 0 && sett.antall() + sett.utelatt() <= 64);
    }
    let _ = Signeringsnoekkel::fra_pkcs8(byte, Some("x"));
}

fuzz::maal!(paalitelighet_15_fuzz_jws, 1_500, ORD, tokener, proev_jws);
fuzz::maal!(paalitelighet_15_fuzz_krav, 4_000, ORD, kravene, proev_krav);
fuzz::maal!(paalitelighet_15_fuzz_jwk, 2_500, ORD, noekler, proev_jwk);
