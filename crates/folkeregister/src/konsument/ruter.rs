//! Every route of the consumer API: the operations of [`Operasjon`], under each package's path.

use std::sync::{Arc, Mutex};

use axum::Router;
use axum::extract::{RawPathParams, Request, State};
use axum::response::Response;
use axum::routing::{MethodFilter, any, any_service, on};
use tilgang::Pakke;
use tjenesteflate::maalinger::Maalere;
use tjenesteflate::vern::{Feilkontekst, Ramme, Rammefeil};

use crate::openapi::Operasjon;

use super::feil::{Feil, Gjengivelse};
use super::kall::Kall;
use super::tilstand::Folkeregister;
use super::{hendelser, personer, soek, uttrekk};

/// What every package's path begins with.
pub const ROT: &str = "folkeregisteret";

/// One route of the consumer API.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rute {
    /// The package whose path it is under.
    pub pakke: Pakke,
    /// What it does.
    pub operasjon: Operasjon,
    /// Its path below [`ROT`], with parameters in braces.
    pub sti: String,
}

/// A package's path below [`ROT`].
fn under(pakke: Pakke) -> &'static str {
    pakke.sti().strip_prefix(ROT).unwrap_or(pakke.sti())
}

/// Every route of the consumer API: the list the router is made from, and a test holds against the access table.
///
/// Shape: each operation under each package, with and without a slash at the end.
pub fn ruteliste(svalbard: bool) -> impl Iterator<Item = Rute> {
    let pakker = Pakke::ALLE
        .into_iter()
        .filter(move |p| *p != Pakke::Svalbard || svalbard);
    pakker.flat_map(|pakke| {
        let under = under(pakke);
        Operasjon::ALLE.into_iter().flat_map(move |operasjon| {
            ["", "/"].map(|slutt| Rute {
                pakke,
                operasjon,
                sti: format!("{under}{}{slutt}", operasjon.sti()),
            })
        })
    })
}

/// The router of the consumer API, of news and notices, and of the OpenAPI documents, under [`ROT`], framed: errors in the contract's form, traces,
/// metrics.
///
/// Shape: [`ruteliste`] and [`crate::openapi::AapenOperasjon`]. A route exists under every package; the access table decides what it answers there. The operations
/// have their whole paths, since a router within a router costs a lookup a part of its time; the rest is nested.
pub fn ruter(api: &Arc<Folkeregister>, maalere: &Maalere) -> Router {
    let mut ruter = Router::new();
    for Rute { pakke, operasjon, sti } in ruteliste(api.svalbard) {
        let filter = if operasjon.metode() == "post" {
            MethodFilter::POST
        } else {
            MethodFilter::GET
        };
        let behandler = move |State(api): State<Arc<Folkeregister>>,
                              kontekst: Feilkontekst,
                              ledd: RawPathParams,
                              foresporsel: Request| {
            let mut ledd = ledd.iter().map(|(_, verdi)| verdi.to_owned());
            let ledd = [ledd.next(), ledd.next()];
            behandle(api, pakke, operasjon, kontekst, ledd, foresporsel)
        };
        ruter = ruter.route(&format!("/{ROT}{sti}"), on(filter, behandler));
    }
    ruter = ruter.merge(crate::nyheter::ruter());
    let mut resten = crate::openapi::ruter(api.svalbard);
    if !api.svalbard {
        // The one feed that may not be there: its 404 has the feed's form.
        let sti = format!("{}{}", under(Pakke::Svalbard), Operasjon::HentFeedSide.sti());
        let borte = |kontekst: Feilkontekst| async move { Feil::Ramme(Rammefeil::UkjentSti).svar(&kontekst, true) };
        resten = resten.route(&sti, any(borte));
    }
    let ramme = Ramme::new("folkeregister", Gjengivelse, maalere);
    let ramme = match &api.vakt {
        Some(vakt) => ramme.with_vakt(vakt),
        None => ramme,
    };
    let resten = ramme.rundt(resten);
    // The root with a slash is not within what is nested there.
    ramme
        .rundt_uten_resten(ruter.with_state(api.clone()))
        .nest(&format!("/{ROT}"), resten.clone())
        .route(&format!("/{ROT}/"), any_service(resten))
}

async fn behandle(
    api: Arc<Folkeregister>,
    pakke: Pakke,
    operasjon: Operasjon,
    kontekst: Feilkontekst,
    [ledd, neste_ledd]: [Option<String>; 2],
    foresporsel: Request,
) -> Response {
    let (deler, kropp) = foresporsel.into_parts();
    let utfall = match api.slipp_inn(&deler, pakke, operasjon, kontekst.spor.id()).await {
        Ok(adgang) => {
            let kriterier = Kall::finn_kriterier(operasjon, deler.uri.query());
            let adgang = Arc::new(adgang);
            let (felles, kjent) = (api.clone(), adgang.clone());
            let kall = Kall {
                api,
                adgang,
                kriterier: kriterier.clone(),
                deler,
                kropp: Mutex::new(kropp),
                ledd,
                neste_ledd,
            };
            let spurt = kall.spurt();
            match utfoer(kall).await {
                // What could not be recorded is not recorded by saying so.
                Err(Feil::Utilgjengelig) => Err(Feil::Utilgjengelig),
                Err(feil) => {
                    // A search without a number says nothing of any number.
                    if matches!(feil, Feil::UkjentPerson) || (matches!(feil, Feil::IkkeEntydig) && spurt.is_some()) {
                        felles.struping.bom(kjent.organisasjon, 1);
                    }
                    Err(felles
                        .noter_avslag(&kjent, kriterier.alle(), spurt.as_slice(), feil)
                        .await)
                }
                svar => svar,
            }
        }
        Err(feil) => Err(feil),
    };
    utfall.unwrap_or_else(|feil| feil.svar(&kontekst, operasjon == Operasjon::HentFeedSide))
}

async fn utfoer(kall: Kall) -> Result<Response, Feil> {
    match kall.adgang.operasjon {
        Operasjon::HentSisteVersjonAvPerson => personer::oppslag(&kall).await,
        Operasjon::HentPersoner => personer::bulkoppslag(kall).await,
        Operasjon::HentPersonXsd => personer::xsd(&kall).await,
        Operasjon::HentArkivperson => personer::arkiv(&kall).await,
        Operasjon::HentArkivpersoner => personer::bulkoppslag_arkiv(kall).await,
        Operasjon::HentFeedSide => hendelser::feed(kall).await,
        Operasjon::SisteSekvensnummerIFeed => hendelser::siste(&kall).await,
        Operasjon::HentHendelseXsd => hendelser::xsd(&kall).await,
        Operasjon::HentFeedXsd => hendelser::feedxsd(&kall).await,
        Operasjon::HentHendelseDokument => hendelser::oppslag(&kall).await,
        Operasjon::HentHendelseDokumenter => hendelser::bulkoppslag(kall).await,
        Operasjon::Personsoek => soek::personsoek(kall).await,
        Operasjon::EntydigSoek => soek::entydigsoek(kall).await,
        Operasjon::LagJobbKomplett => uttrekk::komplett(kall).await,
        Operasjon::LagJobbTilpasset => uttrekk::tilpasset(kall).await,
        Operasjon::HentBatch => uttrekk::porsjon(kall).await,
    }
}
