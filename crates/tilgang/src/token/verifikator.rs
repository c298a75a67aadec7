//! The verification of Maskinporten's access tokens, from text to [`Token`].
//!
//! What lives here: what is Maskinporten's own. What every issuer shares is in `kontroll.rs`, the claims in `krav.rs`.

use std::fmt;
use std::sync::Arc;

use jiff::Timestamp;

use super::feil::Tokenfeil;
use super::jws::{Algoritme, Form, Typ};
use super::kontroll::Signaturkontroll;
use super::krav::{Maal, Token, les_token};
use super::noekkellager::JwksKilde;

/// How far two clocks may differ. Units: seconds. Source: Maskinporten's documentation, ADR 0007
pub const TOLERANSE_S: i64 = 10;

/// Longest life of a token, `exp - iat`, that we take. Units: seconds.
///
/// Source: our choice; the documentation gives no limit, and a cap keeps a token with a far `exp` from living for ever.
pub const TOKEN_LEVETID_MAKS_S: i64 = 3600;

/// Verified tokens kept. Source: our choice: about 8 MB at most with tokens of the usual size.
const VERIFISERTE_MAKS: usize = 8192;

/// The values of `typ` an access token may have. Source: Maskinporten's samples have none; RFC 9068 has `at+jwt`.
const TYPER: [&str; 2] = ["jwt", "at+jwt"];

/// The delegation sources of Altinn, production and test. Source: Maskinporten's documentation, ADR 0007
const ALTINN: [&str; 2] = ["https://www.altinn.no", "https://tt02.altinn.no"];

/// What a verifier trusts and tolerates.
pub struct Innstillinger {
    /// The issuer, compared character by character; Maskinporten's ends with a slash.
    pub utsteder: String,
    /// Where its keys come from.
    pub noekler: Arc<dyn JwksKilde>,
    /// The algorithms that we take.
    pub algoritmer: Vec<Algoritme>,
    /// Difference of clocks tolerated. Units: seconds.
    pub toleranse_s: i64,
    /// Longest life of a token. Units: seconds.
    pub levetid_maks_s: i64,
    /// Known delegation sources; a final slash makes no difference.
    pub delegeringskilder: Vec<String>,
    /// How many verified tokens are kept; 0 keeps none.
    pub verifiserte_maks: usize,
}

impl Innstillinger {
    /// The settings for an issuer, with the defaults of this project.
    #[must_use]
    pub fn new(utsteder: impl Into<String>, noekler: Arc<dyn JwksKilde>) -> Self {
        Innstillinger {
            utsteder: utsteder.into(),
            noekler,
            algoritmer: Algoritme::MASKINPORTEN.to_vec(),
            toleranse_s: TOLERANSE_S,
            levetid_maks_s: TOKEN_LEVETID_MAKS_S,
            delegeringskilder: ALTINN.map(str::to_owned).to_vec(),
            verifiserte_maks: VERIFISERTE_MAKS,
        }
    }
}

/// Verifies access tokens from one Maskinporten, the real one or ours.
///
/// Must be used inside a tokio runtime: keys are fetched by a task of its own.
pub struct Maskinportenverifikator {
    utsteder: String,
    kontroll: Signaturkontroll<Token>,
    toleranse_s: i64,
    levetid_maks_s: i64,
    delegeringskilder: Vec<String>,
}

impl Maskinportenverifikator {
    /// A verifier with an empty cache. Fetches nothing yet.
    #[must_use]
    pub fn new(innstillinger: Innstillinger) -> Self {
        let form = Form {
            typ: Typ::Valgfri(&TYPER),
            algoritmer: &Algoritme::MASKINPORTEN,
            baerer_noekkel: false,
        };
        let kontroll = Signaturkontroll::new(
            form,
            innstillinger.algoritmer,
            innstillinger.toleranse_s,
            innstillinger.noekler,
            innstillinger.verifiserte_maks,
        );
        Maskinportenverifikator {
            utsteder: innstillinger.utsteder,
            kontroll,
            toleranse_s: innstillinger.toleranse_s,
            levetid_maks_s: innstillinger.levetid_maks_s,
            delegeringskilder: innstillinger.delegeringskilder,
        }
    }

    /// Verifies a token at a time.
    ///
    /// Shape: the token as it stood after `Bearer `, see [`super::les_bearer`].
    /// Source: Maskinporten's documentation, ADR 0007
    ///
    /// # Errors
    /// [`Tokenfeil`]: the first rule that is broken, or [`Tokenfeil::NoeklerUtilgjengelige`] when we cannot tell.
    pub async fn verifiser(&self, bearer: &str, naa: Timestamp) -> Result<Arc<Token>, Tokenfeil> {
        let naa_s = naa.as_second();
        let maal = Maal {
            utsteder: &self.utsteder,
            toleranse_s: self.toleranse_s,
            levetid_maks_s: self.levetid_maks_s,
            delegeringskilder: &self.delegeringskilder,
        };
        let les = |nyttelast: &[u8]| les_token(nyttelast, &maal, naa_s);
        let (token, _) = self.kontroll.verifiser(bearer, naa_s, les).await?;
        Ok(token)
    }

    /// How often a token was remembered as verified, and how often it had to be verified. For metrics.
    #[must_use]
    pub fn oppslag(&self) -> (u64, u64) {
        self.kontroll.oppslag()
    }

    #[cfg(test)]
    pub(super) fn antall_husket(&self) -> usize {
        self.kontroll.antall_husket()
    }
}

impl fmt::Debug for Maskinportenverifikator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Maskinportenverifikator")
            .field("utsteder", &self.utsteder)
            .finish_non_exhaustive()
    }
}
