//! Public keys as JWK, one by one.
//!
//! A key is read once, checked once, and is then good for verification. What is accepted is narrow on purpose: RSA of
//! 2048 to 8192 bits with exponent 65537, and points of P-256, P-384 and P-521. A newcomer's mistake is to let the JWS choose
//! how a key is used: what a key may do stands with the key, and a curve has one algorithm.

use std::fmt;

use aws_lc_rs::digest;
use aws_lc_rs::signature::ParsedPublicKey;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::DecodingKey;
use serde_json::{Map, Value};

use super::json;
use super::jws::{Algoritme, Kompakt, er_kid};
use super::kurve::Kurve;

/// Fewest and most bits of a modulus. Source: our choice, ADR 0007 ("RSA < 2048 bits"); the upper end is that of
/// the cryptographic library.
const MODULUS_BITER: std::ops::RangeInclusive<usize> = 2048..=8192;
/// The only public exponent we take, 65537. Source: our choice; small exponents invite mistakes in padding.
const EKSPONENT: [u8; 3] = [1, 0, 1];
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
    /// `kty` is neither RSA nor EC.
    #[error("kty er verken RSA eller EC")]
    Noekkeltype,
    /// `crv` is none of the three curves.
    #[error("crv er ikke P-256, P-384 eller P-521")]
    Kurve,
    /// `x` and `y` are absent, of another length than the curve's, or no point of it.
    #[error("x og y er ikke et punkt på kurven")]
    Punkt,
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
    /// `alg` is not one that we know, or not one for this kind of key.
    #[error("alg er ikke en tillatt algoritme for nøkkelen")]
    Algoritme,
    /// `kid` is absent where it is needed, or has the wrong form.
    #[error("kid mangler eller har feil form")]
    Kid,
}

/// Which algorithms a key may be used with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Algoritmebinding {
    /// The one that the JWK names.
    En(Algoritme),
    /// Any for RSA; only for clients' keys, whose JWK need not name one.
    Alle,
}

impl Algoritmebinding {
    /// Whether the key may be used with an algorithm.
    #[must_use]
    pub fn tillater(self, algoritme: Algoritme) -> bool {
        match self {
            Algoritmebinding::En(en) => en == algoritme,
            Algoritmebinding::Alle => algoritme.er_rsa(),
        }
    }
}

/// A public key that has passed every check on keys.
#[derive(Clone)]
pub struct Offentlignoekkel {
    kid: String,
    binding: Algoritmebinding,
    avtrykk: [u8; 32],
    materiale: Materiale,
}

/// The numbers of a key, parsed.
#[derive(Clone)]
enum Materiale {
    Rsa {
        n: Vec<u8>,
        dekoder: DecodingKey,
    },
    Ec {
        kurve: Kurve,
        /// As SEC 1 writes it uncompressed: 4, x, y.
        punkt: Vec<u8>,
        noekkel: ParsedPublicKey,
    },
}

impl Offentlignoekkel {
    /// Reads a key of an issuer's set: `kid` and `use` must be there. Without `alg` an RSA key is for RS256, and one on a
    /// curve for the curve's algorithm.
    ///
    /// # Errors
    /// [`Jwkfeil`].
    pub fn fra_utsteder(jwk: &Map<String, Value>) -> Result<Self, Jwkfeil> {
        if jwk.get("use").and_then(Value::as_str) != Some("sig") {
            return Err(Jwkfeil::Bruk);
        }
        let kid = jwk.get("kid").and_then(Value::as_str).ok_or(Jwkfeil::Kid)?;
        Self::bygg(jwk, Some(kid), Algoritmebinding::En(Algoritme::Rs256))
    }

    /// Reads the JWK that a client hands in. Without `kid` the key's thumbprint (RFC 7638) names it; without `alg` an RSA key
    /// may be used with any algorithm for RSA, where the issuer takes it.
    ///
    /// # Errors
    /// [`Jwkfeil`]; [`Jwkfeil::PrivatDel`] when somebody hands in the private key.
    pub fn fra_klient(jwk: &[u8]) -> Result<Self, Jwkfeil> {
        let jwk = json::les_objekt(jwk).map_err(Jwkfeil::Json)?;
        let kid = match jwk.get("kid") {
            None => None,
            Some(Value::String(kid)) => Some(kid.as_str()),
            Some(_) => return Err(Jwkfeil::Kid),
        };
        Self::bygg(&jwk, kid, Algoritmebinding::Alle)
    }

