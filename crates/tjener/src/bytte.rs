//! Changing the nation while the process runs: roles stopped, files put in place, roles started.
//!
//! ```text
//!  roles stop ─▶ calls wait ─▶ those under way finish, or are cut ─▶ nothing is open ─▶ files ─▶ open ─▶ roles ─▶ calls go on
//! ```
//! The files can be changed when nobody has one open. Who has is known by the register itself: everything that uses it holds it.

use std::future::Future;
use std::sync::{Arc, Weak};
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use axum::Router;
use testkontroll::Feil;
use tjenesteflate::sluse::Sluse;
use tokio::sync::oneshot;

use crate::mappe::Aapen;
use crate::vert::Vert;

/// How long calls under way may go on before they are cut. Source: our choice; most take milliseconds.
const NAADE: Duration = Duration::from_secs(1);
/// How long what was cut may take to let go. Source: our choice; a long command, as a backup, may hold on for longer.
const SLIPP_MAKS: Duration = Duration::from_secs(10);
/// How often it is looked whether everybody has let go.
const SJEKK: Duration = Duration::from_millis(1);

/// A change that somebody has asked for.
pub struct Bytte {
    /// Puts the files in place, when nothing is open.
    pub arbeid: Box<dyn FnOnce() -> Result<(), lager::Feil> + Send>,
    /// The port that is closed meanwhile.
    pub sluse: Sluse,
    /// Gets how long calls were held back, or why nothing was changed.
    pub svar: oneshot::Sender<Result<Duration, Feil>>,
}

impl Bytte {
    /// Carries it out. `start` makes roles of what is open then, `stopp` stops those that are.
    ///
    /// An error here is an end of the process: nothing is open, and nothing could be opened.
    pub async fn utfoer<R, S: Future<Output = ()>>(
        self,
        vert: &Vert,
        roller: R,
        start: impl FnOnce(&Arc<Aapen>) -> Result<(Router, R)>,
        stopp: impl FnOnce(R) -> S,
    ) -> Result<R> {
        // What runs beside the calls may itself be calling, so it stops while calls are answered.
        stopp(roller).await;
        let fra = Instant::now();
        let kutt = self.sluse.steng();
        let aapen = vert.ta().context("ingen nasjon er åpen")?;
        let bestaar = aapen.bestaar();
        let mappe = aapen.mappe.clone();
        let register = Arc::downgrade(&aapen.register);
        let uttrekk = aapen.uttrekk().map(|uttrekk| Arc::downgrade(&uttrekk));
        drop(aapen);
        let er_sluppet = || er_fri(&register) && uttrekk.as_ref().is_none_or(er_fri);
        vent_til(NAADE, er_sluppet).await;
        drop(kutt);
        vent_til(SLIPP_MAKS, er_sluppet).await;
        let (aapen, utfall) = match register.upgrade() {
            Some(register) => {
                let hvorfor = "noe bruker nasjonen ennå; prøv igjen når det er ferdig".to_owned();
                let uttrekk = uttrekk.and_then(|uttrekk| uttrekk.upgrade());
                (bestaar.med(register, uttrekk)?, Err(Feil::Mislyktes(hvorfor)))
            }
            None => {
                tokio::task::spawn_blocking(move || {
                    let utfall = (self.arbeid)().map_err(|feil| Feil::Mislyktes(feil.to_string()));
                    if utfall.is_err() {
                        // What was decided is finished, whatever hindered it.
                        lager::oeyeblikksbilde::fullfoer(mappe.sti())?;
                    }
                    anyhow::Ok((bestaar.aapne()?, utfall))
                })
                .await??
            }
        };
        let aapen = Arc::new(aapen);
        let (ruter, roller) = start(&aapen)?;
        vert.sett(aapen);
        self.sluse.aapne(ruter);
        // Whoever asked may have left.
        let _ = self.svar.send(utfall.map(|()| fra.elapsed()));
        Ok(roller)
    }
}

fn er_fri<T>(svak: &Weak<T>) -> bool {
    svak.strong_count() == 0
}

async fn vent_til(maks: Duration, er_sluppet: impl Fn() -> bool) {
    let frist = Instant::now() + maks;
    while !er_sluppet() && Instant::now() < frist {
        tokio::time::sleep(SJEKK).await;
    }
}
