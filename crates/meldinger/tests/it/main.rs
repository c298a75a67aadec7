//! Our schemas beside the public ones, and our judge of messages beside another's.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stdout,
    clippy::cast_possible_truncation,
    reason = "tests"
)]

mod dommere;
mod generator;
mod kontrakter;
mod struktur;
