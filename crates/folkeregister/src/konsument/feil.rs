//! Errors of the consumer API in the contract's own four forms.
//!
//! General: `kode` and `melding`. 401 and 403: `folkeregisterFeilmelding`. 404 on the feed: `error`. 404 and 410 of an extract:
//! `UttrekkDataResponse`. In XML the first has no
//! published form; it is written as the second (our choice). No text holds what was sent or what is stored.

use axum::body::Body;
use axum::response::Response;
use http::{HeaderValue, StatusCode, header};
use informasjonsmodell::Lesefeil;
use informasjonsmodell::xml::skriv::{self as xml, Feedfeil, Feilmelding};
use serde_json::json;
use tilgang::avtale::{Avslag, Avslagsslag};
use tjenesteflate::forhandling::Medietype;
use tjenesteflate::struping::Vent;
use tjenesteflate::vern::{Feilgjengivelse, Feilkontekst, Rammefeil};

/// How long a caller is asked to wait when we cannot answer. Units: seconds, in a header.
///
/// Source: our choice, within the 60 that we promise.
const VENT_S: &str = "10";

/// Why a call was not answered.
#[derive(Debug, thiserror::Error)]
pub enum Feil {
    /// The caller does not get in.
    #[error(transparent)]
    Avslag(Avslag),
    /// The package has no such operation.
    #[error("Rettighetspakken har ikke tilgang til tjenesten")]
    UtenforPakken,
    /// The framework refused: path, query, body, negotiation.
    #[error(transparent)]
    Ramme(#[from] Rammefeil),
    /// A part that is unknown or outside the package.
    #[error("Parameteren part har en verdi som ikke er gyldig for rettighetspakken")]
    UgyldigPart,
    /// The path is no number of a person.
    #[error("Personidentifikator må være et gyldig fødselsnummer eller D-nummer, 11 siffer")]
    UgyldigIdentifikator,
    /// Nobody has the number.
    #[error("Fant ingen person med oppgitt identifikator")]
    UkjentPerson,
    /// The document identifier names nothing.
    #[error("Fant ikke dokumentet med oppgitt dokumentidentifikator")]
    UkjentDokument,
    /// The document is past retention.
    #[error("Dokumentet er historisk og eldre enn {maaneder} måneder, og kan ikke hentes")]
    ForGammelt {
        /// The limit.
        maaneder: u32,
    },
    /// The feed cannot be read from so far back.
    #[error("Det er oppgitt ulovlig sekvensnummer. Sekvensnummer kan ikke være mere enn {maaneder} måneder gammelt")]
    UlovligSekvensnummer {
        /// The limit.
        maaneder: u32,
    },
    /// `seq` is no number of a feed.
    #[error("Parameteren seq må være et heltall som ikke er negativt")]
    UgyldigSekvensnummer,
    /// The body could not be read.
    #[error("Innholdet i forespørselen kan ikke leses: {0}")]
    Innhold(#[from] Lesefeil),
    /// Too many identifiers.
    #[error("Forespørselen har for mange identifikatorer; høyeste tillatte antall er {maks}")]
    ForMange {
        /// The limit.
        maks: usize,
    },
    /// A criterion of a search that is not one.
    #[error("Parameteren {navn} {regel}")]
    UgyldigKriterium {
        /// The parameter's name.
        navn: &'static str,
        /// What it must be.
        regel: &'static str,
    },
    /// Criteria that together give nobody, or not this package, the right to a hit.
    #[error(
        "Kriteriene gir ikke rett til treff; oppgi navn sammen med fødselsdato, identifikasjonsnummer, postnummer eller adressenavn og husnummer"
    )]
    IkkeRettTilTreff,
    /// More persons than a search gives.
    #[error("Søket har flere enn {maks} treff; oppgi flere eller snevrere kriterier")]
    ForMangeTreff {
        /// The limit.
        maks: usize,
    },
    /// Nobody fits, or several do: one answer, so that the two are not told apart.
    #[error("Fant ingen person, eller flere enn én, som passer med kriteriene")]
    IkkeEntydig,
    /// The organisation has as many extracts under way, or kept unread, as it may have.
    #[error("Virksomheten har for mange uttrekk; vent til et er ferdig, eller les ferdig et som er bestilt")]
    ForMangeUttrekk,
    /// The extract is being written out.
    #[error("Uttrekket er ikke klart ennå; vent og prøv igjen")]
    UttrekkIkkeKlart,
    /// No such extract of this caller, or no such batch of it.
    #[error("Uttrekket finnes ikke eller er utløpt, eller det har ikke så mange porsjoner")]
    UkjentUttrekk,
    /// A tied notice says that the service is down.
    #[error("Tjenesten er nede nå; se driftsmeldingene, og vent så lenge som Retry-After sier før neste kall")]
    Nede {
        /// Until it is worth trying again.
        vent: Vent,
    },
    /// No notice or news item has the name.
    #[error("Fant ingen sak med dette navnet")]
    UkjentSak,
    /// The audit record could not be written, so nothing is disclosed.
    #[error("Tjenesten kan ikke utlevere opplysninger nå. Vennligst prøv igjen senere.")]
    Utilgjengelig,
    /// A fault of ours.
    #[error("Feil i tjenesten. Vennligst prøv igjen seinere.")]
    Intern,
}

