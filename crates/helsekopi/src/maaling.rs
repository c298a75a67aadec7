//! How far the copy is behind its source, for metrics and for whoever serves it. Read by many, written by one.

use std::collections::{BTreeSet, VecDeque};
use std::sync::{Mutex, MutexGuard, PoisonError};

use jiff::Timestamp;
use klienter::folkeregister::Feedhendelse;

use crate::inntak::Inntatt;
use crate::kopi::Stilling;
use crate::{Feil, Steg};

/// Counts and times since the program started.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tall {
    /// The newest number that the source is known to have.
    pub kildens_siste: u64,
    /// The number that is taken in next; none while everybody is being read.
    pub neste: Option<u64>,
    /// When there last was nothing that was not taken in.
    pub ajour: Option<Timestamp>,
    /// When the source last gave a usable answer.
    pub kontakt: Option<Timestamp>,
    /// Steps that failed since the last that did not.
    pub feil_paa_rad: u64,
    /// Steps that failed.
    pub feil: u64,
    /// Documents taken in.
    pub dokumenter: u64,
    /// Persons who changed.
    pub endret: u64,
    /// Events told of, over all views.
    pub hendelser: u64,
    /// Documents that cannot be a person here.
    pub avvist: u64,
    /// What the source sent that is not what was asked for, or cannot be read.
    pub uleselig: u64,
    /// Documents of the extract that the archive did not give.
    pub utelatt: u64,
}

/// What [`crate::Foelger`] tells of itself.
#[derive(Debug, Default)]
pub struct Maaling {
    tall: Mutex<Tall>,
    /// Numbers that the source told of and that are not taken in.
    uleste: Mutex<BTreeSet<u64>>,
}

fn laas<T>(laas: &Mutex<T>) -> MutexGuard<'_, T> {
    laas.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Maaling {
    /// All of it.
    #[must_use]
    pub fn tall(&self) -> Tall {
        laas(&self.tall).clone()
    }

    /// Whether the source has told of somebody since what the copy has. Source: ruling 19.
    #[must_use]
    pub fn er_ulest(&self, nummer: u64) -> bool {
        laas(&self.uleste).contains(&nummer)
    }

    /// Numbers that the source told of and that are not taken in.
    #[must_use]
    pub fn uleste(&self) -> usize {
        laas(&self.uleste).len()
    }

    /// They: a picture of the moment.
    #[must_use]
    pub fn uleste_numre(&self) -> Vec<u64> {
        laas(&self.uleste).iter().copied().collect()
    }

    pub(crate) fn sett_uleste(&self, koe: &VecDeque<Feedhendelse>) {
        let numre = koe
            .iter()
            .filter_map(|h| h.folkeregisteridentifikator.as_deref()?.parse().ok());
        *laas(&self.uleste) = numre.collect();
    }

    /// What the source says itself: less than before, where it has been put back.
    pub(crate) fn sett_kildens_siste(&self, siste: u64) {
        laas(&self.tall).kildens_siste = siste;
    }

    /// The source has at least this.
    pub(crate) fn minst(&self, siste: u64) {
        let mut tall = laas(&self.tall);
        tall.kildens_siste = tall.kildens_siste.max(siste);
    }

    pub(crate) fn utelatt(&self, antall: u64) {
        laas(&self.tall).utelatt += antall;
    }

    pub(crate) fn uleselig(&self, antall: u64) {
        laas(&self.tall).uleselig += antall;
    }

    pub(crate) fn tok_inn(&self, inntatt: &Inntatt, stilling: Stilling) {
        let mut tall = laas(&self.tall);
        tall.dokumenter += inntatt.dokumenter;
        tall.endret += inntatt.endret;
        tall.hendelser += inntatt.hendelser;
        tall.avvist += inntatt.avvist;
        drop(tall);
        self.sett_stilling(&stilling);
    }

    pub(crate) fn sett_stilling(&self, stilling: &Stilling) {
        laas(&self.tall).neste = match stilling {
            Stilling::Laster { .. } => None,
            Stilling::Foelger { neste } => Some(*neste),
        };
    }

    pub(crate) fn noter(&self, utfall: &Result<Steg, Feil>, naa: Timestamp) {
        let mut tall = laas(&self.tall);
        match utfall {
            Ok(steg) => {
                tall.feil_paa_rad = 0;
                tall.kontakt = Some(naa);
                if *steg == Steg::Ajour {
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
