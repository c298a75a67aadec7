//! The dice: SHA-256 over seed, number, version and a counter, so that the same person has the same entry everywhere.
//!
//! Whole numbers only. A newcomer's mistake is to throw in another order: every entry after it would be another one.

use identifikator::Folkeregisteridentifikator;
use sha2::{Digest, Sha256};

/// Throws for one person at one version.
pub(crate) struct Terning {
    froe: [u8; 32],
    teller: u32,
}

impl Terning {
    /// The dice of a person; the same arguments always give the same throws.
    pub(crate) fn new(froe: u64, person: Folkeregisteridentifikator, versjon: u32) -> Self {
        Terning::med_merke(b"kontaktregister-v01", froe, person.to_u64(), versjon)
    }

    /// The dice that choose whom the next change is about.
    pub(crate) fn for_endring(froe: u64, endringsnummer: u64) -> Self {
        Terning::med_merke(b"kontaktregister-hvem", froe, endringsnummer, 0)
    }

    fn med_merke(merke: &[u8], froe: u64, tall: u64, versjon: u32) -> Self {
        let mut hash = Sha256::new();
        hash.update(merke);
        hash.update(froe.to_le_bytes());
        hash.update(tall.to_le_bytes());
        hash.update(versjon.to_le_bytes());
        Terning {
            froe: hash.finalize().into(),
            teller: 0,
        }
    }

    /// 64 random bits.
    pub(crate) fn bits(&mut self) -> u64 {
        let mut hash = Sha256::new();
        hash.update(self.froe);
        hash.update(self.teller.to_le_bytes());
        self.teller += 1;
        let kast: [u8; 32] = hash.finalize().into();
        kast.first_chunk().map_or(0, |byte| u64::from_le_bytes(*byte))
    }

    /// A number below `n`; 0 when `n` is 0.
    pub(crate) fn under(&mut self, n: u64) -> u64 {
        // The high half of the product is always below `n`, so it fits.
        u64::try_from((u128::from(self.bits()) * u128::from(n)) >> 64).unwrap_or(0)
    }

    /// True in `n` of 1 000 throws.
    pub(crate) fn promille(&mut self, n: u64) -> bool {
        self.under(1_000) < n
    }

    /// Small letters and digits, so many of them.
    pub(crate) fn tegn(&mut self, antall: usize) -> String {
        const TEGN: &[u8] = b"abcdefghijkmnpqrstuvwxyz23456789";
        let mut ett = || {
            let plass = usize::try_from(self.under(TEGN.len() as u64)).unwrap_or(0);
            char::from(TEGN.get(plass).copied().unwrap_or(b'a'))
        };
        (0..antall).map(|_| ett()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kast(froe: u64, nummer: &str, versjon: u32) -> [u64; 3] {
        let mut terning = Terning::new(froe, Folkeregisteridentifikator::parse(nummer).unwrap(), versjon);
        std::array::from_fn(|_| terning.bits())
    }

    #[test]
    fn throws_are_the_same_again_and_differ_by_seed_person_and_version() {
        let a = kast(1, "30908299902", 0);
        assert_eq!(a, kast(1, "30908299902", 0));
        assert!(a != kast(2, "30908299902", 0) && a != kast(1, "30908299902", 1) && a != kast(1, "01912499975", 0));
    }

    #[test]
    fn numbers_keep_within_their_bounds_and_reach_them() {
        let mut terning = Terning::new(1, Folkeregisteridentifikator::parse("30908299902").unwrap(), 0);
        let mut sett = [0; 5];
        (0..2_000).for_each(|_| sett[usize::try_from(terning.under(5)).unwrap()] += 1);
        assert!(sett.iter().all(|antall| (300..500).contains(antall)), "{sett:?}");
        assert_eq!(terning.under(0), 0);
        assert_eq!(terning.tegn(9).len(), 9);
    }
}
