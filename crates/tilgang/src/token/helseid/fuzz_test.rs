//! Bytes from outside as a proof, its header, its payload, an address, and the claims of a token: read or refused.

use super::krav::{Maal, les_token};
use super::tilfeller::{AUTORITET, BEVISNOEKKEL, OFFENTLIG, STI, Utkast, naa};
use super::*;
use crate::token::TOKEN_LEVETID_MAKS_S;
use crate::token::dpop::{Bevis, Beviskrav, Dpopfeil, ELDRE_S, FORAN_S, Htu, Kontrollert, Origo};
use crate::token::testverktoey::NAA_S;

const ORD: &[&str] = &[
    "\"typ\":\"dpop+jwt\"",
    "\"typ\":\"JWT\"",
    "\"alg\":\"ES256\"",
    "\"alg\":\"none\"",
    "\"alg\":\"RS256\"",
    "\"jwk\":{",
    "\"kty\":\"EC\"",
    "\"crv\":\"P-256\"",
    "\"d\":\"AQAB\"",
    "\"x\":\"",
    "\"crit\":[\"x\"]",
    "\"jti\":\"a\"",
    "\"htm\":\"GET\"",
    "\"htu\":\"https://person.example/\"",
    "\"iat\":1760000000",
    "\"iat\":9223372036854775807",
    "\"ath\":\"",
    "\"nonce\":",
    "\"cnf\":{\"jkt\":\"",
    "\"aud\":[\"nhn:hgd-persontjenesten-api\"]",
    "\"scope\":[\"a\"]",
    "helseid://claims/client/claims/orgnr_parent",
    "\"310000000\"",
    "eyJ0eXAiOiJkcG9wK2p3dCI",
    ".",
    "%2e",
    "/../",
    "HTTPS://",
    ":443",
    "-_",
    "=",
];

fn kontroller(bevis: &str) -> Result<Kontrollert, Dpopfeil> {
    let origo = Origo::les(OFFENTLIG).unwrap();
    let krav = Beviskrav {
        bundet_til: Some(BEVISNOEKKEL.offentlig().avtrykk()),
        tokenavtrykk: Some(&[7; 32]),
        metode: "GET",
        origoer: std::slice::from_ref(&origo),
        sti: STI,
    };
    Bevis::les(bevis.as_bytes())?.kontroller(&krav, naa())
}

fn bevis() -> Vec<Vec<u8>> {
    let utkast = Utkast::bundet();
    vec![
        utkast.bevistekst("token").into(),
        utkast.bevishode.to_string().into(),
        utkast.beviskrav.to_string().into(),
        format!("{OFFENTLIG}{STI}").into(),
    ]
}

fn proev_bevis(byte: &[u8]) {
    let _ = Bevis::les(byte).map(|bevis| format!("{bevis:?}"));
    let Ok(tekst) = std::str::from_utf8(byte) else { return };
    if let Some(htu) = Htu::les(tekst) {
        // What has been brought to the one form is in it.
        let origo = Origo::les("https://a.example").unwrap();
        assert!(!origo.passer(&htu, tekst) || tekst.starts_with('/'));
    }
    if byte.len() > 4_000 {
        return;
    }
    // Under a real signature: any header with the right payload, and any payload with the right header.
    let utkast = Utkast::bundet();
    let _ = kontroller(&BEVISNOEKKEL.forfalsk_raatt(tekst, &utkast.beviskrav.to_string()));
    if let Ok(godtatt) = kontroller(&BEVISNOEKKEL.forfalsk_raatt(&utkast.bevishode.to_string(), tekst)) {
        let til_s = godtatt.merke().gyldig_til_s();
        assert!((NAA_S..=NAA_S + ELDRE_S + FORAN_S).contains(&til_s));
        assert!(
            tekst.contains("BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc"),
            "ath is the token's"
        );
    }
}

fn kravene() -> Vec<Vec<u8>> {
    vec![
        Utkast::bundet().tokenkrav.to_string().into(),
        Utkast::ubundet().tokenkrav.to_string().into(),
    ]
}

fn proev_krav(byte: &[u8]) {
    let maal = Maal {
        utsteder: AUTORITET,
        mottaker: MOTTAKER,
        toleranse_s: HELSEID_TOLERANSE_S,
        levetid_maks_s: TOKEN_LEVETID_MAKS_S,
    };
    for naa_s in [NAA_S, i64::MIN, i64::MAX, 0] {
        if let Ok(token) = les_token(byte, &maal, naa_s) {
            assert!(token.utloeper_s() > 0 && !token.klient_id().is_empty() && token.scopes().count() > 0);
            assert!(token.underenhet().is_none() || token.forelder().is_some());
            let vist = format!("{token:?}");
            assert!(token.sluttbruker().is_none_or(|s| !vist.contains(s.siffer())));
        }
    }
}

fuzz::maal!(paalitelighet_15_fuzz_dpop, 2_000, ORD, bevis, proev_bevis);
fuzz::maal!(paalitelighet_15_fuzz_helseidkrav, 3_000, ORD, kravene, proev_krav);
