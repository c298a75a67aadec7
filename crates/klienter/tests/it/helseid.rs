//! From a registered key to a call that is let in by the verifier, over HTTP all the way: discovery, assertion, nonce, proof.

use std::collections::VecDeque;
use std::sync::{Arc, LazyLock, Mutex};

use axum::Router;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use identifikator::Organisasjonsnummer;
use klienter::Valg;
use klienter::helseid::{self, Feil, Klient};
use klienter::jwks::HttpKilde;
use serde_json::json;
use tilgang::avtale::{Avtaleregister, NyAvtale, NyKlient, Rettighet};
use tilgang::token::dpop::{Bevislager, Origo};
use tilgang::token::helseid::{Godtar, Helseidverifikator, Innstillinger, Kall, Scope};
use tilgang::token::{JwksKilde, Kurve, Signeringsnoekkel};
use utsteder::helseid::{Helseid, ruter};

use crate::oppsett::{NAA_S, NOEKKEL, Server, Ur, server, tid};

static DPOP: LazyLock<Arc<Signeringsnoekkel>> =
    LazyLock::new(|| Arc::new(Signeringsnoekkel::generer_paa(Kurve::P256).unwrap()));

/// The built-in HelseID below `/helseid` and an API with the verifier beside it, on one port.
struct Oppsett {
    server: Server,
    navn: String,
    utsteder: Arc<Helseid>,
    ur: Ur,
    _mappe: tempfile::TempDir,
}

#[derive(Clone)]
struct Api {
    verifikator: Arc<Helseidverifikator>,
    ur: Ur,
}

async fn api(State(api): State<Api>, forespoersel: Request) -> Response {
    let (deler, _) = forespoersel.into_parts();
    let verdier = |navn: &str| {
        deler
            .headers
            .get_all(navn)
            .iter()
            .map(HeaderValue::as_bytes)
            .collect::<Vec<_>>()
    };
    let (authorization, dpop) = (verdier("authorization"), verdier("dpop"));
    let sti = deler.uri.path();
    let kall = Kall {
        authorization: &authorization,
        dpop: &dpop,
        metode: deler.method.as_str(),
        sti,
    };
    let godtar = if sti.starts_with("/api/v3/") {
        Godtar::KunDpop
    } else {
        Godtar::Begge
    };
    match api.verifikator.slipp_inn(&kall, godtar, api.ur.naa()).await {
        Ok(token) => token
            .forelder()
            .map(|nummer| nummer.to_string())
            .unwrap_or_default()
            .into_response(),
        Err(feil) => (StatusCode::UNAUTHORIZED, feil.beskrivelse()).into_response(),
    }
}

async fn oppsett() -> Oppsett {
    let ur = Ur::ny();
    let mappe = tempfile::tempdir().unwrap();
    let register = Arc::new(Avtaleregister::aapne(&mappe.path().join("avtale")).unwrap());
    let organisasjon = Organisasjonsnummer::parse("310000000").unwrap();
    let klient = NyKlient {
        klient_id: "klient".to_owned(),
        organisasjon,
        scopes: Scope::ALLE.map(|scope| scope.navn().to_owned()).into(),
        noekler: vec![NOEKKEL.offentlig().clone()],
    };
    register.registrer_klient(&klient, "prøve", tid(NAA_S)).unwrap();
    for scope in [Scope::FullTilgang, Scope::LesUtenHjemmel] {
        let avtale = NyAvtale {
            organisasjon,
            rettighet: Rettighet::fra_scope(scope.navn()).unwrap(),
            graderte_adresser: false,
            er_privat: false,
            formaal: "prøve".to_owned(),
            hjemmel: "prøveloven § 1".to_owned(),
            fra: tid(NAA_S),
            til: None,
        };
        register.gi(&avtale, "prøve", tid(NAA_S)).unwrap();
    }
    let mut utsteder = None;
    let server = server(|adresse| {
        let navn = format!("{adresse}helseid");
        let innstillinger = utsteder::helseid::Innstillinger::new(navn.clone());
        let noekler = mappe.path().join("noekler");
        let ny = Arc::new(Helseid::aapne(innstillinger, &noekler, register, tid(NAA_S)).unwrap());
        utsteder = Some(Arc::clone(&ny));
        let kilde = Arc::new(HttpKilde::for_helseid(&navn, Valg::default()).unwrap()) as Arc<dyn JwksKilde>;
        let lager = Arc::new(Bevislager::aapne(&mappe.path().join("dpop")).unwrap());
        let innstillinger = Innstillinger::new(navn, kilde, vec![Origo::les(adresse).unwrap()], lager);
        let verifikator = Arc::new(Helseidverifikator::new(innstillinger));
        let tilstand = Api {
            verifikator,
            ur: ur.clone(),
        };
        Router::new()
            .fallback(api)
            .with_state(tilstand)
            .nest("/helseid", ruter(ny, ur.klokke()))
    });
    let server = server.await;
    let utsteder = utsteder.unwrap();
    Oppsett {
        navn: utsteder.utsteder().to_owned(),
        server,
        utsteder,
        ur,
        _mappe: mappe,
    }
}

