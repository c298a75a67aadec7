//! The routes: one address, where messages are posted and the WSDL is read.
//!
//! What lives here: bytes in and out, the door, HTTP's statuses. What does not: what an operation does (`hl7`), what an envelope is (`preg`).
//!
//! ```text
//!  bytes ─▶ envelope, window ─▶ the service's end ─▶ user and password, or a conversation ─▶ operation ─▶ answer in its envelope
//!           fault 400/500       fault               fault                                                fault 500/503
//! ```
//! A conversation ([`preg::samtale`]) is opened with a user and a password, and the calls in it are signed. What is signed is the timestamp
//! alone, so that is for a port with TLS, and on any other a call in one has no user.
//!
//! What a newcomer gets wrong: a refusal of the message of HL7 is an answer with status 200; a fault is for what is no message, or nobody's.
//! Source: PREG reference 3.1, 3.2 and 3.5; ADR 0047 and 0051.

use std::sync::{Arc, LazyLock};

use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::response::Response;
use axum::routing::{any, get};
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use preg::feil::{Feil as Soapfeil, Feilsvar};
use preg::konvolutt::{self, Avslag as Konvoluttavslag, Brukernavntoken, Returadresse, Soapversjon};
use preg::samtale::{self, Brukere, Eier, Henvendelse, Hvem, Tilfeldig};
use preg::{skjema, wsdl};
use pregbrukere::{Avslag, Innlogget, Innlogging, Passord};
use tjenesteflate::kropp::{self, Grense};
use tjenesteflate::maalinger::Maalere;
use tjenesteflate::sti;
use tjenesteflate::tjener::Motpart;
use tjenesteflate::vern::{Adressebruk, Feilgjengivelse, Feilkontekst, Ramme, Rammefeil};

use crate::Feil;
use crate::hl7::Melding;
use crate::kaller::{Kaller, TJENESTE};
use crate::tilstand::{Fase, PregTjeneste};

/// Where the service is. Source: PREG reference 3.1 (path of the test service).
pub const STI: &str = "/Personregister.HL7/HL7/PersonRegistry.svc";
/// What lies above it and is answered with an empty 404. Source: PREG reference 3.5.
const UNDER: &str = "/Personregister.HL7/{*resten}";
/// Most bytes of a message. Source: mottak's cap, as `preg` has it.
const BYTES_MAKS: usize = 128 * 1024;
/// How long a caller is asked to wait when we cannot answer. Units: seconds, in a header. Source: our choice.
const VENT_S: &str = "10";
/// Source: RFC 8594.
const SUNSET: HeaderName = HeaderName::from_static("sunset");

/// What is spoken on a port.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Port {
    /// TLS, here or in a proxy before it.
    Tls,
    /// Plain HTTP in development and the demo.
    UtenTlsTilUtvikling,
    /// Plain HTTP elsewhere: every call is refused before anything in it is read. Source: PREG reference 3.2.
    UtenTls,
}

impl Port {
    /// The scheme of a call that is answered there; none where none is.
    #[must_use]
    pub fn protokoll(self) -> Option<&'static str> {
        match self {
            Port::Tls => Some("https"),
            Port::UtenTlsTilUtvikling => Some("http"),
            Port::UtenTls => None,
        }
    }
}

impl PregTjeneste {
    /// The routes, framed, for a port.
    ///
    /// Shape: whole paths, to be merged with those of other services.
    pub fn ruter(self: &Arc<Self>, port: Port, maalere: &Maalere) -> Router {
        let ramme = Ramme::new(TJENESTE, Gjengivelse, maalere);
        let ramme = match &self.vakt {
            Some(vakt) => ramme.with_vakt(vakt),
            None => ramme,
        };
        let ruter = match port.protokoll() {
            Some(protokoll) => {
                let beskriv = move |State(tjeneste): State<Arc<PregTjeneste>>, foresporsel: Request| async move {
                    beskriv(&tjeneste, protokoll, &foresporsel)
                };
                let ta_imot = move |State(tjeneste): State<Arc<PregTjeneste>>,
                                    kontekst: Feilkontekst,
                                    foresporsel: Request| async move {
                    ta_imot(tjeneste, port, kontekst, foresporsel).await
                };
                Router::new().route(STI, get(beskriv).post(ta_imot))
            }
            None => Router::new().route(STI, any(krev_tls)),
        };
        let ruter = ruter.route(UNDER, any(ukjent));
        ramme.rundt_uten_resten(ruter.with_state(self.clone()))
    }
}

async fn ukjent() -> StatusCode {
    StatusCode::NOT_FOUND
}

async fn krev_tls() -> Response {
    tekst(StatusCode::FORBIDDEN, "This service takes https only.")
}

