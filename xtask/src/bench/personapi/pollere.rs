//! Many who ask for events, and what lookups feel of them.
//!
//! Each poller has a connection and asks from the number after the newest event, as a consumer does who has read everything. In version 2
//! the answer to that is 404, and it is recorded like any other. Lookups go beside them at times fixed beforehand, as many a second
//! without pollers as with them, so that what differs is the pollers. One thread sends and reads everything, in a ring without rest.
//!
//! What a newcomer gets wrong: whoever asks without pause keeps as many calls under way as there are pollers, and the guard at the port
//! has places for fewer. Who is turned away is told so, waits as it was asked to, and is counted.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use serde_json::Value;

use super::super::jevn::Forbindelse;
use super::super::{KORT_RUNDE, RUNDE, RUNDER, Tabell, Valg, last, median};
use super::kall;
use super::{Miljoe, PROEVE_MAKS, promille};

/// Who ask for events at once. Source: what is to be measured.
const POLLERE: usize = 200;
/// How often a consumer asks.
const HVERT: Duration = Duration::from_secs(1);
/// What one that is turned away waits. Source: the service's `Retry-After` for overload.
const AVVIST_VENT: Duration = Duration::from_secs(1);
/// Pollers without an answer that are looked at in each turn of the ring, so that lookups need not wait for all of them.
const SETT_PER_OMGANG: usize = 8;
/// How many times its length a round may take before it is given up.
const TAALMODIGHET: u32 = 5;
/// A turn that takes longer than this did not have the core all the time.
const OMGANG_MAKS: Duration = Duration::from_millis(1);

/// What one round measured. Units: ms, from when each call should have been sent.
#[derive(Clone, Copy, Debug, Default)]
struct Runde {
    p50_ms: f64,
    p99_ms: f64,
    /// Part of the lookups that were turned away.
    avvist: f64,
    /// Answers to pollers a second.
    polls: f64,
    poll_p50_ms: f64,
    poll_p99_ms: f64,
    /// Part of the pollers' calls that were turned away.
    poll_avvist: f64,
    /// Part of the time that the load was kept from its core.
    borte: f64,
}

/// Lookups at a rate, and pollers beside them.
struct Oppsett<'a> {
    vert: &'a str,
    oppslag: &'a [Vec<u8>],
    per_sekund: f64,
    forbindelser: usize,
    poll: &'a [u8],
    pollere: usize,
    /// Between two calls of a poller; none: as soon as it is answered.
    pause: Option<Duration>,
    varighet: Duration,
}

pub(super) fn maal(valg: &Valg, miljoe: &Miljoe, numre: &[String], per_sekund: f64, tabell: &mut Tabell) -> Result<()> {
    let varighet = if numre.len() < PROEVE_MAKS { KORT_RUNDE } else { RUNDE };
    // Without pause the pollers take what is left, so the lookups must ask for less than their share of it.
    for (hvordan, pause, del) in [("every second", Some(HVERT), 0.5), ("without pause", None, 0.1)] {
        let (mut uten, mut med) = (Vec::new(), Vec::new());
        for _ in 0..RUNDER {
            let token = miljoe.token()?;
            let oppslag: Vec<_> = numre.iter().map(|nr| kall::med_bearer(miljoe, &token, nr)).collect();
            let poll = kall::hent(miljoe, &token, &format!("event?sequenceNumber={}", neste(miljoe)?));
            for (pollere, runder) in [(0, &mut uten), (POLLERE, &mut med)] {
                let oppsett = Oppsett {
                    vert: &miljoe.vert,
                    oppslag: &oppslag,
                    per_sekund: per_sekund * del,
                    forbindelser: valg.forbindelser,
                    poll: &poll,
                    pollere,
                    pause,
                    varighet,
                };
                runder.push(kjoer(&oppsett)?);
            }
        }
        skriv(hvordan, per_sekund * del, &uten, &med, tabell)?;
    }
    Ok(())
}

/// The number after the newest event.
fn neste(miljoe: &Miljoe) -> Result<u64> {
    let token = miljoe.token()?;
    let mut siste = 0;
    let spoersmaal = kall::hent(miljoe, &token, "event/latest");
    last::hver(&miljoe.vert, &[spoersmaal], 1, |_, status, kropp| {
        if status == 200 {
            let svar: Value = serde_json::from_slice(kropp)?;
            let tall = svar.get("sequenceNumber").and_then(Value::as_str);
            siste = tall.context("sequenceNumber")?.parse()?;
        }
        Ok(())
    })?;
    Ok(siste + 1)
}

