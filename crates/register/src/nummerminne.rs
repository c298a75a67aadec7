//! Numbers in memory: which number each person goes by, for a search that gives thousands of them.
//!
//! What is kept was read from the records at some moment, and is given to whoever reads a moment that has the same: a write
//! says whom it is about to change before it commits. A newcomer's mistake is to say it afterwards, when somebody may have
//! read the new moment already and been given the old number.

use std::sync::{OnceLock, PoisonError, RwLock};

use tilgang::Grad;

/// Persons whose numbers are kept, and let go, together.
const BOLK: u32 = 256;
/// Bolker in a room.
const ROM: u32 = 256;
/// Rooms there are: for 67 million persons. Whoever comes after is not kept.
const ROM_MAKS: usize = 1_024;

/// A number and the protection that the person has, as one word; 0 where it is not known.
type Ord = u64;

/// One beside the other, so that a search that gives thousands waits for memory once for each.
struct Bolk {
    /// The last transaction that changed somebody here, or is about to.
    endret: usize,
    numre: [Ord; BOLK as usize],
}

const TOM: Bolk = Bolk {
    endret: 0,
    numre: [0; BOLK as usize],
};

type Rom = Box<[RwLock<Bolk>]>;

/// The numbers of everybody who has been asked for.
pub(crate) struct Nummerminne {
    rom: Box<[OnceLock<Rom>]>,
}

fn plass(person: u32) -> (usize, usize, usize) {
    let (bolk, i_bolk) = (person / BOLK, person % BOLK);
    ((bolk / ROM) as usize, (bolk % ROM) as usize, i_bolk as usize)
}

impl Nummerminne {
    pub fn new() -> Self {
        Nummerminne {
            rom: (0..ROM_MAKS).map(|_| OnceLock::new()).collect(),
        }
    }

    fn bolk(&self, rom: usize, bolk: usize) -> Option<&RwLock<Bolk>> {
        let rom = self.rom.get(rom)?;
        rom.get_or_init(|| (0..ROM).map(|_| RwLock::new(TOM)).collect())
            .get(bolk)
    }

    /// Says that a transaction changes a person; before it commits.
    pub fn merk(&self, person: u32, transaksjon: usize) {
        let (rom, bolk, _) = plass(person);
        if let Some(bolk) = self.bolk(rom, bolk) {
            let mut bolk = bolk.write().unwrap_or_else(PoisonError::into_inner);
            bolk.endret = bolk.endret.max(transaksjon);
            bolk.numre = TOM.numre;
        }
    }

    /// The number and the protection of a person as they are in a transaction, if they are here.
    pub fn hent(&self, person: u32, transaksjon: usize) -> Option<(u64, Grad)> {
        let (rom, bolk, plass) = plass(person);
        let bolk = self.rom.get(rom)?.get()?.get(bolk)?;
        let bolk = bolk.read().unwrap_or_else(PoisonError::into_inner);
        if bolk.endret > transaksjon {
            return None;
        }
        match bolk.numre.get(plass) {
            None | Some(0) => None,
            Some(ord) => Some((ord >> 8, Grad::fra_tall(u8::try_from(ord & 0xFF).unwrap_or(u8::MAX)))),
        }
    }

    /// Keeps what was read in a transaction.
    pub fn husk(&self, person: u32, transaksjon: usize, nummer: u64, vern: Grad) {
        let (rom, bolk, plass) = plass(person);
        let Some(bolk) = self.bolk(rom, bolk) else { return };
        let mut bolk = bolk.write().unwrap_or_else(PoisonError::into_inner);
        // Whoever reads an older moment than the last change knows nothing of what is now.
        if bolk.endret > transaksjon {
            return;
        }
        if let Some(til) = bolk.numre.get_mut(plass) {
            *til = nummer << 8 | u64::from(vern as u8);
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
