//! Attacks on the verification of access tokens, after RFC 8725 and OWASP ASVS 5, V9
//! "Access tokens": lines 1 to 10, the header and the form. Every forged token is signed for real where the attack needs a signature.
//!
//! Line 7 is tried in the form that applies: no elliptic curve is ever taken.

use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use serde_json::{Value, json};

use super::json::Feil as Jsonfeil;
use super::jws::{Jwsfeil, KID_TEGN_MAKS};
use super::testverktoey::{Kilde, NAA_S, UTSTEDER, krav, noekkel_a, noekkel_b};
use super::verifikator_test::{kilde, proev, proev_hode, tid, verifikator};
use super::*;

#[tokio::test]
async fn angrep_01_alg_none_in_every_spelling() {
    for alg in ["none", "None", "nOnE", "NONE", ""] {
        assert_eq!(
            proev_hode("alg", json!(alg)).await.unwrap_err(),
            Tokenfeil::Jws(Jwsfeil::Algoritme),
            "{alg}"
        );
        let hode = URL_SAFE_NO_PAD.encode(json!({"alg": alg}).to_string());
        let usignert = format!("{hode}.{}.", URL_SAFE_NO_PAD.encode(krav().to_string()));
        assert_eq!(
            proev(&usignert).await.unwrap_err(),
            Tokenfeil::Jws(Jwsfeil::IkkeTreDeler)
        );
    }
}

#[tokio::test]
async fn angrep_02_hmac_with_the_public_key_as_secret() {
    let jwk = noekkel_a().offentlig().til_jwk();
    let n = URL_SAFE_NO_PAD.decode(jwk["n"].as_str().unwrap()).unwrap();
    let pem = format!(
        "-----BEGIN PUBLIC KEY-----\n{}\n-----END PUBLIC KEY-----\n",
        STANDARD.encode(&n)
    );
    for hemmelighet in [jwk.to_string().into_bytes(), n, pem.into_bytes()] {
        for alg in [
            jsonwebtoken::Algorithm::HS256,
            jsonwebtoken::Algorithm::HS384,
            jsonwebtoken::Algorithm::HS512,
        ] {
            let mut hode = jsonwebtoken::Header::new(alg);
            hode.kid = Some(noekkel_a().kid().to_owned());
            let noekkel = jsonwebtoken::EncodingKey::from_secret(&hemmelighet);
            let token = jsonwebtoken::encode(&hode, &krav(), &noekkel).unwrap();
            assert_eq!(proev(&token).await.unwrap_err(), Tokenfeil::Jws(Jwsfeil::Algoritme));
        }
    }
}

#[tokio::test]
async fn angrep_03_another_algorithm_than_the_keys_own() {
    let der = noekkel_a().til_pkcs8().unwrap();
    for algoritme in [Algoritme::Rs384, Algoritme::Rs512] {
        let noekkel = Signeringsnoekkel::fra_pkcs8(der.as_ref(), None)
            .unwrap()
            .med_algoritme(algoritme);
        let token = noekkel.signer(&krav()).unwrap();
        assert_eq!(proev(&token).await.unwrap_err(), Tokenfeil::AlgoritmeIkkeNoekkelens);
    }
    let mut innstillinger = Innstillinger::new(UTSTEDER, kilde() as Arc<dyn JwksKilde>);
    innstillinger.algoritmer = vec![Algoritme::Rs512];
    let token = noekkel_a().signer(&krav()).unwrap();
    let svar = Maskinportenverifikator::new(innstillinger)
        .verifiser(&token, tid(NAA_S))
        .await;
    assert_eq!(svar.unwrap_err(), Tokenfeil::AlgoritmeIkkeTillatt);
}

#[tokio::test]
async fn angrep_04_kid_as_path_sql_nul_giant_or_unknown() {
    for kid in [
        "../../etc/passwd",
        "' OR 1=1 --",
        "ukjent",
        "/dev/null",
        &"k".repeat(KID_TEGN_MAKS),
    ] {
        let svar = proev_hode("kid", json!(kid)).await.unwrap_err();
        let ventet = if kid.contains(' ') {
            Tokenfeil::Jws(Jwsfeil::Kid)
        } else {
            Tokenfeil::UkjentNoekkel
        };
        assert_eq!(svar, ventet, "{kid}");
    }
    for kid in [
        json!("a\u{0}b"),
        json!(""),
        json!(7),
        json!(null),
        json!(["a"]),
        json!("k".repeat(KID_TEGN_MAKS + 1)),
    ] {
        assert_eq!(proev_hode("kid", kid).await.unwrap_err(), Tokenfeil::Jws(Jwsfeil::Kid));
    }
    let svar = proev_hode("kid", json!("k".repeat(1024 * 1024))).await;
    assert_eq!(svar.unwrap_err(), Tokenfeil::Jws(Jwsfeil::ForStor));
    let uten = noekkel_a().forfalsk(&json!({"alg": "RS256"}), &krav());
    assert_eq!(proev(&uten).await.unwrap_err(), Tokenfeil::UtenKid);
}

