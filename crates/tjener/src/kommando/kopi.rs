//! `backup`, `restore`, `noekler`.

use std::path::PathBuf;

use anyhow::{Context, Result, bail};
use clap::{Args, Subcommand};
use informasjonsmodell::Tidspunkt;
use lager::mappe::Laas;
use register::sikkerhetskopi::{Gjenoppretting, gjenopprett};

use super::{Datavalg, skriv_linje};
use crate::mappe::{Mappe, klokke};
use crate::styring::{Kommando, Svar, Utfoerer};

/// `backup`.
#[derive(Args)]
pub struct Backup {
    #[command(flatten)]
    data: Datavalg,
    /// Mappen der kopiene ligger; kopien får en undermappe med sekvensnummeret som navn.
    mappe: PathBuf,
    /// Behold så mange kopier, og slett eldre; alle beholdes når valget utelates.
    #[arg(long)]
    behold: Option<usize>,
}

/// `restore`.
#[derive(Args)]
pub struct Restore {
    /// Mappen der kopiene ligger.
    kopier: PathBuf,
    /// Datamappen som skal lages. Den kan ikke finnes fra før.
    #[arg(long)]
    data: PathBuf,
    /// Mappen med nøkkelfilene («noekler» i den gamle datamappen).
    #[arg(long)]
    noekler: PathBuf,
    /// Slettingslisten («slettinger» i den gamle datamappen, eller stedet den var lagt til).
    #[arg(long)]
    slettinger: PathBuf,
    /// Nøkkellageret eller speilet av det, når det er nyere enn det som ligger blant kopiene.
    #[arg(long)]
    personnoekler: Option<PathBuf>,
    /// Arkivstrømmen, for å komme lenger enn kopien.
    #[arg(long)]
    arkivstroem: Option<PathBuf>,
    /// Avtaler og sperrer («tilgang» i den gamle datamappen), slik de er nå; de fra kopien når valget utelates.
    #[arg(long)]
    tilgang: Option<PathBuf>,
    /// Sekvensnummeret som registeret skal være ved; så langt det går når valget utelates.
    #[arg(long)]
    til: Option<u64>,
}

/// `noekler`.
#[derive(Subcommand)]
pub enum Noekler {
    /// Skriv nøkkellageret på nytt, slik at det ikke er noe igjen av nøkler som er ødelagt.
    Forny {
        #[command(flatten)]
        data: Datavalg,
    },
    /// Bytt nøkkelen som personnøklene er pakket med. Eldre kopier av nøkkellageret kan ikke åpnes etterpå.
    Roter {
        #[command(flatten)]
        data: Datavalg,
    },
}

fn linjer(mappe: &Mappe, kommando: Kommando) -> Result<()> {
    match Utfoerer::finn(mappe)?.utfoer(kommando)? {
        Svar::Linjer { linjer } => linjer.iter().try_for_each(|l| skriv_linje(l)),
        _ => bail!("uventet svar"),
    }
}

pub fn backup(valg: &Backup) -> Result<()> {
    if valg.behold == Some(0) {
        bail!("--behold må være minst 1");
    }
    // The process that does it may stand in another folder.
    let mappe = std::path::absolute(&valg.mappe).context("mappen for kopier")?;
    linjer(
        &valg.data.mappe(),
        Kommando::Sikkerhetskopi {
            mappe,
            behold: valg.behold,
        },
    )
}

pub fn restore(valg: &Restore) -> Result<()> {
    let naa = klokke()();
    let tidspunkt = Tidspunkt::parse(&naa.to_string()).context("klokken")?;
    // Nobody else is to begin in the folder meanwhile. The name beside it is the one that the restore works under.
    let ved_siden = valg.data.with_extension("laas");
    let laas = Laas::ta(&ved_siden)?;
    let bestilling = Gjenoppretting {
        rot: valg.kopier.clone(),
        personnoekler: valg.personnoekler.clone(),
        noekler: valg.noekler.clone(),
        arkivstroem: valg.arkivstroem.clone(),
        slettinger: valg.slettinger.clone(),
        til: valg.til,
        maal: valg.data.clone(),
    };
    let utfall = gjenopprett(&bestilling, tidspunkt, naa.as_second());
    drop(laas);
    std::fs::remove_dir_all(&ved_siden).with_context(|| format!("kunne ikke fjerne {}", ved_siden.display()))?;
    let utfall = utfall?;
    let kopien = valg.kopier.join(format!("{:020}", utfall.kopi.0));
    let meldinger = kopien.join("driftsmeldinger");
    if meldinger.is_dir() {
        lager::mappe::kopier(&meldinger, &valg.data.join("driftsmeldinger"))?;
    }
    let fra_kopien = kopien.join("tilgang");
    let tilgang = valg.tilgang.as_ref().unwrap_or(&fra_kopien);
    if valg.tilgang.is_some() || tilgang.is_dir() {
        lager::mappe::kopier(tilgang, &valg.data.join("tilgang"))?;
    }
    if valg.tilgang.is_none() {
        skriv_linje(
            "MERK: avtaler og sperrer er som da kopien ble tatt; det som er trukket eller sperret siden, gjelder ikke (--tilgang)",
        )?;
    }
    skriv_linje(&format!(
        "gjenopprettet til {} fra kopien ved {}, tilstand {}",
        utfall.naadd.0, utfall.kopi.0, utfall.tilstand
    ))?;
    if utfall.slettet_igjen > 0 {
        skriv_linje(&format!(
            "{} personer har fått slettet noe siden; det er slettet igjen, og konsumentene får hendelser om det",
            utfall.slettet_igjen
        ))?;
    }
    skriv_linje("ta en ny sikkerhetskopi før mappen tas i bruk: den gamle arkivstrømmen fortsetter ikke her")
}

pub fn noekler(valg: &Noekler) -> Result<()> {
    let (data, ny_noekkel) = match valg {
        Noekler::Forny { data } => (data, false),
        Noekler::Roter { data } => (data, true),
    };
    linjer(&data.mappe(), Kommando::NoeklerForny { ny_noekkel })
}
