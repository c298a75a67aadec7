//! The client of KRR against registers that lie, dawdle and never stop.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{Request, State};
use axum::http::{HeaderMap, Response, StatusCode};
use identifikator::Folkeregisteridentifikator;
use klienter::folkeregister::{Tokenfeil, Tokenkilde};
use klienter::krr::{Behov, Feil, Innstillinger, Klient};
use klienter::{Valg, krr};
use serde_json::{Value, json};
use tilgang::token::Framtid;

use crate::oppsett::{Server, server};

/// Synthetic numbers of one day.
fn numre() -> Vec<Folkeregisteridentifikator> {
    let mulige = (0..1000).flat_map(|i| (0..100).map(move |k| format!("309082{i:03}{k:02}")));
    mulige
        .filter_map(|n| Folkeregisteridentifikator::parse(&n).ok())
        .take(3)
        .collect()
}

fn person(nummer: &Folkeregisteridentifikator) -> Value {
    json!({"personidentifikator": nummer.as_str(), "status": "AKTIV", "reservasjon": "NEI"})
}

struct Sett {
    linje: String,
    hoder: HeaderMap,
    kropp: Bytes,
}

type Svar = (u16, Vec<(&'static str, &'static str)>, String);

/// A register that gives the answers of a list in order, the last one for ever, and remembers what it was asked.
#[derive(Clone)]
struct Register {
    svar: Arc<Mutex<Vec<Svar>>>,
    sett: Arc<Mutex<Vec<Sett>>>,
}

async fn svar_neste(State(register): State<Register>, forespoersel: Request) -> Response<Body> {
    let (deler, kropp) = forespoersel.into_parts();
    let kropp = axum::body::to_bytes(kropp, 1 << 20).await.unwrap();
    let linje = format!("{} {}", deler.method, deler.uri);
    register.sett.lock().unwrap().push(Sett {
        linje,
        hoder: deler.headers,
        kropp,
    });
    let mut svar = register.svar.lock().unwrap();
    let (status, hoder, kropp) = if svar.len() > 1 {
        svar.remove(0)
    } else {
        svar[0].clone()
    };
    let mut ut = Response::builder().status(StatusCode::from_u16(status).unwrap());
    for (navn, verdi) in hoder {
        ut = ut.header(navn, verdi);
    }
    ut.body(Body::from(kropp)).unwrap()
}

/// Gives `token-1`, and a new number each time one is thrown away.
#[derive(Default)]
struct Tokener(Mutex<u32>, Mutex<Vec<String>>);

impl Tokenkilde for Tokener {
    fn token<'a>(&'a self, scope: &'a str) -> Framtid<'a, Result<Arc<str>, Tokenfeil>> {
        self.1.lock().unwrap().push(scope.to_owned());
        let nr = *self.0.lock().unwrap() + 1;
        Box::pin(async move { Ok(format!("token-{nr}").into()) })
    }

    fn forkast<'a>(&'a self, _: &'a str, _: &'a str) -> Framtid<'a, ()> {
        *self.0.lock().unwrap() += 1;
        Box::pin(async {})
    }
}

fn klient_til(adresse: &str, behov: Behov, valg: Valg, token: Arc<Tokener>) -> Klient {
    let innstillinger = Innstillinger {
        adresse: adresse.to_owned(),
        behov,
        valg,
    };
    Klient::new(&innstillinger, token).unwrap()
}

struct Oppsett {
    _server: Server,
    register: Register,
    token: Arc<Tokener>,
    klient: Klient,
}

async fn oppsett(svar: Vec<Svar>) -> Oppsett {
    let register = Register {
        svar: Arc::new(Mutex::new(svar)),
        sett: Arc::default(),
    };
    let router = Router::new().fallback(svar_neste).with_state(register.clone());
    let server = server(|_| router).await;
    let token = Arc::new(Tokener::default());
    let klient = klient_til(&server.adresse, Behov::Alt, Valg::default(), Arc::clone(&token));
    Oppsett {
        _server: server,
        register,
        token,
        klient,
    }
}

fn ok(kropp: &Value) -> Svar {
    (200, vec![], kropp.to_string())
}

