//! The plan of a group: who lives, how they are related, where they have lived, and what happens in the last month.
//!
//! A plan holds days and places in lists, no texts: it is made for every group when a nation is set up, to count heads
//! and order numbers, and again when the group's documents are wanted. Both times it comes out the same, as it is a pure
//! function of seed and group. A newcomer's mistake: the persons after [`Plan::grunnlag`] are not in the baseline; they
//! are born, immigrate or get their first number in the last month.

mod bolig;
mod enslig;
mod fast;
mod maaned;
mod slekt;
mod trekk;
mod utstilling;

use identifikator::{Identifikatortype, Kjoenn};

use crate::land::Landvalg;
use crate::navn::Navnevalg;
use crate::terning::{Emne, Terning};
use crate::tid::{Dag, GRUNNLAG};

pub(crate) use bolig::{Bolig, Boligslag, Botid, Husholdning};
pub(crate) use fast::{FASTE, Tilfelle};
pub(crate) use maaned::{Enkeltendring, Fortelling, Hva};
pub(crate) use trekk::{
    Bibehold, Doedsbokontakt, Falsk, Oppholdsslag, Oppholdssted, Oppholdstillatelse, Postadresse, Saertrekk, Verge,
    Vergemaal, Vergemaalsslag, Vern, doedsbokontakt,
};

/// A person of the plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Pnr(u16);

/// A household of the plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Hnr(u16);

/// A dwelling of the plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Bnr(u16);

/// A marriage of the plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Enr(u16);

/// A number of the plan: its place among the numbers ordered for the group.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Nnr(u16);

impl Pnr {
    pub(crate) fn plass(self) -> usize {
        usize::from(self.0)
    }
}

impl Nnr {
    pub(crate) fn plass(self) -> usize {
        usize::from(self.0)
    }
}

/// A number that is wanted.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Nummeroenske {
    pub(crate) foedt: Dag,
    pub(crate) kjoenn: Kjoenn,
    pub(crate) slag: Identifikatortype,
    pub(crate) tildelt: Dag,
}

/// How a person came to be in the register.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Opphav {
    /// Born in Norway and resident.
    Norge,
    /// Came from another country to live here.
    Innvandret { dag: Dag, land: Landvalg },
    /// Has a D-number.
    DNummer { tildelt: Dag, land: Landvalg },
    /// Born in Norway, not to be resident.
    Foedselsregistrert,
    /// Has a fødselsnummer without being resident.
    IkkeBosatt { dag: Dag, land: Landvalg },
}

/// What ended a person's residence or validity.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Slutt {
    /// Nothing has.
    Ingen,
    /// Dead.
    Doed(Dag),
    /// Gone abroad.
    Utflyttet(Dag, Landvalg),
    /// Missing.
    Forsvunnet(Dag),
    /// D-number of more than five years.
    Inaktiv(Dag),
    /// The number is no longer valid.
    Opphoert(Dag),
}

impl Slutt {
    /// The day, if any.
    pub(crate) fn dag(self) -> Option<Dag> {
        match self {
            Slutt::Ingen => None,
            Slutt::Doed(dag)
            | Slutt::Utflyttet(dag, _)
            | Slutt::Forsvunnet(dag)
            | Slutt::Inaktiv(dag)
            | Slutt::Opphoert(dag) => Some(dag),
        }
    }
}

/// A number the person had before.
#[derive(Clone, Copy, Debug)]
pub(crate) struct TidligereNummer {
    pub(crate) nummer: Nnr,
    /// When it was given.
    pub(crate) tildelt: Dag,
    /// When it ended.
    pub(crate) opphoert: Dag,
    /// The other number of a merger, not a D-number that became a fødselsnummer.
    pub(crate) dublett: bool,
}

/// From a day on, a person belongs to a household.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Medlemskap {
    pub(crate) fra: Dag,
    pub(crate) husholdning: Hnr,
}

/// A person.
#[derive(Clone, Debug)]
pub(crate) struct Person {
    pub(crate) foedt: Dag,
    pub(crate) kjoenn: Kjoenn,
    pub(crate) nummer: Nnr,
    pub(crate) tidligere_nummer: Option<TidligereNummer>,
    pub(crate) mor: Option<Pnr>,
    pub(crate) far: Option<Pnr>,
    /// The second parent is a woman.
    pub(crate) medmor: bool,
    /// 11 for a single birth, 21 and 22 for twins.
    pub(crate) rekkefoelge: i64,
    pub(crate) opphav: Opphav,
    pub(crate) slutt: Slutt,
    pub(crate) navn: Navnevalg,
    /// The name before, and the day it changed.
    pub(crate) tidligere_navn: Option<(Navnevalg, Dag)>,
    pub(crate) bosteder: Vec<Medlemskap>,
    pub(crate) ekteskap: Option<Enr>,
    pub(crate) trekk: Saertrekk,
}

