//! `kartverk`.

use std::fs::File;
use std::io::{BufRead, BufReader, Cursor};
use std::path::{Path, PathBuf};

use ::kartverk::innlesing::{Rapport, les_inn};
use anyhow::{Context, Result, bail};
use clap::{Args, Subcommand};
use lager::mappe::Laas;

use super::{Datavalg, meld, skriv_linje};
use crate::nasjon::framdrift;
use crate::styring::{Kommando, Svar, Utfoerer};

/// A correspondence without rows.
const INGEN: &str = "grunnkretsnummer,bydelskode,gyldigFra,gyldigTil\n";
/// Rows that were left out that are shown one by one. Source: our choice.
const VIST: usize = 10;

#[derive(Subcommand)]
pub enum Kartverk {
    /// Lag en ny tabell over adresser, og ta den i bruk. Kopien forteller dem som får vist andre steder enn før.
    Importer(Importer),
}

#[derive(Args)]
pub struct Importer {
    /// Det offentlige adresseregisteret, CSV i UTF-8 med semikolon.
    fil: PathBuf,
    /// Hvilken bydel hver grunnkrets ligger i: grunnkretsnummer,bydelskode,gyldigFra,gyldigTil.
    #[arg(long)]
    bydeler: Option<PathBuf>,
    /// Hvilken bydel som gir helse- og sosialtjenester, der det er en annen; samme form.
    #[arg(long)]
    tjenester: Option<PathBuf>,
    #[command(flatten)]
    data: Datavalg,
}

pub fn kjoer(valg: &Kartverk) -> Result<()> {
    let Kartverk::Importer(valg) = valg;
    let linje = framdrift(std::fs::metadata(&valg.fil).map_or(0, |m| m.len()), "byte");
    let bydeler: Box<dyn BufRead> = match &valg.bydeler {
        Some(fil) => Box::new(aapne(fil)?),
        None => Box::new(Cursor::new(INGEN)),
    };
    let mut tjenester = valg.tjenester.as_deref().map(aapne).transpose()?;
    let tjenester = tjenester.as_mut().map(|fil| fil as &mut dyn BufRead);
    let lest = les_inn(aapne(&valg.fil)?, bydeler, tjenester, &mut |f| {
        linje.set_position(f.byte)
    });
    linje.finish_and_clear();
    let (tabell, rapporter) = lest.with_context(|| format!("{} kan ikke brukes", valg.fil.display()))?;
    fortell("adresser", &rapporter.adresser)?;
    if rapporter.tvetydige > 0 {
        meld(&format!(
            "{} adresser står i to grunnkretser, og er ikke med",
            rapporter.tvetydige
        ));
    }
    for (navn, fil, rapport) in [
        ("bydeler", &valg.bydeler, &rapporter.bydeler),
        ("tjenester", &valg.tjenester, &rapporter.tjenester),
    ] {
        if fil.is_some() {
            fortell(navn, rapport)?;
        }
    }
    let (veg, matrikkel) = tabell.antall_adresser();
    let (kretser, utgave) = (tabell.antall_grunnkretser(), tabell.utgave());
    let mappe = valg.data.mappe();
    if let Ok(der) = Utfoerer::finn_kjoerende(&mappe) {
        // Made here and read there: the process that has the folder is not kept busy with a gigabyte of text.
        let fil = std::path::absolute(mappe.sti())?.join(format!("adresser-{}.kart", std::process::id()));
        tabell.skriv(&fil)?;
        let svar = der.utfoer(Kommando::KartverkLeggInn { fil: fil.clone() });
        std::fs::remove_file(&fil).with_context(|| format!("kunne ikke fjerne {}", fil.display()))?;
        match svar? {
            Svar::Linjer { .. } => {}
            _ => bail!("uventet svar"),
        }
    } else {
        if !mappe.sti().is_dir() {
            bail!("fant ikke datamappen {}", mappe.sti().display());
        }
        let kopi = mappe.helsekopi();
        std::fs::create_dir_all(&kopi).with_context(|| format!("kunne ikke lage {}", kopi.display()))?;
        let _laas = Laas::ta(&kopi)?;
        crate::helsekopi::legg_i_mappe(&kopi.join("kartverk"), tabell)?;
    }
    skriv_linje(&format!(
        "tatt i bruk: {veg} vegadresser og {matrikkel} matrikkeladresser i {kretser} grunnkretser, utgave {utgave}"
    ))
}

fn aapne(fil: &Path) -> Result<BufReader<File>> {
    let aapnet = File::open(fil).with_context(|| format!("kunne ikke lese {}", fil.display()))?;
    Ok(BufReader::with_capacity(1 << 20, aapnet))
}

/// How a file went; rows that were left out by line and rule, never by what they say.
fn fortell(navn: &str, rapport: &Rapport) -> Result<()> {
    skriv_linje(&format!(
        "{navn}: {} rader, {} utelatt",
        rapport.rader,
        rapport.antall_avvist()
    ))?;
    for (regel, antall) in &rapport.avvist {
        meld(&format!("  {antall:>8}  {regel}"));
    }
    for (linje, regel) in rapport.eksempler.iter().take(VIST) {
        meld(&format!("  linje {linje}: {regel}"));
    }
    Ok(())
}
