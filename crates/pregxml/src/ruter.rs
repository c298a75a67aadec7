//! Routes of the service: SOAP and plain XML by POST, WSDL and schema by GET.
//!
//! What newcomers get wrong: the password comes with each call, so these routes are for a port with TLS. That is for whoever mounts them: a
//! route does not see its port.

use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::{RawQuery, Request};
use axum::response::Response;
use axum::routing::{get, post};
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use jiff::Timestamp;
use meldinger::tre::BYTE_MAKS;
use tjenesteflate::forhandling::{Innholdstype, InnholdstypeError, Medietype};
use tjenesteflate::kropp;
use tjenesteflate::maalinger::Maalere;
use tjenesteflate::sti;
use tjenesteflate::stykker;
use tjenesteflate::tjener::Motpart;
use tjenesteflate::vern::{Feilgjengivelse, Feilkontekst, Ramme, Rammefeil, Vakt};

use crate::feil::element;
use crate::{Feil, Httpsvar, Inngang, Kall, Personregister, Tjeneste, wsdl, xsd};

/// Where SOAP is answered, and WSDL and schema are. Source: our choice, beside the HL7 face's `/Personregister.HL7/HL7/PersonRegistry.svc`.
pub const STI: &str = "/Personregister.XML/Personregister.svc";
/// Where plain XML is answered.
pub const STI_XML: &str = "/Personregister.XML/Personregister.svc/xml";

/// Source: RFC 8594.
const SUNSET: HeaderName = HeaderName::from_static("sunset");

/// The name in metrics.
const TJENESTE: &str = "pregxml";
/// What is asked of a client that comes when too many passwords are looked at. Units: seconds.
const VENT_S: &str = "5";

/// How it is served.
#[derive(Clone)]
pub struct Oppsett {
    /// Scheme, host and port, as the WSDL tells them; no slash at the end. Those of the call where it is absent.
    pub adresse: Option<String>,
    /// The scheme of a call on the port.
    pub protokoll: &'static str,
    /// The clock.
    pub klokke: Arc<dyn Fn() -> Timestamp + Send + Sync>,
    /// The guard of the port.
    pub vakt: Option<Vakt>,
}

/// The router, framed: errors in the contract's form, traces, metrics.
///
/// Shape: whole paths, to be merged with those of other services on the port.
pub fn ruter<R: Personregister>(tjeneste: &Arc<Tjeneste<R>>, oppsett: &Oppsett, maalere: &Maalere) -> Router {
    let ramme = Ramme::new(TJENESTE, Gjengivelse, maalere);
    let ramme = match &oppsett.vakt {
        Some(vakt) => ramme.with_vakt(vakt),
        None => ramme,
    };
    let behandler = |inngang: Inngang| {
        let (tjeneste, klokke) = (tjeneste.clone(), oppsett.klokke.clone());
        post(move |kontekst: Feilkontekst, foresporsel: Request| {
            let (tjeneste, naa) = (tjeneste.clone(), klokke());
            async move {
                let slutt = tjeneste.varslet_slutt(naa);
                let mut ut = match svar(tjeneste, inngang, naa, &kontekst, foresporsel).await {
                    Ok(svar) => til_http(svar),
                    Err(feil) => Gjengivelse.render(&feil, &kontekst),
                };
                if let Some(slutt) = slutt {
                    varsle(ut.headers_mut(), slutt);
                }
                ut
            }
        })
    };
    let (adresse, protokoll) = (oppsett.adresse.clone(), oppsett.protokoll);
    let dokumenter = get(
        move |kontekst: Feilkontekst, RawQuery(spoerring): RawQuery, foresporsel: Request| {
            let rot = adresse
                .clone()
                .unwrap_or_else(|| sti::rot_av_kall(protokoll, &foresporsel));
            let service = format!("{rot}{STI}");
            let spoerring = spoerring.unwrap_or_default();
            let ut = if spoerring.eq_ignore_ascii_case("wsdl") || spoerring.eq_ignore_ascii_case("singlewsdl") {
                dokument(wsdl::wsdl(&service, &format!("{service}?xsd")))
            } else if spoerring.eq_ignore_ascii_case("xsd") {
                dokument(xsd::xsd())
            } else {
                Gjengivelse.render(&Rammefeil::UkjentSti, &kontekst)
            };
            async move { ut }
        },
    );
    let ruter = Router::new()
        .route(STI, dokumenter.merge(behandler(Inngang::Soap)))
        .route(STI_XML, behandler(Inngang::Xml));
    ramme.rundt_uten_resten(ruter)
}

