//! Serving the documents: one for each package and one of the open operations, open to anyone, since they hold no persons.

use std::sync::Arc;

use axum::Router;
use axum::routing::get;
use tilgang::{Pakke, Projeksjon, Tabell};
use tjenesteflate::forhandling::Medietype;

use super::{Operasjon, Pakkebeskrivelse, dokument, dokument_for_aapne};
use crate::konsument::svar_aapent;

/// What the document of the open operations is called; no package is.
pub const NYHETER: &str = "nyheter";

/// `openapi/{package}.json` below Folkeregisteret's root for each package, and `openapi/nyheter.json`.
///
/// Source: the path is our choice.
pub fn ruter(svalbard: bool) -> Router {
    let pakker = Pakke::ALLE.into_iter().filter(|p| *p != Pakke::Svalbard || svalbard);
    let dokumenter = pakker.map(|pakke| (pakke.kortnavn(), for_pakke(pakke)));
    dokumenter
        .chain([(NYHETER, dokument_for_aapne())])
        .fold(Router::new(), |ruter, (navn, kropp)| {
            let kropp: Arc<[u8]> = kropp.into();
            let sti = format!("/openapi/{navn}.json");
            ruter.route(
                &sti,
                get(move || async move { svar_aapent(kropp.to_vec(), Medietype::JSON) }),
            )
        })
}

/// The document of a package, with the operations that the access table gives it.
#[must_use]
pub fn for_pakke(pakke: Pakke) -> Vec<u8> {
    let rett = Tabell::felles().rett(Projeksjon::for_pakke(pakke, true));
    let operasjoner: Vec<Operasjon> = Operasjon::ALLE
        .into_iter()
        .filter(|o| rett.kan_kalle(o.navn()))
        .collect();
    dokument(&Pakkebeskrivelse {
        sti: pakke.sti(),
        scope: pakke.scope(),
        tittel: pakke.tittel(),
        operasjoner: &operasjoner,
    })
}
