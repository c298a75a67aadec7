//! Every route of the Person API: the operations of [`crate::openapi::ruter`], and the documents of the two versions.

use std::sync::{Arc, LazyLock};

use axum::Router;
use axum::body::Bytes;
use axum::extract::{RawPathParams, Request, State};
use axum::response::Response;
use axum::routing::{MethodFilter, any_service, get, on};
use http::{HeaderName, HeaderValue, header};
use tilgang::token::helseid::Adgangsfeil;
use tjenesteflate::forhandling::Medietype;
use tjenesteflate::maalinger::Maalere;
use tjenesteflate::vern::{Feilkontekst, Ramme};

use super::adgang::{TJENESTE, sjekk_versjon};
use super::feil::{Feil, Gjengivelse};
use super::kall::{Kall, Parametre};
use super::tilstand::{PersonApi, Utfasing};
use super::{hendelser, personer, soek};
use crate::Versjon;
use crate::endringslogg::{self, Slutt};
use crate::openapi::{self, Metode, Omfang, Operasjon, Rute};

/// Source: RFC 9745.
const DEPRECATION: HeaderName = HeaderName::from_static("deprecation");
/// Source: RFC 8594.
const SUNSET: HeaderName = HeaderName::from_static("sunset");

/// What is told of a version beside its operations.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dokument {
    /// The OpenAPI document.
    Openapi,
    /// What is new in each release, as a page.
    Endringslogg,
    /// The same as JSON.
    EndringsloggJson,
}

/// A document of a version, and where it is served.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Dokumentrute {
    /// The version.
    pub versjon: Versjon,
    /// Which document.
    pub dokument: Dokument,
    /// Its path.
    pub sti: &'static str,
}

/// Where the documents are served, open to anyone.
#[must_use]
pub fn dokumentruter() -> [Dokumentrute; 6] {
    let rute = |versjon, dokument, sti| Dokumentrute { versjon, dokument, sti };
    [
        rute(Versjon::V2, Dokument::Openapi, "/person-api/v2/openapi.json"),
        rute(Versjon::V2, Dokument::Endringslogg, endringslogg_sti(Versjon::V2)),
        rute(Versjon::V2, Dokument::EndringsloggJson, "/person-api/v2/changelog.json"),
        rute(Versjon::V3, Dokument::Openapi, "/person-api/v3/openapi.json"),
        rute(Versjon::V3, Dokument::Endringslogg, endringslogg_sti(Versjon::V3)),
        rute(Versjon::V3, Dokument::EndringsloggJson, "/person-api/v3/changelog.json"),
    ]
}

fn endringslogg_sti(versjon: Versjon) -> &'static str {
    match versjon {
        Versjon::V2 => "/person-api/v2/changelog",
        Versjon::V3 => "/person-api/v3/changelog",
    }
}

/// Every route of a version, as the router is made from it; each is there with a slash at the end too.
#[must_use]
pub fn ruteliste(versjon: Versjon) -> Vec<Rute> {
    openapi::ruter(versjon)
}

