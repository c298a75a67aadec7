//! Where contact data are read from: KRR's interface as this crate needs it.
//!
//! A trait, so that a KRR that lies, is slow or is down can be put in the place of the client.

use identifikator::Folkeregisteridentifikator;
use klienter::krr::{Endringer, Feil, Klient, Svar};
use tilgang::token::Framtid;

/// Who of a list of changes is read at all: of others nothing is kept.
pub type Gjelder<'a> = &'a (dyn Fn(&Folkeregisteridentifikator) -> bool + Sync);

/// What is asked of KRR. Every answer may be wrong.
pub trait Kontaktkilde: Send + Sync {
    /// At most 1000 persons.
    fn personer<'a>(&'a self, personer: &'a [Folkeregisteridentifikator]) -> Framtid<'a, Result<Svar, Feil>>;
    /// A page of the list of changes from a number on, that one included.
    fn endringer<'a>(&'a self, fra: u64, gjelder: Gjelder<'a>) -> Framtid<'a, Result<Endringer, Feil>>;
}

impl Kontaktkilde for Klient {
    fn personer<'a>(&'a self, personer: &'a [Folkeregisteridentifikator]) -> Framtid<'a, Result<Svar, Feil>> {
        Box::pin(Klient::personer(self, personer))
    }

    fn endringer<'a>(&'a self, fra: u64, gjelder: Gjelder<'a>) -> Framtid<'a, Result<Endringer, Feil>> {
        Box::pin(Klient::endringer(self, fra, gjelder))
    }
}
