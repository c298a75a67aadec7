//! `oppslag` and `feed`: the API as any consumer calls it, with the demo's own client.

use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use ::folkeregister::openapi::Operasjon;
use anyhow::{Context, Result, anyhow};
use clap::Args;
use identifikator::Folkeregisteridentifikator;
use klienter::{Valg, folkeregister, maskinporten};
use tilgang::{Pakke, Projeksjon, Tabell};

use super::{Datavalg, les_pakke, meld, skriv_linje};
use crate::mappe::{Mappe, klokke};

/// How often `feed --follow` asks.
const PAUSE: Duration = Duration::from_millis(500);

#[derive(Args)]
pub struct Oppslag {
    /// Fødselsnummer eller D-nummer.
    identifikator: String,
    #[command(flatten)]
    data: Datavalg,
    /// Rettighetspakken.
    #[arg(long, value_parser = les_pakke, default_value = "offentlig-med-hjemmel")]
    pakke: Pakke,
    /// Del av personen; kan gjentas.
    #[arg(long)]
    part: Vec<String>,
}

#[derive(Args)]
pub struct Feed {
    #[command(flatten)]
    data: Datavalg,
    /// Rettighetspakken.
    #[arg(long, value_parser = les_pakke, default_value = "offentlig-med-hjemmel")]
    pakke: Pakke,
    /// Første sekvensnummer; uten dette, de ti siste.
    #[arg(long)]
    seq: Option<u64>,
    /// Vent på nye hendelser.
    #[arg(long)]
    follow: bool,
}

pub(super) fn klient(mappe: &Mappe, pakke: Pakke) -> Result<folkeregister::Klient> {
    klient_med(mappe, pakke, |_| {})
}

/// The demo's own client, with settings of its own.
pub(super) fn klient_med(
    mappe: &Mappe,
    pakke: Pakke,
    tilpass: impl FnOnce(&mut folkeregister::Innstillinger),
) -> Result<folkeregister::Klient> {
    let adresser = mappe.adresser()?;
    let noekkel = utsteder::les_eller_lag_noekkel(&mappe.klientnoekkel())?;
    let innstillinger = maskinporten::Innstillinger {
        utsteder: adresser.maskinporten,
        klient_id: crate::demo::klient_id().to_owned(),
        noekkel: Arc::new(noekkel),
        konsument: None,
        valg: Valg::default(),
    };
    let token = Arc::new(maskinporten::Klient::new(innstillinger, klokke())?);
    let mut innstillinger = folkeregister::Innstillinger::new(adresser.folkeregister, pakke, klokke());
    tilpass(&mut innstillinger);
    Ok(folkeregister::Klient::new(innstillinger, token)?)
}

pub(super) fn kjoretid() -> Result<tokio::runtime::Runtime> {
    Ok(tokio::runtime::Builder::new_current_thread().enable_all().build()?)
}

/// Says so when a package is refused because it does not have the operation at all.
pub(super) fn forklar_uten_tilgang(feil: anyhow::Error, pakke: Pakke, operasjon: Operasjon) -> anyhow::Error {
    let rett = Tabell::felles().rett(Projeksjon::for_pakke(pakke, true));
    match feil.downcast_ref() {
        Some(folkeregister::Feil::IngenTilgang(_)) if !rett.kan_kalle(operasjon.navn()) => {
            feil.context(format!("rettighetspakken {pakke} har ikke {}", operasjon.navn()))
        }
        _ => feil,
    }
}

/// Says what to do about an error that has a likely cause, and what the service said of it.
pub(super) fn forklar(feil: anyhow::Error, mappe: &Mappe) -> anyhow::Error {
    if let Some(folkeregister::Feil::Avvist { melding, .. }) = feil.downcast_ref() {
        let melding = melding.for_den_som_spurte();
        return if melding.is_empty() {
            feil
        } else {
            anyhow!("{feil}: {melding}")
        };
    }
    let nett = feil.chain().any(|f| {
        // A variant that only passes an error on hides that error's own type from the chain.
        let tilkobling = if let Some(folkeregister::Feil::Tilkobling(f)) = f.downcast_ref() {
            Some(f)
        } else if let Some(maskinporten::Feil::Tilkobling(f)) = f.downcast_ref() {
            Some(f)
        } else {
            f.downcast_ref::<klienter::Feil>()
        };
        matches!(tilkobling, Some(klienter::Feil::Nett(_)))
    });
    if nett {
        let data = mappe.sti().display();
        return feil.context(format!(
            "fikk ikke svar; kjører tjenesten? Start den med: persontjenesten demo --data {data}"
        ));
    }
    feil
}

pub fn oppslag(valg: &Oppslag) -> Result<ExitCode> {
    let id = Folkeregisteridentifikator::parse(&valg.identifikator)
        .context("ikke et fødselsnummer eller D-nummer; forklar det med: persontjenesten nummer sjekk")?;
    let mappe = valg.data.mappe();
    let klient = klient(&mappe, valg.pakke)?;
    let part: Vec<&str> = valg.part.iter().map(String::as_str).collect();
    let person = kjoretid()?
        .block_on(klient.oppslag(id, &part))
        .map_err(|f| forklar(f.into(), &mappe))?;
    match person {
        Some(person) => {
            skriv_linje(&serde_json::to_string_pretty(&person.into_objekt())?)?;
            Ok(ExitCode::SUCCESS)
        }
        None => {
            meld("Fant ingen person med oppgitt identifikator");
            Ok(ExitCode::FAILURE)
        }
    }
}

pub fn feed(valg: &Feed) -> Result<()> {
    let mappe = valg.data.mappe();
    let klient = klient(&mappe, valg.pakke)?;
    kjoretid()?
        .block_on(foelg(&klient, valg))
        .map_err(|f| forklar(f, &mappe))
}

async fn foelg(klient: &folkeregister::Klient, valg: &Feed) -> Result<()> {
    let mut neste = match valg.seq {
        Some(seq) => seq,
        None => klient.siste_sekvensnummer().await?.saturating_sub(9).max(1),
    };
    let mut etag: Option<String> = None;
    loop {
        let mut lest = 0;
        if let folkeregister::Feedsvar::Side { hendelser, etag: ny } = klient.feed(neste, etag.as_deref()).await? {
            for h in &hendelser {
                let hvem = h.folkeregisteridentifikator.as_deref().unwrap_or("-");
                let naar = h.ajourholdstidspunkt.as_deref().unwrap_or("");
                skriv_linje(&format!(
                    "{:>10}  {hvem:<11}  {:<44} {naar}",
                    h.sekvensnummer, h.hendelsetype
                ))?;
            }
            lest = hendelser.len();
            // The tag belongs to the page from this number on; a page that was read is followed by another.
            etag = if lest == 0 { ny } else { None };
            neste = hendelser.last().map_or(neste, |h| h.sekvensnummer + 1);
        }
        if lest == 0 {
            if !valg.follow {
                return Ok(());
            }
            tokio::time::sleep(PAUSE).await;
        }
    }
}
