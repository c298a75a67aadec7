//! The one place where the two vocabularies meet: the register's Norwegian and the Person API's English.
//!
//! [`skjemaer`] and [`kodelister`] are the table, [`Oversetter`] follows it. People read the table in
//! `eksempler/persontjenesten/oversettelse.md`. What a newcomer gets wrong: to look for a right here. What a caller may see has been decided
//! before, on the Norwegian document; what is added ([`Berikelse`]) is made of that document alone.

mod arbeid;
mod berikelse;
mod feil;
#[cfg(test)]
mod fuzz_test;
pub mod kodelister;
mod krr;
mod leser;
mod oversetter;
// A row is a line.
#[rustfmt::skip]
pub mod skjemaer;
mod steder;
pub mod tabell;
#[cfg(test)]
mod tests;

pub use berikelse::{Adresse, Adresseslag, Berikelse, Grunnkrets, IngenBerikelse, Kommune, Navngitt, Sted};
pub use feil::{Grunn, Oversettelsesfeil};
pub use krr::Kontaktdata;
pub use oversetter::{Hode, Oversetter, Telling};
pub use steder::Steder;
