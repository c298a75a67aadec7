//! The register's clock: real time, unless somebody in a test environment has set it.
//!
//! ```text
//!  shown = set to + factor × (time since it was set)        factor 0: stands still; 60: an hour a minute
//! ```
//! What the register does by the clock (`ajourholdstidspunkt`, "a date to come", retention) follows this one. Tokens, grants,
//! certificates, notices and the audit log keep real time ([`crate::mappe::klokke`]): they are between us and somebody
//! outside. A clock that was set lies in the folder (`klokke.json`), stands still while nobody has the folder, and goes on
//! where it was. A newcomer's mistake is to set it without asking [`crate::mappe::Aapen::testmiljoe`] first.

use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use tjenesteflate::stopp::Stopp;

/// The file of a clock that was set.
pub const FIL: &str = "klokke.json";
/// Times faster than real time at most. Source: our choice; a year in six minutes.
pub const FAKTOR_MAKS: u32 = 86_400;
/// Between which a clock is set. Source: our choice, what the synthetic nation's numbers reach.
const TIDLIGST: &str = "2000-01-01T00:00:00Z";
const SENEST: &str = "2100-01-01T00:00:00Z";
/// How often what the clock shows is written down: so much is lost of it when the process is killed.
const LAGRES: Duration = Duration::from_secs(1);

/// A clock that can be shared; every copy shows the same.
#[derive(Clone, Debug)]
pub struct Klokke(Arc<Indre>);

#[derive(Debug)]
struct Indre {
    sti: PathBuf,
    // None: real time.
    stand: RwLock<Option<Stand>>,
}

#[derive(Clone, Copy, Debug)]
struct Stand {
    tid: Timestamp,
    siden: Instant,
    faktor: u32,
}

impl Stand {
    fn naa(self) -> Timestamp {
        let gaatt = i128::try_from(self.siden.elapsed().as_nanos()).unwrap_or(i128::MAX);
        let gaatt = gaatt.saturating_mul(i128::from(self.faktor));
        let gaatt = SignedDuration::try_from_nanos_i128(gaatt).unwrap_or(SignedDuration::MAX);
        self.tid.saturating_add(gaatt).unwrap_or(self.tid)
    }
}

#[derive(Serialize, Deserialize)]
struct Lagret {
    tid: Timestamp,
    faktor: u32,
}

impl Klokke {
    /// The clock of a data folder: real time when it was never set.
    ///
    /// # Errors
    /// When the file is there and cannot be read.
    pub fn aapne(mappe: &Path) -> Result<Self> {
        let sti = mappe.join(FIL);
        let stand = match std::fs::read(&sti) {
            Ok(byte) => {
                let lagret: Lagret =
                    serde_json::from_slice(&byte).with_context(|| format!("{} kan ikke leses", sti.display()))?;
                Some(stand(lagret.tid, lagret.faktor)?)
            }
            Err(feil) if feil.kind() == std::io::ErrorKind::NotFound => None,
            Err(feil) => return Err(feil).with_context(|| format!("kunne ikke lese {}", sti.display())),
        };
        Ok(Klokke(Arc::new(Indre {
            sti,
            stand: RwLock::new(stand),
        })))
    }

    /// What it shows.
    pub fn naa(&self) -> Timestamp {
        self.stand().map_or_else(Timestamp::now, Stand::naa)
    }

    /// What it shows, as rules take it.
    ///
    /// # Errors
    /// Outside the years that the register has.
    pub fn tid(&self) -> Result<saksbehandling::Tid> {
        saksbehandling::Tid::new(self.naa()).context("klokka viser en tid som registeret ikke har")
    }

    /// As what handlers take for a clock.
    pub fn les(&self) -> tilgang::token::Klokke {
        let denne = self.clone();
        Arc::new(move || denne.naa())
    }

    /// Times faster than real time, if it was set.
    pub fn faktor(&self) -> Option<u32> {
        self.stand().map(|stand| stand.faktor)
    }

    /// Sets it, from now on.
    ///
    /// # Errors
    /// When time or factor is outside what it can be, or it cannot be written down; then it shows what it did.
    pub fn sett(&self, tid: Timestamp, faktor: u32) -> Result<()> {
        let ny = stand(tid, faktor)?;
        // Held over the writing, so that what lies in the folder is what is shown.
        let mut naa = self.0.stand.write().unwrap_or_else(PoisonError::into_inner);
        self.skriv(&ny)?;
        *naa = Some(ny);
        Ok(())
    }

