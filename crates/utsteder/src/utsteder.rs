//! The token service: from a form to a token or a refusal.

use std::collections::BTreeSet;
use std::fmt;
use std::path::Path;
use std::sync::{Arc, PoisonError, RwLock};

use aws_lc_rs::digest;
use identifikator::Organisasjonsnummer;
use jiff::Timestamp;
use serde_json::{Value, json};
use tilgang::avtale::{Avtaleregister, Rettighet};
use tilgang::token::{Algoritme, Grant, Signeringsfeil, Signeringsnoekkel, TOKEN_LEVETID_MAKS_S, TOLERANSE_S};

use crate::avslag::Avslag;
use crate::gjenbruk::{BRUKTE_MAKS, Bruk, Brukte};
use crate::grantsjekk::{self, Sjekket};
use crate::noekkelring::{Noekkelfeil, Noekkelring};
use crate::skjema::{self, SKJEMATYPE};

/// Life of a token unless set otherwise. Units: seconds. Source: our choice; as long as a grant.
pub const TOKEN_LEVETID_S: i64 = 120;
/// The delegation source of our tokens unless set otherwise: that of Altinn's test environment.
///
/// Source: Maskinporten's documentation, ADR 0007
pub const DELEGERINGSKILDE: &str = "https://tt02.altinn.no/";
/// The one grant type. Source: Maskinporten's documentation, ADR 0007
pub(crate) const GRANTTYPE: &str = "urn:ietf:params:oauth:grant-type:jwt-bearer";

/// That a consumer has delegated a scope to a supplier. Stands in for Altinn.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Delegering {
    /// The legal consumer.
    pub konsument: Organisasjonsnummer,
    /// The organisation that may ask on its behalf.
    pub leverandoer: Organisasjonsnummer,
    /// For what.
    pub scope: String,
}

/// What an issuer is told when it starts.
#[derive(Clone, Debug)]
pub struct Innstillinger {
    /// The issuer: the URL under which its routes stand, with a final slash.
    pub utsteder: String,
    /// Life of a token, 1 to 3600. Units: seconds.
    pub token_levetid_s: i64,
    /// `delegation_source` of tokens for suppliers.
    pub delegeringskilde: String,
    /// The delegations there are.
    pub delegeringer: BTreeSet<Delegering>,
}

impl Innstillinger {
    /// The settings for an issuer without delegations.
    #[must_use]
    pub fn new(utsteder: impl Into<String>) -> Self {
        Innstillinger {
            utsteder: utsteder.into(),
            token_levetid_s: TOKEN_LEVETID_S,
            delegeringskilde: DELEGERINGSKILDE.to_owned(),
            delegeringer: BTreeSet::new(),
        }
    }
}

/// Why an issuer does not start, or a request of our own gets no token.
#[derive(Debug, thiserror::Error)]
pub enum Feil {
    /// The issuer is not an http or https URL with a final slash.
    #[error("utstederen må være en http- eller https-adresse som slutter med skråstrek")]
    Utsteder,
    /// The life of a token is out of bounds.
    #[error("tokenets levetid må være fra 1 til {TOKEN_LEVETID_MAKS_S} sekunder")]
    Levetid,
    /// The keys.
    #[error(transparent)]
    Noekler(#[from] Noekkelfeil),
    /// The grant could not be signed.
    #[error(transparent)]
    Signering(#[from] Signeringsfeil),
    /// The issuer refused, as it would have refused anybody.
    #[error("utstederen ga ikke noe token: {}", .0.beskrivelse())]
    Avslag(Avslag),
}

/// What a client gets.
#[derive(Clone, PartialEq, Eq)]
pub struct Tokensvar {
    /// The token.
    pub access_token: String,
    /// Its life. Units: seconds.
    pub expires_in: i64,
    /// Its scopes.
    pub scope: String,
}

impl Tokensvar {
    /// The body of the answer. Source: Maskinporten's documentation, ADR 0007
    #[must_use]
    pub fn kropp(&self) -> Value {
        json!({
            "access_token": self.access_token, "token_type": "Bearer",
            "expires_in": self.expires_in, "scope": self.scope,
        })
    }
}

/// Shows everything but the token.
impl fmt::Debug for Tokensvar {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tokensvar")
            .field("expires_in", &self.expires_in)
            .field("scope", &self.scope)
            .finish_non_exhaustive()
    }
}

/// A built-in Maskinporten.
pub struct Utsteder {
    innstillinger: Innstillinger,
    register: Arc<Avtaleregister>,
    noekler: RwLock<Noekkelring>,
    brukte: Brukte,
}

impl Utsteder {
    /// Opens an issuer whose keys lie in a folder; makes folder and key when they are not there.
    ///
    /// # Errors
    /// [`Feil::Utsteder`], [`Feil::Levetid`], [`Feil::Noekler`].
    pub fn aapne(
        innstillinger: Innstillinger,
        noekkelmappe: &Path,
        register: Arc<Avtaleregister>,
        naa: Timestamp,
    ) -> Result<Self, Feil> {
        let adresse = &innstillinger.utsteder;
        let har_skjema = adresse.starts_with("https://") || adresse.starts_with("http://");
        if !har_skjema || !adresse.ends_with('/') || !adresse.bytes().all(|b| b.is_ascii_graphic()) {
            return Err(Feil::Utsteder);
        }
        if !(1..=TOKEN_LEVETID_MAKS_S).contains(&innstillinger.token_levetid_s) {
            return Err(Feil::Levetid);
        }
        let noekler = Noekkelring::aapne(noekkelmappe)?;
        tracing::info!(kid = noekler.aktiv().kid(), naa = %naa, "utstederen er klar");
        let brukte = Brukte::new(BRUKTE_MAKS);
        Ok(Utsteder {
            innstillinger,
            register,
            noekler: RwLock::new(noekler),
            brukte,
        })
    }