    /// Reads the JWK in the header of a DPoP proof, which is named by its thumbprint whatever it calls itself.
    ///
    /// Source: RFC 9449 section 4.2.
    ///
    /// # Errors
    /// [`Jwkfeil`]; [`Jwkfeil::PrivatDel`] when it holds more than the public key.
    pub fn fra_bevis(jwk: &Map<String, Value>) -> Result<Self, Jwkfeil> {
        Self::bygg(jwk, None, Algoritmebinding::Alle)
    }

    /// Reads a key; `uten_alg` is what binds an RSA key whose JWK has no `alg`.
    fn bygg(jwk: &Map<String, Value>, kid: Option<&str>, uten_alg: Algoritmebinding) -> Result<Self, Jwkfeil> {
        if PRIVATE_FELT.into_iter().any(|felt| jwk.contains_key(felt)) {
            return Err(Jwkfeil::PrivatDel);
        }
        if jwk.get("use").is_some_and(|bruk| bruk != "sig") {
            return Err(Jwkfeil::Bruk);
        }
        if let Some(bruk) = jwk.get("key_ops") {
            let verify = |liste: &Vec<Value>| liste.iter().any(|op| op == "verify");
            if !bruk.as_array().is_some_and(verify) {
                return Err(Jwkfeil::Bruk);
            }
        }
        let alg = les_alg(jwk)?;
        let tall = |felt: &str| {
            jwk.get(felt)
                .and_then(Value::as_str)
                .and_then(|tekst| URL_SAFE_NO_PAD.decode(tekst).ok())
        };
        match jwk.get("kty").and_then(Value::as_str) {
            Some("RSA") if alg.is_none_or(Algoritme::er_rsa) => {
                let n = tall("n").ok_or(Jwkfeil::Modulus)?;
                if tall("e").ok_or(Jwkfeil::Eksponent)? != EKSPONENT {
                    return Err(Jwkfeil::Eksponent);
                }
                Self::fra_deler(n, kid, alg.map_or(uten_alg, Algoritmebinding::En))
            }
            Some("EC") => {
                let kurve = jwk.get("crv").and_then(Value::as_str).and_then(Kurve::fra_navn);
                let kurve = kurve.ok_or(Jwkfeil::Kurve)?;
                if alg.is_some_and(|alg| alg != kurve.algoritme()) {
                    return Err(Jwkfeil::Algoritme);
                }
                let lengde = kurve.koordinat_byte();
                let mut punkt = vec![4];
                for felt in ["x", "y"] {
                    let koordinat = tall(felt).filter(|koordinat| koordinat.len() == lengde);
                    punkt.extend(koordinat.ok_or(Jwkfeil::Punkt)?);
                }
                Self::fra_punkt(kurve, punkt, kid)
            }
            Some("RSA") => Err(Jwkfeil::Algoritme),
            _ => Err(Jwkfeil::Noekkeltype),
        }
    }

