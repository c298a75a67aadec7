//! A client of Maskinporten: asks for tokens with a signed grant, and keeps them until shortly before they expire.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use identifikator::Organisasjonsnummer;
use jiff::{SignedDuration, Timestamp};
use reqwest::StatusCode;
use reqwest::header::CONTENT_TYPE;
use serde_json::Value;
use tilgang::token::json::les_objekt;
use tilgang::token::{Framtid, Grant, Klokke, Signeringsfeil, Signeringsnoekkel};
use tokio::sync::Mutex;

use crate::adresse::Adresse;
use crate::folkeregister::{Tokenfeil, Tokenkilde};
use crate::metadata::{self, Metadata};
use crate::tilkobling::{self, Tilkobling, Valg};

/// Longest answer with a token. Units: bytes. Source: our choice; a token has at most 16 kB.
const SVAR_BYTES_MAKS: usize = 64 * 1024;
/// How long before its end a token is replaced, at most. Units: seconds. Source: our choice; above the ten seconds that
/// clocks may differ.
const MARGIN_S: i64 = 20;
/// Longest life that is believed. Units: seconds. Source: our choice.
const LEVETID_MAKS_S: i64 = 24 * 3600;
/// How long the metadata are kept. Units: seconds. Source: our choice, as the keys.
const METADATA_S: i64 = 24 * 3600;
/// Most scopes with a kept token. Source: our choice.
const SCOPES_MAKS: usize = 64;

/// Who we are to Maskinporten.
#[derive(Clone)]
pub struct Innstillinger {
    /// The issuer of the environment, with its final slash.
    pub utsteder: String,
    /// Our client.
    pub klient_id: String,
    /// The key that is registered on it.
    pub noekkel: Arc<Signeringsnoekkel>,
    /// The legal consumer, when we are its supplier.
    pub konsument: Option<Organisasjonsnummer>,
    /// How we connect.
    pub valg: Valg,
}

