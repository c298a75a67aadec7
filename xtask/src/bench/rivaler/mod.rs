//! `bench --bare rivaler`: the same questions to ours, to PostgreSQL and to tantivy, one thread each, on one nation.
//!
//! Everybody gives the numbers of those who are found, and on every question the same ones, or the run fails. What ours does
//! besides, and the rivals do not: it opens a moment of the register for each question, reads sealed sets, shows only what
//! the package may see, and writes the answer.

use std::fmt::Write as _;
use std::io::Write as _;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use lager::mappe::Laas;
use register::{Register, Steder};

mod indeks;
mod postgres;
mod spoersmaal;
#[cfg(feature = "rivaler")]
mod tantivy;
mod utdrag;
mod vaar;

use super::krav::Grense;
use super::prosess::{self, Tjener};
use super::{Valg, median, sett_inn};
use spoersmaal::{SPOERSMAAL_MIN, Slag, Spoersmaal};

/// Rounds in turn; a question's time is the median.
const RUNDER: usize = 7;
/// Rounds in which a way of asking is tried.
const PROEVERUNDER: usize = 3;
/// Rounds of a kind end after this, however many there have been, for each.
const RUNDER_TID: Duration = Duration::from_secs(20);

/// Somebody who answers.
trait Rival {
    fn navn(&self) -> String;
    /// How many ways it has of asking a kind; the fastest is measured.
    fn maater(&self, slag: Slag) -> usize;
    fn velg(&mut self, slag: Slag, maate: usize) -> Result<()>;
    /// Asks, takes the numbers of those who fit, and says how many.
    fn spoer(&mut self, spoersmaal: &Spoersmaal) -> Result<usize>;
    /// The numbers of those who fit.
    fn numre(&mut self, spoersmaal: &Spoersmaal) -> Result<Vec<u64>>;
}

/// The times of the questions. Units: ms.
struct Utfall {
    p50: f64,
    p99: f64,
    per_sekund: f64,
    treff: f64,
}

impl Utfall {
    /// Of rounds: a question's time is the median of its times, so that what else the machine did does not count.
    fn av(runder: &[Vec<f64>], treff: f64) -> Self {
        let antall = runder.first().map_or(0, Vec::len);
        let mut tider: Vec<f64> = (0..antall)
            .map(|nr| median(&mut runder.iter().filter_map(|r| r.get(nr).copied()).collect::<Vec<_>>()))
            .collect();
        let per_sekund = antall as f64 * 1e3 / tider.iter().sum::<f64>();
        tider.sort_by(f64::total_cmp);
        let ved = |prosent: usize| tider.get(antall * prosent / 100).copied().unwrap_or(f64::NAN);
        Utfall {
            p50: ved(50),
            p99: ved(99),
            per_sekund,
            treff,
        }
    }
}

fn kjoer_runde(rival: &mut dyn Rival, spoersmaal: &[Spoersmaal]) -> Result<Vec<f64>> {
    spoersmaal
        .iter()
        .map(|en| {
            let start = Instant::now();
            std::hint::black_box(rival.spoer(en)?);
            Ok(start.elapsed().as_secs_f64() * 1e3)
        })
        .collect()
}

