//! `token`, `navngitte`, `tls`, `verify`, `replay`.

use std::process::ExitCode;

use anyhow::{Context, Result, bail};
use tilgang::Pakke;

use super::{meld, skriv_linje};
use crate::demotls::Demotls;
use crate::mappe::Mappe;
use crate::styring::{Kommando, Svar, Utfoerer};

pub fn token(mappe: &Mappe, pakke: Pakke, som_leverandoer: bool) -> Result<()> {
    match Utfoerer::finn(mappe)?.utfoer(Kommando::Token {
        pakke: pakke.kortnavn().to_owned(),
        som_leverandoer,
    })? {
        Svar::Token { token } => skriv_linje(&token),
        _ => bail!("uventet svar"),
    }
}

pub fn navngitte(mappe: &Mappe, json: bool) -> Result<()> {
    let navngitte = mappe.navngitte()?;
    if json {
        let kart: serde_json::Map<_, _> = navngitte
            .into_iter()
            .map(|n| (n.navn, n.identifikator.into()))
            .collect();
        return skriv_linje(&serde_json::to_string_pretty(&kart)?);
    }
    for n in &navngitte {
        skriv_linje(&format!("{:<28} {}  {}", n.navn, n.identifikator, n.beskrivelse))?;
    }
    Ok(())
}

pub fn tls_ca(mappe: &Mappe) -> Result<()> {
    let ca = Demotls::i(mappe).ca;
    let tekst = std::fs::read_to_string(&ca)
        .with_context(|| format!("fant ikke {}; demoen lager den når den starter", ca.display()))?;
    skriv_linje(tekst.trim_end())
}

pub fn verifiser(mappe: &Mappe) -> Result<ExitCode> {
    match Utfoerer::finn(mappe)?.utfoer(Kommando::Verifiser)? {
        Svar::Verifiser { funn, personer } => {
            for linje in &funn {
                skriv_linje(linje)?;
            }
            skriv_linje(&format!("{personer} personer kontrollert, {} funn", funn.len()))?;
            Ok(if funn.is_empty() {
                ExitCode::SUCCESS
            } else {
                ExitCode::FAILURE
            })
        }
        _ => bail!("uventet svar"),
    }
}

pub fn replay(mappe: &Mappe) -> Result<ExitCode> {
    match Utfoerer::finn(mappe)?.utfoer(Kommando::Replay)? {
        Svar::Replay { foer, etter } => {
            skriv_linje(&format!("før   {foer}\netter {etter}"))?;
            if foer == etter {
                skriv_linje("visningene var riktige")?;
                return Ok(ExitCode::SUCCESS);
            }
            meld("visningene avvek fra primærdataene og er nå rettet");
            Ok(ExitCode::FAILURE)
        }
        _ => bail!("uventet svar"),
    }
}
