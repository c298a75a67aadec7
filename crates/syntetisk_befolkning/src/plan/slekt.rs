//! Kin: couples, their children, the children's partners, and so on over three to four generations.
//!
//! ```text
//! kvinne f. 1928-2003 = mann            the founders; their own parents are not in the register
//!        |
//!    barn = partner   barn              partners come from outside, with a childhood home but no parents
//!        |
//!     barn  barn = partner
//! ```
//!
//! Rates are round numbers from general knowledge of SSB's tables (07459 age, 05803 births and deaths, 06539 marriages
//! and divorces); the tests state what comes out of them.

use identifikator::Kjoenn;

use crate::geografi::Kommunevalg;
use crate::land::Landvalg;
use crate::navn::{Navnevalg, trekk_etternavn};
use crate::terning::Terning;
use crate::tid::{self, AAR, Dag, GRUNNLAG};

use super::{Brudd, Ekteskap, GRUPPE_MAKS, Hnr, Opphav, Plan, Pnr, Slutt};

/// Percent dead by an age in years. Source: shape of SSB's life table 07902, rounded from general knowledge.
const LEVEALDER: [(u32, i32); 14] = [
    (0, 0),
    (1, 20),
    (2, 40),
    (5, 54),
    (10, 64),
    (20, 73),
    (30, 78),
    (40, 82),
    (50, 85),
    (60, 87),
    (70, 90),
    (85, 94),
    (97, 100),
    (100, 107),
];

/// How long a person lives, in days; a woman two years longer, a man two years shorter than the table.
pub(super) fn levealder(terning: &mut Terning, kjoenn: Kjoenn) -> Dag {
    let kast = terning.under(100_000);
    let par = LEVEALDER.windows(2).find_map(|par| match par {
        [(fra, ung), (til, gammel)] if kast < til * 1_000 => Some((*fra, *ung, *til, *gammel)),
        _ => None,
    });
    let (fra, ung, til, gammel) = par.unwrap_or((97, 100, 100, 107));
    let del = i64::from(kast - fra * 1_000) * i64::from((gammel - ung) * AAR) / i64::from((til - fra) * 1_000);
    let tillegg = match kjoenn {
        Kjoenn::Kvinne => 2 * AAR,
        Kjoenn::Mann => -2 * AAR,
    };
    (ung * AAR + i32::try_from(del).unwrap_or(0) + tillegg).max(1)
}

/// A generation that has no children in the register.
const UTEN_BARN: u8 = 9;

/// The other gender.
fn motsatt(kjoenn: Kjoenn) -> Kjoenn {
    match kjoenn {
        Kjoenn::Kvinne => Kjoenn::Mann,
        Kjoenn::Mann => Kjoenn::Kvinne,
    }
}

/// Either gender; a little more boys are born.
pub(super) fn trekk_kjoenn(terning: &mut Terning) -> Kjoenn {
    if terning.promille(512) {
        Kjoenn::Mann
    } else {
        Kjoenn::Kvinne
    }
}

/// Two who live together, and until when.
#[derive(Clone, Copy)]
struct Par {
    a: Pnr,
    b: Pnr,
    fra: Dag,
    husholdning: Hnr,
}

impl Plan {
    /// A kin group: founders and their descendants.
    pub(super) fn bygg_slekt(&mut self, terning: &mut Terning) {
        let etternavn = trekk_etternavn(terning);
        // Some of the old have no descendants in the register: their children's papers do not name them. The young
        // stand for families without known forebears.
        let (foedt, generasjon) = match terning.under(100) {
            0..14 => (tid::dag(1928, 1, 1) + terning.mellom(0, 27 * AAR), 1),
            14..50 => (tid::dag(1955, 1, 1) + terning.mellom(0, 23 * AAR), 1),
            50..86 => (tid::dag(1928, 1, 1) + terning.mellom(0, 31 * AAR), UTEN_BARN),
            _ => (tid::dag(1982, 1, 1) + terning.mellom(0, 22 * AAR), 1),
        };
        let navn = Navnevalg::trekk(terning, etternavn);
        let kjoenn = trekk_kjoenn(terning);
        let stamme = self.ny_person(terning, foedt, kjoenn, Opphav::Norge, navn);
        self.barndomshjem(terning, stamme);
        self.lev(terning, stamme, generasjon);
    }

