//! A client of HelseID: gets tokens with a signed assertion, binds them to a key of its own, and makes the proofs for calls.
//!
//! What lives here: discovery, assertion, proof with nonce, and what a call must carry. What does not: the calls. The one thing a
//! newcomer gets wrong: a proof is for one call. Headers that are kept and sent again are refused, so
//! [`Klient::hoder`] is asked anew each time, also when a call is repeated.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use reqwest::StatusCode;
use reqwest::header::CONTENT_TYPE;
use serde_json::Value;
use tilgang::token::dpop::NyttBevis;
use tilgang::token::helseid::{Klientpaastand, Organisasjonsvalg};
use tilgang::token::json::les_objekt;
use tilgang::token::{Klokke, Signeringsfeil, Signeringsnoekkel};
use tokio::sync::Mutex;

use crate::adresse::Adresse;
use crate::maskinporten::rens;
use crate::metadata::{self, Metadata};
use crate::tilkobling::{self, Svar, Tilkobling, Valg};

/// Longest answer with a token. Units: bytes. Source: our choice; a token has at most 16 kB.
const SVAR_BYTES_MAKS: usize = 64 * 1024;
/// How long before its end a token is replaced, at most. Units: seconds. Source: our choice.
const MARGIN_S: i64 = 20;
/// Longest life that is believed. Units: seconds. Source: our choice.
const LEVETID_MAKS_S: i64 = 24 * 3600;
/// How long the metadata are kept. Units: seconds. Source: our choice, as the keys.
const METADATA_S: i64 = 24 * 3600;
/// Most scopes with a kept token. Source: our choice.
const SCOPES_MAKS: usize = 64;
/// Longest nonce that is sent back. Units: bytes. Source: our choice.
const NONCE_BYTE_MAKS: usize = 256;

/// Who we are to HelseID.
#[derive(Clone)]
pub struct Innstillinger {
    /// The authority as its metadata name it.
    pub utsteder: String,
    /// Our client.
    pub klient_id: String,
    /// The key that is registered on it.
    pub noekkel: Arc<Signeringsnoekkel>,
    /// The key that tokens are bound to; absent for bearer tokens (v2).
    pub dpop: Option<Arc<Signeringsnoekkel>>,
    /// The organisations to act for; absent for a client of one organisation.
    pub organisasjon: Option<Organisasjonsvalg>,
    /// How we connect.
    pub valg: Valg,
}

/// Why there is no token or no proof.
#[derive(Debug, thiserror::Error)]
pub enum Feil {
    /// No usable answer.
    #[error(transparent)]
    Tilkobling(#[from] tilkobling::Feil),
    /// HelseID refused; the code and its sentence are for the operator.
    #[error("HelseID ga ikke noe token: status {status}, {feilkode}: {beskrivelse}")]
    Avslag {
        /// The HTTP status.
        status: u16,
        /// `error`.
        feilkode: String,
        /// `error_description`, printable ASCII, cut at 300 characters.
        beskrivelse: String,
    },
    /// Something could not be signed.
    #[error(transparent)]
    Signering(#[from] Signeringsfeil),
}

/// What one call must carry.
#[derive(Clone, PartialEq, Eq)]
pub struct Hoder {
    /// `Authorization`.
    pub authorization: String,
    /// `DPoP`, when the token is bound.
    pub dpop: Option<String>,
}

/// Shows the scheme alone.
impl fmt::Debug for Hoder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let skjema = if self.dpop.is_some() { "DPoP" } else { "Bearer" };
        f.debug_struct("Hoder").field("skjema", &skjema).finish_non_exhaustive()
    }
}

