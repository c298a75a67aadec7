//! The Reserved Testdata API: an organisation sets numbers aside and makes persons of them, who are in the Person API right after.
//!
//! What lives here: routes, door, errors and our OpenAPI document of it. What does not: who owns a number and how a document is taken in
//! (`helsekopi`), and whether this is a test environment: a [`Testmiljoe`] is that answer, and without one there are no routes.
//!
//! What a newcomer gets wrong: documents here are Folkeregisteret's own, in Norwegian, and go the way of its feed. Nothing is translated,
//! and nothing is put into the Person API by hand.

mod dokument;
mod feil;
mod foresporsel;
mod openapi;
mod ruter;

use std::sync::Arc;

use tilgang::Frigivelse;
use tilgang::avtale::Avtaleregister;
use tilgang::token::Klokke;
use tilgang::token::helseid::Helseidverifikator;
use tjenesteflate::vern::Vakt;

pub use feil::Feil;
pub use openapi::{OPENAPI, Rute};
pub use ruter::ruter;

use crate::api::Kopiplass;

/// Where the paths of the service begin. Source: our choice, as one port serves several services.
pub const ROT: &str = "/reservert-testdata";
/// Bytes of a document. Source: our choice; a person with a long history takes some tens of kilobytes.
pub const DOKUMENT_BYTE_MAKS: usize = 1 << 20;
/// Bytes of a request for numbers. Source: our choice.
pub const RESERVERING_BYTE_MAKS: usize = 4 << 10;

/// That this is a test environment. Routes cannot be made without one.
#[derive(Clone, Copy, Debug)]
pub struct Testmiljoe(());

impl Testmiljoe {
    /// Of the configuration's word. `None` elsewhere than in a test environment.
    #[must_use]
    pub fn naar(er_testmiljoe: bool) -> Option<Self> {
        er_testmiljoe.then_some(Testmiljoe(()))
    }
}

/// What the service stands on.
pub struct Testdata {
    /// The copy, when there is one to serve.
    pub kopi: Arc<Kopiplass>,
    /// Where calls are recorded.
    pub frigivelse: Frigivelse,
    /// Verifies tokens and proofs; of the audience `tilgang::token::helseid::MOTTAKER_TESTDATA`.
    pub verifikator: Arc<Helseidverifikator>,
    /// Who has a grant.
    pub avtaler: Arc<Avtaleregister>,
    /// The clock of tokens and grants, and of what is taken in.
    pub klokke: Klokke,
    /// The guard of the port, where there is one.
    pub vakt: Option<Vakt>,
}

impl std::fmt::Debug for Testdata {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Testdata")
    }
}
