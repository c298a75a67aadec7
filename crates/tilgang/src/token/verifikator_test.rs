//! Attacks on the verification of access tokens, numbered as in the reliability requirements, section 4
//! "Access tokens". Every forged token is signed for real where the attack needs a signature.
//!
//! Lines that do not apply to Maskinporten are tried in the form that does: no elliptic curve is ever taken (7), and
//! a token of HelseID is one of another issuer (16).

use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use jiff::Timestamp;
use serde_json::{Value, json};

use super::json::Feil as Jsonfeil;
use super::jws::{Jwsfeil, KID_TEGN_MAKS};
use super::testverktoey::{Kilde, NAA_S, UTSTEDER, krav, noekkel_a, noekkel_b, sett};
use super::*;

fn tid(sekunder: i64) -> Timestamp {
    Timestamp::from_second(sekunder).unwrap()
}

fn kilde() -> Arc<Kilde> {
    Kilde::med(sett(&[noekkel_a()]))
}

fn verifikator(kilde: &Arc<Kilde>) -> Maskinportenverifikator {
    Maskinportenverifikator::new(Innstillinger::new(UTSTEDER, Arc::clone(kilde) as Arc<dyn JwksKilde>))
}

/// Verifies with a fresh verifier that knows key A, and tells how it went.
async fn proev(token: &str) -> Result<Arc<Token>, Tokenfeil> {
    let verifikator = verifikator(&kilde());
    let svar = verifikator.verifiser(token, tid(NAA_S)).await;
    assert_eq!(
        verifikator.antall_husket(),
        usize::from(svar.is_ok()),
        "only successes are remembered"
    );
    svar
}

async fn proev_krav(endring: impl FnOnce(&mut Value)) -> Result<Arc<Token>, Tokenfeil> {
    let mut krav = krav();
    endring(&mut krav);
    proev(&noekkel_a().signer(&krav).unwrap()).await
}

async fn proev_hode(felt: &str, verdi: Value) -> Result<Arc<Token>, Tokenfeil> {
    let mut hode = json!({"alg": "RS256", "kid": noekkel_a().kid()});
    hode[felt] = verdi;
    proev(&noekkel_a().forfalsk(&hode, &krav())).await
}

#[tokio::test]
async fn a_token_as_maskinporten_makes_it_is_accepted() {
    let token = proev_krav(|_| {}).await.unwrap();
    assert_eq!(token.konsument().to_string(), "310000000");
    assert_eq!(token.delegering(), None);
    assert!(token.har_scope("folkeregister:deling/offentligmedhjemmel"));
    assert_eq!(
        (token.klient_id(), token.jti(), token.utloeper_s()),
        ("klient-1", "jti-1", NAA_S + 120)
    );
    assert!(
        proev_krav(|krav| drop(krav.as_object_mut().unwrap().shift_remove("aud")))
            .await
            .is_ok()
    );
    assert!(
        proev_krav(|krav| krav["ukjent_krav"] = json!({"nytt": [1]}))
            .await
            .is_ok()
    );
}

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

#[tokio::test]
async fn angrep_11_exp_missing_text_fraction_negative_or_far_ahead() {
    let svar = proev_krav(|krav| drop(krav.as_object_mut().unwrap().shift_remove("exp"))).await;
    assert_eq!(svar.unwrap_err(), Tokenfeil::Krav("exp"));
    let tall: Value = serde_json::from_str("1760000120.0").unwrap();
    let stort: Value = serde_json::from_str("99999999999999999999999").unwrap();
    let tekst = json!((NAA_S + 120).to_string());
    for exp in [
        tekst,
        tall,
        stort,
        json!(1.76e9),
        json!(-1),
        json!(0),
        json!(null),
        json!([NAA_S + 120]),
        json!(true),
    ] {
        assert_eq!(
            proev_krav(|krav| krav["exp"] = exp).await.unwrap_err(),
            Tokenfeil::Krav("exp")
        );
    }
    for exp in [NAA_S + TOKEN_LEVETID_MAKS_S + 1, NAA_S + 10_000_000, i64::MAX] {
        assert_eq!(
            proev_krav(|krav| krav["exp"] = json!(exp)).await.unwrap_err(),
            Tokenfeil::Levetid
        );
    }
    assert!(
        proev_krav(|krav| krav["exp"] = json!(NAA_S + TOKEN_LEVETID_MAKS_S))
            .await
            .is_ok()
    );
    assert_eq!(
        proev_krav(|krav| krav["exp"] = json!(NAA_S)).await.unwrap_err(),
        Tokenfeil::Levetid
    );
    assert_eq!(
        proev_krav(|krav| krav["exp"] = json!(NAA_S - 10)).await.unwrap_err(),
        Tokenfeil::Utloept
    );
}

