//! A private RSA key that signs JWTs: an issuer's or a client's.
//!
//! The key stays parsed, so that a signature costs one RSA operation. It never shows itself: `Debug` prints its name,
//! and its bytes leave only through [`Signeringsnoekkel::til_pkcs8`], for storing.

use std::fmt;

use aws_lc_rs::encoding::{AsDer, Pkcs8V1Der};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::{KeyPair, KeySize};
use aws_lc_rs::signature::{self, KeyPair as _, RsaEncoding};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

use super::jwk::{Algoritmebinding, Offentlignoekkel};
use super::jws::Algoritme;

/// What can go wrong with a private key. Never says anything of the key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Signeringsfeil {
    /// The library could not make a key.
    #[error("kunne ikke lage en RSA-nøkkel")]
    Generering,
    /// The bytes are not a PKCS#8 RSA key of 2048 to 8192 bits with exponent 65537.
    #[error("ikke en privat RSA-nøkkel (PKCS#8, 2048 til 8192 biter, eksponent 65537)")]
    Ugyldig,
    /// The library could not sign.
    #[error("signeringen mislyktes")]
    Signering,
}

/// A private RSA key with its name.
pub struct Signeringsnoekkel {
    par: KeyPair,
    algoritme: Algoritme,
    offentlig: Offentlignoekkel,
}

impl Signeringsnoekkel {
    /// Makes a new key of 2048 bits for RS256, named by its thumbprint.
    ///
    /// # Errors
    /// [`Signeringsfeil::Generering`].
    pub fn generer() -> Result<Self, Signeringsfeil> {
        let par = KeyPair::generate(KeySize::Rsa2048).map_err(|_| Signeringsfeil::Generering)?;
        Self::fra_par(par, None)
    }

    /// Reads a key in PKCS#8 DER. `kid` is the name under which it is registered; without it, its thumbprint.
    ///
    /// # Errors
    /// [`Signeringsfeil::Ugyldig`].
    pub fn fra_pkcs8(der: &[u8], kid: Option<&str>) -> Result<Self, Signeringsfeil> {
        Self::fra_par(KeyPair::from_pkcs8(der).map_err(|_| Signeringsfeil::Ugyldig)?, kid)
    }

    fn fra_par(par: KeyPair, kid: Option<&str>) -> Result<Self, Signeringsfeil> {
        let deler = par.public_key();
        if deler.exponent().big_endian_without_leading_zero() != [1, 0, 1] {
            return Err(Signeringsfeil::Ugyldig);
        }
        let n = deler.modulus().big_endian_without_leading_zero().to_vec();
        let algoritme = Algoritme::Rs256;
        let offentlig = Offentlignoekkel::fra_deler(n, kid, Algoritmebinding::En(algoritme))
            .map_err(|_| Signeringsfeil::Ugyldig)?;
        Ok(Signeringsnoekkel {
            par,
            algoritme,
            offentlig,
        })
    }

