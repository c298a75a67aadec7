//! Test control: what a vendor's test suite does to a test environment.
//!
//! ```text
//!  test suite ──HTTP──▶ doer ──▶ ruter ─┐
//!                                       ├─▶ Oppdrag ──▶ Testmiljoe (the program): snapshots, the clock, the audit log
//!  command ────socket───────────────────┘      └──────▶ Nasjon: register and cases, as a producer or the register itself
//! ```
//! Takes and puts back snapshots, makes persons with chosen facts, lets events happen, sets the clock. No HTTP below `ruter` and
//! `doer`, no clock, no files. What a newcomer gets wrong: nothing here asks whether this is a test environment. Where it is
//! none, the program makes no [`Testmiljoe`], and so no route and no command.

mod doer;
mod feil;
#[cfg(test)]
mod fuzz_test;
mod hendelse;
mod leser;
mod miljoe;
mod numre;
mod openapi;
mod oppdrag;
mod person;
mod ruter;

pub use doer::{Doer, HEMMELIGHET_TEGN_MIN, Hemmelighet, UgyldigHemmelighet};
pub use feil::{Feil, Kode};
pub use miljoe::{Bilde, Gjenopprettet, Klokkestand, Nasjon, Testmiljoe};
pub use openapi::{OPENAPI, Rute, dokument};
pub use oppdrag::{Oppdrag, utfoer};
pub use ruter::{KROPP_BYTE_MAKS, ROT, ruter, under_bytte};
