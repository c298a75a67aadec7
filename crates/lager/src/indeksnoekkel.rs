//! The key of an index: terms become marks that say nothing, and what lies under them is sealed.
//!
//! An index tells who lives where as plainly as a record does. Under this key it tells nobody: a term is known by a keyed
//! hash, and the persons that it leads to are sealed. Whoever destroys the key has destroyed the index with all that is left
//! of it in free pages.

use aws_lc_rs::aead::{AES_256_GCM_SIV, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use aws_lc_rs::hmac;

use crate::Feil;
use crate::forsegling::Noekkel;

/// Bytes of a term's mark. Of a hundred million terms, two have the same with a chance of one in two hundred million.
pub const MERKE_BYTE: usize = 10;

/// Bytes that sealing adds.
pub const INDEKSTILLEGG_BYTE: usize = 16;

/// Bytes that a value's place must begin with: they take the part of a nonce.
pub const STED_BYTE_MIN: usize = NONCE_LEN;

/// The key of an index.
pub struct Indeksnoekkel {
    merke: hmac::Key,
    forsegling: LessSafeKey,
    kontroll: [u8; 8],
}

impl std::fmt::Debug for Indeksnoekkel {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Indeksnoekkel(***)")
    }
}

impl Indeksnoekkel {
    /// The key that a key file's 32 bytes give.
    ///
    /// # Errors
    /// [`Feil::Forsegling`] if the library refuses.
    pub fn new(noekkel: &Noekkel) -> Result<Self, Feil> {
        let rot = hmac::Key::new(hmac::HMAC_SHA256, noekkel.hele());
        let avled = |formaal: &[u8]| hmac::sign(&rot, formaal);
        let forsegling = avled(b"persontjenesten indeks forsegling 1");
        let forsegling = UnboundKey::new(&AES_256_GCM_SIV, forsegling.as_ref()).map_err(|_| Feil::Forsegling)?;
        Ok(Indeksnoekkel {
            merke: hmac::Key::new(hmac::HMAC_SHA256, avled(b"persontjenesten indeks merke 1").as_ref()),
            forsegling: LessSafeKey::new(forsegling),
            kontroll: foerste(avled(b"persontjenesten indeks kontroll 1").as_ref()),
        })
    }

    /// What the key is known by, without telling anything of it.
    #[must_use]
    pub fn kontroll(&self) -> [u8; 8] {
        self.kontroll
    }

    /// A term's mark.
    #[must_use]
    pub fn merke(&self, term: &[u8]) -> [u8; MERKE_BYTE] {
        foerste(hmac::sign(&self.merke, term).as_ref())
    }

    /// Seals a value where it lies. The same value in the same place gives the same bytes, which tells that nothing has
    /// changed and no more.
    ///
    /// # Errors
    /// [`Feil::Forsegling`] for a place shorter than [`STED_BYTE_MIN`].
    pub fn forsegl(&self, sted: &[u8], verdi: &mut Vec<u8>) -> Result<(), Feil> {
        self.forsegling
            .seal_in_place_append_tag(nonce(sted)?, Aad::from(sted), verdi)
            .map_err(|_| Feil::Forsegling)
    }

    /// Opens a value that was sealed for the place.
    ///
    /// # Errors
    /// [`Feil::Forsegling`] if it is damaged, lay elsewhere or was sealed under another key.
    pub fn aapne(&self, sted: &[u8], forseglet: &[u8]) -> Result<Vec<u8>, Feil> {
        let mut verdi = forseglet.to_vec();
        let lengde = self
            .forsegling
            .open_in_place(nonce(sted)?, Aad::from(sted), &mut verdi)
            .map_err(|_| Feil::Forsegling)?
            .len();
        verdi.truncate(lengde);
        Ok(verdi)
    }
}

// The mode stands a nonce that comes again: equal values look equal, and that is all.
fn nonce(sted: &[u8]) -> Result<Nonce, Feil> {
    let (foran, _) = sted.split_first_chunk::<NONCE_LEN>().ok_or(Feil::Forsegling)?;
    Ok(Nonce::assume_unique_for_key(*foran))
}

fn foerste<const N: usize>(byte: &[u8]) -> [u8; N] {
    let mut ut = [0; N];
    for (til, fra) in ut.iter_mut().zip(byte) {
        *til = *fra;
    }
    ut
}

#[cfg(test)]
mod tests {
    use super::*;

    const STED: &[u8] = b"fjorten byte 1";

    fn noekkel(byte: u8) -> Indeksnoekkel {
        Indeksnoekkel::new(&Noekkel::fra_byte([byte; 32])).unwrap()
    }

    #[test]
    fn a_value_opens_in_its_place_under_its_key_and_nowhere_else() {
        let mut verdi = b"hvem som bor her".to_vec();
        noekkel(1).forsegl(STED, &mut verdi).unwrap();
        assert_eq!(verdi.len(), 16 + INDEKSTILLEGG_BYTE);
        assert_eq!(noekkel(1).aapne(STED, &verdi).unwrap(), b"hvem som bor her");
        assert!(noekkel(2).aapne(STED, &verdi).is_err());
        assert!(noekkel(1).aapne(b"fjorten byte 2", &verdi).is_err());
        for bit in 0..verdi.len() * 8 {
            let mut skadet = verdi.clone();
            skadet[bit / 8] ^= 1 << (bit % 8);
            assert!(noekkel(1).aapne(STED, &skadet).is_err());
        }
        assert!(noekkel(1).aapne(b"kort", &verdi).is_err());
    }

    #[test]
    fn a_mark_is_of_the_term_and_the_key() {
        assert_eq!(noekkel(1).merke(b"a"), noekkel(1).merke(b"a"));
        assert_ne!(noekkel(1).merke(b"a"), noekkel(1).merke(b"b"));
        assert_ne!(noekkel(1).merke(b"a"), noekkel(2).merke(b"a"));
        assert_ne!(noekkel(1).kontroll(), noekkel(2).kontroll());
    }
}
