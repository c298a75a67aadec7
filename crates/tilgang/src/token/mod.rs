//! Maskinporten access tokens: reading, verifying, and the keys behind them.
//!
//! What lives here: strict reading of JWS and JWK, the cached key set of an issuer, the verification of an access
//! token, and the signing key with which a client asserts itself. What does not: who may do what with a verified token
//! (that is [`crate::avtale`]) and any HTTP.
//!
//! The one thing a newcomer gets wrong: a [`Token`] can only be made by [`Maskinportenverifikator::verifiser`]. A
//! signature alone proves nothing; issuer, audience, time and the shape of every claim are part of the proof.
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
mod feil;
#[cfg(test)]
mod fuzz_test;
mod grant;
pub mod json;
mod jwk;
pub mod jws;
mod krav;
mod noekkellager;
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
pub use jwk::{Algoritmebinding, Jwkfeil, Jwksfeil, Noekkelsett, Offentlignoekkel};
pub use jws::{Algoritme, Jwsfeil, Kompakt};
pub use krav::{Delegering, Sluttbruker, Token, les_organisasjon, les_scope};
pub use noekkellager::{Hentefeil, JwksKilde};
pub use signering::{Signeringsfeil, Signeringsnoekkel};
pub use verifikator::{Innstillinger, Maskinportenverifikator, TOKEN_LEVETID_MAKS_S, TOLERANSE_S};

/// A boxed future, for traits that are used behind `dyn`.
pub type Framtid<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// Where the time comes from. The binary gives the system clock; tests give their own.
pub type Klokke = Arc<dyn Fn() -> Timestamp + Send + Sync>;
