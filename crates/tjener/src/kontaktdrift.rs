//! The built-in Kontakt- og reservasjonsregister of a demo: filled with the nation's numbers, and changing as time goes in the nation.
//!
//! What a newcomer gets wrong: its entries follow real time, as the tokens that it is asked with do. The nation's clock only says how
//! much happens.

use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result};
use identifikator::Folkeregisteridentifikator;
use jiff::Timestamp;
use kontaktregister::Kontaktregister;
use tjenesteflate::stopp::Stopp;

use crate::mappe::{Aapen, Mappe, klokke};
use crate::nasjon::FROE;

/// How often it is looked after whether somebody is to change.
const SE_ETTER: Duration = Duration::from_millis(500);
/// Changes in a year for each person, of whichever kind. Source: our choice; users are asked to confirm every 90 days.
const ENDRINGER_I_AARET: i128 = 2;
const AAR_SEKUNDER: i128 = 365 * 86_400;
/// Changes that are made each time it is looked after, at most: the rest comes later.
const ENDRINGER_MAKS: i128 = 500;

/// Opens the register of a demo's folder.
pub fn aapne(mappe: &Mappe) -> Result<Arc<Kontaktregister>> {
    let sti = mappe.kontaktregister();
    std::fs::create_dir_all(&sti).with_context(|| format!("mappen til kontaktregisteret: {}", sti.display()))?;
    let register = Kontaktregister::aapne(&sti, FROE, klokke()());
    Ok(Arc::new(
        register.with_context(|| format!("kontaktregisteret i {}", sti.display()))?,
    ))
}

/// Puts everybody with a number in use on the list of changes; those who are there already stay where they are.
fn fyll(aapen: &Aapen, register: &Kontaktregister) -> Result<u64> {
    let les = aapen.register.les()?;
    let mut numre = Vec::new();
    for person in les.personer()? {
        let nummer = les.nummer_i_bruk(person)?;
        numre.extend(nummer.and_then(|n| Folkeregisteridentifikator::from_u64(n).ok()));
    }
    drop(les);
    Ok(register.fyll(numre)?)
}

/// Fills it, and lets time go in it until the stop.
pub async fn driv(aapen: Arc<Aapen>, register: Arc<Kontaktregister>, mut stopp: Stopp) {
    let fyller = {
        let (aapen, register) = (aapen.clone(), register.clone());
        tokio::task::spawn_blocking(move || fyll(&aapen, &register))
    };
    match fyller.await {
        Ok(Ok(nye)) => tracing::info!(nye, "kontaktregisteret er fylt"),
        Ok(Err(feil)) => tracing::error!(feil = %format!("{feil:#}"), "kontaktregisteret kunne ikke fylles"),
        Err(_) => tracing::error!("fyllingen av kontaktregisteret stoppet"),
    }
    let mut til = aapen.klokke.naa();
    // Parts of a change, in person-seconds.
    let mut rest = 0;
    loop {
        tokio::select! {
            () = stopp.wait() => return,
            () = tokio::time::sleep(SE_ETTER) => {}
        }
        let naa = aapen.klokke.naa();
        let gikk = std::mem::replace(&mut til, naa);
        if aapen.klokke.faktor().is_none() {
            continue;
        }
        rest += skyldig(&aapen, gikk, naa);
        let antall = (rest / AAR_SEKUNDER).min(ENDRINGER_MAKS);
        if antall == 0 {
            continue;
        }
        rest -= antall * AAR_SEKUNDER;
        let register = register.clone();
        let endrer = tokio::task::spawn_blocking(move || -> Result<()> {
            for _ in 0..antall {
                register.endre_en(klokke()())?;
            }
            Ok(())
        });
        match endrer.await {
            Ok(Ok(())) => {}
            Ok(Err(feil)) => tracing::error!(feil = %format!("{feil:#}"), "kontaktregisteret kunne ikke endres"),
            Err(_) => tracing::error!("endringene i kontaktregisteret stoppet"),
        }
    }
}

fn skyldig(aapen: &Aapen, fra: Timestamp, til: Timestamp) -> i128 {
    let sekunder = i128::from(til.as_second().saturating_sub(fra.as_second()).max(0));
    let personer = i128::from(aapen.register.antall_personer().unwrap_or(0));
    sekunder * personer * ENDRINGER_I_AARET
}
