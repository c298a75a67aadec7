//! Public keys as JWK, one by one and as an issuer's set.
//!
//! A key is read once, checked once, and is then good for verification. What is accepted is narrow on purpose: RSA of
//! 2048 to 8192 bits with exponent 65537.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use aws_lc_rs::digest;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::DecodingKey;
use serde_json::{Map, Value, json};

use super::json;
use super::jws::{Algoritme, Kompakt, er_kid};

/// Fewest and most bits of a modulus. Source: our choice, ADR 0007 ("RSA < 2048 bits"); the upper end is that of
/// the cryptographic library.
const MODULUS_BITER: std::ops::RangeInclusive<usize> = 2048..=8192;
/// The only public exponent we take, 65537. Source: our choice; small exponents invite mistakes in padding.
const EKSPONENT: [u8; 3] = [1, 0, 1];
/// Longest JWK set. Units: bytes. Source: our choice; a set of thirty keys of 4096 bits is below 32 kB.
const SETT_BYTES_MAKS: usize = 64 * 1024;
/// Most keys in a set. Source: our choice.
const SETT_NOEKLER_MAKS: usize = 64;
/// Members that only a private or a symmetric key has.
const PRIVATE_FELT: [&str; 8] = ["d", "p", "q", "dp", "dq", "qi", "oth", "k"];

/// Why a JWK is not taken. Says nothing of the key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Jwkfeil {
    /// Not JSON, or a member given twice.
    #[error("JWK kan ikke leses: {0}")]
    Json(json::Feil),
    /// The document holds private parts. It must never leave the client.
    #[error("JWK inneholder den private nøkkelen; send bare den offentlige delen")]
    PrivatDel,
    /// `kty` is not RSA.
    #[error("kty er ikke RSA")]
    IkkeRsa,
    /// `n` is absent or not the shortest base64url form of an odd number.
    #[error("n mangler eller har feil form")]
    Modulus,
    /// `n` has too few or too many bits.
    #[error("nøkkelen har færre enn 2048 eller flere enn 8192 biter")]
    Lengde,
    /// `e` is not 65537.
    #[error("e er ikke 65537 (AQAB)")]
    Eksponent,
    /// `use` or `key_ops` says that the key is not for signatures.
    #[error("nøkkelen er ikke merket for signatur (use sig)")]
    Bruk,
    /// `alg` is none of RS256, RS384, RS512.
    #[error("alg er ikke RS256, RS384 eller RS512")]
    Algoritme,
    /// `kid` is absent where it is needed, or has the wrong form.
    #[error("kid mangler eller har feil form")]
    Kid,
}

/// Why a set of keys is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Jwksfeil {
    /// Longer than 64 kB.
    #[error("nøkkelsettet er lengre enn {SETT_BYTES_MAKS} byte")]
    ForStort,
    /// Not JSON, or a member given twice.
    #[error("nøkkelsettet kan ikke leses: {0}")]
    Json(json::Feil),
    /// `keys` is absent or not an array of at most 64 elements.
    #[error("nøkkelsettet har ikke en liste «keys» med høyst {SETT_NOEKLER_MAKS} nøkler")]
    Form,
    /// Two usable keys share a `kid`.
    #[error("to nøkler i settet har samme kid")]
    LikKid,
    /// No usable key at all. An empty answer must not replace a set that works.
    #[error("nøkkelsettet har ingen brukbar nøkkel")]
    Tomt,
}

/// Which algorithms a key may be used with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Algoritmebinding {
    /// The one that the JWK names.
    En(Algoritme),
    /// Any of the three; only for client keys, whose JWK need not name one.
    Alle,
}

impl Algoritmebinding {
    /// Whether the key may be used with an algorithm.
    #[must_use]
    pub fn tillater(self, algoritme: Algoritme) -> bool {
        match self {
            Algoritmebinding::En(en) => en == algoritme,
            Algoritmebinding::Alle => true,
        }
    }
}

/// A public RSA key that has passed every check on keys.
#[derive(Clone)]
pub struct Offentlignoekkel {
    kid: String,
    binding: Algoritmebinding,
    n: Vec<u8>,
    avtrykk: [u8; 32],
    dekoder: DecodingKey,
}

