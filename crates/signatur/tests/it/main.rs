//! Signatures by xmlsec1, which is not ours and shares nothing with the library: true ones, false ones, and true ones of
//! something else than the message.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::panic,
    clippy::print_stdout,
    reason = "tests"
)]

mod fuzz_maal;
mod gyldige;
mod innpakning;
mod meldingene;
mod regler;
mod signerer;
