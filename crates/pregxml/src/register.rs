//! What the operations ask: somebody who has the persons, and somebody who lets users in.
//!
//! What newcomers get wrong: what a [`Personregister`] gives back leaves the house. It has been released for the caller's profile, and the audit
//! record of it is durable, before it is given back; nobody after it can take that back.

use std::fmt;

use jiff::Timestamp;
use pregbrukere::{Avslag, Innlogget, Innlogging, Passord};
use pregmodell::{Person, Profil};

use crate::{Operasjon, Soek};

/// A number as it was sent: digits, of the length of some kind. `Debug` never shows it.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Nummer(String);

impl fmt::Debug for Nummer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Nummer(***)")
    }
}

impl Nummer {
    /// Eleven digits. Check digits are not asked for: the register has a few numbers that break them (preg reference 7).
    #[must_use]
    pub fn elleve(tekst: &str) -> Option<Self> {
        pregmodell::tekst::er_siffer(tekst, 11).then(|| Nummer(tekst.to_owned()))
    }

    /// Eleven digits, or the twelve of the immigration authorities.
    #[must_use]
    pub fn elleve_eller_duf(tekst: &str) -> Option<Self> {
        let duf = || pregmodell::tekst::er_siffer(tekst, 12).then(|| Nummer(tekst.to_owned()));
        Self::elleve(tekst).or_else(duf)
    }

    /// The digits.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Who asks, and for what: all that an audit record needs beside what was found.
#[derive(Clone, Debug)]
pub struct Kaller {
    /// The user, and the organisation.
    pub innlogget: Innlogget,
    /// What the user is shown.
    pub profil: Profil,
    /// What is asked.
    pub operasjon: Operasjon,
    /// When.
    pub naa: Timestamp,
    /// The trace id of the call.
    pub spor: String,
}

/// Persons found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Soekesvar {
    /// In the order of preg reference 4.5, and at most as many as were asked for.
    pub personer: Vec<Person>,
    /// How many there are in all, at most 1 000.
    pub totalt: u32,
}

/// What is known of a number.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Nummerstatus {
    /// Somebody has it, or had it.
    pub kjent: bool,
    /// The number in use instead, where there is one.
    pub avloest_av: Option<Nummer>,
}

/// Why there is no answer. Never a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Registerfeil {
    /// More than 1 000 fit.
    #[error("søket har flere enn 1000 treff")]
    ForMange,
    /// The user may not.
    #[error("brukeren har ikke rett til dette")]
    IkkeRett,
    /// Not just now: there is no copy yet, or the audit record cannot be written.
    #[error("registeret kan ikke svare nå")]
    Utilgjengelig,
    /// Anything else; the implementer has logged it.
    #[error("registeret kan ikke svare")]
    Intern,
}

/// Somebody who has the persons. Called on a thread that may wait.
pub trait Personregister: Send + Sync + 'static {
    /// Persons by number, one place for each number and in the same order. Superseded numbers and linked help numbers are followed.
    ///
    /// # Errors
    /// [`Registerfeil`]; then nobody has been shown anything.
    fn personer(&self, kaller: &Kaller, numre: &[Nummer]) -> Result<Vec<Option<Person>>, Registerfeil>;

    /// A search, by the rules of preg reference 4.5: never by what the caller may not see.
    ///
    /// # Errors
    /// [`Registerfeil`]; then nobody has been shown anything.
    fn soek(&self, kaller: &Kaller, soek: &Soek) -> Result<Soekesvar, Registerfeil>;

    /// What is known of a number.
    ///
    /// # Errors
    /// [`Registerfeil`]; then nobody has been told anything.
    fn sjekk(&self, kaller: &Kaller, nummer: &Nummer) -> Result<Nummerstatus, Registerfeil>;

    /// Records that a user who was let in got a refusal and nobody's data. `operasjon`: what was asked, where that could be read; `kode`: that of
    /// the fault.
    ///
    /// # Errors
    /// [`Registerfeil`]; then the refusal is not to be sent either.
    fn noter_avslag(
        &self,
        innlogget: &Innlogget,
        operasjon: Option<Operasjon>,
        kode: &'static str,
        spor: &str,
    ) -> Result<(), Registerfeil>;
}

/// Somebody who lets users in. Called on a thread that may wait.
pub trait Innslipp: Send + Sync + 'static {
    /// Lets somebody in, or not; `sted` is where the call comes from.
    ///
    /// # Errors
    /// [`Avslag`].
    fn slipp_inn(&self, brukernavn: &str, passord: &Passord, sted: &str, naa: Timestamp) -> Result<Innlogget, Avslag>;
}

impl Innslipp for Innlogging {
    fn slipp_inn(&self, brukernavn: &str, passord: &Passord, sted: &str, naa: Timestamp) -> Result<Innlogget, Avslag> {
        self.logg_inn(brukernavn, passord, sted, naa)
    }
}
