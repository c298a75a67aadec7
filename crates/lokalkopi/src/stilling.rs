//! How far the service is read, and of what: the file `stilling.json`.

use klienter::personapi::Hendelse;
use serde::{Deserialize, Serialize};

/// The part that a copy always has: without numbers, nobody is found by one, and who has only an alternate one is not known.
pub(crate) const NUMRE: &str = "NorwegianIdentificationNumber";

/// What the copy is of. A copy of one thing is not gone on with as one of another.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Valg {
    /// The address of the service.
    pub tjeneste: String,
    /// The branch.
    pub gren: String,
    /// The parts, in the order of the contract.
    pub deler: Vec<String>,
    /// Whether entries that are no longer valid are kept.
    pub historikk: bool,
    /// Whether who is known by an alternate identification number alone is kept.
    pub hjelpenumre: bool,
    /// Whether only those in a list of numbers are kept.
    pub egne: bool,
}

impl Valg {
    /// The same with the numbers, which are always there.
    #[must_use]
    pub fn med_numre(mut self) -> Self {
        if !self.deler.iter().any(|del| del == NUMRE) {
            self.deler.push(NUMRE.to_owned());
        }
        self
    }
}

/// The event that was read last. It is asked for again with those after it, so that a feed that was set back, also one that has grown past
/// the place since, is known by not having it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Anker {
    /// Its number.
    pub sekvensnummer: u64,
    /// Who it is about.
    pub person_id: String,
    /// Its type.
    pub type_: String,
}

impl Anker {
    pub(crate) fn av(hendelse: &Hendelse) -> Self {
        Anker {
            sekvensnummer: hendelse.sekvensnummer,
            person_id: hendelse.person_id.clone(),
            type_: hendelse.type_.clone(),
        }
    }
}

/// Where the algorithm is.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", tag = "fase")]
pub enum Fase {
    /// Nothing is asked yet.
    #[default]
    Start,
    /// Everybody is being read, page by page.
    Laster {
        /// The newest event before the first page: S.
        anker: Option<Anker>,
        /// Where the next page begins.
        indeks: u64,
        /// How many there were before the first page.
        foer: u64,
        /// Which try this is.
        forsoek: u32,
    },
    /// Whom no page had is asked for by id.
    Rydder {
        /// S.
        anker: Option<Anker>,
    },
    /// Those in the list of numbers are found and read.
    Egne {
        /// S, or where the feed is read to.
        anker: Option<Anker>,
    },
    /// The feed is read.
    Foelger {
        /// The event read last; none while the feed is empty.
        anker: Option<Anker>,
    },
}

/// The whole file.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Stilling {
    pub format: u32,
    pub valg: Valg,
    /// Which file the persons are in.
    pub fil: u32,
    /// As much of it is whole and on disk. Units: bytes.
    pub lengde: u64,
    /// Persons in that much of it.
    pub antall: u64,
    /// The load that is going on, or was last.
    pub runde: u32,
    #[serde(flatten)]
    pub fase: Fase,
}
