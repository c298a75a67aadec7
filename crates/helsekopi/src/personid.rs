//! Person ids: what the copy's consumers know a person by, apart from every number the person has.
//!
//! One AES-128 block over (person, mark) under a key of the copy, written as a UUID. Opaque, no table, the same for as long as the
//! copy's folder lives, also when everything is read from the source again. Source: ruling 15, and ruling 17 for the form.

use std::fmt;

use aes::Aes128;
use aes::cipher::{BlockCipherDecrypt, BlockCipherEncrypt, KeyInit};
use register::Personnummer;

/// What stands beside the person in the block: an id that somebody made up does not open to it.
const MERKE: [u8; 12] = *b"person-id v1";

/// A person id: 32 lower-case hexadecimal digits in groups of 8, 4, 4, 4 and 12.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Personid([u8; 16]);

impl fmt::Display for Personid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (plass, byte) in self.0.iter().enumerate() {
            if matches!(plass, 4 | 6 | 8 | 10) {
                f.write_str("-")?;
            }
            write!(f, "{byte:02x}")?;
        }
        Ok(())
    }
}

impl fmt::Debug for Personid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Personid(***)")
    }
}

impl Personid {
    /// Reads an id as it is written, in either case.
    #[must_use]
    pub fn les(tekst: &str) -> Option<Self> {
        let mut byte = [0u8; 16];
        let mut tegn = tekst.bytes();
        for (plass, ut) in byte.iter_mut().enumerate() {
            if matches!(plass, 4 | 6 | 8 | 10) && tegn.next()? != b'-' {
                return None;
            }
            let mut siffer = || {
                let tall = char::from(tegn.next()?).to_digit(16)?;
                u8::try_from(tall).ok()
            };
            *ut = siffer()? << 4 | siffer()?;
        }
        tegn.next().is_none().then_some(Personid(byte))
    }
}

/// Makes and opens person ids.
pub(crate) struct Personnoekkel(Aes128);

impl fmt::Debug for Personnoekkel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Personnoekkel(***)")
    }
}

impl Personnoekkel {
    pub fn new(noekkel: [u8; 16]) -> Self {
        Personnoekkel(Aes128::new(&noekkel.into()))
    }

    pub fn lag(&self, person: Personnummer) -> Personid {
        let mut blokk = [0u8; 16];
        let klar = person.nummer().to_be_bytes().into_iter().chain(MERKE);
        blokk.iter_mut().zip(klar).for_each(|(til, fra)| *til = fra);
        let mut blokk = blokk.into();
        self.0.encrypt_block(&mut blokk);
        Personid(blokk.into())
    }

    /// `None` of an id that this copy never gave.
    pub fn aapne(&self, id: Personid) -> Option<Personnummer> {
        let mut blokk = id.0.into();
        self.0.decrypt_block(&mut blokk);
        let blokk: [u8; 16] = blokk.into();
        let (person, merke) = blokk.split_first_chunk::<4>()?;
        (merke == MERKE).then(|| Personnummer::fra_indeks(u32::from_be_bytes(*person)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn an_id_is_read_back_and_names_its_person(person in any::<u32>(), noekkel in any::<[u8; 16]>()) {
            let noekkel = Personnoekkel::new(noekkel);
            let person = Personnummer::fra_indeks(person);
            let id = noekkel.lag(person);
            prop_assert_eq!(Personid::les(&id.to_string()), Some(id));
            prop_assert_eq!(Personid::les(&id.to_string().to_uppercase()), Some(id));
            prop_assert_eq!(noekkel.aapne(id), Some(person));
            prop_assert_eq!(id.to_string().len(), 36);
        }

        #[test]
        fn what_nobody_gave_names_nobody(byte in any::<[u8; 16]>(), tekst in ".{0,40}") {
            let noekkel = Personnoekkel::new([7; 16]);
            prop_assert_eq!(noekkel.aapne(Personid(byte)), None);
            if let Some(id) = Personid::les(&tekst) {
                prop_assert_eq!(id.to_string(), tekst.to_lowercase());
            }
        }
    }

    #[test]
    fn an_id_is_not_shown() {
        let noekkel = Personnoekkel::new([7; 16]);
        assert_eq!(
            format!("{:?}", noekkel.lag(Personnummer::fra_indeks(1))),
            "Personid(***)"
        );
        for galt in [
            "",
            "a",
            "00000000-0000-0000-0000-00000000000",
            "00000000-0000-0000-0000-0000000000000",
            "0000000000000000000000000000000000000",
            "0000000g-0000-0000-0000-000000000000",
        ] {
            assert_eq!(Personid::les(galt), None, "{galt}");
        }
    }
}
