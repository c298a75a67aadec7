//! Terms in memory: where they led whoever asked, opened once and not for each question.
//!
//! What is kept was read at some moment, and is given to whoever reads a moment that has the same: a write says which terms
//! it is about to change before it commits. What was under a key is let go with the key, since nothing of it is to be left.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU32, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use lager::{Indeksnoekkel, Tabell};
use tilgang::Publikum;

use super::Merke;
use super::treff::Termbilde;

/// Where something is kept. Ranges have a room of their own: each takes a bit a person, and any of thousands may be asked
/// for, so that they would soon have put the terms out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Rom {
    Termer,
    Intervaller,
}

impl Rom {
    /// Bytes of what is kept of a small register, about, and for each person of a large one: 180 MB in both of a nation of
    /// 5.6 million. Source: our choice; the terms that most are under, and some sixty ranges at a time.
    fn plass(self) -> (usize, usize) {
        match self {
            Rom::Termer => (72 << 20, 24),
            Rom::Intervaller => (24 << 20, 8),
        }
    }
}

/// Locks, so that those who ask do not wait for each other.
const DELER: usize = 16;
/// Places where changes are noted; terms that share one are read again for each other's sake.
const MERKEPLASSER: usize = 1 << 16;

#[derive(Clone)]
struct Husket {
    /// The transaction that it was read in.
    lest: usize,
    bilde: Arc<Termbilde>,
}

/// Two halves: what is asked for moves to the young one, and the old one is let go when that is full.
#[derive(Default)]
struct Del {
    noekkel: [u8; 8],
    ny: HashMap<Box<[u8]>, Husket>,
    byte: usize,
    gammel: HashMap<Box<[u8]>, Husket>,
}

/// What every question of a transaction begins with: where the index lies, under which key, and which publics there are in it.
#[derive(Clone)]
pub(super) struct Grunnlag {
    pub tabell: Tabell,
    pub noekkel: Arc<Indeksnoekkel>,
    pub publikum: Arc<[Publikum]>,
}

pub(super) struct Minne {
    termer: [Mutex<Del>; DELER],
    intervaller: [Mutex<Del>; DELER],
    grunnlag: Mutex<Option<(usize, Grunnlag)>>,
    /// By mark: the last transaction that changed a term, or is about to.
    endret: Box<[AtomicUsize]>,
    /// The last one that changed any of them.
    alt: AtomicUsize,
    personer: AtomicU32,
}

impl Default for Minne {
    fn default() -> Self {
        Minne {
            termer: Default::default(),
            intervaller: Default::default(),
            grunnlag: Mutex::default(),
            endret: (0..MERKEPLASSER).map(|_| AtomicUsize::new(0)).collect(),
            alt: AtomicUsize::new(0),
            personer: AtomicU32::new(0),
        }
    }
}

fn laas<T>(laas: &Mutex<T>) -> MutexGuard<'_, T> {
    laas.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Where changes to a term are noted.
pub(super) fn merkeplass(merke: &Merke) -> u16 {
    merke.first_chunk().map_or(0, |to| u16::from_be_bytes(*to))
}

impl Del {
    fn sett_inn(&mut self, sted: Box<[u8]>, husket: Husket, maks: usize) {
        self.byte += husket.bilde.byte() + sted.len();
        self.ny.insert(sted, husket);
        if self.byte > maks / DELER / 2 {
            self.gammel = std::mem::take(&mut self.ny);
            self.byte = 0;
        }
    }

    fn hent(&mut self, sted: &[u8], maks: usize) -> Option<Husket> {
        if let Some(husket) = self.ny.get(sted) {
            return Some(husket.clone());
        }
        let (sted, husket) = self.gammel.remove_entry(sted)?;
        self.sett_inn(sted, husket.clone(), maks);
        Some(husket)
    }
}

impl Minne {
    fn del(&self, rom: Rom, sted: &[u8]) -> Option<&Mutex<Del>> {
        let sum = sted
            .iter()
            .fold(0u8, |sum, byte| sum.wrapping_mul(31).wrapping_add(*byte));
        let deler = match rom {
            Rom::Termer => &self.termer,
            Rom::Intervaller => &self.intervaller,
        };
        deler.get(usize::from(sum) % DELER)
    }

    /// Says how many persons there are: of more, more is kept.
    pub fn gi_plass(&self, personer: u32) {
        self.personer.store(personer, Ordering::Relaxed);
    }

    fn maks(&self, rom: Rom) -> usize {
        let personer = self.personer.load(Ordering::Relaxed) as usize;
        let (minst, per_person) = rom.plass();
        minst.max(personer.saturating_mul(per_person))
    }

