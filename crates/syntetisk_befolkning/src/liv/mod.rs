//! The nation after the reference date: what happens day by day, drawn from the seed and the day alone.
//!
//! ```text
//!  documents ──▶ Innbygger ──▶ Liv ──▶ Hendelse ──▶ a message as a producer sends it, or a request to the register
//!                               ▲          │
//!                               └── number ◀┘ of whoever is new, when the register has given it
//! ```
//! [`Liv`] remembers the living nation and gives events in the order of their times. The same seed and the same documents
//! give the same events, however the time is cut in steps and also when it is saved and read in between: no throw depends on
//! what was asked for, nor on the numbers that the register gives. No clock, no files. A newcomer's mistake is to ask the
//! register what to draw: what a person is here is what this has made of it, and a message about somebody who has been
//! changed by others is for the register's rules to stop.
//!
//! ```
//! use syntetisk_befolkning::{Nasjon, liv::{Innbygger, Liv}};
//!
//! let nasjon = Nasjon::new(2026, 500)?;
//! let dokumenter = (0..nasjon.grupper()).flat_map(|nr| nasjon.gruppe(nr));
//! let mut liv = Liv::new(2026, dokumenter.filter_map(|d| Innbygger::fra_dokument(&d)));
//! let et_aar = liv.start_sekunder() + 365 * 86_400;
//! let mut antall = 0;
//! while let Some(hendelse) = liv.neste(et_aar) {
//!     if let Some(melding) = liv.melding(&hendelse) {
//!         assert!(melding.xml.starts_with("<?xml"));
//!     }
//!     antall += 1;
//! }
//! assert!(antall > 20);
//! # Ok::<(), syntetisk_befolkning::Feil>(())
//! ```

mod egen;
mod haand;
mod hendelse;
mod innbygger;
mod lister;
mod melding;
mod ny;
#[cfg(test)]
mod prove;
mod rater;
mod tilstand;
mod valg;
mod xml;

use std::collections::VecDeque;

pub use egen::Oppslag;
pub use haand::{Haandlaget, Hindring, Manuell};
pub use hendelse::{Doedskilde, Foedsel, Hendelse, Hendelsesid, Hva, Underlig};
pub use innbygger::Innbygger;
pub use melding::{Melding, PRODUSENTER, RESSURSER};
pub use ny::Nykommer;
pub use tilstand::Pid;

use crate::terning::{Emne, Terning};
use crate::tid::{self, Dag};
use innbygger::{Sivil, Stand};
use rater::Slag;
use tilstand::{Folge, INGEN, Tilstand};

/// What a day has in store.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Post {
    Trukket(Slag),
    Planlagt(Folge),
}

/// The living nation.
#[derive(Clone, Debug)]
pub struct Liv {
    tilstand: Tilstand,
    /// Of the day that is under way, in order: second from local midnight, and what.
    plan: Vec<(u32, Post)>,
    /// Of an event that had several parts, those that have not been given.
    venter: VecDeque<Hendelse>,
}

/// The files of a state cannot be what was saved.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("tilstanden til nasjonen er skadet")]
pub struct Skadet;

// Three streams a day: which things happen, to whom, and their details.
fn terning(froe: u64, dag: Dag, hva: u32) -> Terning {
    let dag = u32::try_from(dag - tid::REFERANSE).unwrap_or(0);
    Terning::new(froe, dag * 3 + hva, Emne::Liv)
}

impl Liv {
    /// The nation at the start of the reference date. `innbyggere` in an order that is always the same.
    #[must_use]
    pub fn new(froe: u64, innbyggere: impl IntoIterator<Item = Innbygger>) -> Self {
        let mut ut = Liv {
            tilstand: Tilstand::ny(froe, tid::REFERANSE, innbyggere),
            plan: Vec::new(),
            venter: VecDeque::new(),
        };
        ut.legg_plan();
        ut
    }

    /// The first moment that something may happen: the start of the reference date, seconds since 1970.
    #[must_use]
    pub fn start_sekunder(&self) -> i64 {
        tid::midnatt(tid::REFERANSE).sekunder()
    }

    /// The moment up to which everything has been given, seconds since 1970.
    #[must_use]
    pub fn naadd_sekunder(&self) -> i64 {
        let sekund = self
            .plan
            .get(usize::from(self.tilstand.neste).saturating_sub(1))
            .filter(|_| self.tilstand.neste > 0)
            .map_or(0, |(sekund, _)| *sekund);
        tid::tidspunkt(self.tilstand.dag, i64::from(sekund), 0, 0).sekunder()
    }