#[tokio::test]
async fn angrep_11_the_tolerance_is_ten_seconds_to_the_second() {
    let verifikator = verifikator(&kilde());
    let token = noekkel_a().signer(&krav()).unwrap();
    for (naa, ventet) in [
        (NAA_S - 11, Err(Tokenfeil::IkkeGyldigEnnaa)),
        (NAA_S - 10, Ok(())),
        (NAA_S + 129, Ok(())),
        (NAA_S + 130, Err(Tokenfeil::Utloept)),
    ] {
        assert_eq!(verifikator.verifiser(&token, tid(naa)).await.map(drop), ventet);
    }
}

#[tokio::test]
async fn angrep_12_nbf_or_iat_in_the_future() {
    assert!(proev_krav(|krav| krav["nbf"] = json!(NAA_S + 10)).await.is_ok());
    assert_eq!(
        proev_krav(|krav| krav["nbf"] = json!(NAA_S + 11)).await.unwrap_err(),
        Tokenfeil::IkkeGyldigEnnaa
    );
    assert_eq!(
        proev_krav(|krav| krav["nbf"] = json!("0")).await.unwrap_err(),
        Tokenfeil::Krav("nbf")
    );
    assert_eq!(
        proev_krav(|krav| krav["iat"] = json!(NAA_S + 11)).await.unwrap_err(),
        Tokenfeil::IkkeGyldigEnnaa
    );
    assert_eq!(
        proev_krav(|krav| krav["iat"] = json!(-1)).await.unwrap_err(),
        Tokenfeil::Krav("iat")
    );
    let svar = proev_krav(|krav| drop(krav.as_object_mut().unwrap().shift_remove("iat"))).await;
    assert_eq!(svar.unwrap_err(), Tokenfeil::Krav("iat"));
}

#[tokio::test]
async fn angrep_13_iss_is_compared_character_by_character() {
    for iss in [
        "https://test.maskinporten.no",
        "https://test.maskinporten.no//",
        "https://TEST.maskinporten.no/",
        "http://test.maskinporten.no/",
        "https://maskinporten.no/",
        "https://test.maskinporten.no/ ",
        "https://test.maskinporten.no.angriper.example/",
        "",
    ] {
        assert_eq!(
            proev_krav(|krav| krav["iss"] = json!(iss)).await.unwrap_err(),
            Tokenfeil::Utsteder,
            "{iss}"
        );
    }
    assert_eq!(
        proev_krav(|krav| krav["iss"] = json!([UTSTEDER])).await.unwrap_err(),
        Tokenfeil::Krav("iss")
    );
}

#[tokio::test]
async fn angrep_14_aud_names_somebody() {
    for aud in [
        json!("https://folkeregisteret.api.skatteetaten.no"),
        json!(["unspecified"]),
        json!(["unspecified", "annen"]),
        json!("unspecified2"),
        json!("Unspecified"),
        json!(""),
        json!(null),
        json!({}),
    ] {
        assert_eq!(
            proev_krav(|krav| krav["aud"] = aud).await.unwrap_err(),
            Tokenfeil::Mottaker
        );
    }
}

#[tokio::test]
async fn angrep_15_id_token_and_client_assertion_are_no_access_tokens() {
    let id_token = json!({
        "iss": UTSTEDER, "sub": "x", "aud": "klient-1", "iat": NAA_S, "exp": NAA_S + 120, "nonce": "n",
    });
    assert_eq!(
        proev(&noekkel_a().signer(&id_token).unwrap()).await.unwrap_err(),
        Tokenfeil::Mottaker
    );
    let grant = Grant {
        klient_id: "klient-1".to_owned(),
        utsteder: UTSTEDER.to_owned(),
        scope: "folkeregister:deling/offentligmedhjemmel".to_owned(),
        konsument: None,
    };
    let grant = |noekkel| grant.signer(noekkel, tid(NAA_S), "j").unwrap();
    assert_eq!(proev(&grant(noekkel_b())).await.unwrap_err(), Tokenfeil::UkjentNoekkel);
    assert_eq!(proev(&grant(noekkel_a())).await.unwrap_err(), Tokenfeil::Utsteder);
    for typ in ["client-authentication+jwt", "dpop+jwt", "id_token+jwt", "secevent+jwt"] {
        assert_eq!(
            proev_hode("typ", json!(typ)).await.unwrap_err(),
            Tokenfeil::Jws(Jwsfeil::Typ)
        );
    }
    assert!(proev_hode("typ", json!("JWT")).await.is_ok());
}

