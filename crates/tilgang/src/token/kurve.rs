//! The elliptic curves of JOSE that we take, each with its one algorithm.
//!
//! A table and nothing more. What a newcomer gets wrong: P-521 has 521 bits and not 512, and goes with SHA-512.

use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED, ECDSA_P256_SHA256_FIXED_SIGNING, ECDSA_P384_SHA384_FIXED, ECDSA_P384_SHA384_FIXED_SIGNING,
    ECDSA_P521_SHA512_FIXED, ECDSA_P521_SHA512_FIXED_SIGNING, EcdsaSigningAlgorithm, EcdsaVerificationAlgorithm,
};

use super::jws::Algoritme;

/// A curve.
///
/// Source: RFC 7518 section 3.4 and 6.2.1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kurve {
    /// NIST P-256.
    P256,
    /// NIST P-384.
    P384,
    /// NIST P-521.
    P521,
}

impl Kurve {
    /// All of them.
    pub const ALLE: [Kurve; 3] = [Kurve::P256, Kurve::P384, Kurve::P521];

    /// `crv`.
    #[must_use]
    pub fn navn(self) -> &'static str {
        match self {
            Kurve::P256 => "P-256",
            Kurve::P384 => "P-384",
            Kurve::P521 => "P-521",
        }
    }

    /// Reads [`Kurve::navn`]; case matters.
    #[must_use]
    pub fn fra_navn(navn: &str) -> Option<Self> {
        Kurve::ALLE.into_iter().find(|kurve| kurve.navn() == navn)
    }

    /// The one algorithm of the curve.
    #[must_use]
    pub fn algoritme(self) -> Algoritme {
        match self {
            Kurve::P256 => Algoritme::Es256,
            Kurve::P384 => Algoritme::Es384,
            Kurve::P521 => Algoritme::Es512,
        }
    }

    /// Length of a coordinate. Units: bytes.
    pub(super) fn koordinat_byte(self) -> usize {
        match self {
            Kurve::P256 => 32,
            Kurve::P384 => 48,
            Kurve::P521 => 66,
        }
    }

    pub(super) fn verifisering(self) -> &'static EcdsaVerificationAlgorithm {
        match self {
            Kurve::P256 => &ECDSA_P256_SHA256_FIXED,
            Kurve::P384 => &ECDSA_P384_SHA384_FIXED,
            Kurve::P521 => &ECDSA_P521_SHA512_FIXED,
        }
    }

    pub(super) fn signering(self) -> &'static EcdsaSigningAlgorithm {
        match self {
            Kurve::P256 => &ECDSA_P256_SHA256_FIXED_SIGNING,
            Kurve::P384 => &ECDSA_P384_SHA384_FIXED_SIGNING,
            Kurve::P521 => &ECDSA_P521_SHA512_FIXED_SIGNING,
        }
    }
}
