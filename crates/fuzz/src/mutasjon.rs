//! Mutations of bytes, from a seed and nothing else.

use crate::BYTE_MAKS;

/// Values at which readers of numbers break.
const GRENSER: [u8; 9] = [0, 1, 0x1f, 0x20, 0x7f, 0x80, 0xfe, 0xff, b'0'];
/// Pieces that mean something in more than one of our formats.
const BITER: [&[u8]; 40] = [
    b"\0",
    b"\xef\xbb\xbf",
    b"\xff\xfe",
    b"\xfe\xff",
    b"\xc0\xbc",
    b"\xed\xa0\x80",
    b"\xf4\x90\x80\x80",
    b"\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01",
    b"\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80\x01",
    b"\r\n",
    b"\n",
    b"\t",
    b" ",
    b"%",
    b"%00",
    b"%2e%2e%2f",
    b"%C3%A6",
    b"\\u0000",
    b"\\ud800",
    b"\"",
    b"'",
    b"{",
    b"}",
    b"[",
    b"]",
    b":",
    b",",
    b";",
    b"=",
    b"&",
    b"<",
    b">",
    b"&amp;",
    b"<![CDATA[",
    b"-1",
    b"9223372036854775808",
    b"1e400",
    b"-0.0",
    b"\xc3\xa6",
    b"\xf0\x9f\x98\x80",
];

/// Numbers from a seed: SplitMix64.
#[derive(Clone, Debug)]
pub struct Mutator(u64);

impl Mutator {
    /// A mutator for a target; the same name gives the same mutations.
    #[must_use]
    pub fn new(navn: &str) -> Self {
        let fnv = |sum: u64, byte: u8| (sum ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        Mutator(navn.bytes().fold(0xcbf2_9ce4_8422_2325, fnv))
    }

    fn tall(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number below `grense`, which is not 0.
    fn under(&mut self, grense: usize) -> usize {
        usize::try_from(self.tall() % (grense as u64)).unwrap_or(0)
    }

    fn velg<'a, T>(&mut self, fra: &'a [T]) -> Option<&'a T> {
        if fra.is_empty() {
            None
        } else {
            fra.get(self.under(fra.len()))
        }
    }

    /// A mutation of one of the texts: one to six changes, each mostly small.
    pub fn mutasjon(&mut self, tekster: &[Vec<u8>], ord: &[&str]) -> Vec<u8> {
        let mut byte = self.velg(tekster).cloned().unwrap_or_default();
        byte.truncate(BYTE_MAKS);
        for _ in 0..=self.under(6) {
            self.endre(&mut byte, tekster, ord);
        }
        byte.truncate(BYTE_MAKS);
        byte
    }

    fn endre(&mut self, byte: &mut Vec<u8>, tekster: &[Vec<u8>], ord: &[&str]) {
        let sted = self.under(byte.len() + 1);
        // Short pieces are what hurts most often; long ones are tried too.
        let lengde = if self.under(4) == 0 {
            self.under(byte.len() + 1)
        } else {
            self.under(9)
        };
        let til = sted.saturating_add(lengde).min(byte.len());
        match self.under(12) {
            0 | 1 => {
                let bit = 1 << self.under(8);
                if let Some(b) = byte.get_mut(sted) {
                    *b ^= bit;
                }
            }
            2 => {
                let verdi = self.velg(&GRENSER).copied().unwrap_or(0);
                if let Some(b) = byte.get_mut(sted) {
                    *b = verdi;
                }
            }
            3 => {
                let verdi = self.tall() as u8;
                if let Some(b) = byte.get_mut(sted) {
                    *b = b.wrapping_add(verdi);
                }
            }
            4 => drop(byte.drain(sted..til)),
            5 => byte.truncate(sted),
            6 => {
                let bit = self.velg(&BITER).copied().unwrap_or(b"");
                byte.splice(sted..sted, bit.iter().copied());
            }
            7 => {
                let bit = self.velg(ord).copied().unwrap_or("");
                let til = if self.under(2) == 0 { sted } else { til };
                byte.splice(sted..til, bit.bytes());
            }
            8 => {
                // The same piece again, now and then very often: what is quadratic shows itself.
                let del = byte.get(sted..til).unwrap_or(&[]).to_vec();
                let ganger = if self.under(40) == 0 { 20_000 } else { 1 + self.under(4) };
                let ganger = ganger.min((BYTE_MAKS / del.len().max(1)).max(1));
                byte.splice(til..til, del.repeat(ganger));
            }
            9 => {
                // Another text's end.
                if let Some(annen) = self.velg(tekster).cloned() {
                    let fra = self.under(annen.len() + 1);
                    byte.truncate(sted);
                    byte.extend_from_slice(annen.get(fra..).unwrap_or(&[]));
                }
            }
            10 => {
                // Two pieces change places.
                let del: Vec<u8> = byte.drain(sted..til).collect();
                let nytt = self.under(byte.len() + 1);
                byte.splice(nytt..nytt, del);
            }
            _ => {
                let verdi = self.tall().to_le_bytes();
                for (plass, ny) in byte.iter_mut().skip(sted).zip(verdi) {
                    *plass = ny;
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_name_gives_the_same_mutations_and_another_name_others() {
        let tekster = [b"{\"a\":1}".to_vec(), vec![0; 300]];
        let rekke = |navn: &str| -> Vec<Vec<u8>> {
            let mut mutator = Mutator::new(navn);
            (0..500).map(|_| mutator.mutasjon(&tekster, &["navn"])).collect()
        };
        assert_eq!(rekke("a"), rekke("a"));
        assert_ne!(rekke("a"), rekke("b"));
        let ulike: std::collections::BTreeSet<_> = rekke("a").into_iter().collect();
        assert!(ulike.len() > 400, "{}", ulike.len());
        assert!(ulike.iter().all(|byte| byte.len() <= BYTE_MAKS));
        assert!(Mutator::new("a").mutasjon(&[], &[]).len() <= BYTE_MAKS);
    }
}