#[tokio::test]
async fn angrep_16_a_token_of_helseid_and_a_dpop_bound_token() {
    let helseid = noekkel_b().signer(&json!({
        "iss": "https://helseid-sts.test.nhn.no", "aud": "nhn:hgd-persontjenesten-api", "iat": NAA_S,
        "exp": NAA_S + 60, "client_id": "k", "cnf": {"jkt": "x"}, "scope": ["nhn:hgd-persontjenesten-api/full-access"],
    }));
    assert_eq!(proev(&helseid.unwrap()).await.unwrap_err(), Tokenfeil::UkjentNoekkel);
    let svar = proev_krav(|krav| krav["iss"] = json!("https://helseid-sts.test.nhn.no")).await;
    assert_eq!(svar.unwrap_err(), Tokenfeil::Utsteder);
    assert_eq!(
        proev_krav(|krav| krav["cnf"] = json!({"jkt": "x"})).await.unwrap_err(),
        Tokenfeil::Noekkelbundet
    );
    assert_eq!(
        proev_krav(|krav| krav["token_type"] = json!("DPoP")).await.unwrap_err(),
        Tokenfeil::Krav("token_type")
    );
}

#[tokio::test]
async fn angrep_17_a_withdrawn_key_takes_its_tokens_with_it() {
    let kilde = Kilde::med(sett(&[noekkel_a()]));
    let verifikator = verifikator(&kilde);
    let gammelt = noekkel_a().signer(&krav()).unwrap();
    assert!(verifikator.verifiser(&gammelt, tid(NAA_S)).await.is_ok());
    assert_eq!(verifikator.antall_husket(), 1);
    kilde.sett(Some(sett(&[noekkel_b()])));
    let nytt = noekkel_b().signer(&krav()).unwrap();
    assert!(verifikator.verifiser(&nytt, tid(NAA_S + 61)).await.is_ok());
    // Remembered as verified, unexpired, and still refused.
    assert_eq!(
        verifikator.verifiser(&gammelt, tid(NAA_S + 62)).await.unwrap_err(),
        Tokenfeil::UkjentNoekkel
    );
    assert_eq!(verifikator.antall_husket(), 1);

    // The name is reused for another key: the thumbprint tells them apart.
    let der = noekkel_a().til_pkcs8().unwrap();
    let navnebror = Signeringsnoekkel::fra_pkcs8(der.as_ref(), Some(noekkel_b().kid())).unwrap();
    kilde.sett(Some(sett(&[&navnebror, noekkel_a()])));
    assert!(verifikator.verifiser(&gammelt, tid(NAA_S + 122)).await.is_ok());
    assert_eq!(
        verifikator.verifiser(&nytt, tid(NAA_S + 123)).await.unwrap_err(),
        Tokenfeil::Signatur
    );
}

#[tokio::test]
async fn angrep_18_white_space_padding_and_dots_around_the_parts() {
    let godt = noekkel_a().signer(&krav()).unwrap();
    for (token, ventet) in [
        (format!("{godt}="), Jwsfeil::Base64),
        (format!("{godt} "), Jwsfeil::Base64),
        (format!(" {godt}"), Jwsfeil::Base64),
        (format!("{godt}\n"), Jwsfeil::Base64),
        (godt.replacen('.', "\u{a0}.", 1), Jwsfeil::Base64),
        (godt.replacen('.', "\u{200b}.", 1), Jwsfeil::Base64),
        (format!("{godt}."), Jwsfeil::IkkeTreDeler),
        (format!("{godt}.."), Jwsfeil::IkkeTreDeler),
        (format!(".{godt}"), Jwsfeil::IkkeTreDeler),
    ] {
        assert_eq!(proev(&token).await.unwrap_err(), Tokenfeil::Jws(ventet), "{token}");
    }
}

#[tokio::test]
async fn angrep_19_a_token_over_16_kb() {
    let svar = proev_krav(|krav| krav["fyll"] = json!("x".repeat(17 * 1024))).await;
    assert_eq!(svar.unwrap_err(), Tokenfeil::Jws(Jwsfeil::ForStor));
    assert!(
        proev_krav(|krav| krav["fyll"] = json!("x".repeat(10 * 1024)))
            .await
            .is_ok()
    );
}