/// Why there is no token.
#[derive(Debug, thiserror::Error)]
pub enum Feil {
    /// No usable answer.
    #[error(transparent)]
    Tilkobling(#[from] tilkobling::Feil),
    /// Maskinporten refused; the code and its sentence are for the operator.
    #[error("Maskinporten ga ikke noe token: status {status}, {feilkode}: {beskrivelse}")]
    Avslag {
        /// The HTTP status.
        status: u16,
        /// `error`.
        feilkode: String,
        /// `error_description`, printable ASCII, cut at 300 characters.
        beskrivelse: String,
    },
    /// The grant could not be signed.
    #[error(transparent)]
    Signering(#[from] Signeringsfeil),
}

/// A client of one Maskinporten. Share it: it holds the tokens.
pub struct Klient {
    innstillinger: Innstillinger,
    tilkobling: Tilkobling,
    klokke: Klokke,
    /// Held while a token is fetched, so that many callers cause one fetch.
    lager: Mutex<Lager>,
}

#[derive(Default)]
struct Lager {
    metadata: Option<(Metadata, Timestamp)>,
    token: BTreeMap<String, Lagret>,
}

struct Lagret {
    token: Arc<str>,
    bruk_til: Timestamp,
}

impl Klient {
    /// A client that has fetched nothing yet.
    ///
    /// # Errors
    /// [`Feil::Tilkobling`] for an address that may not be used.
    pub fn new(innstillinger: Innstillinger, klokke: Klokke) -> Result<Self, Feil> {
        let adresse = Adresse::les(&innstillinger.utsteder, &innstillinger.valg).map_err(tilkobling::Feil::from)?;
        let tilkobling = Tilkobling::new(&adresse, innstillinger.valg)?;
        Ok(Klient {
            innstillinger,
            tilkobling,
            klokke,
            lager: Mutex::new(Lager::default()),
        })
    }

    /// A token for one scope or several with single spaces between: a kept one, or a new one.
    ///
    /// # Errors
    /// [`Feil`].
    pub async fn hent_token(&self, scope: &str) -> Result<Arc<str>, Feil> {
        let mut lager = self.lager.lock().await;
        let naa = (self.klokke)();
        if let Some(lagret) = lager.token.get(scope).filter(|lagret| naa < lagret.bruk_til) {
            return Ok(Arc::clone(&lagret.token));
        }
        let frist = SignedDuration::from_secs(METADATA_S);
        let metadata = match &lager.metadata {
            Some((metadata, hentet)) if naa.duration_since(*hentet) < frist => metadata.clone(),
            _ => {
                let metadata = self.hent_metadata().await?;
                lager.metadata = Some((metadata.clone(), naa));
                metadata
            }
        };
        let (token, levetid_s) = self.be_om_token(&metadata.token_endpoint, scope, naa).await?;
        let token: Arc<str> = token.into();
        let bruk_s = levetid_s - MARGIN_S.min(levetid_s / 2);
        let bruk_til = naa.checked_add(SignedDuration::from_secs(bruk_s)).unwrap_or(naa);
        lager.token.retain(|_, lagret| naa < lagret.bruk_til);
        if lager.token.len() < SCOPES_MAKS {
            lager.token.insert(
                scope.to_owned(),
                Lagret {
                    token: Arc::clone(&token),
                    bruk_til,
                },
            );
        }
        Ok(token)
    }

    /// Forgets a kept token that somebody has refused, so that the next call gets a new one.
    pub async fn glem(&self, scope: &str, token: &str) {
        let mut lager = self.lager.lock().await;
        if lager.token.get(scope).is_some_and(|lagret| &*lagret.token == token) {
            lager.token.remove(scope);
        }
    }

    async fn hent_metadata(&self) -> Result<Metadata, tilkobling::Feil> {
        metadata::hent(&self.tilkobling, &self.innstillinger.utsteder, metadata::MASKINPORTEN).await
    }

    async fn be_om_token(&self, adresse: &Adresse, scope: &str, naa: Timestamp) -> Result<(String, i64), Feil> {
        let grant = Grant {
            klient_id: self.innstillinger.klient_id.clone(),
            utsteder: self.innstillinger.utsteder.clone(),
            scope: scope.to_owned(),
            konsument: self.innstillinger.konsument,
        };
        let paastand = grant.signer(&self.innstillinger.noekkel, naa, &uuid::Uuid::new_v4().to_string())?;
        // A JWS in compact form holds nothing that would have to be encoded.
        let skjema = format!("grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Ajwt-bearer&assertion={paastand}");
        let forespoersel = self
            .tilkobling
            .klient()
            .post(adresse.url().clone())
            .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(skjema);
        let svar = self.tilkobling.send(forespoersel, SVAR_BYTES_MAKS).await?;
        let dokument = les_objekt(&svar.kropp).ok();
        let tekst = |felt: &str| {
            dokument
                .as_ref()
                .and_then(|dokument| dokument.get(felt))
                .and_then(Value::as_str)
        };
        if svar.status != StatusCode::OK {
            return Err(Feil::Avslag {
                status: svar.status.as_u16(),
                feilkode: rens(tekst("error").unwrap_or("ukjent")),
                beskrivelse: rens(tekst("error_description").unwrap_or("ingen beskrivelse")),
            });
        }
        let format = |hva| Feil::Tilkobling(tilkobling::Feil::Format(hva));
        let token =
            tekst("access_token").filter(|token| !token.is_empty() && token.bytes().all(|b| b.is_ascii_graphic()));
        let token = token.ok_or(format("access_token mangler eller har feil form"))?;
        if !tekst("token_type").is_some_and(|slag| slag.eq_ignore_ascii_case("bearer")) {
            return Err(format("token_type er ikke Bearer"));
        }
        let levetid = dokument
            .as_ref()
            .and_then(|dokument| dokument.get("expires_in"))
            .and_then(Value::as_i64);
        let levetid = levetid.filter(|levetid| (1..=LEVETID_MAKS_S).contains(levetid));
        Ok((
            token.to_owned(),
            levetid.ok_or(format("expires_in mangler eller har feil verdi"))?,
        ))
    }
}

/// A text from outside, made fit for a log: printable ASCII, at most 300 characters.
pub(crate) fn rens(tekst: &str) -> String {
    tekst
        .chars()
        .filter(|c| c.is_ascii_graphic() || *c == ' ')
        .take(300)
        .collect()
}

impl Tokenkilde for Klient {
    fn token<'a>(&'a self, scope: &'a str) -> Framtid<'a, Result<Arc<str>, Tokenfeil>> {
        Box::pin(async move { self.hent_token(scope).await.map_err(Tokenfeil::from) })
    }

    fn forkast<'a>(&'a self, scope: &'a str, token: &'a str) -> Framtid<'a, ()> {
        Box::pin(self.glem(scope, token))
    }
}

/// Shows who, never a key or a token.
impl fmt::Debug for Klient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Klient")
            .field("utsteder", &self.innstillinger.utsteder)
            .field("klient_id", &self.innstillinger.klient_id)
            .finish_non_exhaustive()
    }
}
