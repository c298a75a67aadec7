//! Decides about messages that wait in line, when mottak is no longer frozen.
//!
//! Whether it is, and whether anybody waits, is read anew each round from the board and the register, so a restart goes on
//! where it was. A notice that closes mottak (`nedetid`) does not hold the line: who waits has had a receipt.

use std::sync::Arc;
use std::time::Duration;

use anyhow::Result;
use tjenesteflate::stopp::Stopp;

use crate::mappe::{Aapen, klokke};

/// Between rounds when nobody waits, or mottak is frozen.
const RO: Duration = Duration::from_millis(250);

/// Between commits: room for a message to come in between.
const PUST: Duration = Duration::from_millis(2);

/// After something failed.
const ETTER_FEIL: Duration = Duration::from_secs(5);

/// Goes on until the program stops.
pub async fn driv(aapen: Arc<Aapen>, mut stopp: Stopp) {
    let (mut sist_feilet, mut behandlet) = (false, 0);
    loop {
        let her = aapen.clone();
        let pause = match tokio::task::spawn_blocking(move || runde(&her)).await {
            Ok(Ok(0)) => {
                if behandlet > 0 {
                    tracing::info!(behandlet, "køen av meldinger er tom");
                }
                (sist_feilet, behandlet) = (false, 0);
                RO
            }
            Ok(Ok(tatt)) => {
                sist_feilet = false;
                behandlet += tatt;
                PUST
            }
            Ok(Err(feil)) => {
                if !sist_feilet {
                    tracing::error!(feil = %format!("{feil:#}"), "køen av meldinger kom ikke videre; det prøves igjen");
                }
                sist_feilet = true;
                ETTER_FEIL
            }
            Err(_) => {
                tracing::error!("behandlingen av køen av meldinger stoppet; det prøves igjen");
                ETTER_FEIL
            }
        };
        tokio::select! {
            () = stopp.wait() => return,
            () = tokio::time::sleep(pause) => {}
        }
    }
}

/// One round: one commit of those in line. How many were taken out of it.
fn runde(aapen: &Aapen) -> Result<usize> {
    let saker = aapen.saker()?;
    if !saker.noen_i_koe()? || aapen.tavle()?.fryser_mottak(klokke()()) {
        return Ok(0);
    }
    Ok(saker.behandle_koe(&aapen.tid()?)?)
}
