//! A private key that signs JWTs: an issuer's, a client's, or the one that a DPoP proof is made with.
//!
//! The key stays parsed, so that a signature costs one operation. It never shows itself: `Debug` prints its name,
//! and its bytes leave only through [`Signeringsnoekkel::til_pkcs8`], for storing. A newcomer's mistake is to use one key for
//! both the client and its proofs: the one is registered and lives a year, the other may be new in each process.

use std::fmt;

use aws_lc_rs::encoding::{AsDer, Pkcs8V1Der};
use aws_lc_rs::pkcs8::Document;
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::{KeyPair, KeySize};
use aws_lc_rs::signature::{self, EcdsaKeyPair, KeyPair as _, RsaEncoding};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

use super::jwk::{Algoritmebinding, Offentlignoekkel};
use super::jws::Algoritme;
use super::kurve::Kurve;

/// What can go wrong with a private key. Never says anything of the key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Signeringsfeil {
    /// The library could not make a key.
    #[error("kunne ikke lage en nøkkel")]
    Generering,
    /// The bytes are neither a PKCS#8 RSA key of 2048 to 8192 bits with exponent 65537 nor one on a curve that we take.
    #[error(
        "ikke en privat nøkkel i PKCS#8: RSA (2048 til 8192 biter, eksponent 65537) eller P-256, P-384 eller P-521"
    )]
    Ugyldig,
    /// The library could not sign.
    #[error("signeringen mislyktes")]
    Signering,
}

/// A private key in PKCS#8 DER. That of an RSA key wipes itself; the library does not do so for the other.
pub struct Pkcs8(Pkcs8Slag);

enum Pkcs8Slag {
    Rsa(Pkcs8V1Der<'static>),
    Ec(Document),
}

impl AsRef<[u8]> for Pkcs8 {
    fn as_ref(&self) -> &[u8] {
        match &self.0 {
            Pkcs8Slag::Rsa(der) => der.as_ref(),
            Pkcs8Slag::Ec(dokument) => dokument.as_ref(),
        }
    }
}

impl fmt::Debug for Pkcs8 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Pkcs8(***)")
    }
}

enum Par {
    Rsa(KeyPair),
    Ec(EcdsaKeyPair),
}

/// A private key with its name.
pub struct Signeringsnoekkel {
    par: Par,
    algoritme: Algoritme,
    offentlig: Offentlignoekkel,
}

impl Signeringsnoekkel {
    /// Makes a new RSA key of 2048 bits for RS256, named by its thumbprint.
    ///
    /// # Errors
    /// [`Signeringsfeil::Generering`].
    pub fn generer() -> Result<Self, Signeringsfeil> {
        let par = KeyPair::generate(KeySize::Rsa2048).map_err(|_| Signeringsfeil::Generering)?;
        Self::fra_rsa(par, None)
    }

    /// Makes a new key on a curve, named by its thumbprint. P-256 is what DPoP proofs are made with.
    ///
    /// # Errors
    /// [`Signeringsfeil::Generering`].
    pub fn generer_paa(kurve: Kurve) -> Result<Self, Signeringsfeil> {
        let par = EcdsaKeyPair::generate(kurve.signering()).map_err(|_| Signeringsfeil::Generering)?;
        Self::fra_ec(par, kurve, None)
    }

    /// Reads a key in PKCS#8 DER. `kid` is the name under which it is registered; without it, its thumbprint.
    ///
    /// # Errors
    /// [`Signeringsfeil::Ugyldig`].
    pub fn fra_pkcs8(der: &[u8], kid: Option<&str>) -> Result<Self, Signeringsfeil> {
        if let Ok(par) = KeyPair::from_pkcs8(der) {
            return Self::fra_rsa(par, kid);
        }
        let paa = |kurve: Kurve| Some((EcdsaKeyPair::from_pkcs8(kurve.signering(), der).ok()?, kurve));
        let (par, kurve) = Kurve::ALLE.into_iter().find_map(paa).ok_or(Signeringsfeil::Ugyldig)?;
        Self::fra_ec(par, kurve, kid)
    }