fn skriv(hvordan: &str, per_sekund: f64, uten: &[Runde], med: &[Runde], tabell: &mut Tabell) -> Result<()> {
    let midt = |runder: &[Runde], felt: fn(&Runde) -> f64| median(&mut runder.iter().map(felt).collect::<Vec<_>>());
    tabell.rad(
        &format!("{POLLERE} event pollers {hvordan}, polls/s"),
        format!("{:.0}", midt(med, |r| r.polls)),
        format!(
            "a connection each, v2 bearer, nothing new to tell; p50 {:.2} ms, p99 {:.2} ms; {:.1} % turned away",
            midt(med, |r| r.poll_p50_ms),
            midt(med, |r| r.poll_p99_ms),
            midt(med, |r| r.poll_avvist) * 100.0
        ),
    )?;
    tabell.rad(
        &format!("lookup p99 beside pollers {hvordan}"),
        format!("{:.2} ms", midt(med, |r| r.p99_ms)),
        format!(
            "without them {:.2} ms; p50 {:.2} ms, without {:.2} ms; {per_sekund:.0} lookups/s at times fixed beforehand, v2 bearer; \
             {:.1} % turned away, without {:.1} %; rounds in turn; the load kept from its core {:.1} % of the time",
            midt(uten, |r| r.p99_ms),
            midt(med, |r| r.p50_ms),
            midt(uten, |r| r.p50_ms),
            midt(med, |r| r.avvist) * 100.0,
            midt(uten, |r| r.avvist) * 100.0,
            midt(med, |r| r.borte) * 100.0
        ),
    )
}

/// A poller that has no call under way.
struct Ventende {
    forbindelse: Forbindelse,
    naar: Instant,
}

fn kjoer(oppsett: &Oppsett<'_>) -> Result<Runde> {
    let aapne = |antall: usize| {
        (0..antall)
            .map(|_| Forbindelse::new(oppsett.vert))
            .collect::<Result<VecDeque<_>>>()
    };
    let mut ledige = aapne(oppsett.forbindelser)?;
    let mut ute: Vec<Forbindelse> = Vec::new();
    let start = Instant::now();
    // Not all at once: consumers do not know of each other.
    let spredning = oppsett.pause.unwrap_or_default();
    let mut ventende: VecDeque<Ventende> = aapne(oppsett.pollere)?
        .into_iter()
        .zip(0u32..)
        .map(|(forbindelse, nr)| Ventende {
            forbindelse,
            naar: start + spredning * nr / u32::try_from(oppsett.pollere.max(1)).unwrap_or(u32::MAX),
        })
        .collect();
    let mut spurt: VecDeque<Forbindelse> = VecDeque::new();
    let mellomrom = Duration::try_from_secs_f64(oppsett.per_sekund.recip())?;
    let antall = usize::try_from(oppsett.varighet.as_nanos() / mellomrom.as_nanos().max(1))?;
    let (mut tider, mut polltider) = (Vec::with_capacity(antall), Vec::new());
    let (mut sendt, mut avvist, mut poll_avvist, mut neste) = (0usize, 0usize, 0usize, 0usize);
    let (mut omgang, mut borte) = (start, Duration::ZERO);
    while tider.len() + avvist < antall {
        let siden = omgang.elapsed();
        omgang = Instant::now();
        if siden > OMGANG_MAKS {
            borte += siden;
        }
        while sendt < antall {
            let naar = start + Duration::from_secs_f64(sendt as f64 / oppsett.per_sekund);
            if naar > Instant::now() {
                break;
            }
            let Some(mut forbindelse) = ledige.pop_front() else {
                break;
            };
            neste = (neste + 7_919) % oppsett.oppslag.len();
            forbindelse.send(oppsett.oppslag.get(neste).context("forespørsel")?, naar)?;
            sendt += 1;
            ute.push(forbindelse);
        }
        let mut nr = 0;
        while let Some(forbindelse) = ute.get_mut(nr) {
            match forbindelse.motta()? {
                None => {
                    nr += 1;
                    continue;
                }
                Some(200) => tider.push(forbindelse.planlagt.elapsed().as_secs_f64() * 1e3),
                Some(503) => avvist += 1,
                Some(annen) => bail!("status {annen}"),
            }
            ledige.push_back(ute.swap_remove(nr));
        }
        // Those who wait stand in the order of their times, but for who was turned away.
        for _ in 0..ventende.len().min(SETT_PER_OMGANG) {
            let Some(mut poller) = ventende.pop_front() else { break };
            if poller.naar > Instant::now() {
                ventende.push_back(poller);
                continue;
            }
            poller.forbindelse.send(oppsett.poll, poller.naar)?;
            spurt.push_back(poller.forbindelse);
        }
        for _ in 0..spurt.len().min(SETT_PER_OMGANG) {
            let Some(mut forbindelse) = spurt.pop_front() else {
                break;
            };
            let Some(status) = forbindelse.motta()? else {
                spurt.push_back(forbindelse);
                continue;
            };
            let naar = match status {
                200 | 404 => {
                    polltider.push(forbindelse.planlagt.elapsed().as_secs_f64() * 1e3);
                    oppsett
                        .pause
                        .map_or_else(Instant::now, |pause| forbindelse.planlagt + pause)
                }
                503 => {
                    poll_avvist += 1;
                    Instant::now() + AVVIST_VENT
                }
                annen => bail!("status {annen}"),
            };
            ventende.push_back(Ventende { forbindelse, naar });
        }
        if start.elapsed() > oppsett.varighet * TAALMODIGHET {
            bail!("tjeneren holder ikke følge med oppslagene");
        }
    }
    let del = |antall: usize, av: usize| antall as f64 / av.max(1) as f64;
    Ok(Runde {
        p50_ms: promille(&mut tider, 500),
        p99_ms: promille(&mut tider, 990),
        avvist: del(avvist, antall),
        polls: polltider.len() as f64 / start.elapsed().as_secs_f64(),
        poll_avvist: del(poll_avvist, poll_avvist + polltider.len()),
        poll_p50_ms: promille(&mut polltider, 500),
        poll_p99_ms: promille(&mut polltider, 990),
        borte: borte.as_secs_f64() / start.elapsed().as_secs_f64(),
    })
}

