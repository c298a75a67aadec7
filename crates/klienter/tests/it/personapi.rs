//! The Person API's client against a service that is slow, refuses, breaks off, and answers without end; tokens are of the built-in HelseID.
//! That the real routes take what it sends is tested where they are used, in `lokalkopi`.

use std::collections::VecDeque;
use std::sync::{Arc, LazyLock, Mutex};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use identifikator::Organisasjonsnummer;
use klienter::helseid;
use klienter::personapi::{BULK_MAKS, Feil, Gren, Innstillinger, Klient, Utvalg};
use tilgang::avtale::{Avtaleregister, NyAvtale, NyKlient, Rettighet};
use tilgang::token::{Kurve, Signeringsnoekkel};
use utsteder::helseid::{Helseid, ruter};

use crate::oppsett::{NAA_S, NOEKKEL, Server, Ur, server, tid};

static DPOP: LazyLock<Arc<Signeringsnoekkel>> =
    LazyLock::new(|| Arc::new(Signeringsnoekkel::generer_paa(Kurve::P256).unwrap()));

const NUMMER: &str = "12859012335";
const ID: &str = "4be0643f-1d98-573b-97cd-ca98a65347dd";

/// What was sent: method, address, headers and form.
#[derive(Clone)]
struct Sendt {
    metode: String,
    adresse: String,
    hoder: HeaderMap,
    skjema: String,
}

type Svarer = Box<dyn Fn() -> Response + Send + Sync>;

#[derive(Default)]
struct Tjeneste {
    svar: Mutex<VecDeque<Svarer>>,
    sendt: Mutex<Vec<Sendt>>,
}

struct Oppsett {
    tjeneste: Arc<Tjeneste>,
    ventet: Arc<Mutex<Vec<Duration>>>,
    ur: Ur,
    server: Server,
    navn: String,
    _mappe: tempfile::TempDir,
}

async fn svar(State(tjeneste): State<Arc<Tjeneste>>, forespoersel: Request) -> Response {
    let (deler, kropp) = forespoersel.into_parts();
    let skjema = axum::body::to_bytes(kropp, 1 << 20).await.unwrap();
    tjeneste.sendt.lock().unwrap().push(Sendt {
        metode: deler.method.to_string(),
        adresse: deler.uri.to_string(),
        hoder: deler.headers,
        skjema: String::from_utf8(skjema.to_vec()).unwrap(),
    });
    let neste = tjeneste.svar.lock().unwrap().pop_front();
    neste.map_or_else(|| StatusCode::IM_A_TEAPOT.into_response(), |svar| svar())
}

async fn oppsett() -> Oppsett {
    let ur = Ur::ny();
    let mappe = tempfile::tempdir().unwrap();
    let register = Arc::new(Avtaleregister::aapne(&mappe.path().join("avtale")).unwrap());
    let organisasjon = Organisasjonsnummer::parse("310000000").unwrap();
    let klient = NyKlient {
        klient_id: "klient".to_owned(),
        organisasjon,
        scopes: Gren::ALLE.map(|gren| gren.scope().navn().to_owned()).into(),
        noekler: vec![NOEKKEL.offentlig().clone()],
    };
    register.registrer_klient(&klient, "prøve", tid(NAA_S)).unwrap();
    for gren in Gren::ALLE {
        let avtale = NyAvtale {
            organisasjon,
            rettighet: Rettighet::fra_scope(gren.scope().navn()).unwrap(),
            graderte_adresser: false,
            er_privat: false,
            formaal: "prøve".to_owned(),
            hjemmel: "prøveloven § 1".to_owned(),
            fra: tid(NAA_S),
            til: None,
        };
        register.gi(&avtale, "prøve", tid(NAA_S)).unwrap();
    }
    let tjeneste = Arc::new(Tjeneste::default());
    let mut navn = String::new();
    let server = server(|adresse| {
        navn = format!("{adresse}helseid");
        let innstillinger = utsteder::helseid::Innstillinger::new(navn.clone());
        let noekler = mappe.path().join("noekler");
        let utsteder = Arc::new(Helseid::aapne(innstillinger, &noekler, register, tid(NAA_S)).unwrap());
        Router::new()
            .fallback(svar)
            .with_state(tjeneste.clone())
            .nest("/helseid", ruter(utsteder, ur.klokke()))
    });
    let server = server.await;
    Oppsett {
        tjeneste,
        ventet: Arc::default(),
        ur,
        server,
        navn,
        _mappe: mappe,
    }
}

