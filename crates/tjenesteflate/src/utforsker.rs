//! The API explorer: Swagger UI over our OpenAPI documents, with every file from our own binary.
//!
//! Not here: the OpenAPI documents. What newcomers get wrong: the page must never ask anyone else for anything. Health
//! networks are closed, and what a user looks up is nobody's business. The content security policy makes the browser
//! hold us to it: scripts, data and fonts from ourselves only, and no inline script. Inline *style* is allowed, since
//! Swagger UI sets style attributes, and images may be `data:`, since its style sheet holds its icons.

use std::{collections::BTreeMap, fmt, sync::Arc};

use axum::{
    Router,
    body::Body,
    extract::State,
    response::{IntoResponse, Redirect},
    routing::get,
};
use http::{HeaderMap, HeaderName, HeaderValue, Response, StatusCode, header};
use serde::Serialize;

use crate::etag::{Etag, IfNoneMatch};

/// What the browser may load for the page, and from where.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; \
                      connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

const HTML: &str = "text/html; charset=utf-8";
const CSS: &str = "text/css; charset=utf-8";
const JS: &str = "text/javascript; charset=utf-8";
const PNG: &str = "image/png";

/// The files that never change while the process runs: name, type, bytes.
const FILER: [(&str, &str, &[u8]); 5] = [
    ("", HTML, include_bytes!("../assets/utforsker.html")),
    (
        "swagger-ui.css",
        CSS,
        include_bytes!("../assets/swagger-ui/swagger-ui.css"),
    ),
    (
        "swagger-ui-bundle.js",
        JS,
        include_bytes!("../assets/swagger-ui/swagger-ui-bundle.js"),
    ),
    (
        "swagger-ui-standalone-preset.js",
        JS,
        include_bytes!("../assets/swagger-ui/swagger-ui-standalone-preset.js"),
    ),
    (
        "favicon-32x32.png",
        PNG,
        include_bytes!("../assets/swagger-ui/favicon-32x32.png"),
    ),
];

/// The part of the start-up script that is the same for all.
const OPPSTART: &str = include_str!("../assets/utforsker.js");

/// One contract that the explorer shows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Dokument {
    /// What the reader chooses by.
    #[serde(rename = "name")]
    pub tittel: String,
    /// Where the OpenAPI document is: a path on the same origin, since the policy allows no other.
    pub url: String,
}

type Tokenkilde = Arc<dyn Fn(&Dokument) -> Option<String> + Send + Sync>;

/// The explorer, on its way to becoming routes.
#[derive(Clone)]
pub struct Utforsker {
    sti: String,
    dokumenter: Vec<Dokument>,
    tokenkilde: Option<Tokenkilde>,
}

impl fmt::Debug for Utforsker {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Utforsker")
            .field("sti", &self.sti)
            .field("dokumenter", &self.dokumenter)
            .finish()
    }
}

impl Utforsker {
    /// An explorer at the path `sti`, showing the documents in this order.
    pub fn new(sti: &'static str, dokumenter: Vec<Dokument>) -> Self {
        Self {
            sti: format!("/{}", sti.trim_matches('/')),
            dokumenter,
            tokenkilde: None,
        }
    }

    /// Fills in a token for each document that `kilde` has one for. For demo mode only: whoever can open the page gets
    /// the tokens. It is asked each time the page is opened, so the tokens may be short-lived.
    #[must_use]
    pub fn with_token(mut self, kilde: impl Fn(&Dokument) -> Option<String> + Send + Sync + 'static) -> Self {
        self.tokenkilde = Some(Arc::new(kilde));
        self
    }

    /// The explorer's routes. Put them in a frame of [`crate::vern`] as any others.
    pub fn ruter(self) -> Router {
        let mappe = match self.sti.as_str() {
            "/" => "/".to_owned(),
            sti => format!("{sti}/"),
        };
        let mut ruter = Router::new();
        if mappe != self.sti {
            // The page's own links are relative, so it must be read as a folder.
            let maal = mappe.clone();
            ruter = ruter.route(&self.sti, get(|| async move { Redirect::permanent(&maal) }));
        }
        for (navn, type_, innhold) in FILER {
            let tag = Etag::of_public(innhold);
            let svar = move |hoder: HeaderMap| {
                let uendret = IfNoneMatch::from_headers(&hoder).matches(&tag);
                let svar = fixed_file(type_, innhold, &tag, uendret);
                async move { svar }
            };
            ruter = ruter.route(&format!("{mappe}{navn}"), get(svar));
        }
        ruter
            .route(&format!("{mappe}oppsett.js"), get(startup_script))
            .with_state(Arc::new(self))
    }