fn tekst(status: StatusCode, tekst: &'static str) -> Response {
    let mut svar = Response::new(Body::from(tekst));
    *svar.status_mut() = status;
    let innholdstype = HeaderValue::from_static("text/plain; charset=utf-8");
    svar.headers_mut().insert(header::CONTENT_TYPE, innholdstype);
    svar
}

/// `?wsdl` and `?xsd=…`, open to anyone; without either there is nothing to see.
fn beskriv(tjeneste: &PregTjeneste, protokoll: &str, foresporsel: &Request) -> Response {
    static HL7: LazyLock<String> = LazyLock::new(|| skjema::les().map(|s| skjema::til_xsd(&s)).unwrap_or_default());
    let fast = tjeneste.innstillinger.adresse.clone();
    let rot = fast.unwrap_or_else(|| sti::rot_av_kall(protokoll, foresporsel));
    let adresse = format!("{rot}{STI}");
    let lenker = wsdl::Lenker::ved(&adresse);
    let spoerring = foresporsel.uri().query().unwrap_or_default().to_ascii_lowercase();
    let dokument = match spoerring.as_str() {
        "wsdl" => wsdl::wsdl(&adresse, &lenker),
        "xsd=xsd0" => wsdl::omslag(&lenker),
        "xsd=xsd1" => HL7.clone(),
        _ => return tekst(StatusCode::NOT_FOUND, "The description of this service is at ?wsdl."),
    };
    let mut svar = Response::new(Body::from(dokument));
    let innholdstype = HeaderValue::from_static("text/xml; charset=utf-8");
    svar.headers_mut().insert(header::CONTENT_TYPE, innholdstype);
    svar
}

/// A fault with what it answers, and whether it is for now only.
struct Avvist {
    feil: Soapfeil,
    retur: Returadresse,
    midlertidig: bool,
}

impl From<Konvoluttavslag> for Avvist {
    fn from(avslag: Konvoluttavslag) -> Self {
        Avvist {
            feil: avslag.feil,
            retur: avslag.retur,
            midlertidig: false,
        }
    }
}

async fn ta_imot(tjeneste: Arc<PregTjeneste>, port: Port, kontekst: Feilkontekst, foresporsel: Request) -> Response {
    let naa = (tjeneste.klokke)();
    let mut svar = match besvar(&tjeneste, port, &kontekst, foresporsel, naa).await {
        Ok(svar) => svar,
        Err(avvist) => {
            tjeneste.tellere.feilmelding();
            let retur = &avvist.retur;
            let feil = avvist
                .feil
                .svar(retur.versjon, retur.adressert, retur.melding_id.as_deref());
            let mut svar = fra_feil(feil);
            if avvist.midlertidig {
                *svar.status_mut() = StatusCode::SERVICE_UNAVAILABLE;
                svar.headers_mut()
                    .insert(header::RETRY_AFTER, HeaderValue::from_static(VENT_S));
            }
            svar
        }
    };
    if let Some(slutt) = tjeneste.innstillinger.slutt {
        let dato = slutt.to_zoned(TimeZone::UTC).strftime("%a, %d %b %Y %H:%M:%S GMT");
        if let Ok(verdi) = HeaderValue::try_from(dato.to_string()) {
            svar.headers_mut().insert(SUNSET, verdi);
        }
    }
    svar
}

