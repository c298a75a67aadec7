//! The verification of an access token, from text to [`Token`].

use std::fmt;
use std::sync::Arc;

use jiff::Timestamp;

use super::feil::Tokenfeil;
use super::jws::{Algoritme, JWS_BYTES_MAKS, Jwsfeil, Kompakt, X5c};
use super::krav::{Maal, Token, les_token};
use super::noekkellager::{JwksKilde, Noekkellager, Noekkelmangel};
use super::verifisert::{Avtrykk, Oppfoering, Verifiserte};

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
            algoritmer: Algoritme::ALLE.to_vec(),
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
    noekler: Noekkellager,
    algoritmer: Vec<Algoritme>,
    toleranse_s: i64,
    levetid_maks_s: i64,
    delegeringskilder: Vec<String>,
    verifiserte: Verifiserte,
}

impl Maskinportenverifikator {
    /// A verifier with an empty cache. Fetches nothing yet.
    #[must_use]
    pub fn new(innstillinger: Innstillinger) -> Self {
        Maskinportenverifikator {
            utsteder: innstillinger.utsteder,
            noekler: Noekkellager::new(innstillinger.noekler),
            algoritmer: innstillinger.algoritmer,
            toleranse_s: innstillinger.toleranse_s,
            levetid_maks_s: innstillinger.levetid_maks_s,
            delegeringskilder: innstillinger.delegeringskilder,
            verifiserte: Verifiserte::new(innstillinger.verifiserte_maks),
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
        if bearer.len() > JWS_BYTES_MAKS {
            return Err(Tokenfeil::Jws(Jwsfeil::ForStor));
        }
        let naa_s = naa.as_second();
        let avtrykk = Avtrykk::av(bearer);
        if let Some(kjent) = self.verifiserte.finn(avtrykk) {
            let noekkel = self.noekler.finn_hentet(&kjent.kid, naa_s);
            let gjelder = noekkel.is_some_and(|noekkel| *noekkel.avtrykk() == kjent.noekkelavtrykk);
            if gjelder && kjent.token.sjekk_tid(naa_s, self.toleranse_s).is_ok() {
                return Ok(kjent.token);
            }
            self.verifiserte.glem(avtrykk);
        }

        let jws = Kompakt::les(bearer, &TYPER).map_err(Tokenfeil::Jws)?;
        if jws.x5c != X5c::Ingen {
            return Err(Tokenfeil::Sertifikatkjede);
        }
        if !self.algoritmer.contains(&jws.algoritme) {
            return Err(Tokenfeil::AlgoritmeIkkeTillatt);
        }
        let kid = jws.kid.as_deref().ok_or(Tokenfeil::UtenKid)?;
        let noekkel = self.noekler.finn(kid, naa_s).await.map_err(|mangel| match mangel {
            Noekkelmangel::Ukjent => Tokenfeil::UkjentNoekkel,
            Noekkelmangel::Utilgjengelig => Tokenfeil::NoeklerUtilgjengelige,
        })?;
        if !noekkel.binding().tillater(jws.algoritme) {
            return Err(Tokenfeil::AlgoritmeIkkeNoekkelens);
        }
        if !noekkel.har_signert(&jws) {
            return Err(Tokenfeil::Signatur);
        }
        let maal = Maal {
            utsteder: &self.utsteder,
            toleranse_s: self.toleranse_s,
            levetid_maks_s: self.levetid_maks_s,
            delegeringskilder: &self.delegeringskilder,
        };
        let token = Arc::new(les_token(&jws.nyttelast, &maal, naa_s)?);
        let oppfoering = Oppfoering {
            token: Arc::clone(&token),
            kid: kid.into(),
            noekkelavtrykk: *noekkel.avtrykk(),
        };
        self.verifiserte.husk(avtrykk, oppfoering);
        Ok(token)
    }

    /// How often a token was remembered as verified, and how often it had to be verified. For metrics.
    #[must_use]
    pub fn oppslag(&self) -> (u64, u64) {
        self.verifiserte.oppslag()
    }

    #[cfg(test)]
    pub(super) fn antall_husket(&self) -> usize {
        self.verifiserte.antall()
    }
}

impl fmt::Debug for Maskinportenverifikator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Maskinportenverifikator")
            .field("utsteder", &self.utsteder)
            .finish_non_exhaustive()
    }
}
