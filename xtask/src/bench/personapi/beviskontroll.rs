//! What it costs to check the proof of a call, in a process by itself on the server's core: its signature alone, and all of it.
//!
//! The signature alone is the yardstick of lookups with DPoP: the key is read beforehand, and nothing but the verification is timed. It is
//! the same function that the service calls.

use std::io::{BufRead, Read, Write};
use std::process::{Command, Stdio};
use std::time::Instant;

use anyhow::{Context, Result, bail};
use clap::Args;
use jiff::Timestamp;
use tilgang::token::dpop::{BEVISTYPE, Bevis, Beviskrav, Origo};
use tilgang::token::jws::{Form, Typ};
use tilgang::token::{Algoritme, Kompakt, Offentlignoekkel};

/// What the proofs are for.
#[derive(Args)]
pub struct Valg {
    /// The address of the service.
    #[arg(long)]
    base: String,
    /// The path below it.
    #[arg(long)]
    sti: String,
}

/// What one proof costs. Units: seconds.
#[derive(Clone, Copy, Debug)]
pub(super) struct Kostnad {
    /// Its signature.
    pub signatur_s: f64,
    /// All of it but whether it was used before: reading, key, signature, contents.
    pub hele_s: f64,
    /// The same where the header is that of the proof before, as it is of all but a token's first.
    pub kjent_s: f64,
}

/// Has a process on the server's core check proofs that were made just now.
pub(super) fn maal(base: &str, sti: &str, bevis: &[String]) -> Result<Kostnad> {
    let mut barn = Command::new("taskset")
        .args(["-c", "0"])
        .arg(std::env::current_exe()?)
        .args(["beviskontroll", "--base", base, "--sti", sti])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .context("taskset")?;
    // It reads to the end before it writes.
    let mut inn = barn.stdin.take().context("stdin")?;
    inn.write_all(bevis.join("\n").as_bytes())?;
    drop(inn);
    let mut ut = String::new();
    barn.stdout.take().context("stdout")?.read_to_string(&mut ut)?;
    if !barn.wait()?.success() {
        bail!("bevisene kunne ikke kontrolleres");
    }
    let mut tall = ut.split_whitespace().map(str::parse::<f64>);
    let mut neste = || anyhow::Ok(tall.next().context("tall")??);
    Ok(Kostnad {
        signatur_s: neste()?,
        hele_s: neste()?,
        kjent_s: neste()?,
    })
}

pub fn kjoer(valg: &Valg) -> Result<()> {
    let bevis = std::io::stdin().lock().lines().collect::<Result<Vec<_>, _>>()?;
    if bevis.is_empty() {
        bail!("ingen bevis");
    }
    let form = Form {
        typ: Typ::Kreves(&[BEVISTYPE]),
        algoritmer: &Algoritme::ALLE,
        baerer_noekkel: true,
    };
    let mut lest = Vec::with_capacity(bevis.len());
    for tekst in &bevis {
        let jws = Kompakt::les_som(tekst, &form)?;
        let noekkel = Offentlignoekkel::fra_bevis(jws.jwk.as_ref().context("jwk")?)?;
        lest.push((jws, noekkel));
    }
    let antall = bevis.len() as f64;
    let start = Instant::now();
    let gode = lest.iter().filter(|(jws, noekkel)| noekkel.har_signert(jws)).count();
    let signatur_s = start.elapsed().as_secs_f64() / antall;
    let origoer = [Origo::les(&valg.base)?];
    let krav = Beviskrav {
        bundet_til: None,
        tokenavtrykk: None,
        metode: "POST",
        origoer: &origoer,
        sti: &valg.sti,
    };
    let naa = Timestamp::now();
    let start = Instant::now();
    let hele = bevis
        .iter()
        .filter(|tekst| Bevis::les(tekst.as_bytes()).is_ok_and(|bevis| bevis.kontroller(&krav, naa).is_ok()))
        .count();
    let hele_s = start.elapsed().as_secs_f64() / antall;
    let kjent = bevis
        .first()
        .and_then(|tekst| Bevis::les(tekst.as_bytes()).ok()?.hode());
    let start = Instant::now();
    let med_kjent = bevis.iter().filter(|tekst| {
        let lest = Bevis::les_med(tekst.as_bytes(), kjent.as_ref());
        lest.is_ok_and(|bevis| bevis.kontroller(&krav, naa).is_ok())
    });
    let med_kjent = med_kjent.count();
    let kjent_s = start.elapsed().as_secs_f64() / antall;
    if [gode, hele, med_kjent] != [bevis.len(); 3] {
        bail!("et bevis er ikke riktig");
    }
    writeln!(std::io::stdout(), "{signatur_s} {hele_s} {kjent_s}")?;
    Ok(())
}
