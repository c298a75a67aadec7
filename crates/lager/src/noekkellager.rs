//! The key store: one random key a person, wrapped under the key of a file, in an environment of its own.
//!
//! Apart from the register's environment on purpose: destroying a person's key here makes every copy of what it sealed
//! unreadable, in the register, its log and every backup of them.

use std::path::Path;

use aws_lc_rs::key_wrap::{AES_256, AesKek, KeyWrap};

use crate::forsegling::Noekkel;
use crate::{Feil, Les, Miljoe, Skriv, Tabell};

/// A person's key.
pub type Personnoekkel = Noekkel;

/// Bytes of a wrapped key (RFC 3394: 8 more than the key).
pub const PAKKET_BYTE: usize = 40;

// A person's keys lie together; a new generation is written before the old one is destroyed, so that a process killed
// between the two never leaves a record that cannot be read.
fn plass(person: u32, generasjon: u8) -> [u8; 5] {
    let [a, b, c, d] = person.to_be_bytes();
    [a, b, c, d, generasjon]
}

/// The environment of keys.
pub struct Noekkellager {
    miljoe: Miljoe,
    noekler: Tabell,
    hovednoekkel: Noekkel,
}

impl std::fmt::Debug for Noekkellager {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Noekkellager")
            .field("miljoe", &self.miljoe)
            .finish_non_exhaustive()
    }
}

impl Noekkellager {
    /// Opens or makes the key store in a folder.
    ///
    /// # Errors
    /// As [`Miljoe::aapne`].
    pub fn aapne(mappe: &Path, hovednoekkel: Noekkel) -> Result<Self, Feil> {
        let (miljoe, [noekler]) = Miljoe::aapne(mappe, ["noekler"])?;
        Ok(Noekkellager {
            miljoe,
            noekler,
            hovednoekkel,
        })
    }

    fn kek(&self) -> Result<AesKek, Feil> {
        AesKek::new(&AES_256, self.hovednoekkel.byte()).map_err(|_| Feil::Forsegling)
    }

    /// Starts reading.
    ///
    /// # Errors
    /// [`Feil::Lmdb`].
    pub fn les(&self) -> Result<Les<'_>, Feil> {
        self.miljoe.les()
    }

    /// Starts writing.
    ///
    /// # Errors
    /// [`Feil::Lmdb`].
    pub fn skriv(&self) -> Result<Skriv<'_>, Feil> {
        self.miljoe.skriv()
    }

    /// A person's key of a generation, if it is there.
    ///
    /// # Errors
    /// [`Feil::Skadet`] or [`Feil::Forsegling`] if the stored bytes are no key of this store.
    pub fn hent(&self, les: &Les<'_>, person: u32, generasjon: u8) -> Result<Option<Noekkel>, Feil> {
        let Some(pakket) = self.noekler.hent(les, &plass(person, generasjon))? else {
            return Ok(None);
        };
        if pakket.len() != PAKKET_BYTE {
            return Err(Feil::Skadet("personnøkkel"));
        }
        let mut byte = [0u8; 32];
        // The library asks for eight spare bytes to work in.
        let mut rom = [0u8; PAKKET_BYTE];
        let aapnet = self.kek()?.unwrap(pakket, &mut rom).map_err(|_| Feil::Forsegling)?;
        if aapnet.len() != byte.len() {
            return Err(Feil::Skadet("personnøkkel"));
        }
        byte.copy_from_slice(aapnet);
        zeroize::Zeroize::zeroize(&mut rom);
        Ok(Some(Noekkel::fra_byte(byte)))
    }

    /// Wraps a key for [`Noekkellager::sett_pakket`]; needs no transaction, so that many threads can do it.
    ///
    /// # Errors
    /// [`Feil::Forsegling`].
    pub fn pakk(&self, noekkel: &Noekkel) -> Result<[u8; PAKKET_BYTE], Feil> {
        let mut rom = [0u8; PAKKET_BYTE];
        let lengde = self
            .kek()?
            .wrap(noekkel.byte(), &mut rom)
            .map_err(|_| Feil::Forsegling)?
            .len();
        if lengde == PAKKET_BYTE {
            Ok(rom)
        } else {
            Err(Feil::Forsegling)
        }
    }

    /// Gives a person a wrapped key of a generation.
    ///
    /// # Errors
    /// [`Feil::Lmdb`].
    pub fn sett_pakket(
        &self,
        skriv: &mut Skriv<'_>,
        person: u32,
        generasjon: u8,
        pakket: &[u8; PAKKET_BYTE],
    ) -> Result<(), Feil> {
        self.noekler.sett(skriv, &plass(person, generasjon), pakket)
    }

    /// Destroys a person's key: what it sealed can never be opened again.
    ///
    /// # Errors
    /// [`Feil::Lmdb`].
    pub fn oedelegg(&self, skriv: &mut Skriv<'_>, person: u32, generasjon: u8) -> Result<bool, Feil> {
        self.noekler.slett(skriv, &plass(person, generasjon))
    }

    /// Number of keys.
    ///
    /// # Errors
    /// [`Feil::Lmdb`].
    pub fn antall(&self) -> Result<u64, Feil> {
        self.noekler.antall(&self.miljoe.les()?)
    }

    /// Bytes on disk.
    ///
    /// # Errors
    /// [`Feil::Lmdb`].
    pub fn byte_paa_disk(&self) -> Result<u64, Feil> {
        self.miljoe.byte_paa_disk()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_destroyed_key_is_gone_and_another_file_opens_none() {
        let mappe = tempfile::tempdir().unwrap();
        let hoved = Noekkel::tilfeldig().unwrap();
        let lager = Noekkellager::aapne(&mappe.path().join("a"), hoved).unwrap();
        let noekkel = Noekkel::tilfeldig().unwrap();
        let mut skriv = lager.skriv().unwrap();
        lager
            .sett_pakket(&mut skriv, 7, 0, &lager.pakk(&noekkel).unwrap())
            .unwrap();
        Miljoe::bekreft(skriv).unwrap();
        assert_eq!(lager.hent(&lager.les().unwrap(), 7, 0).unwrap(), Some(noekkel));
        assert_eq!(lager.hent(&lager.les().unwrap(), 7, 1).unwrap(), None);
        let mut skriv = lager.skriv().unwrap();
        assert!(lager.oedelegg(&mut skriv, 7, 0).unwrap());
        Miljoe::bekreft(skriv).unwrap();
        assert_eq!(lager.hent(&lager.les().unwrap(), 7, 0).unwrap(), None);
    }
}
