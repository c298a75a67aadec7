//! Nonces for proofs at the token endpoint: given out without being remembered.
//!
//! ```text
//!  base64url( seconds since 1970, 8 bytes ‖ HMAC-SHA-256 of them under the process's key, first 16 bytes )
//! ```
//!
//! What a newcomer gets wrong: a nonce need not be used once. It says how fresh a proof is by *our* clock; that a proof is used
//! once is what its `jti` is for.

use aws_lc_rs::hmac;
use aws_lc_rs::rand::SystemRandom;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

/// How long a nonce is taken. Units: seconds. Source: our choice; longer than a proof lives.
const LEVETID_S: i64 = 60;
/// How much of the HMAC is kept. Units: bytes. Source: RFC 2104 section 5.
const MERKE_BYTE: usize = 16;

/// Gives out nonces and knows them again.
pub(super) struct Noncer {
    noekkel: hmac::Key,
}

impl Noncer {
    /// With a key of its own; `None` when the system has no randomness.
    pub(super) fn new() -> Option<Self> {
        let noekkel = hmac::Key::generate(hmac::HMAC_SHA256, &SystemRandom::new()).ok()?;
        Some(Noncer { noekkel })
    }

    pub(super) fn ny(&self, naa_s: i64) -> String {
        let tid = naa_s.to_be_bytes();
        let merke = hmac::sign(&self.noekkel, &tid);
        let mut ut = tid.to_vec();
        ut.extend(merke.as_ref().iter().take(MERKE_BYTE));
        URL_SAFE_NO_PAD.encode(ut)
    }

    /// Whether a nonce is ours and not too old.
    pub(super) fn er_gyldig(&self, nonce: &str, naa_s: i64) -> bool {
        let Ok(byte) = URL_SAFE_NO_PAD.decode(nonce) else {
            return false;
        };
        let Some((tid, merke)) = byte.split_first_chunk::<8>() else {
            return false;
        };
        let tid_s = i64::from_be_bytes(*tid);
        let fasit = hmac::sign(&self.noekkel, tid);
        let fasit = fasit.as_ref().get(..MERKE_BYTE).unwrap_or_default();
        aws_lc_rs::constant_time::verify_slices_are_equal(fasit, merke).is_ok()
            && (0..=LEVETID_S).contains(&naa_s.saturating_sub(tid_s))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_nonce_is_known_for_a_minute_and_only_by_who_gave_it() {
        let (vaare, andres) = (Noncer::new().unwrap(), Noncer::new().unwrap());
        let nonce = vaare.ny(1_000);
        for (naa_s, ventet) in [
            (999, false),
            (1_000, true),
            (1_060, true),
            (1_061, false),
            (i64::MIN, false),
        ] {
            assert_eq!(vaare.er_gyldig(&nonce, naa_s), ventet, "{naa_s}");
        }
        assert!(!andres.er_gyldig(&nonce, 1_000));
        let mut byte = URL_SAFE_NO_PAD.decode(&nonce).unwrap();
        for plass in 0..byte.len() {
            byte[plass] ^= 1;
            assert!(!vaare.er_gyldig(&URL_SAFE_NO_PAD.encode(&byte), 1_000));
            byte[plass] ^= 1;
        }
        let kortet: String = nonce.chars().take(20).collect();
        for tekst in ["", "AAAA", "=", "æ", kortet.as_str()] {
            assert!(!vaare.er_gyldig(tekst, 1_000));
        }
    }
}
