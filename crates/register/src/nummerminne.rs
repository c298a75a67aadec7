//! Numbers in memory: which number each person goes by, for a search that gives thousands of them.
//!
//! What is kept was read from the records at some moment, and is given to whoever reads a moment that has the same: a write
//! says whom it is about to change before it commits. A newcomer's mistake is to say it afterwards, when somebody may have
//! read the new moment already and been given the old number.

use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};

use tilgang::Grad;

/// Persons whose numbers are kept, and let go, together.
const BOLK: u32 = 256;
/// Such bolker in a room.
const ROM: u32 = 256;
/// Rooms there are: for 67 million persons. Whoever comes after is not kept.
const ROM_MAKS: usize = 1_024;

/// A number and the protection that the person has, as one word; 0 where it is not known.
type Ord = u64;

/// Of some persons: when they were changed. Whoever reads takes no lock; whoever writes does.
#[derive(Default)]
struct Bolk {
    laas: Mutex<()>,
    /// The last transaction that changed somebody here, or is about to.
    endret: AtomicUsize,
}

impl Bolk {
    fn laas(&self) -> MutexGuard<'_, ()> {
        self.laas.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What is looked at for every number lies close together, so that a search that gives thousands waits for memory once for
/// each.
struct Rom {
    bolker: Box<[Bolk]>,
    numre: Box<[AtomicU64]>,
}

impl Rom {
    fn tomt() -> Self {
        Rom {
            bolker: (0..ROM).map(|_| Bolk::default()).collect(),
            numre: (0..ROM * BOLK).map(|_| AtomicU64::new(0)).collect(),
        }
    }

    fn bolk(&self, plass: u32) -> Option<&Bolk> {
        self.bolker.get((plass / BOLK) as usize)
    }
}

/// The numbers of everybody who has been asked for.
pub(crate) struct Nummerminne {
    rom: Box<[OnceLock<Rom>]>,
}

// The room, and the place there.
fn plass(person: u32) -> (usize, u32) {
    ((person / (ROM * BOLK)) as usize, person % (ROM * BOLK))
}

impl Nummerminne {
    pub fn new() -> Self {
        Nummerminne {
            rom: (0..ROM_MAKS).map(|_| OnceLock::new()).collect(),
        }
    }

    fn rom(&self, rom: usize) -> Option<&Rom> {
        Some(self.rom.get(rom)?.get_or_init(Rom::tomt))
    }

    /// Says that a transaction changes a person; before it commits.
    pub fn merk(&self, person: u32, transaksjon: usize) {
        let (rom, plass) = plass(person);
        let Some(rom) = self.rom(rom) else { return };
        let Some(bolk) = rom.bolk(plass) else { return };
        let _laas = bolk.laas();
        bolk.endret.fetch_max(transaksjon, Ordering::SeqCst);
        let foerste = (plass / BOLK * BOLK) as usize;
        for nummer in rom.numre.iter().skip(foerste).take(BOLK as usize) {
            nummer.store(0, Ordering::SeqCst);
        }
    }

    /// The number and the protection of a person as they are in a transaction, if they are here.
    pub fn hent(&self, person: u32, transaksjon: usize) -> Option<(u64, Grad)> {
        let (rom, plass) = plass(person);
        let rom = self.rom.get(rom)?.get()?;
        // First the number: one that was put here after a change is seen with the change. Whoever reads a moment with the
        // change began when it had been noted, and finds nothing from before.
        let ord: Ord = rom.numre.get(plass as usize)?.load(Ordering::SeqCst);
        if ord == 0 || rom.bolk(plass)?.endret.load(Ordering::SeqCst) > transaksjon {
            return None;
        }
        Some((ord >> 8, Grad::fra_tall(u8::try_from(ord & 0xFF).unwrap_or(u8::MAX))))
    }

    /// Keeps what was read in a transaction.
    pub fn husk(&self, person: u32, transaksjon: usize, nummer: u64, vern: Grad) {
        let (rom, plass) = plass(person);
        let Some(rom) = self.rom(rom) else { return };
        let Some(bolk) = rom.bolk(plass) else { return };
        let _laas = bolk.laas();
        // Whoever reads an older moment than the last change knows nothing of what is now.
        if bolk.endret.load(Ordering::SeqCst) > transaksjon {
            return;
        }
        if let Some(til) = rom.numre.get(plass as usize) {
            til.store(nummer << 8 | u64::from(vern as u8), Ordering::SeqCst);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_write_is_about_to_change_is_read_from_the_records() {
        let minne = Nummerminne::new();
        assert_eq!(minne.hent(7, 1), None);
        minne.husk(7, 1, 12, Grad::Fortrolig);
        assert_eq!(minne.hent(7, 1), Some((12, Grad::Fortrolig)));
        // Nobody near has changed since: a later moment has the same.
        assert_eq!(minne.hent(7, 5), Some((12, Grad::Fortrolig)));
        minne.merk(8, 6);
        assert_eq!(minne.hent(7, 5), None);
        assert_eq!(minne.hent(7, 6), None);
        // One who still reads the moment before the change leaves nothing behind.
        minne.husk(7, 5, 12, Grad::Fortrolig);
        assert_eq!(minne.hent(7, 6), None);
        minne.husk(7, 6, 13, Grad::Ugradert);
        assert_eq!(minne.hent(7, 6), Some((13, Grad::Ugradert)));
        assert_eq!(minne.hent(7, 5), None);
        assert_eq!(minne.hent(8, 6), None);
        minne.husk(u32::MAX, 6, 13, Grad::Ugradert);
        assert_eq!(minne.hent(u32::MAX, 6), None);
        minne.merk(u32::MAX, 7);
    }
}
