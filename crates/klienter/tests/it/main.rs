//! Clients against servers on a loopback port: the built-in issuer, and a Folkeregister that behaves badly on purpose.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "the helpers of a test fail the test they serve"
)]

mod folkeregister;
mod helseid;
mod krr;
mod maskinporten;
mod oppsett;
mod personapi;
mod soek;
mod uttrekk;
