//! The built-in HelseID: issues access tokens for the Person API in the demo and the tests.
//!
//! What lives here: the token service ([`Helseid`]), what it demands of a client's assertion (`paastand.rs`), its nonces
//! (`nonce.rs`), its refusals ([`Avslag`]) and its routes ([`ruter`]). What does not: clients, keys and grants, which are those of
//! the built-in Maskinporten (`tilgang::avtale`), and the check of a proof (`tilgang::token::dpop`).
//!
//! The one thing a newcomer gets wrong: there is no way around the grant here either. Each scope needs a valid `avtale` of the
//! *parent* organisation, and a client may name another parent than its own only where the settings have a delegation.
//!
//! What differs from the real HelseID, on purpose: delegations and units stand in the settings instead of in Altinn and its own
//! register; a client whose assertion names no organisation speaks for its own; only `client_credentials`; scopes of one API in
//! a token, since an API takes no token for two. The memory of used assertions and of proofs at the token endpoint is that of
//! the process: the nonces, which a restart makes worthless, keep an old proof from being used again.

mod avslag;
mod modell;
mod nonce;
mod paastand;
mod ruter;
#[cfg(test)]
mod test;
mod utsteder;

pub use avslag::Avslag;
pub use modell::{Delegering, Feil, Forespoersel, Innstillinger, TOKEN_LEVETID_S, Tokenoenske, Tokensvar, Underenhet};
pub use ruter::ruter;
pub use utsteder::Helseid;