impl Offentlignoekkel {
    /// Reads a key of an issuer's set: `kid` and `use` must be there, an absent `alg` means RS256.
    ///
    /// # Errors
    /// [`Jwkfeil`].
    pub fn fra_utsteder(jwk: &Map<String, Value>) -> Result<Self, Jwkfeil> {
        if jwk.get("use").and_then(Value::as_str) != Some("sig") {
            return Err(Jwkfeil::Bruk);
        }
        let binding = les_alg(jwk)?.unwrap_or(Algoritme::Rs256);
        let kid = jwk.get("kid").and_then(Value::as_str).ok_or(Jwkfeil::Kid)?;
        Self::bygg(jwk, Some(kid), Algoritmebinding::En(binding))
    }

    /// Reads the JWK that a client hands in. Without `kid` the key's thumbprint (RFC 7638) names it; without `alg` any
    /// of the three algorithms may be used with it.
    ///
    /// # Errors
    /// [`Jwkfeil`]; [`Jwkfeil::PrivatDel`] when somebody hands in the private key.
    pub fn fra_klient(jwk: &[u8]) -> Result<Self, Jwkfeil> {
        let jwk = json::les_objekt(jwk).map_err(Jwkfeil::Json)?;
        if jwk.get("use").is_some_and(|bruk| bruk != "sig") {
            return Err(Jwkfeil::Bruk);
        }
        let binding = les_alg(&jwk)?.map_or(Algoritmebinding::Alle, Algoritmebinding::En);
        let kid = match jwk.get("kid") {
            None => None,
            Some(Value::String(kid)) => Some(kid.as_str()),
            Some(_) => return Err(Jwkfeil::Kid),
        };
        Self::bygg(&jwk, kid, binding)
    }

    fn bygg(jwk: &Map<String, Value>, kid: Option<&str>, binding: Algoritmebinding) -> Result<Self, Jwkfeil> {
        if PRIVATE_FELT.into_iter().any(|felt| jwk.contains_key(felt)) {
            return Err(Jwkfeil::PrivatDel);
        }
        if jwk.get("kty").and_then(Value::as_str) != Some("RSA") {
            return Err(Jwkfeil::IkkeRsa);
        }
        if let Some(bruk) = jwk.get("key_ops") {
            let verify = |liste: &Vec<Value>| liste.iter().any(|op| op == "verify");
            if !bruk.as_array().is_some_and(verify) {
                return Err(Jwkfeil::Bruk);
            }
        }
        let tall = |felt: &str| {
            jwk.get(felt)
                .and_then(Value::as_str)
                .and_then(|tekst| URL_SAFE_NO_PAD.decode(tekst).ok())
        };
        let n = tall("n").ok_or(Jwkfeil::Modulus)?;
        if tall("e").ok_or(Jwkfeil::Eksponent)? != EKSPONENT {
            return Err(Jwkfeil::Eksponent);
        }
        Self::fra_deler(n, kid, binding)
    }

    /// Builds a key from its modulus; the thumbprint names it when `kid` does not.
    pub(super) fn fra_deler(n: Vec<u8>, kid: Option<&str>, binding: Algoritmebinding) -> Result<Self, Jwkfeil> {
        let (Some(foerste), Some(siste)) = (n.first(), n.last()) else {
            return Err(Jwkfeil::Modulus);
        };
        if *foerste == 0 || siste % 2 == 0 {
            return Err(Jwkfeil::Modulus);
        }
        let biter = n.len() * 8 - foerste.leading_zeros() as usize;
        if !MODULUS_BITER.contains(&biter) {
            return Err(Jwkfeil::Lengde);
        }
        let avtrykk = avtrykk(&n);
        let kid = kid.map_or_else(|| URL_SAFE_NO_PAD.encode(avtrykk), str::to_owned);
        if !er_kid(&kid) {
            return Err(Jwkfeil::Kid);
        }
        let dekoder = DecodingKey::from_rsa_raw_components(&n, &EKSPONENT);
        Ok(Offentlignoekkel {
            kid,
            binding,
            n,
            avtrykk,
            dekoder,
        })
    }

    /// The name of the key.
    #[must_use]
    pub fn kid(&self) -> &str {
        &self.kid
    }

    /// Which algorithms it may be used with.
    #[must_use]
    pub fn binding(&self) -> Algoritmebinding {
        self.binding
    }