async fn besvar(
    tjeneste: &Arc<PregTjeneste>,
    port: Port,
    kontekst: &Feilkontekst,
    foresporsel: Request,
    naa: Timestamp,
) -> Result<Response, Avvist> {
    let (deler, innhold) = foresporsel.into_parts();
    let Some((versjon, handling)) = innholdstype(&deler.headers) else {
        let mut svar = Response::new(Body::empty());
        *svar.status_mut() = StatusCode::UNSUPPORTED_MEDIA_TYPE;
        return Ok(svar);
    };
    let grense = Grense {
        bytes_maks: BYTES_MAKS,
        ..Grense::default()
    };
    let byte = match kropp::read(innhold, &deler.headers, grense).await {
        Ok(byte) => byte,
        // Source: PREG reference 3.5: too large is a fault with status 400.
        Err(kropp::Error::ForStor { .. }) => {
            return Err(Avvist {
                feil: Soapfeil::Form,
                retur: Returadresse {
                    versjon,
                    melding_id: None,
                    adressert: false,
                },
                midlertidig: false,
            });
        }
        Err(feil) => return Ok(Gjengivelse.render(&Rammefeil::Kropp(feil), kontekst)),
    };
    let henvendelse = les(port, &byte, handling.as_deref(), naa)?;
    let retur = match &henvendelse {
        Henvendelse::Kall(kall) => kall.retur.clone(),
        Henvendelse::Aapning(aapning) => aapning.retur.clone(),
        Henvendelse::Fornyelse(fornyelse) => fornyelse.retur.clone(),
        Henvendelse::Avslutning(avslutning) => avslutning.retur.clone(),
    };
    let avvis = |feil, midlertidig| Avvist {
        feil,
        retur: retur.clone(),
        midlertidig,
    };
    if tjeneste.innstillinger.fase(naa) == Fase::Avviklet {
        return Err(avvis(Soapfeil::Avviklet, false));
    }
    let sted = deler.extensions.get::<Motpart>();
    let sted = sted.map(|motpart| motpart.0.ip().to_string()).unwrap_or_default();
    let slipp_inn = async |bruker: &Brukernavntoken| {
        let inne = slipp_inn(tjeneste, bruker, sted.clone(), naa).await;
        inne.map_err(|avslag| {
            tjeneste.tellere.avvist();
            match avslag {
                Avslag::Feil => avvis(Soapfeil::Innlogging, false),
                Avslag::Opptatt => avvis(Soapfeil::Intern, true),
            }
        })
    };
    // A call that somebody answers for is not one of its address's.
    let gi_tilbake = || {
        if let Some(bruk) = deler.extensions.get::<Adressebruk>() {
            bruk.gi_tilbake();
        }
    };
    let brukere = Aapne(&tjeneste.innlogging);
    // What a user was before the password is looked at, so that a change in between ends the conversation.
    let merke = |bruker: &Brukernavntoken| tjeneste.innlogging.endringsmerke(&bruker.brukernavn);
    let eier = |bruker, merke: Option<u64>| match merke {
        Some(merke) => Ok(Eier {
            brukernavn: bruker,
            merke,
        }),
        None => Err(avvis(Soapfeil::Innlogging, false)),
    };
    let xml = match henvendelse {
        Henvendelse::Kall(kall) => {
            let inne = match &kall.hvem {
                Hvem::Bruker(bruker) => slipp_inn(bruker).await?,
                Hvem::Samtale(bevis) => {
                    let inne = tjeneste.samtaler.slipp_inn(bevis, &brukere, naa);
                    inne.map_err(|feil| avvis(feil, false))?
                }
            };
            gi_tilbake();
            let sporing = kontekst.spor.id().tekst();
            let Some(kaller) = Kaller::ny(&inne, sporing.as_str()) else {
                tracing::error!("en bestilling nevner en profil som ikke finnes");
                return Err(avvis(Soapfeil::Intern, false));
            };
            let svar = Melding::besvar(tjeneste, kaller, kall.operasjon, &kall.kropp, naa).await;
            let svar = svar.map_err(|feil| match feil {
                Feil::Fylles | Feil::Etterslep | Feil::Utilgjengelig => avvis(Soapfeil::Intern, true),
                Feil::Intern => avvis(Soapfeil::Intern, false),
            })?;
            konvolutt::skriv(&retur, kall.operasjon, naa, &svar)
        }
        Henvendelse::Aapning(aapning) => {
            let merke = merke(&aapning.bruker);
            slipp_inn(&aapning.bruker).await?;
            gi_tilbake();
            let tilfeldig = Tilfeldig::trekk().map_err(|feil| avvis(feil, false))?;
            let eier = eier(&aapning.bruker.brukernavn, merke)?;
            tjeneste.samtaler.aapne(&aapning, eier, naa, &tilfeldig)
        }
        Henvendelse::Fornyelse(fornyelse) => {
            let merke = merke(&fornyelse.bruker);
            slipp_inn(&fornyelse.bruker).await?;
            gi_tilbake();
            let tilfeldig = Tilfeldig::trekk().map_err(|feil| avvis(feil, false))?;
            let eier = eier(&fornyelse.bruker.brukernavn, merke)?;
            tjeneste.samtaler.forny(&fornyelse, eier, &brukere, naa, &tilfeldig)?
        }
        Henvendelse::Avslutning(avslutning) => tjeneste.samtaler.avslutt(&avslutning, &brukere, naa)?,
    };
    let mut svar = Response::new(Body::from(xml));
    let innholdstype = HeaderValue::from_static(retur.versjon.innholdstype());
    svar.headers_mut().insert(header::CONTENT_TYPE, innholdstype);
    Ok(svar)
}

/// Reads what was sent. A password alone lets anybody in where there is no TLS: what is signed could be sent again by whoever saw it.
fn les(port: Port, byte: &[u8], handling: Option<&str>, naa: Timestamp) -> Result<Henvendelse, Avvist> {
    if port == Port::Tls {
        return Ok(samtale::les(byte, handling, naa)?);
    }
    let lest = konvolutt::les(byte, handling, naa)?;
    Ok(Henvendelse::Kall(samtale::Kall {
        retur: lest.retur,
        til: lest.til,
        hvem: Hvem::Bruker(lest.bruker),
        operasjon: lest.operasjon,
        kropp: lest.kropp,
    }))
}

