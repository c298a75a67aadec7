//! Messages through mottak, as producers send them: mutual TLS, checked against the schemas, decided, durable before 202; and the
//! time until a consumer reads of it in the feed.
//!
//! The ceiling is the connection test of the same resource (`HEAD`): the same TLS, the same door and the same audit record,
//! without a message. Server and load share both cores: TLS is work for both ends. The folder is changed by it.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use reqwest::{Certificate, Client, Identity};
use serde_json::{Value, json};

use super::prosess::{self, Tjener};
use super::{Tabell, Valg, median};

/// Messages of each round, and rounds.
const MELDINGER: usize = 4_000;
const RUNDER: usize = 3;
/// Messages a second when the time to the feed is measured. Source: the bar's.
const JEVNT: f64 = 100.0;
/// How many of them.
const JEVNE: usize = 1_500;
/// Persons looked up at a time.
const BOLK: usize = 1_000;

/// Measures, on a folder of its own.
pub fn kjoer(valg: &Valg) -> Result<()> {
    let data = valg.data.with_extension("mottak");
    if data.exists() {
        std::fs::remove_dir_all(&data)?;
    }
    let trengs = MELDINGER * RUNDER + JEVNE;
    // About two of three are living, resident and unmarried enough to be simple.
    let personer = valg.personer.max(u32::try_from(trengs * 3)?);
    let tjener = Tjener::start(&valg.program, &data, Some(personer), None)?;
    let utfall = tokio::runtime::Runtime::new()?.block_on(maal(valg, &tjener, &data));
    drop(tjener);
    std::fs::remove_dir_all(&data)?;
    utfall
}

/// Where messages are sent and read of, and as whom.
pub(super) struct Miljoe {
    ca: Certificate,
    identitet: String,
    mottak: String,
    konsument: String,
    token: String,
}

impl Miljoe {
    pub(super) fn les(valg: &Valg, tjener: &Tjener, data: &Path) -> Result<Self> {
        let adresser: Value = serde_json::from_slice(&std::fs::read(data.join("adresser.json"))?)?;
        let tls = adresser.get("tls").and_then(Value::as_str).context("tls")?;
        let filer = data.join("tls/produsenter");
        let identitet = ["pem", "noekkel"].map(|ende| std::fs::read_to_string(filer.join(format!("sykehus.{ende}"))));
        let [sertifikat, noekkel] = identitet;
        let ca = prosess::kommando(&valg.program, &["tls", "ca", "--data"], data)?;
        let token = prosess::kommando(
            &valg.program,
            &["token", "--pakke", "offentlig-med-hjemmel", "--data"],
            data,
        )?;
        Ok(Miljoe {
            ca: Certificate::from_pem(ca.as_bytes())?,
            identitet: sertifikat? + &noekkel?,
            mottak: format!("{tls}/folkeregisteret/mottak/api/doedsfall_v1"),
            konsument: format!("{}/folkeregisteret/offentlig-med-hjemmel/api/v1", tjener.base),
            token,
        })
    }

    /// A producer with a connection of its own.
    pub(super) fn produsent(&self) -> Result<Client> {
        let bygger = Client::builder()
            .no_proxy()
            .http1_only()
            .tls_certs_only([self.ca.clone()]);
        Ok(bygger
            .identity(Identity::from_pem(self.identitet.as_bytes())?)
            .build()?)
    }
}

async fn maal(valg: &Valg, tjener: &Tjener, data: &Path) -> Result<()> {
    let miljoe = Arc::new(Miljoe::les(valg, tjener, data)?);
    let konsument = Client::builder().no_proxy().http1_only().build()?;
    let numre = Arc::new(levende(&konsument, &miljoe, MELDINGER * RUNDER + JEVNE).await?);
    let mut tabell = Tabell::default();
    tabell.rad(
        "connections of the load",
        valg.forbindelser.to_string(),
        "mutual TLS, keep-alive, each sends its next message when the one before is answered",
    )?;
    let (mut sendt, mut tak) = (Vec::new(), Vec::new());
    for runde in 0..RUNDER {
        tak.push(alle(valg, &miljoe, Arc::new(|_| None), MELDINGER).await?);
        let numre = numre.clone();
        let melding = move |nr: usize| {
            let plass = runde * MELDINGER + nr;
            Some(doedsfall(plass, numre.get(plass)?))
        };
        sendt.push(alle(valg, &miljoe, Arc::new(melding), MELDINGER).await?);
    }
    let forhold: Vec<f64> = sendt.iter().zip(&tak).map(|(a, b)| a / b).collect();
    tabell.rad(
        "messages through mottak, messages/s",
        format!("{:.0}", median(&mut sendt.clone())),
        format!("{MELDINGER} deaths a round, two judges of the schema, decided, committed to the disk before 202"),
    )?;
    tabell.rad(
        "connection tests, calls/s",
        format!("{:.0}", median(&mut tak.clone())),
        "the ceiling: the same TLS, door and audit record, and no message",
    )?;
    tabell.rad(
        "messages / connection tests",
        format!("{:.2}", median(&mut forhold.clone())),
        "median of ratios, in turn",
    )?;
    let godkjent = andel_godkjent(&miljoe, MELDINGER * RUNDER).await?;
    tabell.rad(
        "decided at once",
        format!("{:.1} %", godkjent * 100.0),
        "the others wait for somebody, whose message is kept",
    )?;
    let mut tider = til_feeden(valg, &miljoe, &konsument, &numre).await?;
    tider.sort_by(f64::total_cmp);
    let del = |promille: usize| tider.get(tider.len() * promille / 1_000).copied().unwrap_or(f64::NAN);
    tabell.rad(
        "202 until read in the feed, p99",
        format!("{:.1} ms", del(990)),
        format!(
            "p50 {:.1} ms, at {JEVNT:.0} messages/s; a consumer that asks for what is new all the time; the bar is 50 ms",
            del(500)
        ),
    )
}

