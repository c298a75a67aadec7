//! The grants that were used a short time ago.
//!
//! A grant is remembered until it could not be used anyway. The memory has a fixed size, and nothing alive is forgotten
//! to make room: when it is full, new grants are refused for a moment.

use std::collections::{BTreeSet, HashSet};
use std::sync::{Mutex, PoisonError};

/// Grants remembered at once. Source: our choice: 800 new grants a second through their two minutes, 10 MB.
pub(crate) const BRUKTE_MAKS: usize = 100_000;

/// What became of an attempt to use a grant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Bruk {
    Foerste,
    Igjen,
    Fullt,
}

/// The used grants by fingerprint.
pub(crate) struct Brukte {
    plasser: usize,
    brukte: Mutex<Sett>,
}

#[derive(Default)]
struct Sett {
    avtrykk: HashSet<[u8; 32]>,
    /// The same, ordered by the second after which they need not be remembered.
    utloep: BTreeSet<(i64, [u8; 32])>,
}

impl Brukte {
    pub(crate) fn new(plasser: usize) -> Self {
        Brukte {
            plasser,
            brukte: Mutex::new(Sett::default()),
        }
    }

    /// Uses a grant. Only the first of any number of simultaneous attempts gets [`Bruk::Foerste`].
    pub(crate) fn bruk(&self, avtrykk: [u8; 32], husk_til_s: i64, naa_s: i64) -> Bruk {
        let mut sett = self.brukte.lock().unwrap_or_else(PoisonError::into_inner);
        while let Some((utloep, gammelt)) = sett.utloep.first().copied().filter(|(utloep, _)| *utloep < naa_s) {
            sett.utloep.remove(&(utloep, gammelt));
            sett.avtrykk.remove(&gammelt);
        }
        if sett.avtrykk.contains(&avtrykk) {
            return Bruk::Igjen;
        }
        if sett.avtrykk.len() >= self.plasser {
            return Bruk::Fullt;
        }
        sett.avtrykk.insert(avtrykk);
        sett.utloep.insert((husk_til_s, avtrykk));
        Bruk::Foerste
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn avtrykk(nr: u32) -> [u8; 32] {
        let mut ut = [0; 32];
        ut[..4].copy_from_slice(&nr.to_be_bytes());
        ut
    }

    #[test]
    fn a_grant_is_used_once_until_it_is_worthless() {
        let brukte = Brukte::new(10);
        assert_eq!(brukte.bruk(avtrykk(1), 100, 0), Bruk::Foerste);
        assert_eq!(brukte.bruk(avtrykk(1), 100, 50), Bruk::Igjen);
        assert_eq!(brukte.bruk(avtrykk(1), 100, 100), Bruk::Igjen);
        assert_eq!(brukte.bruk(avtrykk(2), 100, 50), Bruk::Foerste);
        assert_eq!(brukte.bruk(avtrykk(1), 300, 101), Bruk::Foerste);
    }

    #[test]
    fn a_flood_neither_grows_the_memory_nor_pushes_anything_out() {
        let brukte = Brukte::new(100);
        for nr in 0..100 {
            assert_eq!(brukte.bruk(avtrykk(nr), 1000, 0), Bruk::Foerste);
        }
        for nr in 100..10_000 {
            assert_eq!(brukte.bruk(avtrykk(nr), 1000, 10), Bruk::Fullt);
        }
        for nr in 0..100 {
            assert_eq!(brukte.bruk(avtrykk(nr), 1000, 20), Bruk::Igjen);
        }
        assert_eq!(brukte.bruk(avtrykk(5000), 2000, 1001), Bruk::Foerste);
        let sett = brukte.brukte.lock().unwrap();
        assert_eq!((sett.avtrykk.len(), sett.utloep.len()), (1, 1));
    }
}
