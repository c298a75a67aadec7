//! `cargo xtask paalitelighet`: the figures on reliability and security that we publish, measured.
//!
//! A figure is one or more tests named `paalitelighet_<number>_…` somewhere in the workspace; each prints lines
//! `TALL <number> <name> <value> <unit> <op> <target>`. Here they are run one at a time, in their long form, and judged. A
//! figure whose subject is not built is never said to pass.

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Command, Stdio};

use anyhow::{Context as _, Result, bail};
use clap::Args;

/// `paalitelighet`.
#[derive(Args)]
pub struct Valg {
    /// The short form, as every run of the gate has it.
    #[arg(long)]
    kort: bool,
    /// Only these figures.
    #[arg(long, value_delimiter = ',')]
    bare: Vec<u8>,
    /// Tests built without optimisation.
    #[arg(long)]
    dev: bool,
}

/// The figures, by number. What is not built, or only in part, says what it waits for.
const TALL: [(&str, &str); 25] = [
    ("drap_under_skriving", ""),
    ("drap_i_hele_kjeden", "Persontjenesten"),
    ("stroembrudd", "en maskin som kan miste strøm"),
    ("disk_som_svikter", ""),
    ("biter_som_snur", ""),
    ("simulert_kjede", "Persontjenesten"),
    ("hendelseslistens_egenskaper", ""),
    ("soek_mot_orakel", ""),
    ("rettighetsmatrise", ""),
    ("ikke_innblanding", ""),
    ("tokenangrep", ""),
    ("dpop_gjentakelse", "flere noder"),
    ("xml_angrep", ""),
    ("signaturinnpakning", ""),
    ("fuzz", ""),
    ("schemathesis", ""),
    ("trege_klienter", ""),
    ("bomber", ""),
    ("struping", ""),
    ("overlast", ""),
    ("kilden_er_nede", "Persontjenesten"),
    ("omstart_og_sertifikatbytte", ""),
    ("gjenoppretting", ""),
    ("revisjonslogg", ""),
    ("utholdenhet", ""),
];

#[derive(Debug, PartialEq)]
struct Linje {
    nr: u8,
    navn: String,
    verdi: String,
    enhet: String,
    maal: String,
    holder: bool,
}

/// Reads a line that a figure printed. The harness may have begun the line.
fn les(linje: &str) -> Option<Linje> {
    let (_, resten) = linje.split_once("TALL ")?;
    let mut ord = resten.split_whitespace();
    let nr = ord.next()?.parse().ok()?;
    let (navn, verdi, enhet) = (ord.next()?, ord.next()?, ord.next()?);
    let (op, grense) = (ord.next()?, ord.next()?);
    let tall = |t: &str| t.parse::<f64>().ok();
    let (v, g) = (tall(verdi)?, tall(grense)?);
    let holder = match op {
        "<=" => v <= g,
        ">=" => v >= g,
        "=" => (v - g).abs() < f64::EPSILON,
        _ => return None,
    };
    Some(Linje {
        nr,
        navn: navn.to_owned(),
        verdi: verdi.to_owned(),
        enhet: enhet.to_owned(),
        maal: format!("{op}{grense}"),
        holder,
    })
}

/// The figure of a test that failed, by the test's name.
fn feilet(linje: &str) -> Option<u8> {
    let linje = linje.trim_end();
    if !linje.ends_with("FAILED") {
        return None;
    }
    let (_, etter) = linje.split_once("paalitelighet_")?;
    etter.get(..2)?.parse().ok()
}