/// Sends so many calls over all connections, and gives calls a second.
async fn alle(
    valg: &Valg,
    miljoe: &Arc<Miljoe>,
    melding: Arc<impl Fn(usize) -> Option<String> + Send + Sync + 'static>,
    antall: usize,
) -> Result<f64> {
    let neste = Arc::new(AtomicUsize::new(0));
    let mut klienter = Vec::new();
    for _ in 0..valg.forbindelser {
        let klient = miljoe.produsent()?;
        klient.head(&miljoe.mottak).send().await?.error_for_status()?;
        klienter.push(klient);
    }
    let start = Instant::now();
    let mut oppgaver = tokio::task::JoinSet::new();
    for klient in klienter {
        let (neste, miljoe, melding) = (neste.clone(), miljoe.clone(), melding.clone());
        oppgaver.spawn(async move {
            loop {
                let nr = neste.fetch_add(1, Ordering::Relaxed);
                if nr >= antall {
                    return Ok::<_, anyhow::Error>(());
                }
                send(&klient, &miljoe, melding(nr)).await?;
            }
        });
    }
    while let Some(utfall) = oppgaver.join_next().await {
        utfall??;
    }
    Ok(antall as f64 / start.elapsed().as_secs_f64())
}

/// Sends a message and waits for its 202; without one, a connection test.
pub(super) async fn send(klient: &Client, miljoe: &Miljoe, melding: Option<String>) -> Result<()> {
    let svar = match melding {
        None => klient.head(&miljoe.mottak).send().await?,
        Some(xml) => {
            let bygger = klient.post(&miljoe.mottak).header("content-type", "application/xml");
            let svar = bygger.body(xml).send().await?;
            if svar.status().as_u16() != 202 {
                bail!("status {}", svar.status());
            }
            svar
        }
    };
    svar.error_for_status()?.bytes().await?;
    Ok(())
}

/// Messages at times fixed beforehand, and for each the time from its receipt until a page of the feed that has it is read.
async fn til_feeden(valg: &Valg, miljoe: &Arc<Miljoe>, konsument: &Client, numre: &[String]) -> Result<Vec<f64>> {
    let antall = JEVNE;
    let fra = MELDINGER * RUNDER;
    let siste: u64 = hent(konsument, miljoe, "hendelser/siste/sekvensnummer")
        .await?
        .as_u64()
        .context("tall")?;
    let (si, mut fortalt) = tokio::sync::mpsc::unbounded_channel();
    let leser = {
        let (konsument, miljoe) = (konsument.clone(), miljoe.clone());
        tokio::spawn(async move {
            let mut seq = siste + 1;
            let mut funnet: std::collections::HashMap<String, Instant> = std::collections::HashMap::new();
            let frist = Instant::now() + Duration::from_secs(60);
            while funnet.len() < antall && Instant::now() < frist {
                let side = hent(&konsument, &miljoe, &format!("hendelser/feed?seq={seq}")).await?;
                let naa = Instant::now();
                for element in side.as_array().into_iter().flatten() {
                    seq = element.get("sekvensnummer").and_then(Value::as_u64).context("seq")? + 1;
                    let hendelse = element.get("hendelse").context("hendelse")?;
                    if hendelse.get("hendelsetype").and_then(Value::as_str) == Some("personErDoed")
                        && let Some(nr) = hendelse.get("folkeregisteridentifikator").and_then(Value::as_str)
                    {
                        funnet.entry(nr.to_owned()).or_insert(naa);
                    }
                }
                tokio::time::sleep(Duration::from_millis(1)).await;
            }
            Ok::<_, anyhow::Error>(funnet)
        })
    };
    let start = Instant::now();
    let klienter: Vec<Client> = (0..valg.forbindelser.min(16))
        .map(|_| miljoe.produsent())
        .collect::<Result<_>>()?;
    for nr in 0..antall {
        let naar = start + Duration::from_secs_f64(nr as f64 / JEVNT);
        tokio::time::sleep_until(naar.into()).await;
        let nummer = numre.get(fra + nr).context("person")?.clone();
        let klient = klienter.get(nr % klienter.len()).context("klient")?.clone();
        let (miljoe, si) = (miljoe.clone(), si.clone());
        tokio::spawn(async move {
            if send(&klient, &miljoe, Some(doedsfall(fra + nr, &nummer))).await.is_ok() {
                let _ = si.send((nummer, Instant::now()));
            }
        });
    }
    drop(si);
    let mut mottatt = Vec::new();
    while let Some(en) = fortalt.recv().await {
        mottatt.push(en);
    }
    let funnet = leser.await??;
    let tider: Vec<f64> = mottatt
        .iter()
        .filter_map(|(nr, naar)| Some(funnet.get(nr)?.saturating_duration_since(*naar).as_secs_f64() * 1e3))
        .collect();
    if tider.len() * 100 < antall * 90 {
        bail!("bare {} av {antall} ble sett i feeden", tider.len());
    }
    Ok(tider)
}

