//! HelseID: what its access tokens say, how they must be shown, and how a client asserts itself to it.
//!
//! What lives here: the claims ([`Helseidtoken`]), the verifier that lets a call in ([`Helseidverifikator::slipp_inn`]), the
//! refusals with their `WWW-Authenticate` ([`Adgangsfeil`]), and a client's assertion ([`Klientpaastand`]). What does not: the
//! proof itself ([`super::dpop`]), what an organisation may have (`avtale`), and HTTP.
//!
//! The one thing a newcomer gets wrong: a verified token is not yet one that may be used. A token that is bound to a key is
//! worth nothing without a proof by that key, so there is one way in, and it asks for both.
//!
//! ```text
//!  Authorization: DPoP <token>    DPoP: <proof>
//!        │ scheme                    │ one header
//!        ▼                           │
//!  form ▶ key ▶ signature ▶ claims   │       (remembered, as Maskinporten's are)
//!        │ cnf.jkt                   ▼
//!        └───────────────▶ proof by that key, for this token and this call, not used before ──▶ Helseidtoken
//! ```

#[cfg(test)]
mod angrep_test;
#[cfg(test)]
mod forfalskninger;
mod framvisning;
#[cfg(test)]
mod fuzz_test;
mod krav;
mod organisasjon;
mod paastand;
mod scope;
#[cfg(test)]
mod sokkel_test;
#[cfg(test)]
mod tilfeller;
mod verifikator;
#[cfg(test)]
mod verifikator_test;

pub use framvisning::{Adgangsfeil, Framvisning, Godtar, Kall};
#[cfg(test)]
pub(crate) use krav::proevetoken;
pub use krav::{Helseidtoken, ORGNR_CHILD, ORGNR_PARENT, ORGNR_SUPPLIER, TENANCY};
pub use organisasjon::Organisasjonsvalg;
pub use paastand::{Klientpaastand, PAASTAND_LEVETID_S, PAASTANDSTYPE};
pub use scope::{MOTTAKER_TESTDATA, Scope};
pub use verifikator::{HELSEID_TOLERANSE_S, Helseidverifikator, Innstillinger, MOTTAKER};
