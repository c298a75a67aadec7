//! Groups of one person, or of two who are one: residents without kin in the register, D-numbers, and the rare statuses.
//!
//! ```text
//! in 1 000 groups   slekt 440   innvandret slekt 195   bosatt enslig 20   D-nummer 180   utflyttet 70   doed 45
//!                   ikke bosatt 17   opphørt 20   fødselsregistrert 8   dublett 2   par av dubletter 2   forsvunnet 1
//! ```
//!
//! Source: our choice. The real register holds more dead, emigrated and D-numbers than this; a test register is used
//! for the living.

use identifikator::{Identifikatortype, Kjoenn};

use crate::geografi::Kommunevalg;
use crate::land::Landvalg;
use crate::navn::{Navnevalg, trekk_etternavn};
use crate::terning::Terning;
use crate::tid::{self, AAR, Dag, GRUNNLAG};

use super::slekt::trekk_kjoenn;
use super::{Nummeroenske, Opphav, Plan, Pnr, Slutt, TidligereNummer};

/// What kind of group it is, in thousandths.
const GRUPPESLAG: [u32; 12] = [440, 195, 20, 180, 70, 45, 17, 20, 8, 2, 2, 1];

impl Plan {
    /// A group of a random kind.
    pub(super) fn bygg_tilfeldig(&mut self, terning: &mut Terning) {
        match terning.vektet(&GRUPPESLAG) {
            0 => self.bygg_slekt(terning),
            1 => self.bygg_innvandret_slekt(terning),
            2 => {
                self.bygg_bosatt_enslig(terning);
            }
            3 => {
                self.bygg_dnummer(terning);
            }
            4 => {
                self.bygg_utflyttet(terning);
            }
            5 => {
                self.bygg_doed(terning);
            }
            6 => {
                self.bygg_ikke_bosatt(terning);
            }
            7 => {
                self.bygg_opphoert(terning);
            }
            8 => {
                self.bygg_foedselsregistrert(terning);
            }
            9 => {
                self.bygg_dublett(terning);
            }
            10 => {
                self.bygg_dublettpar(terning);
            }
            _ => {
                self.bygg_forsvunnet(terning);
            }
        }
    }

    /// A person with a name and a gender of chance.
    pub(super) fn en_person(&mut self, terning: &mut Terning, foedt: Dag, opphav: Opphav) -> Pnr {
        let etternavn = trekk_etternavn(terning);
        let navn = Navnevalg::trekk(terning, etternavn);
        let kjoenn = trekk_kjoenn(terning);
        self.ny_person(terning, foedt, kjoenn, opphav, navn)
    }

    /// A resident grown-up without kin in the register, alive.
    pub(super) fn bygg_bosatt_enslig(&mut self, terning: &mut Terning) -> Pnr {
        let alder = 20 * AAR + terning.mellom(0, 34 * AAR) + terning.mellom(0, 34 * AAR);
        let foedt = GRUNNLAG - alder;
        let opphav = if terning.promille(300) {
            // At least eighteen when they came, so that nobody came alone as a child.
            let dag = terning.mellom((foedt + 18 * AAR).max(tid::dag(1970, 1, 1)), GRUNNLAG - 40);
            Opphav::Innvandret {
                dag,
                land: Landvalg::trekk(terning),
            }
        } else {
            Opphav::Norge
        };
        let nr = self.en_person(terning, foedt, opphav);
        self.person_mut(nr).slutt = Slutt::Ingen;
        let hjem = self.barndomshjem(terning, nr);
        self.flytt_av_og_til(terning, hjem, GRUNNLAG, 7);
        nr
    }

    /// A person with a D-number: temporary, inactive after five years, or ended.
    pub(super) fn bygg_dnummer(&mut self, terning: &mut Terning) -> Pnr {
        let tildelt = GRUNNLAG - terning.mellom(10, 12 * AAR);
        let nr = self.dnummer(terning, tildelt);
        let utloep = tildelt + 5 * AAR + 1;
        let slutt = if terning.promille(60) {
            let dag = tildelt + terning.mellom(100, 4 * AAR);
            if dag < GRUNNLAG {
                Slutt::Opphoert(dag)
            } else {
                Slutt::Ingen
            }
        } else if utloep < GRUNNLAG {
            Slutt::Inaktiv(utloep)
        } else {
            Slutt::Ingen
        };
        self.person_mut(nr).slutt = slutt;
        nr
    }

    /// A person who got a D-number on a day.
    pub(super) fn dnummer(&mut self, terning: &mut Terning, tildelt: Dag) -> Pnr {
        let foedt = tildelt - terning.mellom(18 * AAR, 55 * AAR);
        let land = Landvalg::trekk(terning);
        let nr = self.en_person(terning, foedt, Opphav::DNummer { tildelt, land });
        self.person_mut(nr).slutt = Slutt::Ingen;
        nr
    }

    /// A grown-up who has left the country.
    pub(super) fn bygg_utflyttet(&mut self, terning: &mut Terning) -> Pnr {
        let nr = self.bygg_bosatt_enslig(terning);
        let person = self.person(nr);
        let fra = person
            .bosteder
            .last()
            .map_or(person.foedt, |b| b.fra)
            .max(person.foedt + 19 * AAR);
        let siste = person
            .bosteder
            .last()
            .and_then(|b| self.husholdning(b.husholdning).boliger.last())
            .map_or(fra, |b| b.0);
        let foerst = fra.max(siste).max(tid::dag(1985, 1, 1)) + 90;
        if foerst < GRUNNLAG - 20 {
            let dag = terning.mellom(foerst, GRUNNLAG - 20);
            let land = Landvalg::trekk(terning);
            self.person_mut(nr).slutt = Slutt::Utflyttet(dag, land);
        }
        nr
    }

