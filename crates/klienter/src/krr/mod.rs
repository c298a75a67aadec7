//! A client of Kontakt- og reservasjonsregisteret (KRR): contact data of 1 to 1000 persons, and, where there is one, the list
//! of changes.
//!
//! ```text
//!  POST rest/v2/personer    {"personidentifikatorer":["…"]}      ->  {"personer":[…]}
//!  POST rest/v2/endringer   {"fraEndringsNummer":1,"informasjonsbehov":["…"]}
//!                           ->  {"fraEndringsNummer","tilEndringsNummer","senesteEndringsNummer","personer":[…]}
//! ```
//!
//! The first is KRR's own; the second keeps the meaning that the list of changes had in KRR's SOAP service until 2022, and is
//! spoken by our stand-in alone. A KRR without it answers 404: then one reads everybody again, a thousand at a time.
//!
//! The one thing a newcomer gets wrong: an entry that breaks the contract is not the whole answer's fault. It is named in
//! [`Svar::uleselige`], so that one odd e-mail address does not keep 999 others from being read. What puts the whole answer in
//! doubt, above all persons that nobody asked for, refuses all of it.

mod person;
mod skriv;
mod svar;

use std::fmt;
use std::sync::Arc;

use identifikator::Folkeregisteridentifikator;
use reqwest::StatusCode;
use reqwest::header::{ACCEPT, CONTENT_TYPE};
use serde_json::{Value, json};

use crate::adresse::Adresse;
use crate::folkeregister::{Tokenfeil, Tokenkilde, ventetid_s};
use crate::tilkobling::{self, Tilkobling, Valg, les_kode};

pub use person::{DigitalPost, Kanal, Kontaktinformasjon, Kontaktperson, Spraak, Status, Varslingsstatus};
pub use svar::{Endringer, Svar};

/// Most identifiers in a call, and most persons on a page of changes. Source: tokens, section 5.
pub const ANTALL_MAKS: usize = 1000;
/// Longest answer. Units: bytes. Source: our choice: a thousand persons with a certificate of 3 kB each, four times over.
const SVAR_BYTES_MAKS: usize = 16 * 1024 * 1024;

/// The scope that opens e-mail, mobile number, language and varslingsstatus. Source: tokens, section 5.1.
pub const SCOPE_KONTAKTINFORMASJON: &str = "krr:global/kontaktinformasjon.read";
/// The scope that opens digital mailbox and certificate. Source: tokens, section 5.1.
pub const SCOPE_DIGITALPOST: &str = "krr:global/digitalpost.read";
/// Both, as a token is asked for.
const SCOPE_ALT: &str = "krr:global/kontaktinformasjon.read krr:global/digitalpost.read";

/// What we ask for. Reservation and status always come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Behov {
    /// E-mail, mobile number, language, varslingsstatus.
    Kontaktinformasjon,
    /// Digital mailbox and certificate.
    DigitalPost,
    /// All of it.
    Alt,
}

impl Behov {
    /// The scopes of the token.
    #[must_use]
    pub fn scope(self) -> &'static str {
        match self {
            Behov::Kontaktinformasjon => SCOPE_KONTAKTINFORMASJON,
            Behov::DigitalPost => SCOPE_DIGITALPOST,
            Behov::Alt => SCOPE_ALT,
        }
    }

    fn kontaktinformasjon(self) -> bool {
        self != Behov::DigitalPost
    }

    fn digital_post(self) -> bool {
        self != Behov::Kontaktinformasjon
    }

    /// The same in the words of the list of changes.
    fn informasjonsbehov(self) -> &'static [&'static str] {
        match self {
            Behov::Kontaktinformasjon => &["Person", "Kontaktinfo"],
            Behov::DigitalPost => &["Person", "SikkerDigitalPost", "Sertifikat"],
            Behov::Alt => &["Person", "Kontaktinfo", "SikkerDigitalPost", "Sertifikat"],
        }
    }
}

/// Which KRR, and for what.
#[derive(Clone, Debug)]
pub struct Innstillinger {
    /// The host, or what stands before `rest/v2/…`.
    pub adresse: String,
    /// What we ask for, and all that is kept of what comes.
    pub behov: Behov,
    /// How we connect.
    pub valg: Valg,
}

