//! How long those who write wait while keys and index are made anew, as after an erasure.
//!
//! Messages come to mottak at times fixed beforehand, first at rest and then until the renewal has ended; each is timed from when
//! it should be sent until its 202. Server and load share both cores.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use reqwest::Client;

use super::mottak::{self, Miljoe, doedsfall, send};
use super::prosess::{self, Tjener};
use super::{Tabell, Valg};

/// Messages a second.
const PER_SEKUND: f64 = 20.0;
/// How long they come at rest.
const HVILE: Duration = Duration::from_secs(15);
/// Persons who can be told of: as long as a renewal may take.
const PERSONER: usize = 12_000;
/// Connections of the producer.
const FORBINDELSER: usize = 16;

pub(super) fn kjoer(valg: &Valg) -> Result<()> {
    let personer = (!valg.data.exists()).then_some(valg.personer);
    let tjener = Tjener::start(&valg.program, &valg.data, personer, None)?;
    let utfall = tokio::runtime::Runtime::new()?.block_on(maal(valg, &tjener));
    drop(tjener);
    utfall
}

async fn maal(valg: &Valg, tjener: &Tjener) -> Result<()> {
    let miljoe = Arc::new(Miljoe::les(valg, tjener, &valg.data)?);
    let konsument = Client::builder().no_proxy().http1_only().build()?;
    let antall = PERSONER.min(valg.personer as usize / 4);
    let numre = mottak::levende(&konsument, &miljoe, antall).await?;
    let mut klienter = Vec::new();
    for _ in 0..FORBINDELSER {
        let klient = miljoe.produsent()?;
        send(&klient, &miljoe, None).await?;
        klienter.push(klient);
    }
    let mut numre = numre.into_iter().enumerate();
    let ferdig = Arc::new(AtomicBool::new(false));
    let frist = Instant::now() + HVILE;
    let hvile = jevnt(&miljoe, &klienter, &mut numre, || Instant::now() >= frist).await?;
    let (program, data, sagt) = (valg.program.clone(), valg.data.clone(), ferdig.clone());
    let start = Instant::now();
    let fornying = tokio::task::spawn_blocking(move || {
        let utfall = prosess::kommando(&program, &["noekler", "forny", "--data"], &data);
        sagt.store(true, Ordering::SeqCst);
        utfall
    });
    let under = jevnt(&miljoe, &klienter, &mut numre, || ferdig.load(Ordering::SeqCst)).await?;
    fornying.await??;
    let brukt = start.elapsed().as_secs_f64();
    let mut tabell = Tabell::default();
    tabell.rad(
        "keys and index made anew, serving",
        format!("{brukt:.1} s"),
        format!("{} persons, {} messages meanwhile", valg.personer, under.len()),
    )?;
    for (navn, tider) in [("at rest", hvile), ("meanwhile", under)] {
        let mut tider = tider;
        tider.sort_by(f64::total_cmp);
        let del = |promille: usize| tider.get(tider.len() * promille / 1_000).copied();
        tabell.rad(
            &format!("message until 202, {navn}, p99"),
            format!("{:.1} ms", del(990).context("ingen meldinger")?),
            format!(
                "p50 {:.1} ms, the slowest {:.1} ms, at {PER_SEKUND:.0} messages/s",
                del(500).unwrap_or(f64::NAN),
                tider.last().copied().unwrap_or(f64::NAN)
            ),
        )?;
    }
    Ok(())
}

/// Sends until it is enough, or until there are no more to tell of. Units: milliseconds from when each should be sent.
async fn jevnt(
    miljoe: &Arc<Miljoe>,
    klienter: &[Client],
    numre: &mut impl Iterator<Item = (usize, String)>,
    nok: impl Fn() -> bool,
) -> Result<Vec<f64>> {
    let start = Instant::now();
    let mut sendinger = tokio::task::JoinSet::new();
    for (nr, klient) in klienter.iter().cycle().enumerate() {
        let naar = start + Duration::from_secs_f64(nr as f64 / PER_SEKUND);
        tokio::time::sleep_until(naar.into()).await;
        let Some((plass, nummer)) = numre.next().filter(|_| !nok()) else {
            break;
        };
        let (miljoe, klient) = (miljoe.clone(), klient.clone());
        sendinger.spawn(async move {
            send(&klient, &miljoe, Some(doedsfall(plass, &nummer))).await?;
            Ok::<_, anyhow::Error>(naar.elapsed().as_secs_f64() * 1e3)
        });
    }
    let mut tider = Vec::new();
    while let Some(tid) = sendinger.join_next().await {
        tider.push(tid??);
    }
    Ok(tider)
}