    /// SHA-256 thumbprint: what the key *is*, whatever it is called.
    ///
    /// Source: RFC 7638 section 3.
    #[must_use]
    pub fn avtrykk(&self) -> &[u8; 32] {
        &self.avtrykk
    }

    /// Whether the signature of `jws` was made with this key and an algorithm that the key allows.
    #[must_use]
    pub fn har_signert(&self, jws: &Kompakt<'_>) -> bool {
        let algoritme = match jws.algoritme {
            Algoritme::Rs256 => jsonwebtoken::Algorithm::RS256,
            Algoritme::Rs384 => jsonwebtoken::Algorithm::RS384,
            Algoritme::Rs512 => jsonwebtoken::Algorithm::RS512,
        };
        self.binding.tillater(jws.algoritme)
            && jsonwebtoken::crypto::verify(jws.signatur, jws.signert.as_bytes(), &self.dekoder, algoritme)
                .is_ok_and(|gyldig| gyldig)
    }

    /// The key as a public JWK with `use` sig.
    #[must_use]
    pub fn til_jwk(&self) -> Value {
        let mut jwk = json!({
            "kty": "RSA", "use": "sig", "kid": self.kid,
            "n": URL_SAFE_NO_PAD.encode(&self.n), "e": URL_SAFE_NO_PAD.encode(EKSPONENT),
        });
        if let (Algoritmebinding::En(alg), Some(objekt)) = (self.binding, jwk.as_object_mut()) {
            objekt.insert("alg".to_owned(), Value::from(alg.navn()));
        }
        jwk
    }
}

/// Shows the name of the key and nothing of its numbers.
impl fmt::Debug for Offentlignoekkel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Offentlignoekkel")
            .field("kid", &self.kid)
            .field("binding", &self.binding)
            .finish()
    }
}

impl PartialEq for Offentlignoekkel {
    fn eq(&self, annen: &Self) -> bool {
        self.kid == annen.kid && self.binding == annen.binding && self.avtrykk == annen.avtrykk
    }
}

impl Eq for Offentlignoekkel {}

fn les_alg(jwk: &Map<String, Value>) -> Result<Option<Algoritme>, Jwkfeil> {
    match jwk.get("alg") {
        None => Ok(None),
        Some(alg) => alg
            .as_str()
            .and_then(Algoritme::fra_navn)
            .map(Some)
            .ok_or(Jwkfeil::Algoritme),
    }
}

/// Source: RFC 7638 section 3.1: required members only, in lexicographic order, without white space.
fn avtrykk(n: &[u8]) -> [u8; 32] {
    let dokument = format!(
        r#"{{"e":"{}","kty":"RSA","n":"{}"}}"#,
        URL_SAFE_NO_PAD.encode(EKSPONENT),
        URL_SAFE_NO_PAD.encode(n)
    );
    sha256(dokument.as_bytes())
}

/// SHA-256 of some bytes.
pub(super) fn sha256(bytes: &[u8]) -> [u8; 32] {
    let mut ut = [0; 32];
    ut.copy_from_slice(digest::digest(&digest::SHA256, bytes).as_ref());
    ut
}

/// The usable keys of an issuer.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Noekkelsett {
    noekler: BTreeMap<String, Arc<Offentlignoekkel>>,
    utelatt: usize,
}

impl Noekkelsett {
    /// Reads a JWK set. Keys that we do not use (too short, for encryption, of another type) are left out and counted.
    ///
    /// # Errors
    /// [`Jwksfeil`].
    pub fn les(bytes: &[u8]) -> Result<Self, Jwksfeil> {
        if bytes.len() > SETT_BYTES_MAKS {
            return Err(Jwksfeil::ForStort);
        }
        let dokument = json::les_objekt(bytes).map_err(Jwksfeil::Json)?;
        let liste = dokument.get("keys").and_then(Value::as_array).ok_or(Jwksfeil::Form)?;
        if liste.len() > SETT_NOEKLER_MAKS {
            return Err(Jwksfeil::Form);
        }
        let mut sett = Noekkelsett::default();
        for jwk in liste {
            match jwk
                .as_object()
                .ok_or(Jwksfeil::Form)
                .map(Offentlignoekkel::fra_utsteder)?
            {
                Err(_) => sett.utelatt += 1,
                Ok(noekkel) => {
                    if sett.noekler.insert(noekkel.kid.clone(), Arc::new(noekkel)).is_some() {
                        return Err(Jwksfeil::LikKid);
                    }
                }
            }
        }
        if sett.noekler.is_empty() {
            Err(Jwksfeil::Tomt)
        } else {
            Ok(sett)
        }
    }