    /// The issuer's name.
    #[must_use]
    pub fn utsteder(&self) -> &str {
        &self.innstillinger.utsteder
    }

    /// The metadata document. Source: Maskinporten's documentation, ADR 0007; RFC 8414. `authorization_details` is left out, as we take none.
    #[must_use]
    pub fn metadata(&self) -> Value {
        let utsteder = &self.innstillinger.utsteder;
        json!({
            "issuer": utsteder,
            "token_endpoint": format!("{utsteder}token"),
            "jwks_uri": format!("{utsteder}jwk"),
            "token_endpoint_auth_methods_supported": ["private_key_jwt"],
            "grant_types_supported": [GRANTTYPE],
            "token_endpoint_auth_signing_alg_values_supported": Algoritme::MASKINPORTEN.map(Algoritme::navn),
        })
    }

    /// The public keys at a time.
    #[must_use]
    pub fn jwks(&self, naa: Timestamp) -> Value {
        self.noekler.read().unwrap_or_else(PoisonError::into_inner).jwks(naa)
    }

    /// Takes a new signing key into use. The former one is published until its last token has expired.
    ///
    /// # Errors
    /// [`Feil::Noekler`].
    pub fn roter(&self, naa: Timestamp) -> Result<(), Feil> {
        let siste_token_s = self.innstillinger.token_levetid_s + TOLERANSE_S;
        let mut noekler = self.noekler.write().unwrap_or_else(PoisonError::into_inner);
        noekler.roter(naa, siste_token_s)?;
        tracing::info!(kid = noekler.aktiv().kid(), "utstederen har fått ny nøkkel");
        Ok(())
    }

    /// Answers a request to the token endpoint: content type and body as they came.
    ///
    /// # Errors
    /// [`Avslag`].
    pub fn token(&self, innholdstype: Option<&str>, kropp: &[u8], naa: Timestamp) -> Result<Tokensvar, Avslag> {
        let paastand = les_skjema(innholdstype, kropp)?;
        let grant = grantsjekk::sjekk(&paastand, &self.innstillinger.utsteder, &self.register, naa)?;
        self.sjekk_tilgang(&grant, naa)?;
        let mut avtrykk = [0; 32];
        avtrykk.copy_from_slice(digest::digest(&digest::SHA256, &grant.kjennetegn).as_ref());
        match self
            .brukte
            .bruk(avtrykk, grant.utloeper_s.saturating_add(TOLERANSE_S), naa.as_second())
        {
            Bruk::Foerste => {}
            Bruk::Igjen => return Err(Avslag::Brukt),
            Bruk::Fullt => return Err(Avslag::Fullt),
        }
        self.lag(&grant, naa).map_err(|_| Avslag::Internt)
    }

