//! To whom a thing happens: throws among the nation until somebody fits, a bounded number of times.

use super::hendelse::{Doedskilde, Foedsel, Hva, Underlig};
use super::innbygger::{Sivil, Stand};
use super::rater::Slag;
use super::tilstand::{
    BORTE, Folge, INGEN, KVINNE, LAAST, NORSK, Person, Pid, Planlagt, Tilstand, VERGE, VERNET, VERNET_HER,
};
use crate::liv::ny;
use crate::terning::Terning;
use crate::tid::{AAR, Dag};

/// Throws for somebody who fits, before the thing does not happen. Source: our choice; one in forty of the residents is weighty
/// enough to die, one in a hundred has separated.
const KAST_MAKS: u32 = 4_000;
/// Shortest time between two births of a mother. Units: days.
const MELLOM_FOEDSLER: Dag = 400;
/// Most who live in one dwelling and do something together. Source: our choice; more is an institution.
const HUSHOLDNING_MAKS: usize = 12;

/// Who has a weight, in thousandths.
fn velg(t: &Tilstand, terning: &mut Terning, vekt: impl Fn(Pid, &Person) -> u32) -> Option<Pid> {
    (0..KAST_MAKS).find_map(|_| {
        let pid = terning.under(t.antall());
        let kast = terning.under(1_000);
        let person = t.person(pid)?;
        (kast < vekt(pid, person)).then_some(pid)
    })
}

fn av(trinn: &[(i32, u32)], alder: i32) -> u32 {
    trinn
        .iter()
        .find(|(under, _)| alder < *under)
        .map_or(0, |(_, vekt)| *vekt)
}

// Deaths a year by age, beside those of the oldest. Source: shape of SSB's life table 07902, from general knowledge.
const DOED: [(i32, u32); 8] = [
    (1, 8),
    (40, 2),
    (50, 6),
    (60, 16),
    (70, 40),
    (80, 105),
    (90, 340),
    (200, 1_000),
];
// Births by the mother's age. Source: shape of SSB's table 04231, from general knowledge.
const MOR: [(i32, u32); 8] = [
    (18, 0),
    (20, 60),
    (25, 380),
    (30, 950),
    (35, 1_000),
    (40, 520),
    (45, 100),
    (200, 0),
];
// Marriages by age. Source: shape of SSB's table 05742, from general knowledge.
const BRUD: [(i32, u32); 6] = [(19, 0), (25, 260), (36, 1_000), (46, 500), (61, 250), (80, 50)];

impl Tilstand {
    fn er_slekt(&self, en: Pid, annen: Pid) -> bool {
        let foreldre = |pid| self.person(pid).map_or([INGEN; 2], |p| [p.mor, p.annen]);
        let (ens, annens) = (foreldre(en), foreldre(annen));
        ens.contains(&annen) || annens.contains(&en) || ens.iter().any(|f| *f != INGEN && annens.contains(f))
    }

    fn er_vernet(&self, alle: &[Pid]) -> bool {
        alle.iter().any(|p| self.person(*p).is_some_and(|p| p.har(VERNET)))
    }

    /// Last day that a woman gave birth.
    fn siste_barn(&self, mor: Pid) -> Dag {
        let foedt = self.barn(mor).filter_map(|b| Some(self.person(b)?.foedt));
        foedt.max().unwrap_or(Dag::MIN / 2)
    }

    /// Draws who it is, and carries it out on the nation.
    pub(super) fn skje(&mut self, terning: &mut Terning, detaljer: &Terning, dag: Dag, slag: Slag) -> Vec<Hva> {
        let en = |hva: Option<Hva>| hva.into_iter().collect();
        match slag {
            Slag::Foedsel => self.foedsel(terning, dag),
            Slag::Doedsfall => en(self.doedsfall(terning, dag)),
            Slag::Vigsel => en(self.vigsel(terning, dag)),
            Slag::Separasjon => en(self.separasjon(terning, dag)),
            Slag::Skilsmisse => en(self.skilsmisse(terning, dag)),
            Slag::Flytting => en(self.flytting(terning, dag)),
            Slag::Postmelding => en(self.voksen(terning, dag, VERNET).map(Hva::Postmelding)),
            Slag::Innvandring => en(Some(self.innvandring(detaljer, dag))),
            Slag::Utvandring => en(self.utvandring(terning, dag)),
            Slag::DNummer => en(Some(self.dnummer(detaljer, dag))),
            Slag::DNummerEndring => en(self.med_dnummer(terning).map(Hva::DNummerEndring)),
            Slag::Navneendring => en(self.voksen(terning, dag, 0).map(Hva::Navneendring)),
            Slag::Statsborgerskap => en(self.statsborgerskap(terning)),
            Slag::VernSatt => en(self.vern_satt(terning)),
            Slag::VernOpphevet => en(self.vern_opphevet(terning)),
            Slag::Vergemaal => en(self.vergemaal(terning, dag)),
            Slag::Sammenslaaing => en(self.sammenslaaing(terning, dag)),
            Slag::Splitting => en(self.splitting(terning, dag)),
            Slag::Underlig => en(self.underlig(terning, dag)),
        }
    }

