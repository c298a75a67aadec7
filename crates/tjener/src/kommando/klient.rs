//! `klient` and `avtale`: who may ask for tokens, and who may use what. For a folder that no process has open.

use std::path::PathBuf;

use anyhow::{Context, Result, bail};
use clap::{Args, Subcommand};
use identifikator::Organisasjonsnummer;
use jiff::Timestamp;
use tilgang::avtale::{Avtaleid, Avtaleregister, NyAvtale, NyKlient, Rettighet};
use tilgang::token::Offentlignoekkel;

use super::{Datavalg, skriv_linje};
use crate::mappe::{Mappe, klokke};

#[derive(Subcommand)]
pub enum Klient {
    /// Registrer en klient med en offentlig nøkkel.
    Registrer(Registrering),
    /// Vis klientene.
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

const GITT_AV: &str = "persontjenesten avtale";

fn register(mappe: &Mappe) -> Result<Avtaleregister> {
    std::fs::create_dir_all(mappe.sti())?;
    Avtaleregister::aapne(&mappe.sti().join("tilgang")).context("stopp tjenesten før avtaler og klienter endres")
}

pub fn klient(valg: &Klient) -> Result<()> {
    match valg {
        Klient::Registrer(ny) => {
            let jwk = std::fs::read(&ny.jwk).with_context(|| format!("kunne ikke lese {}", ny.jwk.display()))?;
            let klient = NyKlient {
                klient_id: ny.id.clone(),
                organisasjon: Organisasjonsnummer::parse(&ny.organisasjon)?,
                scopes: ny.scope.iter().cloned().collect(),
                noekler: vec![Offentlignoekkel::fra_klient(&jwk)?],
            };
            let klient = register(&ny.data.mappe())?.registrer_klient(&klient, "persontjenesten klient", klokke()())?;
            skriv_linje(&format!("registrert {}", klient.klient_id))
        }
        Klient::Vis { data } => {
            for klient in register(&data.mappe())?.klienter() {
                let scopes: Vec<_> = klient.scopes.iter().map(String::as_str).collect();
                skriv_linje(&format!(
                    "{:<32} {}  {}",
                    klient.klient_id,
                    klient.organisasjon,
                    scopes.join(" ")
                ))?;
            }
            Ok(())
        }
    }
}

pub fn avtale(valg: &Avtale) -> Result<()> {
    match valg {
        Avtale::Gi(ny) => {
            let naa = klokke()();
            let avtale = NyAvtale {
                organisasjon: Organisasjonsnummer::parse(&ny.organisasjon)?,
                rettighet: Rettighet::fra_scope(&ny.scope).context("ukjent scope")?,
                graderte_adresser: ny.graderte_adresser,
                er_privat: ny.privat,
                formaal: ny.formaal.clone(),
                hjemmel: ny.hjemmel.clone(),
                fra: ny.fra.unwrap_or(naa),
                til: ny.til,
            };
            let avtale = register(&ny.data.mappe())?.gi(&avtale, GITT_AV, naa)?;
            skriv_linje(&format!("avtale {} gitt", avtale.id.0))
        }
        Avtale::Trekk { nummer, grunn, data } => {
            if grunn.is_empty() {
                bail!("oppgi en grunn");
            }
            register(&data.mappe())?.trekk(Avtaleid(*nummer), grunn, GITT_AV, klokke()())?;
            skriv_linje(&format!("avtale {nummer} trukket"))
        }
        Avtale::Vis { data } => {
            for a in register(&data.mappe())?.alle() {
                let til = a.til.map_or_else(|| "uten slutt".to_owned(), |t| t.to_string());
                skriv_linje(&format!(
                    "{:>5}  {}  {}  fra {} til {til}",
                    a.id.0, a.organisasjon, a.rettighet, a.fra
                ))?;
            }
            Ok(())
        }
    }
}
