//! Persons by a key that a row may have in common with them.
//!
//! Four bytes an entry and no key beside it: who stands under another key of the same bucket is weighed, and found to be another.

/// Persons in buckets.
pub(crate) struct Blokk {
    start: Vec<u32>,
    personer: Vec<u32>,
}

/// Mixes some parts into a key. Source: the finaliser of SplitMix64.
pub(crate) fn noekkel(deler: &[u64]) -> u64 {
    deler.iter().fold(0x9e37_79b9_7f4a_7c15, |foer, del| {
        let mut x = (foer ^ del).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        x ^= x >> 27;
        x = x.wrapping_mul(0x94d0_49bb_1331_11eb);
        x ^ (x >> 31)
    })
}

impl Blokk {
    /// Of keys and persons; the same pair twice is once.
    pub(crate) fn av(mut par: Vec<(u64, u32)>) -> Self {
        // As many buckets as entries, in twos.
        let boetter = par.len().next_power_of_two().max(2);
        for en in &mut par {
            en.0 %= boetter as u64;
        }
        par.sort_unstable();
        par.dedup();
        let mut start = vec![0u32; boetter + 1];
        for (noekkel, _) in &par {
            let plass = usize::try_from(*noekkel).unwrap_or(0) + 1;
            if let Some(en) = start.get_mut(plass) {
                *en += 1;
            }
        }
        let mut sum = 0u32;
        for en in &mut start {
            sum += *en;
            *en = sum;
        }
        let personer = par.into_iter().map(|(_, person)| person).collect();
        Blokk { start, personer }
    }

    /// Who may have a key.
    pub(crate) fn finn(&self, noekkel: u64) -> &[u32] {
        let boetter = self.start.len().saturating_sub(1).max(1) as u64;
        let plass = usize::try_from(noekkel % boetter).unwrap_or(0);
        let fra = self.start.get(plass).copied().unwrap_or(0) as usize;
        let til = self.start.get(plass + 1).copied().unwrap_or(0) as usize;
        self.personer.get(fra..til).unwrap_or_default()
    }

    pub(crate) fn byte(&self) -> usize {
        4 * (self.start.capacity() + self.personer.capacity())
    }
}
