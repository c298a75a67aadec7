//! Dwellings and households: who shares an address, and when they moved.
//!
//! Moves belong to the household, so that those who live together always have the same address.

use crate::geografi::{Gate, Kommunevalg};
use crate::terning::Terning;
use crate::tid::{AAR, Dag, GRUNNLAG};

use super::{Bnr, Hnr, Medlemskap, Plan, Pnr};

/// The form of an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Boligslag {
    /// Street and number.
    Veg,
    /// Cadastral number.
    Matrikkel,
    /// Not known; the flag tells whether the kommune is.
    Ukjent { kommune_kjent: bool },
}

/// A dwelling.
#[derive(Clone, Debug)]
pub(crate) struct Bolig {
    pub(crate) slag: Boligslag,
    pub(crate) gate: Gate,
    pub(crate) husnummer: u16,
    /// 0 for none, otherwise 1 for A and so on.
    pub(crate) husbokstav: u8,
    pub(crate) etasje: u8,
    pub(crate) enhet: u8,
    /// Nine digits.
    pub(crate) matrikkel_id: u32,
    /// A farm's or a building's own name is part of the address.
    pub(crate) tilleggsnavn: bool,
    /// Somebody else's name stands on the door.
    pub(crate) co: bool,
}

/// A household: where it has lived.
#[derive(Clone, Debug)]
pub(crate) struct Husholdning {
    /// From which day in which dwelling, in rising order.
    pub(crate) boliger: Vec<(Dag, Bnr)>,
}

/// One stay at one address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Botid {
    pub(crate) fra: Dag,
    pub(crate) bolig: Bnr,
}

impl Bolig {
    /// A dwelling in a kommune. About 4 % have a cadastral address and 0.3 % are unknown (our choice).
    pub(crate) fn trekk(terning: &mut Terning, kommune: Kommunevalg) -> Self {
        let slag = match terning.under(1_000) {
            0..3 => Boligslag::Ukjent {
                kommune_kjent: terning.promille(700),
            },
            3..43 => Boligslag::Matrikkel,
            _ => Boligslag::Veg,
        };
        let i_blokk = terning.promille(250);
        Bolig {
            slag,
            gate: Gate::trekk(terning, kommune),
            husnummer: 1 + terning.middels(120),
            husbokstav: if terning.promille(180) { 1 + terning.liten(6) } else { 0 },
            etasje: if i_blokk { 1 + terning.liten(5) } else { 1 },
            enhet: if i_blokk { 1 + terning.liten(6) } else { 1 },
            matrikkel_id: 100_000_000 + terning.under(899_999_999),
            tilleggsnavn: terning.promille(30),
            co: terning.promille(10),
        }
    }
}

impl Plan {
    /// A new dwelling in a kommune. About 4 % have a cadastral address and 0.3 % are unknown (our choice).
    pub(super) fn ny_bolig(&mut self, terning: &mut Terning, kommune: Kommunevalg) -> Bnr {
        let nr = Bnr(u16::try_from(self.boliger.len()).unwrap_or(u16::MAX));
        self.boliger.push(Bolig::trekk(terning, kommune));
        nr
    }

    /// Gives a dwelling another form.
    pub(super) fn sett_slag(&mut self, bolig: Bnr, slag: Boligslag) {
        if let Some(bolig) = self.boliger.get_mut(usize::from(bolig.0)) {
            bolig.slag = slag;
        }
    }

    /// A household in a new dwelling.
    pub(super) fn ny_husholdning(&mut self, terning: &mut Terning, fra: Dag, kommune: Kommunevalg) -> Hnr {
        let bolig = self.ny_bolig(terning, kommune);
        let nr = Hnr(u16::try_from(self.husholdninger.len()).unwrap_or(u16::MAX));
        self.husholdninger.push(Husholdning {
            boliger: vec![(fra, bolig)],
        });
        nr
    }

    /// A household moves.
    pub(super) fn flytt(&mut self, husholdning: Hnr, dag: Dag, bolig: Bnr) {
        if let Some(husholdning) = self.husholdninger.get_mut(usize::from(husholdning.0)) {
            husholdning.boliger.push((dag, bolig));
        }
    }

    /// Lets a household move now and then until a day.
    ///
    /// The years between are more than real ones (about one move in six years a person): addresses of before the
    /// register was made electronic are few, and the month's moves have the real rate.
    pub(super) fn flytt_av_og_til(&mut self, terning: &mut Terning, husholdning: Hnr, til: Dag, oftest: i32) {
        let til = til.min(GRUNNLAG - 5);
        let mut dag = self.siste_flytting(husholdning) + terning.mellom(oftest * AAR, 3 * oftest * AAR);
        for _ in 0..3 {
            if dag >= til {
                break;
            }
            let kommune = self.naer(terning, husholdning);
            let bolig = self.ny_bolig(terning, kommune);
            self.flytt(husholdning, dag, bolig);
            dag += terning.mellom(oftest * AAR, 3 * oftest * AAR);
        }
    }

    fn siste_flytting(&self, husholdning: Hnr) -> Dag {
        self.husholdning(husholdning).boliger.last().map_or(0, |(dag, _)| *dag)
    }

    /// The latest dwelling of a household.
    pub(crate) fn siste_bolig(&self, husholdning: Hnr) -> Option<Bnr> {
        self.husholdning(husholdning).boliger.last().map(|(_, bolig)| *bolig)
    }

    /// The dwelling of a household on a day; its first one before that.
    pub(crate) fn bolig_paa(&self, husholdning: Hnr, dag: Dag) -> Option<Bnr> {
        let boliger = &self.husholdning(husholdning).boliger;
        boliger
            .iter()
            .rev()
            .find(|(fra, _)| *fra <= dag)
            .or(boliger.first())
            .map(|(_, bolig)| *bolig)
    }

    /// A kommune to move to: in six cases of ten the same.
    pub(super) fn naer(&self, terning: &mut Terning, husholdning: Hnr) -> Kommunevalg {
        let trukket = Kommunevalg::trekk(terning);
        let her = self
            .siste_bolig(husholdning)
            .map(|bolig| self.bolig(bolig).gate.kommune());
        if terning.promille(600) {
            her.unwrap_or(trukket)
        } else {
            trukket
        }
    }

    /// Lets a person belong to a household from a day.
    pub(super) fn flytt_inn(&mut self, person: Pnr, fra: Dag, husholdning: Hnr) {
        self.person_mut(person).bosteder.push(Medlemskap { fra, husholdning });
    }

    /// The stays of a person, in order of time, each with its dwelling; until death, emigration or the baseline.
    pub(crate) fn botider(&self, person: Pnr, ut: &mut Vec<Botid>) {
        ut.clear();
        let person = self.person(person);
        // One who comes in the last month has stays that begin after the baseline.
        let slutt = person.slutt.dag().unwrap_or(Dag::MAX);
        for (nr, medlemskap) in person.bosteder.iter().enumerate() {
            let til = person.bosteder.get(nr + 1).map_or(slutt, |neste| neste.fra.min(slutt));
            if medlemskap.fra >= til {
                continue;
            }
            if let Some(bolig) = self.bolig_paa(medlemskap.husholdning, medlemskap.fra) {
                ut.push(Botid {
                    fra: medlemskap.fra,
                    bolig,
                });
            }
            for &(fra, bolig) in &self.husholdning(medlemskap.husholdning).boliger {
                if fra > medlemskap.fra && fra < til {
                    ut.push(Botid { fra, bolig });
                }
            }
        }
    }
}