    /// Residents, as of what has been given.
    #[must_use]
    pub fn bosatte(&self) -> u64 {
        self.tilstand.tell_bosatte()
    }

    /// The next event that becomes known before a moment, seconds since 1970; it has then happened to the nation.
    pub fn neste(&mut self, foer_sekunder: i64) -> Option<Hendelse> {
        loop {
            if let Some(hendelse) = self.venter.pop_front() {
                return Some(hendelse);
            }
            let nr = self.tilstand.neste;
            let Some((sekund, post)) = self.plan.get(usize::from(nr)).copied() else {
                // The day is over when the next one has begun.
                if tid::midnatt(self.tilstand.dag + 1).sekunder() >= foer_sekunder {
                    return None;
                }
                self.ny_dag();
                continue;
            };
            let (dag, froe) = (self.tilstand.dag, self.tilstand.froe);
            let tid = tid::tidspunkt(dag, i64::from(sekund), 0, 0);
            if tid.sekunder() >= foer_sekunder {
                return None;
            }
            // Before it is drawn: whoever saves in between goes on with the next one.
            self.tilstand.neste = nr.saturating_add(1);
            let hvem = &mut terning(froe, dag, 1).fortelling(nr);
            let skjedd = match post {
                Post::Trukket(slag) => {
                    let detaljer = terning(froe, dag, 2).fortelling(nr);
                    self.tilstand.skje(hvem, &detaljer, dag, slag)
                }
                Post::Planlagt(folge) => self.tilstand.skje_planlagt(folge),
            };
            for (del, hva) in (0..).zip(skjedd) {
                let id = Hendelsesid { dag, nr, del };
                self.venter.push_back(Hendelse { id, tid, hva });
            }
        }
    }

    /// The register has given a number to whoever was new by an event.
    pub fn laer(&mut self, person: Pid, nummer: u64) {
        self.tilstand.sett_nummer(person, nummer);
    }

    /// The number of a person, eleven digits, if the register has given one.
    #[must_use]
    pub fn nummer(&self, person: Pid) -> Option<String> {
        let nummer = self.tilstand.person(person)?.nummer;
        (nummer != 0).then(|| format!("{nummer:011}"))
    }

    /// The row of numbers that whoever is new by an event gets one from: those of one year and gender. Two who get theirs from different
    /// rows may be sent in any order.
    #[must_use]
    pub fn nummerrekke(&self, hendelse: &Hendelse) -> Option<u32> {
        let ny = self.tilstand.person(hendelse.hva.ny()?)?;
        // When a day has no numbers left, another of the same year is taken.
        let aar = u32::try_from(crate::tid::aar(ny.foedt)).unwrap_or_default();
        Some(aar << 1 | u32::from(ny.har(tilstand::KVINNE)))
    }

    /// Whom an event touches: those it names, and their parents, spouse and children. Two events that touch nobody together may
    /// be sent in any order.
    #[must_use]
    pub fn beroerte(&self, hendelse: &Hendelse) -> Vec<Pid> {
        let mut ut = Vec::new();
        for pid in hendelse.hva.personer() {
            ut.push(pid);
            if let Some(person) = self.tilstand.person(pid) {
                ut.extend(
                    [person.mor, person.annen, person.ektefelle]
                        .into_iter()
                        .filter(|p| *p != INGEN),
                );
            }
            ut.extend(self.tilstand.barn(pid));
        }
        ut.sort_unstable();
        ut.dedup();
        ut
    }

