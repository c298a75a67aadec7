//! The log: what was done with which number, when and by whom, with what was known before and after. It is also what a copy is made
//! by: whoever has read it to the end knows every number that has changed.

use identifikator::FellesHjelpenummer;
use serde::{Deserialize, Serialize};

use crate::{Fakta, Feil};

/// As whom something is done.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Avsender {
    /// Organisation number.
    pub organisasjon: String,
    /// The organisation's user, as it signed in.
    pub bruker: String,
}

/// What was done with a number. Other numbers as they are written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Handling {
    /// It was issued.
    Utstedt,
    /// What is known of whoever has it was revised.
    Revidert,
    /// It was put under another.
    Knyttet {
        /// The number that it is under.
        over: u64,
    },
    /// It was taken out from under another.
    Loest {
        /// The number that it was under.
        over: u64,
    },
}

/// An entry of the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Innfoering {
    /// Its number, from 1 and without gaps.
    pub seq: u64,
    /// Which number it is about.
    pub nummer: FellesHjelpenummer,
    /// What was done.
    pub handling: Handling,
    /// By whom.
    pub avsender: Avsender,
    /// When. Units: seconds since 1970.
    pub tid_s: i64,
}

/// What was known before and after. None where the entry is of a link.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Loggfakta {
    /// Before; none of a number that was issued.
    pub foer: Option<Fakta>,
    /// After.
    pub etter: Option<Fakta>,
}

/// An entry as it is stored.
#[derive(Serialize, Deserialize)]
pub(crate) struct Rad {
    pub id: u32,
    pub nummer: u64,
    pub handling: Handling,
    pub avsender: Avsender,
    pub tid_s: i64,
}

impl Rad {
    pub fn innfoering(self, seq: u64) -> Result<Innfoering, Feil> {
        Ok(Innfoering {
            seq,
            nummer: crate::hjelpenumre::les_nummer(self.nummer)?,
            handling: self.handling,
            avsender: self.avsender,
            tid_s: self.tid_s,
        })
    }
}