fn innstillinger(navn: &str, dpop: bool) -> helseid::Innstillinger {
    let der = NOEKKEL.til_pkcs8().unwrap();
    helseid::Innstillinger {
        utsteder: navn.to_owned(),
        klient_id: "klient".to_owned(),
        noekkel: Arc::new(Signeringsnoekkel::fra_pkcs8(der.as_ref(), None).unwrap()),
        dpop: dpop.then(|| Arc::clone(&DPOP)),
        organisasjon: None,
        valg: Valg::default(),
    }
}

impl Oppsett {
    fn klient(&self, dpop: bool) -> Klient {
        Klient::new(innstillinger(&self.navn, dpop), self.ur.klokke()).unwrap()
    }

    async fn kall(&self, sti: &str, hoder: &helseid::Hoder) -> (u16, String) {
        let mut forespoersel = reqwest::Client::builder()
            .tls_certs_only([])
            .no_proxy()
            .build()
            .unwrap()
            .get(self.adresse(sti))
            .header("authorization", &hoder.authorization);
        if let Some(bevis) = &hoder.dpop {
            forespoersel = forespoersel.header("dpop", bevis);
        }
        let svar = forespoersel.send().await.unwrap();
        (svar.status().as_u16(), svar.text().await.unwrap())
    }

    fn adresse(&self, sti: &str) -> String {
        format!("{}{}", self.server.adresse.trim_end_matches('/'), sti)
    }
}

#[tokio::test]
async fn a_client_gets_in_at_v3_with_a_new_proof_for_each_call() {
    const STI: &str = "/api/v3/full-access/person/abc";
    let oppsett = oppsett().await;
    let klient = oppsett.klient(true);
    let adresse = oppsett.adresse(STI);
    let mut tokener = Vec::new();
    for _ in 0..3 {
        let hoder = klient
            .hoder(Scope::FullTilgang.navn(), "GET", &format!("{adresse}?x=1"))
            .await
            .unwrap();
        assert_eq!(oppsett.kall(STI, &hoder).await, (200, "310000000".to_owned()));
        // The same headers again, and for another address.
        assert_eq!(oppsett.kall(STI, &hoder).await.0, 401);
        let hoder_for_annet = klient.hoder(Scope::FullTilgang.navn(), "GET", &adresse).await.unwrap();
        assert_eq!(
            oppsett
                .kall("/api/v3/full-access/person/annen", &hoder_for_annet)
                .await
                .0,
            401
        );
        tokener.push(hoder.authorization);
    }
    tokener.dedup();
    assert_eq!(tokener.len(), 1, "the token is kept");
}

