//! A year of national life events: drawn, sent by producers over two-way TLS, decided, and in the register and its feeds.
//!
//! Server and senders are one process, as in the demo, and share both cores: what is measured is the whole of it.

use std::time::Instant;

use anyhow::{Context, Result};
use serde_json::Value;

use super::prosess::{self, Tjener};
use super::{Tabell, Valg};

/// Days that are let go by.
const DAGER: &str = "365";

pub(super) fn maal(valg: &Valg, tabell: &mut Tabell) -> Result<()> {
    let data = valg.data.with_file_name("bench-liv");
    if data.exists() {
        std::fs::remove_dir_all(&data)?;
    }
    let mut tjener = Tjener::start(&valg.program, &data, Some(valg.personer), None)?;
    // The first day has to know everybody in the register; that is told apart.
    let start = Instant::now();
    prosess::kommando(&valg.program, &["liv", "fram", "--dager", "1", "--data"], &data)?;
    let foerst = start.elapsed().as_secs_f64();
    let argumenter = ["liv", "fram", "--json", "--dager", DAGER, "--data"];
    let svar: Value = serde_json::from_str(&prosess::kommando(&valg.program, &argumenter, &data)?)?;
    let tall = |sted: &str| {
        svar.pointer(sted)
            .and_then(Value::as_u64)
            .with_context(|| sted.to_owned())
    };
    let sekunder = tall("/varighet_ms")? as f64 / 1e3;
    let meldinger = tall("/telling/meldinger")?;
    let slag = svar.pointer("/telling/hendelser").and_then(Value::as_object);
    let hendelser: u64 = slag.context("hendelser")?.values().filter_map(Value::as_u64).sum();
    tabell.rad(
        "first day of the moving nation",
        format!("{foerst:.1} s"),
        format!("everybody of {} persons read from the register", valg.personer),
    )?;
    tabell.rad(
        "a year of national life events",
        format!("{sekunder:.1} s"),
        format!("{hendelser} events, {meldinger} of them messages over two-way TLS"),
    )?;
    tabell.rad(
        "life events/s",
        format!("{:.0}", hendelser as f64 / sekunder),
        format!(
            "{} approved, {} for somebody to look at, {} otherwise, {} not received, {} could not be done",
            tall("/telling/godkjent")?,
            tall("/telling/manuelt")?,
            tall("/telling/annet")?,
            tall("/telling/avvist")?,
            tall("/telling/hindret")?
        ),
    )?;
    let topp = tjener.topp_anonymt_kb();
    tabell.rad(
        "peak anonymous memory, moving nation",
        format!("{:.0} MB", topp as f64 / 1000.0),
        "loading, server and senders in one process",
    )?;
    tjener.stopp()?;
    std::fs::remove_dir_all(&data)?;
    Ok(())
}
