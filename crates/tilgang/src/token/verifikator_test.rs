//! The verification of access tokens: what is accepted, what the claims must look like, and what is remembered.
//!
//! Attacks stand in `angrep_hode_test.rs` (1 to 10) and `angrep_krav_test.rs` (11 to 20).

use std::sync::Arc;

use jiff::Timestamp;
use serde_json::{Value, json};

use super::testverktoey::{Kilde, NAA_S, UTSTEDER, krav, noekkel_a, noekkel_b, sett};
use super::*;

pub(super) fn tid(sekunder: i64) -> Timestamp {
    Timestamp::from_second(sekunder).unwrap()
}

pub(super) fn kilde() -> Arc<Kilde> {
    Kilde::med(sett(&[noekkel_a()]))
}

pub(super) fn verifikator(kilde: &Arc<Kilde>) -> Maskinportenverifikator {
    Maskinportenverifikator::new(Innstillinger::new(UTSTEDER, Arc::clone(kilde) as Arc<dyn JwksKilde>))
}

/// Verifies with a fresh verifier that knows key A, and tells how it went.
pub(super) async fn proev(token: &str) -> Result<Arc<Token>, Tokenfeil> {
    let verifikator = verifikator(&kilde());
    let svar = verifikator.verifiser(token, tid(NAA_S)).await;
    assert_eq!(
        verifikator.antall_husket(),
        usize::from(svar.is_ok()),
        "only successes are remembered"
    );
    svar
}

pub(super) async fn proev_krav(endring: impl FnOnce(&mut Value)) -> Result<Arc<Token>, Tokenfeil> {
    let mut krav = krav();
    endring(&mut krav);
    proev(&noekkel_a().signer(&krav).unwrap()).await
}

pub(super) async fn proev_hode(felt: &str, verdi: Value) -> Result<Arc<Token>, Tokenfeil> {
    let mut hode = json!({"alg": "RS256", "kid": noekkel_a().kid()});
    hode[felt] = verdi;
    proev(&noekkel_a().forfalsk(&hode, &krav())).await
}

#[tokio::test]
async fn a_token_as_maskinporten_makes_it_is_accepted() {
    // A handler must be able to hold the verification across threads.
    fn er_send(_: &impl Send) {}
    er_send(&verifikator(&kilde()).verifiser("", tid(NAA_S)));
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
