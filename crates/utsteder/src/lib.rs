//! The built-in Maskinporten and the built-in HelseID: access tokens for the demo and the tests, by the rules of the real ones.
//!
//! What lives here: the token services ([`Utsteder`], and HelseID's in [`helseid`]), their keys, and their routes ([`ruter`],
//! [`helseid::ruter`]). What does not: the register of clients and grants (`tilgang::avtale`), and the accept loop that serves
//! the routes.
//!
//! The one thing a newcomer gets wrong: there is no way around the grant. A command that wants a token signs a grant
//! with a registered client's key and hands it in ([`Utsteder::be_om_token`]), and it gets none without a registered
//! client and a valid `avtale`.
//!
//! What differs from the real Maskinporten, on purpose: a certificate chain (`x5c`) is refused with a clear error, since
//! every client here has a registered key; the older delegation `iss_onbehalfof` and `authorization_details` are
//! refused; delegations stand in the settings instead of in Altinn. The memory of used grants is that of the process:
//! after a restart a grant can be used again within the ten seconds in which its `iat` is taken at all.
//!
//! ```
//! use std::sync::Arc;
//! use jiff::Timestamp;
//! use tilgang::avtale::Avtaleregister;
//! use utsteder::{Innstillinger, Utsteder};
//!
//! let mappe = tempfile::tempdir()?;
//! let register = Arc::new(Avtaleregister::aapne(&mappe.path().join("avtale"))?);
//! let innstillinger = Innstillinger::new("http://127.0.0.1:8080/maskinporten/");
//! let utsteder = Utsteder::aapne(innstillinger, &mappe.path().join("noekler"), register, Timestamp::UNIX_EPOCH)?;
//! assert_eq!(utsteder.metadata()["token_endpoint"], "http://127.0.0.1:8080/maskinporten/token");
//! assert_eq!(utsteder.jwks(Timestamp::UNIX_EPOCH)["keys"][0]["kty"], "RSA");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod avslag;
mod gjenbruk;
mod grantsjekk;
pub mod helseid;
mod noekkelring;
mod ruter;
mod skjema;
#[cfg(test)]
mod testoppsett;
mod utsteder;

pub use avslag::Avslag;
pub use noekkelring::{Noekkelfeil, les_eller_lag_noekkel};
pub use ruter::ruter;
pub use utsteder::{DELEGERINGSKILDE, Delegering, Feil, Innstillinger, TOKEN_LEVETID_S, Tokensvar, Utsteder};
