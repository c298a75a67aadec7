//! The copy: opened, read, and how far it is.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use lager::{Noekkelfil, Noekkellager, Noekkellesing};
use register::{Lesing, Personnummer, Register, Steder};
use serde::{Deserialize, Serialize};

use crate::personid::{Personid, Personnoekkel};
use crate::rader::{self, Hendelse, Rader};
use crate::{Feil, Omfang, kontakt};

/// How far the source is read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", tag = "fase")]
pub enum Stilling {
    /// Everybody is being read.
    Laster {
        /// The feed is read from the number after this when all are read.
        seq: u64,
        /// The extract at the source; none before it is ordered.
        jobb: Option<String>,
        /// The batch that is read next.
        batch: u64,
        /// Pieces of that batch that are read.
        deler: u64,
        /// Nobody was here before: what is read is no news.
        foerste: bool,
    },
    /// The feed is being read.
    Foelger {
        /// The number that is read next.
        neste: u64,
    },
}

impl Default for Stilling {
    fn default() -> Self {
        Stilling::Laster {
            seq: 0,
            jobb: None,
            batch: 0,
            deler: 0,
            foerste: true,
        }
    }
}

/// The health sector's copy.
pub struct Kopi {
    register: Arc<Register>,
    personnoekkel: Personnoekkel,
    kontaktnoekler: Noekkellager,
    /// Held while contact data or their keys are written: each by whoever has it, whole.
    kontaktlaas: Mutex<()>,
    /// Held while a test person is read and written.
    testlaas: Mutex<()>,
    mappe: PathBuf,
}

impl std::fmt::Debug for Kopi {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Kopi")
            .field("mappe", &self.mappe)
            .finish_non_exhaustive()
    }
}

impl Kopi {
    /// Opens the copy in a folder, or makes an empty one, with what persons are found by and without a table of addresses: no grunnkrets is
    /// derived. The caller holds the folder's lock.
    ///
    /// # Errors
    /// [`Feil::Register`] if the files refuse or are of another version.
    pub fn aapne(mappe: &Path) -> Result<Self, Feil> {
        Self::aapne_med_kart(mappe, Arc::new(kartverk::Tabell::tom()))
    }

    /// As [`Kopi::aapne`], with the table that grunnkretser of oppholdsadresse and deltBosted are derived from, for as long as the copy is
    /// open. With another table than the last time, what persons are found by is made anew.
    ///
    /// # Errors
    /// As [`Kopi::aapne`].
    pub fn aapne_med_kart(mappe: &Path, kart: Arc<kartverk::Tabell>) -> Result<Self, Feil> {
        let visning = Arc::new(crate::soek::visning(kart));
        Self::med(mappe, Register::aapne_med_visning(mappe, &Steder::default(), visning)?)
    }

    /// As [`Kopi::aapne`], without what persons are found by: for the first load, which is much faster so. It is made when the
    /// copy is opened the next time.
    ///
    /// # Errors
    /// As [`Kopi::aapne`].
    pub fn aapne_for_lasting(mappe: &Path) -> Result<Self, Feil> {
        Self::med(mappe, Register::aapne(mappe)?)
    }

    fn med(mappe: &Path, register: Register) -> Result<Self, Feil> {
        let noekkel = Noekkelfil::les_eller_lag(&mappe.join("noekler").join("personid"))?;
        Ok(Kopi {
            register: Arc::new(register),
            personnoekkel: Personnoekkel::new(noekkel.foerste_halvdel()),
            kontaktnoekler: kontakt::aapne_noekler(mappe)?,
            kontaktlaas: Mutex::new(()),
            testlaas: Mutex::new(()),
            mappe: mappe.to_path_buf(),
        })
    }

    pub(crate) fn kontaktnoekler(&self) -> &Noekkellager {
        &self.kontaktnoekler
    }

    pub(crate) fn kontaktlaas(&self) -> MutexGuard<'_, ()> {
        self.kontaktlaas.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn laas_testpersoner(&self) -> &Mutex<()> {
        &self.testlaas
    }

    /// The register that the copy is.
    #[must_use]
    pub fn register(&self) -> &Arc<Register> {
        &self.register
    }

    /// One moment of the copy.
    ///
    /// # Errors
    /// [`Feil::Register`] if the files refuse.
    pub fn les(&self) -> Result<Kopilesing<'_>, Feil> {
        // Keys first, so that one that is destroyed since is here still.
        let kontaktnoekler = self.kontaktnoekler.les()?;
        Ok(Kopilesing {
            kopi: self,
            kontaktnoekler,
            lesing: self.register.les()?,
        })
    }

    /// How far the source is read.
    ///
    /// # Errors
    /// [`Feil`] if the files refuse or are damaged.
    pub fn stilling(&self) -> Result<Stilling, Feil> {
        les_stilling(&self.register.les()?)
    }
}

pub(crate) fn les_stilling(rader: &impl Rader) -> Result<Stilling, Feil> {
    match rader.rad(rader::STILLING)? {
        None => Ok(Stilling::default()),
        Some(byte) => serde_json::from_slice(&byte).map_err(|_| Feil::Skadet("hvor langt kilden er lest")),
    }
}

/// One moment of the copy.
pub struct Kopilesing<'k> {
    kopi: &'k Kopi,
    lesing: Lesing<'k>,
    kontaktnoekler: Noekkellesing,
}

impl std::fmt::Debug for Kopilesing<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Kopilesing")
    }
}

impl<'k> Kopilesing<'k> {
    pub(crate) fn kontaktnoekler(&self) -> &Noekkellesing {
        &self.kontaktnoekler
    }

    pub(crate) fn kopi(&self) -> &'k Kopi {
        self.kopi
    }

    /// The register at that moment.
    #[must_use]
    pub fn register(&self) -> &Lesing<'k> {
        &self.lesing
    }

    /// The id of a person.
    #[must_use]
    pub fn id(&self, person: Personnummer) -> Personid {
        self.kopi.personnoekkel.lag(person)
    }

    /// The person with an id, whoever was merged into another too; `None` of an id that the copy never gave.
    ///
    /// # Errors
    /// [`Feil`] if the store is damaged.
    pub fn person(&self, id: Personid) -> Result<Option<Personnummer>, Feil> {
        let Some(person) = self.kopi.personnoekkel.aapne(id) else {
            return Ok(None);
        };
        let kjent = (1..=self.kopi.register.antall_personer()?).contains(&person.nummer());
        Ok(kjent.then_some(person))
    }

    /// The number of the event, in a view's feed, that a person's document is of.
    ///
    /// # Errors
    /// [`Feil`] if the store is damaged.
    pub fn sekvensnummer(&self, person: Personnummer, omfang: Omfang) -> Result<u64, Feil> {
        let alle = rader::person_sist(&self.lesing, person)?;
        Ok(alle.get(omfang as usize).copied().unwrap_or_default())
    }

    /// Events of a view's feed from a number on, that one included, at most `maks`.
    ///
    /// # Errors
    /// [`Feil`] if the store is damaged.
    pub fn hendelser(&self, omfang: Omfang, fra_inklusiv: u64, maks: usize) -> Result<Vec<Hendelse>, Feil> {
        rader::les(&self.lesing, omfang, fra_inklusiv, maks)
    }

    /// The number of the last event of a view's feed; 0 of an empty one.
    ///
    /// # Errors
    /// [`Feil`] if the store is damaged.
    pub fn siste(&self, omfang: Omfang) -> Result<u64, Feil> {
        rader::siste(&self.lesing, omfang)
    }
}