    /// Asks for a token as a client would: signs a grant with the client's key and hands it to [`Utsteder::token`].
    ///
    /// `konsument` is the legal consumer when the client belongs to its supplier.
    ///
    /// # Errors
    /// [`Feil::Avslag`] for whatever the endpoint refuses, [`Feil::Signering`].
    pub fn be_om_token(
        &self,
        noekkel: &Signeringsnoekkel,
        klient_id: &str,
        scope: &str,
        konsument: Option<Organisasjonsnummer>,
        naa: Timestamp,
    ) -> Result<Tokensvar, Feil> {
        let grant = Grant {
            klient_id: klient_id.to_owned(),
            utsteder: self.innstillinger.utsteder.clone(),
            scope: scope.to_owned(),
            konsument,
        };
        let paastand = grant.signer(noekkel, naa, &uuid::Uuid::new_v4().to_string())?;
        let mut skjema = form_urlencoded::Serializer::new(String::new());
        skjema
            .append_pair("grant_type", GRANTTYPE)
            .append_pair("assertion", &paastand);
        self.token(Some(SKJEMATYPE), skjema.finish().as_bytes(), naa)
            .map_err(Feil::Avslag)
    }

    /// No token for who is blocked, none without a valid grant of the consumer, and for a supplier no token without a delegation.
    fn sjekk_tilgang(&self, grant: &Sjekket, naa: Timestamp) -> Result<(), Avslag> {
        let leverandoer = grant.klient.organisasjon;
        let konsument = grant.konsument.unwrap_or(leverandoer);
        if self
            .register
            .er_sperret(&[konsument, leverandoer], &grant.klient.klient_id)
        {
            return Err(Avslag::Sperret);
        }
        for scope in &grant.scopes {
            let rettighet = Rettighet::fra_scope(scope).ok_or(Avslag::Scope)?;
            if self.register.finn(konsument, &rettighet, naa).is_none() {
                return Err(Avslag::IngenAvtale);
            }
            let delegering = Delegering {
                konsument,
                leverandoer,
                scope: scope.clone(),
            };
            if konsument != leverandoer && !self.innstillinger.delegeringer.contains(&delegering) {
                return Err(Avslag::IkkeDelegert);
            }
        }
        Ok(())
    }

    fn lag(&self, grant: &Sjekket, naa: Timestamp) -> Result<Tokensvar, Signeringsfeil> {
        let organisasjon =
            |nummer: Organisasjonsnummer| json!({"authority": "iso6523-actorid-upis", "ID": format!("0192:{nummer}")});
        let klient = &grant.klient;
        let (iat, levetid) = (naa.as_second(), self.innstillinger.token_levetid_s);
        let scope = grant.scopes.join(" ");
        let jti = uuid::Uuid::new_v4().to_string();
        let mut krav = json!({
            "iss": self.innstillinger.utsteder,
            "client_id": klient.klient_id,
            "client_amr": "private_key_jwt",
            "client_orgno": klient.organisasjon.to_string(),
            "consumer": organisasjon(grant.konsument.unwrap_or(klient.organisasjon)),
            "scope": scope,
            "token_type": "Bearer",
            "aud": match grant.ressurser.as_slice() {
                [] => json!("unspecified"),
                [en] => json!(en),
                flere => json!(flere),
            },
            "iat": iat,
            "exp": iat.saturating_add(levetid),
            "jti": jti,
        });
        if let Some(objekt) = krav.as_object_mut() {
            if grant.konsument.is_some() {
                objekt.insert("supplier".to_owned(), organisasjon(klient.organisasjon));
                objekt.insert(
                    "delegation_source".to_owned(),
                    json!(self.innstillinger.delegeringskilde),
                );
            }
            if let Some(pid) = &grant.pid {
                objekt.insert("pid".to_owned(), json!(pid.to_string()));
            }
        }
        let noekkel = self.noekler.read().unwrap_or_else(PoisonError::into_inner).aktiv();
        let access_token = noekkel.signer(&krav)?;
        tracing::info!(klient_id = klient.klient_id, jti, scope, "token er utstedt");
        Ok(Tokensvar {
            access_token,
            expires_in: levetid,
            scope,
        })
    }
}

impl fmt::Debug for Utsteder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Utsteder")
            .field("utsteder", &self.innstillinger.utsteder)
            .finish_non_exhaustive()
    }
}

/// Takes the assertion out of the form. Unknown parameters are ignored.
fn les_skjema(innholdstype: Option<&str>, kropp: &[u8]) -> Result<String, Avslag> {
    let mut skjema = skjema::les(innholdstype, kropp).map_err(Avslag::Skjema)?;
    match skjema.get("grant_type").map(String::as_str) {
        None => Err(Avslag::Skjema("grant_type is missing")),
        Some(GRANTTYPE) => skjema.remove("assertion").ok_or(Avslag::Skjema("assertion is missing")),
        Some(_) => Err(Avslag::Granttype),
    }
}

#[cfg(test)]
#[path = "utsteder_test.rs"]
mod tests;
