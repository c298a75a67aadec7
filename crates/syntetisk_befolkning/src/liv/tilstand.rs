//! What the engine remembers of the nation: some seventy bytes a person, and what is still to follow from what has happened.
//!
//! ```text
//!  saved: mark │ seed │ day │ next event │ residents at the start of the day │ persons │ what follows │ mergers │ checksum
//!         a person 34 bytes: number u64 │ born i32 │ since i32 │ mother, second parent, spouse u32 │ dwelling u32 │ flags u16
//! ```
//! Little-endian. Who lives in a dwelling, and whose children somebody is, follows from the persons and is not saved. A
//! newcomer's mistake is to let a list depend on the order in which it came about: it would differ after a restart.

use std::collections::HashMap;

use super::innbygger::{Innbygger, Sivil, Stand};
use super::lister::Lister;
use crate::tid::Dag;

/// A person, by its place in the nation. The same for as long as the engine lives.
pub type Pid = u32;

/// Nobody, or nowhere.
pub(super) const INGEN: u32 = u32::MAX;

const MERKE: [u8; 8] = *b"livlager";
const UTGAVE: u32 = 1;
const PERSON_BYTE: usize = 34;

pub(super) const KVINNE: u16 = 1;
pub(super) const NORSK: u16 = 1 << 1;
pub(super) const VERNET: u16 = 1 << 2;
/// Protected by the engine, so that it knows who was protected together.
pub(super) const VERNET_HER: u16 = 1 << 3;
pub(super) const VERGE: u16 = 1 << 4;
/// What documents say of the marriage does not hang together: nothing of the family happens to this person.
pub(super) const LAAST: u16 = 1 << 5;
/// Somebody whose place has been taken by another number.
pub(super) const BORTE: u16 = 1 << 6;
const STAND_FRA: u16 = 8;
const SIVIL_FRA: u16 = 12;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Person {
    /// 0 until the register has said which.
    pub nummer: u64,
    pub foedt: Dag,
    pub siden: Dag,
    pub mor: Pid,
    pub annen: Pid,
    pub ektefelle: Pid,
    pub bolig: u32,
    flagg: u16,
}

impl Person {
    pub fn ny(foedt: Dag, kvinne: bool, stand: Stand) -> Self {
        let mut ut = Person {
            nummer: 0,
            foedt,
            siden: Dag::MIN,
            mor: INGEN,
            annen: INGEN,
            ektefelle: INGEN,
            bolig: INGEN,
            flagg: 0,
        };
        ut.sett(KVINNE, kvinne);
        ut.sett_stand(stand);
        ut
    }

    pub fn har(&self, flagg: u16) -> bool {
        self.flagg & flagg != 0
    }

    pub fn sett(&mut self, flagg: u16, er: bool) {
        if er {
            self.flagg |= flagg;
        } else {
            self.flagg &= !flagg;
        }
    }

    pub fn stand(&self) -> Stand {
        match (self.flagg >> STAND_FRA) & 7 {
            0 => Stand::Bosatt,
            1 => Stand::DNummer,
            2 => Stand::Utflyttet,
            3 => Stand::Doed,
            _ => Stand::Annet,
        }
    }

    pub fn sett_stand(&mut self, stand: Stand) {
        let kode: u16 = match stand {
            Stand::Bosatt => 0,
            Stand::DNummer => 1,
            Stand::Utflyttet => 2,
            Stand::Doed => 3,
            Stand::Annet => 4,
        };
        self.flagg = (self.flagg & !(7 << STAND_FRA)) | (kode << STAND_FRA);
    }

    pub fn sivil(&self) -> Sivil {
        match (self.flagg >> SIVIL_FRA) & 3 {
            1 => Sivil::Gift,
            2 => Sivil::Separert,
            _ => Sivil::Ledig,
        }
    }

    pub fn sett_sivil(&mut self, sivil: Sivil) {
        let kode: u16 = match sivil {
            Sivil::Ledig => 0,
            Sivil::Gift => 1,
            Sivil::Separert => 2,
        };
        self.flagg = (self.flagg & !(3 << SIVIL_FRA)) | (kode << SIVIL_FRA);
    }

    /// Whole years on a day.
    pub fn alder(&self, dag: Dag) -> i32 {
        crate::tid::alder(self.foedt, dag)
    }

