//! An issuer of the test's own: its keys, what it publishes, and signatures over whatever the test wants signed.

use std::io::{Read, Write};
use std::net::TcpListener;
use std::sync::LazyLock;

use aws_lc_rs::encoding::AsDer;
use aws_lc_rs::hmac;
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::{KeyPair, KeySize};
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _, RSA_PKCS1_SHA256, RSA_PKCS1_SHA384, RSA_PKCS1_SHA512,
    RSA_PSS_SHA256, RSA_PSS_SHA384, RSA_PSS_SHA512, RsaEncoding,
};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use serde_json::{Value, json};

/// A key of 1024 bits and a token signed with it, as files: the library makes none so short.
const SVAK: &str = include_str!("../../../../tilgang/testdata/svak-noekkel/jwks-1024.json");
pub const SVAKT_TOKEN: &str = include_str!("../../../../tilgang/testdata/svak-noekkel/token-1024.txt");

pub fn b64(byte: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(byte)
}

/// An RSA key with the name that it is published under.
pub struct Noekkel {
    par: KeyPair,
    pub kid: String,
}

impl Noekkel {
    pub fn ny(kid: &str) -> Self {
        let par = KeyPair::generate(KeySize::Rsa2048).unwrap();
        Noekkel {
            par,
            kid: kid.to_owned(),
        }
    }

    /// A key of a file, named by its thumbprint as the program does.
    pub fn fra_fil(sti: &std::path::Path) -> Self {
        let der = std::fs::read(sti).unwrap();
        let kid = tilgang::token::Signeringsnoekkel::fra_pkcs8(&der, None)
            .unwrap()
            .kid()
            .to_owned();
        Noekkel {
            par: KeyPair::from_pkcs8(&der).unwrap(),
            kid,
        }
    }

    pub fn modulus(&self) -> Vec<u8> {
        self.par
            .public_key()
            .modulus()
            .big_endian_without_leading_zero()
            .to_vec()
    }

    /// The public key as it is published.
    pub fn jwk(&self, felt: Value) -> Value {
        let mut jwk = json!({"kty": "RSA", "use": "sig", "kid": self.kid, "n": b64(self.modulus()), "e": "AQAB"});
        for (navn, verdi) in felt.as_object().unwrap() {
            jwk[navn] = verdi.clone();
        }
        jwk
    }

    /// The public key as files have it.
    pub fn pem(&self) -> String {
        let der = AsDer::<aws_lc_rs::encoding::PublicKeyX509Der<'_>>::as_der(self.par.public_key()).unwrap();
        format!(
            "-----BEGIN PUBLIC KEY-----\n{}\n-----END PUBLIC KEY-----\n",
            STANDARD.encode(der.as_ref())
        )
    }

    pub fn signer_med(&self, metode: &'static dyn RsaEncoding, hode: &str, innhold: impl AsRef<[u8]>) -> String {
        let signert = format!("{}.{}", b64(hode), b64(innhold));
        let mut signatur = vec![0; self.par.public_modulus_len()];
        self.par
            .sign(metode, &SystemRandom::new(), signert.as_bytes(), &mut signatur)
            .unwrap();
        format!("{signert}.{}", b64(signatur))
    }

    /// Signs a header and a payload as they stand, with the method that the header names where it names one of ours.
    pub fn signer(&self, hode: &str, innhold: impl AsRef<[u8]>) -> String {
        let alg = serde_json::from_str::<Value>(hode)
            .ok()
            .map_or(Value::Null, |h| h["alg"].clone());
        let metode: &'static dyn RsaEncoding = match alg.as_str() {
            Some("RS384") => &RSA_PKCS1_SHA384,
            Some("RS512") => &RSA_PKCS1_SHA512,
            Some("PS256") => &RSA_PSS_SHA256,
            Some("PS384") => &RSA_PSS_SHA384,
            Some("PS512") => &RSA_PSS_SHA512,
            _ => &RSA_PKCS1_SHA256,
        };
        self.signer_med(metode, hode, innhold)
    }
}