    /// A family that came from another country.
    pub(super) fn bygg_innvandret_slekt(&mut self, terning: &mut Terning) {
        let land = Landvalg::trekk(terning);
        let foedt = tid::dag(1952, 1, 1) + terning.mellom(0, 50 * AAR);
        let dag = (foedt + terning.mellom(18 * AAR, 38 * AAR)).clamp(tid::dag(1970, 1, 1), GRUNNLAG - 300);
        let etternavn = trekk_etternavn(terning);
        let navn = Navnevalg::trekk(terning, etternavn);
        let kjoenn = trekk_kjoenn(terning);
        let stamme = self.ny_person(terning, foedt, kjoenn, Opphav::Innvandret { dag, land }, navn);
        self.barndomshjem(terning, stamme);
        self.lev(terning, stamme, 2);
        self.utvandre_samlet(terning);
    }

    /// One family in eight that immigrated has gone again, all on one day.
    fn utvandre_samlet(&mut self, terning: &mut Terning) {
        let urolig = self
            .personer
            .iter()
            .any(|p| p.slutt != Slutt::Ingen || p.foedt < tid::dag(1955, 1, 1))
            || self.ekteskap.iter().any(|e| e.brudd != Brudd::Ingen);
        let siste = self
            .personer
            .iter()
            .flat_map(|p| p.bosteder.iter().map(|b| b.fra).chain([p.foedt]))
            .chain(
                self.husholdninger
                    .iter()
                    .flat_map(|h| h.boliger.iter().map(|(dag, _)| *dag)),
            )
            .chain(self.ekteskap.iter().map(|e| e.inngaatt))
            .max()
            .unwrap_or(GRUNNLAG);
        if urolig || siste + 200 > GRUNNLAG - 60 || !terning.promille(180) {
            return;
        }
        let dag = terning.mellom(siste + 100, GRUNNLAG - 60);
        let land = Landvalg::trekk(terning);
        for person in &mut self.personer {
            person.slutt = Slutt::Utflyttet(dag, land);
        }
    }

    /// Where a person without known parents lived first: from birth, or from immigration.
    pub(super) fn barndomshjem(&mut self, terning: &mut Terning, person: Pnr) -> Hnr {
        let fra = match self.person(person).opphav {
            Opphav::Innvandret { dag, .. } => dag,
            _ => self.person(person).foedt,
        };
        let kommune = Kommunevalg::trekk(terning);
        let husholdning = self.ny_husholdning(terning, fra, kommune);
        self.flytt_inn(person, fra, husholdning);
        husholdning
    }

