//! What producers call: mottak, where they send messages, and tilbakemelding, where they read what became of them.
//!
//! Who calls is known by the certificate of the connection alone, and asked anew on every call. What a message leads to is
//! decided in `saksbehandling`; here it is let in, and told of in the contract's own forms.

mod adgang;
mod feil;
mod flerdelt;
mod mottak;
mod ruter;
mod signatur;
mod svardokument;
mod tilbakemelding;

use std::sync::Arc;

use driftsmeldinger::Tavle;
use saksbehandling::{Saksbehandler, Tid};
use tilgang::Frigivelse;
use tilgang::avtale::Avtaleregister;
use tilgang::token::Klokke;
use tjenesteflate::etag;
use tjenesteflate::tls::Klientutstedere;
use tjenesteflate::vern::Vakt;

pub use feil::Feil;
pub use ruter::{Filer, Handling, Rute, ruteliste, ruter};

/// The producers' interfaces' surroundings.
pub struct Produsenter {
    /// Takes in messages.
    pub saker: Arc<Saksbehandler>,
    /// Who may send what.
    pub avtaler: Arc<Avtaleregister>,
    /// Who issues producers' certificates, also those that messages are signed with; without, no signature is taken.
    pub utstedere: Option<Arc<Klientutstedere>>,
    /// What is in force: mottak and tilbakemelding follow tied notices.
    pub tavle: Arc<Tavle>,
    /// The gate that answers go through.
    pub frigivelse: Frigivelse,
    /// Key of ETags.
    pub etag: etag::Noekkel,
    /// The clock of certificates and rights.
    pub klokke: Klokke,
    /// The clock of what is registered, which in a test environment may have been set.
    pub registerklokke: Klokke,
    /// Address of this service as producers see it, without a slash at the end.
    pub base: String,
    /// The guard of the port, where there is one.
    pub vakt: Option<Vakt>,
}

impl std::fmt::Debug for Produsenter {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Produsenter")
            .field("base", &self.base)
            .finish_non_exhaustive()
    }
}

impl Produsenter {
    fn tid(&self) -> Result<Tid, Feil> {
        Tid::new((self.registerklokke)()).ok_or(Feil::Intern)
    }
}
