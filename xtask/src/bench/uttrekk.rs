//! Extracts over HTTP, as whoever loads a nation does it: ordered, read batch by batch, and the persons fetched in bulk.

use std::time::Instant;

use anyhow::{Context, Result, bail};
use serde_json::{Value, json};

use super::Tabell;
use super::last::Last;

/// Everything that an order holds, and the times from the order to its first batch and to its last. Units: s.
struct Lest {
    identifikatorer: Vec<String>,
    foerste: f64,
    siste: f64,
}

fn les(last: &Last, bestill: impl FnOnce() -> Result<Value>, felt: &str) -> Result<Lest> {
    let start = Instant::now();
    let svar = bestill()?;
    let jobb = svar.get("jobbId").and_then(Value::as_str).context("jobbId")?;
    let (mut identifikatorer, mut foerste) = (Vec::new(), None);
    for nr in 0.. {
        let ressurs = format!("uttrekk/{jobb}/batch/{nr}");
        let porsjon = loop {
            if let Some(svar) = last.svar(&ressurs) {
                break svar;
            }
            // Not ready; whoever asks all the time takes the processor from what it waits for.
            std::thread::sleep(std::time::Duration::from_millis(20));
            if start.elapsed().as_secs() > 600 {
                bail!("uttrekket ble aldri klart");
            }
        };
        foerste.get_or_insert(start.elapsed().as_secs_f64());
        let Some(liste) = porsjon.get(felt).and_then(Value::as_array) else {
            break;
        };
        identifikatorer.extend(liste.iter().filter_map(Value::as_str).map(str::to_owned));
    }
    Ok(Lest {
        identifikatorer,
        foerste: foerste.unwrap_or_default(),
        siste: start.elapsed().as_secs_f64(),
    })
}

/// Fetches them all, a thousand at a time. Units: persons a second.
fn hent(last: &Last, ressurs: &str, felt: &str, identifikatorer: &[String], forbindelser: usize) -> Result<f64> {
    let kropper: Vec<String> = identifikatorer
        .chunks(1_000)
        .map(|del| json!({ felt: del }).to_string())
        .collect();
    let start = Instant::now();
    last.post_alle(ressurs, &kropper, forbindelser)?;
    Ok(identifikatorer.len() as f64 / start.elapsed().as_secs_f64())
}

/// Rows for both kinds of extract.
pub(super) fn maal(last: &Last, tabell: &mut Tabell) -> Result<()> {
    let alle = json!({"personstatustyper": ["aktiv", "bosatt", "utflyttet", "doed", "inaktiv"]}).to_string();
    let tilpasset = les(last, || last.post("uttrekk/tilpasset", &alle), "foedselsEllerDNummer")?;
    tabell.rad(
        "tilpasset uttrekk of the nation, first batch",
        format!("{:.3} s", tilpasset.foerste),
        format!("{} persons, from the order", tilpasset.identifikatorer.len()),
    )?;
    tabell.rad(
        "tilpasset uttrekk, every batch",
        format!("{:.2} s", tilpasset.siste),
        "one caller, one batch after the other, each with a durable record",
    )?;
    let bestill = || last.svar("uttrekk/komplett").context("uttrekk/komplett");
    let komplett = les(last, bestill, "dokumentidentifikator")?;
    tabell.rad(
        "komplett uttrekk, first batch",
        format!("{:.2} s", komplett.foerste),
        format!("{} documents, from the order", komplett.identifikatorer.len()),
    )?;
    tabell.rad(
        "komplett uttrekk, every batch",
        format!("{:.2} s", komplett.siste),
        "one caller, one batch after the other, each with a durable record",
    )?;
    for forbindelser in [1, 4] {
        let personer = hent(
            last,
            "personer/bulkoppslag",
            "foedselsEllerDNummer",
            &tilpasset.identifikatorer,
            forbindelser,
        )?;
        tabell.rad(
            &format!("the nation by bulkoppslag, {forbindelser} callers, persons/s"),
            format!("{personer:.0}"),
            "JSON, default part",
        )?;
        let dokumenter = hent(
            last,
            "personer/bulkoppslag/arkiv",
            "dokumentidentifikator",
            &komplett.identifikatorer,
            forbindelser,
        )?;
        tabell.rad(
            &format!("the nation by bulkoppslag/arkiv, {forbindelser} callers, persons/s"),
            format!("{dokumenter:.0}"),
            "JSON, default part",
        )?;
    }
    Ok(())
}
