//! One HTTP exchange, bounded in time and size, with errors that say nothing of what was asked.

use std::error::Error;
use std::time::Duration;

use reqwest::header::HeaderMap;
use reqwest::redirect::Policy;
use reqwest::{Client, RequestBuilder, StatusCode};

use crate::adresse::{Adresse, Adressefeil};

/// How we connect.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Valg {
    /// Whether plain HTTP to another machine is allowed. For closed test networks.
    pub tillat_ukryptert: bool,
    /// Longest time for a connection to be made.
    pub oppkobling_maks: Duration,
    /// Longest time for a whole exchange, connection and body included.
    pub tidsfrist: Duration,
}

/// Source: our choice; bulk calls are promised within ten seconds.
impl Default for Valg {
    fn default() -> Self {
        Valg {
            tillat_ukryptert: false,
            oppkobling_maks: Duration::from_secs(5),
            tidsfrist: Duration::from_secs(30),
        }
    }
}

/// Why a neighbour gave no usable answer. Holds no URL and nothing of what was sent.
#[derive(Debug, thiserror::Error)]
pub enum Feil {
    /// The address, or one that the neighbour's metadata names.
    #[error(transparent)]
    Adresse(#[from] Adressefeil),
    /// The HTTP client could not be set up, for example because the machine has no root certificates.
    #[error("HTTP-klienten kan ikke settes opp")]
    Oppsett(#[source] Box<dyn Error + Send + Sync>),
    /// No connection, a broken one, or too slow.
    #[error("ingen kontakt, eller forbindelsen ble brutt eller gikk ut på tid")]
    Nett(#[source] Box<dyn Error + Send + Sync>),
    /// The answer is longer than we read.
    #[error("svaret er lengre enn {maks} byte")]
    ForStort {
        /// The limit. Units: bytes.
        maks: usize,
    },
    /// A status that is not an answer to what we asked.
    #[error("uventet status {status}{}", .kode.as_deref().map(|kode| format!(" ({kode})")).unwrap_or_default())]
    Status {
        /// The HTTP status.
        status: u16,
        /// The neighbour's error code, when it has the form of one.
        kode: Option<String>,
    },
    /// The answer is not what the contract says.
    #[error("svaret følger ikke kontrakten: {0}")]
    Format(&'static str),
}

/// An answer read to its end.
#[derive(Debug)]
pub(crate) struct Svar {
    pub status: StatusCode,
    pub hoder: HeaderMap,
    pub kropp: Vec<u8>,
}

/// A set-up HTTP client.
#[derive(Clone, Debug)]
pub(crate) struct Tilkobling {
    klient: Client,
    pub valg: Valg,
}

impl Tilkobling {
    /// Sets up a client for a neighbour.
    pub(crate) fn new(adresse: &Adresse, valg: Valg) -> Result<Self, Feil> {
        Self::bygg(adresse, valg, Ok)
    }

    /// The same, with a certificate of our own (certificate and key, PEM), and trust in one issuer alone.
    pub(crate) fn med_sertifikat(adresse: &Adresse, valg: Valg, ca: &[u8], eget: &[u8]) -> Result<Self, Feil> {
        Self::bygg(adresse, valg, |bygger| {
            let ca = reqwest::Certificate::from_pem(ca)?;
            let eget = reqwest::Identity::from_pem(eget)?;
            Ok(bygger.tls_certs_only([ca]).identity(eget))
        })
    }

    fn bygg(
        adresse: &Adresse,
        valg: Valg,
        tls: impl FnOnce(reqwest::ClientBuilder) -> reqwest::Result<reqwest::ClientBuilder>,
    ) -> Result<Self, Feil> {
        let mut bygger = Client::builder()
            .redirect(Policy::none())
            .no_proxy()
            .connect_timeout(valg.oppkobling_maks)
            .timeout(valg.tidsfrist)
            .user_agent(concat!("persontjenesten/", env!("CARGO_PKG_VERSION")));
        if !adresse.er_kryptert() {
            // A machine without root certificates can still talk to itself; nothing encrypted is trusted here.
            bygger = bygger.tls_certs_only([]);
        }
        let klient = tls(bygger)
            .and_then(reqwest::ClientBuilder::build)
            .map_err(|feil| Feil::Oppsett(feil.without_url().into()))?;
        Ok(Tilkobling { klient, valg })
    }

    pub(crate) fn klient(&self) -> &Client {
        &self.klient
    }

    /// Sends a request and reads the whole answer, at most `maks` bytes.
    pub(crate) async fn send(&self, forespoersel: RequestBuilder, maks: usize) -> Result<Svar, Feil> {
        let nett = |feil: reqwest::Error| Feil::Nett(feil.without_url().into());
        let forespoersel = match crate::sporing::traceparent() {
            Some(spor) => forespoersel.header("traceparent", spor),
            None => forespoersel,
        };
        let mut svar = forespoersel.send().await.map_err(nett)?;
        let varslet = svar
            .content_length()
            .and_then(|lengde| usize::try_from(lengde).ok())
            .unwrap_or(0);
        if varslet > maks {
            return Err(Feil::ForStort { maks });
        }
        // What is announced is only believed so far.
        let mut kropp = Vec::with_capacity(varslet.min(64 * 1024));
        while let Some(del) = svar.chunk().await.map_err(nett)? {
            if kropp.len() + del.len() > maks {
                return Err(Feil::ForStort { maks });
            }
            kropp.extend_from_slice(&del);
        }
        Ok(Svar {
            status: svar.status(),
            hoder: svar.headers().clone(),
            kropp,
        })
    }
}

/// A code of a neighbour's error body, if it has the form of one: short and without room for anything else.
pub(crate) fn les_kode(kropp: &[u8], felt: &[&str]) -> Option<String> {
    let dokument: serde_json::Value = serde_json::from_slice(kropp).ok()?;
    let kode = felt.iter().find_map(|felt| dokument.get(felt)?.as_str())?;
    let tegn = |b: u8| b.is_ascii_alphabetic() || matches!(b, b'-' | b'_') || b.is_ascii_digit();
    // A code has few digits; eleven in a row would be something else.
    let sifre = kode.bytes().filter(u8::is_ascii_digit).count();
    ((1..=64).contains(&kode.len()) && kode.bytes().all(tegn) && sifre <= 6).then(|| kode.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_looks_like_a_code_is_taken_from_an_error_body() {
        let les = |kropp: &str| les_kode(kropp.as_bytes(), &["kode", "feilkode"]);
        assert_eq!(les(r#"{"kode":"FREG-001","melding":"x"}"#).as_deref(), Some("FREG-001"));
        assert_eq!(les(r#"{"feilkode":"invalid_grant"}"#).as_deref(), Some("invalid_grant"));
        for kropp in [
            "",
            "<html>",
            "[]",
            r#"{"kode":1}"#,
            r#"{"kode":""}"#,
            r#"{"kode":"12859012335"}"#,
        ] {
            assert_eq!(les(kropp), None, "{kropp}");
        }
        assert_eq!(les(r#"{"kode":"Person STILLE FJELLBEKK"}"#), None);
    }
}
