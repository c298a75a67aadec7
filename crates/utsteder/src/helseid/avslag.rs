//! Why no token is given: OAuth's words and statuses.
//!
//! The descriptions are English and ASCII: RFC 6749 section 5.2 allows nothing else. None holds anything from the request. A
//! newcomer's mistake is to tell an unknown client from a wrong signature: the caller is told neither.

use serde_json::{Value, json};
use tilgang::token::dpop::Dpopfeil;

/// A refusal of the token endpoint.
///
/// Source: RFC 6749 section 5.2; RFC 7521 section 4.2.1; RFC 9449 section 5 and 8; RFC 9396 section 5.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Avslag {
    /// The form is not one, or a parameter is absent or given twice.
    #[error("{0}")]
    Skjema(&'static str),
    /// `grant_type` is another one.
    #[error("grant_type must be client_credentials")]
    Granttype,
    /// The assertion is broken, or a value in it is not allowed.
    #[error("Invalid client assertion: {0}")]
    Paastand(&'static str),
    /// No such client, not its key, a wrong signature, or a key that has expired.
    #[error("Client not found, or client authentication failed")]
    Klient,
    /// The assertion has been used before.
    #[error("The client assertion has been used before")]
    Brukt,
    /// `authorization_details` is not of the form that we read.
    #[error("authorization_details is not a helseid_authorization of a Norwegian organisation")]
    Detaljer,
    /// The client may not speak for the organisation, or the unit is not on its list.
    #[error("The client may not act for the organisation")]
    Organisasjon,
    /// A scope that is unknown, not registered on the client, or given twice.
    #[error("A scope is not registered on the client")]
    Scope,
    /// Scopes of two APIs.
    #[error("The scopes belong to more than one API; ask for one API at a time")]
    FlereMottakere,
    /// The parent organisation has no grant.
    #[error("The organisation has no agreement for a scope")]
    IngenAvtale,
    /// The client, its organisation or the parent is blocked.
    #[error("The client or its organisation is blocked")]
    Sperret,
    /// A scope whose tokens must be bound, without a proof.
    #[error("A scope requires a DPoP proof")]
    KreverDpop,
    /// The proof is not good.
    #[error("The DPoP proof is not valid")]
    Bevis(Dpopfeil),
    /// The proof has no nonce of ours, or an old one.
    #[error("Use the nonce of the DPoP-Nonce header in the DPoP proof")]
    BrukNonce,
    /// The memory of used assertions or proofs is full; nothing is forgotten to make room.
    #[error("Too many requests in a short time; try again")]
    Fullt,
    /// We could not sign.
    #[error("Internal error")]
    Internt,
}

impl Avslag {
    /// `error`.
    #[must_use]
    pub fn feilkode(self) -> &'static str {
        match self {
            Avslag::Skjema(_) => "invalid_request",
            Avslag::Granttype => "unsupported_grant_type",
            Avslag::Paastand(_) | Avslag::Klient | Avslag::Brukt => "invalid_client",
            Avslag::Detaljer | Avslag::Organisasjon => "invalid_authorization_details",
            Avslag::Scope | Avslag::FlereMottakere | Avslag::IngenAvtale => "invalid_scope",
            Avslag::Sperret => "unauthorized_client",
            Avslag::KreverDpop | Avslag::Bevis(_) => "invalid_dpop_proof",
            Avslag::BrukNonce => "use_dpop_nonce",
            Avslag::Fullt => "temporarily_unavailable",
            Avslag::Internt => "server_error",
        }
    }

    /// HTTP status. Source: RFC 6749 section 5.2; 500 and 503 are our choice.
    #[must_use]
    pub fn status(self) -> u16 {
        match self {
            Avslag::Fullt => 503,
            Avslag::Internt => 500,
            _ => 400,
        }
    }

    /// The body of the answer.
    #[must_use]
    pub fn kropp(self) -> Value {
        json!({"error": self.feilkode(), "error_description": self.to_string()})
    }
}
