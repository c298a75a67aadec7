//! Rows of a customer's file held against a nation: ours and Splink, on the same two files, one after the other.
//!
//! A third of the rows is clean, a third has one error, a third several; one in ten is of somebody who is not among the persons. Splink is given what ours
//! is given: former names and addresses are records of their own of the same person. Of each row Splink has its likeliest person, and the threshold is the one
//! that serves it best: most recall with the precision that is asked for. Ours has the threshold that it ships with.

use std::collections::{BTreeMap, HashSet};
use std::fs::{self, File};
use std::io::{BufRead as _, BufReader, BufWriter, Write as _};
use std::path::Path;
use std::process::Command;
use std::time::Instant;

use anyhow::{Context as _, Result, bail};
use matchfeil::{Fasit, Generator, Slag};
use personkobling::{Adresse, Bygger, Foedt, Innfoering, Navn, Personer, Spoerring, Utfall};
use serde_json::{Value, json};
use syntetisk_befolkning::Nasjon;

use super::Valg;

/// Not the seed of any test.
const FROE: u64 = 20_261_124;
const SKRIPT: &str = include_str!("../../../bench/splink_kobling.py");
const PYTHON: &str = "target/splink/bin/python";
/// What the precision of those who are given must be.
const PRESISJON: f64 = 0.9999;
const PERSONER: &str = "personer.csv";
const RADER: &str = "rader.csv";

/// Makes the files, runs both, prints the table.
pub fn kjoer(valg: &Valg) -> Result<()> {
    let mappe = tempfile::tempdir()?;
    let rader = lag_filer(mappe.path(), valg.personer)?;
    let vaar = kjoer_en(
        Command::new(std::env::current_exe()?)
            .args(["bench", "--bare", "kobling-vaar", "--data"])
            .arg(mappe.path()),
    )?;
    let mut tabeller = vec![("ours", vaar)];
    if Path::new(PYTHON).exists() {
        let skript = mappe.path().join("splink_kobling.py");
        fs::write(&skript, SKRIPT)?;
        let splink = kjoer_en(
            Command::new(PYTHON)
                .arg(&skript)
                .arg(mappe.path())
                .arg(PRESISJON.to_string()),
        )?;
        tabeller.push(("Splink", splink));
    } else {
        bail!("{PYTHON} is not there: python3 -m venv target/splink && target/splink/bin/pip install splink");
    }
    let mut ut = std::io::stdout();
    writeln!(ut, "{} persons, {rader} rows\n", valg.personer)?;
    writeln!(ut, "| what | ours | Splink |\n| --- | --- | --- |")?;
    let felt = [
        ("rows of a second", "rader_s"),
        ("seconds of matching", "finn_s"),
        ("seconds until it can begin", "klar_s"),
        ("peak memory, MB", "topp_mb"),
        ("precision of what is given", "presisjon"),
    ];
    let verdi = |tabell: &Value, navn: &str| tabell.pointer(navn).map_or("-".to_owned(), Value::to_string);
    for (navn, noekkel) in felt {
        let av: Vec<String> = tabeller
            .iter()
            .map(|(_, en)| verdi(en, &format!("/{noekkel}")))
            .collect();
        writeln!(ut, "| {navn} | {} |", av.join(" | "))?;
    }
    for slag in Slag::ALLE {
        for (navn, noekkel) in [
            ("recall", "recall"),
            ("wrong of given", "gale"),
            ("given", "gitt"),
            ("refused", "refusert"),
        ] {
            let sti = format!("/klasser/{}/{noekkel}", slag.navn());
            let av: Vec<String> = tabeller.iter().map(|(_, en)| verdi(en, &sti)).collect();
            writeln!(ut, "| {}: {navn} | {} |", slag.navn(), av.join(" | "))?;
        }
    }
    Ok(())
}

