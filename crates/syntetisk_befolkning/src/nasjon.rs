//! The nation: how many, in which groups, with which numbers.
//!
//! ```text
//! group        0 .. 5           6 .. 15            16 ..                         last
//!              named cases      the showcase       random groups                 persons without kin, to fill up
//! numbers      in the order of the groups, so a larger nation begins with the same persons
//! ```
//!
//! Setting up makes every plan once, orders its numbers and forgets it; what is kept is a number of eight bytes a person
//! and two counters a group.

use identifikator::{Bestilling, Dato, Regelsett, Serie, Tildeler};
use informasjonsmodell::{Persondokument, Registrering};

use crate::dokument::Skriver;
use crate::feil::Feil;
use crate::maaned::transaksjon;
use crate::plan::{FASTE, Nummeroenske, Plan};
use crate::terning::{Emne, Terning};
use crate::tid::{Dag, GRUNNLAG};

/// Fewest persons of a nation: the named cases and some more. Source: our choice.
pub const PERSONER_MIN: u32 = 50;
/// Most persons of a nation. Source: our choice; beyond the register's own size.
pub const PERSONER_MAKS: u32 = 8_000_000;

/// Where a group begins.
#[derive(Clone, Copy, Debug)]
struct Gruppestart {
    person: u32,
    nummer: u32,
}

/// Where a story is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Fortellingsplass {
    /// Nanoseconds from the midnight the baseline stands at, by the calendar.
    tid: u64,
    gruppe: u32,
    nr: u16,
}

/// A person with a special property, the same in every nation of a seed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NavngittTilfelle {
    /// Name of the case; a promise.
    pub navn: &'static str,
    /// What the case shows, in Norwegian.
    pub beskrivelse: &'static str,
    /// The number in use, eleven digits; synthetic.
    pub identifikator: String,
}

/// A synthetic nation.
///
/// Shape: `personer` documents in groups of kin, a month of transactions, and some named cases. All of it follows from
/// seed and size; the persons of a nation are the first of any larger one of the same seed, apart from its last group.
#[derive(Debug)]
pub struct Nasjon {
    froe: u64,
    personer: u32,
    grupper: Vec<Gruppestart>,
    /// The last group is filled up with persons without kin.
    siste_er_rest: bool,
    numre: Vec<u64>,
    fortellinger: Vec<Fortellingsplass>,
}

impl Nasjon {
    /// Sets up a nation: decides its groups and gives every person a number.
    ///
    /// Units: about a microsecond and a half, and nine bytes kept, a person.
    ///
    /// # Errors
    /// [`Feil::ForFaa`] and [`Feil::ForMange`] for a size outside [`PERSONER_MIN`] to [`PERSONER_MAKS`];
    /// [`Feil::Numre`] when a birth year has no number left.
    pub fn new(froe: u64, personer: u32) -> Result<Self, Feil> {
        if personer < PERSONER_MIN {
            return Err(Feil::ForFaa { minst: PERSONER_MIN });
        }
        if personer > PERSONER_MAKS {
            return Err(Feil::ForMange { hoeyst: PERSONER_MAKS });
        }
        let mut nasjon = Nasjon {
            froe,
            personer,
            grupper: Vec::new(),
            siste_er_rest: false,
            numre: Vec::new(),
            fortellinger: Vec::new(),
        };
        let mut tildeler = Tildeler::new();
        let mut antall = 0;
        while antall < personer {
            let gruppe = u32::try_from(nasjon.grupper.len()).unwrap_or(u32::MAX);
            let igjen = usize::try_from(personer - antall).unwrap_or(usize::MAX);
            let mut plan = Plan::new(froe, gruppe);
            if plan.grunnlag() > igjen {
                plan = Plan::rest(froe, gruppe, igjen);
                nasjon.siste_er_rest = true;
            }
            nasjon.legg_til(&plan, antall, gruppe, &mut tildeler)?;
            antall += u32::try_from(plan.grunnlag()).unwrap_or(0);
        }
        nasjon.grupper.shrink_to_fit();
        nasjon.numre.shrink_to_fit();
        nasjon.fortellinger.sort_unstable();
        Ok(nasjon)
    }

    fn legg_til(&mut self, plan: &Plan, person: u32, gruppe: u32, tildeler: &mut Tildeler) -> Result<(), Feil> {
        let nummer = u32::try_from(self.numre.len()).map_err(|_| Feil::ForMange { hoeyst: PERSONER_MAKS })?;
        self.grupper.push(Gruppestart { person, nummer });
        for oenske in &plan.numre {
            let tildelt = tildeler.tildel(&bestilling(oenske)).map_err(Feil::Numre)?;
            self.numre.push(tildelt.identifikator.to_u64());
        }
        for (nr, fortelling) in (0..).zip(&plan.fortellinger) {
            let sekunder = u64::try_from(fortelling.dag - GRUNNLAG).unwrap_or(0) * 86_400
                + u64::try_from(fortelling.sekund).unwrap_or(0);
            let tid = sekunder * 1_000_000_000 + u64::from(fortelling.nanosekund);
            self.fortellinger.push(Fortellingsplass { tid, gruppe, nr });
        }
        Ok(())
    }