#[tokio::test]
async fn identifiers_go_in_the_body_with_a_token_of_both_scopes() {
    let numre = numre();
    let oppsett = oppsett(vec![ok(&json!({"personer": [person(&numre[1]), person(&numre[0])]}))]).await;
    let svar = oppsett.klient.personer(&[numre[0], numre[1], numre[0]]).await.unwrap();
    assert_eq!(
        svar.personer.iter().map(|p| p.personidentifikator).collect::<Vec<_>>(),
        numre[..2]
    );
    let sett = oppsett.register.sett.lock().unwrap();
    assert_eq!(sett[0].linje, "POST /rest/v2/personer");
    assert_eq!(
        (&sett[0].hoder["authorization"], &sett[0].hoder["content-type"]),
        (&"Bearer token-1".parse().unwrap(), &"application/json".parse().unwrap())
    );
    let kropp: Value = serde_json::from_slice(&sett[0].kropp).unwrap();
    let mut ventet = [numre[0].as_str(), numre[1].as_str()];
    ventet.sort_unstable();
    assert_eq!(kropp, json!({"personidentifikatorer": ventet}));
    let scopes = format!("{} {}", krr::SCOPE_KONTAKTINFORMASJON, krr::SCOPE_DIGITALPOST);
    assert_eq!(*oppsett.token.1.lock().unwrap(), [scopes]);
}

#[tokio::test]
async fn a_token_that_is_refused_is_replaced_once() {
    let numre = numre();
    let avvist = || (401, vec![], String::new());
    let oppsett_ = oppsett(vec![avvist(), ok(&json!({"personer": [person(&numre[0])]}))]).await;
    assert_eq!(oppsett_.klient.personer(&numre[..1]).await.unwrap().personer.len(), 1);
    assert_eq!(
        oppsett_.register.sett.lock().unwrap()[1].hoder["authorization"],
        "Bearer token-2"
    );
    let oppsett_ = oppsett(vec![avvist()]).await;
    assert!(matches!(
        oppsett_.klient.personer(&numre[..1]).await,
        Err(Feil::Uautentisert)
    ));
    assert_eq!(oppsett_.register.sett.lock().unwrap().len(), 2);
}

#[tokio::test]
async fn statuses_are_told_apart_and_nothing_of_the_call_is_in_the_error() {
    let numre = numre();
    for (svar, ventet) in [
        ((403, vec![], String::new()), "ingen tilgang"),
        ((429, vec![("retry-after", "7")], String::new()), "om 7 sekunder"),
        ((503, vec![("retry-after", "900")], String::new()), "om 60 sekunder"),
        (
            (
                400,
                vec![],
                json!({"error": "invalid_request", "error_description": numre[0].as_str()}).to_string(),
            ),
            "400 (invalid_request)",
        ),
        ((302, vec![("location", "http://a.example/")], String::new()), "302"),
        ((500, vec![], numre[0].as_str().to_owned()), "500"),
        ((200, vec![], String::new()), "kontrakten"),
    ] {
        let oppsett = oppsett(vec![svar]).await;
        let feil = oppsett.klient.personer(&numre).await.unwrap_err();
        let tekst = format!("{feil} {feil:?} {:?}", oppsett.klient);
        assert!(feil.to_string().contains(ventet), "{tekst}");
        assert!(
            !tekst.contains(numre[0].as_str()) && !tekst.contains("rest/v2") && !tekst.contains("token-"),
            "{tekst}"
        );
    }
}

#[tokio::test]
async fn persons_that_nobody_asked_for_refuse_the_answer() {
    let numre = numre();
    for personer in [
        vec![person(&numre[2])],
        vec![person(&numre[0]), person(&numre[0])],
        numre.iter().map(person).collect(),
    ] {
        let oppsett = oppsett(vec![ok(&json!({"personer": personer}))]).await;
        let feil = oppsett.klient.personer(&numre[..2]).await.unwrap_err();
        assert!(matches!(feil, Feil::Tilkobling(klienter::Feil::Format(_))), "{feil}");
    }
}

