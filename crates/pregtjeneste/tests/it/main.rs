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
mod operasjoner;
mod oppsett;
mod vern;
mod zeep;
