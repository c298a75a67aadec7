//! `navngitte`, `tls`, `verify`, `replay`.

use std::collections::BTreeMap;
use std::process::ExitCode;

use anyhow::{Context, Result, bail};
use indicatif::ProgressBar;
use konsistens::Regel;

use super::{meld, skriv_linje};
use crate::demotls::Demotls;
use crate::mappe::Mappe;
use crate::nasjon::framdrift;
use crate::styring::{Kommando, Svar, Utfoerer};

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

/// Holds the register up against its rules: how many break each, and who where that is asked for.
pub fn verifiser_regler(mappe: &Mappe, personer: bool) -> Result<ExitCode> {
    let utfoerer = Utfoerer::finn(mappe)?;
    let (mut fra, mut sett, mut uleselige, mut samlet) = (1, 0, 0, BTreeMap::<String, u64>::new());
    let mut linje: Option<ProgressBar> = None;
    loop {
        let svar = utfoerer.utfoer(Kommando::VerifiserRegler { fra, personer })?;
        let Svar::Regler {
            brudd,
            hvem,
            sett: her,
            uleselige: uten,
            neste,
            av,
        } = svar
        else {
            bail!("uventet svar")
        };
        let linje = linje.get_or_insert_with(|| framdrift(u64::from(av), "personer"));
        for (regel, nummer) in hvem {
            linje.suspend(|| skriv_linje(&format!("{regel:<22}  {nummer}")))?;
        }
        for (regel, antall) in brudd {
            *samlet.entry(regel).or_default() += antall;
        }
        sett += her;
        uleselige += uten;
        linje.set_position(sett);
        match neste {
            Some(neste) => fra = neste,
            None => break,
        }
    }
    if let Some(linje) = linje {
        linje.finish_and_clear();
    }
    for regel in Regel::ALLE {
        if let Some(antall) = samlet.get(regel.kode()) {
            skriv_linje(&format!("{:<22}  {antall:>8}  {}", regel.kode(), regel.sier()))?;
        }
    }
    if uleselige > 0 {
        meld(&format!("{uleselige} poster kan ikke leses; kjør verify uten --regler"));
    }
    let funn: u64 = samlet.values().sum();
    skriv_linje(&format!(
        "{sett} personer holdt opp mot {} regler, {funn} brudd",
        Regel::ALLE.len()
    ))?;
    Ok(if funn == 0 && uleselige == 0 {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
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