    /// The start-up script with this explorer's documents and tokens.
    fn script(&self) -> Result<String, serde_json::Error> {
        #[derive(Serialize)]
        struct Oppsett<'a> {
            dokumenter: &'a [Dokument],
            tokener: BTreeMap<&'a str, String>,
        }
        let tokener = self.tokenkilde.as_ref().map_or_else(BTreeMap::new, |kilde| {
            self.dokumenter
                .iter()
                .filter_map(|dok| Some((dok.url.as_str(), kilde(dok)?)))
                .collect()
        });
        // JSON is JavaScript, and the script is a file of its own, so nothing needs further escaping.
        let oppsett = serde_json::to_string(&Oppsett {
            dokumenter: &self.dokumenter,
            tokener,
        })?;
        Ok(format!("const oppsett = {oppsett};\n{OPPSTART}"))
    }
}

async fn startup_script(State(utforsker): State<Arc<Utforsker>>) -> Response<Body> {
    match utforsker.script() {
        Ok(skript) => {
            let mut svar = Response::new(Body::from(skript));
            add_headers(&mut svar, JS);
            // It may hold tokens.
            svar.headers_mut()
                .insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
            svar
        }
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}

fn fixed_file(type_: &'static str, innhold: &'static [u8], tag: &Etag, uendret: bool) -> Response<Body> {
    let mut svar = Response::new(if uendret { Body::empty() } else { Body::from(innhold) });
    if uendret {
        *svar.status_mut() = StatusCode::NOT_MODIFIED;
    }
    add_headers(&mut svar, type_);
    let hoder = svar.headers_mut();
    hoder.insert(header::ETAG, tag.header());
    // May be kept, but asked about each time: a new version of the program has new files under the same names.
    hoder.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    svar
}

fn add_headers(svar: &mut Response<Body>, type_: &'static str) {
    let hoder = svar.headers_mut();
    hoder.insert(header::CONTENT_TYPE, HeaderValue::from_static(type_));
    hoder.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY));
    hoder.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    hoder.insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    // Without it another page could load the start-up script as its own, and read the tokens.
    let ressurs = HeaderName::from_static("cross-origin-resource-policy");
    hoder.insert(ressurs, HeaderValue::from_static("same-origin"));
}

#[cfg(test)]
mod tests {
    use aws_lc_rs::digest;
    use http::Request;
    use http_body_util::BodyExt as _;
    use tower::ServiceExt as _;

    use super::*;

    fn utforsker() -> Utforsker {
        let dokument = |tittel: &str, url: &str| Dokument {
            tittel: tittel.to_owned(),
            url: url.to_owned(),
        };
        Utforsker::new(
            "/api",
            vec![
                dokument("Første \"a\"", "/a/openapi.json"),
                dokument("Andre", "/b/openapi.json"),
            ],
        )
    }

    async fn fetch(app: &Router, sti: &str, tag: Option<&HeaderValue>) -> (Response<()>, String) {
        let mut foresporsel = Request::get(sti);
        if let Some(tag) = tag {
            foresporsel = foresporsel.header(header::IF_NONE_MATCH, tag);
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
            String::from_utf8_lossy(&kropp).into_owned(),
        )
    }

    #[tokio::test]
    async fn all_that_the_page_names_is_served_by_us() {
        let app = utforsker().ruter();
        let (svar, side) = fetch(&app, "/api/", None).await;
        assert_eq!(svar.status(), StatusCode::OK);
        assert_eq!(svar.headers()[header::CONTENT_TYPE], HTML);
        let sitert: Vec<_> = side.split('"').collect();
        let navn: Vec<_> = sitert
            .windows(2)
            .filter(|par| par[0].ends_with("src=") || par[0].ends_with("href="))
            .map(|p| p[1])
            .collect();
        assert_eq!(navn.len(), 5, "{navn:?}");
        for navn in navn {
            assert_eq!(
                fetch(&app, &format!("/api/{navn}"), None).await.0.status(),
                StatusCode::OK,
                "{navn}"
            );
        }
        let (svar, _) = fetch(&app, "/api", None).await;
        assert_eq!(svar.status(), StatusCode::PERMANENT_REDIRECT);
        assert_eq!(svar.headers()[header::LOCATION], "/api/");
    }

