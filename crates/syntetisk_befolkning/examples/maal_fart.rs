//! Measures how fast a nation is made and how large its documents are.
//!
//! Run with `cargo run --release -p syntetisk_befolkning --example maal_fart -- 100000`.

use std::collections::BTreeMap;
use std::io::Write;
use std::time::Instant;

use informasjonsmodell::Entitet;
use syntetisk_befolkning::Nasjon;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let personer = std::env::args().nth(1).map_or(Ok(100_000), |tekst| tekst.parse())?;
    let mut ut = std::io::stdout().lock();
    let start = Instant::now();
    let nasjon = Nasjon::new(2026, personer)?;
    writeln!(
        ut,
        "oppsett: {:?} for {personer} personer i {} grupper",
        start.elapsed(),
        nasjon.grupper()
    )?;

    let start = Instant::now();
    let laget: usize = (0..nasjon.grupper()).map(|nr| nasjon.gruppe(nr).len()).sum();
    let tid = start.elapsed();
    writeln!(
        ut,
        "dokumenter: {laget} på {tid:?}, {:.0} i sekundet",
        f64::from(personer) / tid.as_secs_f64()
    )?;

    let start = Instant::now();
    let transaksjoner = nasjon.siste_maaned().count();
    writeln!(
        ut,
        "siste måned: {transaksjoner} transaksjoner på {:?}",
        start.elapsed()
    )?;

    let mut byte = 0;
    let mut per_entitet: BTreeMap<Entitet, usize> = BTreeMap::new();
    for nr in 0..nasjon.grupper() {
        for dokument in nasjon.gruppe(nr) {
            byte += dokument.til_json().len();
            for opplysning in &dokument.opplysninger {
                *per_entitet.entry(opplysning.entitet()).or_default() += 1;
            }
        }
    }
    writeln!(ut, "JSON: {} byte per person", byte / laget.max(1))?;
    for (entitet, antall) in per_entitet {
        writeln!(ut, "{:>45} {antall:>9}", entitet.navn())?;
    }
    Ok(())
}
