//! Trying, waiting when asked to, and trying again, a bounded number of times.
//!
//! `Retry-After` is read as seconds, at most [`VENTETID_S_MAKS`]. The wait holds for every call of the client, not only
//! for the one that was told: other calls in between would be the immediate repeats that the register asks us to leave.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use reqwest::header::{HeaderMap, HeaderValue, RETRY_AFTER};
use reqwest::{Method, StatusCode, Url};
use tilgang::token::Framtid;

use super::{Feil, Klient, Melding, kode};
use crate::maskinporten;
use crate::tilkobling::{self, Svar};

/// Longest wait that is honoured. Units: seconds. Source: HTTP gives seconds; the bound is our choice (ADR 0006).
pub const VENTETID_S_MAKS: u64 = 60;
/// The code of a 429 that is about calls, as our own register says it; on an order any other is about orders. Source:
/// docs/feil.
const FOR_MANGE_KALL: &str = "FREG-025";
/// Pauses after an error, each twice the former. Units: seconds. Source: our choice.
const PAUSE_FOERST_S: u64 = 1;
const PAUSE_MAKS_S: u64 = 30;
/// Wait when the answer names none. Units: seconds. Source: our choice.
const VENTETID_S_UTEN_HODE: u64 = 2;

/// How to wait. Real time in the program, counted in tests.
pub type Venter = Arc<dyn Fn(Duration) -> Framtid<'static, ()> + Send + Sync>;

/// Waiting by the runtime's timer.
#[must_use]
pub fn vent_virkelig() -> Venter {
    Arc::new(|tid| Box::pin(tokio::time::sleep(tid)))
}

/// What is to be sent, apart from the token.
pub(super) struct Forespoersel {
    pub metode: Method,
    pub url: Url,
    pub kropp: Option<String>,
    pub if_none_match: Option<HeaderValue>,
    pub svar_bytes_maks: usize,
    /// Whether something begins by it that we would not have twice.
    pub bestilling: bool,
}

impl Forespoersel {
    pub(super) fn hent(url: Url, svar_bytes_maks: usize) -> Self {
        Forespoersel {
            metode: Method::GET,
            url,
            kropp: None,
            if_none_match: None,
            svar_bytes_maks,
            bestilling: false,
        }
    }

    /// The same, never sent again after an error.
    pub(super) fn som_bestilling(self) -> Self {
        Forespoersel {
            bestilling: true,
            ..self
        }
    }
}

/// The moment before which nothing is sent.
#[derive(Debug, Default)]
pub(crate) struct Sperre(Mutex<Option<Timestamp>>);

impl Sperre {
    /// How long to wait at a time. A clock that jumps cannot make it longer than the longest wait.
    pub(crate) fn ventetid(&self, naa: Timestamp) -> Option<Duration> {
        let til = (*self.0.lock().unwrap_or_else(PoisonError::into_inner))?;
        let igjen = Duration::try_from(til.duration_since(naa))
            .ok()
            .filter(|igjen| !igjen.is_zero())?;
        Some(igjen.min(Duration::from_secs(VENTETID_S_MAKS)))
    }

    /// Holds back until a time from now; an earlier end never replaces a later one.
    pub(crate) fn sett(&self, naa: Timestamp, vent_s: u64) {
        let vent = SignedDuration::from_secs(i64::try_from(vent_s).unwrap_or(0));
        let til = naa.checked_add(vent).unwrap_or(naa);
        let mut sperre = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        *sperre = Some(sperre.map_or(til, |foer| foer.max(til)));
    }
}

impl Klient {
    /// Sends a request with a token. One new token after 401; waits and tries again after 429 and 503, and after errors
    /// that pass, as often as the settings say.
    pub(super) async fn send(&self, forespoersel: Forespoersel) -> Result<Svar, Feil> {
        let scope = self.innstillinger.pakke.scope();
        let mut nytt_token_brukt = false;
        let mut forsoek = 1;
        let (mut feil_igjen, mut pause_s) = (self.innstillinger.feil_maks, PAUSE_FOERST_S);
        if forespoersel.bestilling {
            feil_igjen = 0;
        }
        loop {
            if let Some(vent) = self.sperre.ventetid((self.innstillinger.klokke)()) {
                (self.innstillinger.vent)(vent).await;
            }
            let sendt = self.send_en_gang(&forespoersel, scope).await;
            if feil_igjen > 0 && gaar_over(sendt.as_ref()) {
                tracing::info!(
                    igjen = feil_igjen,
                    pause_s,
                    "et kall til Folkeregisteret feilet og gjentas"
                );
                (self.innstillinger.vent)(Duration::from_secs(pause_s)).await;
                feil_igjen -= 1;
                pause_s = (pause_s * 2).min(PAUSE_MAKS_S);
                continue;
            }
            let (svar, token) = sendt?;
            match svar.status {
                StatusCode::UNAUTHORIZED if nytt_token_brukt => return Err(Feil::Uautentisert),
                StatusCode::UNAUTHORIZED => {
                    nytt_token_brukt = true;
                    self.token.forkast(scope, &token).await;
                }
                StatusCode::FORBIDDEN => return Err(Feil::IngenTilgang(self.innstillinger.pakke)),
                StatusCode::TOO_MANY_REQUESTS
                    if forespoersel.bestilling && kode(&svar).as_deref() != Some(FOR_MANGE_KALL) =>
                {
                    return Err(Feil::ForMangeUttrekk {
                        vent_s: ventetid_s(&svar.hoder),
                        melding: Melding::les(&svar.kropp),
                    });
                }
                StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE => {
                    let vent_s = ventetid_s(&svar.hoder);
                    self.sperre.sett((self.innstillinger.klokke)(), vent_s);
                    if forsoek >= self.innstillinger.forsoek_maks {
                        return Err(Feil::ForMange { vent_s });
                    }
                    tracing::info!(vent_s, forsoek, "Folkeregisteret ber oss vente");
                    forsoek += 1;
                }
                _ => return Ok(svar),
            }
        }
    }

