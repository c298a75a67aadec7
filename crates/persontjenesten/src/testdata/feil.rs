//! Errors: ProblemDetails, with the place in a document and the rule, never a number.

use axum::body::Body;
use axum::response::Response;
use helsekopi::Testfeil;
use http::{HeaderValue, StatusCode, header};
use identifikator::TildelingFeil;
use informasjonsmodell::Lesefeil;
use tilgang::avtale::Scopeavslag;
use tilgang::token::helseid::{Adgangsfeil, Godtar};
use tjenesteflate::forhandling::Medietype;
use tjenesteflate::vern::{Feilgjengivelse, Feilkontekst, Rammefeil};

/// How long a caller is asked to wait when we cannot answer. Units: seconds, in a header. Source: our choice, at most 60.
const VENT_S: &str = "10";

/// Why a call was not done.
#[derive(Debug, thiserror::Error)]
pub enum Feil {
    /// No token, or one that is not good, or not rightly shown.
    #[error(transparent)]
    Adgang(Adgangsfeil),
    /// A good token that does not open this.
    #[error(transparent)]
    Avslag(Scopeavslag),
    /// The framework refused: path, body, headers.
    #[error(transparent)]
    Ramme(#[from] Rammefeil),
    /// A member of the request is not what it must be.
    #[error("forespørselen er ugyldig")]
    Felt(&'static str, &'static str),
    /// The document cannot be read as one of Folkeregisteret's.
    #[error("dokumentet er ugyldig")]
    Dokument(#[from] Lesefeil),
    /// What was asked for cannot be done with these numbers.
    #[error(transparent)]
    Testperson(#[from] Testfeil),
    /// There is no copy to write in yet.
    #[error("kopien fylles")]
    Fylles,
    /// The audit record could not be written.
    #[error("revisjonsloggen kan ikke skrives")]
    Utilgjengelig,
    /// A fault of ours.
    #[error("feil i tjenesten")]
    Intern,
}

impl Feil {
    /// HTTP status.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        match self {
            Feil::Adgang(feil) if feil.er_midlertidig() => StatusCode::SERVICE_UNAVAILABLE,
            Feil::Adgang(_) => StatusCode::UNAUTHORIZED,
            Feil::Avslag(_) | Feil::Testperson(Testfeil::Fremmed) => StatusCode::FORBIDDEN,
            Feil::Ramme(ramme) => ramme.status(),
            Feil::Testperson(Testfeil::Ureservert | Testfeil::IngenPerson) => StatusCode::NOT_FOUND,
            Feil::Testperson(Testfeil::ForMange | Testfeil::Tildeling(TildelingFeil::IngenLedige)) => {
                StatusCode::CONFLICT
            }
            Feil::Felt(..)
            | Feil::Dokument(_)
            | Feil::Testperson(
                Testfeil::AnnetNummer
                | Testfeil::EgetNummer
                | Testfeil::Navngitt
                | Testfeil::Tildeling(_)
                | Testfeil::Regel(_),
            ) => StatusCode::BAD_REQUEST,
            Feil::Fylles | Feil::Utilgjengelig => StatusCode::SERVICE_UNAVAILABLE,
            Feil::Intern | Feil::Testperson(Testfeil::Kopi(_)) => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    /// A word for the audit record.
    #[must_use]
    pub fn kode(&self) -> &'static str {
        match self {
            Feil::Adgang(_) => "token",
            Feil::Avslag(avslag) => avslag.kode(),
            Feil::Ramme(_) => "ugyldig-kall",
            Feil::Felt(..) => "ugyldig-parameter",
            Feil::Dokument(_) | Feil::Testperson(Testfeil::Regel(_)) => "ugyldig-dokument",
            Feil::Testperson(Testfeil::Ureservert) => "ureservert",
            Feil::Testperson(Testfeil::Fremmed) => "fremmed-nummer",
            Feil::Testperson(Testfeil::IngenPerson) => "ukjent-person",
            Feil::Testperson(Testfeil::AnnetNummer | Testfeil::EgetNummer | Testfeil::Navngitt) => "fremmed-i-dokument",
            Feil::Testperson(Testfeil::ForMange | Testfeil::Tildeling(_)) => "ingen-numre",
            Feil::Fylles => "kopien-fylles",
            Feil::Utilgjengelig => "revisjon-utilgjengelig",
            Feil::Intern | Feil::Testperson(Testfeil::Kopi(_)) => "intern",
        }
    }

    fn detalj(&self) -> &'static str {
        match self {
            Feil::Adgang(_) => "The token cannot be verified now. Wait as long as Retry-After says.",
            Feil::Avslag(_) => "The token does not open this service.",
            Feil::Ramme(ramme) => ramme_tekst(ramme),
            Feil::Felt(..) => "Something in the request is missing, unknown or outside its limits; errors says which.",
            Feil::Dokument(_) => "The document is not one of Folkeregisteret's; errors says where and why.",
            Feil::Testperson(feil) => match feil {
                Testfeil::Ureservert => "The number is not reserved.",
                Testfeil::Fremmed => "The number is reserved by another organisation.",
                Testfeil::IngenPerson => "There is no person with the number.",
                Testfeil::AnnetNummer => "The document does not have the number of the address among its own.",
                Testfeil::EgetNummer => {
                    "The document has a number of its own that is not reserved by the organisation."
                }
                Testfeil::Navngitt => "The document names somebody whose number is not reserved by the organisation.",
                Testfeil::ForMange => "The organisation has as many numbers as it can.",
                Testfeil::Tildeling(TildelingFeil::IngenLedige) => "All numbers of the year are used up.",
                Testfeil::Tildeling(_) => "No number can carry the birth date.",
                Testfeil::Regel(_) => "The document cannot be a person; errors says which rule.",
                Testfeil::Kopi(_) => "A fault of the service. Give traceId when you ask about it.",
            },
            Feil::Fylles => "The service is being filled. Wait as long as Retry-After says.",
            Feil::Utilgjengelig => "Nothing can be done now. Wait as long as Retry-After says.",
            Feil::Intern => "A fault of the service. Give traceId when you ask about it.",
        }
    }

    /// The place and the rule; both are words of the model and the program.
    fn hvor(&self) -> Option<(String, String)> {
        match self {
            Feil::Felt(felt, regel) => Some(((*felt).to_owned(), (*regel).to_owned())),
            Feil::Dokument(feil) => Some((feil.sti.to_string(), feil.grunn.to_string())),
            Feil::Testperson(Testfeil::Regel(regel)) => Some(("$".to_owned(), regel.to_string())),
            _ => None,
        }
    }

    /// The answer.
    #[must_use]
    pub fn svar(&self, kontekst: &Feilkontekst) -> Response {
        let status = self.status();
        // A challenge says what is wrong with a token; there is no body beside it, as in the Person API.
        let uten_kropp = matches!(self, Feil::Avslag(_)) || status == StatusCode::UNAUTHORIZED;
        let mut svar = Response::new(if uten_kropp {
            Body::empty()
        } else {
            let mut kropp = serde_json::json!({
                "type": "about:blank",
                "title": status.canonical_reason(),
                "status": status.as_u16(),
                "detail": self.detalj(),
                "traceId": kontekst.spor.id().to_string(),
            });
            if let (Some((felt, regel)), Some(kropp)) = (self.hvor(), kropp.as_object_mut()) {
                kropp.insert("errors".into(), serde_json::json!({felt: [regel]}));
            }
            Body::from(kropp.to_string())
        });
        *svar.status_mut() = status;
        let hoder = svar.headers_mut();
        if !uten_kropp {
            hoder.insert(header::CONTENT_TYPE, Medietype::JSON.header());
        }
        if let Feil::Ramme(ramme) = self
            && let Some(vent) = ramme.vent()
        {
            hoder.insert(header::RETRY_AFTER, vent.header());
        } else if status == StatusCode::SERVICE_UNAVAILABLE {
            hoder.insert(header::RETRY_AFTER, HeaderValue::from_static(VENT_S));
        }
        let utfordringer = match self {
            Feil::Adgang(feil) if !feil.er_midlertidig() => feil.utfordringer(Godtar::Begge),
            Feil::Avslag(avslag) => {
                let kode = avslag.feilkode();
                kode.map(|kode| format!("Bearer error=\"{kode}\""))
                    .into_iter()
                    .collect()
            }
            _ => Vec::new(),
        };
        for verdi in utfordringer {
            if let Ok(verdi) = HeaderValue::try_from(verdi) {
                hoder.append(header::WWW_AUTHENTICATE, verdi);
            }
        }
        svar
    }
}

fn ramme_tekst(ramme: &Rammefeil) -> &'static str {
    match ramme.status() {
        StatusCode::NOT_FOUND => "This service has no such address.",
        StatusCode::METHOD_NOT_ALLOWED => "The address does not have this method; see Allow.",
        StatusCode::PAYLOAD_TOO_LARGE => "The body is too large.",
        StatusCode::UNSUPPORTED_MEDIA_TYPE => "The body must be application/json.",
        StatusCode::NOT_ACCEPTABLE => "Answers are application/json; Accept does not take it.",
        status if status.is_server_error() => "The service cannot answer now.",
        _ => "The call cannot be read.",
    }
}

/// The service's form for what the framework refuses.
#[derive(Clone, Copy, Debug)]
pub(super) struct Gjengivelse;

impl Feilgjengivelse for Gjengivelse {
    fn render(&self, feil: &Rammefeil, kontekst: &Feilkontekst) -> Response {
        Feil::Ramme(*feil).svar(kontekst)
    }
}
