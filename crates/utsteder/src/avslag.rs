//! Why no token is given: Maskinporten's codes, OAuth words and statuses.
//!
//! The descriptions are English and ASCII: RFC 6749 section 5.2 allows nothing else, and the real service's are English
//! too. None holds anything from the request.

use serde_json::{Value, json};

/// A refusal of the token endpoint.
///
/// MP-122 (organisation of the certificate), MP-201 (kind of integration) and MP-302 (field of an authorization detail)
/// cannot arise here: there are no certificates, one kind of client, and no details.
///
/// Source: Maskinporten's documentation, ADR 0007; where that page has no code, the variant has none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Avslag {
    /// The form is not one, or a parameter is absent or given twice.
    #[error("{0}")]
    Skjema(&'static str),
    /// `grant_type` is another one.
    #[error("grant_type must be urn:ietf:params:oauth:grant-type:jwt-bearer")]
    Granttype,
    /// MP-011: the assertion is broken, or a value in it is not allowed.
    #[error("Invalid assertion: {0}")]
    Paastand(&'static str),
    /// MP-012: used before.
    #[error("The grant has been used before")]
    Brukt,
    /// MP-100: no such client, or not its key.
    #[error("Client not found, or client authentication failed")]
    Klient,
    /// MP-110: wrong `aud`.
    #[error("aud must be exactly the issuer of this environment")]
    Mottaker,
    /// MP-120: a certificate, which this issuer does not take.
    #[error("This issuer does not accept enterprise certificates (x5c); register a key on the client and use kid")]
    Sertifikat,
    /// MP-121: the registered key has expired.
    #[error("The registered key has expired")]
    NoekkelUtloept,
    /// MP-123: `x5c` is not an array of strings.
    #[error("x5c must be an array of strings")]
    X5c,
    /// MP-124: wrong signature.
    #[error("Invalid signature")]
    Signatur,
    /// MP-130: expired, or the clocks differ.
    #[error("The assertion has expired, or the clocks differ by more than 10 seconds")]
    Utloept,
    /// No code: `iat` ahead of the clock.
    #[error("Issue time is after now")]
    UtstedtIFramtiden,
    /// MP-200: a scope that the client has not registered.
    #[error("A scope is not registered on the client")]
    Scope,
    /// MP-250: the consumer has no grant.
    #[error("The consumer has no access to a scope")]
    IngenAvtale,
    /// MP-251: the consumer has not delegated.
    #[error("The consumer has not delegated a scope to the supplier")]
    IkkeDelegert,
    /// MP-301: `authorization_details` of a type we do not have; we have none.
    #[error("authorization_details: unknown type")]
    UkjentDetaljtype,
    /// MP-303: `authorization_details` is not a list of objects with a type.
    #[error("authorization_details: invalid value")]
    Detaljverdi,
    /// No code: the client, its organisation or the consumer is blocked.
    #[error("The client or its consumer is blocked")]
    Sperret,
    /// No code: `consumer_org` is the client's own organisation.
    #[error("consumer_org must differ from the organisation of the client")]
    EgenKonsument,
    /// The memory of used grants is full; nothing is forgotten to make room.
    #[error("Too many requests in a short time; try again")]
    Fullt,
    /// We could not sign.
    #[error("Internal error")]
    Internt,
}

impl Avslag {
    /// The MP code, where there is one.
    #[must_use]
    pub fn mp_kode(self) -> Option<&'static str> {
        match self {
            Avslag::Paastand(_) => Some("MP-011"),
            Avslag::Brukt => Some("MP-012"),
            Avslag::Klient => Some("MP-100"),
            Avslag::Mottaker => Some("MP-110"),
            Avslag::Sertifikat => Some("MP-120"),
            Avslag::NoekkelUtloept => Some("MP-121"),
            Avslag::X5c => Some("MP-123"),
            Avslag::Signatur => Some("MP-124"),
            Avslag::Utloept => Some("MP-130"),
            Avslag::Scope => Some("MP-200"),
            Avslag::IngenAvtale => Some("MP-250"),
            Avslag::IkkeDelegert => Some("MP-251"),
            Avslag::UkjentDetaljtype => Some("MP-301"),
            Avslag::Detaljverdi => Some("MP-303"),
            Avslag::Skjema(_)
            | Avslag::Granttype
            | Avslag::UtstedtIFramtiden
            | Avslag::Sperret
            | Avslag::EgenKonsument
            | Avslag::Fullt
            | Avslag::Internt => None,
        }
    }

    /// `error`.
    ///
    /// Source: Maskinporten's documentation, ADR 0007; RFC 6749 section 5.2.
    #[must_use]
    pub fn feilkode(self) -> &'static str {
        match self {
            Avslag::Skjema(_)
            | Avslag::Paastand(_)
            | Avslag::UkjentDetaljtype
            | Avslag::Detaljverdi
            | Avslag::EgenKonsument => "invalid_request",
            Avslag::Granttype => "unsupported_grant_type",
            Avslag::Brukt
            | Avslag::Klient
            | Avslag::Mottaker
            | Avslag::Sertifikat
            | Avslag::NoekkelUtloept
            | Avslag::X5c
            | Avslag::Signatur
            | Avslag::Utloept
            | Avslag::UtstedtIFramtiden
            | Avslag::IngenAvtale
            | Avslag::IkkeDelegert => "invalid_grant",
            Avslag::Sperret => "unauthorized_client",
            Avslag::Scope => "invalid_scope",
            Avslag::Fullt => "temporarily_unavailable",
            Avslag::Internt => "server_error",
        }
    }

    /// HTTP status.
    ///
    /// Source: Maskinporten's documentation, ADR 0007: 400, and 403 for MP-250 and MP-251; 403 for
    /// who is blocked, 500 and 503 are our choice.
    #[must_use]
    pub fn status(self) -> u16 {
        match self {
            Avslag::IngenAvtale | Avslag::IkkeDelegert | Avslag::Sperret => 403,
            Avslag::Fullt => 503,
            Avslag::Internt => 500,
            _ => 400,
        }
    }

    /// `error_description`: the MP code, where there is one, and a sentence.
    #[must_use]
    pub fn beskrivelse(self) -> String {
        match self.mp_kode() {
            Some(kode) => format!("{kode} {self}"),
            None => self.to_string(),
        }
    }

    /// The body of the answer.
    #[must_use]
    pub fn kropp(self) -> Value {
        json!({"error": self.feilkode(), "error_description": self.beskrivelse()})
    }
}
