//! The dice: a pinned generator, so that the same seed gives the same rows on every machine.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

#[derive(Debug)]
pub(crate) struct Terning(ChaCha8Rng);

impl Terning {
    pub(crate) fn new(froe: u64, stroem: u64) -> Self {
        let mut noekkel = [0u8; 32];
        for (plass, byte) in noekkel
            .iter_mut()
            .zip(froe.to_le_bytes().into_iter().chain(*b"matchfeil-v01"))
        {
            *plass = byte;
        }
        let mut kilde = ChaCha8Rng::from_seed(noekkel);
        kilde.set_stream(stroem);
        Terning(kilde)
    }

    /// A number below `n`; 0 when `n` is 0.
    pub(crate) fn under(&mut self, n: u32) -> u32 {
        // The high half of a 64-bit product is always below `n`, so it fits.
        u32::try_from((u64::from(self.0.next_u32()) * u64::from(n)) >> 32).unwrap_or(0)
    }

    /// A place in a list of so many; 0 of an empty one.
    pub(crate) fn plass(&mut self, antall: usize) -> usize {
        let n = u32::try_from(antall).unwrap_or(u32::MAX);
        usize::try_from(self.under(n)).unwrap_or(0)
    }

    /// One of a list; `None` of an empty one.
    pub(crate) fn en_av<'a, T>(&mut self, liste: &'a [T]) -> Option<&'a T> {
        let plass = self.plass(liste.len());
        liste.get(plass)
    }
}
