//! What a consumer may use: so many calls a minute, and so many numbers that nobody has.
//!
//! A consumer is the parent organisation, whoever calls for it, as grants and log have it. The second limit is for whoever tries numbers
//! to see which of them are somebody's: above it no lookup by number is answered, whatever the number. Source: ADR 0015, which says the
//! same of Folkeregisteret's consumers.
//!
//! What a newcomer gets wrong: a limit on misses that refused only misses would answer the question it is there to keep. What was never a
//! number counts too, as it is answered in the same way.

use std::num::NonZeroU32;
use std::time::Duration;

use identifikator::Organisasjonsnummer;
use prometheus_client::metrics::counter::Counter;
use tjenesteflate::maalinger::{self, Maalere, Strupegrunn};
use tjenesteflate::struping::{KALL_PER_MINUTT, Klokke, Struper, Strupet, Vent, Ventform};
use tjenesteflate::vern::Rammefeil;

use super::adgang::TJENESTE;
use super::feil::Feil;
use crate::openapi::Operasjon;

/// Numbers a minute that nobody has, for each consumer. Source: our choice, as Folkeregisteret's: ADR 0015.
pub const BOM_PER_MINUTT: u32 = 600;

const MINUTT: Duration = Duration::from_secs(60);

/// The limits; absent means none.
#[derive(Clone, Copy, Debug)]
pub struct Strupegrenser {
    /// Calls a minute of one consumer.
    pub kall: Option<NonZeroU32>,
    /// Numbers a minute that nobody has, asked for by one consumer.
    pub bom: Option<NonZeroU32>,
}

impl Default for Strupegrenser {
    fn default() -> Self {
        Strupegrenser {
            kall: NonZeroU32::new(KALL_PER_MINUTT),
            bom: NonZeroU32::new(BOM_PER_MINUTT),
        }
    }
}

/// The budgets of all consumers, counted in this process.
pub struct Struping {
    kall: Option<Struper<Organisasjonsnummer>>,
    bom: Option<Struper<Organisasjonsnummer>>,
    klokke: Klokke,
    maalere: Maalere,
    alarmer: Counter,
}

impl std::fmt::Debug for Struping {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Struping")
    }
}

/// A call above a limit.
#[derive(Debug)]
pub(super) struct OverGrensen {
    pub feil: Feil,
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
            "person_api_enumeration_alarm",
            "Times that a consumer passed the limit on numbers that nobody has",
            alarmer.clone(),
        )?;
        Ok(Struping {
            kall: budsjett(grenser.kall),
            bom: budsjett(grenser.bom),
            klokke,
            maalere: maalere.clone(),
            alarmer,
        })
    }

    /// Uses one of the consumer's calls.
    pub(super) fn bruk(&self, konsument: Organisasjonsnummer) -> Result<(), OverGrensen> {
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
    pub(super) fn sjekk_bom(&self, konsument: Organisasjonsnummer, operasjon: Operasjon) -> Result<(), OverGrensen> {
        match &self.bom {
            Some(bom) if slaar_opp(operasjon) => bom
                .sjekk(&konsument, (self.klokke)())
                .map_err(|strupet| self.over(strupet, Strupegrunn::Bom)),
            _ => Ok(()),
        }
    }

    /// Counts numbers that nobody has.
    pub(super) fn bom(&self, konsument: Organisasjonsnummer, antall: u32) {
        let Some(bom) = &self.bom else { return };
        if antall > 0 && bom.legg_til(&konsument, antall, (self.klokke)()) {
            self.alarmer.inc();
            tracing::warn!(%konsument, "a consumer asks for many numbers that nobody has; its lookups get 429 for a while");
        }
    }

    fn over(&self, strupet: Strupet, grunn: Strupegrunn) -> OverGrensen {
        self.maalere.count_throttled(TJENESTE, grunn);
        let vent = Vent::new(strupet.vent, Ventform::Sekunder);
        OverGrensen {
            feil: Feil::Ramme(Rammefeil::ForMangeKall { vent }),
            foerste: strupet.foerste,
        }
    }
}

/// Operations that answer whether somebody has a number.
fn slaar_opp(operasjon: Operasjon) -> bool {
    matches!(operasjon, Operasjon::PersonGetByNin | Operasjon::PersonBulkByNin)
}
