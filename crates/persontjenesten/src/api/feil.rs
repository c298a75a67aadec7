//! Errors of the Person API: ProblemDetails, and for 401 and 403 a challenge without a body, as the contract has none.
//!
//! The statuses are those of [`crate::openapi::STATUSER`], which a test holds this to. Every text is a constant of the program; none
//! holds what was sent or what is stored.

use axum::body::Body;
use axum::response::Response;
use http::{HeaderValue, StatusCode, header};
use tilgang::avtale::Scopeavslag;
use tilgang::token::helseid::{Adgangsfeil, Godtar};
use tjenesteflate::forhandling::Medietype;
use tjenesteflate::vern::{Feilgjengivelse, Feilkontekst, Rammefeil};
use tjenesteflate::{kropp, spoerring};

use crate::openapi::Brudd;
use crate::{ProblemDetails, Versjon};

/// How long a caller is asked to wait when we cannot answer. Units: seconds, in a header. Source: our choice, at most 60.
const VENT_S: &str = "10";
/// How long while the copy is being filled. Units: seconds. Source: our choice, at most 60.
const VENT_FYLLES_S: &str = "60";

/// Why a call was not answered.
#[derive(Debug, thiserror::Error)]
pub enum Feil {
    /// No token, or one that is not good, or not rightly shown.
    #[error(transparent)]
    Adgang(Adgangsfeil),
    /// A good token that does not open this.
    #[error(transparent)]
    Avslag(Scopeavslag),
    /// The version header asks for another version than the path has.
    #[error("versjonen finnes ikke på denne adressen")]
    Versjon(Versjon),
    /// Parameters that are not what they must be.
    #[error("en parameter er ugyldig")]
    Ugyldig(Vec<(&'static str, Brudd)>),
    /// The framework refused: path, query, body, negotiation.
    #[error(transparent)]
    Ramme(#[from] Rammefeil),
    /// Nobody has the id or the number.
    #[error("ingen person å vise")]
    IngenPerson,
    /// The feed has nothing there.
    #[error("ingen hendelse å vise")]
    IngenHendelse,
    /// More persons fit than are given at once.
    #[error("for mange treff")]
    ForMangeTreff,
    /// Nobody can be searched for by an address now: it may be anybody who has moved.
    #[error("ingen kan søkes fram ved en adresse nå")]
    Etterslep,
    /// There is no copy to answer from yet.
    #[error("kopien fylles")]
    Fylles,
    /// The audit record could not be written, so nothing is disclosed.
    #[error("revisjonsloggen kan ikke skrives")]
    Utilgjengelig,
    /// A fault of ours.
    #[error("feil i tjenesten")]
    Intern,
}

impl From<register::Feil> for Feil {
    fn from(feil: register::Feil) -> Self {
        tracing::error!(feil = %feil, "kopien kunne ikke leses");
        Feil::Intern
    }
}

impl From<helsekopi::Feil> for Feil {
    fn from(feil: helsekopi::Feil) -> Self {
        tracing::error!(feil = %feil, "kopien kunne ikke leses");
        Feil::Intern
    }
}

impl From<crate::oversettelse::Oversettelsesfeil> for Feil {
    fn from(feil: crate::oversettelse::Oversettelsesfeil) -> Self {
        tracing::error!(feil = %feil, "et frigitt dokument kunne ikke oversettes");
        Feil::Intern
    }
}

impl From<tilgang::Holdt> for Feil {
    fn from(holdt: tilgang::Holdt) -> Self {
        match holdt {
            tilgang::Holdt::Revisjon(_) => Feil::Utilgjengelig,
            tilgang::Holdt::Skadet | tilgang::Holdt::UtenFeed => Feil::Intern,
        }
    }
}

macro_rules! fra_ramme {
    ($($type:ty),*) => { $( impl From<$type> for Feil {
        fn from(feil: $type) -> Self {
            Feil::Ramme(feil.into())
        }
    } )* };
}

fra_ramme!(
    spoerring::Error,
    kropp::Error,
    tjenesteflate::forhandling::IkkeAkseptabel,
    tjenesteflate::forhandling::InnholdstypeError
);

fn godtar(versjon: Versjon) -> Godtar {
    match versjon {
        Versjon::V2 => Godtar::Begge,
        Versjon::V3 => Godtar::KunDpop,
    }
}

impl Feil {
    /// HTTP status.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        match self {
            Feil::Adgang(feil) if feil.er_midlertidig() => StatusCode::SERVICE_UNAVAILABLE,
            Feil::Adgang(_) => StatusCode::UNAUTHORIZED,
            Feil::Avslag(_) => StatusCode::FORBIDDEN,
            Feil::Versjon(_) | Feil::Ugyldig(_) | Feil::ForMangeTreff => StatusCode::BAD_REQUEST,
            Feil::Ramme(ramme) => ramme.status(),
            Feil::IngenPerson | Feil::IngenHendelse => StatusCode::NOT_FOUND,
            Feil::Fylles | Feil::Etterslep | Feil::Utilgjengelig => StatusCode::SERVICE_UNAVAILABLE,
            Feil::Intern => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    /// A word for the audit record.
    #[must_use]
    pub fn kode(&self) -> &'static str {
        match self {
            Feil::Adgang(_) => "token",
            Feil::Avslag(avslag) => avslag.kode(),
            Feil::Versjon(_) => "versjon",
            Feil::Ugyldig(_) => "ugyldig-parameter",
            Feil::Ramme(_) => "ugyldig-kall",
            Feil::IngenPerson => "ukjent-person",
            Feil::IngenHendelse => "ingen-hendelse",
            Feil::ForMangeTreff => "for-mange-treff",
            Feil::Etterslep => "kopien-er-etter",
            Feil::Fylles => "kopien-fylles",
            Feil::Utilgjengelig => "revisjon-utilgjengelig",
            Feil::Intern => "intern",
        }
    }

    /// What to do about it.
    fn detalj(&self) -> &'static str {
        match self {
            // Neither has a body, save where we cannot tell.
            Feil::Adgang(_) => "The token cannot be verified now. Wait as long as Retry-After says.",
            Feil::Avslag(_) => "The token does not open this branch of the service.",
            Feil::Versjon(_) => "The version that api-version asks for is not served at this address.",
            Feil::Ugyldig(_) => "Something in the call is missing, unknown or outside its limits; errors says which.",
            Feil::Ramme(ramme) => rammetekst(ramme),
            Feil::IngenPerson => "There is no person to show.",
            Feil::IngenHendelse => "There is no event to show.",
            Feil::ForMangeTreff => "More persons fit than are given at once. Use paged-match-list.",
            Feil::Etterslep => {
                "The service is too far behind its source to search by an address. Wait as long as Retry-After says."
            }
            Feil::Fylles => {
                "The service is being filled and has nothing to answer from yet. Wait as long as Retry-After says."
            }
            Feil::Utilgjengelig => "Nothing can be disclosed now. Wait as long as Retry-After says.",
            Feil::Intern => "A fault of the service. Give traceId when you ask about it.",
        }
    }

    fn felt(&self) -> Vec<(&'static str, &'static str)> {
        match self {
            Feil::Versjon(Versjon::V2) => vec![(
                crate::openapi::VERSJONSHODE,
                "supported: 2, 2.n (here); 3, 3.n (below /api/v3)",
            )],
            Feil::Versjon(Versjon::V3) => vec![(
                crate::openapi::VERSJONSHODE,
                "supported: 3, 3.n (here); 2, 2.n (below /api/legal-basis and /api/no-legal-basis)",
            )],
            Feil::Ugyldig(felt) => felt.iter().map(|(navn, brudd)| (*navn, brudd.tekst())).collect(),
            _ => Vec::new(),
        }
    }

    /// The answer. `versjon`: that of the path; none of a path that has none.
    #[must_use]
    pub fn svar(&self, versjon: Option<Versjon>, kontekst: &Feilkontekst) -> Response {
        let status = self.status();
        let uten_kropp = matches!(status, StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN);
        let mut svar = Response::new(if uten_kropp {
            Body::empty()
        } else {
            let problem = ProblemDetails {
                status: status.as_u16(),
                tittel: status.canonical_reason().unwrap_or("Error"),
                detalj: Some(self.detalj()),
                felt: self.felt(),
                sporing: Some(kontekst.spor.id().to_string()),
            };
            Body::from(problem.til_json())
        });
        *svar.status_mut() = status;
        let hoder = svar.headers_mut();
        if !uten_kropp {
            hoder.insert(header::CONTENT_TYPE, Medietype::JSON.header());
        }
        let vent = match self {
            Feil::Ramme(ramme) => ramme.vent().map(tjenesteflate::struping::Vent::header),
            Feil::Fylles | Feil::Etterslep => Some(HeaderValue::from_static(VENT_FYLLES_S)),
            _ => None,
        };
        if let Some(vent) = vent {
            hoder.insert(header::RETRY_AFTER, vent);
        } else if matches!(status, StatusCode::SERVICE_UNAVAILABLE | StatusCode::TOO_MANY_REQUESTS) {
            hoder.insert(header::RETRY_AFTER, HeaderValue::from_static(VENT_S));
        }
        for verdi in self.utfordringer(versjon.unwrap_or(Versjon::V3)) {
            if let Ok(verdi) = HeaderValue::try_from(verdi) {
                hoder.append(header::WWW_AUTHENTICATE, verdi);
            }
        }
        svar
    }

    // A 403 for want of scope carries the challenge too, so that a client knows what to ask for. RFC 6750, 3.1.
    fn utfordringer(&self, versjon: Versjon) -> Vec<String> {
        match self {
            Feil::Adgang(feil) if !feil.er_midlertidig() => feil.utfordringer(godtar(versjon)),
            Feil::Avslag(avslag) => {
                let skjema = match versjon {
                    Versjon::V2 => "Bearer",
                    Versjon::V3 => "DPoP",
                };
                avslag
                    .feilkode()
                    .map(|kode| format!("{skjema} error=\"{kode}\""))
                    .into_iter()
                    .collect()
            }
            _ => Vec::new(),
        }
    }
}

fn rammetekst(ramme: &Rammefeil) -> &'static str {
    match ramme {
        Rammefeil::UkjentSti => "This service has no such address.",
        Rammefeil::MetodeIkkeTillatt => "The address does not have this method; see Allow.",
        Rammefeil::UgyldigForespoersel => "What was sent is not HTTP.",
        Rammefeil::HoderForStore { .. } => "The headers are too large or too many.",
        Rammefeil::Sti(_) => "The path cannot be read.",
        Rammefeil::UriForLang => "The address is too long.",
        Rammefeil::Spoerring(_) => "The query or the form cannot be read.",
        Rammefeil::Kropp(kropp::Error::ForStor { .. }) => "The form is too large.",
        Rammefeil::Kropp(kropp::Error::Tidsavbrudd) => "The form did not arrive in time.",
        Rammefeil::Kropp(kropp::Error::Brutt) => "The form was cut off.",
        Rammefeil::Kropp(kropp::Error::Koding) => "Content-Encoding is not supported.",
        Rammefeil::IkkeAkseptabel(_) => "Answers are application/json; Accept does not take it.",
        Rammefeil::Innholdstype(_) => "The body must be application/x-www-form-urlencoded.",
        Rammefeil::ForMangeKall { .. } => "Too many calls. Wait as long as Retry-After says.",
        Rammefeil::Overlast { .. } => "Too much is under way. Wait as long as Retry-After says.",
        Rammefeil::Intern { .. } => "A fault of the service. Give traceId when you ask about it.",
    }
}