#[tokio::test]
async fn angrep_20_scope_as_part_of_a_word_array_or_with_odd_spaces() {
    for scope in [
        json!(["folkeregister:deling/offentligmedhjemmel"]),
        json!({"a": "b"}),
        json!(null),
        json!(1),
        json!(""),
        json!(" a"),
        json!("a "),
        json!("a  b"),
        json!("a\tb"),
        json!("a\u{a0}b"),
        json!("a\"b"),
        json!("a a"),
        json!((0..65).map(|i| i.to_string()).collect::<Vec<_>>().join(" ")),
    ] {
        assert_eq!(
            proev_krav(|krav| krav["scope"] = scope).await.unwrap_err(),
            Tokenfeil::Scope
        );
    }
    let svar = proev_krav(|krav| drop(krav.as_object_mut().unwrap().shift_remove("scope"))).await;
    assert_eq!(svar.unwrap_err(), Tokenfeil::Scope);
    let token = proev_krav(|krav| krav["scope"] = json!("nhn:xy a/b")).await.unwrap();
    assert!(token.har_scope("nhn:xy") && token.har_scope("a/b"));
    assert!(!token.har_scope("nhn:x") && !token.har_scope("nhn:xyz") && !token.har_scope("a") && !token.har_scope(""));
    assert_eq!(token.scopes().collect::<Vec<_>>(), ["nhn:xy", "a/b"]);
}

#[tokio::test]
async fn the_consumer_must_have_exactly_the_published_form() {
    for consumer in [
        json!({"authority": "iso6523-actorid-upis", "ID": "0192:310000001"}),
        json!({"authority": "iso6523-actorid-upis", "ID": "310000000"}),
        json!({"authority": "iso6523-actorid-upis", "ID": "0193:310000000"}),
        json!({"authority": "iso6523-actorid-upis", "ID": "0192:310000000 "}),
        json!({"authority": "iso6523-actorid-upis", "ID": "0192:31000000"}),
        json!({"authority": "iso6523-actorid-upis", "id": "0192:310000000"}),
        json!({"authority": "iso6523-actorid-upis", "ID": 310_000_000}),
        json!({"authority": "ISO6523-actorid-upis", "ID": "0192:310000000"}),
        json!({"authority": "iso6523-actorid-upis", "ID": "0192:310000000", "navn": "x"}),
        json!({"ID": "0192:310000000"}),
        json!("0192:310000000"),
        json!(["0192:310000000"]),
        json!(null),
    ] {
        let vist = consumer.to_string();
        assert_eq!(
            proev_krav(|krav| krav["consumer"] = consumer).await.unwrap_err(),
            Tokenfeil::Konsument,
            "{vist}"
        );
    }
    let svar = proev_krav(|krav| drop(krav.as_object_mut().unwrap().shift_remove("consumer"))).await;
    assert_eq!(svar.unwrap_err(), Tokenfeil::Konsument);
}

#[tokio::test]
async fn a_delegation_names_supplier_and_source_together() {
    let leverandoer = json!({"authority": "iso6523-actorid-upis", "ID": "0192:310000019"});
    for (kilde, kjent) in [
        ("https://www.altinn.no/", true),
        ("https://www.altinn.no", true),
        ("https://tt02.altinn.no/", true),
        ("https://altinn.no/", false),
        ("https://angriper.example/", false),
    ] {
        let token = proev_krav(|krav| {
            krav["supplier"] = leverandoer.clone();
            krav["delegation_source"] = json!(kilde);
        });
        let token = token.await.unwrap();
        let delegering = token.delegering().unwrap();
        assert_eq!(delegering.leverandoer().to_string(), "310000019");
        assert_eq!(delegering.kilde_er_kjent(), kjent, "{kilde}");
        assert_eq!(delegering.kilde(), kilde.trim_end_matches('/'));
        assert_eq!(token.konsument().to_string(), "310000000");
    }
    let svar = proev_krav(|krav| krav["supplier"] = leverandoer.clone()).await;
    assert_eq!(svar.unwrap_err(), Tokenfeil::Leverandoer);
    let svar = proev_krav(|krav| krav["delegation_source"] = json!("https://www.altinn.no/")).await;
    assert_eq!(svar.unwrap_err(), Tokenfeil::Leverandoer);
    for (supplier, kilde) in [
        (json!("310000019"), json!("https://x/")),
        (leverandoer, json!(7)),
        (json!({}), json!("")),
    ] {
        let svar = proev_krav(|krav| {
            krav["supplier"] = supplier;
            krav["delegation_source"] = kilde;
        });
        assert_eq!(svar.await.unwrap_err(), Tokenfeil::Leverandoer);
    }
}

