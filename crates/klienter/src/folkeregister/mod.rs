//! A client of Folkeregisteret's consumer API: lookup, bulk, searches, extracts, feed and the last sequence number, in
//! JSON.
//!
//! The one thing a newcomer gets wrong: `seq` of the feed is inclusive. Who has read up to 17 asks for 18.

mod forsoek;
mod melding;
mod soek;
mod svar;
mod uttrekk;

use std::fmt;
use std::sync::Arc;

use identifikator::Folkeregisteridentifikator;
use reqwest::header::{ACCEPT, CONTENT_TYPE, ETAG, HeaderValue, IF_NONE_MATCH};
use reqwest::{Method, StatusCode};
use serde_json::json;
use tilgang::Pakke;
use tilgang::token::{Framtid, Klokke};

use crate::adresse::Adresse;
use crate::tilkobling::{self, Tilkobling, Valg, les_kode};
use forsoek::Forespoersel;

pub(crate) use forsoek::{Sperre, ventetid_s};
pub use forsoek::{VENTETID_S_MAKS, Venter, vent_virkelig};
pub use melding::Melding;
pub use soek::{Kriteriefeil, Kriterier, TREFF_MAKS};
pub use svar::{Bulksvar, Feedhendelse, Feedsvar, Persondokument};
pub use uttrekk::{Batch, Bestilling, Identifikatorer, Jobb, Kommunenummer, Pauser, Tilpasset};

/// Most identifiers in a bulk call. Source: folkeregister/README section 2.
pub const BULK_ANTALL_MAKS: usize = 1000;
/// Longest answer to a lookup, a bulk call, a feed page, a number. Units: bytes. Source: our choice, ten times what the
/// synthetic population gives.
const PERSON_BYTES_MAKS: usize = 4 * 1024 * 1024;
const BULK_BYTES_MAKS: usize = 128 * 1024 * 1024;
const FEED_BYTES_MAKS: usize = 8 * 1024 * 1024;
const NUMMER_BYTES_MAKS: usize = 1024;
/// The code of a 404 whose address does not exist, as our own register says it. Source: docs/feil.
const UKJENT_ADRESSE: &str = "FREG-005";
/// Longest ETag that is kept. Source: our choice.
const ETAG_BYTES_MAKS: usize = 256;

/// Why a token source has no token.
pub type Tokenfeil = Box<dyn std::error::Error + Send + Sync>;

/// Where tokens come from.
pub trait Tokenkilde: Send + Sync {
    /// A token that is good now.
    fn token<'a>(&'a self, scope: &'a str) -> Framtid<'a, Result<Arc<str>, Tokenfeil>>;

    /// Told that a token was refused, so that the next is a new one.
    fn forkast<'a>(&'a self, scope: &'a str, token: &'a str) -> Framtid<'a, ()>;
}

/// Which Folkeregister, and as what.
#[derive(Clone)]
pub struct Innstillinger {
    /// The host, or what stands before `folkeregisteret/…`.
    pub adresse: String,
    /// The package, which gives path and scope.
    pub pakke: Pakke,
    /// How we connect.
    pub valg: Valg,
    /// How often a call is tried in all when the register asks us to wait.
    pub forsoek_maks: u32,
    /// How often a read is tried again when the connection breaks or the register has an error of its own. An order is
    /// never sent twice.
    pub feil_maks: u32,
    /// The clock, for holding back calls while the register wants us to wait.
    pub klokke: Klokke,
    /// How to wait.
    pub vent: Venter,
}

impl Innstillinger {
    /// The settings with the defaults of this project: three tries, none after an error, real waiting.
    #[must_use]
    pub fn new(adresse: impl Into<String>, pakke: Pakke, klokke: Klokke) -> Self {
        Innstillinger {
            adresse: adresse.into(),
            pakke,
            valg: Valg::default(),
            forsoek_maks: 3,
            feil_maks: 0,
            klokke,
            vent: vent_virkelig(),
        }
    }
}