/// The router of both versions, framed: errors as ProblemDetails, traces, metrics; headers that tell of the end of version 2.
///
/// Shape: whole paths, to be merged with those of other services on the port. What lies below the four branches and is no operation
/// is answered here too, as 404.
pub fn ruter(api: &Arc<PersonApi>, maalere: &Maalere) -> Router {
    let ramme = Ramme::new(TJENESTE, Gjengivelse, maalere);
    let ramme = match &api.vakt {
        Some(vakt) => ramme.with_vakt(vakt),
        None => ramme,
    };
    let mut ut = Router::new();
    for versjon in Versjon::ALLE {
        let mut ruter = Router::new();
        for rute in ruteliste(versjon) {
            for slutt in ["", "/"] {
                ruter = legg_til(ruter, &rute, slutt);
            }
        }
        let mut ruter = ramme.rundt_uten_resten(ruter.with_state(api.clone()));
        let resten: Router = ramme.rundt(Router::new());
        for omfang in Omfang::ALLE.into_iter().filter(|o| o.versjon() == versjon) {
            // The root with a slash is not within what is nested there.
            ruter = ruter
                .nest(omfang.sti(), resten.clone())
                .route(&format!("{}/", omfang.sti()), any_service(resten.clone()));
        }
        if let (Versjon::V2, Some(utfasing)) = (versjon, api.innstillinger.utfasing.clone()) {
            ruter = ruter.layer(axum::middleware::map_response(move |svar: Response| {
                let svar = med_utfasing(svar, &utfasing);
                async move { svar }
            }));
        }
        ut = ut.merge(ruter);
    }
    let mut dokumenter = Router::new();
    for rute in dokumentruter() {
        // Version 2 alone is on its way out.
        let utfasing = match rute.versjon {
            Versjon::V2 => api.innstillinger.utfasing.as_ref(),
            Versjon::V3 => None,
        };
        let slutt = utfasing.map(|utfasing| utfasing.dager.clone());
        dokumenter = dokumenter.route(rute.sti, get(move || async move { dokument(&rute, slutt.as_ref()) }));
    }
    ut.merge(ramme.rundt_uten_resten(dokumenter))
}

fn legg_til(ruter: Router<Arc<PersonApi>>, rute: &Rute, slutt: &str) -> Router<Arc<PersonApi>> {
    let filter = match rute.operasjon.metode() {
        Metode::Get => MethodFilter::GET,
        Metode::Post => MethodFilter::POST,
    };
    let (operasjon, versjon) = (rute.operasjon, rute.versjon);
    let sti = format!("{}{slutt}", rute.sti);
    match rute.omfang {
        None => ruter.route(
            &sti,
            on(filter, move |kontekst, foresporsel| {
                ping(versjon, kontekst, foresporsel)
            }),
        ),
        Some(omfang) => {
            let behandler = move |State(api): State<Arc<PersonApi>>,
                                  kontekst: Feilkontekst,
                                  ledd: RawPathParams,
                                  foresporsel: Request| {
                let ledd = ledd.iter().next().map(|(_, verdi)| verdi.to_owned());
                behandle(api, (omfang, operasjon), kontekst, ledd, foresporsel)
            };
            ruter.route(&sti, on(filter, behandler))
        }
    }
}

fn med_utfasing(mut svar: Response, utfasing: &Utfasing) -> Response {
    let hoder = svar.headers_mut();
    hoder.insert(DEPRECATION, utfasing.deprecation.clone());
    hoder.insert(SUNSET, utfasing.sunset.clone());
    let lenke = "</person-api/v2/changelog>; rel=\"deprecation\"; type=\"text/html\"";
    hoder.insert(header::LINK, HeaderValue::from_static(lenke));
    svar
}

/// Tells how many seconds ago the copy last had all that its source has; nothing where that is not known.
///
/// Source: RFC 9111, section 5.1, for `Age`; that the copy says so of itself is our choice, ADR 0039.
fn med_alder(mut svar: Response, api: &PersonApi) -> Response {
    if let Some(ajour) = api.maaling.tall().ajour {
        let alder = (api.klokke)().as_second().saturating_sub(ajour.as_second()).max(0);
        svar.headers_mut().insert(header::AGE, alder.into());
    }
    svar
}

/// Whether the service is there: no token, no body. It is there while the copy is being filled too.
async fn ping(versjon: Versjon, kontekst: Feilkontekst, foresporsel: Request) -> Response {
    match sjekk_versjon(foresporsel.headers(), versjon) {
        Ok(()) => Response::default(),
        Err(feil) => feil.svar(Some(versjon), &kontekst),
    }
}

