//! The frame, called without a socket.

use axum::routing::{get, post};
use http::{Method, Request};
use http_body_util::BodyExt as _;
use tower::ServiceExt as _;

use super::*;
use crate::forhandling::Medietype;

/// A contract of its own: JSON or XML by `Accept`, with a code.
struct Kontrakt;

impl Feilgjengivelse for Kontrakt {
    fn render(&self, feil: &Rammefeil, kontekst: &Feilkontekst) -> Response<Body> {
        let type_ = kontekst
            .aksept
            .choose(&[Medietype::JSON, Medietype::XML])
            .unwrap_or(&Medietype::JSON);
        let kode = feil.status().as_u16();
        let kropp = match *type_ {
            Medietype::XML => format!("<feil>{kode}</feil>"),
            _ => format!("{{\"kode\":{kode},\"ref\":\"{}\"}}", kontekst.spor.id()),
        };
        let mut svar = Response::new(Body::from(kropp));
        *svar.status_mut() = feil.status();
        svar
    }
}

fn app(maalere: &Maalere) -> Router {
    let ruter = Router::new()
        .route("/person/{nummer}", get(|| async { "svar" }))
        .route("/bulk", post(|| async { "bulk" }))
        .route("/panikk", get(|| async { panic!("skal ikke ut") as &str }))
        .route(
            "/lager",
            get(|| async { ([(header::CACHE_CONTROL, "max-age=60")], "xsd") }),
        )
        .route(
            "/spor",
            get(|kontekst: Feilkontekst| async move { kontekst.spor.id().to_string() }),
        );
    Ramme::new("eksempel", Kontrakt, maalere).rundt(ruter)
}

async fn call(app: &Router, metode: Method, uri: &str, hoder: &[(&str, &str)]) -> (Response<()>, String) {
    let mut foresporsel = Request::builder().method(metode).uri(uri);
    for (navn, verdi) in hoder {
        foresporsel = foresporsel.header(*navn, *verdi);
    }
    let svar = app
        .clone()
        .oneshot(foresporsel.body(Body::empty()).unwrap())
        .await
        .unwrap();
    let (deler, kropp) = svar.into_parts();
    let kropp = kropp.collect().await.unwrap().to_bytes();
    (
        Response::from_parts(deler, ()),
        String::from_utf8(kropp.to_vec()).unwrap(),
    )
}

#[tokio::test]
async fn every_answer_has_the_common_headers() {
    let app = app(&Maalere::new());
    for (metode, uri) in [
        (Method::GET, "/person/1"),
        (Method::HEAD, "/person/1"),
        (Method::GET, "/finnes-ikke"),
        (Method::DELETE, "/bulk"),
        (Method::GET, "/panikk"),
        (Method::GET, "/person/%00"),
    ] {
        let (svar, _) = call(&app, metode.clone(), uri, &[]).await;
        let hoder = svar.headers();
        assert_eq!(hoder[header::CACHE_CONTROL], "no-store", "{metode} {uri}");
        assert_eq!(hoder[header::X_CONTENT_TYPE_OPTIONS], "nosniff", "{metode} {uri}");
        assert!(hoder.contains_key(TRACEPARENT), "{metode} {uri}");
    }
    let (svar, _) = call(&app, Method::GET, "/lager", &[]).await;
    assert_eq!(
        svar.headers()[header::CACHE_CONTROL],
        "max-age=60",
        "a handler that means it may say otherwise"
    );
}

#[tokio::test]
async fn unknown_paths_and_wrong_methods_look_as_the_contract_says() {
    let app = app(&Maalere::new());
    let (svar, kropp) = call(&app, Method::GET, "/finnes-ikke", &[("accept", "application/xml")]).await;
    assert_eq!((svar.status().as_u16(), kropp.as_str()), (404, "<feil>404</feil>"));
    let (svar, kropp) = call(&app, Method::GET, "/bulk", &[]).await;
    assert_eq!(
        (svar.status().as_u16(), kropp.starts_with("{\"kode\":405")),
        (405, true)
    );
    assert_eq!(svar.headers()[header::ALLOW], "POST");
    let (svar, _) = call(&app, Method::OPTIONS, "/person/1", &[]).await;
    assert_eq!(svar.headers()[header::ALLOW], "GET,HEAD");
    let (svar, kropp) = call(&app, Method::HEAD, "/bulk", &[]).await;
    assert_eq!((svar.status().as_u16(), kropp.as_str()), (405, ""));
}

#[tokio::test]
async fn head_is_get_without_its_body() {
    let (svar, kropp) = call(&app(&Maalere::new()), Method::HEAD, "/person/1", &[]).await;
    assert_eq!((svar.status().as_u16(), kropp.as_str()), (200, ""));
    assert_eq!(svar.headers()[header::CONTENT_LENGTH], "4");
}

#[tokio::test]
async fn a_panic_becomes_the_contracts_500_with_the_reference_and_is_counted() {
    let maalere = Maalere::new();
    let id = "4bf92f3577b34da6a3ce929d0e0e4736";
    let traceparent = format!("00-{id}-00f067aa0ba902b7-01");
    let (svar, kropp) = call(&app(&maalere), Method::GET, "/panikk", &[("traceparent", &traceparent)]).await;
    assert_eq!(svar.status().as_u16(), 500);
    assert_eq!(kropp, format!("{{\"kode\":500,\"ref\":\"{id}\"}}"));
    assert!(
        maalere
            .encode()
            .unwrap()
            .contains("http_panics_total{tjeneste=\"eksempel\"} 1")
    );
}