impl From<Avslag> for Feil {
    fn from(avslag: Avslag) -> Self {
        Feil::Avslag(avslag)
    }
}

impl From<register::Feil> for Feil {
    fn from(feil: register::Feil) -> Self {
        tracing::error!(feil = %feil, "registeret kunne ikke leses");
        Feil::Intern
    }
}

impl From<uttrekk::Feil> for Feil {
    fn from(feil: uttrekk::Feil) -> Self {
        match feil {
            uttrekk::Feil::ForMange => Feil::ForMangeUttrekk,
            annen => {
                tracing::error!(feil = %annen, "uttrekkene kunne ikke brukes");
                Feil::Intern
            }
        }
    }
}

impl From<tilgang::UgyldigPart> for Feil {
    fn from(_: tilgang::UgyldigPart) -> Self {
        Feil::UgyldigPart
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
    tjenesteflate::spoerring::Error,
    tjenesteflate::sti::Error,
    tjenesteflate::kropp::Error,
    tjenesteflate::forhandling::IkkeAkseptabel,
    tjenesteflate::forhandling::InnholdstypeError
);

impl Feil {
    /// The code of the series, and the status it goes with. Each has a page in `docs/feil/`.
    ///
    /// Source: only FREG-001 and its text are published; the rest of the series is our choice.
    #[must_use]
    pub fn kode(&self) -> (&'static str, StatusCode) {
        match self {
            Feil::Intern | Feil::Ramme(Rammefeil::Intern { .. }) => ("FREG-001", StatusCode::INTERNAL_SERVER_ERROR),
            Feil::Avslag(avslag) => match avslag.slag() {
                Avslagsslag::Uautentisert => ("FREG-002", StatusCode::UNAUTHORIZED),
                Avslagsslag::ManglerTilgang => ("FREG-003", StatusCode::FORBIDDEN),
                Avslagsslag::Sperret => ("FREG-026", StatusCode::FORBIDDEN),
                Avslagsslag::Utilgjengelig => ("FREG-021", StatusCode::SERVICE_UNAVAILABLE),
            },
            Feil::UtenforPakken => ("FREG-004", StatusCode::FORBIDDEN),
            Feil::Ramme(Rammefeil::UkjentSti) => ("FREG-005", StatusCode::NOT_FOUND),
            Feil::UkjentPerson => ("FREG-006", StatusCode::NOT_FOUND),
            Feil::UkjentDokument => ("FREG-007", StatusCode::NOT_FOUND),
            Feil::Ramme(Rammefeil::Sti(_) | Rammefeil::Spoerring(_)) | Feil::UgyldigSekvensnummer => {
                ("FREG-008", StatusCode::BAD_REQUEST)
            }
            Feil::UgyldigPart => ("FREG-009", StatusCode::BAD_REQUEST),
            Feil::UgyldigIdentifikator => ("FREG-010", StatusCode::BAD_REQUEST),
            Feil::Innhold(_) | Feil::Ramme(Rammefeil::Kropp(tjenesteflate::kropp::Error::Brutt)) => {
                ("FREG-011", StatusCode::BAD_REQUEST)
            }
            Feil::ForMange { .. } => ("FREG-012", StatusCode::BAD_REQUEST),
            Feil::ForGammelt { .. } => ("FREG-013", StatusCode::BAD_REQUEST),
            Feil::UlovligSekvensnummer { .. } => ("FREG-014", StatusCode::NOT_ACCEPTABLE),
            Feil::Ramme(Rammefeil::IkkeAkseptabel(_)) => ("FREG-015", StatusCode::NOT_ACCEPTABLE),
            Feil::Ramme(Rammefeil::MetodeIkkeTillatt) => ("FREG-016", StatusCode::METHOD_NOT_ALLOWED),
            Feil::Ramme(Rammefeil::Kropp(tjenesteflate::kropp::Error::Tidsavbrudd)) => {
                ("FREG-017", StatusCode::REQUEST_TIMEOUT)
            }
            Feil::Ramme(Rammefeil::Kropp(tjenesteflate::kropp::Error::ForStor { .. })) => {
                ("FREG-018", StatusCode::PAYLOAD_TOO_LARGE)
            }
            Feil::Ramme(Rammefeil::UriForLang) => ("FREG-019", StatusCode::URI_TOO_LONG),
            Feil::Ramme(Rammefeil::Innholdstype(_) | Rammefeil::Kropp(tjenesteflate::kropp::Error::Koding)) => {
                ("FREG-020", StatusCode::UNSUPPORTED_MEDIA_TYPE)
            }
            Feil::Utilgjengelig => ("FREG-021", StatusCode::SERVICE_UNAVAILABLE),
            Feil::Ramme(Rammefeil::UgyldigForespoersel) => ("FREG-023", StatusCode::BAD_REQUEST),
            Feil::Ramme(Rammefeil::ForMangeKall { .. }) => ("FREG-025", StatusCode::TOO_MANY_REQUESTS),
            Feil::Ramme(Rammefeil::Overlast { .. }) => ("FREG-027", StatusCode::SERVICE_UNAVAILABLE),
            Feil::UgyldigKriterium { .. } => ("FREG-028", StatusCode::BAD_REQUEST),
            Feil::IkkeRettTilTreff => ("FREG-029", StatusCode::BAD_REQUEST),
            Feil::ForMangeTreff { .. } => ("FREG-030", StatusCode::BAD_REQUEST),
            Feil::IkkeEntydig => ("FREG-031", StatusCode::NOT_FOUND),
            Feil::ForMangeUttrekk => ("FREG-032", StatusCode::TOO_MANY_REQUESTS),
            Feil::UttrekkIkkeKlart => ("FREG-033", StatusCode::NOT_FOUND),
            Feil::UkjentUttrekk => ("FREG-034", StatusCode::GONE),
            Feil::Nede { .. } => ("FREG-050", StatusCode::SERVICE_UNAVAILABLE),
            Feil::UkjentSak => ("FREG-051", StatusCode::NOT_FOUND),
            Feil::Ramme(Rammefeil::HoderForStore { .. }) => ("FREG-024", StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE),
        }
    }

