//! What the register does: opplysninger, hendelser, versions, projections, feeds.
//!
//! A person is a list of opplysninger, a document is a selection of them, and what a caller sees is decided by `tilgang`
//! on the way out. Knows no HTTP and no clock. A newcomer's mistake is to look for stored documents: there are none, a
//! document of any moment is read from the rows that were held then ([`Lesing`]).

#![cfg_attr(
    test,
    allow(clippy::cast_possible_truncation, clippy::string_slice, reason = "a test may panic")
)]

// The helpers of the tests outside the crate serve those inside it too.
#[cfg(test)]
#[path = "../tests/it/felles.rs"]
#[allow(dead_code, clippy::pedantic, reason = "each side uses a part of it")]
mod felles;
#[cfg(test)]
mod fuzz_test;
#[cfg(test)]
mod sletting_test;

mod ajourhold;
mod arkiv;
mod behandling;
mod dokumentid;
mod endring;
mod feed;
mod feil;
mod fornying;
mod import;
mod indeks;
mod innlasting;
mod koding;
mod kontakt;
mod kontroll;
mod lesing;
mod naere;
mod nummerminne;
mod oppfoering;
mod ordbok;
mod post;
mod rad;
mod ramme;
mod register;
mod rettelse;
mod sammenslaaing;
pub mod sikkerhetskopi;
mod sjekksum;
mod sletting;
mod speil;
mod sted;
mod tekster;
mod tilbakehold;
mod transaksjon;
mod utsending;
mod visning;

pub use arkiv::Arkivstatus;
pub use behandling::{Behandling, Personbilde, Saksrad};
pub use dokumentid::{Dokumentidentifikator, Dokumenttype};
pub use feil::{Feil, Regelbrudd};
pub use import::Importutfall;
pub use indeks::{Blokkmengde, Indekslesing, Intervalldel, Treff};
pub use innlasting::Kilde;
pub use kontroll::Funn;
pub use lager::{Fornyet, Kart};
pub use lesing::{Dokumentmangel, Feedelement, Hendelsesvisning, Lesing, Opplysning, Personnummer};
pub use register::{Plassbruk, Register, Steder, Stillhet};
pub use rettelse::{Masseregel, Masseutvalg, Rettelse, Rettet};
pub use speil::{Speilendring, les_vist};
pub use sted::Sted;
pub use tilbakehold::{Feedstatus, Publisert};
pub use transaksjon::Kvittering;
pub use visning::{Bilde, Bildeoppfoering, ORDNET, Termer, Visning};

/// A number in the register's one order of events. Not the number of any package's feed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Sekvens(pub u64);