    pub fn bosatt(&self) -> bool {
        self.stand() == Stand::Bosatt && !self.har(BORTE)
    }

    fn skriv(&self, ut: &mut Vec<u8>) {
        ut.extend_from_slice(&self.nummer.to_le_bytes());
        for tall in [self.foedt, self.siden] {
            ut.extend_from_slice(&tall.to_le_bytes());
        }
        for tall in [self.mor, self.annen, self.ektefelle, self.bolig] {
            ut.extend_from_slice(&tall.to_le_bytes());
        }
        ut.extend_from_slice(&self.flagg.to_le_bytes());
    }

    fn les(leser: &mut Leser<'_>) -> Option<Self> {
        Some(Person {
            nummer: leser.u64()?,
            foedt: leser.i32()?,
            siden: leser.i32()?,
            mor: leser.u32()?,
            annen: leser.u32()?,
            ektefelle: leser.u32()?,
            bolig: leser.u32()?,
            flagg: u16::from_le_bytes(leser.ta()?),
        })
    }
}

/// What follows, some days later, from what has happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Folge {
    Farskap { barn: Pid, far: Pid },
    Navnevalg { barn: Pid },
    Doedsbo { person: Pid },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Planlagt {
    pub dag: Dag,
    pub sekund: u32,
    pub hva: Folge,
}

/// The nation.
#[derive(Clone, Debug)]
pub(super) struct Tilstand {
    pub froe: u64,
    /// The day that is under way.
    pub dag: Dag,
    /// The place in the day of the next event.
    pub neste: u16,
    /// Residents when the day began.
    pub bosatte: u64,
    pub personer: Vec<Person>,
    pub planlagt: Vec<Planlagt>,
    /// Who was merged with whom, and when: survivor, ended.
    pub slaatt_sammen: Vec<(Dag, Pid, Pid)>,
    // What follows from the rest.
    beboere: Lister,
    barn_av_mor: Lister,
    barn_av_annen: Lister,
    boliger: u32,
}

impl Tilstand {
    /// A nation on a day. Each is read once, and forgotten but for what is kept.
    pub fn ny(froe: u64, dag: Dag, innbyggere: impl IntoIterator<Item = Innbygger>) -> Self {
        let mut personer: Vec<Person> = Vec::new();
        // Mother, second parent and spouse by number, until everybody is known.
        let mut slekt: Vec<[Option<u64>; 3]> = Vec::new();
        let mut kjent: HashMap<u64, Pid> = HashMap::new();
        let mut hjem: HashMap<u64, u32> = HashMap::new();
        for (pid, innbygger) in (0..).zip(innbyggere) {
            kjent.insert(innbygger.nummer, pid);
            for tidligere in &innbygger.tidligere {
                kjent.entry(*tidligere).or_insert(pid);
            }
            let mut person = Person::ny(innbygger.foedt, innbygger.kvinne, innbygger.stand);
            person.nummer = innbygger.nummer;
            person.siden = innbygger.siden;
            person.sett_sivil(innbygger.sivil);
            person.sett(NORSK, innbygger.norsk);
            person.sett(VERNET, innbygger.vernet);
            person.sett(VERGE, innbygger.verge);
            if let Some(bolig) = innbygger.bolig.filter(|_| person.bosatt()) {
                let neste = u32::try_from(hjem.len()).unwrap_or(INGEN);
                person.bolig = *hjem.entry(bolig).or_insert(neste);
            }
            personer.push(person);
            let ektefelle = innbygger.ektefelle.filter(|_| innbygger.sivil != Sivil::Ledig);
            slekt.push([innbygger.mor, innbygger.annen, ektefelle]);
        }
        let finn = |nummer: &Option<u64>| nummer.and_then(|n| kjent.get(&n).copied()).unwrap_or(INGEN);
        for (person, [mor, annen, ektefelle]) in personer.iter_mut().zip(&slekt) {
            (person.mor, person.annen, person.ektefelle) = (finn(mor), finn(annen), finn(ektefelle));
        }
        let boliger = u32::try_from(hjem.len()).unwrap_or(INGEN);
        drop((kjent, slekt, hjem));
        let mut ut = Tilstand {
            froe,
            dag,
            neste: 0,
            bosatte: 0,
            personer,
            planlagt: Vec::new(),
            slaatt_sammen: Vec::new(),
            beboere: Lister::default(),
            barn_av_mor: Lister::default(),
            barn_av_annen: Lister::default(),
            boliger,
        };
        ut.laas_uenige();
        ut.utled();
        ut.bosatte = ut.tell_bosatte();
        ut
    }

