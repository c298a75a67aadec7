//! The copy from outside: kept from a source that is whole, slow, gone, lying or put back.

#![allow(
    clippy::panic,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::cast_possible_truncation,
    reason = "a test that fails panics"
)]

mod foelging;
mod kilde;
mod kontakt;
mod kontaktfoelging;
mod soek;
mod steder;
mod vern;