#[cfg(test)]
mod tests {
    use std::io::{Read, Write};
    use std::net::TcpListener;
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::sync::{Arc, Mutex};

    use super::*;

    /// Every other poll is turned away: it waits as long as it was asked to, and the lookups are answered all the same.
    #[test]
    fn whoever_is_turned_away_is_counted_and_waits() {
        let lytter = TcpListener::bind("127.0.0.1:0").unwrap();
        let vert = lytter.local_addr().unwrap().to_string();
        let ventet = Arc::new(Mutex::new(Vec::new()));
        let (polls, ventetid) = (Arc::new(AtomicUsize::new(0)), ventet.clone());
        std::thread::spawn(move || {
            for stroem in lytter.incoming() {
                let (mut stroem, polls, ventetid) = (stroem.unwrap(), polls.clone(), ventetid.clone());
                std::thread::spawn(move || {
                    let (mut buffer, mut avvist) = ([0; 64], None::<Instant>);
                    while stroem.read(&mut buffer).is_ok_and(|lest| lest > 0) {
                        ventetid.lock().unwrap().extend(avvist.take().map(|da| da.elapsed()));
                        let status = match buffer[0] {
                            b'P' if polls.fetch_add(1, Ordering::Relaxed) % 2 == 1 => {
                                avvist = Some(Instant::now());
                                "503 Opptatt"
                            }
                            b'P' => "404 Ingen",
                            _ => "200 OK",
                        };
                        let _ = write!(stroem, "HTTP/1.1 {status}\r\ncontent-length: 0\r\n\r\n");
                    }
                });
            }
        });
        let runde = kjoer(&Oppsett {
            vert: &vert,
            oppslag: &[b"GET".to_vec()],
            per_sekund: 50.0,
            forbindelser: 4,
            poll: b"P",
            pollere: 4,
            pause: Some(Duration::from_millis(100)),
            varighet: AVVIST_VENT * 2,
        })
        .unwrap();
        let ventet = ventet.lock().unwrap().clone();
        assert!(
            !ventet.is_empty() && ventet.iter().all(|tid| *tid >= AVVIST_VENT),
            "{ventet:?}"
        );
        assert!(runde.poll_avvist > 0.0 && runde.polls > 0.0, "{runde:?}");
        assert!(runde.avvist == 0.0 && runde.p99_ms.is_finite(), "{runde:?}");
    }
}