    /// Carries out what follows from something earlier, if it still can.
    pub(super) fn skje_planlagt(&mut self, hva: Folge) -> Vec<Hva> {
        let lever = |pid| self.person(pid).is_some_and(Person::bosatt);
        let ut = match hva {
            Folge::Farskap { barn, far } => {
                let uten = self.person(barn).filter(|b| b.annen == INGEN && b.bosatt());
                let Some(mor) = uten.map(|b| b.mor).filter(|_| lever(far)) else {
                    return Vec::new();
                };
                self.sett_annen(barn, far);
                Some(Hva::Farskap { barn, far, mor })
            }
            Folge::Navnevalg { barn } => lever(barn).then_some(Hva::Navnevalg { barn }),
            Folge::Doedsbo { person } => {
                let arving = self.barn(person).filter(|b| lever(*b)).find(|b| {
                    let dag = self.dag;
                    self.person(*b).is_some_and(|b| b.alder(dag) >= 18 && !b.har(VERNET))
                });
                Some(Hva::Doedsbo { person, arving })
            }
        };
        ut.into_iter().collect()
    }

    fn planlegg(&mut self, terning: &mut Terning, dag: Dag, hva: Folge) {
        // In office hours.
        let sekund = 8 * 3_600 + terning.under(8 * 3_600);
        self.planlagt.push(Planlagt { dag, sekund, hva });
    }

    fn voksen(&self, terning: &mut Terning, dag: Dag, uten: u16) -> Option<Pid> {
        velg(self, terning, |_, p| {
            if p.bosatt() && !p.har(uten) && p.alder(dag) >= 18 {
                1_000
            } else {
                0
            }
        })
    }

    fn med_dnummer(&self, terning: &mut Terning) -> Option<Pid> {
        velg(self, terning, |_, p| {
            if p.stand() == Stand::DNummer && !p.har(BORTE | VERNET) {
                1_000
            } else {
                0
            }
        })
    }

    fn foedsel(&mut self, terning: &mut Terning, dag: Dag) -> Vec<Hva> {
        let mor = velg(self, terning, |pid, p| {
            let kan = p.bosatt() && p.har(KVINNE) && !p.har(LAAST);
            if !kan || self.siste_barn(pid) > dag - MELLOM_FOEDSLER {
                return 0;
            }
            let gift = p.sivil() == Sivil::Gift;
            let vekt = av(&MOR, p.alder(dag));
            // Half of the children have parents who are married; far more than half of the grown-ups of that age are not.
            if gift { vekt } else { vekt * 6 / 10 }
        });
        let Some(mor) = mor else { return Vec::new() };
        let Some(m) = self.person(mor).copied() else {
            return Vec::new();
        };
        let ektefelle = (m.sivil() == Sivil::Gift && m.ektefelle != INGEN).then_some(m.ektefelle);
        let medmor = ektefelle.and_then(|e| self.person(e)).is_some_and(|e| e.har(KVINNE));
        // About one birth in seventy is of twins.
        let antall: u8 = if terning.promille(15) { 2 } else { 1 };
        let far = if ektefelle.is_none() && terning.promille(960) {
            self.far_til(terning, dag, mor)
        } else {
            None
        };
        let venter = terning.mellom(2, 14);
        let mut ut = Vec::new();
        for nr in 1..=antall {
            let jente = terning.promille(487);
            let mut barn = Person::ny(dag, jente, Stand::Bosatt);
            (barn.mor, barn.annen, barn.bolig) = (mor, ektefelle.unwrap_or(INGEN), m.bolig);
            let annens = ektefelle.and_then(|e| self.person(e)).is_some_and(|e| e.har(NORSK));
            barn.sett(NORSK, m.har(NORSK) || annens);
            barn.sett(VERNET, m.har(VERNET));
            barn.sett(VERNET_HER, m.har(VERNET_HER));
            let barn = self.legg_til(barn);
            ut.push(Hva::Foedsel(Foedsel {
                barn,
                mor,
                ektefelle,
                medmor,
                jente,
                flerfoedsel: (antall > 1).then_some(20 + nr),
            }));
            if let Some(far) = far {
                self.planlegg(terning, dag + venter, Folge::Farskap { barn, far });
            }
            let navnedag = dag + terning.mellom(5, 45);
            self.planlegg(terning, navnedag, Folge::Navnevalg { barn });
        }
        ut
    }

