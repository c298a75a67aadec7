//! Lines of a file, each of a bounded length, whatever the line ends are.

use std::io::{BufRead, Error};

/// Longest line that is read. Units: bytes. Source: our choice; the address register's are below 1 kB.
pub(super) const LINJE_BYTE_MAKS: usize = 16 * 1024;

/// What a line is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Linje {
    /// One that was read, without its end.
    Hel,
    /// One that is longer than we read; what is kept of it is its beginning.
    ForLang,
}

/// Reads lines into one buffer.
pub(super) struct Linjeleser<K> {
    kilde: K,
    linje: Vec<u8>,
    nummer: u64,
    byte: u64,
    /// The last line ended in CR: an LF that follows belongs to it.
    etter_cr: bool,
}

impl<K: BufRead> Linjeleser<K> {
    pub(super) fn new(kilde: K) -> Self {
        Linjeleser {
            kilde,
            linje: Vec::new(),
            nummer: 0,
            byte: 0,
            etter_cr: false,
        }
    }

    /// Reads the next line into the buffer; `None` at the end. A last line needs no end.
    pub(super) fn neste(&mut self) -> Result<Option<Linje>, Error> {
        self.linje.clear();
        let mut svar = Linje::Hel;
        let mut noe = false;
        loop {
            let buffer = match self.kilde.fill_buf() {
                Ok(buffer) => buffer,
                Err(feil) if feil.kind() == std::io::ErrorKind::Interrupted => continue,
                Err(feil) => return Err(feil),
            };
            if buffer.is_empty() {
                if noe {
                    self.nummer += 1;
                    return Ok(Some(svar));
                }
                return Ok(None);
            }
            if std::mem::take(&mut self.etter_cr) && buffer.first() == Some(&b'\n') {
                self.kilde.consume(1);
                self.byte += 1;
                continue;
            }
            noe = true;
            let slutt = memchr::memchr2(b'\n', b'\r', buffer);
            let del = buffer.get(..slutt.unwrap_or(buffer.len())).unwrap_or_default();
            let plass = LINJE_BYTE_MAKS - self.linje.len();
            match del.get(..plass) {
                Some(begynnelse) if del.len() > plass => {
                    self.linje.extend_from_slice(begynnelse);
                    svar = Linje::ForLang;
                }
                _ => self.linje.extend_from_slice(del),
            }
            self.etter_cr = slutt.is_some_and(|slutt| buffer.get(slutt) == Some(&b'\r'));
            let brukt = slutt.map_or(buffer.len(), |slutt| slutt + 1);
            self.kilde.consume(brukt);
            self.byte += u64::try_from(brukt).unwrap_or(0);
            if slutt.is_some() {
                self.nummer += 1;
                return Ok(Some(svar));
            }
        }
    }

    /// The line that was read last.
    pub(super) fn linje(&self) -> &[u8] {
        &self.linje
    }

    /// Its number; the first is 1.
    pub(super) fn nummer(&self) -> u64 {
        self.nummer
    }

    /// Bytes read so far.
    pub(super) fn byte(&self) -> u64 {
        self.byte
    }
}

#[cfg(test)]
mod tests {
    use std::io::BufReader;

    use proptest::prelude::*;

    use super::*;

    fn les(byte: &[u8], stykke: usize) -> Vec<(Linje, Vec<u8>)> {
        let mut leser = Linjeleser::new(BufReader::with_capacity(stykke, byte));
        let mut ut = Vec::new();
        while let Some(slag) = leser.neste().unwrap() {
            ut.push((slag, leser.linje().to_vec()));
        }
        assert_eq!(leser.nummer(), u64::try_from(ut.len()).unwrap());
        assert_eq!(leser.byte(), u64::try_from(byte.len()).unwrap());
        ut
    }

    #[test]
    fn a_line_ends_in_lf_crlf_or_cr_and_the_last_in_nothing() {
        for stykke in 1..6 {
            let linjer: Vec<_> = les(b"a\nb\r\nc\rd\n\n\r\r\ne", stykke)
                .into_iter()
                .map(|(_, linje)| linje)
                .collect();
            assert_eq!(linjer, [&b"a"[..], b"b", b"c", b"d", b"", b"", b"", b"e"], "{stykke}");
            assert_eq!(les(b"", stykke), []);
            assert_eq!(les(b"a\r\n", stykke).len(), 1);
        }
    }

    #[test]
    fn a_line_without_end_is_cut_and_the_next_is_whole() {
        let lang = [vec![b'x'; 10 * LINJE_BYTE_MAKS], b"\nb".to_vec()].concat();
        let linjer = les(&lang, 1000);
        assert_eq!((linjer[0].0, linjer[0].1.len()), (Linje::ForLang, LINJE_BYTE_MAKS));
        assert_eq!(linjer[1], (Linje::Hel, b"b".to_vec()));
        let akkurat = vec![b'x'; LINJE_BYTE_MAKS];
        assert_eq!(les(&akkurat, 999)[0].0, Linje::Hel);
    }

    proptest! {
        #[test]
        fn lines_are_the_same_however_the_bytes_arrive(byte in prop::collection::vec(prop::sample::select(b"ab\n\r".to_vec()), 0..60), stykke in 1usize..9) {
            prop_assert_eq!(les(&byte, stykke), les(&byte, 1000));
        }
    }
}
