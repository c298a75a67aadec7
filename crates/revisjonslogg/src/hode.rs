//! Signed heads: what the log was at a moment, signed, so that whoever keeps one can tell later whether anything changed.
//!
//! A head is a *checkpoint* (c2sp.org/tlog-checkpoint) in a *signed note* (c2sp.org/signed-note), which others' tools read:
//!
//! ```text
//!  persontjenesten/revisjon            origin: the log's name
//!  4711                                number of records
//!  Q2hlY2twb2ludHM…=                   root of the tree over them
//!  tid 2026-11-22T08:00:00Z            ours: when
//!  kjede 8J+…=                         ours: hash of the chain after the last of them
//!
//!  — persontjenesten/revisjon 3q2+7…=  signature: four bytes that name the key, then Ed25519 over all above the blank line
//! ```

use aws_lc_rs::signature::{ED25519, Ed25519KeyPair, KeyPair as _, UnparsedPublicKey};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD as BASE64;
use jiff::Timestamp;
use sha2::{Digest as _, Sha256};

use crate::Feil;
use crate::tre::Avtrykk;

/// The algorithm byte of Ed25519 in a signed note.
const ED25519_NOTE: u8 = 1;
/// Bytes of a note, at most. Source: our choice; ours are below 500.
const NOTE_BYTE_MAKS: usize = 8 * 1024;

/// What the log was at a moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hode {
    /// The log's name.
    pub origo: String,
    /// Number of records.
    pub antall: u64,
    /// Root of the tree over them.
    pub rot: Avtrykk,
    /// When it was signed.
    pub tid: Timestamp,
    /// Hash of the chain after the last of them.
    pub kjede: Avtrykk,
}

/// A head with its signature, as text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignertHode {
    /// The head.
    pub hode: Hode,
    /// The signed note.
    pub note: String,
}

/// Who signs heads.
pub struct Signerer {
    navn: String,
    par: Ed25519KeyPair,
}

impl std::fmt::Debug for Signerer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Signerer").field(&self.navn).finish()
    }
}

/// The public half, as a signed note's verifier key: `name+hash+key`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verifikasjonsnoekkel {
    navn: String,
    offentlig: Vec<u8>,
}

impl Hode {
    fn tekst(&self) -> String {
        format!(
            "{}\n{}\n{}\ntid {}\nkjede {}\n",
            self.origo,
            self.antall,
            BASE64.encode(self.rot),
            self.tid,
            BASE64.encode(self.kjede)
        )
    }

    fn les(tekst: &str) -> Option<Self> {
        let mut linjer = tekst.split('\n');
        let hode = Hode {
            origo: linjer.next().filter(|o| !o.is_empty())?.to_owned(),
            antall: les_tall(linjer.next()?)?,
            rot: les_avtrykk(linjer.next()?)?,
            tid: linjer.next()?.strip_prefix("tid ")?.parse().ok()?,
            kjede: les_avtrykk(linjer.next()?.strip_prefix("kjede ")?)?,
        };
        // One way to write a head, so that what was signed is what was read.
        (hode.tekst() == tekst).then_some(hode)
    }
}

fn les_tall(tekst: &str) -> Option<u64> {
    let tall: u64 = tekst.parse().ok()?;
    (tall.to_string() == tekst).then_some(tall)
}

fn les_avtrykk(tekst: &str) -> Option<Avtrykk> {
    BASE64.decode(tekst).ok()?.try_into().ok()
}

impl Signerer {
    /// A signer from the 32 bytes of its secret. `navn` is the log's name.
    ///
    /// # Errors
    /// [`Feil::Navn`] for a name that a note cannot hold, [`Feil::Noekkel`] if the library refuses the secret.
    pub fn new(navn: &str, hemmelig: &[u8; 32]) -> Result<Self, Feil> {
        if navn.is_empty() || navn.contains(|c: char| c == '+' || c.is_whitespace() || c.is_control()) {
            return Err(Feil::Navn);
        }
        Ok(Signerer {
            navn: navn.to_owned(),
            par: Ed25519KeyPair::from_seed_unchecked(hemmelig).map_err(|_| Feil::Noekkel)?,
        })
    }

    /// The log's name.
    #[must_use]
    pub fn navn(&self) -> &str {
        &self.navn
    }

