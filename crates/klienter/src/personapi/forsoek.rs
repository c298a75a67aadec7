//! Sending with token and proof, waiting when asked to, and trying again, a bounded number of times.
//!
//! Every call of the Person API reads, so each may be sent again. What a newcomer gets wrong: a proof is for one sending, so headers are
//! made anew each time.

use std::time::Duration;

use reqwest::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE};
use reqwest::{Method, StatusCode, Url};

use super::{Feil, Klient, Utvalg};
use crate::folkeregister::ventetid_s;
use crate::helseid::{self, Hoder};
use crate::tilkobling::{self, Svar};

/// Pauses after an error, each twice the former. Units: seconds. Source: our choice.
const PAUSE_FOERST_S: u64 = 1;
const PAUSE_MAKS_S: u64 = 30;

/// One call.
pub(super) struct Kall {
    metode: Method,
    operasjon: &'static str,
    /// One step more in the path.
    ledd: Option<String>,
    spoerring: Vec<(&'static str, String)>,
    skjema: Vec<(&'static str, String)>,
    svar_bytes_maks: usize,
}

impl Kall {
    pub(super) fn hent(operasjon: &'static str, svar_bytes_maks: usize) -> Self {
        Kall {
            metode: Method::GET,
            operasjon,
            ledd: None,
            spoerring: Vec::new(),
            skjema: Vec::new(),
            svar_bytes_maks,
        }
    }

    pub(super) fn send(operasjon: &'static str, svar_bytes_maks: usize) -> Self {
        Kall {
            metode: Method::POST,
            ..Kall::hent(operasjon, svar_bytes_maks)
        }
    }

    pub(super) fn under(mut self, ledd: &str) -> Self {
        self.ledd = Some(ledd.to_owned());
        self
    }

    pub(super) fn med(mut self, navn: &'static str, verdi: String) -> Self {
        self.spoerring.push((navn, verdi));
        self
    }

    pub(super) fn med_utvalg(mut self, utvalg: &Utvalg) -> Self {
        let deler = utvalg.deler.iter().map(|del| ("informationParts", del.clone()));
        self.spoerring.extend(deler);
        self.med("includeHistory", utvalg.historikk.to_string())
    }

    pub(super) fn felt(mut self, navn: &'static str, verdi: &str) -> Self {
        self.skjema.push((navn, verdi.to_owned()));
        self
    }

    fn url(&self, klient: &Klient) -> Url {
        let sti = format!("{}/{}", klient.innstillinger.gren.sti(), self.operasjon);
        let ledd: Vec<&str> = self.ledd.iter().map(String::as_str).collect();
        let spoerring: Vec<(&str, &str)> = self
            .spoerring
            .iter()
            .map(|(navn, verdi)| (*navn, verdi.as_str()))
            .collect();
        klient.rot.under(&sti, &ledd, &spoerring)
    }
}

impl Klient {
    /// Sends a call. One new token after 401; waits and tries again after 429 and 503, and after errors that pass, as often as the settings
    /// say.
    pub(super) async fn send(&self, kall: &Kall) -> Result<Svar, Feil> {
        let url = kall.url(self);
        let skjema = form_urlencoded::Serializer::new(String::new())
            .extend_pairs(&kall.skjema)
            .finish();
        let scope = self.innstillinger.gren.scope().navn();
        let mut nytt_token_brukt = false;
        let mut forsoek = 1;
        let (mut feil_igjen, mut pause_s) = (self.innstillinger.feil_maks, PAUSE_FOERST_S);
        loop {
            if let Some(vent) = self.sperre.ventetid((self.innstillinger.klokke)()) {
                (self.innstillinger.vent)(vent).await;
            }
            let sendt = self.send_en_gang(kall, &url, &skjema, scope).await;
            if feil_igjen > 0 && gaar_over(sendt.as_ref()) {
                tracing::info!(
                    igjen = feil_igjen,
                    pause_s,
                    "et kall til Persontjenesten feilet og gjentas"
                );
                (self.innstillinger.vent)(Duration::from_secs(pause_s)).await;
                feil_igjen -= 1;
                pause_s = (pause_s * 2).min(PAUSE_MAKS_S);
                continue;
            }
            let (svar, hoder) = sendt?;
            match svar.status {
                StatusCode::UNAUTHORIZED if nytt_token_brukt => return Err(Feil::Uautentisert),
                StatusCode::UNAUTHORIZED => {
                    nytt_token_brukt = true;
                    let token = hoder.authorization.split_once(' ').map_or("", |(_, token)| token);
                    self.helseid.glem(scope, token).await;
                }
                StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE => {
                    let vent_s = ventetid_s(&svar.hoder);
                    self.sperre.sett((self.innstillinger.klokke)(), vent_s);
                    if forsoek >= self.innstillinger.forsoek_maks {
                        return Err(Feil::ForMange { vent_s });
                    }
                    tracing::info!(vent_s, forsoek, "Persontjenesten ber oss vente");
                    forsoek += 1;
                }
                _ => return Ok(svar),
            }
        }
    }

    async fn send_en_gang(&self, kall: &Kall, url: &Url, skjema: &str, scope: &str) -> Result<(Svar, Hoder), Feil> {
        let hoder = self.helseid.hoder(scope, kall.metode.as_str(), url.as_str()).await;
        let hoder = hoder.map_err(Feil::Token)?;
        let klient = self.tilkobling.klient();
        let mut ut = klient
            .request(kall.metode.clone(), url.clone())
            .header(ACCEPT, "application/json")
            .header("api-version", self.innstillinger.gren.versjonshode())
            .header(AUTHORIZATION, &hoder.authorization);
        if let Some(bevis) = &hoder.dpop {
            ut = ut.header("DPoP", bevis);
        }
        if kall.metode == Method::POST {
            ut = ut
                .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
                .body(skjema.to_owned());
        }
        let svar = self.tilkobling.send(ut, kall.svar_bytes_maks).await?;
        Ok((svar, hoder))
    }
}

/// Whether the same call may go well a little later: the connection broke, also that to HelseID, or the service or what stands before it
/// had an error of its own.
fn gaar_over(sendt: Result<&(Svar, Hoder), &Feil>) -> bool {
    match sendt {
        Ok((svar, _)) => matches!(
            svar.status,
            StatusCode::INTERNAL_SERVER_ERROR | StatusCode::BAD_GATEWAY | StatusCode::GATEWAY_TIMEOUT
        ),
        Err(Feil::Tilkobling(feil) | Feil::Token(helseid::Feil::Tilkobling(feil))) => {
            matches!(feil, tilkobling::Feil::Nett(_))
        }
        Err(_) => false,
    }
}
