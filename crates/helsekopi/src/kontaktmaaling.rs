//! How far contact data are behind KRR, apart from how far the copy is behind Folkeregisteret. Read by many, written by one.

use std::sync::{Mutex, MutexGuard, PoisonError};

use jiff::Timestamp;

use crate::Feil;
use crate::kontaktfoelger::Kontaktsteg;
use crate::kontaktstilling::Kontaktstilling;

/// Counts and times since the program started.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Kontakttall {
    /// How far it is, as it was last written down; none before anything was.
    pub stilling: Option<Kontaktstilling>,
    /// The newest number of the list of changes, where there is one.
    pub seneste: u64,
    /// Persons who wait to be asked about, as last counted; those of a round are not among them.
    pub ventende: u64,
    /// When KRR last gave a usable answer.
    pub kontakt: Option<Timestamp>,
    /// When there last was nothing to ask.
    pub ajour: Option<Timestamp>,
    /// Steps that failed since the last that did not.
    pub feil_paa_rad: u64,
    /// Steps that failed.
    pub feil: u64,
    /// Persons asked about.
    pub spurt: u64,
    /// Persons of whom KRR said something else than before.
    pub endret: u64,
    /// Persons who were not answered so that it can be used.
    pub uleselig: u64,
}

impl Kontakttall {
    /// Changes on the list that are not taken in.
    #[must_use]
    pub fn etterslep(&self) -> u64 {
        let neste = self.stilling.as_ref().and_then(|s| s.liste).map(|liste| liste.neste);
        neste.map_or(0, |neste| self.seneste.saturating_add(1).saturating_sub(neste))
    }

    /// How old what is here can be at most, of those who do not wait; none before everybody was asked about.
    ///
    /// Units: seconds.
    #[must_use]
    pub fn alder_s(&self, naa: Timestamp) -> Option<i64> {
        let per = self.stilling.as_ref()?.gyldig_per()?;
        Some(naa.as_second().saturating_sub(per).max(0))
    }
}

/// What [`crate::Kontaktfoelger`] tells of itself.
#[derive(Debug, Default)]
pub struct Kontaktmaaling(Mutex<Kontakttall>);

impl Kontaktmaaling {
    fn laas(&self) -> MutexGuard<'_, Kontakttall> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// All of it.
    #[must_use]
    pub fn tall(&self) -> Kontakttall {
        self.laas().clone()
    }

    pub(crate) fn sett_stilling(&self, stilling: Option<Kontaktstilling>) {
        self.laas().stilling = stilling;
    }

    pub(crate) fn sett_seneste(&self, seneste: u64) {
        self.laas().seneste = seneste;
    }

    pub(crate) fn sett_ventende(&self, ventende: u64) {
        self.laas().ventende = ventende;
    }

    pub(crate) fn tok_inn(&self, spurt: u64, endret: u64, uleselig: u64) {
        let mut tall = self.laas();
        tall.spurt += spurt;
        tall.endret += endret;
        tall.uleselig += uleselig;
    }

    pub(crate) fn svarte(&self, naa: Timestamp) {
        self.laas().kontakt = Some(naa);
    }

    pub(crate) fn noter(&self, utfall: &Result<Kontaktsteg, Feil>, naa: Timestamp) {
        let mut tall = self.laas();
        match utfall {
            Ok(steg) => {
                tall.feil_paa_rad = 0;
                if *steg == Kontaktsteg::Ajour {
                    tall.ajour = Some(naa);
                }
            }
            Err(_) => {
                tall.feil += 1;
                tall.feil_paa_rad += 1;
            }
        }
    }
}
