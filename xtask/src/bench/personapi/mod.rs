//! The Person API as its consumers meet it: the copy it answers from, lookups, searches, many who ask for events, and the way from
//! mottak's 202 until a change is there.
//!
//! What lives here: the order of it, and as whom the load asks. Register, copy and API are one process, as in the demo, on one core; the
//! load has the other. The first load of the copy has both. The folder is the bench's own, is kept, and is used as it is the next time.
//!
//! What a newcomer gets wrong: contact data are read as fast as they are given the first time, so nothing is measured until everybody has
//! been asked about.

use std::io::Write;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use jiff::Timestamp;
use klienter::helseid;
use serde_json::Value;
use tilgang::token::{Klokke, Kurve, Signeringsnoekkel};
use tokio::runtime::Runtime;

use super::last::Last;
use super::prosess::{self, Tjener};
use super::{KORT_RUNDE, LASTKJERNE, RUNDE, Tabell, Valg, postgres};

pub mod beviskontroll;
mod ende;
mod innlasting;
mod kall;
mod kopihenting;
mod oppslag;
mod pollere;
mod soek;

use kall::Gren;

/// The demo's client at HelseID.
const KLIENT: &str = "persontjenesten-demo-helse";
/// Its key, in the demo's folder.
const NOEKKELFIL: &str = "noekler/demoklient.pk8";
/// Most that the copy may take to be as its source, with contact data, on the one core.
const AJOUR_MAKS: Duration = Duration::from_secs(3 * 3_600);
/// Fewest persons to measure lookups on.
const PERSONER_MIN: usize = 1_000;
/// Fewer persons than this are a trial: shorter rounds.
const PROEVE_MAKS: usize = 10_000;

/// What of it is measured.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Del {
    /// All but [`Del::Henting`].
    Alt,
    /// The first load of the copy; makes the folder anew.
    Innlasting,
    /// Lookups alone, in short rounds.
    Oppslag,
    /// How fast the copy takes in what waits for it; on a folder of its own.
    Henting,
}

/// Measures all of it, or a part.
pub(super) fn kjoer(valg: &Valg, del: Del) -> Result<()> {
    let data = valg.data.with_extension("personapi");
    let mut tabell = Tabell::default();
    if del == Del::Henting {
        kopihenting::maal(valg, &mut tabell)?;
        return skriv_krav(&tabell, &[kopihenting::OVER_NASJONEN, kopihenting::OVER_JEVNT]);
    }
    if del == Del::Innlasting || !data.exists() {
        if data.exists() {
            std::fs::remove_dir_all(&data)?;
        }
        innlasting::maal(valg, &data, &mut tabell)?;
    } else {
        tabell.rad(
            "first load",
            "not measured",
            "the folder was there and is used as it is",
        )?;
    }
    if del == Del::Innlasting {
        return Ok(());
    }
    prosess::fest(LASTKJERNE)?;
    let tjener = Tjener::start_med_helsekopi(&valg.program, &data, Some(0))?;
    let miljoe = Miljoe::new(&data)?;
    miljoe.vent_paa_kopien()?;
    let numre = miljoe.personer(valg, &data, &tjener, &mut tabell)?;
    let runde = if del == Del::Oppslag { KORT_RUNDE } else { RUNDE };
    let per_sekund = oppslag::maal(valg, &miljoe, &numre, runde, &mut tabell)?;
    if del == Del::Oppslag {
        drop(tjener);
        return skriv_krav(&tabell, &[oppslag::ANDEL]);
    }
    soek::maal(valg, &miljoe, &numre, &mut tabell)?;
    pollere::maal(valg, &miljoe, &numre, per_sekund, &mut tabell)?;
    // Last, for it changes the nation.
    ende::maal(valg, &tjener, &data, (&miljoe, numre.len()), &mut tabell)?;
    drop(tjener);
    skriv_krav(&tabell, &[oppslag::ANDEL, ende::P99])
}

fn skriv_krav(tabell: &Tabell, figurer: &[&str]) -> Result<()> {
    for linje in tabell.krav_til(|figur| figurer.contains(&figur)) {
        writeln!(std::io::stdout(), "{linje}")?;
    }
    Ok(())
}

/// Where the API is, and as whom it is asked: the demo's client, with bearer tokens for version 2 and bound ones for version 3.
struct Miljoe {
    base: String,
    /// Host and port of it.
    vert: String,
    admin: String,
    bearer: helseid::Klient,
    dpop: helseid::Klient,
    dpopnoekkel: Arc<Signeringsnoekkel>,
    http: reqwest::Client,
    kjoeretid: Runtime,
}