fn kjoer_en(kommando: &mut Command) -> Result<Value> {
    let ut = kommando.output().context("starting it")?;
    if !ut.status.success() {
        bail!("{}", String::from_utf8_lossy(&ut.stderr));
    }
    let siste = ut
        .stdout
        .split(|byte| *byte == b'\n')
        .rfind(|linje| linje.starts_with(b"{"));
    Ok(serde_json::from_slice(siste.context("no answer")?)?)
}

/// Two files: records of persons, and rows with what is true of them.
fn lag_filer(mappe: &Path, antall: u32) -> Result<usize> {
    // A tenth more than are asked for, who are the strangers.
    let nasjon = Nasjon::new(FROE, antall / 9 * 10)?;
    let mut personer = BufWriter::new(File::create(mappe.join(PERSONER))?);
    let mut rader = BufWriter::new(File::create(mappe.join(RADER))?);
    writeln!(
        personer,
        "id;gjeldende;fornavn;mellomnavn;etternavn;foedt;kvinne;gate;postnummer;kommune"
    )?;
    writeln!(
        rader,
        "rad;slag;sann;fornavn;mellomnavn;etternavn;foedt;kvinne;gate;postnummer;kommune"
    )?;
    let mut generatorer = Slag::ALLE.map(|slag| (slag, Generator::new(FROE, slag)));
    let alle = |gruppe| {
        nasjon
            .gruppe(gruppe)
            .into_iter()
            .filter_map(|en| Fasit::av_dokument(&en.til_json()))
    };
    // Who is here under one number and not under another is here.
    let mut her = HashSet::new();
    for (nr, en) in (0..nasjon.grupper()).flat_map(alle).enumerate() {
        if nr % 10 == 3 {
            continue;
        }
        her.insert(kjent_som(&en));
        skriv_person(&mut personer, nr, &en)?;
    }
    let mut antall_rader = 0;
    for (nr, en) in (0..nasjon.grupper()).flat_map(alle).enumerate() {
        let fremmed = nr % 10 == 3;
        if fremmed && her.contains(&kjent_som(&en)) {
            continue;
        }
        let Some((slag, generator)) = generatorer.get_mut(nr % 3) else {
            continue;
        };
        let rad = generator.rad(&en);
        let sann = if fremmed { String::new() } else { nr.to_string() };
        write!(rader, "{nr};{};{sann};", slag.navn())?;
        skriv(
            &mut rader,
            &rad.navn,
            rad.foedselsdato,
            rad.kvinne,
            rad.adresse.as_ref(),
        )?;
        antall_rader += 1;
    }
    personer.flush()?;
    rader.flush()?;
    Ok(antall_rader)
}

fn kjent_som(en: &Fasit) -> (String, String, (u16, u8, u8)) {
    (en.navn.fornavn.clone(), en.navn.etternavn.clone(), en.foedselsdato)
}

/// The record of now, and one more for each name and each address that they had.
fn skriv_person(ut: &mut impl std::io::Write, nr: usize, en: &Fasit) -> Result<()> {
    let mut skriv_en = |gjeldende: &str, navn: &matchfeil::Navn, adresse: Option<&matchfeil::Adresse>| {
        write!(ut, "{nr};{gjeldende};")?;
        skriv(ut, navn, en.foedselsdato, en.kvinne, adresse)
    };
    skriv_en("ja", &en.navn, en.adresse.as_ref())?;
    for navn in &en.tidligere_navn {
        skriv_en("navn", navn, en.adresse.as_ref())?;
    }
    for adresse in &en.tidligere_adresser {
        skriv_en("adresse", &en.navn, Some(adresse))?;
    }
    Ok(())
}

fn skriv(
    ut: &mut impl std::io::Write,
    navn: &matchfeil::Navn,
    (aar, maaned, dag): (u16, u8, u8),
    kvinne: bool,
    adresse: Option<&matchfeil::Adresse>,
) -> Result<()> {
    let (gate, post, kommune) = adresse.map_or(("", "", ""), |en| (&*en.gate, &*en.postnummer, &*en.kommune));
    let mellomnavn = navn.mellomnavn.as_deref().unwrap_or_default();
    let kjoenn = if kvinne { "K" } else { "M" };
    writeln!(
        ut,
        "{};{mellomnavn};{};{aar:04}-{maaned:02}-{dag:02};{kjoenn};{gate};{post};{kommune}",
        navn.fornavn, navn.etternavn
    )?;
    Ok(())
}

