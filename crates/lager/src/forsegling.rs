//! Sealing: AES-256-GCM under a key of its own, bound to where the bytes belong.

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use aws_lc_rs::hmac;
use aws_lc_rs::rand::{SecureRandom, SystemRandom};
use zeroize::Zeroize;

use crate::Feil;

/// Bytes that sealing adds: nonce and tag.
pub const TILLEGG_BYTE: usize = NONCE_LEN + 16;

// Keeps the hash that makes nonces apart from any other use of the key.
const NONCE_FORMAAL: &[u8] = b"persontjenesten nonce 1";

/// 32 random bytes that seal; wiped when dropped, never printed.
#[derive(Clone)]
#[cfg_attr(test, derive(PartialEq))]
pub struct Noekkel([u8; 32]);

impl Drop for Noekkel {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

impl std::fmt::Debug for Noekkel {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Noekkel(***)")
    }
}

impl Noekkel {
    /// A new random key.
    ///
    /// # Errors
    /// [`Feil::Forsegling`] if the system has no randomness to give.
    pub fn tilfeldig() -> Result<Self, Feil> {
        let mut byte = [0u8; 32];
        SystemRandom::new().fill(&mut byte).map_err(|_| Feil::Forsegling)?;
        Ok(Noekkel(byte))
    }

    /// A key from its bytes.
    #[must_use]
    pub fn fra_byte(byte: [u8; 32]) -> Self {
        Noekkel(byte)
    }

    /// The bytes, for wrapping or writing to a key file.
    pub(crate) fn byte(&self) -> &[u8; 32] {
        &self.0
    }

    /// All of it, for a keyed hash.
    #[must_use]
    pub fn hele(&self) -> &[u8; 32] {
        &self.0
    }

    /// Sixteen bytes of it, for a key of a 128-bit cipher; the key is then used for nothing else.
    #[must_use]
    pub fn foerste_halvdel(&self) -> [u8; 16] {
        let mut ut = [0u8; 16];
        for (til, fra) in ut.iter_mut().zip(self.0) {
            *til = fra;
        }
        ut
    }

    fn aead(&self) -> Result<LessSafeKey, Feil> {
        Ok(LessSafeKey::new(
            UnboundKey::new(&AES_256_GCM, &self.0).map_err(|_| Feil::Forsegling)?,
        ))
    }

    /// Seals bytes. `tilhoerer` says where they belong: bytes moved to another place do not open there.
    ///
    /// Shape of the answer: nonce (12 bytes), ciphertext, tag (16 bytes). The nonce is a keyed hash of what is sealed and
    /// where it belongs, so that rebuilding a record gives the same bytes; it repeats only when everything else does.
    ///
    /// # Errors
    /// [`Feil::Forsegling`] if the library refuses.
    pub fn forsegl(&self, tilhoerer: &[u8], klartekst: &[u8]) -> Result<Vec<u8>, Feil> {
        let mut avtrykk = hmac::Context::with_key(&hmac::Key::new(hmac::HMAC_SHA256, &self.0));
        avtrykk.update(NONCE_FORMAAL);
        avtrykk.update(&u64::try_from(tilhoerer.len()).unwrap_or(u64::MAX).to_be_bytes());
        avtrykk.update(tilhoerer);
        avtrykk.update(klartekst);
        let mut nonce = [0u8; NONCE_LEN];
        for (til, fra) in nonce.iter_mut().zip(avtrykk.sign().as_ref()) {
            *til = *fra;
        }
        let mut ut = Vec::with_capacity(klartekst.len() + TILLEGG_BYTE);
        ut.extend_from_slice(&nonce);
        let mut kropp = klartekst.to_vec();
        self.aead()?
            .seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), Aad::from(tilhoerer), &mut kropp)
            .map_err(|_| Feil::Forsegling)?;
        ut.extend_from_slice(&kropp);
        Ok(ut)
    }

    /// Opens sealed bytes.
    ///
    /// # Errors
    /// [`Feil::Forsegling`] if they are damaged, belong elsewhere or were sealed under another key.
    pub fn aapne(&self, tilhoerer: &[u8], forseglet: &[u8]) -> Result<Vec<u8>, Feil> {
        let (nonce, kropp) = forseglet.split_first_chunk::<NONCE_LEN>().ok_or(Feil::Forsegling)?;
        let mut kropp = kropp.to_vec();
        let lengde = self
            .aead()?
            .open_in_place(Nonce::assume_unique_for_key(*nonce), Aad::from(tilhoerer), &mut kropp)
            .map_err(|_| Feil::Forsegling)?
            .len();
        kropp.truncate(lengde);
        Ok(kropp)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sealed_bytes_open_only_where_they_belong() {
        let noekkel = Noekkel::tilfeldig().unwrap();
        let forseglet = noekkel.forsegl(b"person 1", b"hemmelig").unwrap();
        assert_eq!(noekkel.aapne(b"person 1", &forseglet).unwrap(), b"hemmelig");
        assert!(noekkel.aapne(b"person 2", &forseglet).is_err());
        assert!(Noekkel::tilfeldig().unwrap().aapne(b"person 1", &forseglet).is_err());
    }

    #[test]
    fn any_flipped_bit_is_noticed() {
        let noekkel = Noekkel::tilfeldig().unwrap();
        let forseglet = noekkel.forsegl(b"", b"hemmelig").unwrap();
        for bit in 0..forseglet.len() * 8 {
            let mut skadet = forseglet.clone();
            skadet[bit / 8] ^= 1 << (bit % 8);
            assert!(noekkel.aapne(b"", &skadet).is_err());
        }
        assert!(noekkel.aapne(b"", b"kort").is_err());
    }
}