impl Miljoe {
    fn new(data: &Path) -> Result<Self> {
        let adresser: Value = serde_json::from_slice(&std::fs::read(data.join("adresser.json"))?)?;
        let adresse = |navn: &str| {
            let tekst = adresser.get(navn).and_then(Value::as_str);
            tekst.map(str::to_owned).with_context(|| navn.to_owned())
        };
        let base = adresse("folkeregister")?;
        let noekkel = std::fs::read(data.join(NOEKKELFIL)).context(NOEKKELFIL)?;
        let noekkel = Arc::new(Signeringsnoekkel::fra_pkcs8(&noekkel, None)?);
        let dpopnoekkel = Arc::new(Signeringsnoekkel::generer_paa(Kurve::P256)?);
        let klokke: Klokke = Arc::new(Timestamp::now);
        let klient = |dpop| {
            let innstillinger = helseid::Innstillinger {
                utsteder: adresse("helseid")?,
                klient_id: KLIENT.to_owned(),
                noekkel: noekkel.clone(),
                dpop,
                organisasjon: None,
                valg: klienter::Valg::default(),
            };
            anyhow::Ok(helseid::Klient::new(innstillinger, klokke.clone())?)
        };
        Ok(Miljoe {
            vert: base.strip_prefix("http://").context("http")?.to_owned(),
            admin: adresse("admin")?,
            bearer: klient(None)?,
            dpop: klient(Some(dpopnoekkel.clone()))?,
            dpopnoekkel,
            base,
            http: reqwest::Client::builder().no_proxy().http1_only().build()?,
            kjoeretid: tokio::runtime::Builder::new_current_thread().enable_all().build()?,
        })
    }

    /// A bearer token for version 2 that lasts a round at least.
    fn token(&self) -> Result<Arc<str>> {
        self.hent_token(&self.bearer, Gren::V2)
    }

    /// The same, bound to the key that proofs are made with, for any branch.
    fn bundet_token(&self, gren: Gren) -> Result<Arc<str>> {
        self.hent_token(&self.dpop, gren)
    }

    fn hent_token(&self, klient: &helseid::Klient, gren: Gren) -> Result<Arc<str>> {
        let hent = || self.kjoeretid.block_on(klient.hent_token(gren.scope()));
        // A connection that the server closed meanwhile is noticed when it is used: nothing runs here between calls.
        Ok(hent().or_else(|_| hent())?)
    }

    /// The figures of `/metrics` by these names, without prefix and labels.
    fn maalere<const N: usize>(&self, navn: [&str; N]) -> Result<[f64; N]> {
        let tekst = self
            .kjoeretid
            .block_on(hent(&self.http, &format!("{}/metrics", self.admin)))?;
        let mut ut = [0.0; N];
        for (plass, navn) in ut.iter_mut().zip(navn) {
            *plass = les_maaler(&tekst, navn).with_context(|| format!("{navn} i /metrics"))?;
        }
        Ok(ut)
    }

    /// Waits until the copy is as its source, with contact data.
    fn vent_paa_kopien(&self) -> Result<()> {
        let frist = Instant::now() + AJOUR_MAKS;
        loop {
            let [ajour, krr] = self.maalere([innlasting::AJOUR, innlasting::KRR])?;
            if ajour > 0.0 && krr > 0.0 {
                return Ok(());
            }
            if Instant::now() > frist {
                bail!("kopien ble ikke ajour");
            }
            std::thread::sleep(Duration::from_millis(200));
        }
    }