/// The fields of a record that both files have, after the two or three of their own.
struct Felter<'a>([&'a str; 8]);

impl<'a> Felter<'a> {
    fn les(deler: &[&'a str]) -> Result<Self> {
        Ok(Felter(deler.try_into().context("eight fields")?))
    }

    fn navn(&self, gjeldende: bool) -> Navn<'a> {
        let [fornavn, mellomnavn, etternavn, ..] = self.0;
        Navn {
            fornavn,
            mellomnavn,
            etternavn,
            gjeldende,
        }
    }

    fn foedt(&self) -> Foedt {
        let mut deler = self.0[3].split('-').map(|del| del.parse::<u16>().unwrap_or(0));
        let mut neste = || deler.next().unwrap_or(0);
        let (aar, maaned, dag) = (neste(), neste(), neste());
        Foedt::new(aar, u8::try_from(maaned).unwrap_or(0), u8::try_from(dag).unwrap_or(0))
    }

    fn kvinne(&self) -> bool {
        self.0[4] == "K"
    }

    fn adresse(&self, gjeldende: bool) -> Adresse<'a> {
        let [.., gate, post, kommune] = self.0;
        Adresse {
            gate,
            postnummer: post.parse().unwrap_or(0),
            kommune: kommune.parse().unwrap_or(0),
            gjeldende,
        }
    }
}

#[derive(Default)]
struct Klasse {
    her: u32,
    riktige: u32,
    gale: u32,
    refusert: u32,
}

/// Ours, on the files of a folder: prints one object.
pub fn vaar(valg: &Valg) -> Result<()> {
    let start = Instant::now();
    let personer = les_personer(&valg.data.join(PERSONER))?;
    let klar_s = start.elapsed().as_secs_f64();
    let linjer: Vec<String> = BufReader::new(File::open(valg.data.join(RADER))?)
        .lines()
        .skip(1)
        .collect::<Result<_, _>>()?;
    let traader = std::thread::available_parallelism()?.get();
    let start = Instant::now();
    let utfall: Vec<Utfall> = std::thread::scope(|felles| {
        let deler = linjer.chunks(linjer.len().div_ceil(traader).max(1));
        let arbeid: Vec<_> = deler
            .map(|del| felles.spawn(|| del.iter().map(|linje| finn(&personer, linje)).collect::<Vec<_>>()))
            .collect();
        arbeid
            .into_iter()
            .flat_map(|en| en.join().unwrap_or_default())
            .collect()
    });
    let finn_s = start.elapsed().as_secs_f64();
    if utfall.len() != linjer.len() {
        bail!("rows without an answer");
    }
    let mut klasser: BTreeMap<&str, Klasse> = BTreeMap::new();
    let (mut gitt, mut gale) = (0u32, 0u32);
    for (linje, utfall) in linjer.iter().zip(utfall) {
        let mut deler = linje.split(';').skip(1);
        let klasse = klasser.entry(deler.next().unwrap_or_default()).or_default();
        let sann: Option<u64> = deler.next().and_then(|tekst| tekst.parse().ok());
        klasse.her += u32::from(sann.is_some());
        match utfall {
            Utfall::En(treff) => {
                gitt += 1;
                if Some(treff.noekkel) == sann {
                    klasse.riktige += 1;
                } else {
                    klasse.gale += 1;
                    gale += 1;
                }
            }
            Utfall::Flere(..) | Utfall::Ingen if sann.is_some() => klasse.refusert += 1,
            Utfall::Flere(..) | Utfall::Ingen => {}
        }
    }
    let klasser: serde_json::Map<String, Value> = klasser
        .into_iter()
        .map(|(navn, en)| {
            let recall = f64::from(en.riktige) / f64::from(en.her.max(1));
            let svar = json!({ "recall": rund(recall, 4), "gale": en.gale, "gitt": en.riktige + en.gale, "refusert": en.refusert });
            (navn.to_owned(), svar)
        })
        .collect();
    #[expect(clippy::cast_precision_loss, reason = "a rate")]
    let rader_s = linjer.len() as f64 / finn_s;
    let svar = json!({
        "rader_s": rund(rader_s, 0),
        "finn_s": rund(finn_s, 1),
        "klar_s": rund(klar_s, 1),
        "topp_mb": topp_mb()?,
        "presisjon": rund(1.0 - f64::from(gale) / f64::from(gitt.max(1)), 6),
        "klasser": klasser,
    });
    writeln!(std::io::stdout(), "{svar}")?;
    Ok(())
}