#[tokio::test]
async fn client_id_jti_and_pid_have_a_form_and_pid_is_never_shown() {
    for felt in ["client_id", "jti"] {
        for verdi in [
            json!(""),
            json!("a b"),
            json!(1),
            json!(null),
            json!("x".repeat(257)),
            json!("a\nb"),
        ] {
            assert_eq!(
                proev_krav(|krav| krav[felt] = verdi).await.unwrap_err(),
                Tokenfeil::Krav(felt)
            );
        }
    }
    for pid in [json!("1234567890"), json!(1), json!("1234567890x"), json!(null)] {
        assert_eq!(
            proev_krav(|krav| krav["pid"] = pid).await.unwrap_err(),
            Tokenfeil::Krav("pid")
        );
    }
    let token = proev_krav(|krav| krav["pid"] = json!("12859012335")).await.unwrap();
    assert_eq!(token.sluttbruker().unwrap().siffer(), "12859012335");
    assert!(!format!("{token:?}").contains("12859012335"));
}

#[tokio::test]
async fn a_verified_token_is_remembered_until_it_expires() {
    let kilde = kilde();
    let verifikator = verifikator(&kilde);
    let token = noekkel_a().signer(&krav()).unwrap();
    let foerste = verifikator.verifiser(&token, tid(NAA_S)).await.unwrap();
    let andre = verifikator.verifiser(&token, tid(NAA_S + 1)).await.unwrap();
    assert!(
        Arc::ptr_eq(&foerste, &andre),
        "the second is the first, not a new verification"
    );
    assert_eq!(
        verifikator.verifiser(&token, tid(NAA_S + 130)).await.unwrap_err(),
        Tokenfeil::Utloept
    );
    assert_eq!(verifikator.antall_husket(), 0);
}

#[tokio::test]
async fn keys_that_cannot_be_fetched_are_our_fault_and_not_the_callers() {
    let kilde = kilde();
    kilde.sett(None);
    let verifikator = verifikator(&kilde);
    let token = noekkel_a().signer(&krav()).unwrap();
    let feil = verifikator.verifiser(&token, tid(NAA_S)).await.unwrap_err();
    assert!(feil.er_midlertidig());
    kilde.sett(Some(sett(&[noekkel_a()])));
    assert!(verifikator.verifiser(&token, tid(NAA_S + 5)).await.is_ok());
}

#[tokio::test]
async fn no_refusal_says_anything_of_the_token() {
    let hemmelig = "hemmeligverdi";
    for token in [
        hemmelig.to_owned(),
        noekkel_b()
            .signer(&json!({"iss": hemmelig, "scope": hemmelig}))
            .unwrap(),
        noekkel_a().signer(&json!({"iss": hemmelig})).unwrap(),
        noekkel_a().signer(&json!({"iss": UTSTEDER, "aud": hemmelig})).unwrap(),
    ] {
        let feil = proev(&token).await.unwrap_err();
        let alt = format!("{feil} {feil:?} {}", feil.beskrivelse());
        assert!(!alt.contains(hemmelig), "{alt}");
    }
}

mod egenskaper {
    use super::*;
    use proptest::prelude::*;

    fn verifiser(token: &str) -> Result<Arc<Token>, Tokenfeil> {
        let kjoerer = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap();
        kjoerer.block_on(proev(token))
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(256))]

        #[test]
        fn any_text_gives_an_error_and_never_a_panic(token in "\\PC{0,200}") {
            prop_assert!(verifiser(&token).is_err());
        }

        #[test]
        fn a_good_token_changed_in_one_place_is_refused(sted in any::<prop::sample::Index>(), ny in any::<char>()) {
            let godt = noekkel_a().signer(&krav()).unwrap();
            let mut tegn: Vec<char> = godt.chars().collect();
            let sted = sted.index(tegn.len());
            prop_assume!(tegn[sted] != ny);
            tegn[sted] = ny;
            prop_assert!(verifiser(&tegn.into_iter().collect::<String>()).is_err());
        }
    }
}