#[tokio::test]
async fn a_client_without_a_key_for_proofs_gets_in_at_v2_and_no_token_for_v3() {
    const STI: &str = "/api/no-legal-basis/event";
    let oppsett = oppsett().await;
    let klient = oppsett.klient(false);
    let hoder = klient
        .hoder(Scope::LesUtenHjemmel.navn(), "GET", &oppsett.adresse(STI))
        .await
        .unwrap();
    assert_eq!(hoder.dpop, None);
    assert_eq!(oppsett.kall(STI, &hoder).await.0, 200);
    assert_eq!(
        oppsett.kall(STI, &hoder).await.0,
        200,
        "a bearer token is for any number of calls"
    );
    assert_eq!(oppsett.kall("/api/v3/full-access/event", &hoder).await.0, 401);
    let svar = klient.hent_token(Scope::FullTilgang.navn()).await;
    assert!(matches!(svar, Err(Feil::Avslag { feilkode, .. }) if feilkode == "invalid_dpop_proof"));
}

#[tokio::test]
async fn a_token_is_kept_until_shortly_before_it_expires_and_after_a_rotation_both_are_good() {
    let oppsett = oppsett().await;
    let klient = oppsett.klient(true);
    let scope = Scope::FullTilgang.navn();
    let foerste = klient.hent_token(scope).await.unwrap();
    oppsett.ur.frem(579);
    assert_eq!(klient.hent_token(scope).await.unwrap(), foerste);
    oppsett.utsteder.roter(oppsett.ur.naa()).unwrap();
    oppsett.ur.frem(1);
    let andre = klient.hent_token(scope).await.unwrap();
    assert_ne!(andre, foerste);
    klient.glem(scope, &foerste).await;
    assert_eq!(klient.hent_token(scope).await.unwrap(), andre);
    klient.glem(scope, &andre).await;
    assert_ne!(klient.hent_token(scope).await.unwrap(), andre);
}

#[tokio::test]
async fn a_refusal_reaches_the_operator_with_its_code() {
    let oppsett = oppsett().await;
    let svar = oppsett.klient(true).hent_token(Scope::Testdata.navn()).await;
    let Err(Feil::Avslag {
        status,
        feilkode,
        beskrivelse,
    }) = svar
    else {
        panic!("{svar:?}")
    };
    assert_eq!((status, feilkode.as_str()), (400, "invalid_scope"));
    assert!(beskrivelse.contains("agreement"), "{beskrivelse}");
}

/// An issuer that answers as told, and what it was asked.
async fn utsteder_som_svarer(
    svar: Vec<(u16, Option<&'static str>, &'static str)>,
) -> (Server, Arc<Mutex<Vec<(HeaderMap, String)>>>) {
    let sett = Arc::new(Mutex::new(Vec::new()));
    let (svar, husk) = (Arc::new(Mutex::new(VecDeque::from(svar))), Arc::clone(&sett));
    let server = server(|adresse| {
        let navn = format!("{adresse}helseid");
        let metadata = json!({
            "issuer": navn, "token_endpoint": format!("{navn}/connect/token"), "jwks_uri": format!("{navn}/jwks"),
        });
        let metadata = metadata.to_string();
        let token = move |hoder: HeaderMap, kropp: String| async move {
            husk.lock().unwrap().push((hoder, kropp));
            let (status, nonce, kropp) = svar.lock().unwrap().pop_front().unwrap_or((500, None, ""));
            let mut svar = (StatusCode::from_u16(status).unwrap(), kropp).into_response();
            if let Some(nonce) = nonce {
                svar.headers_mut().insert(
                    "DPoP-Nonce".parse::<axum::http::HeaderName>().unwrap(),
                    nonce.parse().unwrap(),
                );
            }
            svar
        };
        Router::new()
            .route(
                "/helseid/.well-known/openid-configuration",
                get(move || async move { metadata }),
            )
            .route("/helseid/connect/token", post(token))
    });
    (server.await, sett)
}

const GODT: &str = r#"{"access_token":"a","token_type":"DPoP","expires_in":60}"#;
const BRUK_NONCE: &str = r#"{"error":"use_dpop_nonce"}"#;

