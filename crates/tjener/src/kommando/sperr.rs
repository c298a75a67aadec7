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
    ny: Sperring,
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

// All may be absent as far as the parser knows, since a subcommand does away with them.
#[derive(Args)]
struct Sperring {
    /// Organisasjonsnummeret, som konsument, som leverandør og som produsent.
    #[arg(long, required_unless_present = "klient", conflicts_with = "klient")]
    konsument: Option<String>,
    /// Klientens identifikator, slik den står i tokenet; eller et produsentsertifikats SHA-256, 64 heksadesimale siffer.
    #[arg(long)]
    klient: Option<String>,
    /// Hvorfor. Vises ikke for den det gjelder.
    #[arg(long, required = true)]
    grunn: Option<String>,
    #[command(flatten)]
    data: Datavalg,
}

impl Sperring {
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
    let (ny, opphev) = match &sperr.valg {
        Some(Valg::Liste { data }) => return utfoer(data, Kommando::SperrListe),
        Some(Valg::Opphev(ny)) => (ny, true),
        None => (&sperr.ny, false),
    };
    let hvem = ny.maal()?;
    let grunn = ny.grunn.clone().context("oppgi --grunn")?;
    let kommando = if opphev {
        Kommando::SperrOpphev { hvem, grunn }
    } else {
        Kommando::Sperr { hvem, grunn }
    };
    utfoer(&ny.data, kommando)
}
