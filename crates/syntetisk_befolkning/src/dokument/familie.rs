//! Sivilstand, family relations and parental responsibility: what two documents say about each other.
//!
//! Each fact is derived from the plan once and written in both documents, so they always agree. A newcomer's mistake is
//! to end a dead person's own sivilstand: it stays as it was, while the survivor becomes a widow.

use informasjonsmodell::Innhold;
use informasjonsmodell::entiteter as e;
use informasjonsmodell::kodeverk::{Familierelasjontype, Foreldreansvarstype, Sivilstandstype};
use informasjonsmodell::tekst::Foedselsnummer;
use informasjonsmodell::typer::RelatertBiPerson;

use crate::navn::{Navnevalg, adjektiv, trekk_etternavn};
use crate::plan::{Brudd, Ekteskap, Opphav, Plan, Pnr, Slutt};
use crate::tekst::{fri, kommunenummer, land3};
use crate::tid::{self, AAR, Dag, GRUNNLAG, OVERFOERT};

use super::person::{kommet, personnavn};
use super::{Aarsak, Skriver, ingen, kjoenn};

/// Eighteen years, in days.
const MYNDIG: Dag = 18 * AAR + 5;

/// Parental responsibility of one grown-up for a child, in a time.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Ansvarsledd {
    pub(crate) fra: Dag,
    pub(crate) til: Option<Dag>,
    slag: Slag,
    pub(crate) ansvarlig: Option<Pnr>,
    pub(crate) aarsak: Aarsak,
}

