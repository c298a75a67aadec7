//! The copy from outside: kept from a source that is whole, slow, gone, lying or put back.

#![allow(
    clippy::panic,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::cast_possible_truncation,
    reason = "a test that fails panics"
)]

mod barn;
mod drap;
mod foelging;
mod hjelpenummer;
mod kilde;
mod kontakt;
mod kontaktfoelging;
mod levering;
mod nede;
mod sene;
mod soek;
mod steder;
mod testpersoner;
mod tilstand;
mod tjeneste;
mod uro;
mod vern;