/// Runs the figures and prints them; fails if one of them does.
pub fn kjoer(valg: &Valg) -> Result<()> {
    let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo.args(["test", "--workspace", "--no-fail-fast"]);
    if !valg.dev {
        cargo.args(["--profile", "maaling"]);
    }
    match valg.bare.as_slice() {
        [] => cargo.args(["paalitelighet_", "--", "--nocapture", "--test-threads=1"]),
        bare => {
            cargo.args(["--", "--nocapture", "--test-threads=1"]);
            cargo.args(bare.iter().map(|nr| format!("paalitelighet_{nr:02}_")))
        }
    };
    if !valg.kort {
        cargo.env("PAALITELIGHET", "lang");
    }
    let mut barn = cargo.stdout(Stdio::piped()).spawn().context("cargo test")?;
    let ut = barn.stdout.take().context("cargo test")?;
    let mut funnet: BTreeMap<u8, Vec<Linje>> = BTreeMap::new();
    let mut feil = Vec::new();
    // A test's verdict stands on the line with its name, or alone on one after what it printed.
    let mut siste_proeve = None;
    for linje in BufReader::new(ut).lines() {
        let linje = linje.context("utskriften fra prøvene")?;
        if let Some(l) = les(&linje) {
            siste_proeve = Some(l.nr);
            funnet.entry(l.nr).or_default().push(l);
        }
        feil.extend(feilet(&linje));
        if linje.trim() == "FAILED" {
            feil.extend(siste_proeve);
        }
    }
    let lyktes = barn.wait()?.success();
    let rapport = rapport(&funnet, &feil, &valg.bare);
    std::io::stdout().write_all(rapport.as_bytes())?;
    std::fs::create_dir_all("target")?;
    std::fs::write("target/paalitelighet.txt", &rapport)?;
    if !lyktes || rapport.lines().any(|l| l.ends_with(" FAIL")) {
        bail!("noe holdt ikke");
    }
    Ok(())
}

fn rapport(funnet: &BTreeMap<u8, Vec<Linje>>, feil: &[u8], bare: &[u8]) -> String {
    let mut ut = String::new();
    for (nr, (navn, venter_paa)) in (1u8..).zip(TALL) {
        if !bare.is_empty() && !bare.contains(&nr) {
            continue;
        }
        let linjer = funnet.get(&nr).map_or(&[][..], Vec::as_slice);
        for l in linjer {
            let dom = if l.holder { "pass" } else { "FAIL" };
            ut += &format!("{nr:02}_{} {} {} {} {dom}\n", l.navn, l.verdi, l.enhet, l.maal);
        }
        if feil.contains(&nr) {
            ut += &format!("{nr:02}_{navn} - prøve - FAIL\n");
        } else if linjer.is_empty() || !venter_paa.is_empty() {
            // Of one that waits for something, what there is is measured; the whole of it is not built.
            let hva = if venter_paa.is_empty() { "-" } else { venter_paa };
            ut += &format!("{nr:02}_{navn} - - {hva} IKKE BYGD\n");
        }
    }
    ut
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_judged_by_its_own_target() {
        let holder = |linje: &str| les(linje).map(|l| l.holder);
        assert_eq!(holder("TALL 01 tapt 0 endringer = 0"), Some(true));
        assert_eq!(holder("test a::b ... TALL 18 vekst 33.1 MiB <= 32"), Some(false));
        assert_eq!(holder("TALL 24 verify 1200000 poster/s >= 1000000"), Some(true));
        assert_eq!(holder("TALL 24 verify mange poster/s >= 1000000"), None);
        assert_eq!(holder("noe annet"), None);
        assert_eq!(feilet("test drap::paalitelighet_01_drap ... FAILED"), Some(1));
        assert_eq!(feilet("test drap::paalitelighet_01_drap ... ok"), None);
    }

    #[test]
    fn what_is_not_built_never_passes() {
        let mut funnet = BTreeMap::new();
        funnet.insert(1, vec![les("TALL 01 tapt 0 endringer = 0").unwrap()]);
        funnet.insert(2, vec![les("TALL 02 drap_i_mottak 500 drap >= 8").unwrap()]);
        let rapport = rapport(&funnet, &[4], &[]);
        assert!(
            rapport.starts_with("01_tapt 0 endringer =0 pass\n02_drap_i_mottak 500 drap >=8 pass\n02_drap_i_hele_kjeden - - Persontjenesten IKKE BYGD\n")
        );
        assert!(rapport.contains("04_disk_som_svikter - prøve - FAIL\n"));
        assert_eq!(rapport.matches("pass").count(), 2);
        assert_eq!(rapport.lines().count(), 26);
    }
}
