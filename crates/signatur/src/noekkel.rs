//! The key of the signer's certificate.
//!
//! Source: NSM, "Kryptografiske anbefalinger", and NIST SP 800-131A on lengths; RFC 3279 and RFC 5480 on how keys are written.

use bergshamra_keys::{Key, KeyData, KeyUsage};
use kryptering::{EcCurve, KeyAlgorithm};
use meldinger::signatur::Usann;
use x509_parser::asn1_rs::Oid;
use x509_parser::prelude::{FromDer as _, X509Certificate};
use x509_parser::public_key::PublicKey;

use crate::form::Slag;

/// Identifiers, by their DER.
const RSA: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 1];
const EC: &[u8] = &[0x2a, 0x86, 0x48, 0xce, 0x3d, 2, 1];
const P256: &[u8] = &[0x2a, 0x86, 0x48, 0xce, 0x3d, 3, 1, 7];
const P384: &[u8] = &[0x2b, 0x81, 0x04, 0x00, 0x22];
/// Bits of an RSA key, the shortest and the longest: what is longer takes long.
const RSA_BIT: std::ops::RangeInclusive<usize> = 2048..=8192;

/// Reads the key, which must be of the kind that the signature says.
pub(crate) fn les(sertifikat: &[u8], slag: Slag) -> Result<Key, Usann> {
    let (rest, sertifikat) = X509Certificate::from_der(sertifikat).map_err(|_| Usann::Noekkelinfo)?;
    if !rest.is_empty() {
        return Err(Usann::Noekkelinfo);
    }
    let noekkel = sertifikat.public_key();
    let algoritme = match (noekkel.algorithm.algorithm.as_bytes(), slag) {
        (RSA, Slag::Rsa) => match noekkel.parsed() {
            Ok(PublicKey::RSA(rsa)) if RSA_BIT.contains(&bit(rsa.modulus)) => KeyAlgorithm::Rsa,
            _ => return Err(Usann::Noekkel),
        },
        (EC, Slag::Ec) => {
            let kurve = noekkel
                .algorithm
                .parameters
                .as_ref()
                .and_then(|p| Oid::try_from(p).ok());
            match kurve.as_ref().map(Oid::as_bytes) {
                Some(P256) => KeyAlgorithm::Ec(EcCurve::P256),
                Some(P384) => KeyAlgorithm::Ec(EcCurve::P384),
                _ => return Err(Usann::Noekkel),
            }
        }
        _ => return Err(Usann::Noekkel),
    };
    let noekkel = KeyData::from_spki_der(algoritme, noekkel.raw).map_err(|_| Usann::Noekkel)?;
    Ok(Key::new(noekkel, KeyUsage::Verify))
}

// Bits of a number, most significant byte first.
fn bit(tall: &[u8]) -> usize {
    let mut byte = tall.iter().skip_while(|b| **b == 0);
    match byte.next() {
        None => 0,
        Some(foerst) => {
            let i_foerste = 8_usize.saturating_sub(usize::try_from(foerst.leading_zeros()).unwrap_or(8));
            byte.count() * 8 + i_foerste
        }
    }
}