/// Why Folkeregisteret gave no usable answer. Holds nothing of a person.
#[derive(Debug, thiserror::Error)]
pub enum Feil {
    /// No usable answer.
    #[error(transparent)]
    Tilkobling(#[from] tilkobling::Feil),
    /// No token.
    #[error("fikk ikke noe token til Folkeregisteret")]
    Token(#[source] Tokenfeil),
    /// 401 with a token that is new.
    #[error("Folkeregisteret godtar ikke tokenet")]
    Uautentisert,
    /// 404, and the register says that it is the address that does not exist: the package is not served there.
    #[error("tjenesten har ikke pakken {0}")]
    UkjentPakke(Pakke),
    /// 403: no grant for the package.
    #[error("ingen tilgang til pakken {0}")]
    IngenTilgang(Pakke),
    /// 429 or 503, after waiting as often as we may.
    #[error("Folkeregisteret ber oss vente; prøv igjen om {vent_s} sekunder")]
    ForMange {
        /// How long to wait now. Units: seconds.
        vent_s: u64,
    },
    /// 406 on the feed: the sequence number is older than what is kept.
    #[error("sekvensnummeret er eldre enn det Folkeregisteret har; det må lastes på nytt")]
    ForGammelt,
    /// What was asked for is refused; the register says why.
    #[error("Folkeregisteret svarer {status}{}", .kode.as_deref().map(|kode| format!(" ({kode})")).unwrap_or_default())]
    Avvist {
        /// The HTTP status.
        status: u16,
        /// The register's code.
        kode: Option<String>,
        /// The register's words.
        melding: Melding,
    },
    /// The search does not have this criterion.
    #[error("søket har ikke kriteriet {0}")]
    Kriterium(&'static str),
    /// 429 on an order: as many extracts as may are running.
    #[error("for mange uttrekk; en virksomhet kan ha ti i gang samtidig")]
    ForMangeUttrekk {
        /// How long to wait before the next order. Units: seconds.
        vent_s: u64,
        /// The register's words.
        melding: Melding,
    },
    /// 410: no such job, or its time is out.
    #[error("Folkeregisteret har ikke uttrekket; det er ukjent, eller det er for gammelt")]
    UkjentJobb,
    /// A bulk call must have 1 to 1000 identifiers.
    #[error("et bulkoppslag må ha fra 1 til {BULK_ANTALL_MAKS} identifikatorer")]
    Antall,
}

/// A client of one package. Share it: it knows when the register wants us to wait.
pub struct Klient {
    innstillinger: Innstillinger,
    rot: Adresse,
    tilkobling: Tilkobling,
    token: Arc<dyn Tokenkilde>,
    sperre: forsoek::Sperre,
}

impl Klient {
    /// A client that has asked nothing yet.
    ///
    /// # Errors
    /// [`Feil::Tilkobling`] for an address that may not be used.
    pub fn new(innstillinger: Innstillinger, token: Arc<dyn Tokenkilde>) -> Result<Self, Feil> {
        let rot = Adresse::les(&innstillinger.adresse, &innstillinger.valg).map_err(tilkobling::Feil::from)?;
        let tilkobling = Tilkobling::new(&rot, innstillinger.valg)?;
        Ok(Klient {
            innstillinger,
            rot,
            tilkobling,
            token,
            sperre: forsoek::Sperre::default(),
        })
    }

    /// Looks up one person. `part` narrows or widens the document; empty means the package's basis.
    ///
    /// Shape: `None` when the register has no such person, or none that the package may see.
    ///
    /// # Errors
    /// [`Feil`].
    pub async fn oppslag(
        &self,
        person: Folkeregisteridentifikator,
        part: &[&str],
    ) -> Result<Option<Persondokument>, Feil> {
        let url = self.adresse("personer", &[person.as_str()], &parter(part));
        let svar = self.send(Forespoersel::hent(url, PERSON_BYTES_MAKS)).await?;
        match svar.status {
            StatusCode::OK => Ok(Some(Persondokument::les(&svar.kropp)?)),
            StatusCode::NOT_FOUND if kode(&svar).as_deref() != Some(UKJENT_ADRESSE) => Ok(None),
            _ => Err(self.status(&svar)),
        }
    }

    /// Looks up 1 to 1000 persons.
    ///
    /// Shape: with `som_bestilt` one answer per identifier, in order; without, in any order, unknown ones left out.
    ///
    /// # Errors
    /// [`Feil::Antall`] and the others.
    pub async fn bulkoppslag(
        &self,
        personer: &[Folkeregisteridentifikator],
        part: &[&str],
        som_bestilt: bool,
    ) -> Result<Vec<Bulksvar>, Feil> {
        if !(1..=BULK_ANTALL_MAKS).contains(&personer.len()) {
            return Err(Feil::Antall);
        }
        let mut spoerring = parter(part);
        if som_bestilt {
            spoerring.push(("somBestilt", "true"));
        }
        let nummer: Vec<&str> = personer.iter().map(Folkeregisteridentifikator::as_str).collect();
        let forespoersel = Forespoersel {
            metode: Method::POST,
            kropp: Some(json!({"foedselsEllerDNummer": nummer}).to_string()),
            ..Forespoersel::hent(self.adresse("personer/bulkoppslag", &[], &spoerring), BULK_BYTES_MAKS)
        };
        let svar = self.send(forespoersel).await?;
        match svar.status {
            StatusCode::OK => Ok(svar::les_bulk(&svar.kropp, personer.len(), som_bestilt)?),
            _ => Err(self.status(&svar)),
        }
    }

    /// Reads one page of the feed, from a sequence number on, that number included.
    ///
    /// Shape: `etag` is that of the last page read from the same number; [`Feedsvar::Uendret`] when nothing is new.
    ///
    /// # Errors
    /// [`Feil::ForGammelt`] and the others.
    pub async fn feed(&self, fra_inklusiv: u64, etag: Option<&str>) -> Result<Feedsvar, Feil> {
        let seq = fra_inklusiv.to_string();
        let mut forespoersel = Forespoersel::hent(
            self.adresse("hendelser/feed", &[], &[("seq", seq.as_str())]),
            FEED_BYTES_MAKS,
        );
        forespoersel.if_none_match = etag.and_then(|etag| HeaderValue::from_str(etag).ok());
        let svar = self.send(forespoersel).await?;
        match svar.status {
            StatusCode::OK => {
                let etag = svar.hoder.get(ETAG).and_then(|etag| etag.to_str().ok());
                let etag = etag.filter(|etag| etag.len() <= ETAG_BYTES_MAKS).map(str::to_owned);
                Ok(Feedsvar::Side {
                    hendelser: svar::les_feed(&svar.kropp, fra_inklusiv)?,
                    etag,
                })
            }
            StatusCode::NOT_MODIFIED if etag.is_some() => Ok(Feedsvar::Uendret),
            StatusCode::NOT_ACCEPTABLE => Err(Feil::ForGammelt),
            _ => Err(self.status(&svar)),
        }
    }

    /// The sequence number of the newest event of the package.
    ///
    /// # Errors
    /// [`Feil`].
    pub async fn siste_sekvensnummer(&self) -> Result<u64, Feil> {
        let url = self.adresse("hendelser/siste/sekvensnummer", &[], &[]);
        let svar = self.send(Forespoersel::hent(url, NUMMER_BYTES_MAKS)).await?;
        match svar.status {
            StatusCode::OK => {
                Ok(serde_json::from_slice(&svar.kropp)
                    .map_err(|_| tilkobling::Feil::Format("ikke et sekvensnummer"))?)
            }
            _ => Err(self.status(&svar)),
        }
    }

    fn status(&self, svar: &tilkobling::Svar) -> Feil {
        let kode = kode(svar);
        if svar.status == StatusCode::NOT_FOUND && kode.as_deref() == Some(UKJENT_ADRESSE) {
            return Feil::UkjentPakke(self.innstillinger.pakke);
        }
        tilkobling::Feil::Status {
            status: svar.status.as_u16(),
            kode,
        }
        .into()
    }

    /// As [`Klient::status`], with the register's words for whoever asked.
    fn avvist(&self, svar: &tilkobling::Svar) -> Feil {
        match self.status(svar) {
            Feil::Tilkobling(tilkobling::Feil::Status { status, kode }) => Feil::Avvist {
                status,
                kode,
                melding: Melding::les(&svar.kropp),
            },
            annen => annen,
        }
    }

    fn adresse(&self, ressurs: &str, deler: &[&str], spoerring: &[(&str, &str)]) -> reqwest::Url {
        self.rot.under(
            &format!("{}/v1/{ressurs}", self.innstillinger.pakke.sti()),
            deler,
            spoerring,
        )
    }

    /// The request as it goes out with a token.
    fn bygg(&self, forespoersel: &Forespoersel, token: &str) -> reqwest::RequestBuilder {
        let klient = self.tilkobling.klient();
        let mut ut = klient
            .request(forespoersel.metode.clone(), forespoersel.url.clone())
            .header(ACCEPT, "application/json")
            .bearer_auth(token);
        if let Some(etag) = &forespoersel.if_none_match {
            ut = ut.header(IF_NONE_MATCH, etag);
        }
        match &forespoersel.kropp {
            Some(kropp) => ut.header(CONTENT_TYPE, "application/json").body(kropp.clone()),
            None => ut,
        }
    }
}

fn parter<'a>(part: &[&'a str]) -> Vec<(&'static str, &'a str)> {
    part.iter().map(|part| ("part", *part)).collect()
}

fn kode(svar: &tilkobling::Svar) -> Option<String> {
    les_kode(&svar.kropp, &["kode", "feilkode", "code"])
}

impl fmt::Debug for Klient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Klient")
            .field("adresse", &self.rot)
            .field("pakke", &self.innstillinger.pakke)
            .finish_non_exhaustive()
    }
}