impl Oppsett {
    fn klient(&self, gren: Gren) -> Klient {
        let der = NOEKKEL.til_pkcs8().unwrap();
        let innstillinger = helseid::Innstillinger {
            utsteder: self.navn.clone(),
            klient_id: "klient".to_owned(),
            noekkel: Arc::new(Signeringsnoekkel::fra_pkcs8(der.as_ref(), None).unwrap()),
            dpop: gren.krever_dpop().then(|| DPOP.clone()),
            organisasjon: None,
            valg: klienter::Valg::default(),
        };
        let helseid = Arc::new(helseid::Klient::new(innstillinger, self.ur.klokke()).unwrap());
        let mut innstillinger = Innstillinger::new(&self.server.adresse, gren, self.ur.klokke());
        let (ventet, ur) = (self.ventet.clone(), self.ur.clone());
        innstillinger.vent = Arc::new(move |tid| {
            ventet.lock().unwrap().push(tid);
            ur.frem(i64::try_from(tid.as_secs()).unwrap());
            Box::pin(std::future::ready(()))
        });
        Klient::new(innstillinger, helseid).unwrap()
    }

    fn svarer(&self, svar: impl Fn() -> Response + Send + Sync + 'static) {
        self.tjeneste.svar.lock().unwrap().push_back(Box::new(svar));
    }

    fn json(&self, status: u16, kropp: &str) {
        let kropp = kropp.to_owned();
        self.svarer(move || (StatusCode::from_u16(status).unwrap(), kropp.clone()).into_response());
    }

    fn sendt(&self) -> Vec<Sendt> {
        std::mem::take(&mut self.tjeneste.sendt.lock().unwrap())
    }

    fn ventet_s(&self) -> Vec<u64> {
        std::mem::take(&mut *self.ventet.lock().unwrap())
            .iter()
            .map(Duration::as_secs)
            .collect()
    }
}

fn utvalg() -> Utvalg {
    Utvalg {
        deler: vec!["Name".to_owned(), "Status".to_owned()],
        historikk: true,
    }
}

#[tokio::test]
async fn each_call_is_sent_as_the_contract_says_and_no_number_is_in_an_address_or_a_header() {
    let oppsett = oppsett().await;
    for gren in Gren::ALLE {
        let klient = oppsett.klient(gren);
        let person = format!("{{\"id\":\"{ID}\",\"sequenceNumber\":7}}");
        let hendelse = format!("{{\"sequenceNumber\":\"7\",\"personId\":\"{ID}\",\"eventType\":\"ChangeInName\"}}");
        oppsett.json(200, &hendelse);
        oppsett.json(200, &format!("{{\"results\":[{hendelse}]}}"));
        oppsett.json(200, &person);
        oppsett.json(200, &person);
        oppsett.json(200, &format!("[{person}]"));
        oppsett.json(200, &format!("[{person}]"));
        oppsett.json(
            200,
            &format!("{{\"results\":[\"{ID}\"],\"startIndex\":30,\"endIndex\":30}}"),
        );
        oppsett.json(200, "{\"matchCount\":31}");
        assert_eq!(klient.siste_hendelse().await.unwrap().unwrap().sekvensnummer, 7);
        assert_eq!(klient.hendelser(0).await.unwrap().len(), 1);
        assert!(klient.person(ID, &utvalg()).await.unwrap().is_some());
        assert!(klient.person_med_nummer(NUMMER, &utvalg()).await.unwrap().is_some());
        assert_eq!(klient.personer(&[ID, "annen"], &utvalg()).await.unwrap().len(), 1);
        assert_eq!(klient.personer_med_numre(&[NUMMER], &utvalg()).await.unwrap().len(), 1);
        assert_eq!(klient.side(30, 20, true).await.unwrap(), [ID]);
        assert_eq!(klient.antall(false).await.unwrap(), 31);

        let rot = match gren.versjon() {
            3 => format!("/api/v3/{gren}/"),
            _ => format!("/api/{gren}/"),
        };
        let deler = "informationParts=Name&informationParts=Status&includeHistory=true";
        let sendt = oppsett.sendt();
        let fikk: Vec<_> = sendt
            .iter()
            .map(|s| (s.metode.as_str(), s.adresse.clone(), s.skjema.as_str()))
            .collect();
        let ventet = [
            ("GET", "event/latest".to_owned(), String::new()),
            ("GET", "event?sequenceNumber=1".to_owned(), String::new()),
            ("GET", format!("person/{ID}?{deler}"), String::new()),
            ("POST", format!("person/get-by-nin?{deler}"), format!("nin={NUMMER}")),
            (
                "POST",
                format!("person/bulk-by-id?{deler}"),
                format!("personIds={ID}&personIds=annen"),
            ),
            ("POST", format!("person/bulk-by-nin?{deler}"), format!("nins={NUMMER}")),
            (
                "POST",
                "search/paged-match-list?includeAinResults=true".to_owned(),
                "IndexOffset=30&PageSize=20".to_owned(),
            ),
            (
                "POST",
                "search/match-count?includeAinResults=false".to_owned(),
                String::new(),
            ),
        ];
        let ventet: Vec<_> = ventet
            .iter()
            .map(|(m, sti, s)| (*m, format!("{rot}{sti}"), s.as_str()))
            .collect();
        assert_eq!(fikk, ventet);
        let mut bevis = std::collections::BTreeSet::new();
        for s in &sendt {
            assert_eq!(s.hoder["api-version"], gren.versjon().to_string());
            let skjema = if gren.krever_dpop() { "DPoP " } else { "Bearer " };
            assert!(s.hoder["authorization"].to_str().unwrap().starts_with(skjema));
            bevis.extend(s.hoder.get("dpop").map(|b| b.to_str().unwrap().to_owned()));
            assert!(!s.adresse.contains(NUMMER) && !format!("{:?}", s.hoder).contains(NUMMER));
            let er_skjema = s
                .hoder
                .get("content-type")
                .map(|t| t == "application/x-www-form-urlencoded");
            assert_eq!(er_skjema, (s.metode == "POST").then_some(true));
        }
        assert_eq!(
            bevis.len(),
            if gren.krever_dpop() { sendt.len() } else { 0 },
            "a proof for each"
        );
    }
}