    /// The key that others verify with.
    #[must_use]
    pub fn verifikasjonsnoekkel(&self) -> Verifikasjonsnoekkel {
        Verifikasjonsnoekkel {
            navn: self.navn.clone(),
            offentlig: self.par.public_key().as_ref().to_vec(),
        }
    }

    /// Signs a head.
    #[must_use]
    pub fn signer(&self, hode: Hode) -> SignertHode {
        let tekst = hode.tekst();
        let mut signatur = self.verifikasjonsnoekkel().avtrykk().to_vec();
        signatur.extend_from_slice(self.par.sign(tekst.as_bytes()).as_ref());
        let note = format!("{tekst}\n— {} {}\n", self.navn, BASE64.encode(signatur));
        SignertHode { hode, note }
    }
}

impl Verifikasjonsnoekkel {
    /// Reads `name+hash+key`.
    #[must_use]
    pub fn les(tekst: &str) -> Option<Self> {
        let (navn, rest) = tekst.trim().split_once('+')?;
        let (avtrykk, noekkel) = rest.split_once('+')?;
        let byte = BASE64.decode(noekkel).ok()?;
        let (ED25519_NOTE, offentlig) = byte.split_first().map(|(a, b)| (*a, b))? else {
            return None;
        };
        let lest = Verifikasjonsnoekkel {
            navn: navn.to_owned(),
            offentlig: offentlig.to_vec(),
        };
        (offentlig.len() == 32 && lest.to_string() == tekst.trim() && avtrykk.len() == 8).then_some(lest)
    }

    /// The log's name.
    #[must_use]
    pub fn navn(&self) -> &str {
        &self.navn
    }

    // The four bytes that name a key in a note.
    fn avtrykk(&self) -> [u8; 4] {
        let mut avtrykk = Sha256::new();
        avtrykk.update(self.navn.as_bytes());
        avtrykk.update([b'\n', ED25519_NOTE]);
        avtrykk.update(&self.offentlig);
        let [a, b, c, d, ..]: [u8; 32] = avtrykk.finalize().into();
        [a, b, c, d]
    }

    /// Reads a signed head, if this key has signed it.
    ///
    /// # Errors
    /// [`Feil::Hode`] if it is no head, or not signed by this key.
    pub fn verifiser(&self, note: &str) -> Result<SignertHode, Feil> {
        self.les_note(note).ok_or(Feil::Hode)
    }

    fn les_note(&self, note: &str) -> Option<SignertHode> {
        if note.len() > NOTE_BYTE_MAKS {
            return None;
        }
        let plass = note.rfind("\n\n")?;
        let (tekst, signaturer) = (note.get(..=plass)?, note.get(plass + 2..)?);
        let hode = Hode::les(tekst)?;
        if hode.origo != self.navn {
            return None;
        }
        let gyldig = signaturer.lines().any(|linje| {
            let signatur = linje.strip_prefix("— ").and_then(|l| l.split_once(' '));
            let Some((navn, signatur)) = signatur else { return false };
            let Ok(byte) = BASE64.decode(signatur) else {
                return false;
            };
            let Some((avtrykk, signatur)) = byte.split_first_chunk::<4>() else {
                return false;
            };
            navn == self.navn
                && *avtrykk == self.avtrykk()
                && UnparsedPublicKey::new(&ED25519, &self.offentlig)
                    .verify(tekst.as_bytes(), signatur)
                    .is_ok()
        });
        gyldig.then(|| SignertHode {
            hode,
            note: note.to_owned(),
        })
    }
}

impl std::fmt::Display for Verifikasjonsnoekkel {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let [a, b, c, d] = self.avtrykk();
        let mut byte = vec![ED25519_NOTE];
        byte.extend_from_slice(&self.offentlig);
        write!(f, "{}+{a:02x}{b:02x}{c:02x}{d:02x}+{}", self.navn, BASE64.encode(byte))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn signerer() -> Signerer {
        Signerer::new("persontjenesten/revisjon", &[7; 32]).unwrap()
    }

    fn hode() -> Hode {
        Hode {
            origo: "persontjenesten/revisjon".to_owned(),
            antall: 4711,
            rot: [1; 32],
            tid: "2026-11-22T08:00:00Z".parse().unwrap(),
            kjede: [2; 32],
        }
    }

