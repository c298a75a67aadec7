//! The tables for people, the public contracts, and whole persons, each held against the code.

#![expect(
    clippy::panic,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test that fails panics"
)]

mod api;
mod endringslogg;
mod hendelser;
mod ikkeinnblanding;
mod kontrakt;
mod kontraktstabell;
mod openapi;
mod opptak;
mod personer;
mod tabell;
mod tabellfil;
mod testdata;
mod tilbake;
