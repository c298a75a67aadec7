//! `P_SHA1`: the key of a context, and the keys that are derived from it.
//!
//! SHA-1 is in no other place of ours, and is here because the published policy's suite (Basic256) has no other signature for
//! keys of this kind than HMAC-SHA1; what is known against SHA-1 are collisions, which HMAC does not lean on. What
//! newcomers get wrong: the entropy of the client is the secret and that of the server the seed, not the other way.
//!
//! Source: RFC 2246, 5 (`P_hash`); WS-Trust February 2005, 9.2.3 (computed keys); WS-SecureConversation February 2005, 7.

use aws_lc_rs::hmac;
use zeroize::Zeroizing;

/// Bytes of the key of a context: 256 bits. Source: the published policy, Basic256.
pub const NOEKKEL_BYTE: usize = 32;
/// Bytes of a SHA-1, and so of an HMAC-SHA1.
pub(crate) const SHA1_BYTE: usize = 20;

/// The first so many bytes of `P_SHA1`.
pub(crate) fn p_sha1(hemmelighet: &[u8], froe: &[u8], lengde: usize) -> Zeroizing<Vec<u8>> {
    let noekkel = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, hemmelighet);
    let mut ut = Zeroizing::new(Vec::with_capacity(lengde + SHA1_BYTE));
    let mut a = hmac::sign(&noekkel, froe);
    while ut.len() < lengde {
        let mut del = hmac::Context::with_key(&noekkel);
        del.update(a.as_ref());
        del.update(froe);
        ut.extend_from_slice(del.sign().as_ref());
        a = hmac::sign(&noekkel, a.as_ref());
    }
    ut.truncate(lengde);
    ut
}

/// The key of a context.
pub(crate) fn samtalenoekkel(klientens: &[u8], vaar: &[u8]) -> Zeroizing<[u8; NOEKKEL_BYTE]> {
    let lest = p_sha1(klientens, vaar, NOEKKEL_BYTE);
    let mut ut = Zeroizing::new([0; NOEKKEL_BYTE]);
    ut.iter_mut().zip(lest.iter()).for_each(|(til, fra)| *til = *fra);
    ut
}

/// What a derived key is derived by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Avledning {
    /// `None`: that of the specification.
    pub etikett: Option<String>,
    pub engangsverdi: Vec<u8>,
    /// Units: bytes.
    pub fra: usize,
    /// Units: bytes.
    pub lengde: usize,
}

/// Label of whoever states none: that of the client and that of the service, which are the same word.
const ETIKETT: &str = "WS-SecureConversationWS-SecureConversation";

impl Avledning {
    /// The derived key.
    pub(crate) fn noekkel(&self, av: &[u8]) -> Zeroizing<Vec<u8>> {
        let etikett = self.etikett.as_deref().unwrap_or(ETIKETT);
        let froe = [etikett.as_bytes(), &self.engangsverdi].concat();
        let mut ut = p_sha1(av, &froe, self.fra + self.lengde);
        Zeroizing::new(ut.split_off(self.fra))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD;

    fn b64(tekst: &str) -> Vec<u8> {
        STANDARD.decode(tekst).unwrap()
    }

    #[test]
    fn the_printed_answers_are_given() {
        // Source: Digest::PSHA1 (Raku), t/01-basic.t, which prints both.
        let (a, b) = (
            b64("grrlUUfhuNwlvQzQ4bV6TT3wA8ieZPltIf4+H7nIvCE="),
            b64("YLABh3ZmZyiO5gvVLZe9J4JPd9w59KGeTFwE85XlzxE="),
        );
        assert_eq!(
            samtalenoekkel(&a, &b).to_vec(),
            b64("Wv3QzY84KfgwSkn1z3QV+LXEoo3nPraZPysJYtA3u4c=")
        );
        assert_eq!(
            samtalenoekkel(&b, &a).to_vec(),
            b64("g/uYZmYX7rOm/X7UV4usrvjIPCiWMWwNZJL0ejvz6Y4=")
        );
    }

    #[test]
    fn the_hmac_below_is_that_of_rfc_2202() {
        // Cases 1 and 2: the first block of P_SHA1 is HMAC(secret, HMAC(secret, seed) + seed).
        let hmac = |noekkel: &[u8], data: &[u8]| {
            let noekkel = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, noekkel);
            hmac::sign(&noekkel, data).as_ref().to_vec()
        };
        let hex = |byte: &[u8]| byte.iter().map(|b| format!("{b:02x}")).collect::<String>();
        assert_eq!(
            hex(&hmac(&[0x0b; 20], b"Hi There")),
            "b617318655057264e28bc0b6fb378c8ef146be00"
        );
        let svar = hmac(b"Jefe", b"what do ya want for nothing?");
        assert_eq!(hex(&svar), "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79");
        let froe = b"what do ya want for nothing?";
        let foerste = hmac(b"Jefe", &[svar.as_slice(), froe].concat());
        assert_eq!(*p_sha1(b"Jefe", froe, 20), foerste);
    }

    #[test]
    fn a_longer_answer_begins_with_the_shorter_and_a_derived_key_is_a_part_of_it() {
        let helt = p_sha1(
            b"hemmelig",
            b"WS-SecureConversationWS-SecureConversation0123456789abcdef",
            100,
        );
        for lengde in [0, 1, 19, 20, 21, 40, 99] {
            let del = p_sha1(
                b"hemmelig",
                b"WS-SecureConversationWS-SecureConversation0123456789abcdef",
                lengde,
            );
            assert_eq!(&helt[..lengde], del.as_slice());
        }
        let mut avledning = Avledning {
            etikett: None,
            engangsverdi: b"0123456789abcdef".to_vec(),
            fra: 32,
            lengde: 24,
        };
        assert_eq!(avledning.noekkel(b"hemmelig").as_slice(), &helt[32..56]);
        avledning.etikett = Some("annen".to_owned());
        assert_ne!(avledning.noekkel(b"hemmelig").as_slice(), &helt[32..56]);
    }
}
