//! What the issuer is told, what it is asked, and what it answers.
//!
//! Types and no rules; those are in `utsteder.rs`. What a newcomer gets wrong: a [`Delegering`] says that a supplier may name an
//! organisation, and gives no right to anything; that is the organisation's own `avtale`.

use std::collections::BTreeSet;
use std::fmt;

use identifikator::Organisasjonsnummer;
use serde_json::{Value, json};
use tilgang::token::helseid::Organisasjonsvalg;
use tilgang::token::{Signeringsfeil, Signeringsnoekkel, TOKEN_LEVETID_MAKS_S};

use super::avslag::Avslag;
use crate::noekkelring::Noekkelfeil;

/// Life of a token unless set otherwise. Units: seconds. Source: our choice.
pub const TOKEN_LEVETID_S: i64 = 600;

/// That an organisation lets a supplier's clients act for it. Stands in for Altinn.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Delegering {
    /// The parent organisation.
    pub forelder: Organisasjonsnummer,
    /// The organisation whose clients may name it.
    pub leverandoer: Organisasjonsnummer,
}

/// That a client may name a unit below a parent organisation.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Underenhet {
    /// The client.
    pub klient_id: String,
    /// The parent organisation.
    pub forelder: Organisasjonsnummer,
    /// The unit.
    pub underenhet: Organisasjonsnummer,
}

/// What an issuer is told when it starts.
#[derive(Clone, Debug)]
pub struct Innstillinger {
    /// The authority: the URL under which its routes stand, without final slash.
    pub utsteder: String,
    /// Life of a token, 1 to 3600. Units: seconds.
    pub token_levetid_s: i64,
    /// The delegations there are.
    pub delegeringer: BTreeSet<Delegering>,
    /// The units that clients may name.
    pub underenheter: BTreeSet<Underenhet>,
}

impl Innstillinger {
    /// The settings for an issuer without delegations and units.
    #[must_use]
    pub fn new(utsteder: impl Into<String>) -> Self {
        Innstillinger {
            utsteder: utsteder.into(),
            token_levetid_s: TOKEN_LEVETID_S,
            delegeringer: BTreeSet::new(),
            underenheter: BTreeSet::new(),
        }
    }
}

/// Why an issuer does not start, or a request of our own gets no token.
#[derive(Debug, thiserror::Error)]
pub enum Feil {
    /// The authority is not an http or https URL without final slash.
    #[error("utstederen må være en http- eller https-adresse uten skråstrek til slutt")]
    Utsteder,
    /// The life of a token is out of bounds.
    #[error("tokenets levetid må være fra 1 til {TOKEN_LEVETID_MAKS_S} sekunder")]
    Levetid,
    /// The keys.
    #[error(transparent)]
    Noekler(#[from] Noekkelfeil),
    /// Something could not be signed.
    #[error(transparent)]
    Signering(#[from] Signeringsfeil),
    /// The issuer refused, as it would have refused anybody.
    #[error("utstederen ga ikke noe token: {}: {}", .0.feilkode(), .0)]
    Avslag(Avslag),
}

/// A request to the token endpoint, as it came.
#[derive(Clone, Copy)]
pub struct Forespoersel<'a> {
    /// `Content-Type`.
    pub innholdstype: Option<&'a str>,
    /// The body.
    pub kropp: &'a [u8],
    /// Every value of `DPoP`.
    pub dpop: &'a [&'a [u8]],
}

/// Shows nothing: a request is a credential.
impl fmt::Debug for Forespoersel<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Forespoersel(***)")
    }
}

/// What a command of ours asks for, see [`super::Helseid::be_om_token`].
#[derive(Clone, Copy, Debug)]
pub struct Tokenoenske<'a> {
    /// The client's registered key.
    pub noekkel: &'a Signeringsnoekkel,
    /// The client.
    pub klient_id: &'a str,
    /// The scopes with single spaces between.
    pub scope: &'a str,
    /// The organisations to act for; absent for the client's own.
    pub organisasjon: Option<Organisasjonsvalg>,
    /// The key to bind the token to; absent for a bearer token.
    pub dpop: Option<&'a Signeringsnoekkel>,
}

/// What a client gets.
#[derive(Clone, PartialEq, Eq)]
pub struct Tokensvar {
    /// The token.
    pub access_token: String,
    /// Whether it is bound to the key of the proof.
    pub bundet: bool,
    /// Its life. Units: seconds.
    pub expires_in: i64,
    /// Its scopes.
    pub scope: String,
}

impl Tokensvar {
    /// The body of the answer. Source: RFC 6749 section 5.1; RFC 9449 section 5.
    #[must_use]
    pub fn kropp(&self) -> Value {
        let slag = if self.bundet { "DPoP" } else { "Bearer" };
        json!({
            "access_token": self.access_token, "expires_in": self.expires_in,
            "token_type": slag, "scope": self.scope,
        })
    }
}

/// Shows everything but the token.
impl fmt::Debug for Tokensvar {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tokensvar")
            .field("bundet", &self.bundet)
            .field("expires_in", &self.expires_in)
            .field("scope", &self.scope)
            .finish_non_exhaustive()
    }
}