    async fn send_en_gang(&self, forespoersel: &Forespoersel, scope: &str) -> Result<(Svar, Arc<str>), Feil> {
        let token = self.token.token(scope).await.map_err(Feil::Token)?;
        let bygd = self.bygg(forespoersel, &token);
        let svar = self.tilkobling.send(bygd, forespoersel.svar_bytes_maks).await?;
        Ok((svar, token))
    }
}

/// Whether the same call may go well a little later: the connection broke, also that to where tokens come from, or the
/// register or what stands before it had an error of its own.
fn gaar_over(sendt: Result<&(Svar, Arc<str>), &Feil>) -> bool {
    let er_nett = |feil: &tilkobling::Feil| matches!(feil, tilkobling::Feil::Nett(_));
    match sendt {
        Ok((svar, _)) => matches!(
            svar.status,
            StatusCode::INTERNAL_SERVER_ERROR | StatusCode::BAD_GATEWAY | StatusCode::GATEWAY_TIMEOUT
        ),
        Err(Feil::Tilkobling(feil)) => er_nett(feil),
        Err(Feil::Token(kilde)) => match kilde.downcast_ref() {
            Some(maskinporten::Feil::Tilkobling(feil)) => er_nett(feil),
            _ => false,
        },
        Err(_) => false,
    }
}

/// What `Retry-After` asks for, in seconds, at most the longest wait. Other forms of it count as absent.
pub(super) fn bedt_om_s(hoder: &HeaderMap) -> Option<u64> {
    let hode = hoder.get(RETRY_AFTER).and_then(|verdi| verdi.to_str().ok());
    let sifre = hode
        .map(str::trim)
        .filter(|s| !s.is_empty() && s.bytes().all(|b| b.is_ascii_digit()))?;
    let vent_s = sifre.parse::<u64>().unwrap_or(VENTETID_S_MAKS);
    Some(vent_s.min(VENTETID_S_MAKS))
}

/// How long to wait after 429 and 503.
pub(crate) fn ventetid_s(hoder: &HeaderMap) -> u64 {
    bedt_om_s(hoder).unwrap_or(VENTETID_S_UTEN_HODE)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn retry_after_is_seconds_and_at_most_a_minute() {
        for (hode, ventet) in [
            (Some("0"), 0),
            (Some("1"), 1),
            (Some(" 30 "), 30),
            (Some("60"), 60),
            (Some("61"), 60),
            (Some("5000"), 60),
            (Some("99999999999999999999999999"), 60),
            (Some("-1"), VENTETID_S_UTEN_HODE),
            (Some("1.5"), VENTETID_S_UTEN_HODE),
            (Some("Wed, 21 Oct 2026 07:28:00 GMT"), VENTETID_S_UTEN_HODE),
            (Some(""), VENTETID_S_UTEN_HODE),
            (None, VENTETID_S_UTEN_HODE),
        ] {
            let hoder: HeaderMap = hode
                .map(|hode| (RETRY_AFTER, HeaderValue::from_str(hode).unwrap()))
                .into_iter()
                .collect();
            assert_eq!(ventetid_s(&hoder), ventet, "{hode:?}");
        }
    }

    #[test]
    fn a_wait_ends_is_never_shortened_and_never_longer_than_a_minute() {
        let tid = |sekunder| Timestamp::from_second(sekunder).unwrap();
        let sperre = Sperre::default();
        assert_eq!(sperre.ventetid(tid(100)), None);
        sperre.sett(tid(100), 30);
        sperre.sett(tid(101), 1);
        assert_eq!(sperre.ventetid(tid(101)), Some(Duration::from_secs(29)));
        assert_eq!(sperre.ventetid(tid(130)), None);
        assert_eq!(sperre.ventetid(tid(131)), None);
        assert_eq!(sperre.ventetid(tid(-1_000_000)), Some(Duration::from_secs(60)));
    }
}
