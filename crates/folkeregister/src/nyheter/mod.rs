//! News and operational notices over HTTP: open to anyone, without a token and without a record, since they hold nobody.
//!
//! The routes are [`crate::openapi::AapenOperasjon`]. What stands on the board, and what is in force, is the crate
//! `driftsmeldinger`'s; here it is shown as JSON, as RSS 2.0 and as Atom 1.0. A newcomer's mistake is to show a time without
//! saying in which zone: see `driftsmeldinger::tid`.

mod atom;
mod rss;
mod ruter;
mod sporsmaal;
mod vis;

pub use ruter::FEED_SAKER;
pub(crate) use ruter::ruter;
pub use sporsmaal::{ANTALL, ANTALL_MAKS};
pub use vis::{melding_som_json, nyhet_som_json};