    /// The key of that name.
    #[must_use]
    pub fn finn(&self, kid: &str) -> Option<&Arc<Offentlignoekkel>> {
        self.noekler.get(kid)
    }

    /// How many keys there are.
    #[must_use]
    pub fn antall(&self) -> usize {
        self.noekler.len()
    }

    /// How many keys of the document were left out.
    #[must_use]
    pub fn utelatt(&self) -> usize {
        self.utelatt
    }
}

#[cfg(test)]
mod tests {
    use super::super::testverktoey::{noekkel_a, noekkel_b};
    use super::*;

    fn jwk() -> Map<String, Value> {
        noekkel_a().offentlig().til_jwk().as_object().unwrap().clone()
    }

    #[track_caller]
    fn check(endring: impl FnOnce(&mut Map<String, Value>), ventet: Result<(), Jwkfeil>) {
        let mut jwk = jwk();
        endring(&mut jwk);
        assert_eq!(Offentlignoekkel::fra_utsteder(&jwk).map(|_| ()), ventet);
    }

    #[test]
    fn a_key_survives_being_written_and_read() {
        let noekkel = noekkel_a().offentlig();
        assert_eq!(Offentlignoekkel::fra_utsteder(&jwk()).unwrap(), *noekkel);
        assert_eq!(
            Offentlignoekkel::fra_klient(noekkel.til_jwk().to_string().as_bytes()).unwrap(),
            *noekkel
        );
    }

    #[test]
    fn an_issuers_key_must_be_for_signatures_and_bound_to_an_algorithm() {
        check(|_| {}, Ok(()));
        for bruk in [json!("enc"), json!("SIG"), json!(null), json!(["sig"])] {
            check(|jwk| drop(jwk.insert("use".into(), bruk)), Err(Jwkfeil::Bruk));
        }
        check(|jwk| drop(jwk.shift_remove("use")), Err(Jwkfeil::Bruk));
        check(
            |jwk| drop(jwk.insert("key_ops".into(), json!(["encrypt"]))),
            Err(Jwkfeil::Bruk),
        );
        check(|jwk| drop(jwk.insert("key_ops".into(), json!(["verify"]))), Ok(()));
        check(
            |jwk| drop(jwk.insert("alg".into(), json!("HS256"))),
            Err(Jwkfeil::Algoritme),
        );
        check(
            |jwk| drop(jwk.insert("alg".into(), json!("PS256"))),
            Err(Jwkfeil::Algoritme),
        );
        check(|jwk| drop(jwk.shift_remove("kid")), Err(Jwkfeil::Kid));
        check(
            |jwk| drop(jwk.insert("kty".into(), json!("oct"))),
            Err(Jwkfeil::IkkeRsa),
        );
        let mut uten_alg = jwk();
        uten_alg.shift_remove("alg");
        let lest = Offentlignoekkel::fra_utsteder(&uten_alg).unwrap();
        assert_eq!(lest.binding(), Algoritmebinding::En(Algoritme::Rs256));
    }

    #[test]
    fn weak_and_malformed_numbers_are_refused() {
        let modulus = |biter: usize| {
            let mut n = vec![0xff_u8; biter.div_ceil(8)];
            n[0] = u8::try_from((1_u32 << (biter - (n.len() - 1) * 8)) - 1).unwrap();
            json!(URL_SAFE_NO_PAD.encode(n))
        };
        for (biter, ventet) in [
            (1024, Err(Jwkfeil::Lengde)),
            (2047, Err(Jwkfeil::Lengde)),
            (2048, Ok(())),
            (8192, Ok(())),
            (8193, Err(Jwkfeil::Lengde)),
        ] {
            check(|jwk| drop(jwk.insert("n".into(), modulus(biter))), ventet);
        }
        for n in [
            json!(""),
            json!("=="),
            json!(17),
            json!("AQ=="),
            json!(URL_SAFE_NO_PAD.encode([0, 255])),
        ] {
            check(|jwk| drop(jwk.insert("n".into(), n)), Err(Jwkfeil::Modulus));
        }
        check(
            |jwk| drop(jwk.insert("n".into(), json!(URL_SAFE_NO_PAD.encode([254_u8; 256])))),
            Err(Jwkfeil::Modulus),
        );
        for e in [json!("AQ"), json!("Aw"), json!(""), json!("AAEAAQ"), json!(65537)] {
            check(|jwk| drop(jwk.insert("e".into(), e)), Err(Jwkfeil::Eksponent));
        }
    }