    /// Says that a transaction changes a term; before it commits.
    pub fn merk(&self, merke: &Merke, transaksjon: usize) {
        if let Some(endret) = self.endret.get(usize::from(merkeplass(merke))) {
            endret.fetch_max(transaksjon, Ordering::SeqCst);
        }
    }

    /// Says that a transaction makes all of it anew; before it commits.
    pub fn merk_alt(&self, transaksjon: usize) {
        self.alt.fetch_max(transaksjon, Ordering::SeqCst);
    }

    // Whether what was read in one transaction is what there is in another.
    fn gjelder(&self, bilde: &Termbilde, lest: usize, transaksjon: usize) -> bool {
        let eldste = lest.min(transaksjon);
        let uendret = |endret: &AtomicUsize| endret.load(Ordering::SeqCst) <= eldste;
        let mut plasser = bilde.merkeplasser.iter();
        uendret(&self.alt) && plasser.all(|p| self.endret.get(usize::from(*p)).is_some_and(uendret))
    }

    /// From now on terms under this key are kept, and those under another are gone.
    pub fn bytt_noekkel(&self, kontroll: [u8; 8]) {
        *laas(&self.grunnlag) = None;
        for del in self.termer.iter().chain(&self.intervaller) {
            *laas(del) = Del {
                noekkel: kontroll,
                ..Del::default()
            };
        }
    }

    /// What is known of a term, by what it was kept under, as it is in a transaction.
    pub fn hent(&self, rom: Rom, kontroll: [u8; 8], sted: &[u8], transaksjon: usize) -> Option<Arc<Termbilde>> {
        let mut del = laas(self.del(rom, sted)?);
        if del.noekkel != kontroll {
            return None;
        }
        let Husket { lest, bilde } = del.hent(sted, self.maks(rom))?;
        self.gjelder(&bilde, lest, transaksjon).then_some(bilde)
    }

    /// Keeps what was read in a transaction.
    pub fn husk(&self, rom: Rom, kontroll: [u8; 8], sted: &[u8], transaksjon: usize, bilde: &Arc<Termbilde>) {
        if !self.gjelder(bilde, transaksjon, transaksjon) {
            return;
        }
        let Some(del) = self.del(rom, sted) else { return };
        let mut del = laas(del);
        // Whoever reads on under a key that is gone leaves nothing behind.
        if del.noekkel == kontroll {
            let husket = Husket {
                lest: transaksjon,
                bilde: bilde.clone(),
            };
            del.sett_inn(sted.into(), husket, self.maks(rom));
        }
    }

    /// What the questions of a transaction begin with, read if it is not here.
    pub fn grunnlag<E>(&self, transaksjon: usize, les: impl FnOnce() -> Result<Grunnlag, E>) -> Result<Grunnlag, E> {
        if let Some((sett, grunnlag)) = laas(&self.grunnlag).as_ref()
            && *sett == transaksjon
        {
            return Ok(grunnlag.clone());
        }
        let grunnlag = les()?;
        *laas(&self.grunnlag) = Some((transaksjon, grunnlag.clone()));
        Ok(grunnlag)
    }
}

#[cfg(test)]
mod tests {
    use super::super::mengde::Oversikt;
    use super::super::treff::Treff;
    use super::*;

    const NY: [u8; 8] = [1; 8];
    const T: Rom = Rom::Termer;
    const MERKE: Merke = [7; 10];

    impl Minne {
        fn antall(&self) -> usize {
            let antall = |del: &Mutex<Del>| {
                let del = laas(del);
                del.ny.len() + del.gammel.len()
            };
            self.termer.iter().map(antall).sum()
        }
    }

    fn bilde(merke: Merke, personer: Vec<u32>) -> Arc<Termbilde> {
        let mut deler = Vec::new();
        if !personer.is_empty() {
            deler.push((Publikum::fra_tall(1), merke, Oversikt::Samlet(personer)));
        }
        Arc::new(Termbilde::new(&[merke], deler))
    }

    fn ny() -> Minne {
        let minne = Minne::default();
        minne.bytt_noekkel(NY);
        minne
    }

