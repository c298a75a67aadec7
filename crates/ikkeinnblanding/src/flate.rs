//! What a surface must give the harness, and the plain forms of a request and an answer.

use axum::Router;
use axum::body::Body;
use http::{HeaderName, HeaderValue, Method, Request};
use http_body_util::BodyExt as _;
use tower::ServiceExt as _;

use crate::Tilfeldig;

/// The same thing over two stores.
#[derive(Clone, Debug)]
pub struct Par<T> {
    /// One store.
    pub a: T,
    /// The other.
    pub b: T,
}

/// An interface as the harness meets it: who calls, what routes there are, what can be asked of each, and a router.
pub trait Flate {
    /// Someone who calls, with rights of its own.
    type Kaller: Copy + PartialEq + std::fmt::Debug;
    /// A route. Its requests are made by an exhaustive match, so that a new one does not compile without.
    type Rute: Copy + std::fmt::Debug;

    /// Every route there is, from the list that the router itself is made of.
    fn ruter(&self) -> Vec<Self::Rute>;

    /// What a caller can ask of a route: parameters, forms, error paths. A pair is asked with the same `tilfeldig`; the names
    /// of the requests must come out the same, unless the caller was told of different things to ask for, which is a finding.
    fn foresporsler(&self, kaller: Self::Kaller, rute: Self::Rute, tilfeldig: &mut Tilfeldig) -> Vec<Foresporsel>;

    /// The router, in process.
    fn router(&self) -> Router;

    /// Words in an answer that name something and say nothing: keyed identifiers and their likes. Only a comparison up to
    /// renaming ([`crate::Likhet::Omdoept`]) asks.
    fn er_ugjennomsiktig(&self, ord: &str) -> bool {
        let _ = ord;
        false
    }
}

/// One request, that can be sent again.
#[derive(Clone, Debug)]
pub struct Foresporsel {
    /// What it is called in a finding; the same on both sides even where identifiers differ.
    pub navn: String,
    /// The method.
    pub metode: Method,
    /// Path and query.
    pub sti: String,
    /// Headers, in order.
    pub hoder: Vec<(HeaderName, HeaderValue)>,
    /// The body.
    pub kropp: Vec<u8>,
}

impl Foresporsel {
    /// A GET without headers, called by its path.
    #[must_use]
    pub fn get(sti: impl Into<String>) -> Self {
        let sti = sti.into();
        Foresporsel {
            navn: format!("GET {sti}"),
            metode: Method::GET,
            sti,
            hoder: Vec::new(),
            kropp: Vec::new(),
        }
    }

    /// With a header more. A value that cannot be a header is left out.
    #[must_use]
    pub fn hode(mut self, navn: HeaderName, verdi: &str) -> Self {
        if let Ok(verdi) = HeaderValue::from_str(verdi) {
            self.hoder.push((navn, verdi));
        }
        self
    }

    /// With another method.
    #[must_use]
    pub fn metode(mut self, metode: Method) -> Self {
        self.navn = format!("{metode} {}", self.sti);
        self.metode = metode;
        self
    }

    /// With a body.
    #[must_use]
    pub fn kropp(mut self, kropp: impl Into<Vec<u8>>) -> Self {
        self.kropp = kropp.into();
        self
    }

    /// With words added to its name.
    #[must_use]
    pub fn kalt(mut self, mer: &str) -> Self {
        self.navn = format!("{} {mer}", self.navn);
        self
    }

    /// With another name.
    #[must_use]
    pub fn omdoept(mut self, navn: impl Into<String>) -> Self {
        self.navn = navn.into();
        self
    }

    /// The request as the router takes it; `None` if the path is none.
    #[must_use]
    pub fn til_http(&self) -> Option<Request<Body>> {
        let mut bygger = Request::builder().method(self.metode.clone()).uri(&self.sti);
        for (navn, verdi) in &self.hoder {
            bygger = bygger.header(navn, verdi);
        }
        bygger.body(Body::from(self.kropp.clone())).ok()
    }
}

/// A whole answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Svar {
    /// The status.
    pub status: u16,
    /// Every header, in the order it was written.
    pub hoder: Vec<(String, Vec<u8>)>,
    /// The body.
    pub kropp: Vec<u8>,
}

impl Svar {
    /// The first header with a name.
    #[must_use]
    pub fn hode(&self, navn: &str) -> Option<&[u8]> {
        self.hoder
            .iter()
            .find(|(n, _)| n == navn)
            .map(|(_, verdi)| verdi.as_slice())
    }

    /// The body as text; empty if it is none.
    #[must_use]
    pub fn tekst(&self) -> &str {
        std::str::from_utf8(&self.kropp).unwrap_or_default()
    }
}

/// Asks a router. A request that is none, or an answer that breaks off, has status 0.
pub async fn spoer(router: &Router, foresporsel: &Foresporsel) -> Svar {
    let tom = Svar {
        status: 0,
        hoder: Vec::new(),
        kropp: Vec::new(),
    };
    let Some(http) = foresporsel.til_http() else { return tom };
    let Ok(svar) = router.clone().oneshot(http).await;
    let (deler, kropp) = svar.into_parts();
    let Ok(kropp) = kropp.collect().await else { return tom };
    Svar {
        status: deler.status.as_u16(),
        hoder: deler
            .headers
            .iter()
            .map(|(navn, verdi)| (navn.as_str().to_owned(), verdi.as_bytes().to_vec()))
            .collect(),
        kropp: kropp.to_bytes().to_vec(),
    }
}
