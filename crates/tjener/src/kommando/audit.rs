//! `audit`: the log of disclosures, for those who run the service and those who check it.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, Result, bail};
use clap::Subcommand;
use identifikator::Folkeregisteridentifikator;
use jiff::Timestamp;
use revisjonslogg::bevis::{Innslagsbevis, Vekstbevis};
use revisjonslogg::hode::Verifikasjonsnoekkel;

use super::{Datavalg, meld, skriv_linje};
use crate::styring::{Kommando, Svar, Utfoerer};

#[derive(Subcommand)]
pub enum Audit {
    /// Kontroller hele loggen, mot seg selv og mot signerte hoder som er tatt vare på et annet sted.
    Verify {
        /// Fil med signerte hoder: et hode slik «audit hode» skriver det, eller filen fra det andre stedet. Kan gjentas.
        #[arg(long)]
        hode: Vec<PathBuf>,
        #[command(flatten)]
        data: Datavalg,
    },
    /// Hvem har slått opp en person, slik personen selv har rett til å se det.
    Innsyn {
        /// Fødselsnummer eller D-nummer.
        identifikator: String,
        /// Alt, for dem som følger opp loggen. At det leses, føres selv i loggen.
        #[arg(long)]
        alt: bool,
        #[command(flatten)]
        data: Datavalg,
    },
    /// Utleveringer om personer med fortrolig eller strengt fortrolig adresse, til gjennomgang. At listen leses, føres i
    /// loggen.
    Vernede {
        /// Fra når, som 2026-01-01T00:00:00Z.
        #[arg(long)]
        fra: Option<Timestamp>,
        /// Til når; ikke med.
        #[arg(long)]
        til: Option<Timestamp>,
        /// Vis også hvem det gjelder.
        #[arg(long)]
        personer: bool,
        #[command(flatten)]
        data: Datavalg,
    },
    /// Skriv beviset for at en post står i loggen, til en som bare har nøkkelen.
    Bevis {
        /// Postens nummer.
        post: u64,
        #[command(flatten)]
        data: Datavalg,
    },
    /// Skriv beviset for at loggen bare har vokst siden et eldre hode.
    Vekst {
        /// Fil med det eldre hodet.
        #[arg(long)]
        fra: PathBuf,
        #[command(flatten)]
        data: Datavalg,
    },
    /// Signer og skriv hodet slik loggen er nå.
    Hode {
        #[command(flatten)]
        data: Datavalg,
    },
    /// Skriv nøkkelen som hoder kontrolleres med.
    Noekkel {
        #[command(flatten)]
        data: Datavalg,
    },
    /// Kontroller et bevis. Trenger ikke loggen.
    Sjekk {
        /// Filen med beviset.
        fil: PathBuf,
        /// Nøkkelen, slik «audit noekkel» skriver den.
        #[arg(long)]
        noekkel: String,
    },
}

pub fn kjoer(valg: &Audit) -> Result<ExitCode> {
    match valg {
        Audit::Verify { hode, data } => return verifiser(hode, data),
        Audit::Innsyn {
            identifikator,
            alt,
            data,
        } => {
            let id = Folkeregisteridentifikator::parse(identifikator)
                .context("ikke et fødselsnummer eller D-nummer; forklar det med: persontjenesten nummer sjekk")?;
            linjer(
                data,
                Kommando::AuditInnsyn {
                    nummer: id.as_str().to_owned(),
                    alt: *alt,
                },
            )?;
        }
        Audit::Vernede {
            fra,
            til,
            personer,
            data,
        } => linjer(
            data,
            Kommando::AuditVernede {
                fra: *fra,
                til: *til,
                personer: *personer,
            },
        )?,
        Audit::Bevis { post, data } => linjer(data, Kommando::AuditBevis { post: *post })?,
        Audit::Vekst { fra, data } => {
            let fra = les_hoder(fra)?.pop().context("filen har ikke noe hode")?;
            linjer(data, Kommando::AuditVekst { fra })?;
        }
        Audit::Hode { data } => linjer(data, Kommando::AuditHode)?,
        Audit::Noekkel { data } => {
            let noekkel = data.mappe().revisjonssignerer()?.verifikasjonsnoekkel();
            skriv_linje(&noekkel.to_string())?;
        }
        Audit::Sjekk { fil, noekkel } => sjekk(fil, noekkel)?,
    }
    Ok(ExitCode::SUCCESS)
}

fn linjer(data: &Datavalg, kommando: Kommando) -> Result<()> {
    match Utfoerer::finn(&data.mappe())?.utfoer(kommando)? {
        Svar::Linjer { linjer } => linjer.iter().try_for_each(|l| skriv_linje(l)),
        _ => bail!("uventet svar"),
    }
}

fn verifiser(hode: &[PathBuf], data: &Datavalg) -> Result<ExitCode> {
    let mut hoder = Vec::new();
    for fil in hode {
        hoder.extend(les_hoder(fil)?);
    }
    let svar = Utfoerer::finn(&data.mappe())?.utfoer(Kommando::AuditVerifiser { hoder })?;
    let Svar::AuditVerifiser {
        funn,
        poster,
        lest,
        hoder,
    } = svar
    else {
        bail!("uventet svar");
    };
    for linje in &funn {
        skriv_linje(linje)?;
    }
    if lest < poster {
        meld(&format!("{} poster er eldre enn det som oppbevares", poster - lest));
    }
    skriv_linje(&format!(
        "{lest} poster og {hoder} signerte hoder kontrollert, {} funn",
        funn.len()
    ))?;
    Ok(if funn.is_empty() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

/// A file of heads, or one head as it is written.
fn les_hoder(fil: &Path) -> Result<Vec<String>> {
    let tekst = std::fs::read_to_string(fil).with_context(|| format!("kunne ikke lese {}", fil.display()))?;
    if tekst.starts_with('"') {
        return Ok(revisjonslogg::les_hoder(fil)?);
    }
    Ok(vec![tekst])
}

fn sjekk(fil: &Path, noekkel: &str) -> Result<()> {
    let noekkel = Verifikasjonsnoekkel::les(noekkel).context("nøkkelen kan ikke leses")?;
    let tekst = std::fs::read_to_string(fil).with_context(|| format!("kunne ikke lese {}", fil.display()))?;
    if let Ok(bevis) = serde_json::from_str::<Innslagsbevis>(&tekst) {
        let (post, hode) = bevis.sjekk(&noekkel)?;
        skriv_linje(&String::from_utf8_lossy(&post))?;
        return skriv_linje(&format!(
            "post {} står i loggen av {} poster, signert {}",
            bevis.nr, hode.antall, hode.tid
        ));
    }
    let bevis: Vekstbevis = serde_json::from_str(&tekst).context("filen er ikke et bevis")?;
    let (fra, til) = bevis.sjekk(&noekkel)?;
    skriv_linje(&format!(
        "de {} postene fra {} står uendret blant de {} fra {}",
        fra.antall, fra.tid, til.antall, til.tid
    ))
}
