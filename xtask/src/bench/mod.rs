//! The bench: what the register costs, side by side with the ceiling in the same run.
//!
//! The server has one core and the load the other. The ceiling is the same HTTP stack returning a fixed body of the same
//! size; the two are measured in turn, several times, and the table shows medians.

use std::fmt::Write as _;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use clap::Args;

pub mod last;
pub mod prosess;
pub mod tak;

use last::{Last, Maaling};
use prosess::Tjener;

/// Rounds of ceiling and ours in turn.
const RUNDER: usize = 5;
/// Length of one round.
const RUNDE: Duration = Duration::from_secs(4);
/// Connections of the load.
const FORBINDELSER: usize = 32;

/// What is measured.
#[derive(Args)]
pub struct Valg {
    /// Persons in the nation.
    #[arg(long, default_value_t = 1_000_000)]
    personer: u32,
    /// Folder of the nation; made when absent, kept afterwards.
    #[arg(long, default_value = "target/bench-data")]
    data: PathBuf,
    /// The program; built by `cargo build --release`.
    #[arg(long, default_value = "target/release/persontjenesten")]
    program: PathBuf,
}

#[derive(Default)]
struct Tabell {
    rader: Vec<(String, String, String)>,
}

impl Tabell {
    fn rad(&mut self, navn: &str, verdi: impl Into<String>, merknad: impl Into<String>) -> Result<()> {
        let rad = (navn.to_owned(), verdi.into(), merknad.into());
        writeln!(std::io::stdout(), "{:<44} {:>16}  {}", rad.0, rad.1, rad.2)?;
        self.rader.push(rad);
        Ok(())
    }
}

pub fn kjoer(valg: &Valg) -> Result<()> {
    let mut tabell = Tabell::default();
    if valg.data.exists() {
        std::fs::remove_dir_all(&valg.data)?;
    }
    maal_innlasting(valg, &mut tabell)?;
    let tjener = maal_start(valg, &mut tabell)?;
    let token = prosess::kommando(
        &valg.program,
        &["token", "--pakke", "offentlig-med-hjemmel", "--data"],
        &valg.data,
    )?;
    let base = format!("{}/folkeregisteret/offentlig-med-hjemmel/api/v1", tjener.base);
    let last = Last::new(&base, &token)?;
    let (numre, dokumenter) = last.les_feed(100)?;
    if numre.len() < 1_000 {
        bail!("feeden har for få personer til å måle på");
    }
    maal_oppslag(&last, &numre, &dokumenter, &mut tabell)?;
    maal_bulk_og_feed(&last, &numre, &mut tabell)?;
    drop(tjener);
    skriv(&tabell, valg)
}

fn maal_innlasting(valg: &Valg, tabell: &mut Tabell) -> Result<()> {
    let start = Instant::now();
    let mut tjener = Tjener::start(&valg.program, &valg.data, Some(valg.personer), None)?;
    let tid = start.elapsed().as_secs_f64();
    let topp = tjener.topp_anonymt_kb();
    tjener.stopp()?;
    let disk: u64 = ["register", "personnoekler"]
        .iter()
        .map(|m| prosess::byte_paa_disk(&valg.data.join(m)))
        .sum::<Result<u64>>()?;
    let personer = f64::from(valg.personer);
    let proeve = prosess::gjennomsnittlig_dokument()?;
    tabell.rad(
        "generate and load, persons/s",
        format!("{:.0}", personer / tid),
        format!("{tid:.1} s for {} persons, both cores", valg.personer),
    )?;
    tabell.rad(
        "peak anonymous memory",
        format!("{:.0} MB", topp as f64 / 1000.0),
        "generator, packing and writer; mapped pages not counted",
    )?;
    tabell.rad(
        "disk per person",
        format!("{:.0} B", disk as f64 / personer),
        "all tables, keys included",
    )?;
    tabell.rad(
        "document with history, JSON",
        format!("{proeve:.0} B"),
        "average over ten thousand persons of the same seed",
    )
}

fn maal_start(valg: &Valg, tabell: &mut Tabell) -> Result<Tjener> {
    let mut tider = Vec::new();
    for _ in 0..RUNDER {
        let start = Instant::now();
        let mut tjener = Tjener::start(&valg.program, &valg.data, None, Some(0))?;
        tider.push(start.elapsed().as_secs_f64() * 1e3);
        tjener.stopp()?;
    }
    tabell.rad(
        "start on the store",
        format!("{:.0} ms", median(&mut tider)),
        "from spawn to the line that says it serves",
    )?;
    Tjener::start(&valg.program, &valg.data, None, Some(0))
}

