//! The assertion with which a client shows HelseID who it is (private_key_jwt): what a client signs about itself.
//!
//! What lives here: how it is made. How it is judged is the issuer's (`utsteder`). A newcomer's mistake is the audience: it is
//! the authority, not the token endpoint.

use jiff::Timestamp;
use serde_json::json;

use super::organisasjon::Organisasjonsvalg;
use crate::token::signering::{Signeringsfeil, Signeringsnoekkel};

/// `typ` of an assertion. Source: HelseID's documentation (newer samples), ADR 0035.
pub const PAASTANDSTYPE: &str = "client-authentication+jwt";
/// Longest life of an assertion, counted from the issuer's clock. Units: seconds. Source: HelseID's documentation, ADR 0035.
pub const PAASTAND_LEVETID_S: i64 = 60;

/// What a client asserts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Klientpaastand {
    /// The client, `iss` and `sub`.
    pub klient_id: String,
    /// The authority, `aud`.
    pub utsteder: String,
    /// The organisations it asks to act for; absent for a client of one organisation.
    pub organisasjon: Option<Organisasjonsvalg>,
}

impl Klientpaastand {
    /// Signs the assertion at a time. `jti` must be new for each.
    ///
    /// Source: HelseID's documentation, ADR 0035; RFC 7523 section 3.
    ///
    /// # Errors
    /// [`Signeringsfeil::Signering`].
    pub fn signer(&self, noekkel: &Signeringsnoekkel, naa: Timestamp, jti: &str) -> Result<String, Signeringsfeil> {
        let iat = naa.as_second();
        let mut krav = json!({
            "iss": self.klient_id, "sub": self.klient_id, "aud": self.utsteder,
            "iat": iat, "nbf": iat, "exp": iat.saturating_add(PAASTAND_LEVETID_S), "jti": jti,
        });
        if let (Some(organisasjon), Some(objekt)) = (self.organisasjon, krav.as_object_mut()) {
            objekt.insert("authorization_details".to_owned(), organisasjon.til_krav());
        }
        noekkel.signer_som(PAASTANDSTYPE, &krav)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;
    use crate::token::json::les_objekt;
    use crate::token::jws::Kompakt;
    use crate::token::testverktoey::noekkel_a;

    #[test]
    fn an_assertion_holds_what_helseid_demands() {
        let paastand = Klientpaastand {
            klient_id: "min-klient".to_owned(),
            utsteder: "https://helseid.example".to_owned(),
            organisasjon: None,
        };
        let naa = Timestamp::from_second(1_700_000_000).unwrap();
        let jws = paastand.signer(noekkel_a(), naa, "engang").unwrap();
        let jws = Kompakt::les(&jws, &[PAASTANDSTYPE]).unwrap();
        assert!(noekkel_a().offentlig().har_signert(&jws));
        let ventet = json!({
            "iss": "min-klient", "sub": "min-klient", "aud": "https://helseid.example",
            "iat": 1_700_000_000, "nbf": 1_700_000_000, "exp": 1_700_000_060, "jti": "engang",
        });
        assert_eq!(Value::from(les_objekt(&jws.nyttelast).unwrap()), ventet);
    }
}
