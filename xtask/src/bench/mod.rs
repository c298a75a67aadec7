//! The bench: what the register costs, side by side with the ceiling in the same run.
//!
//! The server has one core and the load the other. The ceiling is the same HTTP stack returning a fixed body of the same
//! size, the rival the same lookup from PostgreSQL behind that stack; they are measured in turn, several times, and the
//! table shows medians.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use clap::{Args, ValueEnum};

pub mod fornying;
mod jevn;
mod kobling;
pub mod korreksjon;
pub mod krav;
pub mod last;
pub mod liv;
pub mod metaphone;
pub mod mottak;
pub mod navn;
pub mod oeyeblikksbilde;
pub mod personapi;
pub mod postgres;
pub mod prosess;
pub mod rivaler;
pub mod soek;
pub mod tak;
pub mod uttrekk;

use krav::KRAV;
use last::{Last, Maaling};
use postgres::Rival;
use prosess::Tjener;

/// Rounds of ceiling, rival and ours in turn.
const RUNDER: usize = 5;
/// Length of one round.
const RUNDE: Duration = Duration::from_secs(4);
/// The same when only a part is measured.
const KORT_RUNDE: Duration = Duration::from_secs(2);
/// Connections of the load, unless told otherwise: as many as one sync of the log serves at a time.
const FORBINDELSER: usize = 64;
/// The core of the load; what is measured is on core 0.
const LASTKJERNE: u32 = 1;

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
    /// Connections of the load, the same for all that is measured.
    #[arg(long, default_value_t = FORBINDELSER, value_parser = antall)]
    forbindelser: usize,
    /// Folder of PostgreSQL's programs.
    #[arg(long, default_value = "/usr/lib/postgresql/15/bin")]
    postgres: PathBuf,
    /// Only a part, on the folder as it is, in short rounds; no table is written.
    #[arg(long)]
    bare: Option<Bare>,
    /// Of the Person API: keep the time that the nation really has between changes. Takes hours.
    #[arg(long)]
    ekte_takt: bool,
    /// Of the rivals only these kinds of questions, by number from 0; no table is written.
    #[arg(long, value_delimiter = ',', hide = true)]
    slag: Vec<usize>,
}

/// A part of the bench.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Bare {
    /// Lookups beside the ceiling, and at half load.
    Oppslag,
    /// The same, and beside PostgreSQL.
    Postgres,
    /// The two searches.
    Soek,
    /// Extracts.
    Uttrekk,
    /// Snapshots of the nation, taken and put back.
    Oeyeblikksbilde,
    /// The searches beside PostgreSQL and tantivy, in process; writes its own table.
    Rivaler,
    /// Messages through mottak over mutual TLS, and the time to the feed; on a folder of its own.
    Mottak,
    /// A year of life events through mottak; makes a folder of its own beside the other.
    Liv,
    /// Names that are heard alike, beside other methods; needs no folder.
    Navn,
    /// Messages through mottak while keys and index are made anew. The folder is changed by it.
    Fornying,
    /// The correction of sivilstand, held and live. The folder is changed by it.
    Korreksjon,
    /// The Person API: its copy, lookups, searches, who asks for events, and from mottak to there; on a folder of its own, which is kept.
    Personapi,
    /// The first load of the copy that the Person API answers from; makes that folder anew.
    Personlast,
    /// Lookups at the Person API alone, in short rounds, on the folder of `personapi`.
    Personoppslag,
    /// How fast that copy takes in what waits for it; on a folder of its own, which is made anew and goes afterwards.
    Kopihenting,
    /// Rows of a customer's file, matched beside Splink: time, memory, precision and recall; on files of its own.
    Kobling,
    /// The matching of ours in it, in a process of its own.
    #[value(hide = true)]
    KoblingVaar,
}

fn antall(tekst: &str) -> Result<usize, String> {
    match tekst.parse() {
        Ok(0) | Err(_) => Err("må være et antall".to_owned()),
        Ok(antall) => Ok(antall),
    }
}

#[derive(Default)]
struct Tabell {
    rader: Vec<(String, String, String)>,
    /// Figures that have a bar.
    tall: BTreeMap<&'static str, f64>,
}

impl Tabell {
    fn rad(&mut self, navn: &str, verdi: impl Into<String>, merknad: impl Into<String>) -> Result<()> {
        let rad = (navn.to_owned(), verdi.into(), merknad.into());
        // As it stands in the table, unless it has been given with more digits.
        let maalt = rad.1.split(' ').next().and_then(|t| t.parse().ok());
        if let (Some(krav), Some(maalt)) = (KRAV.iter().find(|k| k.figur == navn), maalt) {
            self.tall.entry(krav.figur).or_insert(maalt);
        }
        writeln!(std::io::stdout(), "{:<44} {:>16}  {}", rad.0, rad.1, rad.2)?;
        self.rader.push(rad);
        Ok(())
    }