impl Ansvarsledd {
    /// The same responsibility, whenever it ends.
    pub(crate) fn er(&self, annet: &Self) -> bool {
        (self.fra, self.slag, self.ansvarlig) == (annet.fra, annet.slag, annet.ansvarlig)
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Slag {
    Felles,
    Alene,
    Andre,
}

/// The marriage entry of one of the two.
pub(crate) fn gift(plan: &Plan, ekteskap: &Ekteskap, annen: Foedselsnummer) -> Innhold {
    let kast = ekteskap.kast;
    let (myndighet, sted) = if kast.is_multiple_of(3) {
        ("DEN_NORSKE_KIRKE", "Testkirke")
    } else {
        ("ANSATT_I_KOMMUNE", "Testrådhus")
    };
    let utlandet = kast.is_multiple_of(11);
    let kommune = plan.bolig(ekteskap.bolig).gate.kommune().nummer(ekteskap.inngaatt);
    let status = if ekteskap.partnerskap {
        Sivilstandstype::RegistrertPartner
    } else {
        Sivilstandstype::Gift
    };
    Innhold::Sivilstand(e::Sivilstand {
        sivilstand: status,
        sivilstandsdato: Some(tid::dato(ekteskap.inngaatt)),
        myndighet: (!utlandet).then(|| fri(myndighet)),
        kommune: (!utlandet).then(|| kommunenummer(kommune)),
        sted: (!utlandet).then(|| fri(&format!("{} {sted}", adjektiv(kast)))),
        utland: utlandet.then(|| land3("DNK")),
        relatert_ved_sivilstand: Some(annen),
        ukjente: ingen(),
    })
}

/// A later sivilstand of one who is or was married.
pub(crate) fn partnerstatus(slag: Sivilstandstype, dag: Dag, annen: Option<Foedselsnummer>) -> Innhold {
    let statsforvalter = matches!(
        slag,
        Sivilstandstype::Separert
            | Sivilstandstype::Skilt
            | Sivilstandstype::SeparertPartner
            | Sivilstandstype::SkiltPartner
    );
    Innhold::Sivilstand(e::Sivilstand {
        sivilstand: slag,
        sivilstandsdato: Some(tid::dato(dag)),
        myndighet: statsforvalter.then(|| fri("STATSFORVALTEREN")),
        kommune: None,
        sted: None,
        utland: None,
        relatert_ved_sivilstand: annen,
        ukjente: ingen(),
    })
}

/// The relation to a spouse.
pub(crate) fn ektefelle(annen: Foedselsnummer) -> Innhold {
    relasjon(
        annen,
        Familierelasjontype::EktefelleEllerPartner,
        Familierelasjontype::EktefelleEllerPartner,
    )
}

fn relasjon(annen: Foedselsnummer, rolle: Familierelasjontype, min: Familierelasjontype) -> Innhold {
    Innhold::Familierelasjon(e::Familierelasjon {
        relatert_person: Some(annen),
        relatert_person_uten_folkeregisteridentifikator: None,
        relatert_persons_rolle: rolle,
        min_rolle_for_person: Some(min),
        ukjente: ingen(),
    })
}

/// What a parent is to a child.
fn foreldrerolle(plan: &Plan, barn: Pnr, forelder: Pnr) -> Familierelasjontype {
    let person = plan.person(barn);
    if person.mor == Some(forelder) {
        Familierelasjontype::Mor
    } else if person.medmor {
        Familierelasjontype::Medmor
    } else {
        Familierelasjontype::Far
    }
}

/// The relation between child and parent, as it stands in the document of the parent or of the child.
pub(crate) fn foreldrerelasjon(
    plan: &Plan,
    barn: Pnr,
    forelder: Pnr,
    annen: Foedselsnummer,
    hos_barnet: bool,
) -> Innhold {
    let rolle = foreldrerolle(plan, barn, forelder);
    if hos_barnet {
        relasjon(annen, rolle, Familierelasjontype::Barn)
    } else {
        relasjon(annen, Familierelasjontype::Barn, rolle)
    }
}

/// Responsibility for a child with both numbers known. `None` as role is shared responsibility.
fn ansvarsentydig(barn: Foedselsnummer, forelder: Foedselsnummer, alene: Option<&Familierelasjontype>) -> Innhold {
    let ansvar = match alene {
        None => Foreldreansvarstype::Felles,
        Some(Familierelasjontype::Mor) => Foreldreansvarstype::Mor,
        Some(Familierelasjontype::Medmor) => Foreldreansvarstype::Medmor,
        Some(_) => Foreldreansvarstype::Far,
    };
    Innhold::Foreldreansvar(e::Foreldreansvar {
        ansvar,
        ansvarssubjekt: Some(barn),
        ansvarlig: Some(forelder),
        ansvarlig_organisasjon: None,
        ansvarlig_uten_identifikator: None,
        ansvarssubjekt_uten_identifikator: None,
        ukjente: ingen(),
    })
}

fn doedsdag(plan: &Plan, nr: Pnr) -> Option<Dag> {
    match plan.person(nr).slutt {
        Slutt::Doed(dag) => Some(dag),
        _ => None,
    }
}

/// The mother's responsibility alone.
pub(crate) fn alene(barn: Foedselsnummer, mor: Foedselsnummer) -> Innhold {
    ansvarsentydig(barn, mor, Some(&Familierelasjontype::Mor))
}

/// Who has had responsibility for a child, and when.
///
/// Shared from birth, but the mother's alone for six of a hundred whose parents never married; the survivor's when one
/// parent dies; another's when both have. Ends when the child is eighteen; what ended before the electronic register is
/// not there.
pub(crate) fn ansvar(plan: &Plan, barn: Pnr, ledd: &mut Vec<Ansvarsledd>) {
    ledd.clear();
    let person = plan.person(barn);
    let Some(mor) = person.mor else { return };
    let fra = person.foedt;
    let myndig = fra + MYNDIG;
    let slutt = [Some(myndig).filter(|&dag| dag < GRUNNLAG), doedsdag(plan, barn)]
        .into_iter()
        .flatten()
        .min();
    if slutt.is_some_and(|dag| dag < OVERFOERT) {
        return;
    }
    let foer_slutt = |dag: Dag| slutt.is_none_or(|s| dag < s);
    let mors_doed = doedsdag(plan, mor).filter(|&dag| foer_slutt(dag));
    let fars_doed = person
        .far
        .and_then(|far| doedsdag(plan, far))
        .filter(|&dag| foer_slutt(dag));
    let mor_alene = match person.far {
        None => true,
        Some(far) => {
            plan.person(mor).ekteskap.is_none() && plan.person(far).ekteskap.is_none() && person.trekk.kast % 100 < 6
        }
    };
    let aarsak = Aarsak::Foedsel;
    let mut siste = None;
    if mor_alene {
        let til = mors_doed.or(slutt);
        ledd.push(Ansvarsledd {
            fra,
            til,
            slag: Slag::Alene,
            ansvarlig: Some(mor),
            aarsak,
        });
        siste = mors_doed;
    } else {
        let foerste_doed = mors_doed.into_iter().chain(fars_doed).min();
        let til = foerste_doed.or(slutt);
        for ansvarlig in [Some(mor), person.far] {
            ledd.push(Ansvarsledd {
                fra,
                til,
                slag: Slag::Felles,
                ansvarlig,
                aarsak,
            });
        }
        if let Some(dag) = foerste_doed {
            let (igjen, doed) = if mors_doed == Some(dag) {
                (person.far, fars_doed)
            } else {
                (Some(mor), mors_doed)
            };
            if doed != Some(dag) {
                let til = doed.or(slutt);
                let aarsak = Aarsak::Doedsfall;
                ledd.push(Ansvarsledd {
                    fra: dag,
                    til,
                    slag: Slag::Alene,
                    ansvarlig: igjen,
                    aarsak,
                });
                siste = doed;
            } else {
                siste = Some(dag);
            }
        }
    }
    if let Some(dag) = siste {
        ledd.push(Ansvarsledd {
            fra: dag,
            til: slutt,
            slag: Slag::Andre,
            ansvarlig: None,
            aarsak: Aarsak::Foreldreansvar,
        });
    }
}

impl Skriver<'_> {
    /// Sivilstand, relations and responsibility.
    pub(super) fn familie(&mut self, nr: Pnr) {
        self.sivilstand(nr);
        self.relasjoner(nr);
        self.foreldreansvar(nr);
    }

    fn sivilstand(&mut self, nr: Pnr) {
        let plan = self.plan;
        let person = plan.person(nr);
        let fra = kommet(person);
        let d_nummer = matches!(person.opphav, Opphav::DNummer { .. } | Opphav::IkkeBosatt { .. });
        let ekteskap = plan.ekteskap_av(nr);
        let foerste = if d_nummer {
            Sivilstandstype::Uoppgitt
        } else {
            Sivilstandstype::Ugift
        };
        // One who married long ago has no entry of the time before, as documents of the live service show.
        let gammelt = ekteskap.is_some_and(|e| e.inngaatt < tid::dag(1990, 1, 1));
        if !gammelt {
            let dag = if matches!(person.opphav, Opphav::Norge) {
                person.foedt
            } else {
                fra
            };
            let metadata = self.meta(ekteskap.is_none(), dag, Aarsak::Foedsel);
            let innhold = partnerstatus(foerste, person.foedt, None);
            self.legg(metadata, innhold);
        }
        let Some(ekteskap) = ekteskap.copied() else { return };
        let annen = ekteskap.annen(nr);
        let nummer = self.fnr(annen);
        let partner = ekteskap.partnerskap;
        let velg = |gift, som_partner| if partner { som_partner } else { gift };
        let egen_doed = doedsdag(plan, nr);
        let enke_fra = doedsdag(plan, annen).filter(|&dag| egen_doed.is_none_or(|egen| dag < egen));
        let mut ledd: Vec<(Dag, Aarsak, Option<Sivilstandstype>)> = vec![(ekteskap.inngaatt, Aarsak::Vigsel, None)];
        match ekteskap.brudd {
            Brudd::Ingen => {}
            Brudd::Separert(dag) => {
                let slag = velg(Sivilstandstype::Separert, Sivilstandstype::SeparertPartner);
                ledd.push((dag, Aarsak::Separasjon, Some(slag)));
            }
            Brudd::Skilt { separert, skilt } => {
                let slag = velg(Sivilstandstype::Separert, Sivilstandstype::SeparertPartner);
                ledd.push((separert, Aarsak::Separasjon, Some(slag)));
                let slag = velg(Sivilstandstype::Skilt, Sivilstandstype::SkiltPartner);
                ledd.push((skilt, Aarsak::Skilsmisse, Some(slag)));
            }
        }
        if let Some(dag) = enke_fra
            && !matches!(ekteskap.brudd, Brudd::Skilt { .. })
        {
            let slag = velg(Sivilstandstype::EnkeEllerEnkemann, Sivilstandstype::GjenlevendePartner);
            ledd.push((dag, Aarsak::Doedsfall, Some(slag)));
        }
        let siste = ledd.len() - 1;
        for (plass, (dag, aarsak, slag)) in ledd.into_iter().enumerate() {
            let metadata = self.meta(plass == siste, dag, aarsak);
            let innhold = match slag {
                None => gift(plan, &ekteskap, nummer.clone()),
                Some(slag) => partnerstatus(slag, dag, Some(nummer.clone())),
            };
            self.legg(metadata, innhold);
        }
    }

    fn relasjoner(&mut self, nr: Pnr) {
        let plan = self.plan;
        let person = plan.person(nr);
        for forelder in [person.mor, person.far].into_iter().flatten() {
            let innhold = foreldrerelasjon(plan, nr, forelder, self.fnr(forelder), true);
            let metadata = self.meta(true, person.foedt, Aarsak::Foedsel);
            self.legg(metadata, innhold);
        }
        for barn in plan.barn(nr) {
            let innhold = foreldrerelasjon(plan, barn, nr, self.fnr(barn), false);
            let metadata = self.meta(true, plan.person(barn).foedt, Aarsak::Foedsel);
            self.legg(metadata, innhold);
        }
        if let Some(ekteskap) = plan.ekteskap_av(nr) {
            let annen = ekteskap.annen(nr);
            let slutt = match ekteskap.brudd {
                Brudd::Skilt { skilt, .. } => Some(skilt),
                _ => doedsdag(plan, nr).into_iter().chain(doedsdag(plan, annen)).min(),
            };
            let mut metadata = self.meta(true, ekteskap.inngaatt, Aarsak::Vigsel);
            if let Some(dag) = slutt {
                self.opphoer(&mut metadata, dag);
            }
            let innhold = ektefelle(self.fnr(annen));
            self.legg(metadata, innhold);
        }
        // One immigrant in twelve has a parent in the register's papers who never got a number.
        if matches!(person.opphav, Opphav::Innvandret { .. }) && person.trekk.kast % 12 == 1 {
            let metadata = self.meta(true, kommet(person), Aarsak::Innflytting);
            let bi_person = self.bi_person(person.foedt - 28 * AAR, Some("XUK"));
            self.legg(
                metadata,
                Innhold::Familierelasjon(e::Familierelasjon {
                    relatert_person: None,
                    relatert_person_uten_folkeregisteridentifikator: Some(bi_person),
                    relatert_persons_rolle: Familierelasjontype::Far,
                    min_rolle_for_person: Some(Familierelasjontype::Barn),
                    ukjente: ingen(),
                }),
            );
        }
    }

    fn bi_person(&mut self, foedt: Dag, land: Option<&str>) -> RelatertBiPerson {
        let etternavn = trekk_etternavn(&mut self.terning);
        let navn = Navnevalg::trekk(&mut self.terning, etternavn);
        RelatertBiPerson {
            navn: personnavn(&navn),
            foedselsdato: Some(tid::dato(foedt)),
            statsborgerskap: land.map(land3),
            kjoenn: Some(kjoenn(identifikator::Kjoenn::Mann)),
            ukjente: ingen(),
        }
    }

    fn foreldreansvar(&mut self, nr: Pnr) {
        let plan = self.plan;
        let mut ledd = Vec::new();
        ansvar(plan, nr, &mut ledd);
        for l in ledd.iter().copied() {
            self.ansvarsledd(nr, l);
        }
        for barn in plan.barn(nr) {
            ansvar(plan, barn, &mut ledd);
            for l in ledd.iter().copied().filter(|l| l.ansvarlig == Some(nr)) {
                self.ansvarsledd(barn, l);
            }
        }
    }

    fn ansvarsledd(&mut self, barn: Pnr, ledd: Ansvarsledd) {
        let mut metadata = self.meta(true, ledd.fra, ledd.aarsak);
        if let Some(dag) = ledd.til {
            self.opphoer(&mut metadata, dag);
        }
        let innhold = self.ansvarsinnhold(barn, ledd);
        self.legg(metadata, innhold);
    }

    /// What an entry of responsibility says.
    pub(crate) fn ansvarsinnhold(&mut self, barn: Pnr, ledd: Ansvarsledd) -> Innhold {
        match ledd.ansvarlig {
            Some(forelder) => {
                let rolle = foreldrerolle(self.plan, barn, forelder);
                ansvarsentydig(
                    self.fnr(barn),
                    self.fnr(forelder),
                    (ledd.slag == Slag::Alene).then_some(&rolle),
                )
            }
            None => {
                let bi_person = self.bi_person(ledd.fra - 41 * AAR, Some("NOR"));
                Innhold::Foreldreansvar(e::Foreldreansvar {
                    ansvar: Foreldreansvarstype::Andre,
                    ansvarssubjekt: Some(self.fnr(barn)),
                    ansvarlig: None,
                    ansvarlig_organisasjon: None,
                    ansvarlig_uten_identifikator: Some(bi_person),
                    ansvarssubjekt_uten_identifikator: None,
                    ukjente: ingen(),
                })
            }
        }
    }
}