    /// A man of about the mother's age.
    fn far_til(&self, terning: &mut Terning, dag: Dag, mor: Pid) -> Option<Pid> {
        let m = self.person(mor)?;
        let naermest = self
            .husholdning(mor)
            .into_iter()
            .filter(|p| {
                self.person(*p)
                    .is_some_and(|p| !p.har(KVINNE) && p.bosatt() && p.alder(dag) >= 18)
                    && !self.er_slekt(mor, *p)
            })
            .find(|p| self.person(*p).is_some_and(|p| (p.foedt - m.foedt).abs() < 15 * AAR));
        naermest.or_else(|| {
            velg(self, terning, |pid, p| {
                let passer = p.bosatt() && !p.har(KVINNE | LAAST) && p.sivil() == Sivil::Ledig && p.alder(dag) >= 18;
                let alder = (-12 * AAR..4 * AAR).contains(&(p.foedt - m.foedt));
                if passer && alder && !self.er_slekt(mor, pid) {
                    1_000
                } else {
                    0
                }
            })
        })
    }

    fn doedsfall(&mut self, terning: &mut Terning, dag: Dag) -> Option<Hva> {
        let person = velg(self, terning, |_, p| {
            if p.bosatt() && !p.har(LAAST) {
                av(&DOED, p.alder(dag))
            } else {
                0
            }
        })?;
        let kilde = match terning.under(1_000) {
            0..950 => Doedskilde::Helse,
            950..980 => Doedskilde::Tingretten,
            _ => Doedskilde::Utenriksstasjon,
        };
        let ektefelle = self.person(person)?.ektefelle;
        self.endre(person, |p| {
            p.sett_stand(Stand::Doed);
            p.ektefelle = INGEN;
        });
        if ektefelle != INGEN {
            self.endre(ektefelle, |p| {
                p.ektefelle = INGEN;
                p.sett_sivil(Sivil::Ledig);
                p.siden = dag;
            });
        }
        self.flytt(person, INGEN);
        // Of most estates somebody tells whom to speak to.
        if terning.promille(600) {
            let senere = dag + terning.mellom(12, 45);
            self.planlegg(terning, senere, Folge::Doedsbo { person });
        }
        Some(Hva::Doedsfall {
            person,
            kilde,
            etterlatt: (ektefelle != INGEN).then_some(ektefelle),
        })
    }

    fn vigsel(&mut self, terning: &mut Terning, dag: Dag) -> Option<Hva> {
        let ledig = |p: &Person| p.bosatt() && p.sivil() == Sivil::Ledig && !p.har(LAAST);
        let en = velg(self, terning, |_, p| if ledig(p) { av(&BRUD, p.alder(dag)) } else { 0 })?;
        let brud = *self.person(en)?;
        // One marriage in forty is of two women or two men.
        let samme = terning.promille(25);
        let kan = |pid: Pid, p: &Person| {
            pid != en
                && ledig(p)
                && p.alder(dag) >= 19
                && (p.har(KVINNE) == brud.har(KVINNE)) == samme
                && (p.foedt - brud.foedt).abs() < 10 * AAR
                && !self.er_slekt(en, pid)
        };
        let hjemme = self
            .husholdning(en)
            .into_iter()
            .find(|pid| self.person(*pid).is_some_and(|p| kan(*pid, p)));
        let annen = hjemme.or_else(|| velg(self, terning, |pid, p| if kan(pid, p) { 1_000 } else { 0 }))?;
        for (pid, ektefelle) in [(en, annen), (annen, en)] {
            self.endre(pid, |p| {
                p.ektefelle = ektefelle;
                p.siden = dag;
                p.sett_sivil(Sivil::Gift);
            });
        }
        Some(Hva::Vigsel(en, annen))
    }

