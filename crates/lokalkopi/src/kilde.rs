//! The Person API as this crate needs it.
//!
//! A trait, so that a service that lies, is slow or is down can be put in the place of the client.

use klienter::personapi::{Feil, Hendelse, Klient, Person, Utvalg};
use tilgang::token::Framtid;

/// What is asked of the service. Every answer may be wrong.
pub trait Kilde: Send + Sync {
    /// The newest event.
    fn siste(&self) -> Framtid<'_, Result<Option<Hendelse>, Feil>>;
    /// Events from a number on, that one included.
    fn hendelser(&self, fra: u64) -> Framtid<'_, Result<Vec<Hendelse>, Feil>>;
    /// A page of everybody's ids.
    fn side(&self, indeks: u64, antall: usize) -> Framtid<'_, Result<Vec<String>, Feil>>;
    /// How many they are.
    fn antall(&self) -> Framtid<'_, Result<u64, Feil>>;
    /// At most 100 persons by id; those that are not shown are left out.
    fn personer<'a>(&'a self, ider: &'a [&'a str]) -> Framtid<'a, Result<Vec<Person>, Feil>>;
    /// Who has at most 100 numbers; their numbers alone, former ones too.
    fn med_numre<'a>(&'a self, numre: &'a [&'a str]) -> Framtid<'a, Result<Vec<Person>, Feil>>;
    /// Who has one number.
    fn med_nummer<'a>(&'a self, nummer: &'a str) -> Framtid<'a, Result<Option<Person>, Feil>>;
}

/// The service over HTTP, and what is asked for of each person.
#[derive(Debug)]
pub struct Tjeneste {
    klient: Klient,
    utvalg: Utvalg,
    numre: Utvalg,
    hjelpenumre: bool,
}

impl Tjeneste {
    /// The service, for copies of these parts. `hjelpenumre`: whoever is known by an alternate identification number alone too.
    #[must_use]
    pub fn new(klient: Klient, utvalg: Utvalg, hjelpenumre: bool) -> Self {
        let numre = Utvalg {
            deler: vec![crate::stilling::NUMRE.to_owned()],
            historikk: true,
        };
        Tjeneste {
            klient,
            utvalg,
            numre,
            hjelpenumre,
        }
    }
}

impl Kilde for Tjeneste {
    fn siste(&self) -> Framtid<'_, Result<Option<Hendelse>, Feil>> {
        Box::pin(self.klient.siste_hendelse())
    }

    fn hendelser(&self, fra: u64) -> Framtid<'_, Result<Vec<Hendelse>, Feil>> {
        Box::pin(self.klient.hendelser(fra))
    }

    fn side(&self, indeks: u64, antall: usize) -> Framtid<'_, Result<Vec<String>, Feil>> {
        Box::pin(self.klient.side(indeks, antall, self.hjelpenumre))
    }

    fn antall(&self) -> Framtid<'_, Result<u64, Feil>> {
        Box::pin(self.klient.antall(self.hjelpenumre))
    }

    fn personer<'a>(&'a self, ider: &'a [&'a str]) -> Framtid<'a, Result<Vec<Person>, Feil>> {
        Box::pin(self.klient.personer(ider, &self.utvalg))
    }

    fn med_numre<'a>(&'a self, numre: &'a [&'a str]) -> Framtid<'a, Result<Vec<Person>, Feil>> {
        Box::pin(self.klient.personer_med_numre(numre, &self.numre))
    }

    fn med_nummer<'a>(&'a self, nummer: &'a str) -> Framtid<'a, Result<Option<Person>, Feil>> {
        Box::pin(self.klient.person_med_nummer(nummer, &self.numre))
    }
}