    /// A grown-up life: leaving home, perhaps living alone, perhaps abroad, perhaps a partner and children.
    pub(super) fn lev(&mut self, terning: &mut Terning, nr: Pnr, generasjon: u8) {
        let person = self.person(nr);
        let (foedt, opphav) = (person.foedt, person.opphav);
        let slutt = person.slutt.dag().unwrap_or(GRUNNLAG).min(GRUNNLAG) - 10;
        let Some(hjem) = person.bosteder.last().copied() else {
            return;
        };
        let kommet = match opphav {
            Opphav::Innvandret { dag, .. } => dag + 200,
            _ => 0,
        };
        let ut = (foedt + terning.mellom(19 * AAR, 26 * AAR)).max(kommet);
        if ut >= slutt {
            return;
        }
        let utvandrer = terning.promille(if kommet > 0 { 110 } else { 25 });
        // Founders are chosen for their family; of the others one in nine never live with anybody.
        let andel = if generasjon == 1 || generasjon == UTEN_BARN {
            970
        } else {
            895
        };
        let partner = terning.promille(andel) && !utvandrer && self.personer.len() < GRUPPE_MAKS;
        let moetes = ut.max(foedt + terning.mellom(20 * AAR, 26 * AAR)) + terning.mellom(0, 7 * AAR);
        // Four in ten of those who will find somebody live at home until they do: households of one are few enough then.
        let alene = if partner && (moetes < ut + AAR || terning.promille(400)) {
            hjem.husholdning
        } else {
            let kommune = self.naer(terning, hjem.husholdning);
            let alene = self.ny_husholdning(terning, ut, kommune);
            self.flytt_inn(nr, ut, alene);
            let til = if partner { moetes } else { slutt };
            self.flytt_av_og_til(terning, alene, til, 8);
            alene
        };
        if utvandrer {
            let dag = terning.mellom(ut + 300, ut + 15 * AAR);
            if dag < slutt {
                let land = Landvalg::trekk(terning);
                self.person_mut(nr).slutt = Slutt::Utflyttet(dag, land);
            }
        } else if partner && moetes < slutt - 60 {
            self.stift_familie(terning, nr, moetes, alene, generasjon);
        }
    }

    /// Two meet and move together; marriage, children and the end of it follow.
    fn stift_familie(&mut self, terning: &mut Terning, nr: Pnr, fra: Dag, husholdning_foer: Hnr, generasjon: u8) {
        let person = self.person(nr);
        let (foedt, kjoenn, opphav) = (person.foedt, person.kjoenn, person.opphav);
        let kjoenn_b = if terning.promille(18) { kjoenn } else { motsatt(kjoenn) };
        // The man is 2.5 years older on average. Source: general knowledge.
        let forskjell = match kjoenn {
            Kjoenn::Kvinne => terning.mellom(-7 * AAR, 2 * AAR),
            Kjoenn::Mann => terning.mellom(-2 * AAR, 7 * AAR),
        };
        let foedt_b = (foedt + forskjell).min(fra - 19 * AAR);
        let felles_land = match opphav {
            Opphav::Innvandret { land, dag } if terning.promille(750) => Some((land, dag)),
            _ => None,
        };
        let opphav_b = match felles_land {
            Some((land, dag)) => Opphav::Innvandret {
                dag: dag.max(fra - terning.mellom(0, 2 * AAR)),
                land,
            },
            None if terning.promille(110) && fra > tid::dag(1975, 1, 1) => {
                let land = Landvalg::trekk(terning);
                Opphav::Innvandret {
                    dag: fra - terning.mellom(0, 3 * AAR),
                    land,
                }
            }
            None => Opphav::Norge,
        };
        let etternavn_b = trekk_etternavn(terning);
        let navn_b = Navnevalg::trekk(terning, etternavn_b);
        let partner = self.ny_person(terning, foedt_b, kjoenn_b, opphav_b, navn_b);
        if let Slutt::Doed(dag) = self.person(partner).slutt
            && dag < fra + 2 * AAR
        {
            let senere = dag.max(fra) + terning.mellom(10 * AAR, 40 * AAR);
            self.person_mut(partner).slutt = if senere < GRUNNLAG {
                Slutt::Doed(senere)
            } else {
                Slutt::Ingen
            };
        }
        self.barndomshjem(terning, partner);
        let kommune = self.naer(terning, husholdning_foer);
        let husholdning = self.ny_husholdning(terning, fra, kommune);
        for p in [nr, partner] {
            self.flytt_inn(p, fra, husholdning);
        }
        let par = Par {
            a: nr,
            b: partner,
            fra,
            husholdning,
        };
        let brudd = self.gift_og_skilt(terning, par);
        let slutt = |plan: &Plan, p: Pnr| plan.person(p).slutt.dag().unwrap_or(GRUNNLAG);
        let felles_til = slutt(self, nr)
            .min(slutt(self, partner))
            .min(brudd.unwrap_or(GRUNNLAG))
            .min(GRUNNLAG);
        let siste_til = slutt(self, nr).max(slutt(self, partner)).min(GRUNNLAG);
        self.flytt_av_og_til(terning, husholdning, siste_til, 10);
        let barn = if generasjon == UTEN_BARN {
            Vec::new()
        } else {
            self.faa_barn(terning, par, felles_til)
        };
        if let Some(dag) = brudd
            && dag < felles_til + 1
        {
            self.flytt_fra_hverandre(terning, par, dag, &barn);
        }
        if generasjon < 4 {
            for b in barn {
                self.lev(terning, b, generasjon + 1);
            }
        }
    }