// Checks what each finds, lets each take its best way, and measures them in turn.
fn maal_slag(rivaler: &mut [Box<dyn Rival + '_>], slag: Slag, spoersmaal: &[Spoersmaal]) -> Result<Vec<Utfall>> {
    let mut fasit: Vec<Vec<u64>> = Vec::new();
    let mut treff = Vec::new();
    for (nr, rival) in rivaler.iter_mut().enumerate() {
        let mut best = (f64::INFINITY, 0);
        let mut antall = 0;
        for maate in 0..rival.maater(slag) {
            rival.velg(slag, maate)?;
            antall = 0;
            let start = Instant::now();
            for (plass, en) in spoersmaal.iter().enumerate() {
                let mut numre = rival.numre(en)?;
                numre.sort_unstable();
                antall += numre.len();
                if nr == 0 {
                    fasit.push(numre);
                } else if !slag.annen_mening() && fasit.get(plass) != Some(&numre) {
                    bail!(
                        "{}: {} finner {} på spørsmål {plass}, og ikke de {} som vi finner",
                        slag.navn(),
                        rival.navn(),
                        numre.len(),
                        fasit.get(plass).map_or(0, Vec::len)
                    );
                }
            }
            if rival.maater(slag) > 1 {
                // One that is far behind is not asked again.
                let foerste = start.elapsed().as_secs_f64() * 1e3 / spoersmaal.len() as f64;
                let p99 = if foerste < best.0 * 4.0 {
                    let runder = (0..PROEVERUNDER).map(|_| kjoer_runde(rival.as_mut(), spoersmaal));
                    Utfall::av(&runder.collect::<Result<Vec<_>>>()?, 0.0).p99
                } else {
                    f64::INFINITY
                };
                writeln!(
                    std::io::stdout(),
                    "  {} {maate}: {foerste:.3} ms, p99 {p99:.3} ms",
                    rival.navn()
                )?;
                if p99 < best.0 {
                    best = (p99, maate);
                }
            }
        }
        rival.velg(slag, best.1)?;
        treff.push(antall as f64 / spoersmaal.len() as f64);
    }
    let mut runder: Vec<Vec<Vec<f64>>> = rivaler.iter().map(|_| Vec::new()).collect();
    let mut brukt = Duration::ZERO;
    let tid = RUNDER_TID * u32::try_from(rivaler.len())?;
    for _ in 0..RUNDER {
        let start = Instant::now();
        for (rival, runder) in rivaler.iter_mut().zip(&mut runder) {
            runder.push(kjoer_runde(rival.as_mut(), spoersmaal)?);
        }
        brukt += start.elapsed();
        if brukt > tid {
            break;
        }
    }
    Ok(runder
        .iter()
        .zip(treff)
        .map(|(runder, treff)| Utfall::av(runder, treff))
        .collect())
}

/// The text of the section in bench/RESULTS.md, as it grows.
struct Tekst {
    tabell: String,
    krav: String,
    rest: String,
}

fn linje(tekst: &mut String, linje: &str) -> Result<()> {
    writeln!(std::io::stdout(), "{linje}")?;
    tekst.push_str(linje);
    tekst.push('\n');
    Ok(())
}

fn ta_kolonne(kolonne: &mut String, utfall: &Utfall) -> Result<()> {
    let Utfall {
        p50, p99, per_sekund, ..
    } = utfall;
    write!(kolonne, " {p50:.3} / {p99:.3} / {per_sekund:.0} |")?;
    Ok(())
}

fn krav(tekst: &mut Tekst, slag: Slag, navn: &str, bar: f64, forhold: f64) -> Result<()> {
    let grense = Grense::Hoeyst(bar);
    let holder = if grense.holder(forhold) {
        "holds"
    } else {
        "**does not hold**"
    };
    linje(
        &mut tekst.krav,
        &format!(
            "- {}, p99 beside {navn}: {grense}; measured {forhold:.2}; {holder}",
            slag.navn()
        ),
    )
}

/// Runs it, and writes the section unless only some kinds were asked for.
pub fn kjoer(valg: &Valg) -> Result<()> {
    if !valg.data.exists() {
        Tjener::start(&valg.program, &valg.data, Some(valg.personer), None)?.stopp()?;
    }
    let _laas = Laas::ta(&valg.data)?;
    let register = Register::aapne_med_visning(&valg.data, &Steder::default(), Arc::new(soek::Soekevisning))?;
    let antall = register.antall_personer()?;
    let mappe = rivalmappe(&valg.data)?;
    let mut tekst = Tekst {
        tabell: String::new(),
        krav: String::new(),
        rest: String::new(),
    };
    let mut rivaler: Vec<Box<dyn Rival + '_>> = vec![Box::new(vaar::Vaar { register: &register })];
    let har_tantivy = ta_tantivy(&mut rivaler, &mappe, &register, &mut tekst)?;
    let mut har_postgres = None;
    if let Some(rival) = postgres::Postgres::start(&valg.postgres, &mappe, &register)? {
        linje(&mut tekst.rest, &rival.stoerrelse(antall)?)?;
        har_postgres = Some(rivaler.len());
        rivaler.push(Box::new(rival));
    }
    linje(&mut tekst.rest, &indeks::stoerrelse(&register)?)?;
    let mut hode = String::from("| question | hits |");
    let mut strek = String::from("| --- | --- |");
    for rival in &rivaler {
        write!(hode, " {} |", rival.navn())?;
        strek.push_str(" --- |");
    }
    hode.push_str(" p99, ours / tantivy | p99, ours / PostgreSQL |");
    strek.push_str(" --- | --- |");
    linje(&mut tekst.tabell, &hode)?;
    linje(&mut tekst.tabell, &strek)?;
    let les = register.les()?;
    let personer = spoersmaal::personer(&les, antall)?;
    let valgte: Vec<Slag> = match valg.slag.as_slice() {
        [] => Slag::ALLE.to_vec(),
        nr => nr.iter().filter_map(|nr| Slag::ALLE.get(*nr).copied()).collect(),
    };
    for slag in valgte {
        let spoersmaal = slag.spoersmaal(&les, &personer)?;
        if spoersmaal.len() < SPOERSMAAL_MIN {
            linje(
                &mut tekst.rest,
                &format!("- {}: left out, {} questions only", slag.navn(), spoersmaal.len()),
            )?;
            continue;
        }
        let utfall = maal_slag(&mut rivaler, slag, &spoersmaal)?;
        let treff = utfall.iter().map(|u| format!("{:.1}", u.treff)).collect::<Vec<_>>();
        let treff = if slag.annen_mening() {
            treff.join(" / ")
        } else {
            treff.first().cloned().unwrap_or_default()
        };
        let mut rad = format!("| {} ({}) | {treff} |", slag.navn(), spoersmaal.len());
        for en in &utfall {
            ta_kolonne(&mut rad, en)?;
        }
        let vaar = utfall.first().map_or(f64::NAN, |u| u.p99);
        let forhold = |plass: Option<usize>| plass.and_then(|p| utfall.get(p)).map(|u| vaar / u.p99);
        for plass in [har_tantivy, har_postgres] {
            match forhold(plass) {
                Some(tall) => write!(rad, " {tall:.2} |")?,
                None => rad.push_str(" |"),
            }
        }
        linje(&mut tekst.tabell, &rad)?;
        if let (Some(tall), false) = (forhold(har_tantivy), slag.annen_mening()) {
            krav(&mut tekst, slag, "tantivy", 1.0, tall)?;
        }
        if let (Some(tall), true) = (forhold(har_postgres), slag.femdel()) {
            krav(&mut tekst, slag, "PostgreSQL", 0.2, tall)?;
        }
    }
    drop(les);
    drop(rivaler);
    if !valg.slag.is_empty() {
        return Ok(());
    }
    linje(&mut tekst.rest, &indeks::synlig_ved_bekreftelse(&register)?)?;
    drop(register);
    linje(&mut tekst.rest, &indeks::lag_paa_nytt(&valg.data, antall)?)?;
    skriv(&tekst, valg, antall)
}

// Where it stands among them.
#[cfg(feature = "rivaler")]
fn ta_tantivy(
    rivaler: &mut Vec<Box<dyn Rival + '_>>,
    mappe: &Path,
    register: &Register,
    tekst: &mut Tekst,
) -> Result<Option<usize>> {
    let rival = tantivy::Tantivy::start(mappe, register)?;
    linje(&mut tekst.rest, &rival.stoerrelse(register.antall_personer()?)?)?;
    rivaler.push(Box::new(rival));
    Ok(Some(rivaler.len() - 1))
}

#[cfg(not(feature = "rivaler"))]
fn ta_tantivy(
    _rivaler: &mut Vec<Box<dyn Rival + '_>>,
    _mappe: &Path,
    _register: &Register,
    _tekst: &mut Tekst,
) -> Result<Option<usize>> {
    writeln!(
        std::io::stdout(),
        "tantivy is not built in: its column is left out \
         (cargo run --release -p xtask --features rivaler -- bench --bare rivaler)"
    )?;
    Ok(None)
}

// Kept beside the nation, as the nation is.
fn rivalmappe(data: &Path) -> Result<std::path::PathBuf> {
    let mut navn = data.file_name().context("--data")?.to_owned();
    navn.push("-rivaler");
    let mappe = data.with_file_name(navn);
    std::fs::create_dir_all(&mappe)?;
    Ok(mappe.canonicalize()?)
}

fn belastning() -> String {
    let tekst = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
    tekst.split(' ').take(3).collect::<Vec<_>>().join(" ")
}

fn skriv(tekst: &Tekst, valg: &Valg, antall: u32) -> Result<()> {
    let overskrift = format!("Rivals beside the searches, {} persons", valg.personer);
    let del = format!(
        "`cargo run --release -p xtask --features rivaler -- bench --bare rivaler --personer {}`; {}; {antall} persons in \
         the register; load average at the end {}. Each cell: p50 / p99 in ms / questions a second; the time of a \
         question is the median of {RUNDER} rounds in turn.\n\n{}\n{}\nBars:\n\n{}",
        valg.personer,
        prosess::maskin()?,
        belastning(),
        tekst.tabell,
        tekst.rest,
        tekst.krav
    );
    sett_inn(&overskrift, &del)
}
