//! The client of Folkeregisteret against a register that a test makes up.

use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll};
use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{Request, State};
use axum::http::{HeaderMap, Response, StatusCode};
use identifikator::Folkeregisteridentifikator;
use klienter::folkeregister::{Feedsvar, Feil, Innstillinger, Klient, Tokenfeil, Tokenkilde};
use serde_json::{Value, json};
use tilgang::Pakke;
use tilgang::token::Framtid;

use crate::oppsett::{Server, Ur, maskinporten, server};

/// A number printed in the public documentation of Folkeregisteret.
pub const NUMMER: &str = "12859012335";

fn person() -> Folkeregisteridentifikator {
    Folkeregisteridentifikator::parse(NUMMER).unwrap()
}

/// One request as the register saw it.
#[derive(Clone, Debug)]
pub struct Sett {
    pub linje: String,
    pub hoder: HeaderMap,
    pub kropp: Bytes,
}

pub type Svar = (u16, Vec<(&'static str, String)>, String);

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
struct Tokener(Mutex<u32>);

impl Tokenkilde for Tokener {
    fn token<'a>(&'a self, _: &'a str) -> Framtid<'a, Result<Arc<str>, Tokenfeil>> {
        let nr = *self.0.lock().unwrap() + 1;
        Box::pin(async move { Ok(format!("token-{nr}").into()) })
    }

    fn forkast<'a>(&'a self, _: &'a str, _: &'a str) -> Framtid<'a, ()> {
        *self.0.lock().unwrap() += 1;
        Box::pin(async {})
    }
}

pub struct Oppsett {
    _server: Server,
    register: Register,
    pub klient: Klient,
    ventet: Arc<Mutex<Vec<Duration>>>,
}

impl Oppsett {
    pub fn linjer(&self) -> Vec<String> {
        self.register
            .sett
            .lock()
            .unwrap()
            .iter()
            .map(|sett| sett.linje.clone())
            .collect()
    }

    pub fn sett(&self, nr: usize) -> Sett {
        self.register.sett.lock().unwrap()[nr].clone()
    }

    pub fn ventet_s(&self) -> Vec<u64> {
        self.ventet.lock().unwrap().iter().map(Duration::as_secs).collect()
    }
}

pub async fn oppsett(svar: Vec<Svar>) -> Oppsett {
    oppsett_for(Pakke::OffentligMedHjemmel, svar).await
}

async fn oppsett_for(pakke: Pakke, svar: Vec<Svar>) -> Oppsett {
    oppsett_med(pakke, svar, 0).await
}

/// A client that tries again after so many errors.
pub async fn oppsett_med(pakke: Pakke, svar: Vec<Svar>, feil_maks: u32) -> Oppsett {
    let register = Register {
        svar: Arc::new(Mutex::new(svar)),
        sett: Arc::default(),
    };
    let router = Router::new().fallback(svar_neste).with_state(register.clone());
    let server = server(|_| router).await;
    let ur = Ur::ny();
    let ventet: Arc<Mutex<Vec<Duration>>> = Arc::default();
    let mut innstillinger = Innstillinger::new(&server.adresse, pakke, ur.klokke());
    innstillinger.feil_maks = feil_maks;
    let logg = Arc::clone(&ventet);
    innstillinger.vent = Arc::new(move |tid| {
        logg.lock().unwrap().push(tid);
        ur.frem(i64::try_from(tid.as_secs()).unwrap());
        Box::pin(async {})
    });
    let klient = Klient::new(innstillinger, Arc::new(Tokener::default())).unwrap();
    Oppsett {
        _server: server,
        register,
        klient,
        ventet,
    }
}

pub fn ok(kropp: &Value) -> Svar {
    (200, vec![], kropp.to_string())
}

#[tokio::test]
async fn a_lookup_asks_for_the_parts_with_a_token_and_gives_the_person_as_it_came() {
    let oppsett = oppsett(vec![ok(&json!({"navn": [{"fornavn": "STILLE"}], "nyttFelt": 1}))]).await;
    let person = oppsett
        .klient
        .oppslag(person(), &["navn", "historikk"])
        .await
        .unwrap()
        .unwrap();
    assert_eq!(person.felt("navn").unwrap()[0]["fornavn"], "STILLE");
    assert_eq!(person.into_objekt().len(), 2);
    let sett = oppsett.sett(0);
    assert_eq!(
        sett.linje,
        format!("GET /folkeregisteret/offentlig-med-hjemmel/api/v1/personer/{NUMMER}?part=navn&part=historikk")
    );
    assert_eq!(sett.hoder["authorization"], "Bearer token-1");
    assert_eq!(sett.hoder["accept"], "application/json");
}

