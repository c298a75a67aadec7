//! DPoP proofs (RFC 9449): that whoever shows a token also holds the key that the token is bound to.
//!
//! What lives here: reading and checking a proof ([`Bevis`]), the public origin that `htu` is held against ([`Origo`]), the
//! memory of used proofs ([`Bevislager`]), and making a proof ([`NyttBevis`]). What does not: access tokens, and which of
//! them must come with a proof (`helseid`), nonces (the issuer's own) and HTTP.
//!
//! The one thing a newcomer gets wrong: a checked proof is not an accepted one. [`Bevis::kontroller`] says that it is right;
//! only [`Bevislager`] says that it is the first of its kind, and nothing may be answered before that is written.
//!
//! ```text
//!  DPoP: <proof>
//!     │ Bevis::les          typ, alg, jwk (public part only)
//!     │ Bevis::kontroller   thumbprint = cnf.jkt ▶ signature ▶ ath ▶ jti ▶ htm ▶ htu ▶ iat
//!     │ Bevislager::krev    thumbprint and jti not seen
//!     ▼ Brukt::skriv        written to file, before the answer
//! ```

mod bevis;
mod feil;
mod htu;
mod lager;

pub use bevis::{
    BEVIS_BYTE_MAKS, BEVISTYPE, Bevis, Bevishode, Beviskrav, Bevismerke, ELDRE_S, FORAN_S, Kontrollert, NyttBevis,
};
pub use feil::Dpopfeil;
pub use htu::{Htu, Origo, Origofeil};
pub use lager::{Bevislager, Brukt, Lagerfeil, PLASSER};
