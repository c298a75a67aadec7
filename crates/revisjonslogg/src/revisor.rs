//! The log as the gate of `tilgang` knows it: a record is made, and the answer waits until it is durable.

use std::sync::Arc;

use tilgang::token::Framtid;
use tilgang::{Revisjon, RevisjonUtilgjengelig, Revisjonspost};

use crate::logg::{Klokke, Logg};
use crate::post::Forsegler;

/// Writes the records of releases to a log.
pub struct Revisor {
    logg: Arc<Logg>,
    forsegler: Forsegler,
    klokke: Klokke,
}

impl std::fmt::Debug for Revisor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Revisor").field(&self.logg).finish()
    }
}

impl Revisor {
    /// Writes to `logg`, with persons sealed by `forsegler`.
    #[must_use]
    pub fn new(logg: Arc<Logg>, forsegler: Forsegler, klokke: Klokke) -> Self {
        Revisor {
            logg,
            forsegler,
            klokke,
        }
    }
}

impl Revisjon for Revisor {
    fn skriv<'a>(&'a self, post: &Revisjonspost<'_>) -> Framtid<'a, Result<(), RevisjonUtilgjengelig>> {
        let byte = self.forsegler.lag(post, (self.klokke)());
        Box::pin(async move {
            let byte = byte.map_err(|_| RevisjonUtilgjengelig)?;
            self.logg
                .skriv(byte)
                .await
                .map(|_| ())
                .map_err(|_| RevisjonUtilgjengelig)
        })
    }
}
