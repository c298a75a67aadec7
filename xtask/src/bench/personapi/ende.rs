//! From mottak's 202 until a change is in the Person API: deaths over mutual TLS, and a consumer that asks for events all the time.
//!
//! ```text
//!  producer ──▶ mottak, 202 ──▶ register, feed ──▶ the copy asks, at most every 200 ms ──▶ `event` of version 3, full access
//!             └───────────────────────────── what is timed ────────────────────────────────┘
//! ```
//! The time ends when an answer with the event is read; the copy commits person and event together, and a sample of persons is looked up
//! afterwards. How far apart the answers come is how fine the times are, and is told.
//!
//! What a newcomer gets wrong: at the nation's own rate no change meets another, so what is measured is one change alone, at any point of
//! the copy's pause. Waiting forty seconds before each would tell nothing more; `--ekte-takt` waits all the same.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use jiff::Timestamp;
use reqwest::Client;
use serde_json::Value;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

use super::super::mottak::{self, doedsfall, hent, levende};
use super::super::prosess::Tjener;
use super::super::{Tabell, Valg};
use super::kall::Gren;
use super::{Miljoe, PROEVE_MAKS, promille};

/// The figure that has a bar.
pub(super) const P99: &str = "202 until in the Person API, p99";
/// Changes a second of the row that has a bar. Source: the bar's.
const JEVNT: f64 = 100.0;
/// How many of them, at most.
const JEVNE: usize = 1_500;
/// Changes at the nation's own rate.
const ENKELTE: usize = 300;
/// Life events in a year of 100 000 persons. Source: `--bare liv`, bench/RESULTS.md.
const HENDELSER_PER_AAR: f64 = 13_847.0;
/// Parts of 100 000 that the nation has.
const NASJONEN: f64 = 56.0;
const AAR_S: f64 = 365.0 * 86_400.0;
/// Pauses before each change alone: spread over as much as this, twice the copy's own pause.
const SPREDNING_MS: u64 = 400;
/// How long a change alone is waited for before the next is sent.
const ENKELT_MAKS: Duration = Duration::from_secs(5);
/// How long changes are waited for when all are sent.
const ETTERPAA: Duration = Duration::from_secs(30);
/// What is told of a death that the copy found in a document which it read for an earlier event.
const ENDRING: &str = "ChangeInDeath";
/// Who are looked up afterwards.
const STIKKPROEVE: usize = 50;

/// What one run measured. Units: ms.
struct Forloep {
    tider: Vec<f64>,
    /// Between two answers to the consumer that asks for events.
    mellom: Vec<f64>,
    sendt: usize,
    /// Told of as a change in what is known of the death, and not as one: the copy read the person for an event before it.
    som_endring: usize,
}

/// Measures, on the nation as it is; it has fewer living persons afterwards.
pub(super) fn maal(
    valg: &Valg,
    tjener: &Tjener,
    data: &Path,
    (miljoe, personer): (&Miljoe, usize),
    tabell: &mut Tabell,
) -> Result<()> {
    let sender = Sender {
        valg,
        tjener,
        data,
        miljoe,
        konsument: Client::builder().no_proxy().http1_only().build()?,
        // Unlike those of an earlier run on the same folder.
        plass: usize::try_from(Timestamp::now().as_millisecond())? * 10_000,
    };
    let antall = if personer < PROEVE_MAKS { 400 } else { JEVNE };
    let avsender = sender.avsender()?;
    let numre = miljoe
        .kjoeretid
        .block_on(levende(&sender.konsument, &avsender, ENKELTE + antall))?;
    let (enkelte, jevne) = numre.split_at(ENKELTE);
    let per_sekund = HENDELSER_PER_AAR * NASJONEN / AAR_S;
    let mellom = if valg.ekte_takt { Some(per_sekund.recip()) } else { None };
    let alene = miljoe
        .kjoeretid
        .block_on(sender.forloep(enkelte, Takt::Alene(mellom)))?;
    let hvordan = match mellom {
        Some(s) => format!("one each {s:.0} s"),
        None => format!(
            "that is one each {:.0} s, so each is alone: sent after the one before it was seen and a pause of up to {SPREDNING_MS} ms",
            per_sekund.recip()
        ),
    };
    skriv(
        "202 until in the Person API at the nation's rate, p99",
        &format!("{per_sekund:.3} changes/s; {hvordan}"),
        alene,
        tabell,
    )?;
    let jevnt = miljoe.kjoeretid.block_on(sender.forloep(jevne, Takt::Jevn))?;
    skriv(
        P99,
        &format!("{JEVNT:.0} changes/s, at times fixed beforehand"),
        jevnt,
        tabell,
    )
}

