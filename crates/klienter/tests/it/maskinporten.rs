//! From a registered key to an opened package, over HTTP all the way.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use axum::Router;
use axum::routing::{get, post};
use klienter::jwks::HttpKilde;
use klienter::maskinporten::{Feil, Klient};
use klienter::{Valg, maskinporten as mp};
use serde_json::json;
use tilgang::Pakke;
use tilgang::avtale::{Avslag, Avslagsslag, avgjoer};
use tilgang::token::{Innstillinger, JwksKilde, Maskinportenverifikator, Tokenfeil};

use crate::oppsett::{Maskinporten, Ur, maskinporten, server};

const MED_HJEMMEL: Pakke = Pakke::OffentligMedHjemmel;

fn verifikator(mp: &Maskinporten) -> Maskinportenverifikator {
    let kilde = HttpKilde::new(&mp.navn, Valg::default()).unwrap();
    Maskinportenverifikator::new(Innstillinger::new(mp.navn.clone(), Arc::new(kilde)))
}

#[tokio::test]
async fn a_client_gets_a_token_that_opens_its_package_and_no_other() {
    let mp = maskinporten().await;
    let token = mp.klient().hent_token(MED_HJEMMEL.scope()).await.unwrap();
    let token = verifikator(&mp).verifiser(&token, mp.ur.naa()).await.unwrap();
    let kaller = avgjoer(&mp.register, &token, MED_HJEMMEL, mp.ur.naa()).unwrap();
    assert_eq!(kaller.konsument().to_string(), "310000000");
    assert_eq!((kaller.pakke(), kaller.klient_id()), (MED_HJEMMEL, "klient"));
    assert!(!kaller.ser_graderte_adresser(), "a private consumer without that grant");
    for pakke in Pakke::ALLE.into_iter().filter(|pakke| *pakke != MED_HJEMMEL) {
        let avslag = avgjoer(&mp.register, &token, pakke, mp.ur.naa()).unwrap_err();
        assert_eq!(
            (avslag, avslag.slag()),
            (Avslag::ManglerScope(pakke), Avslagsslag::ManglerTilgang)
        );
    }
}

#[tokio::test]
async fn a_grant_withdrawn_after_the_token_was_issued_closes_the_package_at_once() {
    let mp = maskinporten().await;
    let token = mp.klient().hent_token(MED_HJEMMEL.scope()).await.unwrap();
    let token = verifikator(&mp).verifiser(&token, mp.ur.naa()).await.unwrap();
    let id = mp.register.alle()[0].id;
    mp.register.trekk(id, "prøve", "prøve", mp.ur.naa()).unwrap();
    let avslag = avgjoer(&mp.register, &token, MED_HJEMMEL, mp.ur.naa()).unwrap_err();
    assert_eq!(avslag, Avslag::IngenAvtale(MED_HJEMMEL));
}

#[tokio::test]
async fn a_token_is_kept_until_shortly_before_it_expires() {
    let mp = maskinporten().await;
    let klient = mp.klient();
    let hent = || klient.hent_token(MED_HJEMMEL.scope());
    let foerste = hent().await.unwrap();
    mp.ur.frem(99);
    assert_eq!(hent().await.unwrap(), foerste);
    mp.ur.frem(1);
    let andre = hent().await.unwrap();
    assert_ne!(andre, foerste);
    klient.glem(MED_HJEMMEL.scope(), &foerste).await;
    assert_eq!(
        hent().await.unwrap(),
        andre,
        "an older token's refusal does not cost the new one"
    );
    klient.glem(MED_HJEMMEL.scope(), &andre).await;
    assert_ne!(hent().await.unwrap(), andre);
}

#[tokio::test]
async fn a_refusal_reaches_the_operator_with_its_code() {
    let mp = maskinporten().await;
    let svar = mp.klient().hent_token(Pakke::Finans.scope()).await;
    let Err(Feil::Avslag {
        status,
        feilkode,
        beskrivelse,
    }) = svar
    else {
        panic!("{svar:?}")
    };
    assert_eq!((status, feilkode.as_str()), (403, "invalid_grant"));
    assert!(beskrivelse.starts_with("MP-250 "), "{beskrivelse}");
}

#[tokio::test]
async fn tokens_of_the_former_and_of_the_new_key_are_both_good_after_a_rotation() {
    let mp = maskinporten().await;
    let (klient, verifikator) = (mp.klient(), verifikator(&mp));
    let foer = klient.hent_token(MED_HJEMMEL.scope()).await.unwrap();
    assert!(verifikator.verifiser(&foer, mp.ur.naa()).await.is_ok());
    mp.utsteder.roter(mp.ur.naa()).unwrap();
    klient.glem(MED_HJEMMEL.scope(), &foer).await;
    let etter = klient.hent_token(MED_HJEMMEL.scope()).await.unwrap();
    // The verifier has just fetched and holds the old set: the new key is found a minute later.
    assert_eq!(
        verifikator.verifiser(&etter, mp.ur.naa()).await.unwrap_err(),
        Tokenfeil::UkjentNoekkel
    );
    mp.ur.frem(60);
    assert!(verifikator.verifiser(&etter, mp.ur.naa()).await.is_ok());
    assert!(verifikator.verifiser(&foer, mp.ur.naa()).await.is_ok());
    mp.ur.frem(70);
    assert_eq!(
        verifikator.verifiser(&foer, mp.ur.naa()).await.unwrap_err(),
        Tokenfeil::Utloept
    );
}

