//! The store of help numbers, from outside.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::expect_used,
    reason = "tests"
)]

mod drap;
mod felles;
mod modell;
mod regler;