fn skriv(navn: &str, hvordan: &str, mut forloep: Forloep, tabell: &mut Tabell) -> Result<()> {
    let p99 = promille(&mut forloep.tider, 990);
    tabell.rad(
        navn,
        format!("{p99:.0} ms"),
        format!(
            "p50 {:.0} ms, slowest {:.0} ms; {hvordan}; {} deaths sent, {} decided at once, {} told of as {ENDRING}; seen in v3 event with DPoP, asked for all the \
             time: an answer each {:.1} ms, {:.1} ms at p99",
            promille(&mut forloep.tider, 500),
            forloep.tider.last().copied().unwrap_or(f64::NAN),
            forloep.sendt,
            forloep.tider.len(),
            forloep.som_endring,
            promille(&mut forloep.mellom, 500),
            promille(&mut forloep.mellom, 990)
        ),
    )
}

/// When each is sent.
#[derive(Clone, Copy)]
enum Takt {
    /// After the one before it was seen, and so many seconds.
    Alene(Option<f64>),
    /// [`JEVNT`] a second.
    Jevn,
}

struct Sender<'a> {
    valg: &'a Valg,
    tjener: &'a Tjener,
    data: &'a Path,
    miljoe: &'a Miljoe,
    konsument: Client,
    plass: usize,
}