    /// Whoever is said to be married to somebody who does not say so.
    fn laas_uenige(&mut self) {
        let uenige: Vec<Pid> = (0..)
            .zip(&self.personer)
            .filter(|(pid, person)| {
                let annen = self.person(person.ektefelle);
                person.sivil() != Sivil::Ledig
                    && !annen.is_some_and(|annen| annen.ektefelle == *pid && annen.sivil() == person.sivil())
            })
            .map(|(pid, _)| pid)
            .collect();
        for pid in uenige {
            self.endre(pid, |person| person.sett(LAAST, true));
        }
    }

    fn utled(&mut self) {
        let (mut beboere, mut av_mor, mut av_annen) = (Lister::default(), Lister::default(), Lister::default());
        for (pid, person) in (0..).zip(&self.personer) {
            if person.bolig != INGEN {
                self.boliger = self.boliger.max(person.bolig.saturating_add(1));
            }
            beboere.legg(person.bolig, pid);
            av_mor.legg(person.mor, pid);
            av_annen.legg(person.annen, pid);
        }
        (self.beboere, self.barn_av_mor, self.barn_av_annen) = (beboere, av_mor, av_annen);
    }

    pub fn tell_bosatte(&self) -> u64 {
        u64::try_from(self.personer.iter().filter(|p| p.bosatt()).count()).unwrap_or(u64::MAX)
    }

    pub fn antall(&self) -> u32 {
        u32::try_from(self.personer.len()).unwrap_or(INGEN)
    }

    pub fn person(&self, pid: Pid) -> Option<&Person> {
        self.personer.get(usize::try_from(pid).ok()?)
    }

    pub fn endre(&mut self, pid: Pid, hvordan: impl FnOnce(&mut Person)) {
        if let Some(person) = usize::try_from(pid).ok().and_then(|plass| self.personer.get_mut(plass)) {
            hvordan(person);
        }
    }

    /// Those who live together with a person, the person included, in the order of the nation.
    pub fn husholdning(&self, pid: Pid) -> Vec<Pid> {
        match self.person(pid).map_or(INGEN, |p| p.bolig) {
            INGEN => vec![pid],
            bolig => self.beboere.ledd(bolig).collect(),
        }
    }