    /// Numbers of persons of the nation whom the API finds.
    fn personer(&self, valg: &Valg, data: &Path, tjener: &Tjener, tabell: &mut Tabell) -> Result<Vec<String>> {
        let token = prosess::kommando(
            &valg.program,
            &["token", "--pakke", "offentlig-med-hjemmel", "--data"],
            data,
        )?;
        let register = Last::new(
            &format!("{}/folkeregisteret/offentlig-med-hjemmel/api/v1", tjener.base),
            &token,
        )?;
        let (alle, _) = register.les_feed(postgres::PERSONER_MAKS)?;
        let token = self.token()?;
        let spoersmaal: Vec<_> = alle.iter().map(|nr| kall::med_bearer(self, &token, nr)).collect();
        let mut funnet = Vec::with_capacity(alle.len());
        super::last::hver(&self.vert, &spoersmaal, valg.forbindelser, |nr, status, _| {
            match status {
                200 => funnet.extend(alle.get(nr).cloned()),
                404 => {}
                annen => bail!("status {annen}"),
            }
            Ok(())
        })?;
        if funnet.len() < PERSONER_MIN || funnet.len() * 100 < alle.len() * 99 {
            bail!("API-et fant bare {} av {}", funnet.len(), alle.len());
        }
        let [personer] = self.maalere(["register_persons"])?;
        tabell.rad(
            "connections of the load",
            valg.forbindelser.to_string(),
            format!(
                "keep-alive, {} persons in turn of {personer:.0} in the register",
                funnet.len()
            ),
        )?;
        Ok(funnet)
    }
}

/// What a GET answers with. Tried once more where no answer came on a connection that was open: it may have been idle, and closed by the
/// other end as it was taken into use.
async fn hent(http: &reqwest::Client, adresse: &str) -> reqwest::Result<String> {
    let en_gang = || async { http.get(adresse).send().await?.error_for_status()?.text().await };
    match en_gang().await {
        Err(feil) if feil.status().is_none() && !feil.is_connect() => en_gang().await,
        utfall => utfall,
    }
}

fn les_maaler(tekst: &str, navn: &str) -> Option<f64> {
    let navn = format!("persontjenesten_{navn} ");
    let verdi = tekst.lines().find_map(|linje| linje.strip_prefix(&navn));
    verdi?.trim().parse().ok()
}

/// What so many thousandths of the numbers are not above. The numbers are sorted by it.
fn promille(tall: &mut [f64], promille: usize) -> f64 {
    tall.sort_by(f64::total_cmp);
    tall.get(tall.len() * promille / 1_000).copied().unwrap_or(f64::NAN)
}

#[cfg(test)]
mod tests {
    use std::io::{BufRead, BufReader};
    use std::net::{TcpListener, TcpStream};

    use super::*;

    /// Reads the head of a request, and answers with a text if there is one.
    fn ta_imot(stroem: &TcpStream, svar: Option<&str>) {
        let linjer = BufReader::new(stroem).lines().map_while(Result::ok);
        linjer.take_while(|linje| !linje.is_empty()).for_each(drop);
        if let Some(svar) = svar {
            let mut ut = stroem;
            write!(ut, "HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n{svar}", svar.len()).unwrap();
        }
    }

    #[test]
    fn a_connection_that_was_closed_while_idle_is_not_the_end() {
        let lytter = TcpListener::bind("127.0.0.1:0").unwrap();
        let adresse = format!("http://{}/", lytter.local_addr().unwrap());
        let tjener = std::thread::spawn(move || {
            let (en, _) = lytter.accept().unwrap();
            ta_imot(&en, Some("en"));
            // The second call comes on the same connection, and gets no answer on it.
            ta_imot(&en, None);
            drop(en);
            let (to, _) = lytter.accept().unwrap();
            ta_imot(&to, Some("to"));
            // Twice without an answer is an error.
            ta_imot(&to, None);
            drop(to);
            let (tre, _) = lytter.accept().unwrap();
            ta_imot(&tre, None);
        });
        let http = reqwest::Client::builder().no_proxy().http1_only().build().unwrap();
        let kjoeretid = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap();
        assert_eq!(kjoeretid.block_on(hent(&http, &adresse)).unwrap(), "en");
        assert_eq!(kjoeretid.block_on(hent(&http, &adresse)).unwrap(), "to");
        assert!(kjoeretid.block_on(hent(&http, &adresse)).is_err());
        tjener.join().unwrap();
    }

    #[test]
    fn a_figure_is_read_by_its_whole_name() {
        let tekst = "# HELP persontjenesten_lag x\npersontjenesten_lag_total 7\npersontjenesten_lag 12\n";
        assert_eq!(les_maaler(tekst, "lag"), Some(12.0));
        assert_eq!(les_maaler(tekst, "la"), None);
    }

    #[test]
    fn a_thousandth_is_of_the_sorted() {
        let mut tall: Vec<f64> = (0..1_000).rev().map(f64::from).collect();
        assert_eq!(promille(&mut tall, 500), 500.0);
        assert_eq!(promille(&mut tall, 990), 990.0);
        assert!(promille(&mut [], 500).is_nan());
    }
}
