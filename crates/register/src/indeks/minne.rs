//! Sets in memory: those of the terms that many are under, opened once and not for each question.
//!
//! A set is kept by where it lies, with the seal it had: the seal is of the place and of every byte, so that whoever reads
//! another moment sees by it alone whether the set is the same there. Small sets are not kept: they are opened as fast.
//! What was under a key is let go with the key, since nothing of it is to be left.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use roaring::RoaringBitmap;
use tilgang::Publikum;

use super::Noekkel;

/// Bytes of what is kept, about. Source: our choice; the terms that most are under, of a nation.
const BYTE_MAKS: usize = 96 << 20;
/// Persons of a set that is kept; one of fewer is not looked for. Where our own slips are looked for all are kept, so that
/// small nations meet what great ones do.
pub(super) const KAN_HUSKES: u32 = if cfg!(debug_assertions) { 1 } else { 128 };
/// Locks, so that those who ask do not wait for each other.
const DELER: usize = 16;
/// The last bytes of a sealed value.
const SEGL_BYTE: usize = 16;

type Segl = [u8; SEGL_BYTE];

struct Husket {
    /// A transaction in which the set was seen to be so.
    sett: usize,
    segl: Segl,
    mengde: Arc<RoaringBitmap>,
}

/// Two halves: what is asked for moves to the young one, and the old one is let go when that is full.
#[derive(Default)]
struct Del {
    noekkel: [u8; 8],
    ny: HashMap<Noekkel, Husket>,
    byte: usize,
    gammel: HashMap<Noekkel, Husket>,
}

/// Which publics there are in the index, of a transaction.
type Publikummer = (usize, Arc<[Publikum]>);

#[derive(Default)]
pub(super) struct Minne {
    deler: [Mutex<Del>; DELER],
    publikum: Mutex<Option<Publikummer>>,
}

fn laas<T>(laas: &Mutex<T>) -> MutexGuard<'_, T> {
    laas.lock().unwrap_or_else(PoisonError::into_inner)
}

fn segl(forseglet: &[u8]) -> Segl {
    forseglet.last_chunk().copied().unwrap_or_default()
}

fn byte(mengde: &RoaringBitmap) -> usize {
    usize::try_from(mengde.len())
        .unwrap_or(usize::MAX)
        .saturating_mul(2)
        .min(8 * 1024)
        + 128
}

impl Del {
    fn sett_inn(&mut self, sted: Noekkel, husket: Husket) {
        self.byte += byte(&husket.mengde);
        self.ny.insert(sted, husket);
        if self.byte > BYTE_MAKS / DELER / 2 {
            self.gammel = std::mem::take(&mut self.ny);
            self.byte = 0;
        }
    }

    fn hent(&mut self, sted: &Noekkel) -> Option<&mut Husket> {
        if !self.ny.contains_key(sted) {
            let husket = self.gammel.remove(sted)?;
            self.sett_inn(*sted, husket);
        }
        self.ny.get_mut(sted).or_else(|| self.gammel.get_mut(sted))
    }
}

impl Minne {
    fn del(&self, sted: &Noekkel) -> Option<&Mutex<Del>> {
        // Marks are spread evenly, and blocks of one come after each other.
        let [_, _, merke, .., blokk] = sted;
        self.deler.get(usize::from(merke.wrapping_add(*blokk)) % DELER)
    }

    /// From now on sets under this key are kept, and those under another are gone.
    pub fn bytt_noekkel(&self, kontroll: [u8; 8]) {
        for del in &self.deler {
            *laas(del) = Del {
                noekkel: kontroll,
                ..Del::default()
            };
        }
    }