    /// Those who have the person as a parent.
    pub fn barn(&self, pid: Pid) -> impl Iterator<Item = Pid> + '_ {
        self.barn_av_mor.ledd(pid).chain(self.barn_av_annen.ledd(pid))
    }

    pub fn legg_til(&mut self, person: Person) -> Pid {
        let pid = self.antall();
        self.personer.push(person);
        self.barn_av_mor.legg(person.mor, pid);
        self.barn_av_annen.legg(person.annen, pid);
        self.beboere.legg(person.bolig, pid);
        pid
    }

    /// A child has a second parent.
    pub fn sett_annen(&mut self, barn: Pid, annen: Pid) {
        self.endre(barn, |p| p.annen = annen);
        self.barn_av_annen.legg(annen, barn);
    }

    /// A dwelling that nobody lives in.
    pub fn ny_bolig(&mut self) -> u32 {
        let ny = self.boliger;
        self.boliger = self.boliger.saturating_add(1);
        ny
    }

    pub fn flytt(&mut self, pid: Pid, bolig: u32) {
        let foer = self.person(pid).map_or(INGEN, |p| p.bolig);
        self.beboere.fjern(foer, pid);
        self.endre(pid, |p| p.bolig = bolig);
        self.beboere.legg(bolig, pid);
    }

    pub fn sett_nummer(&mut self, pid: Pid, nummer: u64) {
        self.endre(pid, |p| p.nummer = nummer);
    }

    /// Who has a number now. Looks at everybody: for what somebody asks by hand.
    pub fn finn(&self, nummer: u64) -> Option<Pid> {
        let plass = self.personer.iter().position(|p| p.nummer == nummer)?;
        Pid::try_from(plass).ok()
    }

    pub fn skriv(&self) -> Vec<u8> {
        let mut ut = Vec::with_capacity(64 + self.personer.len() * PERSON_BYTE);
        ut.extend_from_slice(&MERKE);
        ut.extend_from_slice(&UTGAVE.to_le_bytes());
        ut.extend_from_slice(&self.froe.to_le_bytes());
        ut.extend_from_slice(&self.dag.to_le_bytes());
        ut.extend_from_slice(&self.neste.to_le_bytes());
        ut.extend_from_slice(&self.bosatte.to_le_bytes());
        ut.extend_from_slice(&self.boliger.to_le_bytes());
        lengde(&mut ut, self.personer.len());
        self.personer.iter().for_each(|p| p.skriv(&mut ut));
        lengde(&mut ut, self.planlagt.len());
        for planlagt in &self.planlagt {
            let (kode, en, annen) = match planlagt.hva {
                Folge::Farskap { barn, far } => (0u32, barn, far),
                Folge::Navnevalg { barn } => (1, barn, INGEN),
                Folge::Doedsbo { person } => (2, person, INGEN),
            };
            ut.extend_from_slice(&planlagt.dag.to_le_bytes());
            for tall in [planlagt.sekund, kode, en, annen] {
                ut.extend_from_slice(&tall.to_le_bytes());
            }
        }
        lengde(&mut ut, self.slaatt_sammen.len());
        for (dag, gjeldende, dublett) in &self.slaatt_sammen {
            ut.extend_from_slice(&dag.to_le_bytes());
            ut.extend_from_slice(&gjeldende.to_le_bytes());
            ut.extend_from_slice(&dublett.to_le_bytes());
        }
        let sum = sjekksum(&ut);
        ut.extend_from_slice(&sum.to_le_bytes());
        ut
    }

    /// `None` of what is not whole.
    pub fn les(byte: &[u8]) -> Option<Self> {
        let (innhold, sum) = byte.split_at_checked(byte.len().checked_sub(8)?)?;
        if sjekksum(innhold).to_le_bytes() != sum {
            return None;
        }
        let mut leser = Leser(innhold);
        if leser.ta()? != MERKE || leser.u32()? != UTGAVE {
            return None;
        }
        let mut ut = Tilstand {
            froe: leser.u64()?,
            dag: leser.i32()?,
            neste: u16::from_le_bytes(leser.ta()?),
            bosatte: leser.u64()?,
            boliger: leser.u32()?,
            personer: Vec::new(),
            planlagt: Vec::new(),
            slaatt_sammen: Vec::new(),
            beboere: Lister::default(),
            barn_av_mor: Lister::default(),
            barn_av_annen: Lister::default(),
        };
        for _ in 0..leser.u32()? {
            ut.personer.push(Person::les(&mut leser)?);
        }
        for _ in 0..leser.u32()? {
            let (dag, sekund, kode) = (leser.i32()?, leser.u32()?, leser.u32()?);
            let (en, annen) = (leser.u32()?, leser.u32()?);
            let hva = match kode {
                0 => Folge::Farskap { barn: en, far: annen },
                1 => Folge::Navnevalg { barn: en },
                2 => Folge::Doedsbo { person: en },
                _ => return None,
            };
            ut.planlagt.push(Planlagt { dag, sekund, hva });
        }
        for _ in 0..leser.u32()? {
            ut.slaatt_sammen.push((leser.i32()?, leser.u32()?, leser.u32()?));
        }
        ut.utled();
        leser.0.is_empty().then_some(ut)
    }
}

fn lengde(ut: &mut Vec<u8>, antall: usize) {
    ut.extend_from_slice(&u32::try_from(antall).unwrap_or(INGEN).to_le_bytes());
}

/// FNV-1a, 64 bits: against a file that was cut or turned over, not against anybody.
fn sjekksum(byte: &[u8]) -> u64 {
    byte.iter().fold(0xcbf2_9ce4_8422_2325, |sum: u64, b| {
        (sum ^ u64::from(*b)).wrapping_mul(0x0100_0000_01b3)
    })
}

struct Leser<'a>(&'a [u8]);

impl Leser<'_> {
    fn ta<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (foerst, resten) = self.0.split_first_chunk::<N>()?;
        self.0 = resten;
        Some(*foerst)
    }

    fn u32(&mut self) -> Option<u32> {
        self.ta().map(u32::from_le_bytes)
    }

    fn i32(&mut self) -> Option<i32> {
        self.ta().map(i32::from_le_bytes)
    }

    fn u64(&mut self) -> Option<u64> {
        self.ta().map(u64::from_le_bytes)
    }
}