/// How a marriage ended, apart from death.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Brudd {
    Ingen,
    Separert(Dag),
    Skilt { separert: Dag, skilt: Dag },
}

/// A marriage or registered partnership.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Ekteskap {
    pub(crate) a: Pnr,
    pub(crate) b: Pnr,
    pub(crate) inngaatt: Dag,
    pub(crate) brudd: Brudd,
    /// Registered partnership, as two of one gender could enter 1993-2008.
    pub(crate) partnerskap: bool,
    /// Throws that decide authority and place.
    pub(crate) kast: u16,
    /// Where; the kommune of the couple's home.
    pub(crate) bolig: Bnr,
}

impl Ekteskap {
    /// The other of the two.
    pub(crate) fn annen(&self, en: Pnr) -> Pnr {
        if self.a == en { self.b } else { self.a }
    }
}

/// The plan of one group.
#[derive(Clone, Debug, Default)]
pub(crate) struct Plan {
    personer: Vec<Person>,
    husholdninger: Vec<Husholdning>,
    boliger: Vec<Bolig>,
    ekteskap: Vec<Ekteskap>,
    /// The numbers wanted, in the order they are to be given.
    pub(crate) numre: Vec<Nummeroenske>,
    /// What happens in the last month.
    pub(crate) fortellinger: Vec<Fortelling>,
    /// Who the named cases are.
    pub(crate) navngitte: Vec<(Tilfelle, Pnr)>,
    grunnlag: usize,
}

/// Most persons of one group. Source: our choice; it bounds the work of one group.
const GRUPPE_MAKS: usize = 40;

impl Plan {
    /// The plan of a group.
    pub(crate) fn new(froe: u64, gruppe: u32) -> Self {
        let mut terning = Terning::new(froe, gruppe, Emne::Plan);
        let mut plan = Plan::default();
        let nr = usize::try_from(gruppe).unwrap_or(usize::MAX);
        if let Some(bygg) = FASTE.get(nr) {
            bygg(&mut plan, &mut terning);
            plan.grunnlag = plan.personer.len();
        } else if let Some(bygg) = utstilling::UTSTILLING.get(nr - FASTE.len()) {
            bygg(&mut plan, &mut terning);
        } else {
            plan.bygg_tilfeldig(&mut terning);
            plan.gi_trekk(&mut terning);
            plan.grunnlag = plan.personer.len();
            plan.trekk_maaned(&mut terning);
        }
        plan
    }

    /// A plan of so many persons without kin, to fill up a nation.
    pub(crate) fn rest(froe: u64, gruppe: u32, personer: usize) -> Self {
        let mut terning = Terning::new(froe, gruppe, Emne::Plan);
        let mut plan = Plan::default();
        for _ in 0..personer {
            plan.bygg_bosatt_enslig(&mut terning);
        }
        plan.gi_trekk(&mut terning);
        plan.grunnlag = plan.personer.len();
        plan
    }

    /// The same plan with another end for one person.
    pub(crate) fn med_slutt(&self, nr: Pnr, slutt: Slutt) -> Self {
        let mut plan = self.clone();
        plan.person_mut(nr).slutt = slutt;
        plan
    }

    /// A marriage entered on a day, at the couple's home.
    pub(crate) fn vigsel(&self, a: Pnr, b: Pnr, dag: Dag) -> Option<Ekteskap> {
        let husholdning = self.bor_i(a)?;
        let bolig = self.siste_bolig(husholdning)?;
        let kast = self.person(a).trekk.kast;
        Some(Ekteskap {
            a,
            b,
            inngaatt: dag,
            brudd: Brudd::Ingen,
            partnerskap: false,
            kast,
            bolig,
        })
    }

    /// Ends the baseline: persons made from here on come in the last month.
    pub(crate) fn lukk_grunnlag(&mut self) {
        self.grunnlag = self.personer.len();
    }

    /// How many persons the baseline has of this group.
    pub(crate) fn grunnlag(&self) -> usize {
        self.grunnlag
    }

    /// The persons of the baseline.
    pub(crate) fn personer(&self) -> impl Iterator<Item = Pnr> + use<> {
        (0..self.grunnlag).map(|nr| Pnr(u16::try_from(nr).unwrap_or(u16::MAX)))
    }

