//! Drives mass corrections while the roles run: one commit at a time, with pauses for those who read and write meanwhile; and
//! lets feeds stand still for as long as a job or a tied notice says.
//!
//! What is to be done is read anew each round from the register and the board, so a restart goes on where it was.

use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use driftsmeldinger::{
    Endring, Innhold, Masseendring, Pakkestart, Saksnummer, Slag, Tilstand as Meldingstilstand, Tjeneste, Utvalg,
    Virkning,
};
use jiff::Timestamp;
use korreksjon::{Jobb, Kilde, Kildeslag, Steg};
use saksbehandling::Tid;
use tilgang::Pakke;
use tjenesteflate::stopp::Stopp;

use crate::mappe::{Aapen, klokke};

/// Who the board says did it.
const AV: &str = "korreksjon";

/// Between rounds when nothing is to be done.
const RO: Duration = Duration::from_millis(250);

/// Between commits while feeds are held: room for a message to come in between.
const PUST: Duration = Duration::from_millis(2);

/// After something failed.
const ETTER_FEIL: Duration = Duration::from_secs(5);

/// Items published in one commit, all feeds together.
///
/// Source: our choice, ADR 0028.
const ELEMENTER: u64 = 50_000;

/// Notices looked through for one of ours. Source: the most that a board holds.
const SAKER_MAKS: usize = 10_000;

/// Goes on until the program stops.
pub async fn driv(aapen: Arc<Aapen>, mut stopp: Stopp) {
    let mut sist_feilet = false;
    loop {
        let her = aapen.clone();
        let pause = match tokio::task::spawn_blocking(move || runde(&her)).await {
            Ok(Ok(pause)) => {
                sist_feilet = false;
                pause
            }
            Ok(Err(feil)) => {
                if !sist_feilet {
                    tracing::error!(feil = %format!("{feil:#}"), "en korreksjon, eller hendelseslister som holdes, kom ikke videre");
                }
                sist_feilet = true;
                ETTER_FEIL
            }
            Err(_) => {
                tracing::error!("korreksjonene stoppet");
                ETTER_FEIL
            }
        };
        tokio::select! {
            () = stopp.wait() => return,
            () = tokio::time::sleep(pause) => {}
        }
    }
}

/// One round: what is held is held, one commit of a job, one of what waits to be published. Gives how long to wait.
pub fn runde(aapen: &Aapen) -> Result<Duration> {
    let (verk, tavle) = (aapen.verk(), aapen.tavle()?);
    let naa = klokke()();
    let tid = Tid::new(naa).context("klokka viser en tid som registeret ikke har")?;
    let jobber = verk.jobber()?;
    let egne: Vec<Saksnummer> = jobber.iter().filter_map(|j| j.melding.map(Saksnummer)).collect();
    let knyttet = |pakke: &Pakke| {
        let holder = tavle.holder_tilbake(Tjeneste::Hendelsesliste, *pakke, naa);
        holder.iter().any(|nummer| !egne.contains(nummer))
    };
    let ogsaa: Vec<Pakke> = Pakke::ALLE.into_iter().filter(knyttet).collect();
    verk.avstem(&ogsaa, tid.sekunder)?;
    for jobb in jobber.iter().filter(|j| !j.holdt.is_empty() && !j.meldt_ferdig) {
        foelg_melding(aapen, jobb, naa)?;
    }
    let start = Instant::now();
    let steg = verk.steg(&tid)?;
    let publisert = aapen.register.publiser(None, ELEMENTER, tid.sekunder)?;
    Ok(match steg {
        Steg::Gjort { jobb, rettet } => pause(&jobb, rettet, start.elapsed()),
        Steg::Ingen if publisert.mer => PUST,
        Steg::Ingen => RO,
    })
}

// A live job leaves half as much time to others as it takes, and keeps its rate.
fn pause(jobb: &Jobb, rettet: u64, brukt: Duration) -> Duration {
    let levende = if jobb.holdt.is_empty() {
        (brukt / 2).max(PUST)
    } else {
        PUST
    };
    let takt = jobb.per_sekund.filter(|n| *n > 0).map(|per_sekund| {
        let skal_ta = Duration::from_secs_f64(rettet as f64 / f64::from(per_sekund));
        skal_ta.saturating_sub(brukt)
    });
    takt.map_or(levende, |takt| takt.max(PUST))
}