/// A client of one HelseID. Share it: it holds the tokens.
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
    /// The nonce that HelseID gave last. Tried first, so that most requests need no challenge.
    nonce: Option<String>,
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

    /// What a call must carry: a token for the scopes, and a proof for this method and address alone.
    ///
    /// Shape: `adresse` is the address as the service's public name has it; query and fragment are left out of the proof.
    ///
    /// # Errors
    /// [`Feil`].
    pub async fn hoder(&self, scope: &str, metode: &str, adresse: &str) -> Result<Hoder, Feil> {
        let token = self.hent_token(scope).await?;
        let Some(noekkel) = &self.innstillinger.dpop else {
            return Ok(Hoder {
                authorization: format!("Bearer {token}"),
                dpop: None,
            });
        };
        let bevis = NyttBevis {
            metode,
            adresse,
            token: Some(&token),
            nonce: None,
        };
        let bevis = bevis.signer(noekkel, (self.klokke)(), &ny_id())?;
        Ok(Hoder {
            authorization: format!("DPoP {token}"),
            dpop: Some(bevis),
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
                let utsteder = &self.innstillinger.utsteder;
                let metadata = metadata::hent(&self.tilkobling, utsteder, metadata::HELSEID).await?;
                lager.metadata = Some((metadata.clone(), naa));
                metadata
            }
        };
        let (token, levetid_s) = self
            .be_om_token(&metadata.token_endpoint, scope, &mut lager.nonce)
            .await?;
        let token: Arc<str> = token.into();
        let bruk_s = levetid_s - MARGIN_S.min(levetid_s / 2);
        let bruk_til = naa.checked_add(SignedDuration::from_secs(bruk_s)).unwrap_or(naa);
        lager.token.retain(|_, lagret| naa < lagret.bruk_til);
        if lager.token.len() < SCOPES_MAKS {
            let lagret = Lagret {
                token: Arc::clone(&token),
                bruk_til,
            };
            lager.token.insert(scope.to_owned(), lagret);
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

    /// Asks; when the answer is a nonce, asks once more with it. Never a third time.
    async fn be_om_token(
        &self,
        adresse: &Adresse,
        scope: &str,
        nonce: &mut Option<String>,
    ) -> Result<(String, i64), Feil> {
        let mut svar = self.spoer(adresse, scope, nonce.as_deref()).await?;
        if let Some(ny) = ny_nonce(&svar) {
            *nonce = Some(ny);
            if self.innstillinger.dpop.is_some() && feilkode(&svar).as_deref() == Some("use_dpop_nonce") {
                svar = self.spoer(adresse, scope, nonce.as_deref()).await?;
                if let Some(nyere) = ny_nonce(&svar) {
                    *nonce = Some(nyere);
                }
            }
        }
        self.les_svar(&svar)
    }

    /// One request, with an assertion and a proof of its own.
    async fn spoer(&self, adresse: &Adresse, scope: &str, nonce: Option<&str>) -> Result<Svar, Feil> {
        let naa = (self.klokke)();
        let paastand = Klientpaastand {
            klient_id: self.innstillinger.klient_id.clone(),
            utsteder: self.innstillinger.utsteder.clone(),
            organisasjon: self.innstillinger.organisasjon,
        };
        let paastand = paastand.signer(&self.innstillinger.noekkel, naa, &ny_id())?;
        let skjema = form_urlencoded::Serializer::new(String::new())
            .append_pair("grant_type", "client_credentials")
            .append_pair("client_id", &self.innstillinger.klient_id)
            .append_pair("scope", scope)
            .append_pair(
                "client_assertion_type",
                "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
            )
            .append_pair("client_assertion", &paastand)
            .finish();
        let mut forespoersel = self
            .tilkobling
            .klient()
            .post(adresse.url().clone())
            .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(skjema);
        if let Some(noekkel) = &self.innstillinger.dpop {
            let bevis = NyttBevis {
                metode: "POST",
                adresse: adresse.url().as_str(),
                token: None,
                nonce,
            };
            forespoersel = forespoersel.header("DPoP", bevis.signer(noekkel, naa, &ny_id())?);
        }
        Ok(self.tilkobling.send(forespoersel, SVAR_BYTES_MAKS).await?)
    }

    fn les_svar(&self, svar: &Svar) -> Result<(String, i64), Feil> {
        let dokument = les_objekt(&svar.kropp).ok();
        let felt = |felt: &str| dokument.as_ref().and_then(|dokument| dokument.get(felt));
        let tekst = |navn: &str| felt(navn).and_then(Value::as_str);
        if svar.status != StatusCode::OK {
            return Err(Feil::Avslag {
                status: svar.status.as_u16(),
                feilkode: rens(tekst("error").unwrap_or("ukjent")),
                beskrivelse: rens(tekst("error_description").unwrap_or("ingen beskrivelse")),
            });
        }
        let token =
            tekst("access_token").filter(|token| !token.is_empty() && token.bytes().all(|b| b.is_ascii_graphic()));
        let token = token.ok_or(ugyldig("access_token mangler eller har feil form"))?;
        // A client that asked for a bound token and got another would show a token that anybody could use.
        let ventet = if self.innstillinger.dpop.is_some() {
            "dpop"
        } else {
            "bearer"
        };
        if !tekst("token_type").is_some_and(|slag| slag.eq_ignore_ascii_case(ventet)) {
            return Err(ugyldig("token_type er en annen enn den vi ba om"));
        }
        let levetid = felt("expires_in").and_then(Value::as_i64);
        let levetid = levetid.filter(|levetid| (1..=LEVETID_MAKS_S).contains(levetid));
        let levetid = levetid.ok_or(ugyldig("expires_in mangler eller har feil verdi"))?;
        Ok((token.to_owned(), levetid))
    }
}

fn ugyldig(hva: &'static str) -> Feil {
    Feil::Tilkobling(tilkobling::Feil::Format(hva))
}

fn ny_id() -> String {
    uuid::Uuid::new_v4().to_string()
}

/// The nonce of an answer, if it is one that can be sent back.
fn ny_nonce(svar: &Svar) -> Option<String> {
    let nonce = svar.hoder.get("DPoP-Nonce")?.to_str().ok()?;
    let brukbar = (1..=NONCE_BYTE_MAKS).contains(&nonce.len()) && nonce.bytes().all(|b| b.is_ascii_graphic());
    brukbar.then(|| nonce.to_owned())
}

fn feilkode(svar: &Svar) -> Option<String> {
    if svar.status == StatusCode::OK {
        return None;
    }
    les_objekt(&svar.kropp).ok()?.get("error")?.as_str().map(str::to_owned)
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