    /// The set that lies in a place, if it is here. `forseglet` is what lies there, where the transaction is not one in which
    /// that has been seen.
    pub fn hent<'f, F>(
        &self,
        kontroll: [u8; 8],
        sted: &Noekkel,
        transaksjon: usize,
        forseglet: F,
    ) -> Option<Arc<RoaringBitmap>>
    where
        F: FnOnce() -> Option<&'f [u8]>,
    {
        let mut del = laas(self.del(sted)?);
        if del.noekkel != kontroll {
            return None;
        }
        let husket = del.hent(sted)?;
        if husket.sett != transaksjon {
            if segl(forseglet()?) != husket.segl {
                return None;
            }
            husket.sett = transaksjon;
        }
        Some(husket.mengde.clone())
    }

    /// Keeps a set that was opened.
    pub fn husk(
        &self,
        kontroll: [u8; 8],
        sted: &Noekkel,
        transaksjon: usize,
        forseglet: &[u8],
        mengde: &Arc<RoaringBitmap>,
    ) {
        if mengde.len() < u64::from(KAN_HUSKES) {
            return;
        }
        let Some(del) = self.del(sted) else { return };
        let mut del = laas(del);
        // Whoever reads on under a key that is gone leaves nothing behind.
        if del.noekkel == kontroll {
            let husket = Husket {
                sett: transaksjon,
                segl: segl(forseglet),
                mengde: mengde.clone(),
            };
            del.sett_inn(*sted, husket);
        }
    }

    /// The publics of a transaction, read if they are not here.
    pub fn publikum<E>(
        &self,
        transaksjon: usize,
        les: impl FnOnce() -> Result<Vec<Publikum>, E>,
    ) -> Result<Arc<[Publikum]>, E> {
        if let Some((sett, publikum)) = laas(&self.publikum).as_ref()
            && *sett == transaksjon
        {
            return Ok(publikum.clone());
        }
        let publikum: Arc<[Publikum]> = les()?.into();
        *laas(&self.publikum) = Some((transaksjon, publikum.clone()));
        Ok(publikum)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NY: [u8; 8] = [1; 8];

    impl Minne {
        fn antall(&self) -> usize {
            let antall = |del: &Mutex<Del>| {
                let del = laas(del);
                del.ny.len() + del.gammel.len()
            };
            self.deler.iter().map(antall).sum()
        }
    }

    fn mengde(person: u32) -> Arc<RoaringBitmap> {
        Arc::new((person..person + KAN_HUSKES).collect())
    }

    #[test]
    fn a_set_is_given_only_where_the_same_bytes_lie() {
        let minne = Minne::default();
        minne.bytt_noekkel(NY);
        let (sted, forseglet) = ([3; 14], vec![9u8; 400]);
        minne.husk(NY, &sted, 4, &forseglet, &mengde(1));
        // In the transaction that it was read in, nobody looks.
        assert_eq!(minne.hent(NY, &sted, 4, || panic!()), Some(mengde(1)));
        assert_eq!(minne.hent(NY, &sted, 5, || Some(&forseglet)), Some(mengde(1)));
        let mut annet = forseglet.clone();
        annet[399] = 8;
        assert_eq!(minne.hent(NY, &sted, 6, || Some(&annet)), None);
        assert_eq!(minne.hent(NY, &sted, 6, || None), None);
        assert_eq!(minne.hent([2; 8], &sted, 4, || Some(&forseglet)), None);
    }

    #[test]
    fn nothing_is_left_of_a_key_that_is_gone() {
        let minne = Minne::default();
        minne.bytt_noekkel(NY);
        let (sted, forseglet) = ([3; 14], vec![9u8; 400]);
        minne.husk(NY, &sted, 4, &forseglet, &mengde(1));
        minne.bytt_noekkel([2; 8]);
        assert_eq!(minne.hent(NY, &sted, 4, || Some(&forseglet)), None);
        minne.husk(NY, &sted, 4, &forseglet, &mengde(1));
        assert_eq!(minne.antall(), 0);
    }

    #[test]
    fn what_is_kept_is_bounded_and_what_is_asked_for_stays() {
        let minne = Minne::default();
        minne.bytt_noekkel(NY);
        let stor: Arc<RoaringBitmap> = Arc::new((0..60_000).step_by(2).collect());
        let forseglet = vec![1u8; 400];
        let sted = |nr: u32| {
            let mut sted = [0u8; 14];
            sted[4..8].copy_from_slice(&nr.to_be_bytes());
            sted
        };
        for nr in 0..4_000 {
            minne.husk(NY, &sted(nr), 4, &forseglet, &stor);
            assert!(minne.hent(NY, &sted(0), 4, || Some(&forseglet)).is_some());
        }
        assert!(minne.hent(NY, &sted(1), 4, || Some(&forseglet)).is_none());
        let byte_ = minne.antall() * byte(&stor);
        assert!(byte_ <= BYTE_MAKS, "{byte_}");
    }

    #[test]
    fn publics_are_of_one_transaction() {
        let minne = Minne::default();
        let les = |transaksjon, publikum: Vec<Publikum>| minne.publikum(transaksjon, || Ok::<_, ()>(publikum)).unwrap();
        assert_eq!(les(1, vec![Publikum::fra_tall(3)]).len(), 1);
        assert_eq!(les(1, Vec::new()).len(), 1);
        assert_eq!(les(2, Vec::new()).len(), 0);
    }
}
