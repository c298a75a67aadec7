//! The service over a real socket: what it says of itself, whom it lets in, and what it answers.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::panic,
    clippy::print_stdout,
    reason = "tests"
)]

mod doer;
mod gyldige;
#[allow(dead_code, reason = "nothing is written beside the contract here")]
#[path = "../../../preg/tests/it/kontrakter.rs"]
mod kontrakter;
mod operasjoner;
mod oppsett;
mod samtale;
mod vern;
mod xml;
mod zeep;