    /// The key in PKCS#8 DER, for storing in a file that only the owner may read. The buffer wipes itself.
    ///
    /// # Errors
    /// [`Signeringsfeil::Ugyldig`] if the library cannot write it.
    pub fn til_pkcs8(&self) -> Result<Pkcs8V1Der<'static>, Signeringsfeil> {
        self.par.as_der().map_err(|_| Signeringsfeil::Ugyldig)
    }

    /// The same key used with another algorithm.
    #[must_use]
    pub fn med_algoritme(mut self, algoritme: Algoritme) -> Self {
        self.algoritme = algoritme;
        self
    }

    /// The name of the key.
    #[must_use]
    pub fn kid(&self) -> &str {
        self.offentlig.kid()
    }

    /// The public half, as it is registered or published.
    #[must_use]
    pub fn offentlig(&self) -> &Offentlignoekkel {
        &self.offentlig
    }

    /// Signs a payload with a header of `alg` and `kid` only, as Maskinporten's own tokens have.
    ///
    /// # Errors
    /// [`Signeringsfeil::Signering`].
    pub fn signer(&self, nyttelast: &Value) -> Result<String, Signeringsfeil> {
        self.signer_med_hode(&json!({"kid": self.kid(), "alg": self.algoritme.navn()}), nyttelast)
    }

    fn signer_med_hode(&self, hode: &Value, nyttelast: &Value) -> Result<String, Signeringsfeil> {
        let mut ut = URL_SAFE_NO_PAD.encode(hode.to_string());
        ut.push('.');
        URL_SAFE_NO_PAD.encode_string(nyttelast.to_string(), &mut ut);
        let metode: &'static dyn RsaEncoding = match self.algoritme {
            Algoritme::Rs256 => &signature::RSA_PKCS1_SHA256,
            Algoritme::Rs384 => &signature::RSA_PKCS1_SHA384,
            Algoritme::Rs512 => &signature::RSA_PKCS1_SHA512,
        };
        let mut signatur = vec![0; self.par.public_modulus_len()];
        self.par
            .sign(metode, &SystemRandom::new(), ut.as_bytes(), &mut signatur)
            .map_err(|_| Signeringsfeil::Signering)?;
        ut.push('.');
        URL_SAFE_NO_PAD.encode_string(signatur, &mut ut);
        Ok(ut)
    }

    /// Signs with a header of the test's own making.
    #[cfg(test)]
    pub(super) fn forfalsk(&self, hode: &Value, nyttelast: &Value) -> String {
        self.signer_med_hode(hode, nyttelast).unwrap()
    }

    /// Signs ready-made parts, whatever they are.
    #[cfg(test)]
    pub(super) fn forfalsk_raatt(&self, hode: &str, nyttelast: &str) -> String {
        let signert = format!("{}.{}", URL_SAFE_NO_PAD.encode(hode), URL_SAFE_NO_PAD.encode(nyttelast));
        let mut signatur = vec![0; self.par.public_modulus_len()];
        let metode = &signature::RSA_PKCS1_SHA256;
        self.par
            .sign(metode, &SystemRandom::new(), signert.as_bytes(), &mut signatur)
            .unwrap();
        format!("{signert}.{}", URL_SAFE_NO_PAD.encode(signatur))
    }
}

/// Shows the name of the key and nothing of the key.
impl fmt::Debug for Signeringsnoekkel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Signeringsnoekkel")
            .field("kid", &self.kid())
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::super::jws::Kompakt;
    use super::super::testverktoey::noekkel_a;
    use super::*;

    #[test]
    fn a_stored_key_signs_as_before_and_under_its_registered_name() {
        let der = noekkel_a().til_pkcs8().unwrap();
        for algoritme in Algoritme::ALLE {
            let noekkel = Signeringsnoekkel::fra_pkcs8(der.as_ref(), Some("min"))
                .unwrap()
                .med_algoritme(algoritme);
            assert_eq!(noekkel.offentlig().avtrykk(), noekkel_a().offentlig().avtrykk());
            let jws = noekkel.signer(&json!({"a": "æøå"})).unwrap();
            let lest = Kompakt::les(&jws, &[]).unwrap();
            assert_eq!((lest.kid.as_deref(), lest.algoritme), (Some("min"), algoritme));
            let bundet = Offentlignoekkel::fra_klient(
                json!({"kty": "RSA", "n": noekkel_a().offentlig().til_jwk()["n"], "e": "AQAB"})
                    .to_string()
                    .as_bytes(),
            );
            assert!(bundet.unwrap().har_signert(&lest));
            assert_eq!(
                noekkel_a().offentlig().har_signert(&lest),
                algoritme == Algoritme::Rs256
            );
        }
    }

    #[test]
    fn another_jose_library_reads_our_signature() {
        let jws = noekkel_a()
            .signer(&json!({"iss": "x", "exp": 4_000_000_000_i64}))
            .unwrap();
        let jwk = noekkel_a().offentlig().til_jwk();
        let noekkel = jsonwebtoken::DecodingKey::from_rsa_components(jwk["n"].as_str().unwrap(), "AQAB").unwrap();
        let krav = jsonwebtoken::Validation::new(jsonwebtoken::Algorithm::RS256);
        let lest = jsonwebtoken::decode::<Value>(&jws, &noekkel, &krav).unwrap();
        assert_eq!(lest.claims["iss"], "x");
        assert_eq!(lest.header.kid.as_deref(), Some(noekkel_a().kid()));
    }

    #[test]
    fn bytes_that_are_no_key_are_refused() {
        for der in [&b""[..], b"\x30\x03\x02\x01\x00", b"-----BEGIN PRIVATE KEY-----"] {
            assert_eq!(
                Signeringsnoekkel::fra_pkcs8(der, None).unwrap_err(),
                Signeringsfeil::Ugyldig
            );
        }
    }

    #[test]
    fn debug_shows_the_name_only() {
        let tekst = format!("{:?}", noekkel_a());
        assert_eq!(
            tekst,
            format!("Signeringsnoekkel {{ kid: \"{}\", .. }}", noekkel_a().kid())
        );
    }
}