    /// How many persons the baseline has.
    #[must_use]
    pub fn antall(&self) -> u32 {
        self.personer
    }

    /// How many groups the baseline has.
    #[must_use]
    pub fn grupper(&self) -> u32 {
        u32::try_from(self.grupper.len()).unwrap_or(u32::MAX)
    }

    /// The documents of one group, as the register holds them thirty days before the reference date.
    ///
    /// Shape: a pure function of seed, size and number, so any thread may make any group. Empty past the last.
    #[must_use]
    pub fn gruppe(&self, nr: u32) -> Vec<Persondokument> {
        let Some((plan, numre)) = self.plan(nr) else {
            return Vec::new();
        };
        let mut skriver = Skriver::new(&plan, numre, Terning::new(self.froe, nr, Emne::Dokument));
        plan.personer().map(|person| skriver.dokument(person)).collect()
    }

    /// How many persons come before a group in the baseline; the size of the baseline past the last.
    #[must_use]
    pub fn personer_foer(&self, nr: u32) -> u32 {
        let plass = usize::try_from(nr).unwrap_or(usize::MAX);
        self.grupper.get(plass).map_or(self.personer, |start| start.person)
    }

    fn plan(&self, nr: u32) -> Option<(Plan, &[u64])> {
        let plass = usize::try_from(nr).ok()?;
        let start = self.grupper.get(plass)?;
        let neste = self.grupper.get(plass + 1);
        let fra = usize::try_from(start.nummer).ok()?;
        let til = neste.map_or(Some(self.numre.len()), |neste| usize::try_from(neste.nummer).ok())?;
        let numre = self.numre.get(fra..til)?;
        let plan = if neste.is_none() && self.siste_er_rest {
            let antall = usize::try_from(self.personer - start.person).ok()?;
            Plan::rest(self.froe, nr, antall)
        } else {
            Plan::new(self.froe, nr)
        };
        Some((plan, numre))
    }

    /// What happened in the thirty days before the reference date.
    ///
    /// Shape: transactions in order of time; the registreringer of one share its time and belong together. They presume
    /// the baseline, and each other in this order. Made one at a time, as they are asked for.
    pub fn siste_maaned(&self) -> impl Iterator<Item = Vec<Registrering>> + '_ {
        self.fortellinger.iter().filter_map(|plass| {
            let (plan, numre) = self.plan(plass.gruppe)?;
            let fortelling = *plan.fortellinger.get(usize::from(plass.nr))?;
            let terning = Terning::new(self.froe, plass.gruppe, Emne::Maaned).fortelling(plass.nr);
            Some(transaksjon(&plan, numre, &fortelling, terning))
        })
    }

    /// How many transactions the last month has.
    #[must_use]
    pub fn transaksjoner(&self) -> usize {
        self.fortellinger.len()
    }

    /// The named cases, in the order of their documents.
    ///
    /// Shape: the same persons with the same numbers in every nation of the seed.
    #[must_use]
    pub fn navngitte(&self) -> Vec<NavngittTilfelle> {
        let mut ut = Vec::new();
        for gruppe in 0..u32::try_from(FASTE.len()).unwrap_or(0) {
            let Some((plan, numre)) = self.plan(gruppe) else {
                continue;
            };
            let skriver = Skriver::new(&plan, numre, Terning::new(self.froe, gruppe, Emne::Dokument));
            for (tilfelle, person) in &plan.navngitte {
                ut.push(NavngittTilfelle {
                    navn: tilfelle.navn,
                    beskrivelse: tilfelle.beskrivelse,
                    identifikator: skriver.fnr(*person).som_tekst().to_owned(),
                });
            }
        }
        ut
    }
}

/// A number of the test series, under the rules of the day it was given.
fn bestilling(oenske: &Nummeroenske) -> Bestilling {
    let dato = |dag: Dag| {
        #[expect(clippy::expect_used, reason = "days are drawn within 1900-2026")]
        Dato::from_dager_siden_1970(dag).expect("a day of our calendar")
    };
    Bestilling {
        foedselsdato: dato(oenske.foedt),
        kjoenn: oenske.kjoenn,
        serie: Serie::Tenor,
        regelsett: Regelsett::paa_dag(oenske.slag, dato(oenske.tildelt)),
        siste_dato: Some(dato(oenske.tildelt)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_are_numbers_for_the_largest_nation() {
        assert_eq!(Nasjon::new(1, PERSONER_MAKS).map(|n| n.antall()), Ok(PERSONER_MAKS));
    }
}
