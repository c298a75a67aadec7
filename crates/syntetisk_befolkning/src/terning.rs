//! The dice: a counter-based generator with one stream per group and purpose.
//!
//! ChaCha with eight rounds in a pinned version, so the same seed gives the same throws on every machine. Whole numbers
//! only: no floating point, whose functions may differ between platforms. A newcomer's mistake is to throw in an order
//! that depends on something else than seed, group and purpose.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

/// What a stream of throws is for; each purpose has its own, so that one can change without moving the others.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Emne {
    /// Who lives, and what happens to them.
    Plan,
    /// Register times and other details of the documents.
    Dokument,
    /// Details of the last month's transactions.
    Maaned,
    /// What happens on a day after the reference date; its groups are days, three of them a day.
    Liv,
}

/// Throws for one group and one purpose.
#[derive(Clone)]
pub(crate) struct Terning(ChaCha8Rng);

impl Terning {
    /// The dice of a group; the same arguments always give the same throws.
    pub(crate) fn new(froe: u64, gruppe: u32, emne: Emne) -> Self {
        let mut noekkel = [0u8; 32];
        let merke = *b"syntetisk-befolkning-v01";
        for (plass, byte) in noekkel.iter_mut().zip(froe.to_le_bytes().into_iter().chain(merke)) {
            *plass = byte;
        }
        let mut kilde = ChaCha8Rng::from_seed(noekkel);
        let nummer = match emne {
            Emne::Plan => 0,
            Emne::Dokument => 1,
            Emne::Maaned => 2,
            Emne::Liv => 3,
        };
        kilde.set_stream(u64::from(gruppe) * 4 + nummer);
        Terning(kilde)
    }

    /// Starts at the place in the stream that belongs to the story with a number.
    pub(crate) fn fortelling(mut self, nr: u16) -> Self {
        // No story uses a thousandth of its 65 536 words.
        self.0.set_word_pos(u128::from(nr) << 16);
        self
    }

    /// 32 random bits.
    pub(crate) fn bits(&mut self) -> u32 {
        self.0.next_u32()
    }

    /// A number below `n`; 0 when `n` is 0.
    pub(crate) fn under(&mut self, n: u32) -> u32 {
        // The high half of a 64-bit product is always below `n`, so it fits.
        u32::try_from((u64::from(self.bits()) * u64::from(n)) >> 32).unwrap_or(0)
    }

    /// A number from `fra` to `til`, both included; `fra` when `til` is smaller.
    pub(crate) fn mellom(&mut self, fra: i32, til: i32) -> i32 {
        let bredde = u32::try_from(i64::from(til) - i64::from(fra) + 1).unwrap_or(0);
        fra.saturating_add_unsigned(self.under(bredde))
    }

    /// A small number below `n`.
    pub(crate) fn liten(&mut self, n: u8) -> u8 {
        u8::try_from(self.under(u32::from(n))).unwrap_or(0)
    }

    /// A 16-bit number below `n`.
    pub(crate) fn middels(&mut self, n: u16) -> u16 {
        u16::try_from(self.under(u32::from(n))).unwrap_or(0)
    }

    /// True in `n` of 1 000 throws.
    pub(crate) fn promille(&mut self, n: u32) -> bool {
        self.under(1_000) < n
    }

    /// True in `n` of 100 000 throws.
    pub(crate) fn per_100_000(&mut self, n: u32) -> bool {
        self.under(100_000) < n
    }

    /// The place of a weight, in proportion to it; 0 when there are none.
    pub(crate) fn vektet(&mut self, vekter: &[u32]) -> usize {
        let mut rest = self.under(vekter.iter().sum());
        for (nr, &vekt) in vekter.iter().enumerate() {
            if rest < vekt {
                return nr;
            }
            rest -= vekt;
        }
        0
    }

    /// One of a list; `None` of an empty one.
    pub(crate) fn en_av<'a, T>(&mut self, liste: &'a [T]) -> Option<&'a T> {
        let antall = u32::try_from(liste.len()).ok()?;
        liste.get(usize::try_from(self.under(antall)).ok()?)
    }
}

/// Rising sums of weights, to pick a place by.
#[derive(Debug)]
pub(crate) struct Vekttabell(Vec<u32>);

impl Vekttabell {
    /// The table of some weights.
    pub(crate) fn new(vekter: impl IntoIterator<Item = u32>) -> Self {
        let mut sum = 0;
        Vekttabell(
            vekter
                .into_iter()
                .map(|vekt| {
                    sum += vekt;
                    sum
                })
                .collect(),
        )
    }

    /// A place, in proportion to its weight.
    pub(crate) fn velg(&self, terning: &mut Terning) -> u16 {
        let kast = terning.under(self.0.last().copied().unwrap_or(0));
        u16::try_from(self.0.partition_point(|&sum| sum <= kast)).unwrap_or(0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn throws_are_known_for_all_time() {
        let mut terning = Terning::new(2026, 7, Emne::Plan);
        let kast: Vec<u32> = (0..4).map(|_| terning.bits()).collect();
        assert_eq!(kast, KJENT);
    }

    /// Computed apart from the crate, from the published definition of ChaCha with eight rounds.
    const KJENT: [u32; 4] = [1_859_853_812, 1_103_653_286, 2_606_383_206, 611_815_259];

    #[test]
    fn streams_differ_by_seed_group_and_purpose() {
        let mut kast: Vec<u32> = [
            (1, 1, Emne::Plan),
            (2, 1, Emne::Plan),
            (1, 2, Emne::Plan),
            (1, 1, Emne::Dokument),
            (1, 1, Emne::Maaned),
            (1, 1, Emne::Liv),
        ]
        .into_iter()
        .map(|(froe, gruppe, emne)| Terning::new(froe, gruppe, emne).bits())
        .collect();
        kast.sort_unstable();
        kast.dedup();
        assert_eq!(kast.len(), 6);
    }

    #[test]
    fn numbers_keep_within_their_bounds_and_reach_them() {
        let mut terning = Terning::new(1, 1, Emne::Plan);
        let kast: Vec<i32> = (0..1_000).map(|_| terning.mellom(-2, 2)).collect();
        assert_eq!((kast.iter().min(), kast.iter().max()), (Some(&-2), Some(&2)));
        assert_eq!(terning.under(0), 0);
        assert_eq!(terning.mellom(5, 4), 5);
        assert_eq!(terning.en_av::<u8>(&[]), None);
    }

    #[test]
    fn weights_decide_how_often() {
        let mut terning = Terning::new(1, 1, Emne::Plan);
        let tabell = Vekttabell::new([1, 0, 9]);
        let treff = (0..10_000).filter(|_| tabell.velg(&mut terning) == 2).count();
        assert!((8_800..9_200).contains(&treff), "{treff}");
        let treff = (0..10_000).filter(|_| terning.vektet(&[1, 0, 9]) == 2).count();
        assert!((8_800..9_200).contains(&treff), "{treff}");
    }
}
