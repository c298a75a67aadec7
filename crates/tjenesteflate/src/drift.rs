//! The admin routes: is the process alive, can it serve, and what do its metrics say.
//!
//! They belong on a port of their own that only operators reach. What newcomers get wrong: "ready" means that *we* can
//! answer. A check that asks whether a neighbour is up takes us down with the neighbour.

use std::{
    borrow::Cow,
    fmt,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::Arc,
};

use axum::{Router, extract::State, response::IntoResponse, routing::get};
use http::{StatusCode, header};
use serde::Serialize;

use crate::{
    maalinger::Maalere,
    vern::{Problem, Ramme},
};

/// The media type of the metrics page. Source: OpenMetrics 1.0, "Exposition".
const OPENMETRICS: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// What a readiness check found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Klarhet {
    /// This part can serve.
    Klar,
    /// It cannot, for this reason. The reason is shown to operators and never holds personal data.
    IkkeKlar(Cow<'static, str>),
}

type Sjekk = Arc<dyn Fn() -> Klarhet + Send + Sync>;

/// The admin interface, built up by those who have something to check.
#[derive(Clone)]
pub struct Drift {
    maalere: Maalere,
    sjekker: Vec<(&'static str, Sjekk)>,
}

impl fmt::Debug for Drift {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list()
            .entries(self.sjekker.iter().map(|(navn, _)| navn))
            .finish()
    }
}

#[derive(Serialize)]
struct Rapport {
    klar: bool,
    sjekker: Vec<Linje>,
}

#[derive(Serialize)]
struct Linje {
    navn: &'static str,
    klar: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    grunn: Option<Cow<'static, str>>,
}

impl Drift {
    /// An admin interface without checks: ready as long as it answers.
    pub fn new(maalere: &Maalere) -> Self {
        Self {
            maalere: maalere.clone(),
            sjekker: Vec::new(),
        }
    }

    /// Adds a readiness check. It runs on every call to `/readyz`, on the server's own threads: it must look at a
    /// value that is at hand, and never wait. A check that panics counts as not ready.
    #[must_use]
    pub fn with_sjekk(mut self, navn: &'static str, sjekk: impl Fn() -> Klarhet + Send + Sync + 'static) -> Self {
        self.sjekker.push((navn, Arc::new(sjekk)));
        self
    }

    /// The routes `/livez`, `/readyz` and `/metrics`, framed.
    pub fn ruter(self) -> Router {
        let ramme = Ramme::new("drift", Problem, &self.maalere);
        let ruter = Router::new()
            .route(
                "/livez",
                get(|| async { ([(header::CONTENT_TYPE, "application/json")], "{\"lever\":true}") }),
            )
            .route("/readyz", get(readyz))
            .route("/metrics", get(metrics));
        ramme.rundt(ruter).with_state(Arc::new(self))
    }

    fn report(&self) -> Rapport {
        let sjekker: Vec<_> = self
            .sjekker
            .iter()
            .map(|(navn, sjekk)| match catch_unwind(AssertUnwindSafe(|| sjekk())) {
                Ok(Klarhet::Klar) => Linje {
                    navn,
                    klar: true,
                    grunn: None,
                },
                Ok(Klarhet::IkkeKlar(grunn)) => Linje {
                    navn,
                    klar: false,
                    grunn: Some(grunn),
                },
                Err(_) => Linje {
                    navn,
                    klar: false,
                    grunn: Some("sjekken feilet".into()),
                },
            })
            .collect();
        Rapport {
            klar: sjekker.iter().all(|linje| linje.klar),
            sjekker,
        }
    }
}

async fn readyz(State(drift): State<Arc<Drift>>) -> impl IntoResponse {
    let rapport = drift.report();
    let status = if rapport.klar {
        StatusCode::OK
    } else {
        StatusCode::SERVICE_UNAVAILABLE
    };
    // Texts and truth values always have a JSON form.
    let kropp = serde_json::to_string(&rapport).unwrap_or_default();
    (status, [(header::CONTENT_TYPE, "application/json")], kropp)
}

async fn metrics(State(drift): State<Arc<Drift>>) -> impl IntoResponse {
    match drift.maalere.encode() {
        Ok(tekst) => (StatusCode::OK, [(header::CONTENT_TYPE, OPENMETRICS)], tekst),
        Err(_) => {
            tracing::error!("a metric could not be written; /metrics answers 500");
            let tekst = "En måling kunne ikke skrives; se loggen.\n".to_owned();
            (
                StatusCode::INTERNAL_SERVER_ERROR,
                [(header::CONTENT_TYPE, "text/plain; charset=utf-8")],
                tekst,
            )
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicBool, Ordering};

    use axum::body::Body;
    use http::Request;
    use http_body_util::BodyExt as _;
    use tower::ServiceExt as _;

    use super::*;

    async fn fetch(app: &Router, sti: &str) -> (u16, String, String) {
        let svar = app
            .clone()
            .oneshot(Request::get(sti).body(Body::empty()).unwrap())
            .await
            .unwrap();
        let type_ = svar.headers()[header::CONTENT_TYPE].to_str().unwrap().to_owned();
        let status = svar.status().as_u16();
        let kropp = svar.into_body().collect().await.unwrap().to_bytes();
        (status, type_, String::from_utf8(kropp.to_vec()).unwrap())
    }

    #[tokio::test]
    async fn readiness_follows_its_checks_and_gives_reasons() {
        let oppe = Arc::new(AtomicBool::new(false));
        let sett = Arc::clone(&oppe);
        let app = Drift::new(&Maalere::new())
            .with_sjekk("alltid", || Klarhet::Klar)
            .with_sjekk("lager", move || match sett.load(Ordering::SeqCst) {
                true => Klarhet::Klar,
                false => Klarhet::IkkeKlar("åpnes".into()),
            })
            .ruter();
        let (status, _, kropp) = fetch(&app, "/readyz").await;
        assert_eq!(status, 503);
        assert_eq!(
            kropp,
            r#"{"klar":false,"sjekker":[{"navn":"alltid","klar":true},{"navn":"lager","klar":false,"grunn":"åpnes"}]}"#
        );
        assert_eq!(fetch(&app, "/livez").await.0, 200, "alive though not ready");
        oppe.store(true, Ordering::SeqCst);
        let (status, type_, _) = fetch(&app, "/readyz").await;
        assert_eq!((status, type_.as_str()), (200, "application/json"));
    }

    #[tokio::test]
    async fn a_check_that_panics_is_not_ready() {
        let app = Drift::new(&Maalere::new())
            .with_sjekk("syk", || panic!("i sjekken"))
            .ruter();
        let (status, _, kropp) = fetch(&app, "/readyz").await;
        assert_eq!((status, kropp.contains("sjekken feilet")), (503, true));
    }

    #[tokio::test]
    async fn metrics_are_openmetrics_text_and_count_themselves() {
        let app = Drift::new(&Maalere::new()).ruter();
        fetch(&app, "/livez").await;
        let (status, type_, kropp) = fetch(&app, "/metrics").await;
        assert_eq!((status, type_.as_str()), (200, OPENMETRICS));
        assert!(
            kropp.contains("tjeneste=\"drift\",rute=\"/livez\"") && kropp.ends_with("# EOF\n"),
            "{kropp}"
        );
        assert_eq!(fetch(&app, "/annet").await.0, 404);
    }
}
