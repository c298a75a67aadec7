//! What the framework itself can refuse, and the seam where an interface gives it its own error body.
//!
//! Not here: any contract's shape but the plain one of RFC 9457, which is for interfaces that are ours alone.

use axum::extract::FromRequestParts;
use http::{Method, Request, Response, StatusCode, header, request::Parts};

use crate::{
    forhandling::{Aksept, IkkeAkseptabel, InnholdstypeError, Medietype},
    kropp, spoerring, sporing,
    sporing::{Spor, SporId},
    sti,
    struping::Vent,
};

/// What can go wrong before or round a handler. The text may be shown to the consumer; none holds what was sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Rammefeil {
    /// No route has this path: 404.
    #[error("Adressen finnes ikke i denne tjenesten; kontroller stien")]
    UkjentSti,
    /// The route has other methods than this: 405, with `Allow`.
    #[error("Metoden er ikke tillatt for denne ressursen; se Allow for dem som er det")]
    MetodeIkkeTillatt,
    /// What came is no request: 400. The connection is closed after the answer.
    #[error("Forespørselen følger ikke HTTP; kontroller forespørselslinjen og hodene")]
    UgyldigForespoersel,
    /// The headers are too large together, or too many: 431. Over HTTP/1.1 the connection is closed after the answer.
    #[error(
        "Forespørselens hoder er for store eller for mange; største tillatte størrelse er {bytes_maks} byte til sammen"
    )]
    HoderForStore {
        /// The limit, bytes.
        bytes_maks: u32,
    },
    /// The path cannot be read: 400.
    #[error(transparent)]
    Sti(#[from] sti::Error),
    /// Path and query together are too long: 414.
    #[error("Adressen er for lang; største tillatte lengde er {} byte", super::URI_BYTES_MAKS)]
    UriForLang,
    /// The query cannot be read: 400.
    #[error(transparent)]
    Spoerring(#[from] spoerring::Error),
    /// The body cannot be read: 400, 408, 413 or 415.
    #[error(transparent)]
    Kropp(#[from] kropp::Error),
    /// No offered representation is acceptable: 406.
    #[error(transparent)]
    IkkeAkseptabel(#[from] IkkeAkseptabel),
    /// The body's type cannot be read: 415.
    #[error(transparent)]
    Innholdstype(#[from] InnholdstypeError),
    /// The caller has used its budget of calls: 429, with `Retry-After`.
    #[error("For mange kall; vent så lenge som Retry-After sier før neste")]
    ForMangeKall {
        /// Until there is room.
        vent: Vent,
    },
    /// More is under way than we take on at once: 503, with `Retry-After`.
    #[error("Tjenesten har for mye å gjøre akkurat nå; vent så lenge som Retry-After sier før neste kall")]
    Overlast {
        /// What we ask for.
        vent: Vent,
    },
    /// A fault of ours: 500. The consumer gets the reference and nothing of our insides.
    #[error("Feil i tjenesten. Oppgi referansen {referanse} ved henvendelse")]
    Intern {
        /// The trace id, which is also on the log's lines.
        referanse: SporId,
    },
}

impl Rammefeil {
    /// The HTTP status of the failure.
    pub fn status(&self) -> StatusCode {
        match self {
            Self::UkjentSti => StatusCode::NOT_FOUND,
            Self::MetodeIkkeTillatt => StatusCode::METHOD_NOT_ALLOWED,
            Self::UgyldigForespoersel | Self::Sti(_) | Self::Spoerring(_) | Self::Kropp(kropp::Error::Brutt) => {
                StatusCode::BAD_REQUEST
            }
            Self::HoderForStore { .. } => StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE,
            Self::UriForLang => StatusCode::URI_TOO_LONG,
            Self::Kropp(kropp::Error::ForStor { .. }) => StatusCode::PAYLOAD_TOO_LARGE,
            Self::Kropp(kropp::Error::Tidsavbrudd) => StatusCode::REQUEST_TIMEOUT,
            Self::Kropp(kropp::Error::Koding) | Self::Innholdstype(_) => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Self::IkkeAkseptabel(_) => StatusCode::NOT_ACCEPTABLE,
            Self::ForMangeKall { .. } => StatusCode::TOO_MANY_REQUESTS,
            Self::Overlast { .. } => StatusCode::SERVICE_UNAVAILABLE,
            Self::Intern { .. } => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    /// What `Retry-After` is to say, where the caller is asked to come back.
    pub fn vent(&self) -> Option<Vent> {
        match self {
            Self::ForMangeKall { vent } | Self::Overlast { vent } => Some(*vent),
            _ => None,
        }
    }
}

/// On a request: it was refused before it got here, and the frame answers with this and runs nothing.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Forhaandsavvist(pub Rammefeil);

/// What an error body may depend on. Handlers can take it as an argument.
#[derive(Clone, Debug)]
pub struct Feilkontekst {
    /// The request's method.
    pub metode: Method,
    /// What the client accepts, for choosing between JSON and XML.
    pub aksept: Aksept,
    /// The request's place in its chain, for a reference.
    pub spor: Spor,
}

impl Feilkontekst {
    /// Reads it from a request. Outside a frame the request has no trace yet, and gets one here.
    pub fn of<B>(foresporsel: &Request<B>) -> Self {
        let hoder = foresporsel.headers();
        let spor = foresporsel.extensions().get().copied();
        Self {
            metode: foresporsel.method().clone(),
            aksept: Aksept::from_headers(hoder),
            spor: spor.unwrap_or_else(|| Spor::from_headers(hoder, sporing::random())),
        }
    }
}

impl<S: Sync> FromRequestParts<S> for Feilkontekst {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(deler: &mut Parts, _: &S) -> Result<Self, Self::Rejection> {
        let spor = deler.extensions.get().copied();
        Ok(Self {
            metode: deler.method.clone(),
            aksept: Aksept::from_headers(&deler.headers),
            spor: spor.unwrap_or_else(|| Spor::from_headers(&deler.headers, sporing::random())),
        })
    }
}

/// Gives a framework failure the body of one interface's contract.
///
/// The status should be [`Rammefeil::status`]. The frame adds its own headers, and `Allow` on 405.
pub trait Feilgjengivelse: Send + Sync + 'static {
    /// Makes the answer. It must not fail; should it panic, the client gets an empty 500.
    fn render(&self, feil: &Rammefeil, kontekst: &Feilkontekst) -> Response<axum::body::Body>;
}

/// Problem Details, for interfaces that have no contract of their own. Source: RFC 9457.
#[derive(Clone, Copy, Debug)]
pub struct Problem;

impl Problem {
    /// A problem that is the interface's own.
    pub fn with(status: StatusCode, detalj: &str, kontekst: &Feilkontekst) -> Response<axum::body::Body> {
        let kropp = serde_json::json!({
            "type": "about:blank",
            "title": status.canonical_reason(),
            "status": status.as_u16(),
            "detail": detalj,
            "traceId": kontekst.spor.id().to_string(),
        });
        let mut svar = Response::new(axum::body::Body::from(kropp.to_string()));
        *svar.status_mut() = status;
        svar.headers_mut()
            .insert(header::CONTENT_TYPE, Medietype::PROBLEM.header());
        svar
    }
}

impl Feilgjengivelse for Problem {
    fn render(&self, feil: &Rammefeil, kontekst: &Feilkontekst) -> Response<axum::body::Body> {
        Self::with(feil.status(), &feil.to_string(), kontekst)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_failure_has_its_status() {
        let referanse = Feilkontekst::of(&Request::new(())).spor.id();
        let vent = Vent::new(std::time::Duration::from_secs(1), crate::struping::Ventform::Sekunder);
        for (feil, status) in [
            (Rammefeil::UkjentSti, 404),
            (Rammefeil::MetodeIkkeTillatt, 405),
            (sti::Error::Escape { ledd: 1 }.into(), 400),
            (Rammefeil::UriForLang, 414),
            (Rammefeil::UgyldigForespoersel, 400),
            (Rammefeil::HoderForStore { bytes_maks: 1 }, 431),
            (spoerring::Error::ForLang.into(), 400),
            (kropp::Error::Brutt.into(), 400),
            (kropp::Error::Tidsavbrudd.into(), 408),
            (kropp::Error::ForStor { bytes_maks: 1 }.into(), 413),
            (kropp::Error::Koding.into(), 415),
            (IkkeAkseptabel.into(), 406),
            (InnholdstypeError::Tegnsett.into(), 415),
            (Rammefeil::ForMangeKall { vent }, 429),
            (Rammefeil::Overlast { vent }, 503),
            (Rammefeil::Intern { referanse }, 500),
        ] {
            assert_eq!(feil.status().as_u16(), status, "{feil}");
        }
    }

    #[test]
    fn a_request_without_a_frame_still_gets_a_trace() {
        let (a, b) = (Feilkontekst::of(&Request::new(())), Feilkontekst::of(&Request::new(())));
        assert_ne!(a.spor.id(), b.spor.id());
    }
}
