//! What a consumer may use: so many calls a minute, and so many numbers that nobody has.
//!
//! The second limit is for whoever tries numbers to see which of them are somebody's. It counts one thing alone: the answer
//! that nobody has the number. Whether it was never issued, is no longer in use or is hidden makes no difference, since
//! those answers are one and the same. A consumer above the limit gets no lookup by number answered, whatever the number.
//!
//! What newcomers get wrong: a limit on misses that refused only misses would answer the question it is there to keep.

use std::fmt;
use std::num::NonZeroU32;
use std::time::Duration;

use identifikator::Organisasjonsnummer;
use prometheus_client::metrics::counter::Counter;
use tjenesteflate::maalinger::{self, Maalere, Strupegrunn};
use tjenesteflate::struping::{KALL_PER_MINUTT, Klokke, Struper, Strupet, Vent, Ventform};
use tjenesteflate::vern::Rammefeil;

use crate::openapi::Operasjon;

use super::adgang::TJENESTE;
use super::feil::Feil;

/// Numbers a minute that nobody has, for each consumer. Source: our choice, ADR 0015: a hundredth of the calls.
pub const BOM_PER_MINUTT: u32 = 600;

const MINUTT: Duration = Duration::from_secs(60);

/// The limits; absent means none.
#[derive(Clone, Copy, Debug)]
pub struct Strupegrenser {
    /// Calls a minute of one consumer.
    pub kall: Option<NonZeroU32>,
    /// Numbers a minute that nobody has, asked for by one consumer.
    pub bom: Option<NonZeroU32>,
    /// What `Retry-After` counts.
    pub form: Ventform,
}

impl Default for Strupegrenser {
    fn default() -> Self {
        Strupegrenser {
            kall: NonZeroU32::new(KALL_PER_MINUTT),
            bom: NonZeroU32::new(BOM_PER_MINUTT),
            form: Ventform::Sekunder,
        }
    }
}

/// The budgets of all consumers.
pub struct Struping {
    kall: Option<Struper<Organisasjonsnummer>>,
    bom: Option<Struper<Organisasjonsnummer>>,
    form: Ventform,
    klokke: Klokke,
    maalere: Maalere,
    alarmer: Counter,
}

impl fmt::Debug for Struping {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Struping")
            .field("form", &self.form)
            .finish_non_exhaustive()
    }
}

/// A call above a limit.
#[derive(Clone, Copy, Debug)]
pub(crate) struct OverGrensen {
    pub feil: Rammefeil,
    /// The first in a while: the one to be recorded.
    pub foerste: bool,
}

impl Struping {
    /// Empty budgets, with the clock as it is now.
    ///
    /// # Errors
    /// [`maalinger::Error`] if the metrics are there already.
    pub fn new(grenser: Strupegrenser, klokke: Klokke, maalere: &Maalere) -> Result<Self, maalinger::Error> {
        let naa = klokke();
        let budsjett = |maks: Option<NonZeroU32>| maks.map(|maks| Struper::new(maks, MINUTT, naa));
        let alarmer = Counter::default();
        maalere.register(
            "enumeration_alarm",
            "Times that a consumer passed the limit on numbers that nobody has",
            alarmer.clone(),
        )?;
        Ok(Struping {
            kall: budsjett(grenser.kall),
            bom: budsjett(grenser.bom),
            form: grenser.form,
            klokke,
            maalere: maalere.clone(),
            alarmer,
        })
    }

    /// Uses one of the consumer's calls.
    pub(crate) fn bruk(&self, konsument: Organisasjonsnummer) -> Result<(), OverGrensen> {
        let Some(kall) = &self.kall else { return Ok(()) };
        let brukt = kall.bruk(&konsument, (self.klokke)());
        brukt.map(|_| ()).map_err(|strupet| {
            if strupet.foerste {
                tracing::warn!(%konsument, "a consumer is over its limit of calls; its calls get 429");
            }
            self.over(strupet, Strupegrunn::Konsument)
        })
    }

    /// Whether the consumer may still look numbers up.
    pub(crate) fn sjekk_bom(&self, konsument: Organisasjonsnummer, operasjon: Operasjon) -> Result<(), OverGrensen> {
        match &self.bom {
            Some(bom) if slaar_opp(operasjon) => bom
                .sjekk(&konsument, (self.klokke)())
                .map_err(|strupet| self.over(strupet, Strupegrunn::Bom)),
            _ => Ok(()),
        }
    }

    /// Counts numbers that nobody has.
    pub(crate) fn bom(&self, konsument: Organisasjonsnummer, antall: usize) {
        let Some(bom) = &self.bom else { return };
        let antall = u32::try_from(antall).unwrap_or(u32::MAX);
        if antall > 0 && bom.legg_til(&konsument, antall, (self.klokke)()) {
            self.alarmer.inc();
            tracing::warn!(
                %konsument,
                "a consumer asks for many numbers that nobody has; its lookups get 429 for a while"
            );
        }
    }

    /// The refusal of a call to what is down, with how long to wait: until it is up again, where that is known.
    pub(crate) fn nede(&self, igjen: Option<jiff::SignedDuration>) -> Feil {
        let igjen = igjen.and_then(|tid| Duration::try_from(tid).ok());
        let vent = Vent::new(igjen.unwrap_or(MINUTT).min(MINUTT), self.form);
        Feil::Nede { vent }
    }

    fn over(&self, strupet: Strupet, grunn: Strupegrunn) -> OverGrensen {
        self.maalere.count_throttled(TJENESTE, grunn);
        let vent = Vent::new(strupet.vent, self.form);
        OverGrensen {
            feil: Rammefeil::ForMangeKall { vent },
            foerste: strupet.foerste,
        }
    }
}

/// Operations that answer whether somebody has a number.
fn slaar_opp(operasjon: Operasjon) -> bool {
    matches!(
        operasjon,
        Operasjon::HentSisteVersjonAvPerson | Operasjon::HentPersoner | Operasjon::EntydigSoek
    )
}

impl From<OverGrensen> for Feil {
    fn from(over: OverGrensen) -> Self {
        Feil::Ramme(over.feil)
    }
}
