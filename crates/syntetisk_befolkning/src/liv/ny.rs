//! Those who are new: an immigrant, or somebody who gets a D-number. Made as those of the last month before the reference date.

use identifikator::{Identifikatortype, Kjoenn};
use informasjonsmodell::Persondokument;

use super::hendelse::{Hendelse, Hva};
use crate::dokument::Skriver;
use crate::plan::{Plan, Pnr};
use crate::terning::Terning;
use crate::tid::{self, Dag};

/// Birth date and gender of the one whom the throws give.
pub(super) fn foedt_og_kvinne(detaljer: &Terning, dag: Dag, dnummer: bool) -> (Dag, bool) {
    let (plan, nr) = Plan::nykommer(&mut detaljer.clone(), dag, dnummer);
    let person = plan.person(nr);
    (person.foedt, person.kjoenn == Kjoenn::Kvinne)
}

/// Somebody new, whom the register is to give a number.
pub struct Nykommer {
    pub(super) plan: Plan,
    pub(super) nr: Pnr,
    terning: Terning,
    dag: Dag,
    tid: informasjonsmodell::Tidspunkt,
}

impl std::fmt::Debug for Nykommer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Nykommer")
    }
}

impl Nykommer {
    /// Whoever is new by an event that is no birth.
    pub(super) fn av(hendelse: &Hendelse, mut terning: Terning) -> Option<Self> {
        let dnummer = match hendelse.hva {
            Hva::Innvandring(_) => false,
            Hva::DNummer(_) => true,
            _ => return None,
        };
        let dag = hendelse.id.dag;
        let (plan, nr) = Plan::nykommer(&mut terning, dag, dnummer);
        Some(Nykommer {
            plan,
            nr,
            terning,
            dag,
            tid: hendelse.tid,
        })
    }

    /// The kind of number.
    #[must_use]
    pub fn slag(&self) -> Identifikatortype {
        match self.plan.person(self.nr).opphav {
            crate::plan::Opphav::DNummer { .. } => Identifikatortype::DNummer,
            _ => Identifikatortype::Foedselsnummer,
        }
    }

    /// Birth date; `None` outside the years that numbers are given for.
    #[must_use]
    pub fn foedt(&self) -> Option<identifikator::Dato> {
        identifikator::Dato::from_dager_siden_1970(self.plan.person(self.nr).foedt)
    }

    /// Gender.
    #[must_use]
    pub fn kjoenn(&self) -> Kjoenn {
        self.plan.person(self.nr).kjoenn
    }

    /// The document, under the number that was given.
    #[must_use]
    pub fn dokument(&self, nummer: u64) -> Persondokument {
        let numre: Vec<u64> = self.plan.numre.iter().map(|_| nummer).collect();
        let mut skriver = Skriver::new(&self.plan, &numre, self.terning.clone());
        skriver.sett_tid(self.dag, self.tid);
        debug_assert!(self.dag >= tid::GRUNNLAG, "after the baseline");
        skriver.dokument(self.nr)
    }
}