async fn svar<R: Personregister>(
    tjeneste: Arc<Tjeneste<R>>,
    inngang: Inngang,
    naa: Timestamp,
    kontekst: &Feilkontekst,
    foresporsel: Request,
) -> Result<Httpsvar, Rammefeil> {
    let (deler, kropp) = foresporsel.into_parts();
    sjekk_innholdstype(&deler.headers, inngang)?;
    let grense = kropp::Grense {
        bytes_maks: BYTE_MAKS,
        ..kropp::Grense::default()
    };
    let byte = kropp::read(kropp, &deler.headers, grense).await?;
    let sted = deler.extensions.get::<Motpart>().map(|m| m.0.ip().to_string());
    let spor = kontekst.spor.id().to_string();
    let hoder = deler.headers;
    // A password that is not remembered is hashed, and the register reads a disk: not where others wait.
    let arbeid = tokio::task::spawn_blocking(move || {
        tjeneste.svar(&Kall {
            inngang,
            handling: handling(&hoder),
            autorisasjon: tekst(&hoder, header::AUTHORIZATION.as_str()),
            kropp: &byte,
            sted: sted.as_deref().unwrap_or_default(),
            naa,
            spor: &spor,
        })
    });
    arbeid.await.map_err(|_| Rammefeil::Intern {
        referanse: kontekst.spor.id(),
    })
}

// Source: RFC 8594; the form of a date is RFC 9110, 5.6.7.
fn varsle(hoder: &mut HeaderMap, slutt: Timestamp) {
    let dato = slutt.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string();
    if let Ok(verdi) = HeaderValue::from_str(&dato) {
        hoder.insert(SUNSET, verdi);
    }
}

fn tekst<'h>(hoder: &'h HeaderMap, navn: &str) -> Option<&'h str> {
    hoder.get(navn).and_then(|verdi| verdi.to_str().ok())
}

fn sjekk_innholdstype(hoder: &HeaderMap, inngang: Inngang) -> Result<(), Rammefeil> {
    let tillatt = match inngang {
        Inngang::Soap => [Medietype::new("application", "soap+xml"), Medietype::new("text", "xml")],
        Inngang::Xml => [Medietype::XML, Medietype::new("text", "xml")],
    };
    let oppgitt = Innholdstype::from_headers(hoder)?;
    match oppgitt {
        Some(oppgitt) if tillatt.iter().any(|type_| oppgitt.is(type_)) => Ok(()),
        _ => Err(InnholdstypeError::Ugyldig.into()),
    }
}

// `SOAPAction` of SOAP 1.1, or the parameter `action` of SOAP 1.2's media type. An action of this service has no semicolon.
fn handling(hoder: &HeaderMap) -> Option<&str> {
    let parameter = || {
        let mut deler = tekst(hoder, header::CONTENT_TYPE.as_str())?.split(';').skip(1);
        deler.find_map(|del| {
            let (navn, verdi) = del.trim().split_once('=')?;
            navn.trim().eq_ignore_ascii_case("action").then_some(verdi)
        })
    };
    tekst(hoder, "soapaction").or_else(parameter)
}

fn dokument(xml: String) -> Response {
    til_http(Httpsvar {
        status: 200,
        innholdstype: Some("text/xml; charset=utf-8"),
        kropp: xml,
    })
}

fn til_http(svar: Httpsvar) -> Response {
    let mut ut = Response::new(stykker::kropp(svar.kropp.into_bytes()));
    *ut.status_mut() = StatusCode::from_u16(svar.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let hoder = ut.headers_mut();
    if let Some(innholdstype) = svar.innholdstype {
        hoder.insert(header::CONTENT_TYPE, HeaderValue::from_static(innholdstype));
    }
    // What is about persons is kept by nobody on the way.
    hoder.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    match svar.status {
        401 => {
            let krav = "Basic realm=\"Personregister-XML\", charset=\"UTF-8\"";
            hoder.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static(krav));
        }
        503 => {
            hoder.insert(header::RETRY_AFTER, HeaderValue::from_static(VENT_S));
        }
        _ => {}
    }
    ut
}

/// What the framework refuses, as the element `Fault`. A wrong path has no body, as in the HL7 face.
#[derive(Clone, Copy, Debug)]
struct Gjengivelse;

impl Feilgjengivelse for Gjengivelse {
    fn render(&self, feil: &Rammefeil, _: &Feilkontekst) -> Response<Body> {
        let status = feil.status();
        let kode = if status.is_server_error() {
            Feil::Intern.kode().0
        } else {
            Feil::Forespoersel("").kode().0
        };
        let kropp = match feil {
            Rammefeil::UkjentSti => String::new(),
            _ => element(kode, &feil.to_string()),
        };
        let mut ut = Response::new(Body::from(kropp));
        *ut.status_mut() = status;
        if *feil != Rammefeil::UkjentSti {
            let xml = HeaderValue::from_static("application/xml; charset=utf-8");
            ut.headers_mut().insert(header::CONTENT_TYPE, xml);
        }
        if let Some(vent) = feil.vent() {
            ut.headers_mut().insert(header::RETRY_AFTER, vent.header());
        }
        ut
    }
}