#[tokio::test]
async fn an_entry_with_a_code_that_is_none_is_named_and_the_others_are_read() {
    let numre = numre();
    let mut daarlig = person(&numre[1]);
    daarlig["status"] = json!("KANSKJE");
    let oppsett = oppsett(vec![ok(&json!({"personer": [person(&numre[0]), daarlig]}))]).await;
    let svar = oppsett.klient.personer(&numre).await.unwrap();
    assert_eq!(
        (svar.personer.len(), svar.uleselige, svar.uten_svar),
        (1, vec![numre[1]], vec![numre[2]])
    );
}

/// A body that never ends, in pieces.
struct UtenEnde;

impl http_body::Body for UtenEnde {
    type Data = Bytes;
    type Error = std::convert::Infallible;

    fn poll_frame(
        self: std::pin::Pin<&mut Self>,
        _: &mut std::task::Context<'_>,
    ) -> std::task::Poll<Option<Result<http_body::Frame<Bytes>, Self::Error>>> {
        std::task::Poll::Ready(Some(Ok(http_body::Frame::data(Bytes::from_static(&[b' '; 64 * 1024])))))
    }
}

#[tokio::test]
async fn a_body_without_end_is_cut_at_the_limit() {
    let server = server(|_| Router::new().fallback(|| async { Response::new(Body::new(UtenEnde)) })).await;
    let klient = klient_til(&server.adresse, Behov::Alt, Valg::default(), Arc::default());
    for feil in [
        klient.personer(&numre()).await.unwrap_err(),
        klient.endringer(1, &|_| true).await.unwrap_err(),
    ] {
        assert!(
            matches!(feil, Feil::Tilkobling(klienter::Feil::ForStort { .. })),
            "{feil}"
        );
    }
}

#[tokio::test]
async fn a_register_that_never_answers_is_left_when_the_time_is_out() {
    let server = server(|_| Router::new().fallback(std::future::pending::<()>)).await;
    let valg = Valg {
        tidsfrist: Duration::from_millis(200),
        ..Valg::default()
    };
    let klient = klient_til(&server.adresse, Behov::Alt, valg, Arc::default());
    let feil = klient.personer(&numre()).await.unwrap_err();
    assert!(matches!(feil, Feil::Tilkobling(klienter::Feil::Nett(_))), "{feil}");
}

#[tokio::test]
async fn a_list_of_changes_that_stands_still_or_goes_back_is_refused() {
    let numre = numre();
    let side = |fra: u64, til: u64, seneste: u64, antall: usize| {
        let personer: Vec<Value> = numre.iter().take(antall).map(person).collect();
        ok(
            &json!({"fraEndringsNummer": fra, "tilEndringsNummer": til, "senesteEndringsNummer": seneste, "personer": personer}),
        )
    };
    let god = oppsett(vec![side(7, 9, 12, 3)]).await;
    let endringer = god.klient.endringer(7, &|_| true).await.unwrap();
    assert_eq!((endringer.personer.len(), endringer.er_siste()), (3, false));
    let sett = god.register.sett.lock().unwrap().remove(0);
    let kropp: Value = serde_json::from_slice(&sett.kropp).unwrap();
    assert_eq!(sett.linje, "POST /rest/v2/endringer");
    assert_eq!(
        kropp,
        json!({"fraEndringsNummer": 7, "informasjonsbehov": ["Person", "Kontaktinfo", "SikkerDigitalPost", "Sertifikat"]})
    );
    for daarlig in [
        side(7, 6, 12, 0),
        side(7, 13, 12, 0),
        side(1, 9, 12, 0),
        side(7, 7, 12, 2),
    ] {
        let oppsett = oppsett(vec![daarlig]).await;
        let feil = oppsett.klient.endringer(7, &|_| true).await.unwrap_err();
        assert!(matches!(feil, Feil::Tilkobling(klienter::Feil::Format(_))), "{feil}");
    }
}

#[tokio::test]
async fn addresses_that_may_not_be_used_are_not() {
    for adresse in [
        "http://kontaktregisteret.example/",
        "ftp://127.0.0.1/",
        "https://a:b@c.example/",
        "",
    ] {
        let innstillinger = Innstillinger {
            adresse: adresse.to_owned(),
            behov: Behov::Alt,
            valg: Valg::default(),
        };
        assert!(
            Klient::new(&innstillinger, Arc::new(Tokener::default())).is_err(),
            "{adresse}"
        );
    }
}