fn rund(tall: f64, plasser: i32) -> f64 {
    let ganger = 10f64.powi(plasser);
    (tall * ganger).round() / ganger
}

/// The most memory that this process has had. Source: `VmHWM` of /proc.
fn topp_mb() -> Result<u64> {
    let status = fs::read_to_string("/proc/self/status")?;
    let linje = status
        .lines()
        .find_map(|linje| linje.strip_prefix("VmHWM:"))
        .context("VmHWM")?;
    let kb: u64 = linje.trim().trim_end_matches(" kB").parse()?;
    Ok(kb / 1_000)
}

fn les_personer(fil: &Path) -> Result<Personer> {
    let mut bygger = Bygger::default();
    let mut egne: Vec<String> = Vec::new();
    let mut nummer = String::new();
    for linje in BufReader::new(File::open(fil)?).lines().skip(1) {
        let linje = linje?;
        let id = linje.split(';').next().unwrap_or_default();
        if id != nummer {
            legg_til(&mut bygger, &egne)?;
            egne.clear();
            id.clone_into(&mut nummer);
        }
        egne.push(linje);
    }
    legg_til(&mut bygger, &egne)?;
    Ok(bygger.ferdig())
}

fn legg_til(bygger: &mut Bygger, linjer: &[String]) -> Result<()> {
    let (mut navn, mut adresser) = (Vec::new(), Vec::new());
    let mut foerste = None;
    for linje in linjer {
        let deler: Vec<&str> = linje.split(';').collect();
        let [id, slag, rest @ ..] = deler.as_slice() else {
            bail!("a record")
        };
        let felter = Felter::les(rest)?;
        let na = *slag == "ja";
        if na || *slag == "navn" {
            navn.push(felter.navn(na));
        }
        let adresse = felter.adresse(na);
        if (na || *slag == "adresse") && !(adresse.gate.is_empty() && adresse.postnummer == 0) {
            adresser.push(adresse);
        }
        foerste.get_or_insert((id.parse()?, felter.foedt(), felter.kvinne()));
    }
    if let Some((noekkel, foedt, kvinne)) = foerste {
        bygger.legg_til(&Innfoering {
            noekkel,
            navn: &navn,
            foedt,
            kvinne: Some(kvinne),
            adresser: &adresser,
        });
    }
    Ok(())
}

fn finn(personer: &Personer, linje: &str) -> Utfall {
    let deler: Vec<&str> = linje.split(';').collect();
    let Some(felter) = deler.get(3..).and_then(|rest| Felter::les(rest).ok()) else {
        return Utfall::Ingen;
    };
    let (navn, sted) = (felter.navn(true), felter.adresse(true));
    personer.finn(&Spoerring {
        fornavn: navn.fornavn,
        mellomnavn: navn.mellomnavn,
        etternavn: navn.etternavn,
        foedt: felter.foedt(),
        kvinne: Some(felter.kvinne()),
        gate: sted.gate,
        postnummer: sted.postnummer,
        kommune: sted.kommune,
    })
}
