//! Every route of the producers' interfaces.

use std::sync::Arc;

use axum::Router;
use axum::extract::{Request, State};
use axum::response::Response;
use axum::routing::{MethodFilter, on};
use driftsmeldinger::Tjeneste;
use meldinger::{Meldingstype, Vedlegg};
use tjenesteflate::maalinger::Maalere;
use tjenesteflate::vern::{Feilkontekst, Ramme};

use super::feil::{Form, Gjengivelse};
use super::{Produsenter, mottak, tilbakemelding};
use crate::konsument::ROT;

/// What a route does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Handling {
    /// Takes in a message, or answers a test of the connection.
    Mottak(Meldingstype, Filer),
    /// Tells what became of messages.
    Tilbakemelding,
}

/// How files come to a route.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Filer {
    /// Not at all: it takes XML.
    Ingen,
    /// It takes XML, or XML with files.
    Valgfritt,
    /// It takes XML with files, or a requisition alone in the same form.
    Flerdelt,
}

/// A route.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rute {
    /// What it does.
    pub handling: Handling,
    /// Its whole path.
    pub sti: String,
}

/// Every route of the producers' interfaces, each with and without a slash at the end: the list the router is made from, and a
/// test walks.
pub fn ruteliste() -> impl Iterator<Item = Rute> {
    let mottak = Meldingstype::ALLE.iter().flat_map(|meldingstype| {
        let sti = format!("/{ROT}/mottak/api/{}", meldingstype.ressurs());
        let filer = match meldingstype.vedlegg() {
            Vedlegg::Her => Filer::Valgfritt,
            Vedlegg::Ingen | Vedlegg::EgenRessurs => Filer::Ingen,
        };
        let egen = (meldingstype.vedlegg() == Vedlegg::EgenRessurs).then(|| {
            let handling = Handling::Mottak(*meldingstype, Filer::Flerdelt);
            (handling, format!("{sti}.vedlegg"))
        });
        [(Handling::Mottak(*meldingstype, filer), sti)].into_iter().chain(egen)
    });
    let tilbakemelding = (
        Handling::Tilbakemelding,
        format!("/{ROT}/tilbakemelding/api/v2/hendelser"),
    );
    mottak.chain([tilbakemelding]).flat_map(|(handling, sti)| {
        ["", "/"].map(|slutt| Rute {
            handling,
            sti: format!("{sti}{slutt}"),
        })
    })
}

/// The router of the producers' interfaces, framed: errors in the contract's form, traces, metrics.
pub fn ruter(api: &Arc<Produsenter>, maalere: &Maalere) -> Router {
    let (mut inn, mut ut) = (Router::new(), Router::new());
    for Rute { handling, sti } in ruteliste() {
        let behandler = move |State(api): State<Arc<Produsenter>>, kontekst: Feilkontekst, foresporsel: Request| {
            behandle(api, handling, kontekst, foresporsel)
        };
        match handling {
            Handling::Mottak(..) => inn = inn.route(&sti, on(MethodFilter::POST.or(MethodFilter::HEAD), behandler)),
            Handling::Tilbakemelding => ut = ut.route(&sti, on(MethodFilter::GET, behandler)),
        }
    }
    let ramme = |navn, form| {
        let ramme = Ramme::new(navn, Gjengivelse(form), maalere);
        match &api.vakt {
            Some(vakt) => ramme.with_vakt(vakt),
            None => ramme,
        }
    };
    let inn = ramme("mottak", Form::Mottak).rundt_uten_resten(inn.with_state(api.clone()));
    let ut = ramme("tilbakemelding", Form::Tilbakemelding).rundt_uten_resten(ut.with_state(api.clone()));
    inn.merge(ut)
}

async fn behandle(api: Arc<Produsenter>, handling: Handling, kontekst: Feilkontekst, foresporsel: Request) -> Response {
    let (deler, kropp) = foresporsel.into_parts();
    let tjeneste = match handling {
        Handling::Mottak(..) => Tjeneste::Mottak,
        Handling::Tilbakemelding => Tjeneste::Tilbakemelding,
    };
    // What is down is down for all: who calls does not matter, and nothing is taken in or told.
    let aapent = api.sjekk_nede(tjeneste);
    let utfall = match aapent.and_then(|()| api.slipp_inn(&deler, kontekst.spor.id().to_string())) {
        Err(feil) => Err(feil),
        Ok(adgang) => match handling {
            Handling::Mottak(meldingstype, _) if deler.method == http::Method::HEAD => {
                mottak::proev(&api, &adgang, meldingstype).await
            }
            Handling::Mottak(meldingstype, filer) => {
                mottak::ta_imot(api, adgang, (meldingstype, filer), &deler, kropp).await
            }
            Handling::Tilbakemelding => tilbakemelding::hendelser(api, adgang, &deler).await,
        },
    };
    let form = match handling {
        Handling::Mottak(..) => Form::Mottak,
        Handling::Tilbakemelding => Form::Tilbakemelding,
    };
    utfall.unwrap_or_else(|feil| feil.svar(&kontekst, form))
}