#[tokio::test]
async fn a_wait_is_honoured_for_every_call_and_a_bounded_number_of_times() {
    let oppsett = oppsett().await;
    let klient = oppsett.klient(Gren::Full);
    let vent = |status: StatusCode, s: &'static str| move || (status, [("retry-after", s)]).into_response();
    oppsett.svarer(vent(StatusCode::TOO_MANY_REQUESTS, "7"));
    oppsett.svarer(vent(StatusCode::SERVICE_UNAVAILABLE, "5000"));
    oppsett.json(200, "{\"matchCount\":1}");
    assert_eq!(klient.antall(false).await.unwrap(), 1);
    assert_eq!(oppsett.ventet_s(), [7, 60]);
    for _ in 0..3 {
        oppsett.svarer(vent(StatusCode::TOO_MANY_REQUESTS, "3"));
    }
    let feil = klient.antall(false).await.unwrap_err();
    assert!(matches!(feil, Feil::ForMange { vent_s: 3 }) && feil.gaar_over());
    // The next call waits too, whichever it is.
    oppsett.ventet_s();
    oppsett.json(200, "{\"matchCount\":1}");
    klient.antall(true).await.unwrap();
    assert_eq!(oppsett.ventet_s(), [3]);
    let bevis: Vec<_> = oppsett.sendt().iter().map(|s| s.hoder["dpop"].clone()).collect();
    let ulike: std::collections::BTreeSet<_> = bevis.iter().map(|b| b.as_bytes().to_vec()).collect();
    assert_eq!(ulike.len(), bevis.len(), "what is sent again has a new proof");
}

#[tokio::test]
async fn what_breaks_is_tried_again_with_longer_pauses_and_then_told() {
    let oppsett = oppsett().await;
    let klient = oppsett.klient(Gren::MedHjemmel);
    oppsett.json(500, "{}");
    oppsett.json(502, "");
    oppsett.json(200, "{\"matchCount\":2}");
    assert_eq!(klient.antall(false).await.unwrap(), 2);
    assert_eq!(oppsett.ventet_s(), [1, 2]);
    for _ in 0..4 {
        oppsett.json(500, NUMMER);
    }
    let feil = klient.antall(false).await.unwrap_err();
    assert_eq!(oppsett.ventet_s(), [1, 2, 4]);
    assert!(feil.gaar_over() && !format!("{feil} {feil:?}").contains(NUMMER));
    let adresse = oppsett.server.adresse.clone();
    let klient = oppsett.klient(Gren::MedHjemmel);
    let Oppsett { server, .. } = oppsett;
    server.stopp().await;
    let feil = klient.antall(false).await.unwrap_err();
    assert!(feil.gaar_over() && !format!("{feil:?}").contains(&adresse), "{feil:?}");
}

