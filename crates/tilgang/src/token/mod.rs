//! Access tokens of Maskinporten and of HelseID: reading, verifying, and the keys behind them.
//!
//! What lives here: strict reading of JWS and JWK, the cached key set of an issuer, the verification of an access
//! token, DPoP proofs and the memory of used ones ([`dpop`]), HelseID's own rules ([`helseid`]), and the signing key with
//! which a client asserts itself. What does not: who may do what with a verified token (that is [`crate::avtale`]) and any
//! HTTP.
//!
//! The one thing a newcomer gets wrong: a [`Token`] can only be made by [`Maskinportenverifikator::verifiser`], and a
//! [`helseid::Helseidtoken`] by [`helseid::Helseidverifikator::slipp_inn`]. A signature alone proves nothing; issuer,
//! audience, time, the shape of every claim, and for a bound token the proof, are part of it.
//!
//! ```text
//!  Authorization: Bearer …
//!        │ les_bearer
//!        ▼
//!  size, three parts, base64url, header ──▶ key by kid ──▶ signature ──▶ claims ──▶ Token
//!        │                                   │  unknown: one fetch a minute
//!        └── SHA-256 ─▶ verified already? ───┘  (a removed key empties this too)
//! ```

#[cfg(test)]
mod angrep_hode_test;
#[cfg(test)]
mod angrep_krav_test;
pub mod dpop;
mod feil;
#[cfg(test)]
mod fuzz_test;
mod grant;
pub mod helseid;
pub mod json;
mod jwk;
pub mod jws;
mod kontroll;
mod krav;
mod kurve;
mod noekkellager;
mod noekkelsett;
mod signering;
#[cfg(test)]
pub(crate) mod testverktoey;
mod verifikator;
#[cfg(test)]
mod verifikator_test;
mod verifisert;

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use jiff::Timestamp;

pub use feil::{Tokenfeil, les_bearer};
pub use grant::{GRANT_LEVETID_S, Grant};
pub use jwk::{Algoritmebinding, Jwkfeil, Offentlignoekkel};
pub use jws::{Algoritme, Jwsfeil, Kompakt};
pub use krav::{Delegering, Sluttbruker, Token, les_organisasjon, les_scope};
pub use kurve::Kurve;
pub use noekkellager::{Hentefeil, JwksKilde};
pub use noekkelsett::{Jwksfeil, Noekkelsett};
pub use signering::{Pkcs8, Signeringsfeil, Signeringsnoekkel};
pub use verifikator::{Innstillinger, Maskinportenverifikator, TOKEN_LEVETID_MAKS_S, TOLERANSE_S};

/// A boxed future, for traits that are used behind `dyn`.
pub type Framtid<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// Where the time comes from. The binary gives the system clock; tests give their own.
pub type Klokke = Arc<dyn Fn() -> Timestamp + Send + Sync>;