#[tokio::test]
async fn every_package_has_its_own_path() {
    for pakke in Pakke::ALLE {
        let oppsett = oppsett_for(pakke, vec![(200, vec![], "17".to_owned())]).await;
        assert_eq!(oppsett.klient.siste_sekvensnummer().await.unwrap(), 17);
        assert_eq!(
            oppsett.linjer(),
            [format!("GET /{}/v1/hendelser/siste/sekvensnummer", pakke.sti())]
        );
    }
}

#[tokio::test]
async fn an_unknown_person_is_an_answer_and_not_an_error() {
    let oppsett = oppsett(vec![(404, vec![], "{}".to_owned())]).await;
    assert_eq!(oppsett.klient.oppslag(person(), &[]).await.unwrap(), None);
    let ukjent = json!({"kode": "FREG-006", "melding": "x"}).to_string();
    let oppsett = self::oppsett(vec![(404, vec![], ukjent)]).await;
    assert_eq!(oppsett.klient.oppslag(person(), &[]).await.unwrap(), None);
}

#[tokio::test]
async fn a_package_that_is_not_served_is_no_unknown_person() {
    for svar in [
        json!({"kode": "FREG-005", "melding": "x"}),
        json!({"code": "FREG-005", "feilreferanse": "x", "httpStatus": 404, "message": "x"}),
    ] {
        let oppsett = oppsett(vec![(404, vec![], svar.to_string())]).await;
        let feil = oppsett.klient.oppslag(person(), &[]).await.unwrap_err();
        assert!(matches!(feil, Feil::UkjentPakke(_)), "{feil}");
        assert!(feil.to_string().starts_with("tjenesten har ikke pakken "));
        let feil = oppsett.klient.feed(1, None).await.unwrap_err();
        assert!(matches!(feil, Feil::UkjentPakke(_)), "{feil}");
    }
}

#[tokio::test]
async fn bulk_sends_the_identifiers_in_the_body_and_never_more_than_a_thousand() {
    let svar = json!({"oppslag": [
        {"foedselsEllerDNummer": NUMMER, "folkeregisterperson": {"navn": []}},
        {"foedselsEllerDNummer": NUMMER, "feilmelding": {"feilmelding": "x"}},
    ]});
    let oppsett = oppsett(vec![ok(&svar)]).await;
    let svar = oppsett
        .klient
        .bulkoppslag(&[person(), person()], &["navn"], true)
        .await
        .unwrap();
    assert_eq!(
        svar.iter().map(|svar| svar.person.is_some()).collect::<Vec<_>>(),
        [true, false]
    );
    let sett = oppsett.sett(0);
    assert!(
        sett.linje
            .ends_with("/v1/personer/bulkoppslag?part=navn&somBestilt=true"),
        "{}",
        sett.linje
    );
    assert_eq!(sett.hoder["content-type"], "application/json");
    let kropp: Value = serde_json::from_slice(&sett.kropp).unwrap();
    assert_eq!(kropp, json!({"foedselsEllerDNummer": [NUMMER, NUMMER]}));
    for antall in [0, 1001] {
        let svar = oppsett.klient.bulkoppslag(&vec![person(); antall], &[], false).await;
        assert!(matches!(svar, Err(Feil::Antall)));
    }
    assert_eq!(oppsett.linjer().len(), 1);
}

#[tokio::test]
async fn the_feed_is_read_by_inclusive_number_and_asked_again_with_its_etag() {
    let side = json!([{"sekvensnummer": 18, "hendelse": {"hendelsetype": "endringINavn"}}]);
    let oppsett = oppsett(vec![
        (200, vec![("etag", "\"abc\"".to_owned())], side.to_string()),
        (304, vec![], String::new()),
        (406, vec![], String::new()),
        (304, vec![], String::new()),
    ])
    .await;
    let Feedsvar::Side { hendelser, etag } = oppsett.klient.feed(18, None).await.unwrap() else {
        panic!()
    };
    assert_eq!((hendelser[0].sekvensnummer, etag.as_deref()), (18, Some("\"abc\"")));
    assert_eq!(
        oppsett.klient.feed(18, etag.as_deref()).await.unwrap(),
        Feedsvar::Uendret
    );
    assert!(matches!(oppsett.klient.feed(1, None).await, Err(Feil::ForGammelt)));
    // Not asked with an ETag, so "not modified" means nothing.
    assert!(matches!(oppsett.klient.feed(18, None).await, Err(Feil::Tilkobling(_))));
    assert!(oppsett.sett(0).linje.ends_with("/v1/hendelser/feed?seq=18"));
    assert!(!oppsett.sett(0).hoder.contains_key("if-none-match"));
    assert_eq!(oppsett.sett(1).hoder["if-none-match"], "\"abc\"");
}

