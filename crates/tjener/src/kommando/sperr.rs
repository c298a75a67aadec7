//! `sperr`: keep an organisation or a client out, now.

use anyhow::{Context, Result};
use clap::{Args, Subcommand};
use identifikator::Organisasjonsnummer;

use super::{Datavalg, klient::utfoer};
use crate::styring::{Kommando, Sperremaal};

#[derive(Args)]
#[command(args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
pub struct Sperr {
    #[command(subcommand)]
    valg: Option<Valg>,
    #[command(flatten)]
    ny: Option<Sperring>,
}

#[derive(Subcommand)]
enum Valg {
    /// Opphev en sperre; den blir stående i historikken.
    Opphev(Sperring),
    /// Vis sperrene som gjelder.
    Liste {
        #[command(flatten)]
        data: Datavalg,
    },
}

#[derive(Args)]
struct Sperring {
    #[command(flatten)]
    hvem: Hvem,
    /// Hvorfor. Vises ikke for den det gjelder.
    #[arg(long)]
    grunn: String,
    #[command(flatten)]
    data: Datavalg,
}

#[derive(Args)]
#[group(required = true, multiple = false)]
struct Hvem {
    /// Organisasjonsnummeret, som konsument og som leverandør.
    #[arg(long)]
    konsument: Option<String>,
    /// Klientens identifikator, slik den står i tokenet.
    #[arg(long)]
    klient: Option<String>,
}

impl Hvem {
    fn maal(&self) -> Result<Sperremaal> {
        match (&self.konsument, &self.klient) {
            (Some(nummer), _) => {
                let nummer = Organisasjonsnummer::parse(nummer).context("--konsument")?;
                Ok(Sperremaal::Konsument {
                    organisasjon: nummer.to_string(),
                })
            }
            (None, id) => Ok(Sperremaal::Klient {
                id: id.clone().context("oppgi --konsument eller --klient")?,
            }),
        }
    }
}

pub fn kjoer(sperr: &Sperr) -> Result<()> {
    let (ny, opphev) = match (&sperr.valg, &sperr.ny) {
        (Some(Valg::Liste { data }), _) => return utfoer(data, Kommando::SperrListe),
        (Some(Valg::Opphev(ny)), _) => (ny, true),
        (None, ny) => (ny.as_ref().context("oppgi hvem som skal sperres")?, false),
    };
    let (hvem, grunn) = (ny.hvem.maal()?, ny.grunn.clone());
    let kommando = if opphev {
        Kommando::SperrOpphev { hvem, grunn }
    } else {
        Kommando::Sperr { hvem, grunn }
    };
    utfoer(&ny.data, kommando)
}