#[tokio::test]
async fn a_token_that_is_refused_is_replaced_once() {
    let oppsett = oppsett().await;
    let klient = oppsett.klient(Gren::Begrenset);
    oppsett.json(401, "");
    oppsett.json(200, "{\"matchCount\":2}");
    assert_eq!(klient.antall(false).await.unwrap(), 2);
    oppsett.json(401, "");
    oppsett.json(401, "");
    assert!(matches!(klient.antall(false).await, Err(Feil::Uautentisert)));
    oppsett.json(403, "");
    assert!(matches!(
        klient.antall(false).await,
        Err(Feil::IngenTilgang(Gren::Begrenset))
    ));
    let tokener: Vec<_> = oppsett
        .sendt()
        .iter()
        .map(|s| s.hoder["authorization"].clone())
        .collect();
    assert_ne!(tokener[0], tokener[1]);
    assert_eq!(tokener[1], tokener[2]);
    assert_ne!(tokener[2], tokener[3]);
}

#[tokio::test]
async fn a_404_is_the_services_own_or_an_error() {
    let oppsett = oppsett().await;
    let klient = oppsett.klient(Gren::Full);
    let problem = "{\"type\":null,\"title\":\"Not Found\",\"status\":404}";
    for _ in 0..4 {
        oppsett.json(404, problem);
    }
    assert!(klient.siste_hendelse().await.unwrap().is_none());
    assert!(klient.hendelser(9).await.unwrap().is_empty());
    assert!(klient.person(ID, &utvalg()).await.unwrap().is_none());
    assert!(klient.person_med_nummer(NUMMER, &utvalg()).await.unwrap().is_none());
    // Something else answers at the address.
    oppsett.json(404, "<html>");
    assert!(matches!(klient.siste_hendelse().await, Err(Feil::Tilkobling(_))));
    oppsett.json(404, problem);
    assert!(matches!(klient.antall(false).await, Err(Feil::Tilkobling(_))));
}

#[tokio::test]
async fn a_lie_an_endless_answer_and_a_refusal_are_told_without_what_was_asked() {
    let oppsett = oppsett().await;
    let klient = oppsett.klient(Gren::Full);
    let kontroll = |feil: Feil| {
        assert!(!feil.gaar_over(), "{feil:?}");
        let tekst = format!("{feil} {feil:?}");
        assert!(
            !tekst.contains(NUMMER) && !tekst.contains(ID) && !tekst.contains("annen-id"),
            "{tekst}"
        );
        tekst
    };
    oppsett.json(200, "[{\"id\":\"annen-id\"}]");
    kontroll(klient.personer(&[ID], &utvalg()).await.unwrap_err());
    oppsett.json(200, "{\"id\":\"annen-id\"}");
    kontroll(klient.person(ID, &utvalg()).await.unwrap_err());
    for kropp in ["", "[", "{\"id\":7}", "<html>"] {
        oppsett.json(200, kropp);
        kontroll(klient.person_med_nummer(NUMMER, &utvalg()).await.unwrap_err());
    }
    oppsett.svarer(|| Body::new(Uendelig).into_response());
    let tekst = kontroll(klient.antall(false).await.unwrap_err());
    assert!(tekst.contains("65536"), "{tekst}");
    oppsett.json(
        400,
        &format!("{{\"status\":400,\"errors\":{{\"nin\":[\"{NUMMER}\"]}},\"detail\":\"{NUMMER}\"}}"),
    );
    assert!(kontroll(klient.person_med_nummer(NUMMER, &utvalg()).await.unwrap_err()).contains("nin"));
    // What cannot be asked is not sent.
    oppsett.sendt();
    let mange = vec![NUMMER; BULK_MAKS + 1];
    for feil in [
        klient.personer(&[], &utvalg()).await.unwrap_err(),
        klient.personer_med_numre(&mange, &utvalg()).await.unwrap_err(),
        klient.personer(&["a,b"], &utvalg()).await.unwrap_err(),
        klient.person("", &utvalg()).await.unwrap_err(),
        klient.person_med_nummer("1285901233x", &utvalg()).await.unwrap_err(),
        klient.side(0, 10_001, false).await.unwrap_err(),
        klient.side(1 << 31, 10, false).await.unwrap_err(),
    ] {
        assert!(matches!(feil, Feil::Spoersmaal(_)));
        kontroll(feil);
    }
    assert!(oppsett.sendt().is_empty());
}

/// A body without an end.
struct Uendelig;

impl http_body::Body for Uendelig {
    type Data = axum::body::Bytes;
    type Error = std::convert::Infallible;

    fn poll_frame(
        self: std::pin::Pin<&mut Self>,
        _: &mut std::task::Context<'_>,
    ) -> std::task::Poll<Option<Result<http_body::Frame<Self::Data>, Self::Error>>> {
        let byte = axum::body::Bytes::from_static(&[b'7'; 4096]);
        std::task::Poll::Ready(Some(Ok(http_body::Frame::data(byte))))
    }
}
