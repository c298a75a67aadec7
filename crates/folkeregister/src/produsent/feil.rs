//! Errors of the producers' interfaces: mottak answers in XML always, tilbakemelding as the caller asks.
//!
//! No text holds what was sent. Source: folkeregister reference 9.1 and 9.3; only the forms are published, codes are our
//! choice.

use axum::body::Body;
use axum::response::Response;
use http::{HeaderValue, StatusCode, header};
use informasjonsmodell::xml::skriv::{self as xml, Feilmelding};
use meldinger::Meldingstype;
use meldinger::kontroll::Avvik;
use meldinger::signatur::Usann;
use serde_json::json;
use tilgang::avtale::Produsentavslag;
use tilgang::virksomhet::Sertifikatfeil;
use tjenesteflate::forhandling::Medietype;
use tjenesteflate::vern::{Feilgjengivelse, Feilkontekst, Rammefeil};

/// How long a caller is asked to wait when we cannot answer. Units: seconds, in a header. Source: our choice.
const VENT_S: &str = "10";

/// Why a call was not answered.
#[derive(Debug, thiserror::Error)]
pub enum Feil {
    /// The connection has no client certificate.
    #[error("Tjenesten krever toveis TLS med virksomhetssertifikat")]
    IngenSertifikat,
    /// The certificate does not say who the producer is.
    #[error("Virksomhetssertifikatet kan ikke brukes: {0}")]
    Sertifikat(#[source] Sertifikatfeil),
    /// The producer is blocked, or has no right at all.
    #[error("Produsenten har ikke tilgang: {0}")]
    Avslag(#[source] Produsentavslag),
    /// The producer may not send this kind of message.
    #[error("Produsent har ikke tilgang til å sende inn {}", .0.kode())]
    UtenRett(Meldingstype),
    /// Nor with this `kilde`.
    #[error("Produsent har ikke tilgang til å sende inn {} med denne kilden", .0.kode())]
    UtenRettTilKilde(Meldingstype),
    /// The framework refused: path, query, body, negotiation.
    #[error(transparent)]
    Ramme(#[from] Rammefeil),
    /// Not XML that can be read.
    #[error("Meldingen kan ikke leses: {0}")]
    Xml(#[from] informasjonsmodell::Lesefeil),
    /// Not what its schema says.
    #[error("Meldingen er ikke gyldig etter skjemaet: {}", tekster(.0))]
    Skjema(Vec<Avvik>),
    /// It has a signature that is not true.
    #[error("Meldingens signatur kan ikke godtas: {0}")]
    Signatur(#[source] Usann),
    /// What the sender calls it is missing, too long, or the name of another.
    #[error("{0}")]
    Meldingsid(&'static str),
    /// Files are named that did not come with it.
    #[error("Vedleggene er ikke de filene som meldingen viser til i multipartnavn")]
    Vedlegg,
    /// Not a message with files, or with more of them than are taken.
    #[error("Innholdet kan ikke leses som multipart/form-data: {0}")]
    Flerdelt(&'static str),
    /// A parameter of tilbakemelding that is not one.
    #[error("Parameteren {navn} {regel}")]
    Parameter {
        /// Which.
        navn: &'static str,
        /// What it must be.
        regel: &'static str,
    },
    /// A tied notice says that the service is down.
    #[error("Tjenesten er nede nå; se driftsmeldingene, og vent så lenge som Retry-After sier før neste kall")]
    Nede {
        /// Until it is worth trying again. Units: seconds.
        vent: u64,
    },
    /// The audit record could not be written.
    #[error("Tjenesten kan ikke svare nå. Vennligst prøv igjen senere.")]
    Utilgjengelig,
    /// A fault of ours.
    #[error("Feil i tjenesten. Vennligst prøv igjen seinere.")]
    Intern,
}

fn tekster(avvik: &[Avvik]) -> String {
    let alle: Vec<String> = avvik.iter().map(ToString::to_string).collect();
    alle.join("; ")
}

macro_rules! fra_ramme {
    ($($type:ty),*) => { $( impl From<$type> for Feil {
        fn from(feil: $type) -> Self {
            Feil::Ramme(feil.into())
        }
    } )* };
}

fra_ramme!(
    tjenesteflate::spoerring::Error,
    tjenesteflate::kropp::Error,
    tjenesteflate::forhandling::IkkeAkseptabel,
    tjenesteflate::forhandling::InnholdstypeError
);

impl From<saksbehandling::Feil> for Feil {
    fn from(feil: saksbehandling::Feil) -> Self {
        tracing::error!(feil = %feil, "en melding kunne ikke behandles");
        Feil::Intern
    }
}

/// Which form an error has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    /// XML, whatever was asked for.
    Mottak,
    /// As asked for.
    Tilbakemelding,
}

impl Feil {
    /// The code of the series, and the status it goes with. Each has a page in `docs/feil/`.
    #[must_use]
    pub fn kode(&self) -> (&'static str, StatusCode) {
        match self {
            Feil::Intern => ("FREG-001", StatusCode::INTERNAL_SERVER_ERROR),
            Feil::Utilgjengelig => ("FREG-021", StatusCode::SERVICE_UNAVAILABLE),
            Feil::Avslag(Produsentavslag::Sperret) => ("FREG-026", StatusCode::FORBIDDEN),
            Feil::IngenSertifikat => ("FREG-040", StatusCode::UNAUTHORIZED),
            Feil::Sertifikat(_) => ("FREG-041", StatusCode::UNAUTHORIZED),
            Feil::Avslag(Produsentavslag::IngenRett) | Feil::UtenRett(_) | Feil::UtenRettTilKilde(_) => {
                ("FREG-042", StatusCode::FORBIDDEN)
            }
            Feil::Xml(_) => ("FREG-043", StatusCode::BAD_REQUEST),
            Feil::Skjema(_) => ("FREG-044", StatusCode::BAD_REQUEST),
            Feil::Meldingsid(_) => ("FREG-045", StatusCode::BAD_REQUEST),
            Feil::Vedlegg => ("FREG-046", StatusCode::BAD_REQUEST),
            Feil::Flerdelt(_) => ("FREG-047", StatusCode::BAD_REQUEST),
            Feil::Signatur(_) => ("FREG-048", StatusCode::BAD_REQUEST),
            Feil::Nede { .. } => ("FREG-050", StatusCode::SERVICE_UNAVAILABLE),
            Feil::Parameter { .. } => ("FREG-008", StatusCode::BAD_REQUEST),
            Feil::Ramme(ramme) => crate::konsument::Feil::Ramme(*ramme).kode(),
        }
    }

    /// The answer.
    pub(super) fn svar(&self, kontekst: &Feilkontekst, form: Form) -> Response {
        let (kode, status) = self.kode();
        let melding = match self {
            Feil::Ramme(Rammefeil::Intern { .. }) => Feil::Intern.to_string(),
            annen => annen.to_string(),
        };
        let referanse = kontekst.spor.id().to_string();
        let valgt = kontekst
            .aksept
            .choose(&[Medietype::JSON, Medietype::XML, Medietype::ATOM]);
        let som_xml = form == Form::Mottak || matches!(valgt, Ok(type_) if *type_ != Medietype::JSON);
        let (medietype, kropp) = if som_xml {
            let alvorlighetsgrad = if status.is_server_error() { "ERROR" } else { "WARNING" };
            let mut ut = Vec::new();
            let feil = Feilmelding {
                http_status: status.as_u16(),
                alvorlighetsgrad,
                feilkode: kode,
                feilmelding: &melding,
                tilleggsinformasjon: &[("referanse", &referanse)],
            };
            xml::feilmelding(&mut ut, &feil);
            (Medietype::XML, ut)
        } else {
            let kropp = json!({"kode": kode, "melding": melding});
            (Medietype::JSON, kropp.to_string().into_bytes())
        };
        let mut svar = Response::new(Body::from(kropp));
        *svar.status_mut() = status;
        svar.headers_mut().insert(header::CONTENT_TYPE, medietype.header());
        if let Feil::Ramme(ramme) = self
            && let Some(vent) = ramme.vent()
        {
            svar.headers_mut().insert(header::RETRY_AFTER, vent.header());
        } else if let Feil::Nede { vent } = self {
            svar.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(*vent));
        } else if status == StatusCode::SERVICE_UNAVAILABLE {
            svar.headers_mut()
                .insert(header::RETRY_AFTER, HeaderValue::from_static(VENT_S));
        }
        svar
    }
}

/// Mottak's form for what the framework refuses.
#[derive(Clone, Copy, Debug)]
pub(super) struct Gjengivelse(pub Form);

impl Feilgjengivelse for Gjengivelse {
    fn render(&self, feil: &Rammefeil, kontekst: &Feilkontekst) -> Response {
        Feil::Ramme(*feil).svar(kontekst, self.0)
    }
}