    /// One line for each bar.
    fn krav(&self) -> Vec<String> {
        self.krav_til(|_| true)
    }

    /// One line for each bar of some figures.
    fn krav_til(&self, gjelder: impl Fn(&str) -> bool) -> Vec<String> {
        let noen = KRAV.iter().filter(|k| gjelder(k.figur));
        noen.map(|k| k.linje(self.tall.get(k.figur).copied())).collect()
    }
}

pub fn kjoer(valg: &Valg) -> Result<()> {
    if valg.bare == Some(Bare::Navn) {
        return navn::maal();
    }
    if valg.bare == Some(Bare::Kobling) {
        return kobling::kjoer(valg);
    }
    if valg.bare == Some(Bare::KoblingVaar) {
        return kobling::vaar(valg);
    }
    if valg.bare == Some(Bare::Liv) {
        return liv::maal(valg, &mut Tabell::default());
    }
    if valg.bare == Some(Bare::Rivaler) {
        return rivaler::kjoer(valg);
    }
    if valg.bare == Some(Bare::Fornying) {
        return fornying::kjoer(valg);
    }
    if valg.bare == Some(Bare::Mottak) {
        return mottak::kjoer(valg);
    }
    let del = match valg.bare {
        Some(Bare::Personapi) => Some(personapi::Del::Alt),
        Some(Bare::Personlast) => Some(personapi::Del::Innlasting),
        Some(Bare::Personoppslag) => Some(personapi::Del::Oppslag),
        Some(Bare::Kopihenting) => Some(personapi::Del::Henting),
        _ => None,
    };
    if let Some(del) = del {
        return personapi::kjoer(valg, del);
    }
    let mut tabell = Tabell::default();
    if valg.bare == Some(Bare::Korreksjon) {
        korreksjon::maal(valg, &mut tabell)?;
        for linje in tabell.krav() {
            writeln!(std::io::stdout(), "{linje}")?;
        }
        return Ok(());
    }
    let tjener = if valg.bare.is_some() {
        if !valg.data.exists() {
            Tjener::start(&valg.program, &valg.data, Some(valg.personer), None)?.stopp()?;
        }
        prosess::fest(LASTKJERNE)?;
        Tjener::start(&valg.program, &valg.data, None, Some(0))?
    } else {
        if valg.data.exists() {
            std::fs::remove_dir_all(&valg.data)?;
        }
        maal_innlasting(valg, &mut tabell)?;
        prosess::fest(LASTKJERNE)?;
        maal_start(valg, &mut tabell)?
    };
    if valg.bare == Some(Bare::Oeyeblikksbilde) {
        return oeyeblikksbilde::maal(&tjener.base, &mut tabell);
    }
    let token = prosess::kommando(
        &valg.program,
        &["token", "--pakke", "offentlig-med-hjemmel", "--data"],
        &valg.data,
    )?;
    let base = format!("{}/folkeregisteret/offentlig-med-hjemmel/api/v1", tjener.base);
    let last = Last::new(&base, &token)?;
    let (numre, dokumenter) = last.les_feed(postgres::PERSONER_MAKS)?;
    if numre.len() < 1_000 {
        bail!("feeden har for få personer til å måle på");
    }
    tabell.rad(
        "connections of the load",
        valg.forbindelser.to_string(),
        format!("keep-alive, {} persons in turn", numre.len()),
    )?;
    if valg.bare == Some(Bare::Soek) {
        return soek::maal(&last, &numre, valg.forbindelser, KORT_RUNDE, &mut tabell);
    }
    if valg.bare == Some(Bare::Uttrekk) {
        return uttrekk::maal(&last, &mut tabell);
    }
    maal_oppslag(valg, &last, &numre, &dokumenter, &mut tabell)?;
    if valg.bare.is_none() {
        maal_bulk_og_feed(&last, &numre, &mut tabell)?;
        soek::maal(&last, &numre, valg.forbindelser, RUNDE, &mut tabell)?;
        uttrekk::maal(&last, &mut tabell)?;
    }
    drop(tjener);
    for linje in tabell.krav() {
        writeln!(std::io::stdout(), "{linje}")?;
    }
    if valg.bare.is_none() {
        skriv(&tabell, valg)?;
    }
    Ok(())
}

