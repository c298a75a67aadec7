//! Mass corrections: what is to be corrected, and jobs that do it.
//!
//! ```text
//!  a rule, or a file ──▶ job ──▶ some persons a commit ──▶ the register       the job's own row is in the same commit
//!                         │
//!                         └── held: the feeds stand still until it is done, then they are let go, package by package
//! ```
//! A job is a row of the register's cases, written with what it did: wherever the process stops, what is done is counted and
//! what is not is not. No clock, no HTTP, no thread of its own: whoever drives a job asks for its next step.
//!
//! What a newcomer gets wrong: a job does nothing that a request could not. Rules of change, protection, erasure and feeds are
//! the register's own (`register::rettelse`).

mod feil;
mod fil;
mod jobb;
mod regel;
mod verk;

pub use feil::Feil;
pub use fil::{Fil, LINJE_BYTE_MAKS, Linjefeil};
pub use jobb::{AVVISTE_MAKS, Jobb, Jobbnr, Kilde, Kildeslag, Slipp, Tilstand};
pub use regel::{Regel, Regelvalg, Tabellfeil};
pub use verk::{Bestilling, Proevd, Steg, Verk};