/// Users whose conversations go on for as long as they are as they were.
struct Aapne<'i>(&'i Innlogging);

impl Brukere for Aapne<'_> {
    type Innlogget = Innlogget;

    fn fortsatt(&self, brukernavn: &str, merke: u64, naa: Timestamp) -> Option<Innlogget> {
        self.0.fortsatt(brukernavn, merke, naa)
    }
}

/// Lets a user in: at once whoever is remembered, else by the slow way, beside the calls.
async fn slipp_inn(
    tjeneste: &PregTjeneste,
    bruker: &Brukernavntoken,
    sted: String,
    naa: Timestamp,
) -> Result<Innlogget, Avslag> {
    let passord = std::str::from_utf8(bruker.passord.byte()).map_err(|_| Avslag::Feil)?;
    let passord = Passord::new(passord.to_owned());
    if let Some(inne) = tjeneste.innlogging.husket(&bruker.brukernavn, &passord, naa) {
        return Ok(inne);
    }
    let (innlogging, brukernavn) = (tjeneste.innlogging.clone(), bruker.brukernavn.clone());
    let proev = move || innlogging.logg_inn(&brukernavn, &passord, &sted, naa);
    tjenesteflate::arbeid::utenfor_loekka(proev)
        .await
        .unwrap_or(Err(Avslag::Opptatt))
}

/// Which SOAP a body says that it is, and the action of the transport. `None`: neither.
fn innholdstype(hoder: &HeaderMap) -> Option<(Soapversjon, Option<String>)> {
    let mut linjer = hoder.get_all(header::CONTENT_TYPE).iter();
    let (linje, None) = (linjer.next()?.to_str().ok()?, linjer.next()) else {
        return None;
    };
    let mut deler = linje.split(';').map(str::trim);
    let type_ = deler.next()?.to_ascii_lowercase();
    let parameter = |navn: &str| {
        deler.clone().find_map(|del| {
            let (har, verdi) = del.split_once('=')?;
            har.trim()
                .eq_ignore_ascii_case(navn)
                .then(|| verdi.trim().trim_matches('"').to_owned())
        })
    };
    if parameter("charset").is_some_and(|tegnsett| !tegnsett.eq_ignore_ascii_case("utf-8")) {
        return None;
    }
    match type_.as_str() {
        "application/soap+xml" => Some((Soapversjon::V12, parameter("action"))),
        "text/xml" => {
            let handling = hoder.get("soapaction").map(|verdi| verdi.to_str().map(str::to_owned));
            Some((Soapversjon::V11, handling.transpose().ok()?))
        }
        _ => None,
    }
}

fn fra_feil(feil: Feilsvar) -> Response {
    let mut svar = Response::new(Body::from(feil.kropp));
    *svar.status_mut() = StatusCode::from_u16(feil.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    if let Some(type_) = feil.innholdstype {
        svar.headers_mut()
            .insert(header::CONTENT_TYPE, HeaderValue::from_static(type_));
    }
    svar
}

/// What the framework refuses: its status and no body, since nobody knows which SOAP was meant.
#[derive(Clone, Copy, Debug)]
struct Gjengivelse;

impl Feilgjengivelse for Gjengivelse {
    fn render(&self, feil: &Rammefeil, _: &Feilkontekst) -> Response {
        let mut svar = Response::new(Body::empty());
        *svar.status_mut() = feil.status();
        svar
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(hoder: &[(&'static str, &'static str)], ventet: Option<(Soapversjon, Option<&str>)>) {
        let mut alle = HeaderMap::new();
        for (navn, verdi) in hoder {
            alle.append(*navn, HeaderValue::from_static(verdi));
        }
        let ventet = ventet.map(|(versjon, handling)| (versjon, handling.map(str::to_owned)));
        assert_eq!(innholdstype(&alle), ventet, "{hoder:?}");
    }

    #[test]
    fn the_type_of_a_body_says_which_soap_and_which_action() {
        check(
            &[("content-type", "application/soap+xml; charset=UTF-8; action=\"a:b\"")],
            Some((Soapversjon::V12, Some("a:b"))),
        );
        check(
            &[("content-type", "application/soap+xml")],
            Some((Soapversjon::V12, None)),
        );
        check(
            &[("content-type", "text/xml;charset=utf-8"), ("soapaction", "\"a:b\"")],
            Some((Soapversjon::V11, Some("\"a:b\""))),
        );
        for hoder in [
            vec![],
            vec![("content-type", "application/json")],
            vec![("content-type", "text/xml; charset=utf-16")],
            vec![("content-type", "text/xml"), ("content-type", "text/xml")],
        ] {
            check(&hoder, None);
        }
    }
}
