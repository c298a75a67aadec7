//! The nation that moves, in a running demo: what happens is drawn by `syntetisk_befolkning`, and sent here.
//!
//! ```text
//!  clock ──▶ Livsloep ──▶ message ──two-way TLS──▶ mottak ──▶ rules ──▶ register
//!               ▲  │                                                      ▲
//!               │  └── where no producer has a message ── own request ────┘
//!               └── numbers of whoever is new, from tilbakemelding
//!  DATA/liv      what is remembered, and how far tilbakemelding has been read
//! ```
//! What was sent after the last save is sent again after a kill, byte for byte: mottak knows a message by its name, and own
//! requests leave a row in the register's own transaction that says which have been carried out. While mottak is frozen the nation
//! stands still: what it has sent waits in line, and is answered when the line is empty. The log has counts and no
//! person. A newcomer's mistake is to save before what was sent has been answered.

mod egne;
mod haand;
mod lager;
mod loep;
mod sender;

use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use tjenesteflate::stopp::Stopp;

pub use haand::{Hendelsesvalg, utfoer};
pub use loep::{Livsloep, MottakFryst, Telling};

use crate::mappe::Aapen;

/// How often it is looked after whether something is to happen.
const SE_ETTER: Duration = Duration::from_millis(200);
/// How long to wait after something failed. Source: our choice.
const ETTER_FEIL: Duration = Duration::from_secs(5);
/// How often the log is told how many things have happened.
const FORTELL: Duration = Duration::from_secs(60);

const DOEGN_SEKUNDER: i64 = 86_400;

/// Sets the register's clock going `faktor` times faster than real time: from the reference date the first time, later from where
/// it was.
pub fn still_klokka(aapen: &Aapen, faktor: u32) -> Result<()> {
    let referanse = Timestamp::from_second(lager::start_sekunder())?;
    let naa = match aapen.klokke.faktor() {
        Some(_) => aapen.klokke.naa(),
        None => referanse,
    };
    // The last things that happened may have been written down later than the clock was.
    let naadd = lager::les(&aapen.mappe)?.map(|l| l.liv.naadd_sekunder());
    let naadd = naadd.map(Timestamp::from_second).transpose()?;
    aapen.klokke.sett(naadd.map_or(naa, |n| n.max(naa)), faktor)
}

/// A nation that moved the last time and is not to move now: its clock goes on, no faster than others.
pub fn stans(aapen: &Aapen) -> Result<()> {
    let fort = aapen.klokke.faktor().is_some_and(|faktor| faktor > 1);
    if fort && lager::finnes(&aapen.mappe) {
        aapen.klokke.sett(aapen.klokke.naa(), 1)?;
    }
    Ok(())
}

/// Lets the nation move in the background until the stop.
pub async fn foelg(aapen: Arc<Aapen>, mut stopp: Stopp) {
    let mut fortalt = tokio::time::Instant::now();
    let mut foer = Telling::default();
    let mut fryst = false;
    loop {
        let steg = async {
            let loep = aapen.livsloep().await?;
            let mut loep = loep.lock().await;
            let foer_sekunder = aapen.klokke.naa().as_second();
            loep.til(foer_sekunder, &stopp).await.map(|()| loep.telling().clone())
        };
        let vent = match steg.await {
            Ok(telling) => {
                fryst = false;
                if fortalt.elapsed() >= FORTELL && telling != foer {
                    telling.fortell(&foer);
                    (fortalt, foer) = (tokio::time::Instant::now(), telling);
                }
                SE_ETTER
            }
            Err(feil) if feil.is::<MottakFryst>() => {
                if !std::mem::replace(&mut fryst, true) {
                    tracing::info!("nasjonen venter: mottak er fryst; det som er sendt, ligger i kø");
                }
                SE_ETTER
            }
            Err(feil) => {
                // Errors of ours and of the clients name rules and places, never persons.
                tracing::error!(feil = format!("{feil:#}"), "nasjonen står stille; det prøves igjen");
                ETTER_FEIL
            }
        };
        tokio::select! {
            () = stopp.wait() => break,
            () = tokio::time::sleep(vent) => {}
        }
    }
    if let Ok(loep) = aapen.livsloep().await {
        let mut loep = loep.lock().await;
        if let Err(feil) = loep.lagre() {
            tracing::error!(
                feil = format!("{feil:#}"),
                "nasjonens tilstand ble ikke lagret; det siste sendes på nytt ved neste start"
            );
        }
        loep.telling().fortell(&foer);
    }
}

/// How far the nation is to go.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Maal {
    /// So many days on.
    Dager(u32),
    /// To a moment, seconds since 1970.
    Til(i64),
}

/// Lets the nation go on as fast as it can be carried out, day by day, and the register's clock with it.
pub async fn fram(aapen: &Arc<Aapen>, maal: Maal, stopp: &Stopp) -> Result<Telling> {
    let loep = aapen.livsloep().await?;
    loep.lock().await.vent_paa_koeen(stopp).await?;
    if aapen.klokke.faktor().is_none() {
        still_klokka(aapen, 1)?;
    }
    let mut loep = loep.lock().await;
    let faktor = aapen.klokke.faktor().unwrap_or(1);
    let foer = loep.telling().clone();
    let gikk = stegvis(aapen, &mut loep, maal, stopp).await;
    // It stood still meanwhile, so that what is said of a day is said on the day.
    aapen.klokke.sett(aapen.klokke.naa(), faktor)?;
    gikk?;
    loep.lagre().context("nasjonens tilstand")?;
    Ok(loep.telling().siden(&foer))
}

async fn stegvis(aapen: &Aapen, loep: &mut Livsloep, maal: Maal, stopp: &Stopp) -> Result<()> {
    let mut naa = aapen.klokke.naa().as_second().max(loep.naadd_sekunder());
    let til = match maal {
        Maal::Dager(dager) => naa + i64::from(dager) * DOEGN_SEKUNDER,
        Maal::Til(til) => til,
    };
    while naa < til && !stopp.is_stopped() {
        naa = (naa + DOEGN_SEKUNDER).min(til);
        aapen.klokke.sett(Timestamp::from_second(naa)?, 0)?;
        loep.til(naa, stopp).await?;
    }
    Ok(())
}