    /// Somebody else has told the register of something that matters here.
    pub fn hendt(&mut self, hva: &Manuell) {
        let finn = |tilstand: &Tilstand, nummer: &str| nummer.parse().ok().and_then(|n| tilstand.finn(n));
        let tilstand = &mut self.tilstand;
        let dag = tilstand.dag;
        match hva {
            Manuell::Doedsfall(nummer) => {
                let Some(pid) = finn(tilstand, nummer) else { return };
                let ektefelle = tilstand.person(pid).map_or(INGEN, |p| p.ektefelle);
                for p in [pid, ektefelle] {
                    tilstand.endre(p, |p| {
                        p.ektefelle = INGEN;
                        p.sett_sivil(Sivil::Ledig);
                    });
                }
                tilstand.endre(pid, |p| p.sett_stand(Stand::Doed));
                tilstand.flytt(pid, INGEN);
            }
            Manuell::Vigsel(en, annen) => {
                let (Some(en), Some(annen)) = (finn(tilstand, en), finn(tilstand, annen)) else {
                    return;
                };
                for (pid, ektefelle) in [(en, annen), (annen, en)] {
                    tilstand.endre(pid, |p| {
                        p.ektefelle = ektefelle;
                        p.siden = dag;
                        p.sett_sivil(Sivil::Gift);
                    });
                }
            }
            Manuell::Separasjon(nummer) | Manuell::Skilsmisse(nummer) => {
                let skilt = matches!(hva, Manuell::Skilsmisse(_));
                let Some(pid) = finn(tilstand, nummer) else { return };
                let ektefelle = tilstand.person(pid).map_or(INGEN, |p| p.ektefelle);
                for p in [pid, ektefelle] {
                    tilstand.endre(p, |p| {
                        p.siden = dag;
                        p.sett_sivil(if skilt { Sivil::Ledig } else { Sivil::Separert });
                        if skilt {
                            p.ektefelle = INGEN;
                        }
                    });
                }
            }
            Manuell::Flytting(nummer) => {
                let Some(pid) = finn(tilstand, nummer) else { return };
                let bolig = tilstand.ny_bolig();
                tilstand.flytt(pid, bolig);
            }
            Manuell::Adressebeskyttelse(nummer, opphevet) => {
                let Some(pid) = finn(tilstand, nummer) else { return };
                tilstand.endre(pid, |p| p.sett(tilstand::VERNET, !opphevet));
            }
            // The child is somebody that the engine does not know, as one that was imported is.
            Manuell::Foedsel(_) => {}
        }
    }

    /// The nation as bytes, whole after a stop when they are: see `tilstand`.
    #[must_use]
    pub fn til_byte(&self) -> Vec<u8> {
        debug_assert!(self.venter.is_empty(), "an event is given whole before it is saved");
        self.tilstand.skriv()
    }

    /// The nation of some bytes.
    ///
    /// # Errors
    /// [`Skadet`] if they are not what was saved.
    pub fn fra_byte(byte: &[u8]) -> Result<Self, Skadet> {
        let tilstand = Tilstand::les(byte).ok_or(Skadet)?;
        let mut ut = Liv {
            tilstand,
            plan: Vec::new(),
            venter: VecDeque::new(),
        };
        ut.legg_plan();
        Ok(ut)
    }

    /// Whether all parts of what has been given have been given: a state may be saved.
    #[must_use]
    pub fn kan_lagres(&self) -> bool {
        self.venter.is_empty()
    }

    fn ny_dag(&mut self) {
        let dag = self.tilstand.dag;
        self.tilstand.planlagt.retain(|p| p.dag > dag);
        self.tilstand.dag = dag + 1;
        self.tilstand.neste = 0;
        self.tilstand.bosatte = self.tilstand.tell_bosatte();
        self.legg_plan();
    }

    /// What the day has in store: of the seed, the day, the residents at its start, and what was to follow.
    fn legg_plan(&mut self) {
        let Tilstand { froe, dag, bosatte, .. } = self.tilstand;
        let trukket = rater::trekk_dag(&mut terning(froe, dag, 0), dag, bosatte);
        let planlagt = self.tilstand.planlagt.iter().filter(|p| p.dag == dag);
        self.plan = planlagt.map(|p| (p.sekund, Post::Planlagt(p.hva))).collect();
        self.plan
            .extend(trukket.into_iter().map(|(sekund, slag)| (sekund, Post::Trukket(slag))));
        // Stable: those of one second keep the order they came in.
        self.plan.sort_by_key(|(sekund, _)| *sekund);
        self.plan.truncate(usize::from(u16::MAX));
    }

    fn detaljer(&self, id: Hendelsesid) -> Terning {
        terning(self.tilstand.froe, id.dag, 2).fortelling(id.nr)
    }

    /// Whoever is new by an event that is no birth.
    #[must_use]
    pub fn nykommer(&self, hendelse: &Hendelse) -> Option<Nykommer> {
        Nykommer::av(hendelse, self.detaljer(hendelse.id))
    }
}