    /// Whether and when the two marry, and whether and when it ends otherwise than by death: the day they part.
    fn gift_og_skilt(&mut self, terning: &mut Terning, par: Par) -> Option<Dag> {
        let slutt = |plan: &Plan, p: Pnr| plan.person(p).slutt.dag().unwrap_or(GRUNNLAG);
        let til = slutt(self, par.a).min(slutt(self, par.b)).min(GRUNNLAG) - 30;
        let like = self.person(par.a).kjoenn == self.person(par.b).kjoenn;
        let gift = par.fra + terning.mellom(60, 6 * AAR);
        // Two of one gender could register a partnership from 1993-08-01, and marry from 2009-01-01.
        let lov = !like || gift >= tid::dag(1993, 8, 1);
        // Older generations married more.
        let andel = if par.fra < tid::dag(1980, 1, 1) { 930 } else { 740 };
        if gift < til && lov && terning.promille(andel) {
            let separert = gift + terning.mellom(3 * AAR, 22 * AAR);
            let brudd = if !terning.promille(270) || separert >= til {
                Brudd::Ingen
            } else {
                let skilt = separert + terning.mellom(AAR + 10, AAR + 300);
                if skilt < til {
                    Brudd::Skilt { separert, skilt }
                } else {
                    Brudd::Separert(separert)
                }
            };
            let kast = terning.middels(60_000);
            let bolig = self.bolig_paa(par.husholdning, gift)?;
            let partnerskap = like && gift < tid::dag(2009, 1, 1);
            self.vie(Ekteskap {
                a: par.a,
                b: par.b,
                inngaatt: gift,
                brudd,
                partnerskap,
                kast,
                bolig,
            });
            self.ta_navn(terning, par, gift);
            match brudd {
                Brudd::Ingen => None,
                Brudd::Separert(dag) | Brudd::Skilt { separert: dag, .. } => Some(dag),
            }
        } else {
            let dag = par.fra + terning.mellom(2 * AAR, 18 * AAR);
            (terning.promille(280) && dag < til).then_some(dag)
        }
    }

    /// One takes the other's family name, the old one as mellomnavn or not at all; four in ten keep their own.
    fn ta_navn(&mut self, terning: &mut Terning, par: Par, dag: Dag) {
        if terning.promille(400) {
            return;
        }
        let (fra, til) = if self.person(par.a).kjoenn == Kjoenn::Kvinne {
            (par.b, par.a)
        } else {
            (par.a, par.b)
        };
        let nytt = self.person(fra).navn.etternavn;
        let person = self.person_mut(til);
        if person.navn.etternavn == nytt {
            return;
        }
        let gammelt = person.navn;
        person.tidligere_navn = Some((gammelt, dag));
        person.navn.mellomnavn = terning.promille(500).then_some(gammelt.etternavn);
        person.navn.etternavn = nytt;
    }

