//! `nummer sjekk`: explains an identifier digit by digit.

use std::process::ExitCode;

use anyhow::Result;
use clap::Subcommand;

use super::skriv_linje;

#[derive(Subcommand)]
pub enum Nummer {
    /// Forklar en identifikator siffer for siffer.
    Sjekk {
        /// Identifikatorene.
        #[arg(required = true)]
        numre: Vec<String>,
    },
}

pub fn kjoer(valg: &Nummer) -> Result<ExitCode> {
    let Nummer::Sjekk { numre } = valg;
    let mut alle_gyldige = true;
    for nummer in numre {
        let forklaring = identifikator::forklar(nummer);
        alle_gyldige &= forklaring.er_gyldig();
        skriv_linje(&forklaring.to_string())?;
    }
    Ok(if alle_gyldige {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}