    /// The text for the consumer.
    #[must_use]
    pub fn melding(&self) -> String {
        match self {
            // The published text, word for word.
            Feil::Ramme(Rammefeil::Intern { .. }) => Feil::Intern.to_string(),
            Feil::Avslag(avslag) => avslag.beskrivelse().to_owned(),
            annen => annen.to_string(),
        }
    }

    /// The answer. `feed`: the operation is the feed, whose 404 has a form of its own.
    #[must_use]
    pub fn svar(&self, kontekst: &Feilkontekst, feed: bool) -> Response {
        let (kode, status) = self.kode();
        let melding = self.melding();
        let referanse = kontekst.spor.id().to_string();
        let xml = kontekst
            .aksept
            .choose(&[Medietype::JSON, Medietype::XML, Medietype::ATOM]);
        let som_xml = matches!(xml, Ok(type_) if *type_ != Medietype::JSON);
        let uttrekk = matches!(self, Feil::UttrekkIkkeKlart | Feil::UkjentUttrekk);
        let (medietype, kropp) = match (som_xml, status) {
            (true, _) if uttrekk => {
                let mut ut = Vec::new();
                xml::uttrekk_feil(&mut ut, &melding);
                (Medietype::XML, ut)
            }
            (false, _) if uttrekk => (
                Medietype::JSON,
                json!({"feilmelding": melding}).to_string().into_bytes(),
            ),
            (true, StatusCode::NOT_FOUND) if feed => {
                let mut ut = Vec::new();
                let feil = Feedfeil {
                    code: kode,
                    feilreferanse: &referanse,
                    http_status: status.as_u16(),
                    message: &melding,
                };
                xml::feedfeil(&mut ut, &feil);
                (Medietype::XML, ut)
            }
            (true, _) => {
                let mut ut = Vec::new();
                let feil = Feilmelding {
                    http_status: status.as_u16(),
                    alvorlighetsgrad: alvorlighetsgrad(status),
                    feilkode: kode,
                    feilmelding: &melding,
                    tilleggsinformasjon: &[("referanse", &referanse)],
                };
                xml::feilmelding(&mut ut, &feil);
                (Medietype::XML, ut)
            }
            (false, StatusCode::NOT_FOUND) if feed => {
                let kropp = json!({"code": kode, "feilreferanse": referanse, "httpStatus": status.as_u16(), "message": melding});
                (Medietype::JSON, kropp.to_string().into_bytes())
            }
            (false, StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN) => {
                let kropp = json!({
                    "httpStatus": status.as_u16(),
                    "alvorlighetsgrad": alvorlighetsgrad(status),
                    "feilkode": kode,
                    "feilmelding": melding,
                    "tilleggsinformasjon": {"referanse": referanse},
                });
                (Medietype::JSON, kropp.to_string().into_bytes())
            }
            (false, _) => (
                Medietype::JSON,
                json!({"kode": kode, "melding": melding}).to_string().into_bytes(),
            ),
        };
        let mut svar = Response::new(Body::from(kropp));
        *svar.status_mut() = status;
        svar.headers_mut().insert(header::CONTENT_TYPE, medietype.header());
        let vent = match self {
            Feil::Ramme(ramme) => ramme.vent(),
            Feil::Nede { vent } => Some(*vent),
            _ => None,
        };
        if let Some(vent) = vent {
            svar.headers_mut().insert(header::RETRY_AFTER, vent.header());
        } else if matches!(status, StatusCode::SERVICE_UNAVAILABLE | StatusCode::TOO_MANY_REQUESTS) {
            svar.headers_mut()
                .insert(header::RETRY_AFTER, HeaderValue::from_static(VENT_S));
        }
        // A 403 for want of scope carries the challenge too, so that a client knows what to ask for. RFC 6750, 3.1.
        let for_lite_scope = matches!(self, Feil::Avslag(avslag) if avslag.feilkode().is_some());
        if status == StatusCode::UNAUTHORIZED || (status == StatusCode::FORBIDDEN && for_lite_scope) {
            svar.headers_mut()
                .insert(header::WWW_AUTHENTICATE, self.www_authenticate());
        }
        svar
    }

    fn www_authenticate(&self) -> HeaderValue {
        let Feil::Avslag(avslag) = self else {
            return HeaderValue::from_static("Bearer");
        };
        let verdi = match avslag.feilkode() {
            Some(kode) => format!(
                "Bearer error=\"{kode}\", error_description=\"{}\"",
                avslag.beskrivelse()
            ),
            None => "Bearer".to_owned(),
        };
        HeaderValue::try_from(verdi).unwrap_or_else(|_| HeaderValue::from_static("Bearer"))
    }
}

fn alvorlighetsgrad(status: StatusCode) -> &'static str {
    if status.is_server_error() { "ERROR" } else { "WARNING" }
}

/// The API's form for what the framework refuses.
#[derive(Clone, Copy, Debug)]
pub struct Gjengivelse;

impl Feilgjengivelse for Gjengivelse {
    fn render(&self, feil: &Rammefeil, kontekst: &Feilkontekst) -> Response {
        Feil::Ramme(*feil).svar(kontekst, false)
    }
}
