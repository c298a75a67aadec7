//! The files of a store: LMDB environment, journal trait, key store, key files. Owns files, knows no register.
//!
//! Keys and values are bytes here; what they mean stands in `register`. A newcomer's mistake is to open an LMDB
//! environment elsewhere: two openings of one environment in a process break LMDB's locks.

pub mod arkivstroem;
mod avbrudd;
mod feil;
pub mod forsegling;
mod indeksnoekkel;
pub mod journal;
pub mod mappe;
mod miljoe;
pub mod noekkelfil;
mod noekkellager;
pub mod oeyeblikksbilde;
pub mod slettinger;

pub use avbrudd::{Avbruddsvakt, Avbryter};
pub use feil::Feil;
pub use indeksnoekkel::{INDEKSTILLEGG_BYTE, Indeksnoekkel, MERKE_BYTE, STED_BYTE_MIN};
pub use miljoe::{Kart, Les, Miljoe, Rad, Skriv, Tabell, Varig};
pub use noekkelfil::Noekkelfil;
pub use noekkellager::{
    Byttet, Fornyet, Fornying, Noekkellager, Noekkellesing, Noekkelskriving, PAKKET_BYTE, Personnoekkel,
};