/// The notice of a job that holds feeds: there from when it begins, over when they have been let go and have everything.
fn foelg_melding(aapen: &Aapen, jobb: &Jobb, naa: Timestamp) -> Result<()> {
    let (verk, tavle) = (aapen.verk(), aapen.tavle()?);
    let tid = Tid::new(naa).context("klokka viser en tid som registeret ikke har")?;
    let er_meldt = |jobb: &mut Jobb| {
        jobb.meldt_ferdig = true;
        Ok(())
    };
    let Some(nummer) = jobb.melding else {
        // Over before anybody was told: there is nothing to tell.
        if verk.er_publisert(jobb)? {
            verk.endre(jobb.nr, &tid, er_meldt)?;
            return Ok(());
        }
        let innhold = innhold(jobb);
        // Published just before a stop, and not written down: it is that one.
        let alle = tavle.meldinger(&Utvalg::default(), None, SAKER_MAKS).saker;
        let funnet = alle
            .iter()
            .find(|m| m.innhold.tittel == innhold.tittel && !m.oppfoelging);
        let nummer = match funnet {
            Some(melding) => melding.nummer,
            None => tavle.publiser(innhold, Meldingstilstand::Paagaar, AV, naa)?.nummer,
        };
        verk.endre(jobb.nr, &tid, |jobb| {
            jobb.melding = Some(nummer.0);
            Ok(())
        })?;
        return Ok(());
    };
    if !verk.er_publisert(jobb)? {
        return Ok(());
    }
    let tekst = format!(
        "Ferdig. {} hendelser er gitt nummer, og hendelseslistene er à jour.",
        jobb.hendelser
    );
    let endring = Endring {
        tilstand: Some(Meldingstilstand::Loest),
        tekst: Some(tekst),
        ..Endring::default()
    };
    let aapen_melding = tavle
        .melding(Saksnummer(nummer))
        .filter(|m| !matches!(m.tilstand, Meldingstilstand::Loest | Meldingstilstand::Avlyst));
    // Somebody may have lifted it by hand.
    if aapen_melding.is_some() {
        tavle.endre(Saksnummer(nummer), &endring, AV, naa)?;
    }
    verk.endre(jobb.nr, &tid, er_meldt)?;
    Ok(())
}

fn innhold(jobb: &Jobb) -> Innhold {
    let typer = match &jobb.kilde {
        Kilde::Regel { regel, .. } => regel.hendelsestyper().to_vec(),
        Kilde::Fil { .. } => Vec::new(),
    };
    let hva = match jobb.kilde.slag() {
        Kildeslag::Regel(regel) => regel.navn(),
        Kildeslag::Fil => "retting fra fil",
    };
    let holdt: Vec<Pakke> = jobb.holdt.iter().filter_map(|navn| Pakke::fra_kortnavn(navn)).collect();
    let rekkefoelge = jobb.slipp.iter().filter_map(|slipp| {
        Some(Pakkestart {
            pakke: Pakke::fra_kortnavn(&slipp.pakke)?,
            fra: Timestamp::from_second(slipp.fra).ok()?,
        })
    });
    Innhold {
        tjenester: [Tjeneste::Hendelsesliste].into(),
        pakker: if holdt.len() == Pakke::ALLE.len() {
            std::collections::BTreeSet::new()
        } else {
            holdt.into_iter().collect()
        },
        virkning: Virkning::IkkeOppdatert,
        knyttet: true,
        masseendring: Some(Masseendring {
            hendelser: None,
            typer,
            rekkefoelge: rekkefoelge.collect(),
        }),
        ..Innhold::ny(
            Slag::Masseendring,
            &format!("Masseendring {}: {hva}", jobb.nr),
            "Mange personer rettes. Tjenestene svarer som vanlig, men hendelseslistene står stille til rettingen er ferdig. \
             Hendelser om adressebeskyttelse kommer likevel straks.",
        )
    }
}
