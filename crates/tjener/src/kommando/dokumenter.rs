//! `import persondokument` and `export`.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, Result, bail};
use clap::{Args, Subcommand};

use super::{Datavalg, meld, skriv_linje};
use crate::nasjon::framdrift;
use crate::styring::{DOKUMENT_BYTE_MAKS, Kommando, Svar, Utfoerer};

#[derive(Subcommand)]
pub enum Import {
    /// Persondokumenter i tjenestens egen JSON (.json) eller XML (.xml), ett i hver fil.
    Persondokument {
        /// Mappen med filene; undermapper tas med.
        mappe: PathBuf,
        #[command(flatten)]
        data: Datavalg,
    },
}

#[derive(Args)]
pub struct Export {
    /// Mappen filene skrives i; lages om den ikke finnes.
    mappe: PathBuf,
    #[command(flatten)]
    data: Datavalg,
}

#[derive(Default)]
struct Telling {
    ny: u64,
    endret: u64,
    lik: u64,
    avvist: u64,
    ukjente: BTreeMap<String, u64>,
}

/// Unknown members that are listed after an import, at most.
const UKJENTE_MAKS: usize = 20;

pub fn importer(valg: &Import) -> Result<ExitCode> {
    let Import::Persondokument { mappe, data } = valg;
    let mut filer = Vec::new();
    finn_filer(mappe, &mut filer)?;
    if filer.is_empty() {
        bail!("fant ingen .json- eller .xml-filer i {}", mappe.display());
    }
    filer.sort();
    let utfoerer = Utfoerer::finn_eller_lag(&data.mappe())?;
    let linje = framdrift(u64::try_from(filer.len())?, "dokumenter");
    let mut telling = Telling::default();
    for fil in &filer {
        match importer_fil(&utfoerer, fil)? {
            Ok((utfall, ukjente)) => {
                match utfall.as_str() {
                    "ny" => telling.ny += 1,
                    "endret" => telling.endret += 1,
                    _ => telling.lik += 1,
                }
                for navn in ukjente {
                    if telling.ukjente.len() < UKJENTE_MAKS || telling.ukjente.contains_key(&navn) {
                        *telling.ukjente.entry(navn).or_default() += 1;
                    }
                }
            }
            Err(grunn) => {
                telling.avvist += 1;
                linje.suspend(|| meld(&format!("{}: {grunn}", fil.display())));
            }
        }
        linje.inc(1);
    }
    linje.finish_and_clear();
    let Telling {
        ny,
        endret,
        lik,
        avvist,
        ukjente,
    } = telling;
    for (navn, antall) in ukjente {
        meld(&format!(
            "ukjent felt «{navn}» i {antall} dokumenter: beholdt slik det står, uten virkning; er det en skrivefeil?"
        ));
    }
    skriv_linje(&format!("{ny} nye, {endret} endret, {lik} uendret, {avvist} avvist"))?;
    Ok(if avvist == 0 {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

// The outer error stops the import; the inner one is about this file alone.
fn importer_fil(utfoerer: &Utfoerer, fil: &Path) -> Result<Result<(String, Vec<String>), String>> {
    let stoerrelse = match std::fs::metadata(fil) {
        Ok(m) => m.len(),
        Err(feil) => return Ok(Err(feil.to_string())),
    };
    if stoerrelse > DOKUMENT_BYTE_MAKS as u64 {
        return Ok(Err(format!("filen er større enn {DOKUMENT_BYTE_MAKS} byte")));
    }
    let byte = match std::fs::read(fil) {
        Ok(byte) => byte,
        Err(feil) => return Ok(Err(feil.to_string())),
    };
    let Ok(dokument) = String::from_utf8(byte) else {
        return Ok(Err("filen er ikke UTF-8".to_owned()));
    };
    let xml = fil.extension().is_some_and(|e| e.eq_ignore_ascii_case("xml"));
    match utfoerer.utfoer(Kommando::Import { dokument, xml })? {
        Svar::Import { grunn: Some(grunn), .. } => Ok(Err(grunn)),
        Svar::Import { utfall, ukjente, .. } => Ok(Ok((utfall, ukjente))),
        _ => bail!("uventet svar"),
    }
}

fn finn_filer(mappe: &Path, ut: &mut Vec<PathBuf>) -> Result<()> {
    let innhold = std::fs::read_dir(mappe).with_context(|| format!("kunne ikke lese {}", mappe.display()))?;
    for oppfoering in innhold {
        let sti = oppfoering?.path();
        if sti.is_dir() {
            finn_filer(&sti, ut)?;
        } else if sti
            .extension()
            .is_some_and(|e| e.eq_ignore_ascii_case("json") || e.eq_ignore_ascii_case("xml"))
        {
            ut.push(sti);
        }
    }
    Ok(())
}

pub fn eksporter(valg: &Export) -> Result<()> {
    let utfoerer = Utfoerer::finn(&valg.data.mappe())?;
    lag_egen_mappe(&valg.mappe).with_context(|| format!("kunne ikke lage {}", valg.mappe.display()))?;
    let mut fra = Some(0);
    let mut antall = 0u64;
    while let Some(start) = fra {
        let Svar::Eksport { dokumenter, neste } = utfoerer.utfoer(Kommando::Eksport { fra: start })? else {
            bail!("uventet svar")
        };
        for (nummer, dokument) in dokumenter {
            let sti = valg.mappe.join(format!("{nummer}.json"));
            skriv_egen_fil(&sti, dokument.as_bytes())
                .with_context(|| format!("kunne ikke skrive i {}", valg.mappe.display()))?;
            antall += 1;
        }
        fra = neste;
    }
    skriv_linje(&format!("{antall} dokumenter skrevet til {}", valg.mappe.display()))
}

// What is exported is unprotected: everything the register knows, for the one who asked and nobody else.
fn lag_egen_mappe(mappe: &Path) -> std::io::Result<()> {
    let mut bygger = std::fs::DirBuilder::new();
    bygger.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut bygger, 0o700);
    bygger.create(mappe)
}

fn skriv_egen_fil(sti: &Path, byte: &[u8]) -> std::io::Result<()> {
    let mut valg = std::fs::OpenOptions::new();
    valg.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut valg, 0o600);
    std::io::Write::write_all(&mut valg.open(sti)?, byte)
}