    #[test]
    fn what_a_write_is_about_to_change_is_read_again() {
        let minne = ny();
        let gir = |transaksjon| minne.hent(T, NY, b"a", transaksjon).map(|b| b.antall());
        minne.husk(T, NY, b"a", 4, &bilde(MERKE, vec![1, 2]));
        // Nobody has changed it since, or long before.
        assert_eq!((gir(4), gir(9), gir(2)), (Some(2), Some(2), Some(2)));
        let mut annen = MERKE;
        annen[0] ^= 1;
        minne.merk(&annen, 10);
        assert_eq!(gir(10), Some(2));
        minne.merk(&MERKE, 10);
        // Whoever reads the moment before may not know what is about to come, nor whoever reads it when it has.
        assert_eq!((gir(9), gir(10)), (None, None));
        minne.husk(T, NY, b"a", 9, &bilde(MERKE, vec![1, 2]));
        assert_eq!((gir(9), gir(10)), (None, None));
        minne.husk(T, NY, b"a", 10, &bilde(MERKE, vec![1]));
        assert_eq!((gir(9), gir(10), gir(11)), (None, Some(1), Some(1)));
        minne.merk_alt(11);
        assert_eq!((gir(10), gir(11)), (None, None));
    }

    #[test]
    fn what_depends_on_several_is_read_again_when_one_changes() {
        let minne = ny();
        let (en, to) = (MERKE, [8; 10]);
        let deler = vec![(Publikum::fra_tall(1), to, Oversikt::Samlet(vec![5]))];
        minne.husk(T, NY, b"a", 4, &Arc::new(Termbilde::new(&[en, to], deler)));
        assert!(minne.hent(T, NY, b"a", 5).is_some());
        minne.merk(&en, 5);
        assert!(minne.hent(T, NY, b"a", 5).is_none());
        // Of a term that leads nobody too: somebody may come.
        let mut av = Treff::from(bilde([8; 10], vec![1]));
        av.og(bilde([9; 10], Vec::new()).into());
        let flere = Arc::new(Termbilde::av_flere(0, Box::default(), &av));
        minne.husk(T, NY, b"b", 5, &flere);
        assert_eq!(minne.hent(T, NY, b"b", 5).map(|b| b.antall()), Some(1));
        minne.merk(&[9; 10], 6);
        assert!(minne.hent(T, NY, b"b", 6).is_none());
    }

    #[test]
    fn nothing_is_left_of_a_key_that_is_gone() {
        let minne = ny();
        minne.husk(T, NY, b"a", 4, &bilde(MERKE, vec![1]));
        assert!(minne.hent(T, [2; 8], b"a", 4).is_none());
        minne.bytt_noekkel([2; 8]);
        assert!(minne.hent(T, NY, b"a", 4).is_none());
        minne.husk(T, NY, b"a", 4, &bilde(MERKE, vec![1]));
        assert_eq!(minne.antall(), 0);
    }

    #[test]
    fn what_is_kept_is_bounded_and_what_is_asked_for_stays() {
        let minne = ny();
        let stor = bilde(MERKE, (0..4_000).collect());
        let sted = |nr: u32| nr.to_be_bytes();
        let (plass, _) = T.plass();
        let nok = u32::try_from(plass / stor.byte() * 2).unwrap();
        for nr in 0..nok {
            minne.husk(T, NY, &sted(nr), 4, &stor);
            // However many ranges there are, they put no term out.
            minne.husk(Rom::Intervaller, NY, &sted(nr), 4, &stor);
            assert!(minne.hent(T, NY, &sted(0), 4).is_some());
        }
        assert!(minne.hent(T, NY, &sted(1), 4).is_none());
        let byte_ = minne.antall() * stor.byte();
        assert!(byte_ <= plass, "{byte_}");
    }

    #[test]
    fn what_questions_begin_with_is_of_one_transaction_and_one_key() {
        let minne = Minne::default();
        let mappe = tempfile::tempdir().unwrap();
        let (_miljoe, [tabell]) = lager::Miljoe::aapne(mappe.path(), ["a"]).unwrap();
        let noekkel = Indeksnoekkel::new(&lager::forsegling::Noekkel::fra_byte([7; 32])).unwrap();
        let noekkel = Arc::new(noekkel);
        let les = |transaksjon, publikum: Vec<Publikum>| {
            let grunnlag = Grunnlag {
                tabell,
                noekkel: noekkel.clone(),
                publikum: publikum.into(),
            };
            minne
                .grunnlag(transaksjon, || Ok::<_, ()>(grunnlag))
                .unwrap()
                .publikum
                .len()
        };
        assert_eq!(les(1, vec![Publikum::fra_tall(3)]), 1);
        assert_eq!(les(1, Vec::new()), 1);
        assert_eq!(les(2, Vec::new()), 0);
        // A key that is gone is not held on to.
        minne.bytt_noekkel([2; 8]);
        assert_eq!(Arc::strong_count(&noekkel), 1);
        assert_eq!(les(2, vec![Publikum::fra_tall(3)]), 1);
    }
}
