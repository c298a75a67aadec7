//! `status`, `helsekopi`.

use std::process::ExitCode;

use anyhow::{Result, bail};
use clap::Subcommand;

use super::{Avslutning, Datavalg, meld, skriv_linje};
use crate::mappe::Mappe;
use crate::styring::{Kommando, Svar, Utfoerer};

#[derive(Subcommand)]
pub enum Helsekopi {
    /// Sammenlign kopien med kilden, person for person. Avslutter med 3 når de er ulike.
    Sammenlign {
        #[command(flatten)]
        data: Datavalg,
    },
}

pub fn status(mappe: &Mappe) -> Result<()> {
    match Utfoerer::finn_kjoerende(mappe)?.utfoer(Kommando::Status)? {
        Svar::Linjer { linjer } => linjer.iter().try_for_each(|linje| skriv_linje(linje)),
        _ => bail!("uventet svar"),
    }
}

pub fn kjoer(valg: &Helsekopi) -> Result<ExitCode> {
    let Helsekopi::Sammenlign { data } = valg;
    match Utfoerer::finn_kjoerende(&data.mappe())?.utfoer(Kommando::HelsekopiSammenlign)? {
        Svar::Sammenlignet { linjer, lik } => {
            linjer.iter().try_for_each(|linje| skriv_linje(linje))?;
            Ok(if lik {
                ExitCode::SUCCESS
            } else {
                meld("kopien er ikke som kilden");
                Avslutning::IngenEllerFlere.into()
            })
        }
        _ => bail!("uventet svar"),
    }
}