#[tokio::test]
async fn an_issuer_that_is_away_is_our_trouble_and_passes() {
    let mp = maskinporten().await;
    let token = mp.klient().hent_token(MED_HJEMMEL.scope()).await.unwrap();
    let verifikator = verifikator(&mp);
    mp.server.stopp().await;
    let feil = verifikator.verifiser(&token, mp.ur.naa()).await.unwrap_err();
    assert!(feil.er_midlertidig());
    assert_eq!(Avslag::from(feil).slag(), Avslagsslag::Utilgjengelig);
}

/// An issuer whose documents a test makes up.
async fn utsteder_som_svarer(
    metadata: impl Fn(&str) -> String,
    token: &'static str,
    jwks: String,
) -> (crate::oppsett::Server, Arc<AtomicUsize>) {
    let antall = Arc::new(AtomicUsize::new(0));
    let teller = Arc::clone(&antall);
    let server = server(|adresse| {
        let metadata = metadata(adresse);
        Router::new()
            .route(
                "/.well-known/oauth-authorization-server",
                get(move || async move { metadata }),
            )
            .route("/token", post(move || async move { token }))
            .route(
                "/jwk",
                get(move || async move {
                    teller.fetch_add(1, Ordering::SeqCst);
                    jwks
                }),
            )
    });
    (server.await, antall)
}

fn god_metadata(adresse: &str) -> String {
    json!({"issuer": adresse, "token_endpoint": format!("{adresse}token"), "jwks_uri": format!("{adresse}jwk")})
        .to_string()
}

async fn hent_fra(adresse: &str) -> Result<Arc<str>, Feil> {
    let mp = maskinporten().await;
    let innstillinger = mp::Innstillinger {
        utsteder: adresse.to_owned(),
        ..mp.innstillinger()
    };
    Klient::new(innstillinger, Ur::ny().klokke())
        .unwrap()
        .hent_token("a:b")
        .await
}

#[tokio::test]
async fn metadata_of_another_issuer_or_with_addresses_we_may_not_use_are_refused() {
    type Lag = fn(&str) -> String;
    let falske: [Lag; 6] = [
        |_| json!({"issuer": "https://maskinporten.no/"}).to_string(),
        |adresse| json!({"issuer": adresse.trim_end_matches('/')}).to_string(),
        |adresse| json!({"issuer": adresse, "jwks_uri": adresse}).to_string(),
        |adresse| json!({"issuer": adresse, "token_endpoint": "http://a.example/", "jwks_uri": adresse}).to_string(),
        |adresse| json!({"issuer": adresse, "token_endpoint": "file:///x", "jwks_uri": adresse}).to_string(),
        |_| "<html>".to_owned(),
    ];
    for metadata in falske {
        let (server, antall) = utsteder_som_svarer(metadata, "{}", String::new()).await;
        assert!(
            matches!(hent_fra(&server.adresse).await, Err(Feil::Tilkobling(_))),
            "{}",
            metadata("x")
        );
        assert!(
            HttpKilde::new(&server.adresse, Valg::default())
                .unwrap()
                .hent()
                .await
                .is_err()
        );
        assert_eq!(antall.load(Ordering::SeqCst), 0, "nothing more is fetched");
    }
}

#[tokio::test]
async fn token_answers_that_are_not_ones_are_refused() {
    for svar in [
        "",
        "{}",
        r#"{"access_token":"","token_type":"Bearer","expires_in":10}"#,
        r#"{"access_token":"a b","token_type":"Bearer","expires_in":10}"#,
        r#"{"access_token":"a","token_type":"DPoP","expires_in":10}"#,
        r#"{"access_token":"a","token_type":"Bearer","expires_in":0}"#,
        r#"{"access_token":"a","token_type":"Bearer","expires_in":"10"}"#,
        r#"{"access_token":"a","access_token":"b","token_type":"Bearer","expires_in":10}"#,
    ] {
        let (server, _) = utsteder_som_svarer(god_metadata, svar, String::new()).await;
        assert!(
            matches!(hent_fra(&server.adresse).await, Err(Feil::Tilkobling(_))),
            "{svar}"
        );
    }
    let godt = r#"{"access_token":"a","token_type":"bearer","expires_in":10}"#;
    let (server, _) = utsteder_som_svarer(god_metadata, godt, String::new()).await;
    assert_eq!(&*hent_fra(&server.adresse).await.unwrap(), "a");
}

#[tokio::test]
async fn key_sets_that_are_too_large_empty_or_no_sets_are_refused() {
    for jwks in [
        "x".repeat(65 * 1024),
        r#"{"keys":[]}"#.to_owned(),
        "<html>".to_owned(),
        String::new(),
    ] {
        let (server, antall) = utsteder_som_svarer(god_metadata, "{}", jwks).await;
        let kilde = HttpKilde::new(&server.adresse, Valg::default()).unwrap();
        assert!(kilde.hent().await.is_err());
        assert_eq!(antall.load(Ordering::SeqCst), 1);
    }
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    let mp = maskinporten().await;
    let maal = mp.navn.clone();
    let vei = server(|_| {
        let omdirigering =
            axum::response::Redirect::temporary(&format!("{maal}.well-known/oauth-authorization-server"));
        Router::new().fallback(move || async move { omdirigering })
    });
    let vei = vei.await;
    let feil = hent_fra(&vei.adresse).await.unwrap_err();
    assert!(
        matches!(feil, Feil::Tilkobling(klienter::Feil::Status { status: 307, .. })),
        "{feil:?}"
    );
}

#[tokio::test]
async fn nothing_that_is_shown_holds_a_key_or_a_token() {
    let mp = maskinporten().await;
    let klient = mp.klient();
    let token = klient.hent_token(MED_HJEMMEL.scope()).await.unwrap();
    let vist = format!("{klient:?}");
    assert!(vist.len() < 200 && !vist.contains(&*token), "{vist}");
}
