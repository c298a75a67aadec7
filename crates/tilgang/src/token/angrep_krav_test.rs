//! Attacks on the verification of access tokens, after RFC 8725 and OWASP ASVS 5, V9
//! "Access tokens": lines 11 to 20, the claims. Every forged token is signed for real where the attack needs a signature.
//!
//! Line 16 is tried in the form that applies: a token of HelseID is one of another issuer.

use serde_json::{Value, json};

use super::jws::Jwsfeil;
use super::testverktoey::{Kilde, NAA_S, UTSTEDER, krav, noekkel_a, noekkel_b, sett};
use super::verifikator_test::{kilde, proev, proev_hode, proev_krav, tid, verifikator};
use super::*;

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