/// Why KRR gave no usable answer. Holds nothing of a person.
#[derive(Debug, thiserror::Error)]
pub enum Feil {
    /// No usable answer.
    #[error(transparent)]
    Tilkobling(#[from] tilkobling::Feil),
    /// No token.
    #[error("fikk ikke noe token til Kontakt- og reservasjonsregisteret")]
    Token(#[source] Tokenfeil),
    /// 401 with a token that is new.
    #[error("Kontakt- og reservasjonsregisteret godtar ikke tokenet")]
    Uautentisert,
    /// 403: no grant for the scopes.
    #[error("ingen tilgang til Kontakt- og reservasjonsregisteret")]
    IngenTilgang,
    /// 429 or 503.
    #[error("Kontakt- og reservasjonsregisteret ber oss vente; prøv igjen om {vent_s} sekunder")]
    ForMange {
        /// How long to wait. Units: seconds.
        vent_s: u64,
    },
    /// A call must have 1 to 1000 identifiers.
    #[error("et kall må ha fra 1 til {ANTALL_MAKS} personer")]
    Antall,
    /// 404: this KRR keeps no list of changes.
    #[error("dette Kontakt- og reservasjonsregisteret har ingen endringsliste")]
    UtenEndringsliste,
}

/// A client of one KRR.
pub struct Klient {
    behov: Behov,
    rot: Adresse,
    tilkobling: Tilkobling,
    token: Arc<dyn Tokenkilde>,
}

impl Klient {
    /// A client that has asked nothing yet.
    ///
    /// # Errors
    /// [`Feil::Tilkobling`] for an address that may not be used.
    pub fn new(innstillinger: &Innstillinger, token: Arc<dyn Tokenkilde>) -> Result<Self, Feil> {
        let rot = Adresse::les(&innstillinger.adresse, &innstillinger.valg).map_err(tilkobling::Feil::from)?;
        Ok(Klient {
            behov: innstillinger.behov,
            tilkobling: Tilkobling::new(&rot, innstillinger.valg)?,
            rot,
            token,
        })
    }

    /// Reads 1 to 1000 persons; one who is named twice is asked for once.
    ///
    /// Shape: everyone asked for is in exactly one list of the answer.
    /// Source: tokens, section 5.1.
    ///
    /// # Errors
    /// [`Feil::Antall`] and the others.
    pub async fn personer(&self, personer: &[Folkeregisteridentifikator]) -> Result<Svar, Feil> {
        if !(1..=ANTALL_MAKS).contains(&personer.len()) {
            return Err(Feil::Antall);
        }
        let bedt_om: std::collections::BTreeSet<&str> =
            personer.iter().map(Folkeregisteridentifikator::as_str).collect();
        let svar = self
            .send("rest/v2/personer", &json!({"personidentifikatorer": bedt_om}))
            .await?;
        match svar.status {
            StatusCode::OK => Ok(svar::les_personer(&svar.kropp, personer, self.behov)?),
            _ => Err(uventet(&svar).into()),
        }
    }

    /// Reads one page of the list of changes, from a number on, that number included.
    ///
    /// Shape: of persons for whom `gjelder` says no, nothing is read and nothing kept. When [`Endringer::til`] is
    /// [`Endringer::seneste`] there is nothing more; else go on from `til + 1`.
    /// Source: tokens, section 5.2; the path is our choice, ADR 0037.
    ///
    /// # Errors
    /// [`Feil::UtenEndringsliste`] where there is none, and the others.
    pub async fn endringer(
        &self,
        fra_inklusiv: u64,
        gjelder: &(dyn Fn(&Folkeregisteridentifikator) -> bool + Sync),
    ) -> Result<Endringer, Feil> {
        let behov = self.behov.informasjonsbehov();
        let kropp = json!({"fraEndringsNummer": fra_inklusiv, "informasjonsbehov": behov});
        let svar = self.send("rest/v2/endringer", &kropp).await?;
        match svar.status {
            StatusCode::OK => Ok(svar::les_endringer(&svar.kropp, fra_inklusiv, gjelder, self.behov)?),
            StatusCode::NOT_FOUND => Err(Feil::UtenEndringsliste),
            _ => Err(uventet(&svar).into()),
        }
    }

    /// Sends a call with a token; one new token after 401.
    async fn send(&self, sti: &str, kropp: &Value) -> Result<tilkobling::Svar, Feil> {
        let scope = self.behov.scope();
        let mut nytt_token_brukt = false;
        loop {
            let token = self.token.token(scope).await.map_err(Feil::Token)?;
            let forespoersel = self.tilkobling.klient().post(self.rot.under(sti, &[], &[]));
            let forespoersel = forespoersel
                .header(ACCEPT, "application/json")
                .header(CONTENT_TYPE, "application/json")
                .bearer_auth(&token)
                .body(kropp.to_string());
            let svar = self.tilkobling.send(forespoersel, SVAR_BYTES_MAKS).await?;
            match svar.status {
                StatusCode::UNAUTHORIZED if nytt_token_brukt => return Err(Feil::Uautentisert),
                StatusCode::UNAUTHORIZED => {
                    nytt_token_brukt = true;
                    self.token.forkast(scope, &token).await;
                }
                StatusCode::FORBIDDEN => return Err(Feil::IngenTilgang),
                StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE => {
                    return Err(Feil::ForMange {
                        vent_s: ventetid_s(&svar.hoder),
                    });
                }
                _ => return Ok(svar),
            }
        }
    }
}

impl Feil {
    /// How long KRR asks us to wait, where it does.
    #[must_use]
    pub fn vent(&self) -> Option<std::time::Duration> {
        match self {
            Feil::ForMange { vent_s } => Some(std::time::Duration::from_secs(*vent_s)),
            _ => None,
        }
    }

    /// Whether what was asked for may be the reason, and not KRR or the way to it: another question may have an answer.
    #[must_use]
    pub fn gjelder_spoersmaalet(&self) -> bool {
        match self {
            Feil::Tilkobling(tilkobling::Feil::Status { status, .. }) => (400..500).contains(status),
            Feil::Tilkobling(tilkobling::Feil::Format(_) | tilkobling::Feil::ForStort { .. }) => true,
            _ => false,
        }
    }
}

fn uventet(svar: &tilkobling::Svar) -> tilkobling::Feil {
    tilkobling::Feil::Status {
        status: svar.status.as_u16(),
        kode: les_kode(&svar.kropp, &["error", "kode", "code"]),
    }
}

impl fmt::Debug for Klient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Klient")
            .field("rot", &self.rot)
            .field("behov", &self.behov)
            .finish_non_exhaustive()
    }
}
