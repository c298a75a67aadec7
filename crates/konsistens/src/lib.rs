//! The register's rules of consistency: what must hold within a person's entries, and between those of several.
//!
//! `verify` asks whether the store is what was written; these rules ask whether what was written can be true. Each is a
//! function of one person and of those that the person's entries name, so the whole register is gone through person by
//! person in bounded memory. No files, no clock, nothing is changed. Documents that were imported may break rules, and
//! relatives outside the register are allowed. A newcomer's mistake is to compare numbers: a person has several, and a
//! number that ended leads to whoever lives on, so persons are compared.
//!
//! ```
//! use konsistens::Regel;
//!
//! assert_eq!(Regel::fra_kode("doed-uten-adresse"), Some(Regel::DoedUtenAdresse));
//! assert!(Regel::DoedUtenAdresse.sier().contains("adresse"));
//! ```

#![cfg_attr(
    test,
    allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may panic")
)]

mod gjennomgang;
mod kjente;
mod person;
mod regel;
mod regler;

pub use gjennomgang::{Rapport, gjennomgaa, sjekk};
pub use kjente::Kjente;
pub use regel::Regel;