    fn fra_rsa(par: KeyPair, kid: Option<&str>) -> Result<Self, Signeringsfeil> {
        let deler = par.public_key();
        if deler.exponent().big_endian_without_leading_zero() != [1, 0, 1] {
            return Err(Signeringsfeil::Ugyldig);
        }
        let n = deler.modulus().big_endian_without_leading_zero().to_vec();
        let algoritme = Algoritme::Rs256;
        let offentlig = Offentlignoekkel::fra_deler(n, kid, Algoritmebinding::En(algoritme))
            .map_err(|_| Signeringsfeil::Ugyldig)?;
        Ok(Signeringsnoekkel {
            par: Par::Rsa(par),
            algoritme,
            offentlig,
        })
    }

    fn fra_ec(par: EcdsaKeyPair, kurve: Kurve, kid: Option<&str>) -> Result<Self, Signeringsfeil> {
        let punkt = par.public_key().as_ref().to_vec();
        let offentlig = Offentlignoekkel::fra_punkt(kurve, punkt, kid).map_err(|_| Signeringsfeil::Ugyldig)?;
        Ok(Signeringsnoekkel {
            par: Par::Ec(par),
            algoritme: kurve.algoritme(),
            offentlig,
        })
    }

    /// The key in PKCS#8 DER, for storing in a file that only the owner may read.
    ///
    /// # Errors
    /// [`Signeringsfeil::Ugyldig`] if the library cannot write it.
    pub fn til_pkcs8(&self) -> Result<Pkcs8, Signeringsfeil> {
        let slag = match &self.par {
            Par::Rsa(par) => Pkcs8Slag::Rsa(par.as_der().map_err(|_| Signeringsfeil::Ugyldig)?),
            Par::Ec(par) => Pkcs8Slag::Ec(par.to_pkcs8v1().map_err(|_| Signeringsfeil::Ugyldig)?),
        };
        Ok(Pkcs8(slag))
    }

    /// The same key used with another algorithm. One that is not for its kind of key signs nothing.
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

    /// Signs a payload with a `typ` beside `alg` and `kid`, as HelseID's tokens and its clients' assertions have.
    ///
    /// # Errors
    /// [`Signeringsfeil::Signering`].
    pub fn signer_som(&self, typ: &str, nyttelast: &Value) -> Result<String, Signeringsfeil> {
        let hode = json!({"kid": self.kid(), "alg": self.algoritme.navn(), "typ": typ});
        self.signer_med_hode(&hode, nyttelast)
    }

    /// Signs a payload with a header that carries the public key, as a DPoP proof has.
    pub(super) fn signer_bevis(&self, typ: &str, nyttelast: &Value) -> Result<String, Signeringsfeil> {
        let hode = json!({"typ": typ, "alg": self.algoritme.navn(), "jwk": self.offentlig.til_bevis()});
        self.signer_med_hode(&hode, nyttelast)
    }

    fn signer_med_hode(&self, hode: &Value, nyttelast: &Value) -> Result<String, Signeringsfeil> {
        let mut ut = URL_SAFE_NO_PAD.encode(hode.to_string());
        ut.push('.');
        URL_SAFE_NO_PAD.encode_string(nyttelast.to_string(), &mut ut);
        let signatur = self.signatur(ut.as_bytes())?;
        ut.push('.');
        URL_SAFE_NO_PAD.encode_string(signatur, &mut ut);
        Ok(ut)
    }