    /// Builds an RSA key from its modulus; the thumbprint names it when `kid` does not.
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
        let dekoder = DecodingKey::from_rsa_raw_components(&n, &EKSPONENT);
        Self::med_navn(kid, binding, Materiale::Rsa { n, dekoder })
    }

    /// Builds a key from a point, uncompressed; the thumbprint names it when `kid` does not.
    pub(super) fn fra_punkt(kurve: Kurve, punkt: Vec<u8>, kid: Option<&str>) -> Result<Self, Jwkfeil> {
        // The library checks that the point lies on the curve.
        let noekkel = ParsedPublicKey::new(kurve.verifisering(), &punkt).map_err(|_| Jwkfeil::Punkt)?;
        let binding = Algoritmebinding::En(kurve.algoritme());
        Self::med_navn(kid, binding, Materiale::Ec { kurve, punkt, noekkel })
    }

    fn med_navn(kid: Option<&str>, binding: Algoritmebinding, materiale: Materiale) -> Result<Self, Jwkfeil> {
        let avtrykk = materiale.avtrykk();
        let kid = kid.map_or_else(|| URL_SAFE_NO_PAD.encode(avtrykk), str::to_owned);
        if !er_kid(&kid) {
            return Err(Jwkfeil::Kid);
        }
        Ok(Offentlignoekkel {
            kid,
            binding,
            avtrykk,
            materiale,
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
        if !self.binding.tillater(jws.algoritme) {
            return false;
        }
        match &self.materiale {
            Materiale::Rsa { dekoder, .. } => {
                let algoritme = match jws.algoritme {
                    Algoritme::Rs256 => jsonwebtoken::Algorithm::RS256,
                    Algoritme::Rs384 => jsonwebtoken::Algorithm::RS384,
                    Algoritme::Rs512 => jsonwebtoken::Algorithm::RS512,
                    Algoritme::Ps256 => jsonwebtoken::Algorithm::PS256,
                    Algoritme::Ps384 => jsonwebtoken::Algorithm::PS384,
                    Algoritme::Ps512 => jsonwebtoken::Algorithm::PS512,
                    Algoritme::Es256 | Algoritme::Es384 | Algoritme::Es512 => return false,
                };
                jsonwebtoken::crypto::verify(jws.signatur, jws.signert.as_bytes(), dekoder, algoritme)
                    .is_ok_and(|gyldig| gyldig)
            }
            // A curve has one algorithm, which the binding has just been held against. JOSE's signature is r and s side by
            // side, each as long as the curve; the library takes no other.
            Materiale::Ec { noekkel, .. } => URL_SAFE_NO_PAD
                .decode(jws.signatur)
                .is_ok_and(|signatur| noekkel.verify_sig(jws.signert.as_bytes(), &signatur).is_ok()),
        }
    }

    /// The key as a public JWK with `use` sig.
    #[must_use]
    pub fn til_jwk(&self) -> Value {
        let mut jwk = Map::new();
        let medlemmer = self.materiale.medlemmer();
        // `kty` first and the numbers last, as most sets have it.
        jwk.insert("kty".to_owned(), Value::from(self.materiale.kty()));
        jwk.insert("use".to_owned(), Value::from("sig"));
        jwk.insert("kid".to_owned(), Value::from(self.kid.as_str()));
        for (navn, verdi) in medlemmer.into_iter().rev() {
            jwk.entry(navn).or_insert(Value::from(verdi));
        }
        if let Algoritmebinding::En(alg) = self.binding {
            jwk.insert("alg".to_owned(), Value::from(alg.navn()));
        }
        Value::Object(jwk)
    }

    /// The key as the header of a DPoP proof carries it: the members that make the key, and no other.
    ///
    /// Source: RFC 9449 section 4.2; RFC 7638 section 3.2.
    #[must_use]
    pub fn til_bevis(&self) -> Value {
        let medlemmer = self.materiale.medlemmer();
        medlemmer
            .into_iter()
            .map(|(navn, verdi)| (navn.to_owned(), Value::from(verdi)))
            .collect()
    }
}

impl Materiale {
    fn kty(&self) -> &'static str {
        match self {
            Materiale::Rsa { .. } => "RSA",
            Materiale::Ec { .. } => "EC",
        }
    }

    /// The members that make the key, in lexicographic order.
    ///
    /// Source: RFC 7638 section 3.2.
    fn medlemmer(&self) -> Vec<(&'static str, String)> {
        let kod = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
        match self {
            Materiale::Rsa { n, .. } => {
                vec![("e", kod(&EKSPONENT)), ("kty", self.kty().to_owned()), ("n", kod(n))]
            }
            Materiale::Ec { kurve, punkt, .. } => {
                let koordinater = punkt.get(1..).unwrap_or_default();
                let (x, y) = koordinater.split_at_checked(kurve.koordinat_byte()).unwrap_or_default();
                vec![
                    ("crv", kurve.navn().to_owned()),
                    ("kty", self.kty().to_owned()),
                    ("x", kod(x)),
                    ("y", kod(y)),
                ]
            }
        }
    }

    /// Source: RFC 7638 section 3.1: required members only, in lexicographic order, without white space.
    fn avtrykk(&self) -> [u8; 32] {
        let mut dokument = String::with_capacity(512);
        for (navn, verdi) in self.medlemmer() {
            dokument.push(if dokument.is_empty() { '{' } else { ',' });
            // Neither names nor values have anything that JSON would escape.
            for del in ["\"", navn, "\":\"", &verdi, "\""] {
                dokument.push_str(del);
            }
        }
        dokument.push('}');
        sha256(dokument.as_bytes())
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

/// SHA-256 of some bytes.
pub(super) fn sha256(bytes: &[u8]) -> [u8; 32] {
    let mut ut = [0; 32];
    ut.copy_from_slice(digest::digest(&digest::SHA256, bytes).as_ref());
    ut
}

/// SHA-256 of some bytes after others.
pub(super) fn sha256_av(deler: &[&[u8]]) -> [u8; 32] {
    let mut avtrykk = digest::Context::new(&digest::SHA256);
    for del in deler {
        avtrykk.update(del);
    }
    let mut ut = [0; 32];
    ut.copy_from_slice(avtrykk.finish().as_ref());
    ut
}

#[cfg(test)]
#[path = "jwk_test.rs"]
mod tests;