#[tokio::test]
async fn a_wait_is_honoured_in_seconds_up_to_a_minute_and_then_the_call_is_tried_again() {
    for (status, hode, ventet) in [
        (429, Some("7"), 7),
        (503, Some("7"), 7),
        (429, Some("5000"), 60),
        (429, None, 2),
    ] {
        let hoder: Vec<_> = hode
            .map(|verdi| ("retry-after", verdi.to_owned()))
            .into_iter()
            .collect();
        let oppsett = oppsett(vec![(status, hoder, String::new()), (200, vec![], "1".to_owned())]).await;
        assert_eq!(oppsett.klient.siste_sekvensnummer().await.unwrap(), 1);
        assert_eq!(oppsett.ventet_s(), [ventet]);
        assert_eq!(oppsett.linjer().len(), 2);
    }
}

#[tokio::test]
async fn a_register_that_only_asks_us_to_wait_is_asked_three_times_and_no_more() {
    let oppsett = oppsett(vec![(429, vec![("retry-after", "5".to_owned())], String::new())]).await;
    let svar = oppsett.klient.siste_sekvensnummer().await;
    assert!(matches!(svar, Err(Feil::ForMange { vent_s: 5 })), "{svar:?}");
    assert_eq!((oppsett.linjer().len(), oppsett.ventet_s()), (3, vec![5, 5]));
    // The next call does not come at once either.
    assert!(oppsett.klient.siste_sekvensnummer().await.is_err());
    assert_eq!(oppsett.ventet_s(), [5, 5, 5, 5, 5]);
}

#[tokio::test]
async fn a_refused_token_is_replaced_once() {
    let en_gang = oppsett(vec![(401, vec![], String::new()), (200, vec![], "1".to_owned())]).await;
    assert_eq!(en_gang.klient.siste_sekvensnummer().await.unwrap(), 1);
    assert_eq!(en_gang.sett(0).hoder["authorization"], "Bearer token-1");
    assert_eq!(en_gang.sett(1).hoder["authorization"], "Bearer token-2");
    assert!(en_gang.ventet_s().is_empty());
    let alltid = oppsett(vec![(401, vec![], String::new())]).await;
    assert!(matches!(
        alltid.klient.siste_sekvensnummer().await,
        Err(Feil::Uautentisert)
    ));
    assert_eq!(alltid.linjer().len(), 2);
}