impl Sender<'_> {
    /// Who sends, and a token of Folkeregisteret: it lasts two minutes, and a run may be longer.
    fn avsender(&self) -> Result<Arc<mottak::Miljoe>> {
        Ok(Arc::new(mottak::Miljoe::les(self.valg, self.tjener, self.data)?))
    }

    async fn forloep(&self, numre: &[String], takt: Takt) -> Result<Forloep> {
        let avsender = self.avsender()?;
        let i_registeret = self.siste_i_registeret(&avsender).await?;
        let seq = self.siste_i_api().await? + 1;
        let slutt = AtomicBool::new(false);
        let (si, sett) = unbounded_channel();
        let sender = async {
            let utfall = match takt {
                Takt::Alene(mellom) => self.send_alene(&avsender, numre, mellom, sett).await,
                Takt::Jevn => self.send_jevnt(&avsender, numre, sett).await,
            };
            slutt.store(true, Ordering::Relaxed);
            utfall
        };
        let ((sendt, sett), (mellom, som_endring)) = tokio::try_join!(sender, self.les_hendelser(seq, si, &slutt))?;
        // Whoever is dead in the register must have been seen, or the slowest would be left out of the times.
        let avsender = self.avsender()?;
        let doede = self.doede_etter(&avsender, i_registeret).await?;
        let savnet = sendt
            .keys()
            .filter(|nr| doede.contains(*nr) && !sett.contains_key(*nr))
            .count();
        if savnet > 0 {
            bail!("{savnet} endringer kom ikke til Person API-et");
        }
        let tid = |(nr, naar): (&String, &Instant)| {
            let sett = sett.get(nr)?;
            Some(sett.saturating_duration_since(*naar).as_secs_f64() * 1e3)
        };
        let tider: Vec<f64> = sendt.iter().filter_map(tid).collect();
        if tider.len() * 10 < numre.len() * 9 {
            bail!("bare {} av {} ble avgjort straks", tider.len(), numre.len());
        }
        for nr in sett.keys().step_by((sett.len() / STIKKPROEVE).max(1)) {
            self.er_doed(nr).await?;
        }
        Ok(Forloep {
            tider,
            mellom,
            sendt: sendt.len(),
            som_endring,
        })
    }

    /// One at a time.
    async fn send_alene(
        &self,
        avsender: &mottak::Miljoe,
        numre: &[String],
        mellom: Option<f64>,
        mut sett: Mottak,
    ) -> Result<(Tider, Tider)> {
        let klient = avsender.produsent()?;
        let (mut sendt, mut funnet) = (Tider::new(), Tider::new());
        for (nr, nummer) in (0u64..).zip(numre) {
            // Every point of the copy's pause as often as every other.
            let pause = Duration::from_millis(nr * 7_919 % SPREDNING_MS);
            let pause = pause + Duration::try_from_secs_f64(mellom.unwrap_or_default())?;
            tokio::time::sleep(pause).await;
            let plass = self.plass + usize::try_from(nr)?;
            mottak::send(&klient, avsender, Some(doedsfall(plass, nummer))).await?;
            sendt.insert(nummer.clone(), Instant::now());
            let ventet = async {
                while let Some((hvem, naar)) = sett.recv().await {
                    let er_den = hvem == *nummer;
                    funnet.entry(hvem).or_insert(naar);
                    if er_den {
                        break;
                    }
                }
            };
            // Not everybody is decided at once.
            let _ = tokio::time::timeout(ENKELT_MAKS, ventet).await;
        }
        self.vent_paa_resten(&sendt, &mut funnet, &mut sett, Duration::from_secs(1))
            .await;
        Ok((sendt, funnet))
    }

    /// Each at its time, whether or not those before it are answered.
    async fn send_jevnt(
        &self,
        avsender: &Arc<mottak::Miljoe>,
        numre: &[String],
        mut sett: Mottak,
    ) -> Result<(Tider, Tider)> {
        let klienter: Vec<Client> = (0..16).map(|_| avsender.produsent()).collect::<Result<_>>()?;
        for klient in &klienter {
            mottak::send(klient, avsender, None).await?;
        }
        let (si, mut mottatt) = unbounded_channel();
        let start = Instant::now();
        for (nr, nummer) in numre.iter().enumerate() {
            let naar = start + Duration::from_secs_f64(nr as f64 / JEVNT);
            tokio::time::sleep_until(naar.into()).await;
            let klient = klienter.get(nr % klienter.len()).context("klient")?.clone();
            let (avsender, si, nummer) = (avsender.clone(), si.clone(), nummer.clone());
            let plass = self.plass + 5_000 + nr;
            tokio::spawn(async move {
                let utfall = mottak::send(&klient, &avsender, Some(doedsfall(plass, &nummer))).await;
                let _ = si.send(utfall.map(|()| (nummer, Instant::now())));
            });
        }
        drop(si);
        let (mut sendt, mut funnet) = (Tider::new(), Tider::new());
        while let Some(en) = mottatt.recv().await {
            let (nummer, naar) = en?;
            sendt.insert(nummer, naar);
        }
        self.vent_paa_resten(&sendt, &mut funnet, &mut sett, ETTERPAA).await;
        Ok((sendt, funnet))
    }

    /// Takes what has been seen; goes on until all is, or time is up.
    async fn vent_paa_resten(&self, sendt: &Tider, funnet: &mut Tider, sett: &mut Mottak, maks: Duration) {
        let frist = Instant::now() + maks;
        while sendt.keys().any(|nr| !funnet.contains_key(nr)) {
            match tokio::time::timeout_at(frist.into(), sett.recv()).await {
                Ok(Some((hvem, naar))) => {
                    funnet.entry(hvem).or_insert(naar);
                }
                Ok(None) | Err(_) => return,
            }
        }
    }

    /// Asks for events until told to stop, and tells of each death when it is read; gives the times between answers, and
    /// how many were told of as [`ENDRING`].
    async fn les_hendelser(
        &self,
        mut seq: u64,
        si: UnboundedSender<(String, Instant)>,
        slutt: &AtomicBool,
    ) -> Result<(Vec<f64>, usize)> {
        let (mut mellom, mut forrige, mut som_endring) = (Vec::new(), Instant::now(), 0);
        while !slutt.load(Ordering::Relaxed) {
            let side = self
                .spoer("GET", "event", &format!("?sequenceNumber={seq}"), None)
                .await?;
            let naa = Instant::now();
            mellom.push(naa.saturating_duration_since(forrige).as_secs_f64() * 1e3);
            forrige = naa;
            for hendelse in side.get("results").and_then(Value::as_array).into_iter().flatten() {
                seq = les_nummer(hendelse)? + 1;
                let felt = |navn: &str| hendelse.get(navn).and_then(Value::as_str);
                if let (Some(type_ @ ("PersonIsDeceased" | ENDRING)), Some(nr)) = (felt("eventType"), felt("nin")) {
                    som_endring += usize::from(type_ == ENDRING);
                    let _ = si.send((nr.to_owned(), naa));
                }
            }
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        Ok((mellom, som_endring))
    }

    async fn siste_i_api(&self) -> Result<u64> {
        les_nummer(&self.spoer("GET", "event/latest", "", None).await?)
    }

    /// That the death is in the document too.
    async fn er_doed(&self, nummer: &str) -> Result<()> {
        let skjema = format!("nin={nummer}");
        let person = self
            .spoer("POST", "person/get-by-nin", "?informationParts=Death", Some(skjema))
            .await?;
        if !person.get("death").is_some_and(Value::is_object) {
            bail!("hendelsen er der, og ikke dødsfallet");
        }
        Ok(())
    }

    /// A call of version 3, with a proof of its own.
    async fn spoer(&self, metode: &str, ressurs: &str, spoerring: &str, skjema: Option<String>) -> Result<Value> {
        let adresse = format!("{}{}/{ressurs}", self.miljoe.base, Gren::V3.sti());
        let hoder = self.miljoe.dpop.hoder(Gren::V3.scope(), metode, &adresse).await?;
        let url = format!("{adresse}{spoerring}");
        let bygger = match skjema {
            None => self.miljoe.http.get(url),
            Some(skjema) => {
                let bygger = self.miljoe.http.post(url);
                bygger
                    .header("content-type", "application/x-www-form-urlencoded")
                    .body(skjema)
            }
        };
        let bygger = bygger.header("authorization", hoder.authorization);
        let bygger = bygger.header("dpop", hoder.dpop.context("bevis")?);
        let svar = bygger.send().await?.error_for_status()?;
        Ok(serde_json::from_slice(&svar.bytes().await?)?)
    }

    async fn siste_i_registeret(&self, avsender: &mottak::Miljoe) -> Result<u64> {
        let siste = hent(&self.konsument, avsender, "hendelser/siste/sekvensnummer").await?;
        siste.as_u64().context("tall")
    }

    /// Who are dead by the register's own feed, after a number of it.
    async fn doede_etter(&self, avsender: &mottak::Miljoe, siste: u64) -> Result<BTreeSet<String>> {
        let (mut seq, mut ut) = (siste + 1, BTreeSet::new());
        loop {
            let side = hent(&self.konsument, avsender, &format!("hendelser/feed?seq={seq}")).await?;
            let side = side.as_array().context("side")?;
            if side.is_empty() {
                return Ok(ut);
            }
            for element in side {
                seq = element.get("sekvensnummer").and_then(Value::as_u64).context("seq")? + 1;
                let felt = |navn: &str| element.get("hendelse")?.get(navn)?.as_str();
                if felt("hendelsetype") == Some("personErDoed") {
                    ut.extend(felt("folkeregisteridentifikator").map(str::to_owned));
                }
            }
        }
    }
}

type Tider = BTreeMap<String, Instant>;
type Mottak = UnboundedReceiver<(String, Instant)>;

fn les_nummer(hendelse: &Value) -> Result<u64> {
    let tall = hendelse.get("sequenceNumber").and_then(Value::as_str);
    Ok(tall.context("sequenceNumber")?.parse()?)
}
