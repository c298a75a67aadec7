//! Document identifiers: opaque to everyone, the same after a rebuild, and no table of them.
//!
//! One AES-128 block over (person, event, kind, zeros) under a key of the store, written as 32 hex digits. A made-up
//! identifier does not decrypt to zeros where zeros must be.

use std::fmt;

use aes::Aes128;
use aes::cipher::{BlockCipherDecrypt, BlockCipherEncrypt, KeyInit};

use crate::Sekvens;

/// Which document it names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dokumenttype {
    /// The person as it stood after the event.
    Persondokument,
    /// The event itself.
    Hendelsesdokument,
}

/// A document identifier on the wire: 32 lower-case hex digits.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Dokumentidentifikator([u8; 16]);

impl fmt::Display for Dokumentidentifikator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|b| write!(f, "{b:02x}"))
    }
}

impl fmt::Debug for Dokumentidentifikator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Dokumentidentifikator(***)")
    }
}

impl Dokumentidentifikator {
    /// Reads 32 hex digits, in either case.
    #[must_use]
    pub fn parse(tekst: &str) -> Option<Self> {
        let mut byte = [0u8; 16];
        if tekst.len() != 32 {
            return None;
        }
        for (plass, par) in byte.iter_mut().zip(tekst.as_bytes().chunks(2)) {
            let siffer = |b: u8| char::from(b).to_digit(16).and_then(|d| u8::try_from(d).ok());
            let [hoey, lav] = par else { return None };
            *plass = siffer(*hoey)? << 4 | siffer(*lav)?;
        }
        Some(Dokumentidentifikator(byte))
    }
}

/// Makes and opens document identifiers.
pub(crate) struct Dokumentnoekkel(Aes128);

impl fmt::Debug for Dokumentnoekkel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Dokumentnoekkel(***)")
    }
}

impl Dokumentnoekkel {
    pub fn new(noekkel: [u8; 16]) -> Self {
        Dokumentnoekkel(Aes128::new(&noekkel.into()))
    }

    pub fn lag(&self, person: u32, seq: Sekvens, dokumenttype: Dokumenttype) -> Dokumentidentifikator {
        let mut blokk = [0u8; 16];
        let [_, _, s @ ..] = seq.0.to_be_bytes();
        for (plass, byte) in blokk.iter_mut().zip(
            person
                .to_be_bytes()
                .into_iter()
                .chain(s)
                .chain([dokumenttype as u8 + 1]),
        ) {
            *plass = byte;
        }
        let mut blokk = blokk.into();
        self.0.encrypt_block(&mut blokk);
        Dokumentidentifikator(blokk.into())
    }

    pub fn aapne(&self, id: Dokumentidentifikator) -> Option<(u32, Sekvens, Dokumenttype)> {
        let mut blokk = id.0.into();
        self.0.decrypt_block(&mut blokk);
        let [p0, p1, p2, p3, s0, s1, s2, s3, s4, s5, slag, 0, 0, 0, 0, 0] = <[u8; 16]>::from(blokk) else {
            return None;
        };
        let dokumenttype = match slag {
            1 => Dokumenttype::Persondokument,
            2 => Dokumenttype::Hendelsesdokument,
            _ => return None,
        };
        let seq = Sekvens(u64::from_be_bytes([0, 0, s0, s1, s2, s3, s4, s5]));
        Some((u32::from_be_bytes([p0, p1, p2, p3]), seq, dokumenttype))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn an_identifier_names_what_it_was_made_from(person in any::<u32>(), seq in 0u64..1 << 48) {
            let noekkel = Dokumentnoekkel::new([7; 16]);
            for slag in [Dokumenttype::Persondokument, Dokumenttype::Hendelsesdokument] {
                let id = noekkel.lag(person, Sekvens(seq), slag);
                let lest = Dokumentidentifikator::parse(&id.to_string()).unwrap();
                prop_assert_eq!(noekkel.aapne(lest), Some((person, Sekvens(seq), slag)));
                prop_assert_eq!(Dokumentnoekkel::new([8; 16]).aapne(lest), None);
            }
        }

        #[test]
        fn any_text_is_an_identifier_or_none(tekst in ".{0,40}") {
            let _ = Dokumentidentifikator::parse(&tekst).map(|id| Dokumentnoekkel::new([7; 16]).aapne(id));
        }
    }
}
