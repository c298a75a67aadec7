//! How fast the copy takes in what waits for it: the source was there alone for a year, and the copy begins to ask again.
//!
//! ```text
//!  register and copy ─▶ stop ─▶ register alone, a year of the nation's events ─▶ stop ─▶ register and copy, from the feed
//!                                                                                       └────── what is timed ──────┘
//! ```
//! The time counts from when the process is started, until the copy has all that its source has: opening both stores is in it. Register
//! and copy share a core, as in the measurements of the API.
//!
//! What a newcomer gets wrong: the nation's own rate is of what its feed tells, not of its life events. One life event is several of the
//! feed's; so the rate is what these very years gave, for as many persons as the nation has.

use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use serde_json::Value;

use super::super::prosess::{self, Tjener};
use super::super::{LASTKJERNE, Tabell, Valg, median};
use super::{AJOUR_MAKS, Miljoe, innlasting};

/// The figure that has a bar.
pub(super) const OVER_JEVNT: &str = "copy catching up / 100 events a second";
/// The same of the nation's own rate.
pub(super) const OVER_NASJONEN: &str = "copy catching up / the nation's own rate";
/// What the copy reads.
const PAKKE: &str = "offentlig-med-hjemmel";
const KILDEN: &str = "healthcopy_source_sequence";
const ETTERSLEP: &str = "healthcopy_lag_events";
const AVVIST: &str = "healthcopy_refused_documents_total";
/// Days of events that wait each time.
const DAGER: f64 = 365.0;
const DAG_S: f64 = 86_400.0;
/// How often the copy is away.
const GANGER: usize = 3;
/// A live rate that no nation of this size has. Units: events a second. Source: the bar's.
const JEVNT: f64 = 100.0;
/// Persons of the nation that the nation's rate is told for. Source: README, national size.
const NASJONEN: f64 = 5_600_000.0;
/// Fewest events that a rate is told of.
const HENDELSER_MIN: f64 = 200.0;
/// Between two looks at how far it is: what the times are told to.
const BLIKK: Duration = Duration::from_millis(5);

/// One time that the copy was away.
struct Gang {
    hendelser: f64,
    /// All of it.
    sekunder: f64,
    /// Until the process serves; the copy begins to ask about then.
    klar: f64,
}

/// Measures, on a folder that is made for it and goes afterwards.
pub(in crate::bench) fn maal(valg: &Valg, tabell: &mut Tabell) -> Result<()> {
    let data = valg.data.with_extension("kopihenting");
    if data.exists() {
        std::fs::remove_dir_all(&data)?;
    }
    let mut tjener = Tjener::start(&valg.program, &data, Some(valg.personer), None)?;
    // The first day has to know everybody in the register.
    la_gaa(valg, &data, 1.0)?;
    tjener.stopp()?;
    let mut tjener = Tjener::start_med_helsekopi(&valg.program, &data, None)?;
    Miljoe::new(&data)?.vent_paa_kopien()?;
    tjener.stopp()?;
    prosess::fest(LASTKJERNE)?;
    let mut ganger = Vec::with_capacity(GANGER);
    for _ in 0..GANGER {
        ganger.push(en_gang(valg, &data)?);
    }
    skriv(valg, &ganger, tabell)?;
    std::fs::remove_dir_all(&data)?;
    Ok(())
}

fn en_gang(valg: &Valg, data: &Path) -> Result<Gang> {
    let mut tjener = Tjener::start(&valg.program, data, None, None)?;
    let foer = siste(valg, &tjener, data)?;
    la_gaa(valg, data, DAGER)?;
    let hendelser = siste(valg, &tjener, data)? - foer;
    tjener.stopp()?;
    prosess::toem_til_disk()?;
    let start = Instant::now();
    let mut tjener = Tjener::start_med_helsekopi(&valg.program, data, Some(0))?;
    let klar = start.elapsed().as_secs_f64();
    let miljoe = Miljoe::new(data)?;
    let sekunder = loop {
        let [ajour, kilden, igjen] = miljoe.maalere([innlasting::AJOUR, KILDEN, ETTERSLEP])?;
        if ajour > 0.0 && kilden >= foer + hendelser && igjen == 0.0 {
            break start.elapsed().as_secs_f64();
        }
        if start.elapsed() > AJOUR_MAKS {
            bail!("kopien ble ikke ajour");
        }
        std::thread::sleep(BLIKK);
    };
    let [avvist, lastes] = miljoe.maalere([AVVIST, innlasting::LESES])?;
    tjener.stopp()?;
    // From the feed, and all of it.
    if avvist + lastes > 0.0 {
        bail!("kopien tok ikke inn alt fra feeden: {avvist} dokumenter avvist, lastes på nytt: {lastes}");
    }
    if hendelser < HENDELSER_MIN {
        bail!("bare {hendelser} hendelser ventet; ta flere personer");
    }
    Ok(Gang {
        hendelser,
        sekunder,
        klar,
    })
}

/// Lets days go by in the register.
fn la_gaa(valg: &Valg, data: &Path, dager: f64) -> Result<()> {
    let dager = dager.to_string();
    prosess::kommando(&valg.program, &["liv", "fram", "--dager", &dager, "--data"], data)?;
    Ok(())
}

/// The newest number of the feed that the copy reads.
fn siste(valg: &Valg, tjener: &Tjener, data: &Path) -> Result<f64> {
    let token = prosess::kommando(&valg.program, &["token", "--pakke", PAKKE, "--data"], data)?;
    let base = format!("{}/folkeregisteret/{PAKKE}/api/v1", tjener.base);
    let svar = super::super::last::Last::new(&base, &token)?.svar("hendelser/siste/sekvensnummer");
    svar.as_ref().and_then(Value::as_f64).context("siste sekvensnummer")
}

fn skriv(valg: &Valg, ganger: &[Gang], tabell: &mut Tabell) -> Result<()> {
    let hver = |tall: fn(&Gang) -> f64| ganger.iter().map(tall).collect::<Vec<_>>();
    let mut i_sekundet = hver(|g| g.hendelser / g.sekunder);
    let fart = median(&mut i_sekundet);
    let ytterst = |nr: Option<&f64>| nr.copied().unwrap_or(f64::NAN);
    tabell.rad(
        "copy catching up, events/s",
        format!("{fart:.0}"),
        format!(
            "median of {}, from {:.0} to {:.0}; {:.0} events waited, {:.2} s from the start of the process until the copy has them, {:.2} s \
             of it until it serves; register and copy on one core; {} persons",
            ganger.len(),
            ytterst(i_sekundet.first()),
            ytterst(i_sekundet.last()),
            median(&mut hver(|g| g.hendelser)),
            median(&mut hver(|g| g.sekunder)),
            median(&mut hver(|g| g.klar)),
            valg.personer,
        ),
    )?;
    let hendelser: f64 = hver(|g| g.hendelser).iter().sum();
    let dager = DAGER * ganger.len() as f64;
    let nasjonens = hendelser / (dager * DAG_S) * NASJONEN / f64::from(valg.personer);
    for (figur, takt, hvordan) in [
        (
            OVER_NASJONEN,
            nasjonens,
            format!(
                "{nasjonens:.3} events/s: {hendelser:.0} in {dager:.0} days of {} persons, for {NASJONEN:.0}",
                valg.personer
            ),
        ),
        (OVER_JEVNT, JEVNT, "a hard live rate".to_owned()),
    ] {
        tabell.tall.insert(figur, fart / takt);
        tabell.rad(figur, format!("{:.1}", fart / takt), hvordan)?;
    }
    Ok(())
}
