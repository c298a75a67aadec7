//! The rules, against tables of persons who keep and break them, and against a whole nation.

#![allow(
    clippy::panic,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::cast_possible_truncation,
    reason = "a test that fails panics"
)]

mod folk;
mod naere;
mod nasjon;
mod tabeller;