#[tokio::test]
async fn angrep_04_unknown_kid_causes_one_fetch_a_minute() {
    let kilde = kilde();
    let verifikator = verifikator(&kilde);
    for i in 0..600_i64 {
        let hode = json!({"alg": "RS256", "kid": format!("ukjent-{i}")});
        let token = noekkel_b().forfalsk(&hode, &krav());
        let svar = verifikator.verifiser(&token, tid(NAA_S + i / 10)).await;
        assert_eq!(svar.unwrap_err(), Tokenfeil::UkjentNoekkel);
    }
    assert_eq!(kilde.antall(), 1);
    let godt = noekkel_a().signer(&krav()).unwrap();
    assert!(verifikator.verifiser(&godt, tid(NAA_S + 59)).await.is_ok());
}

#[tokio::test]
async fn angrep_05_headers_that_bring_or_fetch_a_key() {
    for (felt, verdi) in [
        ("jku", json!("https://angriper.example/jwk")),
        ("x5u", json!("https://angriper.example/cert")),
        ("jwk", noekkel_b().offentlig().til_jwk()),
    ] {
        let mut hode = json!({"alg": "RS256", "kid": noekkel_b().kid()});
        hode[felt] = verdi;
        let svar = proev(&noekkel_b().forfalsk(&hode, &krav())).await;
        assert_eq!(svar.unwrap_err(), Tokenfeil::Jws(Jwsfeil::ForbudtHodefelt(felt)));
    }
    assert_eq!(
        proev_hode("x5c", json!(["MIIB"])).await.unwrap_err(),
        Tokenfeil::Sertifikatkjede
    );
    assert_eq!(
        proev_hode("x5c", json!("MIIB")).await.unwrap_err(),
        Tokenfeil::Sertifikatkjede
    );
}

#[tokio::test]
async fn angrep_06_crit_with_and_without_known_members() {
    for verdi in [json!(["exp"]), json!(["b64"]), json!([]), json!("x"), json!(null)] {
        assert_eq!(
            proev_hode("crit", verdi).await.unwrap_err(),
            Tokenfeil::Jws(Jwsfeil::ForbudtHodefelt("crit"))
        );
    }
}

#[tokio::test]
async fn angrep_07_elliptic_curves_are_never_taken() {
    for alg in ["ES256", "ES384", "ES512", "ES256K", "EdDSA", "PS256"] {
        let hode = URL_SAFE_NO_PAD.encode(json!({"alg": alg, "kid": noekkel_a().kid()}).to_string());
        for signatur in [vec![0_u8; 64], vec![0x30, 6, 2, 1, 0, 2, 1, 0], vec![1]] {
            let innhold = URL_SAFE_NO_PAD.encode(krav().to_string());
            let token = format!("{hode}.{innhold}.{}", URL_SAFE_NO_PAD.encode(signatur));
            assert_eq!(proev(&token).await.unwrap_err(), Tokenfeil::Jws(Jwsfeil::Algoritme));
        }
    }
}

#[tokio::test]
async fn angrep_08_a_key_of_1024_bits_is_not_taken_from_the_issuer() {
    // The token is genuine for the key beside it, and its times are right; only the key is too short.
    let jwks = include_bytes!("../../testdata/svak-noekkel/jwks-1024.json");
    let token = include_str!("../../testdata/svak-noekkel/token-1024.txt").trim_end();
    assert_eq!(Noekkelsett::les(jwks), Err(Jwksfeil::Tomt));
    let mut med_svak: Value = serde_json::from_slice(jwks).unwrap();
    let svak = med_svak["keys"][0].clone();
    assert_eq!(
        Offentlignoekkel::fra_utsteder(svak.as_object().unwrap()),
        Err(Jwkfeil::Lengde)
    );
    med_svak["keys"]
        .as_array_mut()
        .unwrap()
        .push(noekkel_a().offentlig().til_jwk());
    let lest = Noekkelsett::les(med_svak.to_string().as_bytes()).unwrap();
    assert_eq!((lest.antall(), lest.utelatt()), (1, 1));
    let verifikator = verifikator(&Kilde::med(lest));
    assert_eq!(
        verifikator.verifiser(token, tid(NAA_S)).await.unwrap_err(),
        Tokenfeil::UkjentNoekkel
    );
}

