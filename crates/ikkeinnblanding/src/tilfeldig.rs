//! Chance from a seed, so that both sides of a pair are asked the same and a failure can be asked again.

/// A small generator (SplitMix64); chooses requests and orders, never keys.
#[derive(Clone, Debug)]
pub struct Tilfeldig(u64);

impl Tilfeldig {
    /// From a seed.
    #[must_use]
    pub fn new(froe: u64) -> Self {
        Tilfeldig(froe)
    }

    /// The next 64 bits.
    pub fn neste(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number below `antall`; 0 when there is none.
    pub fn under(&mut self, antall: usize) -> usize {
        let antall = u64::try_from(antall).unwrap_or(u64::MAX).max(1);
        usize::try_from(self.neste() % antall).unwrap_or(0)
    }

    /// One in `av`.
    pub fn en_av(&mut self, av: usize) -> bool {
        self.under(av) == 0
    }

    /// One of the values.
    pub fn velg<'a, T>(&mut self, verdier: &'a [T]) -> Option<&'a T> {
        verdier.get(self.under(verdier.len()))
    }

    /// Some of the values, each perhaps, in their order.
    pub fn noen<T: Clone>(&mut self, verdier: &[T], en_av: usize) -> Vec<T> {
        verdier.iter().filter(|_| self.en_av(en_av)).cloned().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_gives_the_same_again_and_another_seed_something_else() {
        let rekke = |froe| {
            let mut t = Tilfeldig::new(froe);
            (0..8).map(|_| t.under(1_000)).collect::<Vec<_>>()
        };
        assert_eq!(rekke(1), rekke(1));
        assert_ne!(rekke(1), rekke(2));
        assert!(Tilfeldig::new(1).velg::<u8>(&[]).is_none());
    }
}
