//! Reading the log of common help numbers, as Folkeregisteret's feed is read: from where the copy stands, a piece at a time.
//!
//! ```text
//!  the store's log ──▶ entries from the next one on, what is known now of each number ──▶ one commit: persons, feeds, how far
//! ```
//! Where it stands is in the commit that takes an entry in, so whatever dies between the store and the copy, each entry is taken in once and told
//! of once. Which number is under which goes by the log, entry by entry; what is known of whoever has one is read as it is now.
//!
//! What a newcomer gets wrong: to take entries in while the copy is filled for the first time. Nobody is there yet whom they could be put under.

use std::sync::Arc;

use ::hjelpenummer::{Handling, Hjelpenumre};
use informasjonsmodell::{Forskyvning, Tidspunkt};
use tilgang::token::Klokke;

use crate::hjelpenummer::{Kjent, Lest, kjennemerke, lest, som_hjelpenummer};
use crate::hjelpenummeravstemming::{self, Avstemming};
use crate::{Feil, Kopi, Stilling};

/// Entries that one commit takes in. Source: our choice: some milliseconds.
const INNFOERINGER: usize = 64;

/// What one step did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hjelpenummersteg {
    /// Entries were taken in; there may be more.
    TokInn {
        /// How many.
        innfoeringer: u64,
        /// Events of them, over all views.
        hendelser: u64,
    },
    /// The copy is being filled for the first time: later.
    Vent,
    /// There is nothing that is not taken in.
    Ajour,
}

/// Reads one store of help numbers into one copy.
pub struct Hjelpenummerfoelger {
    kopi: Arc<Kopi>,
    kilde: Arc<Hjelpenumre>,
    klokke: Klokke,
}

impl std::fmt::Debug for Hjelpenummerfoelger {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Hjelpenummerfoelger")
            .field("kopi", &self.kopi)
            .finish_non_exhaustive()
    }
}

impl Hjelpenummerfoelger {
    /// One that goes on where the copy stands. One copy has one store of help numbers, and one reader of it.
    #[must_use]
    pub fn new(kopi: Arc<Kopi>, kilde: Arc<Hjelpenumre>, klokke: Klokke) -> Self {
        Hjelpenummerfoelger { kopi, kilde, klokke }
    }

    /// How many entries of the log are not taken in; all of them of a log that is not the one that was read.
    ///
    /// # Errors
    /// As [`Hjelpenummerfoelger::steg`].
    pub fn igjen(&self) -> Result<u64, Feil> {
        let les = self.kopi.register().les()?;
        let (lest, siste) = (lest(&les)?, self.kilde.siste()?);
        if hjelpenummeravstemming::les(&les)?.is_some() || !self.er_samme_logg(&lest)? {
            return Ok(siste.max(1));
        }
        Ok(siste.saturating_add(1).saturating_sub(lest.neste))
    }

    // A store that was put back to an earlier day may have got as far again by another way.
    fn er_samme_logg(&self, lest: &Lest) -> Result<bool, Feil> {
        let foer = lest.neste.saturating_sub(1);
        Ok(match foer {
            0 => true,
            foer => self.kilde.logg(foer, 1)?.first().map(kjennemerke).as_ref() == Some(&lest.sist),
        })
    }

    /// Does a piece. Reads and writes files: not for a thread that serves calls.
    ///
    /// A store that was put back to an earlier day is found by its log, and the copy is made to say what it says.
    ///
    /// # Errors
    /// [`Feil`] if the files of either refuse or are damaged. Nothing is changed then.
    pub fn steg(&self) -> Result<Hjelpenummersteg, Feil> {
        if matches!(self.kopi.stilling()?, Stilling::Laster { foerste: true, .. }) {
            return Ok(Hjelpenummersteg::Vent);
        }
        let (lest, avstemming) = {
            let les = self.kopi.register().les()?;
            (lest(&les)?, hjelpenummeravstemming::les(&les)?)
        };
        let siste = self.kilde.siste()?;
        if let Some(Avstemming::Numre(fra)) = avstemming {
            return self.avstem_numre(fra, siste);
        }
        let forsvant = matches!(avstemming, Some(Avstemming::Nye(til)) if siste < til);
        if forsvant || !self.er_samme_logg(&lest)? {
            tracing::warn!("registeret over hjelpenumre er satt tilbake; kopien rettes etter det");
            self.kopi.begynn_avstemming(self.naa()?)?;
            return Ok(Hjelpenummersteg::TokInn {
                innfoeringer: 0,
                hendelser: 0,
            });
        }
        let innfoeringer = self.kilde.logg(lest.neste, INNFOERINGER)?;
        if innfoeringer.is_empty() && avstemming.is_none() {
            return Ok(Hjelpenummersteg::Ajour);
        }
        let mut kjent = Kjent::new();
        for innfoering in &innfoeringer {
            self.slaa_opp(innfoering.nummer.to_u64(), &mut kjent)?;
            if let Handling::Knyttet { over } | Handling::Loest { over } = innfoering.handling {
                self.slaa_opp(over, &mut kjent)?;
            }
        }
        let hendelser = match avstemming {
            Some(Avstemming::Nye(til)) => {
                self.slaa_opp_over(&mut kjent)?;
                self.kopi.avstem_nye(&innfoeringer, &kjent, til, self.naa()?)?
            }
            _ => self.kopi.ta_inn_hjelpenumre(&innfoeringer, &kjent, self.naa()?)?,
        };
        Ok(Hjelpenummersteg::TokInn {
            innfoeringer: innfoeringer.len() as u64,
            hendelser,
        })
    }

    fn avstem_numre(&self, fra: u64, siste: u64) -> Result<Hjelpenummersteg, Feil> {
        let numre = self.kopi.hjelpenumre_fra(fra, INNFOERINGER)?;
        let mut kjent = Kjent::new();
        for (nummer, over) in &numre {
            self.slaa_opp(*nummer, &mut kjent)?;
            self.slaa_opp(*over, &mut kjent)?;
        }
        self.slaa_opp_over(&mut kjent)?;
        let hendelser = self.kopi.avstem_numre(&numre, &kjent, siste, self.naa()?)?;
        Ok(Hjelpenummersteg::TokInn {
            innfoeringer: 0,
            hendelser,
        })
    }

    /// What is known now of a number, if it is a help number.
    fn slaa_opp(&self, nummer: u64, kjent: &mut Kjent) -> Result<(), Feil> {
        if let Some(nummer) = som_hjelpenummer(nummer)
            && let Some(oppslag) = self.kilde.slaa_opp(nummer)?
        {
            kjent.insert(nummer.to_u64(), oppslag);
        }
        Ok(())
    }

    /// And of the help numbers that those are under now.
    fn slaa_opp_over(&self, kjent: &mut Kjent) -> Result<(), Feil> {
        let over: Vec<u64> = kjent.values().filter_map(|oppslag| oppslag.over).collect();
        over.into_iter().try_for_each(|over| self.slaa_opp(over, kjent))
    }

    fn naa(&self) -> Result<Tidspunkt, Feil> {
        let naa = (self.klokke)().as_second();
        Tidspunkt::new(naa, 0, 0, Forskyvning::Utc).ok_or(Feil::Skadet("klokka"))
    }
}