#[tokio::test]
async fn angrep_08_another_key_under_the_same_kid() {
    let der = noekkel_b().til_pkcs8().unwrap();
    let tyv = Signeringsnoekkel::fra_pkcs8(der.as_ref(), Some(noekkel_a().kid())).unwrap();
    assert_eq!(
        proev(&tyv.signer(&krav()).unwrap()).await.unwrap_err(),
        Tokenfeil::Signatur
    );
}

#[tokio::test]
async fn angrep_09_unencoded_detached_json_nested_and_encrypted_forms() {
    assert_eq!(
        proev_hode("b64", json!(false)).await.unwrap_err(),
        Tokenfeil::Jws(Jwsfeil::ForbudtHodefelt("b64"))
    );
    let godt = noekkel_a().signer(&krav()).unwrap();
    let deler: Vec<&str> = godt.split('.').collect();
    let loesrevet = format!("{}..{}", deler[0], deler[2]);
    assert_eq!(
        proev(&loesrevet).await.unwrap_err(),
        Tokenfeil::Jws(Jwsfeil::IkkeTreDeler)
    );
    let som_json = json!({"protected": deler[0], "payload": deler[1], "signature": deler[2]}).to_string();
    assert_eq!(
        proev(&som_json).await.unwrap_err(),
        Tokenfeil::Jws(Jwsfeil::IkkeTreDeler)
    );
    let nestet = noekkel_a().forfalsk_raatt(&json!({"alg": "RS256", "kid": noekkel_a().kid()}).to_string(), &godt);
    assert_eq!(proev(&nestet).await.unwrap_err(), Tokenfeil::Innhold(Jsonfeil::Ugyldig));
    assert_eq!(
        proev_hode("cty", json!("JWT")).await.unwrap_err(),
        Tokenfeil::Jws(Jwsfeil::ForbudtHodefelt("cty"))
    );
    let jwe = format!(
        "{}.YQ.YQ.YQ.YQ",
        URL_SAFE_NO_PAD.encode(r#"{"alg":"RSA-OAEP","enc":"A256GCM"}"#)
    );
    assert_eq!(proev(&jwe).await.unwrap_err(), Tokenfeil::Jws(Jwsfeil::IkkeTreDeler));
    assert_eq!(
        proev_hode("zip", json!("DEF")).await.unwrap_err(),
        Tokenfeil::Jws(Jwsfeil::ForbudtHodefelt("zip"))
    );
}

#[tokio::test]
async fn angrep_10_duplicate_members_in_header_and_payload() {
    let kid = noekkel_a().kid();
    let hode = format!(r#"{{"alg":"RS256","kid":"{kid}"}}"#);
    let innhold = krav().to_string();
    let dobbelt_hode = format!(r#"{{"alg":"none","alg":"RS256","kid":"{kid}"}}"#);
    let svar = proev(&noekkel_a().forfalsk_raatt(&dobbelt_hode, &innhold)).await;
    assert_eq!(
        svar.unwrap_err(),
        Tokenfeil::Jws(Jwsfeil::Hode(Jsonfeil::GjentattMedlem))
    );
    for ekstra in [
        r#","scope":"folkeregister:deling/finans"}"#,
        r#","\u0065xp":9999999999}"#,
        r#","y":{"a":1,"a":2}}"#,
    ] {
        let innhold = format!("{}{ekstra}", innhold.strip_suffix('}').unwrap());
        let svar = proev(&noekkel_a().forfalsk_raatt(&hode, &innhold)).await;
        assert_eq!(
            svar.unwrap_err(),
            Tokenfeil::Innhold(Jsonfeil::GjentattMedlem),
            "{ekstra}"
        );
    }
    for innhold in ["[]", "\"x\"", "1", "null", "{", ""] {
        let token = noekkel_a().forfalsk_raatt(&hode, innhold);
        assert!(proev(&token).await.is_err(), "{innhold}");
    }
}