/// An answer of Folkeregisteret to a consumer.
pub(super) async fn hent(klient: &Client, miljoe: &Miljoe, ressurs: &str) -> Result<Value> {
    let bygger = klient
        .get(format!("{}/{ressurs}", miljoe.konsument))
        .bearer_auth(&miljoe.token);
    let svar = bygger
        .header("accept", "application/json")
        .send()
        .await?
        .error_for_status()?;
    Ok(serde_json::from_slice(&svar.bytes().await?)?)
}

/// Persons who live here, as the feed and bulkoppslag have them.
pub(super) async fn levende(klient: &Client, miljoe: &Miljoe, antall: usize) -> Result<Vec<String>> {
    let mut ut = Vec::new();
    let mut seq = 1;
    while ut.len() < antall {
        let side = hent(klient, miljoe, &format!("hendelser/feed?seq={seq}")).await?;
        let side = side.as_array().context("side")?;
        if side.is_empty() {
            bail!("nasjonen har for få som lever: {} av {antall}", ut.len());
        }
        seq += BOLK;
        let numre: Vec<&str> = side
            .iter()
            .filter(|e| e.pointer("/hendelse/hendelsetype").and_then(Value::as_str) == Some("personErOpprettet"))
            .filter_map(|e| e.pointer("/hendelse/folkeregisteridentifikator")?.as_str())
            .collect();
        let bygger = klient
            .post(format!("{}/personer/bulkoppslag", miljoe.konsument))
            .bearer_auth(&miljoe.token);
        let bygger = bygger
            .header("content-type", "application/json")
            .header("accept", "application/json");
        let svar = bygger
            .body(json!({ "foedselsEllerDNummer": numre }).to_string())
            .send()
            .await?;
        let svar: Value = serde_json::from_slice(&svar.error_for_status()?.bytes().await?)?;
        for oppslag in svar.get("oppslag").and_then(Value::as_array).into_iter().flatten() {
            let er = |sti: &str, verdi: &str| oppslag.pointer(sti).and_then(Value::as_str) == Some(verdi);
            if er("/folkeregisterperson/status/0/status", "bosatt")
                && let Some(nr) = oppslag.get("foedselsEllerDNummer").and_then(Value::as_str)
            {
                ut.push(nr.to_owned());
            }
        }
    }
    ut.truncate(antall);
    Ok(ut)
}

/// Of the first messages, how many were decided at once.
async fn andel_godkjent(miljoe: &Miljoe, antall: usize) -> Result<f64> {
    let klient = miljoe.produsent()?;
    let base = miljoe.mottak.split("/mottak/").next().context("adresse")?;
    let (mut sett, mut godkjent) = (0, 0);
    while sett < antall {
        let url = format!("{base}/tilbakemelding/api/v2/hendelser?seq={}&pageSize=1000", sett + 1);
        let svar = klient
            .get(url)
            .header("accept", "application/json")
            .send()
            .await?
            .error_for_status()?;
        let side: Vec<Value> = serde_json::from_slice(&svar.bytes().await?)?;
        if side.is_empty() {
            break;
        }
        sett += side.len();
        let er = |e: &&Value| {
            e.pointer("/hendelseinfo/saksbeslutning/beslutning")
                .and_then(Value::as_str)
                == Some("godkjent")
        };
        godkjent += side.iter().filter(er).count();
    }
    Ok(f64::from(u32::try_from(godkjent)?) / f64::from(u32::try_from(sett.max(1))?))
}

/// That somebody is dead. `plass` is part of the message's own identifier.
pub(super) fn doedsfall(plass: usize, nr: &str) -> String {
    format!(
        "<meldingOmDoedsfall xmlns='folkeregisteret:melding:doedsfall:v1'><innsending>\
         <avsendersMeldingsidentifikator>B-{plass}</avsendersMeldingsidentifikator>\
         <avsendersInnsendingstidspunkt>2026-01-02T12:00:00+01:00</avsendersInnsendingstidspunkt></innsending><forespoersel>\
         <forespoerselssdato>2026-01-02</forespoerselssdato><kilde>helse</kilde>\
         <avsendersSaksbehandler>vakt</avsendersSaksbehandler>\
         <doedPerson><foedselsnummer>{nr}</foedselsnummer><doedsdato>2026-01-01</doedsdato></doedPerson>\
         </forespoersel></meldingOmDoedsfall>"
    )
}