    #[expect(
        clippy::indexing_slicing,
        reason = "a Pnr is made by this plan alone, when it adds the person"
    )]
    pub(crate) fn person(&self, nr: Pnr) -> &Person {
        &self.personer[nr.plass()]
    }

    #[expect(
        clippy::indexing_slicing,
        reason = "a Pnr is made by this plan alone, when it adds the person"
    )]
    fn person_mut(&mut self, nr: Pnr) -> &mut Person {
        &mut self.personer[nr.plass()]
    }

    #[expect(
        clippy::indexing_slicing,
        reason = "a Hnr is made by this plan alone, when it adds the household"
    )]
    pub(crate) fn husholdning(&self, nr: Hnr) -> &Husholdning {
        &self.husholdninger[usize::from(nr.0)]
    }

    #[expect(
        clippy::indexing_slicing,
        reason = "a Bnr is made by this plan alone, when it adds the dwelling"
    )]
    pub(crate) fn bolig(&self, nr: Bnr) -> &Bolig {
        &self.boliger[usize::from(nr.0)]
    }

    #[expect(
        clippy::indexing_slicing,
        reason = "an Enr is made by this plan alone, when it adds the marriage"
    )]
    pub(crate) fn ekteskap(&self, nr: Enr) -> &Ekteskap {
        &self.ekteskap[usize::from(nr.0)]
    }

    /// The marriage of a person.
    pub(crate) fn ekteskap_av(&self, nr: Pnr) -> Option<&Ekteskap> {
        self.person(nr).ekteskap.map(|e| self.ekteskap(e))
    }

    /// Children of a person who are in the baseline.
    pub(crate) fn barn(&self, nr: Pnr) -> impl Iterator<Item = Pnr> + '_ {
        self.personer()
            .filter(move |&b| self.person(b).mor == Some(nr) || self.person(b).far == Some(nr))
    }

    /// Whether a person lives and is resident when the baseline is taken.
    pub(crate) fn er_bosatt(&self, nr: Pnr) -> bool {
        let person = self.person(nr);
        person.slutt == Slutt::Ingen && matches!(person.opphav, Opphav::Norge | Opphav::Innvandret { .. })
    }

    /// The household of a person when the baseline is taken.
    pub(crate) fn bor_i(&self, nr: Pnr) -> Option<Hnr> {
        if !self.er_bosatt(nr) {
            return None;
        }
        self.person(nr).bosteder.last().map(|b| b.husholdning)
    }

    /// Those who live in a household when the baseline is taken.
    pub(crate) fn beboere(&self, husholdning: Hnr) -> impl Iterator<Item = Pnr> + '_ {
        self.personer().filter(move |&p| self.bor_i(p) == Some(husholdning))
    }

    fn bestill_nummer(&mut self, oenske: Nummeroenske) -> Nnr {
        let nr = Nnr(u16::try_from(self.numre.len()).unwrap_or(u16::MAX));
        self.numre.push(oenske);
        nr
    }

    fn legg_til(&mut self, person: Person) -> Pnr {
        let nr = Pnr(u16::try_from(self.personer.len()).unwrap_or(u16::MAX));
        self.personer.push(person);
        nr
    }

    fn vie(&mut self, ekteskap: Ekteskap) {
        let nr = Enr(u16::try_from(self.ekteskap.len()).unwrap_or(u16::MAX));
        for nr_p in [ekteskap.a, ekteskap.b] {
            self.person_mut(nr_p).ekteskap = Some(nr);
        }
        self.ekteskap.push(ekteskap);
    }

    /// A person with a number of the right kind; dead or not as the life table says.
    fn ny_person(&mut self, terning: &mut Terning, foedt: Dag, kjoenn: Kjoenn, opphav: Opphav, navn: Navnevalg) -> Pnr {
        let (slag, tildelt) = match opphav {
            Opphav::Norge | Opphav::Foedselsregistrert => (Identifikatortype::Foedselsnummer, foedt),
            Opphav::Innvandret { dag, .. } | Opphav::IkkeBosatt { dag, .. } => (Identifikatortype::Foedselsnummer, dag),
            Opphav::DNummer { tildelt, .. } => (Identifikatortype::DNummer, tildelt),
        };
        let nummer = self.bestill_nummer(Nummeroenske {
            foedt,
            kjoenn,
            slag,
            tildelt,
        });
        let doed = foedt + slekt::levealder(terning, kjoenn);
        let kommet = match opphav {
            Opphav::Innvandret { dag, .. } | Opphav::IkkeBosatt { dag, .. } => dag,
            Opphav::DNummer { tildelt, .. } => tildelt,
            Opphav::Norge | Opphav::Foedselsregistrert => foedt,
        };
        let slutt = if doed < GRUNNLAG && doed > kommet {
            Slutt::Doed(doed)
        } else {
            Slutt::Ingen
        };
        self.legg_til(Person {
            foedt,
            kjoenn,
            nummer,
            tidligere_nummer: None,
            mor: None,
            far: None,
            medmor: false,
            rekkefoelge: 11,
            opphav,
            slutt,
            navn,
            tidligere_navn: None,
            bosteder: Vec::new(),
            ekteskap: None,
            trekk: Saertrekk {
                kast: terning.middels(60_000),
                ..Saertrekk::default()
            },
        })
    }
}
