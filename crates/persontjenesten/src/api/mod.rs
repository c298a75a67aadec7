//! The Person API served: both versions at once, from the health sector's copy.
//!
//! What lives here: the door ([`PersonApi`] is what it stands on), handlers, errors, the audit record of each call, and the routes,
//! which are made of [`crate::openapi::ruter`]. What does not: who may see what (`tilgang` decides, masks and releases the Norwegian
//! document), the copy (`helsekopi`) and English (`crate::oversettelse`).
//!
//! The one thing a newcomer gets wrong: to translate first. What leaves is translated from released bytes alone, so that nothing can
//! be said in English that was not released, and the audit record is written before.
//!
//! ```text
//!  call ─▶ token and proof ─▶ budget ─▶ scope, grant, blocks ─▶ parameters ─▶ copy: projected, Norwegian ─▶ record ─▶ English ─▶ answer
//! ```
//! A search finds by what the caller is shown and by nothing else, and not by an address that is kept back.

mod adgang;
mod ajour;
mod feil;
mod hendelser;
mod kall;
mod personer;
mod ruter;
mod soek;
mod struping;
mod tilstand;

pub use feil::{Feil, Gjengivelse};
pub use hendelser::HENDELSER_MAKS;
pub use ruter::{Dokument, Dokumentrute, dokumentruter, ruteliste, ruter};
pub use struping::{BOM_PER_MINUTT, Strupegrenser, Struping};
pub use tilstand::{
    ETTERSLEP_MAKS_S, Innstillinger, Kopiplass, MATCH_LIST_MAKS, PersonApi, Tellere, UTFASING_MAANEDER, Utfasing,
    Utfasingsfeil,
};