fn maal_innlasting(valg: &Valg, tabell: &mut Tabell) -> Result<()> {
    let start = Instant::now();
    let mut tjener = Tjener::start(&valg.program, &valg.data, Some(valg.personer), None)?;
    let tid = start.elapsed().as_secs_f64();
    let topp = tjener.topp_anonymt_kb();
    tjener.stopp()?;
    // What the nation's protected persons leave to be tidied away is done here, and not while something is measured.
    let start = Instant::now();
    prosess::kommando(&valg.program, &["noekler", "forny", "--data"], &valg.data)?;
    let forny = start.elapsed().as_secs_f64();
    let disk: u64 = ["register", "personnoekler"]
        .iter()
        .map(|m| prosess::byte_paa_disk(&valg.data.join(m)))
        .sum::<Result<u64>>()?;
    let personer = f64::from(valg.personer);
    let proeve = prosess::gjennomsnittlig_dokument()?;
    tabell.tall.insert("disk per person", disk as f64 / personer);
    tabell.tall.insert("document with history, JSON", proeve);
    tabell.rad(
        "generate and load, persons/s",
        format!("{:.0}", personer / tid),
        format!("{tid:.1} s for {} persons, both cores", valg.personer),
    )?;
    tabell.rad(
        "keys and index made anew",
        format!("{forny:.1} s"),
        "as after an erasure; reading and writing go on (`--bare fornying`)",
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

/// What the rounds gave, one of each in every round.
#[derive(Default)]
struct Runder {
    tak: Vec<Maaling>,
    json: Vec<Maaling>,
    rival: Vec<Maaling>,
    rival_med_logg: Vec<Maaling>,
    xml: Vec<Maaling>,
    arkiv: Vec<Maaling>,
}

fn rate(maalinger: &[Maaling]) -> f64 {
    median(&mut maalinger.iter().map(|m| m.per_sekund).collect::<Vec<_>>())
}

fn p99(maalinger: &[Maaling]) -> f64 {
    median(&mut maalinger.iter().map(|m| m.p99_ms).collect::<Vec<_>>())
}

/// Median of the rounds' ratios.
fn andel(maalinger: &[Maaling], av: &[Maaling]) -> f64 {
    let andeler = maalinger.iter().zip(av).map(|(m, av)| m.per_sekund / av.per_sekund);
    median(&mut andeler.collect::<Vec<_>>())
}

fn maal_oppslag(valg: &Valg, last: &Last, numre: &[String], dokumenter: &[String], tabell: &mut Tabell) -> Result<()> {
    let n = valg.forbindelser;
    let runde = if valg.bare.is_some() { KORT_RUNDE } else { RUNDE };
    let oppslag: Vec<String> = numre.iter().map(|n| format!("personer/{n}")).collect();
    let arkiv: Vec<String> = dokumenter.iter().map(|d| format!("personer/arkiv/{d}")).collect();
    let byte = last.gjennomsnittlig_svar(&oppslag, "application/json")?;
    let rival = match valg.bare {
        Some(Bare::Oppslag) => None,
        _ => Rival::start(&valg.postgres, last, &oppslag, n)?,
    };
    let tak = tak::start(byte)?;
    let taklast = Last::new(&tak.base, "fast")?;
    let mut runder = Runder::default();
    for _ in 0..RUNDER {
        runder
            .tak
            .push(taklast.kjoer(&["fast".to_owned()], "application/json", n, runde)?);
        runder.json.push(last.kjoer(&oppslag, "application/json", n, runde)?);
        if let Some(rival) = &rival {
            let maal = |front: &postgres::Front| front.last.kjoer(&oppslag, "application/json", n, runde);
            runder.rival.push(maal(&rival.oppslag)?);
            runder.rival_med_logg.push(maal(&rival.med_logg)?);
        }
        if valg.bare.is_none() {
            runder.xml.push(last.kjoer(&oppslag, "application/xml", n, runde)?);
            runder.arkiv.push(last.kjoer(&arkiv, "application/json", n, runde)?);
        }
    }
    tabell.rad(
        "ceiling, requests/s",
        format!("{:.0}", rate(&runder.tak)),
        format!("same stack, fixed body of {byte} B, one core"),
    )?;
    tabell.rad(
        "single lookup, requests/s",
        format!("{:.0}", rate(&runder.json)),
        format!(
            "default part, token verified, p99 {:.2} ms at full load",
            p99(&runder.json)
        ),
    )?;
    tabell.rad(
        "single lookup / ceiling",
        format!("{:.2}", andel(&runder.json, &runder.tak)),
        "median of ratios, in turn",
    )?;
    if let Some(rival) = &rival {
        let byte = rival.oppslag.last.gjennomsnittlig_svar(&oppslag, "application/json")?;
        skriv_rival(&runder, rival, byte, tabell)?;
    }
    // What the rival leaves for the disk to do is done before our own waits for the disk are measured.
    drop(rival);
    prosess::toem_til_disk()?;
    if valg.bare.is_none() {
        tabell.rad(
            "single lookup in XML / in JSON",
            format!("{:.2}", rate(&runder.json) / rate(&runder.xml)),
            "time ratio",
        )?;
        tabell.rad(
            "archive lookup / current lookup",
            format!("{:.2}", rate(&runder.json) / rate(&runder.arkiv)),
            "time ratio",
        )?;
    }
    maal_halv_last(last, &oppslag, rate(&runder.json) / 2.0, n, runde, tabell)
}

fn skriv_rival(runder: &Runder, rival: &Rival, byte: usize, tabell: &mut Tabell) -> Result<()> {
    tabell.rad(
        &format!("PostgreSQL {} lookup, requests/s", rival.versjon),
        format!("{:.0}", rate(&runder.rival)),
        format!(
            "{} persons in the table, {byte} B an answer, same stack, {} pipelined connections, one core for both, p99 {:.2} ms",
            rival.personer,
            rival.oppslag.pulje,
            p99(&runder.rival)
        ),
    )?;
    let forhold = andel(&runder.json, &runder.rival);
    tabell.tall.insert("single lookup / PostgreSQL lookup", forhold);
    tabell.rad(
        "single lookup / PostgreSQL lookup",
        format!("{forhold:.2}"),
        "median of ratios, in turn; the rival checks no token and logs nothing",
    )?;
    tabell.rad(
        &format!("PostgreSQL {} lookup with a log row, requests/s", rival.versjon),
        format!("{:.0}", rate(&runder.rival_med_logg)),
        format!(
            "the same, and a row in a log committed before each answer; {} connections, p99 {:.2} ms",
            rival.med_logg.pulje,
            p99(&runder.rival_med_logg)
        ),
    )?;
    tabell.rad(
        "single lookup / the same with a log row",
        format!("{:.2}", andel(&runder.json, &runder.rival_med_logg)),
        "median of ratios, in turn; no bar",
    )
}

fn maal_halv_last(
    last: &Last,
    oppslag: &[String],
    per_sekund: f64,
    forbindelser: usize,
    runde: Duration,
    tabell: &mut Tabell,
) -> Result<()> {
    let runder = (0..RUNDER)
        .map(|_| last.kjoer_jevnt(oppslag, per_sekund, forbindelser, runde))
        .collect::<Result<Vec<_>>>()?;
    let midt = |felt: fn(&jevn::Jevn) -> f64| median(&mut runder.iter().map(felt).collect::<Vec<_>>());
    let p99 = midt(|j| j.p99_ms);
    tabell.tall.insert("single lookup at half load, p99", p99);
    tabell.rad(
        "single lookup at half load, p99",
        format!("{p99:.2} ms"),
        format!(
            "{per_sekund:.0} requests/s at times fixed beforehand, time from when each should be sent; p50 {:.2} ms, \
             p99.9 {:.2} ms; sent late by {:.2} ms at p99; the load kept from its core {:.1} % of the time",
            midt(|j| j.p50_ms),
            midt(|j| j.p999_ms),
            midt(|j| j.sent_p99_ms),
            midt(|j| j.borte) * 100.0
        ),
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

/// Puts a part in bench/RESULTS.md, in the place of the one of the same heading; what was is in the history.
fn sett_inn(overskrift: &str, del: &str) -> Result<()> {
    let sti = Path::new("bench/RESULTS.md");
    let mut tekst = std::fs::read_to_string(sti).unwrap_or_else(|_| "# Results\n".to_owned());
    let overskrift = format!("\n## {overskrift}\n");
    let mut etter = String::new();
    if let Some((foer, rest)) = tekst.split_once(&overskrift) {
        let plass = rest.find("\n## ").unwrap_or(rest.len());
        etter = rest.get(plass..).unwrap_or_default().to_owned();
        tekst = foer.to_owned();
    }
    std::fs::write(sti, format!("{tekst}{overskrift}\n{del}{etter}")).context("bench/RESULTS.md")
}

fn skriv(tabell: &Tabell, valg: &Valg) -> Result<()> {
    let forbindelser = match valg.forbindelser {
        FORBINDELSER => String::new(),
        antall => format!(" --forbindelser {antall}"),
    };
    let mut tekst = String::new();
    write!(
        tekst,
        "`cargo build --release && cargo xtask bench --personer {}{forbindelser}`; {}; server on one core, load on the other.\n\n",
        valg.personer,
        prosess::maskin()?
    )?;
    tekst.push_str("| figure | value | how |\n| --- | --- | --- |\n");
    for (navn, verdi, merknad) in &tabell.rader {
        writeln!(tekst, "| {navn} | {verdi} | {merknad} |")?;
    }
    tekst.push_str("\nBars:\n\n");
    for linje in tabell.krav() {
        writeln!(tekst, "- {linje}")?;
    }
    sett_inn(&format!("{} persons", valg.personer), &tekst)
}