    #[test]
    fn a_private_key_handed_in_by_mistake_is_refused_with_a_word_on_it() {
        for felt in PRIVATE_FELT {
            check(
                |jwk| drop(jwk.insert(felt.into(), json!("AQAB"))),
                Err(Jwkfeil::PrivatDel),
            );
        }
    }

    #[test]
    fn a_clients_key_is_named_by_its_thumbprint_when_it_has_no_kid() {
        let mut jwk = jwk();
        let kid = jwk.shift_remove("kid").unwrap();
        jwk.shift_remove("alg");
        jwk.shift_remove("use");
        let lest = Offentlignoekkel::fra_klient(Value::from(jwk).to_string().as_bytes()).unwrap();
        assert_eq!(lest.kid(), kid.as_str().unwrap());
        assert_eq!(lest.binding(), Algoritmebinding::Alle);
    }

    #[test]
    fn the_thumbprint_is_that_of_the_rfc() {
        // RFC 7638 section 3.1, the example key and its printed thumbprint.
        let jwk = br#"{"kty":"RSA","n":"0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw","e":"AQAB","alg":"RS256"}"#;
        let noekkel = Offentlignoekkel::fra_klient(jwk).unwrap();
        assert_eq!(noekkel.kid(), "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs");
    }

    #[test]
    fn a_set_keeps_what_is_usable_and_counts_the_rest() {
        let kryptering = json!({"kty": "RSA", "use": "enc", "kid": "x", "n": "AQAB", "e": "AQAB"});
        let elliptisk = json!({"kty": "EC", "use": "sig", "kid": "y", "crv": "P-256"});
        let sett = json!({"keys": [kryptering, noekkel_a().offentlig().til_jwk(), elliptisk]}).to_string();
        let sett = Noekkelsett::les(sett.as_bytes()).unwrap();
        assert_eq!((sett.antall(), sett.utelatt()), (1, 2));
        assert!(sett.finn(noekkel_a().kid()).is_some());
        assert!(sett.finn("x").is_none());
    }

    #[test]
    fn a_set_that_is_empty_ambiguous_or_too_large_is_refused() {
        let check = |dokument: String, ventet| assert_eq!(Noekkelsett::les(dokument.as_bytes()), Err(ventet));
        check(json!({"keys": []}).to_string(), Jwksfeil::Tomt);
        check(json!({"nokler": []}).to_string(), Jwksfeil::Form);
        check(json!({"keys": [1]}).to_string(), Jwksfeil::Form);
        check(
            json!({"keys": vec![json!({}); SETT_NOEKLER_MAKS + 1]}).to_string(),
            Jwksfeil::Form,
        );
        check("<html>".to_owned(), Jwksfeil::Json(json::Feil::Ugyldig));
        check(
            r#"{"keys":[],"keys":[]}"#.to_owned(),
            Jwksfeil::Json(json::Feil::GjentattMedlem),
        );
        check(" ".repeat(SETT_BYTES_MAKS + 1), Jwksfeil::ForStort);
        let mut b = noekkel_b().offentlig().til_jwk();
        b["kid"] = json!(noekkel_a().kid());
        check(
            json!({"keys": [noekkel_a().offentlig().til_jwk(), b]}).to_string(),
            Jwksfeil::LikKid,
        );
    }

    #[test]
    fn debug_shows_no_numbers_of_the_key() {
        let jwk = jwk();
        let tekst = format!("{:?}", Offentlignoekkel::fra_utsteder(&jwk).unwrap());
        assert!(tekst.contains(noekkel_a().kid()) && !tekst.contains(jwk["n"].as_str().unwrap()));
        assert!(tekst.len() < 200, "{tekst}");
    }
}