    fn separasjon(&mut self, terning: &mut Terning, dag: Dag) -> Option<Hva> {
        let en = self.gift_siden(terning, Sivil::Gift, dag - AAR)?;
        let annen = self.person(en)?.ektefelle;
        for pid in [en, annen] {
            self.endre(pid, |p| {
                p.siden = dag;
                p.sett_sivil(Sivil::Separert);
            });
        }
        Some(Hva::Separasjon(en, annen))
    }

    fn skilsmisse(&mut self, terning: &mut Terning, dag: Dag) -> Option<Hva> {
        // A year after the separation, or two after they parted without one. Source: ekteskapsloven §§ 21 and 22.
        let separert = self.gift_siden(terning, Sivil::Separert, dag - AAR - 1);
        let en = separert.or_else(|| self.gift_siden(terning, Sivil::Gift, dag - 3 * AAR))?;
        let annen = self.person(en)?.ektefelle;
        for pid in [en, annen] {
            self.endre(pid, |p| {
                p.siden = dag;
                p.ektefelle = INGEN;
                p.sett_sivil(Sivil::Ledig);
            });
        }
        Some(Hva::Skilsmisse(en, annen, separert.is_some()))
    }

    fn gift_siden(&self, terning: &mut Terning, sivil: Sivil, senest: Dag) -> Option<Pid> {
        velg(self, terning, |_, p| {
            let annen = self.person(p.ektefelle);
            let begge = p.bosatt() && annen.is_some_and(|a| a.bosatt() && !a.har(LAAST));
            if begge && !p.har(LAAST) && p.sivil() == sivil && p.siden <= senest {
                1_000
            } else {
                0
            }
        })
    }

    /// Somebody and whoever goes with them; as many persons go as there were throws, whatever households there are.
    fn som_drar(&self, terning: &mut Terning, dag: Dag) -> Option<Vec<Pid>> {
        let en = self.voksen(terning, dag, VERNET)?;
        let alle = self.husholdning(en);
        let person = self.person(en)?;
        let alene = alle.len() > 1 && person.alder(dag) < 35 && person.sivil() == Sivil::Ledig;
        let har_barn = self.barn(en).any(|b| self.person(b).is_some_and(|b| b.alder(dag) < 18));
        if alene && !har_barn && terning.promille(700) {
            return Some(vec![en]);
        }
        let antall = u32::try_from(alle.len()).unwrap_or(u32::MAX);
        let passer = alle.len() <= HUSHOLDNING_MAKS && !self.er_vernet(&alle);
        (passer && terning.under(antall) == 0).then_some(alle)
    }

    fn flytting(&mut self, terning: &mut Terning, dag: Dag) -> Option<Hva> {
        let alle = self.som_drar(terning, dag)?;
        let bolig = self.ny_bolig();
        for pid in &alle {
            self.flytt(*pid, bolig);
        }
        Some(Hva::Flytting(alle))
    }

    fn utvandring(&mut self, terning: &mut Terning, dag: Dag) -> Option<Hva> {
        let alle = self.som_drar(terning, dag)?;
        for pid in &alle {
            self.flytt(*pid, INGEN);
            self.endre(*pid, |p| p.sett_stand(Stand::Utflyttet));
        }
        Some(Hva::Utvandring(alle))
    }

    fn innvandring(&mut self, detaljer: &Terning, dag: Dag) -> Hva {
        let (foedt, kvinne) = ny::foedt_og_kvinne(detaljer, dag, false);
        let mut person = Person::ny(foedt, kvinne, Stand::Bosatt);
        person.bolig = self.ny_bolig();
        Hva::Innvandring(self.legg_til(person))
    }

    fn dnummer(&mut self, detaljer: &Terning, dag: Dag) -> Hva {
        let (foedt, kvinne) = ny::foedt_og_kvinne(detaljer, dag, true);
        Hva::DNummer(self.legg_til(Person::ny(foedt, kvinne, Stand::DNummer)))
    }

