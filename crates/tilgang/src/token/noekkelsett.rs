//! An issuer's set of public keys (JWK set), as it is published and as we keep it.
//!
//! What lives here: reading a whole set, with its bounds. What does not: the single key (`jwk.rs`), and when a set is fetched
//! (`noekkellager.rs`). A newcomer's mistake is to refuse a set for one key that we cannot use: issuers publish keys for
//! encryption and of new kinds beside those that sign.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::Value;

use super::json;
use super::jwk::Offentlignoekkel;

/// Longest JWK set. Units: bytes. Source: our choice; a set of thirty keys of 4096 bits is below 32 kB.
const SETT_BYTES_MAKS: usize = 64 * 1024;
/// Most keys in a set. Source: our choice.
const SETT_NOEKLER_MAKS: usize = 64;

/// Why a set of keys is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Jwksfeil {
    /// Longer than 64 kB.
    #[error("nøkkelsettet er lengre enn {SETT_BYTES_MAKS} byte")]
    ForStort,
    /// Not JSON, or a member given twice.
    #[error("nøkkelsettet kan ikke leses: {0}")]
    Json(json::Feil),
    /// `keys` is absent or not an array of at most 64 elements.
    #[error("nøkkelsettet har ikke en liste «keys» med høyst {SETT_NOEKLER_MAKS} nøkler")]
    Form,
    /// Two usable keys share a `kid`.
    #[error("to nøkler i settet har samme kid")]
    LikKid,
    /// No usable key at all. An empty answer must not replace a set that works.
    #[error("nøkkelsettet har ingen brukbar nøkkel")]
    Tomt,
}

/// The usable keys of an issuer.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Noekkelsett {
    noekler: BTreeMap<String, Arc<Offentlignoekkel>>,
    utelatt: usize,
}

impl Noekkelsett {
    /// Reads a JWK set. Keys that we do not use (too short, for encryption, of another type) are left out and counted.
    ///
    /// # Errors
    /// [`Jwksfeil`].
    pub fn les(bytes: &[u8]) -> Result<Self, Jwksfeil> {
        if bytes.len() > SETT_BYTES_MAKS {
            return Err(Jwksfeil::ForStort);
        }
        let dokument = json::les_objekt(bytes).map_err(Jwksfeil::Json)?;
        let liste = dokument.get("keys").and_then(Value::as_array).ok_or(Jwksfeil::Form)?;
        if liste.len() > SETT_NOEKLER_MAKS {
            return Err(Jwksfeil::Form);
        }
        let mut sett = Noekkelsett::default();
        for jwk in liste {
            match jwk
                .as_object()
                .ok_or(Jwksfeil::Form)
                .map(Offentlignoekkel::fra_utsteder)?
            {
                Err(_) => sett.utelatt += 1,
                Ok(noekkel) => {
                    if sett
                        .noekler
                        .insert(noekkel.kid().to_owned(), Arc::new(noekkel))
                        .is_some()
                    {
                        return Err(Jwksfeil::LikKid);
                    }
                }
            }
        }
        if sett.noekler.is_empty() {
            Err(Jwksfeil::Tomt)
        } else {
            Ok(sett)
        }
    }

    /// The key of that name.
    #[must_use]
    pub fn finn(&self, kid: &str) -> Option<&Arc<Offentlignoekkel>> {
        self.noekler.get(kid)
    }

    /// How many keys there are.
    #[must_use]
    pub fn antall(&self) -> usize {
        self.noekler.len()
    }

    /// How many keys of the document were left out.
    #[must_use]
    pub fn utelatt(&self) -> usize {
        self.utelatt
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::testverktoey::{noekkel_a, noekkel_b};
    use super::*;

    #[test]
    fn a_set_keeps_what_is_usable_and_counts_the_rest() {
        let kryptering = json!({"kty": "RSA", "use": "enc", "kid": "x", "n": "AQAB", "e": "AQAB"});
        let elliptisk = json!({"kty": "EC", "use": "sig", "kid": "y", "crv": "P-256"});
        let sett = json!({"keys": [kryptering, noekkel_a().offentlig().til_jwk(), elliptisk]}).to_string();
        let sett = Noekkelsett::les(sett.as_bytes()).unwrap();
        assert_eq!((sett.antall(), sett.utelatt()), (1, 2));
        assert!(sett.finn(noekkel_a().kid()).is_some());
        assert!(sett.finn("x").is_none());
    }

    #[test]
    fn a_set_that_is_empty_ambiguous_or_too_large_is_refused() {
        let check = |dokument: String, ventet| assert_eq!(Noekkelsett::les(dokument.as_bytes()), Err(ventet));
        check(json!({"keys": []}).to_string(), Jwksfeil::Tomt);
        check(json!({"nokler": []}).to_string(), Jwksfeil::Form);
        check(json!({"keys": [1]}).to_string(), Jwksfeil::Form);
        check(
            json!({"keys": vec![json!({}); SETT_NOEKLER_MAKS + 1]}).to_string(),
            Jwksfeil::Form,
        );
        check("<html>".to_owned(), Jwksfeil::Json(json::Feil::Ugyldig));
        check(
            r#"{"keys":[],"keys":[]}"#.to_owned(),
            Jwksfeil::Json(json::Feil::GjentattMedlem),
        );
        check(" ".repeat(SETT_BYTES_MAKS + 1), Jwksfeil::ForStort);
        let mut b = noekkel_b().offentlig().til_jwk();
        b["kid"] = json!(noekkel_a().kid());
        check(
            json!({"keys": [noekkel_a().offentlig().til_jwk(), b]}).to_string(),
            Jwksfeil::LikKid,
        );
    }
}