    fn signatur(&self, melding: &[u8]) -> Result<Vec<u8>, Signeringsfeil> {
        let par = match &self.par {
            Par::Rsa(par) => par,
            Par::Ec(_) if self.offentlig.binding() != Algoritmebinding::En(self.algoritme) => {
                return Err(Signeringsfeil::Signering);
            }
            Par::Ec(par) => {
                let signatur = par.sign(&SystemRandom::new(), melding);
                return Ok(signatur.map_err(|_| Signeringsfeil::Signering)?.as_ref().to_vec());
            }
        };
        let metode: &'static dyn RsaEncoding = match self.algoritme {
            Algoritme::Rs256 => &signature::RSA_PKCS1_SHA256,
            Algoritme::Rs384 => &signature::RSA_PKCS1_SHA384,
            Algoritme::Rs512 => &signature::RSA_PKCS1_SHA512,
            Algoritme::Ps256 => &signature::RSA_PSS_SHA256,
            Algoritme::Ps384 => &signature::RSA_PSS_SHA384,
            Algoritme::Ps512 => &signature::RSA_PSS_SHA512,
            Algoritme::Es256 | Algoritme::Es384 | Algoritme::Es512 => return Err(Signeringsfeil::Signering),
        };
        let mut signatur = vec![0; par.public_modulus_len()];
        par.sign(metode, &SystemRandom::new(), melding, &mut signatur)
            .map_err(|_| Signeringsfeil::Signering)?;
        Ok(signatur)
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
        let signatur = self.signatur(signert.as_bytes()).unwrap();
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
    use super::super::jws::{Form, Kompakt, Typ};
    use super::super::testverktoey::noekkel_a;
    use super::*;

    #[test]
    fn a_stored_key_signs_as_before_and_under_its_registered_name() {
        let der = noekkel_a().til_pkcs8().unwrap();
        for algoritme in Algoritme::ALLE.into_iter().filter(|algoritme| algoritme.er_rsa()) {
            let noekkel = Signeringsnoekkel::fra_pkcs8(der.as_ref(), Some("min"))
                .unwrap()
                .med_algoritme(algoritme);
            assert_eq!(noekkel.offentlig().avtrykk(), noekkel_a().offentlig().avtrykk());
            let jws = noekkel.signer(&json!({"a": "æøå"})).unwrap();
            let form = Form {
                typ: Typ::Valgfri(&[]),
                algoritmer: &[algoritme],
                baerer_noekkel: false,
            };
            let lest = Kompakt::les_som(&jws, &form).unwrap();
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
    fn a_key_on_a_curve_signs_with_its_algorithm_and_no_other_also_after_being_stored() {
        for kurve in Kurve::ALLE {
            let ny = Signeringsnoekkel::generer_paa(kurve).unwrap();
            let lagret = Signeringsnoekkel::fra_pkcs8(ny.til_pkcs8().unwrap().as_ref(), Some("min")).unwrap();
            let jws = lagret.signer_som("JWT", &json!({"a": 1})).unwrap();
            let form = Form {
                typ: Typ::Kreves(&["jwt"]),
                algoritmer: &Algoritme::ALLE,
                baerer_noekkel: false,
            };
            let lest = Kompakt::les_som(&jws, &form).unwrap();
            assert!(ny.offentlig().har_signert(&lest));
            let annen = Signeringsnoekkel::generer_paa(kurve).unwrap();
            assert!(!annen.offentlig().har_signert(&lest));
            for algoritme in Algoritme::ALLE {
                let noekkel = Signeringsnoekkel::fra_pkcs8(ny.til_pkcs8().unwrap().as_ref(), None).unwrap();
                let svar = noekkel.med_algoritme(algoritme).signer(&json!({}));
                assert_eq!(svar.is_ok(), algoritme == kurve.algoritme());
            }
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

        let ec = Signeringsnoekkel::generer_paa(Kurve::P256).unwrap();
        let jws = ec.signer(&json!({"iss": "y", "exp": 4_000_000_000_i64})).unwrap();
        let jwk = ec.offentlig().til_bevis();
        let (x, y) = (jwk["x"].as_str().unwrap(), jwk["y"].as_str().unwrap());
        let noekkel = jsonwebtoken::DecodingKey::from_ec_components(x, y).unwrap();
        let krav = jsonwebtoken::Validation::new(jsonwebtoken::Algorithm::ES256);
        assert_eq!(
            jsonwebtoken::decode::<Value>(&jws, &noekkel, &krav).unwrap().claims["iss"],
            "y"
        );
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