#[tokio::test]
async fn a_renderer_that_panics_gives_an_empty_500() {
    struct Daarlig;
    impl Feilgjengivelse for Daarlig {
        fn render(&self, _: &Rammefeil, _: &Feilkontekst) -> Response<Body> {
            panic!("gjengivelsen feiler")
        }
    }
    let app = Ramme::new("eksempel", Daarlig, &Maalere::new()).rundt(Router::new());
    let (svar, kropp) = call(&app, Method::GET, "/", &[]).await;
    assert_eq!((svar.status().as_u16(), kropp.as_str()), (500, ""));
}

#[tokio::test]
async fn paths_that_cannot_be_read_never_reach_a_handler() {
    let app = app(&Maalere::new());
    for uri in ["/person/%00", "/person/%ff", "/person/%zz", "/person/a%2fb", "/%"] {
        assert_eq!(
            call(&app, Method::GET, uri, &[]).await.0.status().as_u16(),
            400,
            "{uri}"
        );
    }
    let lang = format!("/person/{}", "x".repeat(URI_BYTES_MAKS));
    assert_eq!(call(&app, Method::GET, &lang, &[]).await.0.status().as_u16(), 414);
    let lang = format!("/person/1?{}", "x".repeat(URI_BYTES_MAKS));
    assert_eq!(call(&app, Method::GET, &lang, &[]).await.0.status().as_u16(), 414);
}

#[tokio::test]
async fn the_trace_goes_in_to_the_handler_and_out_to_the_client() {
    let app = app(&Maalere::new());
    let id = "4bf92f3577b34da6a3ce929d0e0e4736";
    let traceparent = format!("00-{id}-00f067aa0ba902b7-01");
    let (svar, kropp) = call(&app, Method::GET, "/spor", &[("traceparent", &traceparent)]).await;
    assert_eq!(kropp, id);
    let ut = svar.headers()[TRACEPARENT].to_str().unwrap();
    assert!(
        ut.starts_with(&format!("00-{id}-")) && ut != traceparent,
        "same chain, a step of our own"
    );
}

#[tokio::test]
async fn metrics_hold_the_template_and_never_the_path() {
    let maalere = Maalere::new();
    let app = app(&maalere);
    call(&app, Method::GET, "/person/12859012335?seq=77", &[]).await;
    call(&app, Method::GET, "/ukjent/12859012335", &[]).await;
    let tekst = maalere.encode().unwrap();
    assert!(
        tekst.contains("rute=\"/person/{nummer}\",metode=\"GET\",statuskode=\"200\"} 1"),
        "{tekst}"
    );
    assert!(
        tekst.contains("rute=\"ukjent\",metode=\"GET\",statuskode=\"404\"} 1"),
        "{tekst}"
    );
    assert!(!tekst.contains("1285"));
}

#[tokio::test]
async fn framed_interfaces_nest_in_a_framed_empty_router_and_are_counted_once() {
    let maalere = Maalere::new();
    let ytre = Ramme::new("ytre", Problem, &maalere)
        .rundt(Router::new())
        .nest("/a", app(&maalere));
    let (svar, kropp) = call(&ytre, Method::GET, "/a/finnes-ikke", &[]).await;
    assert_eq!(
        (svar.status().as_u16(), kropp.starts_with("{\"kode\":404")),
        (404, true)
    );
    let (svar, kropp) = call(&ytre, Method::GET, "/b", &[]).await;
    assert_eq!(svar.headers()[header::CONTENT_TYPE], "application/problem+json");
    assert!(
        kropp.contains("\"status\":404") && kropp.contains("\"traceId\""),
        "{kropp}"
    );
    let (svar, _) = call(&ytre, Method::POST, "/a/person/1", &[]).await;
    assert_eq!(
        (svar.status().as_u16(), &svar.headers()[header::ALLOW]),
        (405, &HeaderValue::from_static("GET,HEAD"))
    );
    call(&ytre, Method::GET, "/a/person/1", &[]).await;
    let tekst = maalere.encode().unwrap();
    assert!(tekst.contains("tjeneste=\"eksempel\",rute=\"/a/person/{nummer}\",metode=\"GET\",statuskode=\"200\"} 1"));
    assert_eq!(tekst.matches("http_requests_total{").count(), 4, "{tekst}");
}

#[tokio::test(start_paused = true)]
async fn who_is_over_a_limit_waits_a_moment_and_holds_no_place_meanwhile() {
    let ruter = Router::new()
        .route("/strupet", get(|| async { StatusCode::TOO_MANY_REQUESTS }))
        .route("/", get(|| async { "svar" }));
    let maalere = Maalere::new();
    let grenser = Vaktgrenser {
        kall_per_adresse: None,
        mellomledd: crate::struping::Mellomledd::default(),
        samtidige: 1,
        ventform: crate::struping::Ventform::Sekunder,
    };
    let vakt = Vakt::new(grenser, Arc::new(std::time::Instant::now), &maalere);
    let app = Ramme::new("eksempel", Kontrakt, &maalere).with_vakt(&vakt).rundt(ruter);
    let start = tokio::time::Instant::now();
    let strupet = tokio::spawn({
        let app = app.clone();
        async move { call(&app, Method::GET, "/strupet", &[]).await.0.status() }
    });
    tokio::task::yield_now().await;
    assert!(!strupet.is_finished() && vakt.under_arbeid() == 0);
    let (svar, _) = call(&app, Method::GET, "/", &[]).await;
    assert_eq!((svar.status(), start.elapsed()), (StatusCode::OK, Duration::ZERO));
    assert_eq!(strupet.await.unwrap(), StatusCode::TOO_MANY_REQUESTS);
    // The timer counts whole milliseconds.
    assert!((STRUPET_VENT..=STRUPET_VENT + STRUPET_SPREDNING).contains(&start.elapsed()));
}
