//! The whole program: the real binary, a real client, and the public contracts.
//!
//! One server is shared by every test that only reads; a test that changes something starts its own. Every answer that a
//! test gets passes [`dom::sjekk`], which holds it against the OpenAPI document and the schemas that the service itself
//! serves.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "a test that fails panics"
)]

mod angrep;
mod delt;
mod dnummer;
mod dom;
mod drap_i_mottak;
mod driftsmelding;
mod feed;
mod forhandling;
mod gang;
mod helsekopi;
mod http;
mod invariant_6;
mod invariant_7;
mod kommandolinje;
mod kontrakttest;
mod kopi;
mod korreksjon;
mod lekkasje;
mod liv;
mod maalinger;
mod mottak;
mod navngitte;
mod operasjoner;
mod paalitelighet;
mod part;
mod personapi;
mod preg;
mod pregtjeneste;
mod produsent;
mod program;
mod regler;
mod revisjon;
mod signering;
mod skjema;
mod soek;
mod soek_kommando;
mod sperr;
mod standin;
mod struping;
mod testkontroll;
mod tls;
mod tokenangrep;
mod ugyldig;
mod ugyldig_kropp;
mod uttrekk;
mod uttrekk_kommando;
mod vernede;
mod xml;