    /// Children of two who live together until a day.
    fn faa_barn(&mut self, terning: &mut Terning, par: Par, til: Dag) -> Vec<Pnr> {
        let (mor, annen) = if self.person(par.a).kjoenn == Kjoenn::Kvinne {
            (par.a, par.b)
        } else {
            (par.b, par.a)
        };
        let mut barn = Vec::new();
        if self.person(mor).kjoenn != Kjoenn::Kvinne {
            return barn;
        }
        let antall = match terning.vektet(&[15, 20, 42, 17, 6]) {
            0 => return barn,
            n => n,
        };
        let siste = (self.person(mor).foedt + 44 * AAR).min(til);
        let etternavn = self.person(annen).navn.etternavn;
        let mut dag = par.fra + terning.mellom(300, 5 * AAR);
        while barn.len() < antall && dag < siste && self.personer.len() < GRUPPE_MAKS + 6 {
            let tvillinger = terning.promille(16);
            for nr in 0..if tvillinger { 2 } else { 1 } {
                let b = self.foed(terning, dag, mor, Some(annen), etternavn);
                self.person_mut(b).rekkefoelge = if tvillinger { 21 + nr } else { 11 };
                self.bor_hos(b, par.husholdning, [par.a, par.b]);
                barn.push(b);
            }
            dag += terning.mellom(500, 5 * AAR);
        }
        barn
    }

    /// A child of the two; born abroad when the mother had not yet come.
    pub(super) fn foed(
        &mut self,
        terning: &mut Terning,
        dag: Dag,
        mor: Pnr,
        annen: Option<Pnr>,
        etternavn: crate::navn::Etternavn,
    ) -> Pnr {
        let kjoenn = trekk_kjoenn(terning);
        let navn = Navnevalg::trekk(terning, etternavn);
        let barn = self.ny_person(terning, dag, kjoenn, Opphav::Norge, navn);
        let medmor = annen.is_some_and(|a| self.person(a).kjoenn == Kjoenn::Kvinne);
        let person = self.person_mut(barn);
        person.mor = Some(mor);
        person.far = annen;
        person.medmor = medmor;
        barn
    }

    /// Lets a child live with its parents from birth.
    fn bor_hos(&mut self, barn: Pnr, husholdning: Hnr, foreldre: [Pnr; 2]) {
        debug_assert!(
            foreldre.iter().all(|&f| f < barn),
            "parents are made before their children"
        );
        let foedt = self.person(barn).foedt;
        self.flytt_inn(barn, foedt, husholdning);
    }

    /// One of the two moves out; children go with the mother in eight of ten cases, and some get delt bosted.
    fn flytt_fra_hverandre(&mut self, terning: &mut Terning, par: Par, dag: Dag, barn: &[Pnr]) {
        let (mor, annen) = if self.person(par.a).kjoenn == Kjoenn::Kvinne {
            (par.a, par.b)
        } else {
            (par.b, par.a)
        };
        let hos_mor = terning.promille(800);
        let mor_flytter = terning.promille(400);
        let (flytter, blir_hos_flytter) = if mor_flytter { (mor, hos_mor) } else { (annen, !hos_mor) };
        let kommune = self.naer(terning, par.husholdning);
        let ny = self.ny_husholdning(terning, dag, kommune);
        self.flytt_inn(flytter, dag, ny);
        let slutt = self.person(flytter).slutt.dag().unwrap_or(GRUNNLAG);
        self.flytt_av_og_til(terning, ny, slutt, 9);
        let delt = terning.promille(300);
        for &b in barn {
            let hjemme = self
                .person(b)
                .bosteder
                .last()
                .is_some_and(|m| m.husholdning == par.husholdning);
            let levende = self.person(b).slutt.dag().is_none_or(|slutt| slutt > dag);
            if !hjemme || !levende || tid::alder(self.person(b).foedt, dag) >= 18 {
                continue;
            }
            if blir_hos_flytter {
                self.flytt_inn(b, dag, ny);
            }
            let annet_hjem = if blir_hos_flytter { par.husholdning } else { ny };
            if delt
                && tid::alder(self.person(b).foedt, GRUNNLAG) < 17
                && let Some(bolig) = self.siste_bolig(annet_hjem)
            {
                self.person_mut(b).trekk.delt_bosted = Some((bolig, dag.max(tid::OVERFOERT) + 30));
            }
        }
    }
}