    /// A person who died of age, alone.
    pub(super) fn bygg_doed(&mut self, terning: &mut Terning) -> Pnr {
        let doed = GRUNNLAG - terning.mellom(5, 30 * AAR);
        let foedt = doed - terning.mellom(62 * AAR, 97 * AAR);
        // Whoever would be born too early is born as much later: on one day there are not numbers enough for all of them.
        let tidligst = tid::dag(1902, 1, 1);
        let foedt = foedt.max(tidligst + (tidligst - foedt));
        let nr = self.en_person(terning, foedt, Opphav::Norge);
        self.person_mut(nr).slutt = Slutt::Doed(doed);
        let hjem = self.barndomshjem(terning, nr);
        self.flytt_av_og_til(terning, hjem, doed, 14);
        nr
    }

    /// A person with a fødselsnummer who does not live here.
    pub(super) fn bygg_ikke_bosatt(&mut self, terning: &mut Terning) -> Pnr {
        let dag = GRUNNLAG - terning.mellom(30, 10 * AAR);
        let foedt = dag - terning.mellom(AAR, 60 * AAR);
        let land = Landvalg::trekk(terning);
        let nr = self.en_person(terning, foedt, Opphav::IkkeBosatt { dag, land });
        self.person_mut(nr).slutt = Slutt::Ingen;
        nr
    }

    /// A number that ended without a successor.
    pub(super) fn bygg_opphoert(&mut self, terning: &mut Terning) -> Pnr {
        let tildelt = GRUNNLAG - terning.mellom(2 * AAR, 12 * AAR);
        let nr = self.dnummer(terning, tildelt);
        let dag = terning.mellom(tildelt + 30, GRUNNLAG - 30);
        self.person_mut(nr).slutt = Slutt::Opphoert(dag);
        nr
    }

    /// A child born here that is not to be resident.
    pub(super) fn bygg_foedselsregistrert(&mut self, terning: &mut Terning) -> Pnr {
        let foedt = GRUNNLAG - terning.mellom(10, 15 * AAR);
        let nr = self.en_person(terning, foedt, Opphav::Foedselsregistrert);
        self.person_mut(nr).slutt = Slutt::Ingen;
        nr
    }

    /// A resident with a second number that turned out to be a dublett.
    pub(super) fn bygg_dublett(&mut self, terning: &mut Terning) -> Pnr {
        let nr = self.bygg_bosatt_enslig(terning);
        let opphoert = GRUNNLAG - terning.mellom(30, 4 * AAR);
        let tildelt = opphoert - terning.mellom(100, 3 * AAR);
        self.gi_tidligere_nummer(nr, tildelt, opphoert, true);
        nr
    }

    /// Gives a person an earlier D-number.
    pub(super) fn gi_tidligere_nummer(&mut self, nr: Pnr, tildelt: Dag, opphoert: Dag, dublett: bool) {
        let (foedt, kjoenn) = (self.person(nr).foedt, self.person(nr).kjoenn);
        let tildelt = tildelt.max(foedt + 1);
        let nummer = self.bestill_nummer(Nummeroenske {
            foedt,
            kjoenn,
            slag: Identifikatortype::DNummer,
            tildelt,
        });
        self.person_mut(nr).tidligere_nummer = Some(TidligereNummer {
            nummer,
            tildelt,
            opphoert,
            dublett,
        });
    }

    /// Two numbers, one person: a resident, and a D-number of the same name and birth date.
    pub(super) fn bygg_dublettpar(&mut self, terning: &mut Terning) -> (Pnr, Pnr) {
        let bosatt = self.bygg_bosatt_enslig(terning);
        let (foedt, kjoenn, navn) = {
            let person = self.person(bosatt);
            (person.foedt, person.kjoenn, person.navn)
        };
        let tildelt = (GRUNNLAG - terning.mellom(60, 4 * AAR)).max(foedt + 18 * AAR);
        let land = match self.person(bosatt).opphav {
            Opphav::Innvandret { land, .. } => land,
            _ => Landvalg::trekk(terning),
        };
        let dublett = self.ny_person(terning, foedt, kjoenn, Opphav::DNummer { tildelt, land }, navn);
        self.person_mut(dublett).slutt = Slutt::Ingen;
        (bosatt, dublett)
    }

    /// A person who is missing.
    pub(super) fn bygg_forsvunnet(&mut self, terning: &mut Terning) -> Pnr {
        let nr = self.bygg_bosatt_enslig(terning);
        let dag = GRUNNLAG - terning.mellom(3, 40);
        self.person_mut(nr).slutt = Slutt::Forsvunnet(dag);
        nr
    }

    /// A person who is resident, of a gender and an age, in a home of their own.
    pub(super) fn bosatt(&mut self, terning: &mut Terning, alder: i32, kjoenn: Kjoenn) -> Pnr {
        let foedt = GRUNNLAG - alder * AAR - terning.mellom(20, 330);
        let etternavn = trekk_etternavn(terning);
        let navn = Navnevalg::trekk(terning, etternavn);
        let nr = self.ny_person(terning, foedt, kjoenn, Opphav::Norge, navn);
        self.person_mut(nr).slutt = Slutt::Ingen;
        self.barndomshjem(terning, nr);
        if alder > 20 {
            let dag = (foedt + terning.mellom(19 * AAR, 20 * AAR)).min(GRUNNLAG - 40);
            let kommune = Kommunevalg::trekk(terning);
            let hjem = self.ny_husholdning(terning, dag, kommune);
            self.flytt_inn(nr, dag, hjem);
        }
        nr
    }
}