    /// Lets it show real time again.
    ///
    /// # Errors
    /// When the file cannot be removed.
    #[allow(
        dead_code,
        reason = "whoever may set a clock may want it back; so far tests alone do"
    )]
    pub fn nullstill(&self) -> Result<()> {
        let mut naa = self.0.stand.write().unwrap_or_else(PoisonError::into_inner);
        match std::fs::remove_file(&self.0.sti) {
            Ok(()) => {}
            Err(feil) if feil.kind() == std::io::ErrorKind::NotFound => {}
            Err(feil) => return Err(feil).with_context(|| format!("kunne ikke fjerne {}", self.0.sti.display())),
        }
        *naa = None;
        Ok(())
    }

    /// Writes down what it shows, if it was set.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn lagre(&self) -> Result<()> {
        let stand = self.0.stand.write().unwrap_or_else(PoisonError::into_inner);
        stand.as_ref().map_or(Ok(()), |stand| self.skriv(stand))
    }

    /// Writes down what it shows, second by second, until the stop.
    pub async fn hold_lagret(self, mut stopp: Stopp) {
        let mut feilet = false;
        loop {
            let stoppet = tokio::select! {
                () = stopp.wait() => true,
                () = tokio::time::sleep(LAGRES) => false,
            };
            let denne = self.clone();
            let lagret = tokio::task::spawn_blocking(move || denne.lagre()).await;
            let feil = !matches!(lagret, Ok(Ok(())));
            if feil && !feilet {
                tracing::error!("klokka kunne ikke lagres; den går tilbake hvis programmet blir drept");
            }
            feilet = feil;
            if stoppet {
                return;
            }
        }
    }

    fn stand(&self) -> Option<Stand> {
        *self.0.stand.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn skriv(&self, stand: &Stand) -> Result<()> {
        let byte = serde_json::to_vec(&Lagret {
            tid: stand.naa(),
            faktor: stand.faktor,
        })?;
        lager::mappe::bytt_fil(&self.0.sti, &byte).context("klokka")
    }
}

fn stand(tid: Timestamp, faktor: u32) -> Result<Stand> {
    let (tidligst, senest): (Timestamp, Timestamp) = (TIDLIGST.parse()?, SENEST.parse()?);
    ensure!(
        (tidligst..=senest).contains(&tid),
        "klokka kan stilles mellom {TIDLIGST} og {SENEST}"
    );
    ensure!(
        faktor <= FAKTOR_MAKS,
        "klokka kan gå høyst {FAKTOR_MAKS} ganger så fort som i virkeligheten"
    );
    Ok(Stand {
        tid,
        siden: Instant::now(),
        faktor,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tid(tekst: &str) -> Timestamp {
        tekst.parse().unwrap()
    }

    #[test]
    fn a_clock_that_nobody_set_shows_real_time_and_leaves_nothing() {
        let mappe = tempfile::tempdir().unwrap();
        let klokke = Klokke::aapne(mappe.path()).unwrap();
        let (foer, vist, etter) = (Timestamp::now(), klokke.naa(), Timestamp::now());
        assert!(foer <= vist && vist <= etter);
        klokke.lagre().unwrap();
        assert_eq!(std::fs::read_dir(mappe.path()).unwrap().count(), 0);
    }

    #[test]
    fn a_clock_that_stands_is_the_same_for_all_and_after_a_restart() {
        let mappe = tempfile::tempdir().unwrap();
        let klokke = Klokke::aapne(mappe.path()).unwrap();
        let leser = klokke.les();
        klokke.sett(tid("2026-01-01T00:00:00Z"), 0).unwrap();
        assert_eq!(
            (klokke.naa(), leser(), klokke.faktor()),
            (tid("2026-01-01T00:00:00Z"), tid("2026-01-01T00:00:00Z"), Some(0))
        );
        let igjen = Klokke::aapne(mappe.path()).unwrap();
        assert_eq!(igjen.naa(), tid("2026-01-01T00:00:00Z"));
        klokke.nullstill().unwrap();
        assert_eq!(klokke.faktor(), None);
        assert_eq!(Klokke::aapne(mappe.path()).unwrap().faktor(), None);
    }

    #[test]
    fn a_clock_that_runs_goes_on_where_it_was_and_never_back() {
        let mappe = tempfile::tempdir().unwrap();
        let klokke = Klokke::aapne(mappe.path()).unwrap();
        let start = tid("2026-01-01T00:00:00Z");
        let (foer, stilt) = (Instant::now(), klokke.sett(start, FAKTOR_MAKS));
        stilt.unwrap();
        let mut forrige = start;
        for _ in 0..1_000 {
            let naa = klokke.naa();
            assert!(naa >= forrige);
            forrige = naa;
        }
        let hoeyst = foer.elapsed().as_secs_f64() * f64::from(FAKTOR_MAKS);
        assert!(forrige.duration_since(start).as_secs_f64() <= hoeyst);
        klokke.lagre().unwrap();
        let igjen = Klokke::aapne(mappe.path()).unwrap();
        assert!(igjen.naa() >= forrige);
        assert_eq!(igjen.faktor(), Some(FAKTOR_MAKS));
    }

    #[test]
    fn what_no_clock_shows_is_refused_and_changes_nothing() {
        let mappe = tempfile::tempdir().unwrap();
        let klokke = Klokke::aapne(mappe.path()).unwrap();
        klokke.sett(tid("2026-01-01T00:00:00Z"), 0).unwrap();
        for (naar, faktor) in [
            ("1999-12-31T23:59:59Z", 1),
            ("2100-01-01T00:00:01Z", 1),
            ("2026-01-01T00:00:00Z", FAKTOR_MAKS + 1),
        ] {
            klokke.sett(tid(naar), faktor).unwrap_err();
        }
        assert_eq!(klokke.naa(), tid("2026-01-01T00:00:00Z"));
        std::fs::write(mappe.path().join(FIL), "{").unwrap();
        Klokke::aapne(mappe.path()).unwrap_err();
    }
}
