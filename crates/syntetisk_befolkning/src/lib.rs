//! A seeded, synthetic nation: documents as the register would hold them, a month of what happens to them, and
//! what happens after that, day by day ([`liv`]).
//!
//! Every number is of the test series (month + 80), every name is made of common words, and streets do not exist, so
//! nothing here can be taken for a real person. The same seed gives the same nation, byte for byte, on every machine: all
//! throws come from one pinned generator, in whole numbers. A newcomer's mistake is to look for a clock or for chance
//! from outside; there is neither.
//!
//! Sources: the shapes follow the information model and documents of the live service; shares and rates are round
//! numbers from general knowledge of public statistics, named where they stand, or our choice where it says so.
//!
//! ```
//! use syntetisk_befolkning::Nasjon;
//!
//! let nasjon = Nasjon::new(2026, 500)?;
//! let dokumenter: Vec<_> = (0..nasjon.grupper()).flat_map(|nr| nasjon.gruppe(nr)).collect();
//! assert_eq!(dokumenter.len(), 500);
//! assert!(nasjon.navngitte().iter().any(|tilfelle| tilfelle.navn == "tvilling"));
//! assert!(nasjon.siste_maaned().count() > 20);
//! # Ok::<(), syntetisk_befolkning::Feil>(())
//! ```

mod dokument;
mod feil;
mod geografi;
mod land;
pub mod liv;
mod maaned;
mod nasjon;
mod navn;
mod plan;
mod tekst;
mod terning;
mod tid;

pub use feil::Feil;
pub use nasjon::{Nasjon, NavngittTilfelle, PERSONER_MAKS, PERSONER_MIN};

/// The day the nation is looked at: 1 January 2026. The baseline stands thirty days before it.
///
/// Source: our choice.
pub const REFERANSEDATO: identifikator::Dato = match identifikator::Dato::new(2026, 1, 1) {
    Some(dato) => dato,
    // A constant that is wrong stops the build.
    None => panic!("a date that exists"),
};
