//! Checksums of what is stored as plain bytes: sealed frames notice a flipped bit by themselves, the others by these.
//!
//! Four bytes of SHA-256 over where the bytes belong and what they are. Against accidents, not against an enemy.

use sha2::{Digest, Sha256};

use crate::Feil;

const BYTE: usize = 4;

fn sum(plass: &[u8], byte: &[u8]) -> [u8; BYTE] {
    let mut avtrykk = Sha256::new();
    avtrykk.update(plass);
    avtrykk.update(byte);
    let mut ut = [0; BYTE];
    for (til, fra) in ut.iter_mut().zip(avtrykk.finalize()) {
        *til = fra;
    }
    ut
}

/// Puts the checksum after the bytes. `plass` is where they belong: the same bytes elsewhere do not match.
pub(crate) fn legg_paa(plass: &[u8], byte: &mut Vec<u8>) {
    let sum = sum(plass, byte);
    byte.extend_from_slice(&sum);
}

/// The bytes without their checksum, if it matches.
pub(crate) fn ta_av<'a>(plass: &[u8], byte: &'a [u8], hva: &'static str) -> Result<&'a [u8], Feil> {
    let (byte, funnet) = byte.split_last_chunk::<BYTE>().ok_or(Feil::Skadet(hva))?;
    if sum(plass, byte) == *funnet {
        Ok(byte)
    } else {
        Err(Feil::Skadet(hva))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flipped_bit_and_a_moved_value_are_noticed() {
        let mut byte = b"en oppf\xc3\xb8ring".to_vec();
        legg_paa(b"plass 1", &mut byte);
        assert_eq!(ta_av(b"plass 1", &byte, "").unwrap(), "en oppføring".as_bytes());
        assert!(ta_av(b"plass 2", &byte, "").is_err());
        for bit in 0..byte.len() * 8 {
            let mut skadet = byte.clone();
            skadet[bit / 8] ^= 1 << (bit % 8);
            assert!(ta_av(b"plass 1", &skadet, "").is_err());
        }
        assert!(ta_av(b"plass 1", b"abc", "").is_err());
    }
}