#[tokio::test]
async fn a_nonce_is_answered_once_and_remembered_for_the_next_token() {
    let svar = vec![
        (400, Some("n-1"), BRUK_NONCE),
        (200, Some("n-2"), GODT),
        (200, None, GODT),
    ];
    let (server, sett) = utsteder_som_svarer(svar).await;
    let navn = format!("{}helseid", server.adresse);
    let klient = Klient::new(innstillinger(&navn, true), Ur::ny().klokke()).unwrap();
    klient.hent_token("a").await.unwrap();
    klient.hent_token("b").await.unwrap();
    let sett = sett.lock().unwrap();
    let noncer: Vec<Option<String>> = sett
        .iter()
        .map(|(hoder, _)| {
            let bevis = hoder["dpop"].to_str().unwrap().to_owned();
            let nyttelast = bevis.split('.').nth(1).unwrap();
            let byte = base64_url(nyttelast);
            let krav: serde_json::Value = serde_json::from_slice(&byte).unwrap();
            krav.get("nonce").and_then(|nonce| nonce.as_str().map(str::to_owned))
        })
        .collect();
    assert_eq!(noncer, [None, Some("n-1".to_owned()), Some("n-2".to_owned())]);
    // Each request has an assertion of its own.
    assert!(
        sett[0].1 != sett[1].1
            && sett[1]
                .1
                .contains("grant_type=client_credentials&client_id=klient&scope=a&")
    );
}

#[tokio::test]
async fn an_issuer_that_only_asks_for_nonces_is_given_up() {
    let svar = vec![(400, Some("n-1"), BRUK_NONCE), (400, Some("n-2"), BRUK_NONCE)];
    let (server, sett) = utsteder_som_svarer(svar).await;
    let navn = format!("{}helseid", server.adresse);
    let klient = Klient::new(innstillinger(&navn, true), Ur::ny().klokke()).unwrap();
    assert!(matches!(klient.hent_token("a").await, Err(Feil::Avslag { feilkode, .. }) if feilkode == "use_dpop_nonce"));
    assert_eq!(sett.lock().unwrap().len(), 2);
}

#[tokio::test]
async fn answers_that_are_none_are_refused_and_so_is_a_bearer_token_in_place_of_a_bound_one() {
    for svar in [
        "",
        "{}",
        r#"{"access_token":"a","token_type":"Bearer","expires_in":60}"#,
        r#"{"access_token":"","token_type":"DPoP","expires_in":60}"#,
        r#"{"access_token":"a b","token_type":"DPoP","expires_in":60}"#,
        r#"{"access_token":"a","token_type":"DPoP","expires_in":0}"#,
        r#"{"access_token":"a","access_token":"b","token_type":"DPoP","expires_in":60}"#,
    ] {
        let (server, _) = utsteder_som_svarer(vec![(200, None, svar)]).await;
        let navn = format!("{}helseid", server.adresse);
        let klient = Klient::new(innstillinger(&navn, true), Ur::ny().klokke()).unwrap();
        assert!(
            matches!(klient.hent_token("a").await, Err(Feil::Tilkobling(_))),
            "{svar}"
        );
    }
}

#[tokio::test]
async fn nothing_that_is_shown_holds_a_key_or_a_token() {
    let oppsett = oppsett().await;
    let klient = oppsett.klient(true);
    let hoder = klient
        .hoder(Scope::FullTilgang.navn(), "GET", "https://a.example/")
        .await
        .unwrap();
    let vist = format!("{klient:?} {hoder:?}");
    assert!(vist.len() < 250 && !vist.contains(&hoder.authorization), "{vist}");
}

/// Reads base64url without padding: the tests have no library for it.
fn base64_url(tekst: &str) -> Vec<u8> {
    const TEGN: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let (mut ut, mut biter, mut antall) = (Vec::new(), 0_u32, 0);
    for byte in tekst.bytes() {
        let verdi = TEGN.iter().position(|tegn| *tegn == byte).unwrap();
        biter = (biter << 6) | u32::try_from(verdi).unwrap();
        antall += 6;
        if antall >= 8 {
            antall -= 8;
            ut.push(u8::try_from((biter >> antall) & 0xff).unwrap());
        }
    }
    ut
}