/// The API's form for what the framework refuses.
#[derive(Clone, Copy, Debug)]
pub struct Gjengivelse;

impl Feilgjengivelse for Gjengivelse {
    fn render(&self, feil: &Rammefeil, kontekst: &Feilkontekst) -> Response {
        Feil::Ramme(*feil).svar(None, kontekst)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use tjenesteflate::struping::{Vent, Ventform};

    use super::*;
    use crate::openapi::STATUSER;

    #[test]
    fn every_error_has_a_status_of_the_table_and_a_body_where_the_table_has_one() {
        let kontekst = Feilkontekst::of(&http::Request::new(()));
        let vent = Vent::new(Duration::from_secs(7), Ventform::Sekunder);
        let referanse = kontekst.spor.id();
        for (feil, status, retry) in [
            (Feil::Adgang(Adgangsfeil::Mangler), 401, None),
            (
                Feil::Adgang(Adgangsfeil::Bevis(tilgang::token::dpop::Dpopfeil::Opptatt)),
                503,
                Some("10"),
            ),
            (Feil::Avslag(Scopeavslag::ManglerScope), 403, None),
            (Feil::Avslag(Scopeavslag::Sperret), 403, None),
            (Feil::Versjon(Versjon::V2), 400, None),
            (Feil::Ugyldig(vec![("nin", Brudd::ForLang)]), 400, None),
            (Feil::IngenPerson, 404, None),
            (Feil::IngenHendelse, 404, None),
            (Feil::Fylles, 503, Some("60")),
            (Feil::Utilgjengelig, 503, Some("10")),
            (Feil::Intern, 500, None),
            (Rammefeil::UkjentSti.into(), 404, None),
            (Rammefeil::MetodeIkkeTillatt.into(), 405, None),
            (tjenesteflate::forhandling::IkkeAkseptabel.into(), 406, None),
            (kropp::Error::Tidsavbrudd.into(), 408, None),
            (kropp::Error::ForStor { bytes_maks: 1 }.into(), 413, None),
            (Rammefeil::UriForLang.into(), 414, None),
            (kropp::Error::Koding.into(), 415, None),
            (Rammefeil::ForMangeKall { vent }.into(), 429, Some("7")),
            (Rammefeil::HoderForStore { bytes_maks: 1 }.into(), 431, None),
            (Rammefeil::Intern { referanse }.into(), 500, None),
            (Rammefeil::Overlast { vent }.into(), 503, Some("7")),
        ] {
            for versjon in [None, Some(Versjon::V2), Some(Versjon::V3)] {
                let svar = feil.svar(versjon, &kontekst);
                assert_eq!(svar.status().as_u16(), status, "{feil}");
                let i_tabellen = STATUSER.iter().find(|s| s.status == status).unwrap();
                let har_kropp = svar.headers().contains_key(header::CONTENT_TYPE);
                assert_eq!(har_kropp, i_tabellen.problem, "{feil}");
                let vent = svar.headers().get(header::RETRY_AFTER).map(|v| v.to_str().unwrap());
                assert_eq!(vent, retry, "{feil}");
                let utfordret = svar.headers().contains_key(header::WWW_AUTHENTICATE);
                assert_eq!(
                    utfordret,
                    status == 401 || matches!(feil, Feil::Avslag(Scopeavslag::ManglerScope)),
                    "{feil}"
                );
            }
        }
    }
}