fn dokument(rute: &Dokumentrute, slutt: Option<&Slutt>) -> Response {
    static V2: LazyLock<Vec<u8>> = LazyLock::new(|| openapi::dokument(Versjon::V2));
    static V3: LazyLock<Vec<u8>> = LazyLock::new(|| openapi::dokument(Versjon::V3));
    let (byte, innholdstype): (Bytes, HeaderValue) = match (rute.dokument, rute.versjon) {
        (Dokument::Openapi, Versjon::V2) => (Bytes::from_static(&V2), Medietype::JSON.header()),
        (Dokument::Openapi, Versjon::V3) => (Bytes::from_static(&V3), Medietype::JSON.header()),
        (Dokument::EndringsloggJson, versjon) => (endringslogg::json(versjon, slutt).into(), Medietype::JSON.header()),
        (Dokument::Endringslogg, versjon) => {
            let annen = match versjon {
                Versjon::V2 => Versjon::V3,
                Versjon::V3 => Versjon::V2,
            };
            let json = format!("{}.json", endringslogg_sti(versjon));
            let side = endringslogg::html(versjon, slutt, (annen, endringslogg_sti(annen)), &json);
            (side.into(), HeaderValue::from_static("text/html; charset=utf-8"))
        }
    };
    let mut svar = Response::new(axum::body::Body::from(byte));
    let hoder = svar.headers_mut();
    hoder.insert(header::CONTENT_TYPE, innholdstype);
    if rute.dokument == Dokument::Endringslogg {
        hoder.insert(
            header::CONTENT_SECURITY_POLICY,
            HeaderValue::from_static(endringslogg::REGLER),
        );
        hoder.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
        hoder.insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    }
    svar
}

async fn behandle(
    api: Arc<PersonApi>,
    (omfang, operasjon): (Omfang, Operasjon),
    kontekst: Feilkontekst,
    ledd: Option<String>,
    foresporsel: Request,
) -> Response {
    let versjon = omfang.versjon();
    let (deler, kropp) = foresporsel.into_parts();
    let utfall = match api.slipp_inn(&deler, omfang, operasjon, kontekst.spor.id()).await {
        Err(feil) => Err(feil),
        Ok((adgang, brukt)) => {
            let adgang = Arc::new(adgang);
            let lest = match sjekk_versjon(&deler.headers, versjon) {
                Ok(()) => Parametre::les((operasjon, versjon), ledd.as_deref(), &deler, kropp).await,
                Err(feil) => Err(feil),
            };
            let (utfall, parametre) = match lest {
                Err(feil) => (Err(feil), Arc::default()),
                Ok(parametre) => {
                    let parametre = Arc::new(parametre);
                    let kall = Kall {
                        api: api.clone(),
                        adgang: adgang.clone(),
                        parametre: parametre.clone(),
                    };
                    (utfoer(&kall).await, parametre)
                }
            };
            let utfall = match utfall {
                Ok(svar) => Ok(med_alder(svar, &api)),
                // What could not be recorded is not recorded by saying so.
                Err(Feil::Utilgjengelig) => Err(Feil::Utilgjengelig),
                Err(feil) => {
                    let (kriterier, spurt) = (parametre.kriterier(), parametre.spurt());
                    Err(api.noter_avslag(&adgang, &kriterier, &spurt, feil).await)
                }
            };
            // Last, so that calls at the same time are written together. The record then says of one that was not answered that it was.
            match brukt.skriv() {
                Ok(()) => utfall,
                Err(feil) => Err(Feil::Adgang(Adgangsfeil::Bevis(feil))),
            }
        }
    };
    utfall.unwrap_or_else(|feil| feil.svar(Some(versjon), &kontekst))
}

async fn utfoer(kall: &Kall) -> Result<Response, Feil> {
    match kall.adgang.operasjon {
        Operasjon::EventLatest => hendelser::siste(kall).await,
        Operasjon::Event => hendelser::fra(kall).await,
        Operasjon::PersonById | Operasjon::PersonGetByNin => personer::en(kall).await,
        Operasjon::PersonBulkById | Operasjon::PersonBulkByNin => personer::flere(kall).await,
        Operasjon::SearchPerson => soek::personer(kall).await,
        Operasjon::SearchMatchList => soek::alle_ider(kall).await,
        Operasjon::SearchPagedMatchList => soek::side(kall).await,
        Operasjon::SearchMatchCount => soek::antall(kall).await,
        // Answered without a call that was let in, so nobody gets here.
        Operasjon::Ping => Err(Feil::Intern),
    }
}