    #[tokio::test]
    async fn the_page_asks_nobody_else_and_has_no_inline_script() {
        let app = utforsker().ruter();
        for sti in ["/api/", "/api/oppsett.js"] {
            let (svar, tekst) = fetch(&app, sti, None).await;
            assert!(
                !tekst.contains("//"),
                "{sti} has neither a comment nor an address: {tekst}"
            );
            let regel = svar.headers()[header::CONTENT_SECURITY_POLICY].to_str().unwrap();
            let skript = regel.split("; ").find(|del| del.starts_with("script-src")).unwrap();
            assert_eq!(skript, "script-src 'self'");
            assert!(regel.starts_with("default-src 'none'") && regel.contains("connect-src 'self'"));
        }
        let (_, side) = fetch(&app, "/api/", None).await;
        for skript in side.split("<script").skip(1) {
            assert!(
                skript.starts_with(" src=") && skript.contains("\"></script>"),
                "{skript}"
            );
        }
        let (_, stil) = fetch(&app, "/api/swagger-ui.css", None).await;
        for adresse in stil.split("url(").skip(1) {
            assert!(
                adresse.trim_start_matches(['"', '\'']).starts_with("data:"),
                "the style sheet loads from outside"
            );
        }
        assert!(!stil.contains("@import"));
    }

    #[tokio::test]
    async fn tokens_are_asked_for_each_time_and_never_kept() {
        let antall = std::sync::atomic::AtomicUsize::new(0);
        let app = utforsker()
            .with_token(move |dok| {
                let nr = antall.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
                (dok.url == "/b/openapi.json").then(|| format!("token-{nr}"))
            })
            .ruter();
        let (svar, skript) = fetch(&app, "/api/oppsett.js", None).await;
        assert_eq!(svar.headers()[header::CACHE_CONTROL], "no-store");
        assert_eq!(svar.headers()["cross-origin-resource-policy"], "same-origin");
        let oppsett = skript.lines().next().unwrap();
        assert_eq!(
            oppsett,
            "const oppsett = {\"dokumenter\":[{\"name\":\"Første \\\"a\\\"\",\"url\":\"/a/openapi.json\"},\
             {\"name\":\"Andre\",\"url\":\"/b/openapi.json\"}],\"tokener\":{\"/b/openapi.json\":\"token-1\"}};"
        );
        let (_, skript) = fetch(&app, "/api/oppsett.js", None).await;
        assert!(skript.contains("token-3"));
        let (_, uten) = fetch(&utforsker().ruter(), "/api/oppsett.js", None).await;
        assert!(uten.contains("\"tokener\":{}"));
    }

    #[tokio::test]
    async fn an_unchanged_file_is_not_sent_again() {
        let app = utforsker().ruter();
        let (svar, _) = fetch(&app, "/api/swagger-ui-bundle.js", None).await;
        let tag = &svar.headers()[header::ETAG];
        let (svar, kropp) = fetch(&app, "/api/swagger-ui-bundle.js", Some(tag)).await;
        assert_eq!((svar.status().as_u16(), kropp.len()), (304, 0));
    }

    #[test]
    fn the_vendored_files_are_those_that_the_readme_lists() {
        let readme = include_str!("../assets/swagger-ui/README.md");
        for (navn, _, innhold) in FILER.iter().filter(|(navn, ..)| !navn.is_empty()) {
            let sum: String = digest::digest(&digest::SHA256, innhold)
                .as_ref()
                .iter()
                .map(|b| format!("{b:02x}"))
                .collect();
            assert!(
                readme.contains(&format!("| {navn} | {sum} |")),
                "{navn} is not the file in the list"
            );
        }
    }

    #[tokio::test]
    async fn an_explorer_may_stand_at_the_root() {
        let app = Utforsker::new("/", Vec::new()).ruter();
        assert_eq!(fetch(&app, "/", None).await.0.status().as_u16(), 200);
        assert_eq!(fetch(&app, "/oppsett.js", None).await.0.status().as_u16(), 200);
    }
}
