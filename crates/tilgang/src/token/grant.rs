//! The grant with which a client asks Maskinporten for a token (RFC 7523): what a client signs about itself.

use identifikator::Organisasjonsnummer;
use jiff::Timestamp;
use serde_json::{Value, json};

use super::signering::{Signeringsfeil, Signeringsnoekkel};

/// Life of a grant, `exp - iat`, and the most that Maskinporten takes. Units: seconds. Source: Maskinporten's documentation, ADR 0007
pub const GRANT_LEVETID_S: i64 = 120;

/// What a client asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Grant {
    /// The client's identifier, `iss`.
    pub klient_id: String,
    /// The issuer of the environment, `aud`.
    pub utsteder: String,
    /// The scopes, with one space between.
    pub scope: String,
    /// The legal consumer, when a supplier asks on its behalf.
    pub konsument: Option<Organisasjonsnummer>,
}

impl Grant {
    /// Signs the grant at a time. `jti` must be new for each; a grant can be used once.
    ///
    /// Source: Maskinporten's documentation, ADR 0007 `resource` is left out: Folkeregisteret expects a token without audience.
    ///
    /// # Errors
    /// [`Signeringsfeil::Signering`].
    pub fn signer(&self, noekkel: &Signeringsnoekkel, naa: Timestamp, jti: &str) -> Result<String, Signeringsfeil> {
        let iat = naa.as_second();
        let mut krav = json!({
            "aud": self.utsteder, "iss": self.klient_id, "scope": self.scope,
            "iat": iat, "exp": iat.saturating_add(GRANT_LEVETID_S), "jti": jti,
        });
        if let (Some(konsument), Some(objekt)) = (self.konsument, krav.as_object_mut()) {
            objekt.insert("consumer_org".to_owned(), Value::from(konsument.to_string()));
        }
        noekkel.signer(&krav)
    }
}

#[cfg(test)]
mod tests {
    use super::super::json::les_objekt;
    use super::super::jws::Kompakt;
    use super::super::testverktoey::noekkel_a;
    use super::*;

    #[test]
    fn a_grant_holds_what_maskinporten_demands_and_nothing_else() {
        let mut grant = Grant {
            klient_id: "min-klient".to_owned(),
            utsteder: "https://test.maskinporten.no/".to_owned(),
            scope: "folkeregister:deling/privat".to_owned(),
            konsument: None,
        };
        let naa = Timestamp::from_second(1_700_000_000).unwrap();
        let les = |grant: &Grant| {
            let jws = grant.signer(noekkel_a(), naa, "engang").unwrap();
            let jws = Kompakt::les(&jws, &[]).unwrap();
            assert!(noekkel_a().offentlig().har_signert(&jws));
            Value::from(les_objekt(&jws.nyttelast).unwrap())
        };
        let ventet = json!({
            "aud": "https://test.maskinporten.no/", "iss": "min-klient", "scope": "folkeregister:deling/privat",
            "iat": 1_700_000_000, "exp": 1_700_000_120, "jti": "engang",
        });
        assert_eq!(les(&grant), ventet);
        grant.konsument = Some(Organisasjonsnummer::parse("310000019").unwrap());
        assert_eq!(les(&grant)["consumer_org"], "310000019");
    }
}