fn maal_oppslag(last: &Last, numre: &[String], dokumenter: &[String], tabell: &mut Tabell) -> Result<()> {
    let oppslag: Vec<String> = numre.iter().map(|n| format!("personer/{n}")).collect();
    let arkiv: Vec<String> = dokumenter.iter().map(|d| format!("personer/arkiv/{d}")).collect();
    let byte = last.gjennomsnittlig_svar(&oppslag, "application/json")?;
    let tak = tak::start(byte)?;
    let taklast = Last::new(&tak.base, "fast")?;
    let (mut t, mut json, mut xml, mut ark) = (vec![], vec![], vec![], vec![]);
    for _ in 0..RUNDER {
        t.push(taklast.kjoer(&["fast".to_owned()], "application/json", FORBINDELSER, RUNDE)?);
        json.push(last.kjoer(&oppslag, "application/json", FORBINDELSER, RUNDE)?);
        xml.push(last.kjoer(&oppslag, "application/xml", FORBINDELSER, RUNDE)?);
        ark.push(last.kjoer(&arkiv, "application/json", FORBINDELSER, RUNDE)?);
    }
    let rate = |m: &[Maaling]| median(&mut m.iter().map(|m| m.per_sekund).collect::<Vec<_>>());
    let p99 = |m: &[Maaling]| median(&mut m.iter().map(|m| m.p99_ms).collect::<Vec<_>>());
    let andel = |m: &[Maaling]| {
        median(
            &mut m
                .iter()
                .zip(&t)
                .map(|(m, t)| m.per_sekund / t.per_sekund)
                .collect::<Vec<_>>(),
        )
    };
    tabell.rad(
        "ceiling, requests/s",
        format!("{:.0}", rate(&t)),
        format!("same stack, fixed body of {byte} B, one core"),
    )?;
    tabell.rad(
        "single lookup, requests/s",
        format!("{:.0}", rate(&json)),
        format!("default part, token verified, p99 {:.2} ms at full load", p99(&json)),
    )?;
    tabell.rad(
        "single lookup / ceiling",
        format!("{:.2}", andel(&json)),
        "median of ratios, in turn",
    )?;
    tabell.rad(
        "single lookup in XML / in JSON",
        format!("{:.2}", rate(&json) / rate(&xml)),
        "time ratio",
    )?;
    tabell.rad(
        "archive lookup / current lookup",
        format!("{:.2}", rate(&json) / rate(&ark)),
        "time ratio",
    )
}

fn maal_bulk_og_feed(last: &Last, numre: &[String], tabell: &mut Tabell) -> Result<()> {
    let mut tider: Vec<f64> = numre
        .chunks_exact(1_000)
        .take(40)
        .map(|n| last.bulk(n))
        .collect::<Result<_>>()?;
    tabell.rad(
        "bulkoppslag of 1 000, median",
        format!("{:.1} ms", median(&mut tider)),
        "JSON, default part, one caller",
    )?;
    for (navn, type_) in [
        ("feed page of 1 000 in JSON, median", "application/json"),
        ("feed page of 1 000 in Atom, median", "application/atom+xml"),
    ] {
        let mut tider: Vec<f64> = (0..40)
            .map(|n| last.feedside(n * 1_000 + 1, type_))
            .collect::<Result<_>>()?;
        tabell.rad(navn, format!("{:.1} ms", median(&mut tider)), "one caller")?;
    }
    Ok(())
}

fn median(tall: &mut [f64]) -> f64 {
    tall.sort_by(f64::total_cmp);
    tall.get(tall.len() / 2).copied().unwrap_or(f64::NAN)
}

fn skriv(tabell: &Tabell, valg: &Valg) -> Result<()> {
    let sti = Path::new("bench/RESULTS.md");
    let mut tekst = std::fs::read_to_string(sti).unwrap_or_else(|_| "# Results\n".to_owned());
    // A table takes the place of the one before of the same size; what was is in the history.
    let overskrift = format!("\n## {} persons\n", valg.personer);
    if let Some((foer, rest)) = tekst.split_once(&overskrift) {
        let etter = rest
            .find("\n## ")
            .map_or("", |plass| rest.get(plass..).unwrap_or_default());
        tekst = format!("{foer}{etter}");
    }
    writeln!(tekst, "{overskrift}")?;
    write!(
        tekst,
        "`cargo build --release && cargo xtask bench --personer {}`; {}; server on one core, load on the other.\n\n",
        valg.personer,
        prosess::maskin()?
    )?;
    tekst.push_str("| figure | value | how |\n| --- | --- | --- |\n");
    for (navn, verdi, merknad) in &tabell.rader {
        writeln!(tekst, "| {navn} | {verdi} | {merknad} |")?;
    }
    std::fs::write(sti, tekst).context("bench/RESULTS.md")
}