    fn statsborgerskap(&mut self, terning: &mut Terning) -> Option<Hva> {
        let en = velg(
            self,
            terning,
            |_, p| if p.bosatt() && !p.har(NORSK) { 1_000 } else { 0 },
        )?;
        self.endre(en, |p| p.sett(NORSK, true));
        Some(Hva::Statsborgerskap(en))
    }

    fn vern_satt(&mut self, terning: &mut Terning) -> Option<Hva> {
        let en = velg(
            self,
            terning,
            |_, p| if p.bosatt() && !p.har(VERNET) { 1_000 } else { 0 },
        )?;
        let alle = self.husholdning(en);
        if alle.len() > HUSHOLDNING_MAKS || self.er_vernet(&alle) {
            return None;
        }
        let strengt = terning.promille(150);
        for pid in &alle {
            self.endre(*pid, |p| {
                p.sett(VERNET, true);
                p.sett(VERNET_HER, !strengt);
            });
        }
        Some(Hva::VernSatt(alle, strengt))
    }

    fn vern_opphevet(&mut self, terning: &mut Terning) -> Option<Hva> {
        let en = velg(
            self,
            terning,
            |_, p| if p.bosatt() && p.har(VERNET_HER) { 1_000 } else { 0 },
        )?;
        let alle: Vec<Pid> = self.husholdning(en);
        if !alle.iter().all(|p| self.person(*p).is_some_and(|p| p.har(VERNET_HER))) {
            return None;
        }
        for pid in &alle {
            self.endre(*pid, |p| p.sett(VERNET | VERNET_HER, false));
        }
        Some(Hva::VernOpphevet(alle))
    }

    fn vergemaal(&mut self, terning: &mut Terning, dag: Dag) -> Option<Hva> {
        let en = velg(self, terning, |_, p| {
            let kan = p.bosatt() && !p.har(VERGE);
            // Most often the old.
            if kan {
                av(&[(18, 0), (70, 150), (200, 1_000)], p.alder(dag))
            } else {
                0
            }
        })?;
        self.endre(en, |p| p.sett(VERGE, true));
        Some(Hva::Vergemaal(en))
    }

    /// Somebody with a D-number turns out to be somebody who lives here, of the same gender and about the same age.
    fn sammenslaaing(&mut self, terning: &mut Terning, dag: Dag) -> Option<Hva> {
        let dublett = self.med_dnummer(terning)?;
        let d = *self.person(dublett)?;
        let gjeldende = velg(self, terning, |_, p| {
            let passer = p.bosatt() && !p.har(NORSK | VERNET | LAAST) && p.har(KVINNE) == d.har(KVINNE);
            if passer && (p.foedt - d.foedt).abs() < 3 * AAR {
                1_000
            } else {
                0
            }
        })?;
        self.endre(dublett, |p| p.sett(BORTE, true));
        self.slaatt_sammen.push((dag, gjeldende, dublett));
        Some(Hva::Sammenslaaing(gjeldende, dublett))
    }

    fn splitting(&mut self, terning: &mut Terning, dag: Dag) -> Option<Hva> {
        let gamle = self
            .slaatt_sammen
            .iter()
            .filter(|(fra, gjeldende, _)| *fra < dag && self.person(*gjeldende).is_some_and(Person::bosatt));
        let gamle: Vec<(Dag, Pid, Pid)> = gamle.copied().collect();
        let valgt = *terning.en_av(&gamle)?;
        self.slaatt_sammen.retain(|rad| *rad != valgt);
        let (_, gjeldende, gjenopprettet) = valgt;
        self.endre(gjenopprettet, |p| p.sett(BORTE, false));
        Some(Hva::Splitting(gjeldende, gjenopprettet))
    }

    fn underlig(&self, terning: &mut Terning, dag: Dag) -> Option<Hva> {
        let en = self.voksen(terning, dag, VERNET)?;
        let underlig = match terning.under(3) {
            0 => Underlig::DoedSenere(en),
            1 => {
                let doed = velg(self, terning, |_, p| if p.stand() == Stand::Doed { 1_000 } else { 0 })?;
                Underlig::VigselMedDoed(en, doed)
            }
            _ => {
                let annen = velg(self, terning, |pid, p| {
                    let ugift = p.sivil() == Sivil::Ledig && p.bosatt();
                    if ugift && pid != en { 1_000 } else { 0 }
                })?;
                Underlig::SeparasjonUtenEkteskap(en, annen)
            }
        };
        Some(Hva::Underlig(underlig))
    }
}