/// Signs with a secret: what an attacker does with a public key.
pub fn hmac(alg: &str, hemmelighet: &[u8], kid: &str, innhold: &str) -> String {
    let algoritme = match alg {
        "HS256" => hmac::HMAC_SHA256,
        "HS384" => hmac::HMAC_SHA384,
        _ => hmac::HMAC_SHA512,
    };
    let signert = format!("{}.{}", b64(json!({"alg": alg, "kid": kid}).to_string()), b64(innhold));
    let signatur = hmac::sign(&hmac::Key::new(algoritme, hemmelighet), signert.as_bytes());
    format!("{signert}.{}", b64(signatur.as_ref()))
}

/// The keys: two that the issuer signs with at once, as when it changes from one to the other, one for each longer hash,
/// one that it does not publish, one that it publishes for encryption, and one on an elliptic curve.
pub struct Noekler {
    pub a: Noekkel,
    pub b: Noekkel,
    pub rs384: Noekkel,
    pub rs512: Noekkel,
    pub fremmed: Noekkel,
    pub kryptering: Noekkel,
    ec: EcdsaKeyPair,
}

pub static NOEKLER: LazyLock<Noekler> = LazyLock::new(|| Noekler {
    a: Noekkel::ny("a-2026"),
    b: Noekkel::ny("b-2026"),
    rs384: Noekkel::ny("lang-384"),
    rs512: Noekkel::ny("lang-512"),
    fremmed: Noekkel::ny("fremmed"),
    kryptering: Noekkel::ny("kryptering"),
    ec: EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).unwrap(),
});

impl Noekler {
    fn jwks(&self) -> Value {
        let punkt = self.ec.public_key().as_ref();
        let (x, y) = punkt[1..].split_at(32);
        let svak: Value = serde_json::from_str(SVAK).unwrap();
        json!({"keys": [
            self.a.jwk(json!({"alg": "RS256"})), self.b.jwk(json!({})), self.rs384.jwk(json!({"alg": "RS384"})),
            self.rs512.jwk(json!({"alg": "RS512"})), self.kryptering.jwk(json!({"use": "enc"})), svak["keys"][0],
            {"kty": "EC", "crv": "P-256", "use": "sig", "alg": "ES256", "kid": "kurve", "x": b64(x), "y": b64(y)},
            {"kty": "oct", "use": "sig", "alg": "HS256", "kid": "hemmelig", "k": "aGVtbWVsaWc"},
        ]})
    }

    /// A genuine signature of the published key on a curve.
    pub fn ec(&self, hode: &str, innhold: &str) -> String {
        let signert = format!("{}.{}", b64(hode), b64(innhold));
        let signatur = self.ec.sign(&SystemRandom::new(), signert.as_bytes()).unwrap();
        format!("{signert}.{}", b64(signatur.as_ref()))
    }
}

/// Publishes the keys on loopback until the process ends; gives the issuer's name.
pub fn publiser() -> String {
    let lytter = TcpListener::bind("127.0.0.1:0").unwrap();
    let navn = format!("http://{}/", lytter.local_addr().unwrap());
    let metadata = json!({"issuer": navn, "token_endpoint": format!("{navn}token"), "jwks_uri": format!("{navn}jwk")});
    let (metadata, jwks) = (metadata.to_string(), NOEKLER.jwks().to_string());
    std::thread::spawn(move || {
        for forbindelse in lytter.incoming() {
            let Ok(mut forbindelse) = forbindelse else { continue };
            let mut lest = Vec::new();
            let mut del = [0; 1024];
            while !lest.windows(4).any(|v| v == b"\r\n\r\n") {
                match forbindelse.read(&mut del) {
                    Ok(antall @ 1..) => lest.extend_from_slice(&del[..antall]),
                    _ => break,
                }
            }
            let kropp = if lest.starts_with(b"GET /jwk ") {
                &jwks
            } else {
                &metadata
            };
            let svar = format!(
                "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nconnection: close\r\ncontent-length: {}\r\n\r\n{kropp}",
                kropp.len()
            );
            let _ = forbindelse.write_all(svar.as_bytes());
        }
    });
    navn
}
