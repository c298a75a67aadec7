//! `klient` and `avtale`: who may ask for tokens, and who may use what.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use clap::{Args, Subcommand};
use jiff::Timestamp;

use super::{Datavalg, skriv_linje};
use crate::styring::{AvtaleGi, Kommando, Svar, Utfoerer};

#[derive(Subcommand)]
pub enum Klient {
    /// Registrer en klient med en offentlig nøkkel.
    Registrer(Registrering),
    /// Gi en klient en nøkkel til; den gjelder i ett år. En som er utløpt, kan gis på nytt.
    Noekkel {
        /// Klientens identifikator.
        #[arg(long)]
        id: String,
        /// Fil med den offentlige nøkkelen som JWK.
        #[arg(long)]
        jwk: PathBuf,
        #[command(flatten)]
        data: Datavalg,
    },
    /// Ta en nøkkel fra en klient, straks.
    FjernNoekkel {
        /// Klientens identifikator.
        #[arg(long)]
        id: String,
        /// Nøkkelens navn.
        #[arg(long)]
        kid: String,
        #[command(flatten)]
        data: Datavalg,
    },
    /// Avslutt en klient for godt; identifikatoren brukes ikke igjen.
    Avslutt {
        /// Klientens identifikator.
        #[arg(long)]
        id: String,
        #[command(flatten)]
        data: Datavalg,
    },
    /// Vis klientene og nøklene deres.
    Vis {
        #[command(flatten)]
        data: Datavalg,
    },
}

#[derive(Args)]
pub struct Registrering {
    /// Klientens identifikator.
    #[arg(long)]
    id: String,
    /// Organisasjonsnummeret klienten tilhører.
    #[arg(long)]
    organisasjon: String,
    /// Scope klienten kan be om; kan gjentas.
    #[arg(long, required = true)]
    scope: Vec<String>,
    /// Fil med den offentlige nøkkelen som JWK.
    #[arg(long)]
    jwk: PathBuf,
    #[command(flatten)]
    data: Datavalg,
}

#[derive(Subcommand)]
pub enum Avtale {
    /// Gi en organisasjon rett til en rettighetspakke eller et scope.
    Gi(Ny),
    /// Trekk en avtale; den blir stående i historikken.
    Trekk {
        /// Avtalens nummer.
        nummer: u64,
        /// Hvorfor.
        #[arg(long)]
        grunn: String,
        #[command(flatten)]
        data: Datavalg,
    },
    /// Vis avtalene.
    Vis {
        #[command(flatten)]
        data: Datavalg,
    },
}

#[derive(Args)]
pub struct Ny {
    /// Organisasjonsnummeret.
    #[arg(long)]
    organisasjon: String,
    /// Scopet; rettighetspakkenes scope gir rettighetspakken.
    #[arg(long)]
    scope: String,
    /// Organisasjonen er privat.
    #[arg(long)]
    privat: bool,
    /// En privat organisasjon skal se graderte adresser.
    #[arg(long)]
    graderte_adresser: bool,
    /// Hva opplysningene skal brukes til.
    #[arg(long)]
    formaal: String,
    /// Hjemmelen.
    #[arg(long)]
    hjemmel: String,
    /// Fra når, som 2026-01-01T00:00:00Z; standard er nå.
    #[arg(long)]
    fra: Option<Timestamp>,
    /// Til når; standard er uten slutt.
    #[arg(long)]
    til: Option<Timestamp>,
    #[command(flatten)]
    data: Datavalg,
}

pub(super) fn utfoer(data: &Datavalg, kommando: Kommando) -> Result<()> {
    // What begins a register may make its folder; on a name that was mistyped nothing is made, and nobody is told that
    // something was done.
    let begynner = matches!(kommando, Kommando::KlientRegistrer { .. } | Kommando::AvtaleGi(_));
    let utfoerer = if begynner {
        Utfoerer::finn_eller_lag(&data.mappe())?
    } else {
        Utfoerer::finn(&data.mappe())?
    };
    match utfoerer.utfoer(kommando)? {
        Svar::Linjer { linjer } => linjer.iter().try_for_each(|l| skriv_linje(l)),
        _ => bail!("uventet svar"),
    }
}

fn les_jwk(fil: &Path) -> Result<String> {
    std::fs::read_to_string(fil).with_context(|| format!("kunne ikke lese {}", fil.display()))
}

pub fn klient(valg: &Klient) -> Result<()> {
    match valg {
        Klient::Registrer(ny) => {
            let jwk = les_jwk(&ny.jwk)?;
            let kommando = Kommando::KlientRegistrer {
                id: ny.id.clone(),
                organisasjon: ny.organisasjon.clone(),
                scope: ny.scope.clone(),
                jwk,
            };
            utfoer(&ny.data, kommando)
        }
        Klient::Noekkel { id, jwk, data } => {
            let (id, jwk) = (id.clone(), les_jwk(jwk)?);
            utfoer(data, Kommando::KlientNoekkel { id, jwk })
        }
        Klient::FjernNoekkel { id, kid, data } => {
            let (id, kid) = (id.clone(), kid.clone());
            utfoer(data, Kommando::KlientFjernNoekkel { id, kid })
        }
        Klient::Avslutt { id, data } => utfoer(data, Kommando::KlientAvslutt { id: id.clone() }),
        Klient::Vis { data } => utfoer(data, Kommando::KlientVis),
    }
}

pub fn avtale(valg: &Avtale) -> Result<()> {
    match valg {
        Avtale::Gi(ny) => {
            let kommando = Kommando::AvtaleGi(AvtaleGi {
                organisasjon: ny.organisasjon.clone(),
                scope: ny.scope.clone(),
                privat: ny.privat,
                graderte_adresser: ny.graderte_adresser,
                formaal: ny.formaal.clone(),
                hjemmel: ny.hjemmel.clone(),
                fra: ny.fra,
                til: ny.til,
            });
            utfoer(&ny.data, kommando)
        }
        Avtale::Trekk { nummer, grunn, data } => utfoer(
            data,
            Kommando::AvtaleTrekk {
                nummer: *nummer,
                grunn: grunn.clone(),
            },
        ),
        Avtale::Vis { data } => utfoer(data, Kommando::AvtaleVis),
    }
}
