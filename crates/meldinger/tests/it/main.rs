//! Our schemas beside the public ones, and our judge of messages beside another's.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::cast_precision_loss,
    clippy::panic,
    clippy::print_stdout,
    clippy::cast_possible_truncation,
    reason = "tests"
)]

mod angrep;
mod avvik;
mod dommere;
mod fuzz_maal;
mod generator;
mod kontrakter;
mod oppskrift;
mod struktur;