    #[test]
    fn a_head_is_read_back_by_its_key_and_no_other() {
        let signert = signerer().signer(hode());
        let noekkel = signerer().verifikasjonsnoekkel();
        assert_eq!(noekkel.verifiser(&signert.note).unwrap(), signert);
        let annen = Signerer::new("persontjenesten/revisjon", &[8; 32]).unwrap();
        assert!(annen.verifikasjonsnoekkel().verifiser(&signert.note).is_err());
        let annet_navn = Signerer::new("andre/revisjon", &[7; 32]).unwrap();
        assert!(annet_navn.verifikasjonsnoekkel().verifiser(&signert.note).is_err());
        // A second signature beside ours does no harm.
        assert!(noekkel.verifiser(&format!("{}— vitne AAAA\n", signert.note)).is_ok());
    }

    #[test]
    fn no_byte_of_a_head_can_be_changed() {
        let signert = signerer().signer(hode());
        let noekkel = signerer().verifikasjonsnoekkel();
        for plass in 0..signert.note.len() {
            for bit in 0..8 {
                let mut byte = signert.note.clone().into_bytes();
                byte[plass] ^= 1 << bit;
                let Ok(tekst) = String::from_utf8(byte) else { continue };
                // The last line feed is not signed, and says nothing.
                if let Ok(lest) = noekkel.verifiser(&tekst) {
                    assert_eq!((lest.hode, plass), (signert.hode.clone(), signert.note.len() - 1));
                }
            }
        }
    }

    #[test]
    fn a_key_is_written_as_signed_notes_have_it_and_read_back() {
        let noekkel = signerer().verifikasjonsnoekkel();
        let tekst = noekkel.to_string();
        assert_eq!(Verifikasjonsnoekkel::les(&tekst), Some(noekkel));
        // Source: the example key of golang.org/x/mod/sumdb/note.
        let go = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
        assert_eq!(Verifikasjonsnoekkel::les(go).unwrap().to_string(), go);
        for galt in [
            "",
            "a+b",
            "PeterNeumann+c74f20a4+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
            "a+00000000+AQ==",
        ] {
            assert_eq!(Verifikasjonsnoekkel::les(galt), None, "{galt}");
        }
    }

    #[test]
    fn a_name_that_a_note_cannot_hold_is_refused() {
        for navn in ["", "a b", "a+b", "a\nb"] {
            assert!(Signerer::new(navn, &[0; 32]).is_err(), "{navn:?}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_a_head_or_refused(tekst in "(?s).{0,200}") {
            prop_assert!(signerer().verifikasjonsnoekkel().verifiser(&tekst).is_err());
            let _ = Verifikasjonsnoekkel::les(&tekst);
        }
    }

    fn gyldige() -> Vec<Vec<u8>> {
        let hode = signerer().signer(hode()).note;
        let innslag = serde_json::json!({"post": "e30=", "nr": 0, "sti": [BASE64.encode([7; 32])], "hode": hode});
        let vekst = serde_json::json!({"fra": hode, "til": hode, "sti": []});
        vec![
            hode.clone().into(),
            signerer().verifikasjonsnoekkel().to_string().into(),
            innslag.to_string().into(),
            vekst.to_string().into(),
        ]
    }

    fn proev(byte: &[u8]) {
        use crate::bevis::{Innslagsbevis, Vekstbevis};
        let noekkel = signerer().verifikasjonsnoekkel();
        if let Ok(bevis) = serde_json::from_slice::<Innslagsbevis>(byte) {
            // The root of the head is no real one, so nothing leads to it.
            assert!(bevis.sjekk(&noekkel).is_err());
        }
        if let Ok(bevis) = serde_json::from_slice::<Vekstbevis>(byte) {
            let _ = bevis.sjekk(&noekkel);
        }
        let Ok(tekst) = std::str::from_utf8(byte) else { return };
        if let Ok(lest) = noekkel.verifiser(tekst) {
            assert_eq!(lest.hode, hode(), "only what was signed is read");
        }
        if let Some(noekkel) = Verifikasjonsnoekkel::les(tekst) {
            assert_eq!(noekkel.to_string(), tekst.trim());
        }
    }

    const ORD: &[&str] = &[
        "— ",
        "persontjenesten/revisjon",
        "\n\n",
        "18446744073709551615",
        "tid ",
        "kjede ",
        "\"nr\":",
        "\"sti\":[\"",
    ];

    fuzz::maal!(paalitelighet_15_fuzz_hode_og_bevis, 3_000, ORD, gyldige, proev);
}