#[tokio::test]
async fn errors_carry_the_code_and_nothing_of_the_person() {
    let kropp = format!(r#"{{"kode":"FREG-004","melding":"{NUMMER} FJELLBEKK"}}"#);
    for (status, ventet) in [
        (400, "uventet status 400 (FREG-004)"),
        (500, "uventet status 500 (FREG-004)"),
    ] {
        let oppsett = oppsett(vec![(status, vec![], kropp.clone())]).await;
        let feil = oppsett.klient.oppslag(person(), &[]).await.unwrap_err();
        assert_eq!(feil.to_string(), ventet);
        assert!(!format!("{feil:?}").contains(NUMMER) && !format!("{feil:?}").contains("FJELLBEKK"));
    }
    let oppsett = oppsett(vec![(403, vec![], kropp)]).await;
    let feil = oppsett.klient.oppslag(person(), &[]).await.unwrap_err();
    assert!(matches!(feil, Feil::IngenTilgang(Pakke::OffentligMedHjemmel)));
}

#[tokio::test]
async fn an_error_of_the_network_does_not_show_the_address_that_was_asked() {
    let doed = {
        let lytter = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        format!("http://{}/", lytter.local_addr().unwrap())
    };
    let innstillinger = Innstillinger::new(doed, Pakke::Finans, Ur::ny().klokke());
    let klient = Klient::new(innstillinger, Arc::new(Tokener::default())).unwrap();
    let feil = klient.oppslag(person(), &[]).await.unwrap_err();
    let mut alt = format!("{feil:?}");
    let mut kilde: Option<&dyn std::error::Error> = Some(&feil);
    while let Some(neste) = kilde {
        alt += &neste.to_string();
        kilde = neste.source();
    }
    assert!(!alt.contains(NUMMER) && !alt.contains("token-1"), "{alt}");
}

/// A body without end and without a length.
struct Uendelig;

impl http_body::Body for Uendelig {
    type Data = Bytes;
    type Error = std::convert::Infallible;

    fn poll_frame(
        self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<http_body::Frame<Bytes>, Self::Error>>> {
        Poll::Ready(Some(Ok(http_body::Frame::data(Bytes::from_static(&[b' '; 4096])))))
    }
}

#[tokio::test]
async fn an_answer_that_never_ends_or_is_too_long_is_given_up() {
    let lang = "9".repeat(2000);
    let for_lang = oppsett(vec![(200, vec![], lang)]).await;
    let svar = for_lang.klient.siste_sekvensnummer().await;
    assert!(
        matches!(svar, Err(Feil::Tilkobling(klienter::Feil::ForStort { maks: 1024 }))),
        "{svar:?}"
    );

    // Without Content-Length: the length is found out by reading.
    let router = Router::new().fallback(|| async { Body::new(Uendelig) });
    let uendelig = server(|_| router).await;
    let innstillinger = Innstillinger::new(&uendelig.adresse, Pakke::Finans, Ur::ny().klokke());
    let klient = Klient::new(innstillinger, Arc::new(Tokener::default())).unwrap();
    let svar = klient.feed(1, None).await;
    assert!(
        matches!(svar, Err(Feil::Tilkobling(klienter::Feil::ForStort { .. }))),
        "{svar:?}"
    );

    // A server that takes the connection and says nothing.
    let stille = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let adresse = format!("http://{}/", stille.local_addr().unwrap());
    let mut innstillinger = Innstillinger::new(adresse, Pakke::Finans, Ur::ny().klokke());
    innstillinger.valg.tidsfrist = Duration::from_millis(100);
    let klient = Klient::new(innstillinger, Arc::new(Tokener::default())).unwrap();
    assert!(matches!(
        klient.siste_sekvensnummer().await,
        Err(Feil::Tilkobling(klienter::Feil::Nett(_)))
    ));
}

#[tokio::test]
async fn the_token_comes_from_maskinporten_for_the_packages_scope() {
    let mp = maskinporten().await;
    let register = Register {
        svar: Arc::new(Mutex::new(vec![(200, vec![], "3".to_owned())])),
        sett: Arc::default(),
    };
    let router = Router::new().fallback(svar_neste).with_state(register.clone());
    let server = server(|_| router).await;
    let token: Arc<dyn Tokenkilde> = Arc::new(mp.klient());
    let klient = |pakke| {
        Klient::new(
            Innstillinger::new(&server.adresse, pakke, mp.ur.klokke()),
            Arc::clone(&token),
        )
        .unwrap()
    };
    assert_eq!(
        klient(Pakke::OffentligMedHjemmel).siste_sekvensnummer().await.unwrap(),
        3
    );
    let sett = register.sett.lock().unwrap()[0].hoder["authorization"]
        .to_str()
        .unwrap()
        .to_owned();
    assert_eq!(sett.strip_prefix("Bearer ").unwrap().split('.').count(), 3);
    // No grant for finans: the refusal stands behind the error.
    let feil = klient(Pakke::Finans).siste_sekvensnummer().await.unwrap_err();
    assert!(
        matches!(&feil, Feil::Token(kilde) if kilde.to_string().contains("MP-250")),
        "{feil:?}"
    );
    assert_eq!(register.sett.lock().unwrap().len(), 1);
}

#[tokio::test]
async fn a_call_made_for_a_request_carries_its_trace_on() {
    let oppsett = oppsett(vec![ok(&json!({}))]).await;
    let inn = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
    klienter::med_spor(inn, oppsett.klient.oppslag(person(), &[]))
        .await
        .unwrap();
    oppsett.klient.oppslag(person(), &[]).await.unwrap();
    let ut = |nr: usize| oppsett.sett(nr).hoder["traceparent"].to_str().unwrap().to_owned();
    assert!(
        ut(0).starts_with("00-4bf92f3577b34da6a3ce929d0e0e4736-") && ut(0).ends_with("-01"),
        "{}",
        ut(0)
    );
    assert_ne!(ut(0), inn);
    assert!(
        ut(1).len() == 55 && !ut(1).contains("4bf92f3577b34da6a3ce929d0e0e4736"),
        "{}",
        ut(1)
    );
    // One header a call, and nothing of the person in it.
    assert_eq!(oppsett.sett(0).hoder.get_all("traceparent").iter().count(), 1);
}
