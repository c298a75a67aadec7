//! The issuer's keys as we hold them: fetched when needed, kept a day, never fetched at a caller's will.
//!
//! ```text
//!  age 0 ───────────────▶ 24 h ─────────────────▶ 48 h
//!      used as they are        used, and refetched     not used: unavailable
//!                              in the background       until a fetch succeeds
//! ```
//!
//! Whatever the number of callers, one fetch runs at a time and a new one starts at most once a minute. A fetch belongs
//! to nobody: a caller who hangs up does not stop it, so nobody can keep us from learning a new key.

use std::error::Error;
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::Duration;

use tokio::sync::watch;

use super::Framtid;
use super::jwk::Offentlignoekkel;
use super::noekkelsett::Noekkelsett;

/// Age at which the keys are fetched anew. Units: seconds. Source: Maskinporten's documentation, ADR 0007 ("cache about 24 h").
const FRISK_S: i64 = 24 * 3600;
/// Age at which the keys are no longer trusted. Units: seconds. Source: our choice: one day of trouble at the issuer.
const BRUKBAR_S: i64 = 48 * 3600;
/// Shortest time between two fetches. Units: seconds. Source: our choice, ADR 0007.
const PAUSE_S: i64 = 60;
/// The same while we have no keys at all and can answer nobody. Units: seconds. Source: our choice.
const PAUSE_UTEN_NOEKLER_S: i64 = 5;
/// Longest time a fetch may take, whatever limits the source has itself. Source: our choice.
const HENTETID_MAKS: Duration = Duration::from_secs(20);

/// Why keys could not be fetched.
pub type Hentefeil = Box<dyn Error + Send + Sync>;

/// Where an issuer's public keys come from.
pub trait JwksKilde: Send + Sync + 'static {
    /// Fetches the set. Called at most once a minute.
    fn hent(&self) -> Framtid<'_, Result<Noekkelsett, Hentefeil>>;
}

/// Why a key was not found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Noekkelmangel {
    Ukjent,
    Utilgjengelig,
}

/// The cached keys.
pub(super) struct Noekkellager {
    felles: Arc<Felles>,
}

struct Felles {
    kilde: Arc<dyn JwksKilde>,
    gjeldende: RwLock<Option<Hentet>>,
    styring: Mutex<Styring>,
}

#[derive(Clone)]
struct Hentet {
    sett: Arc<Noekkelsett>,
    tid_s: i64,
}

#[derive(Default)]
struct Styring {
    sist_forsoekt_s: Option<i64>,
    /// Closed when the running fetch is over.
    paagaar: Option<watch::Receiver<()>>,
}

impl Noekkellager {
    pub(super) fn new(kilde: Arc<dyn JwksKilde>) -> Self {
        let felles = Felles {
            kilde,
            gjeldende: RwLock::new(None),
            styring: Mutex::new(Styring::default()),
        };
        Noekkellager {
            felles: Arc::new(felles),
        }
    }

    /// The key of that name, after a fetch if need be and allowed.
    pub(super) async fn finn(&self, kid: &str, naa_s: i64) -> Result<Arc<Offentlignoekkel>, Noekkelmangel> {
        if let Some(noekkel) = self.finn_hentet(kid, naa_s) {
            return Ok(noekkel);
        }
        if let Some(mut ferdig) = self.start_henting(naa_s) {
            // An error means that the fetch is over: the sender is gone.
            while ferdig.changed().await.is_ok() {}
        }
        match self.brukbare(naa_s) {
            None => Err(Noekkelmangel::Utilgjengelig),
            Some(hentet) => hentet.sett.finn(kid).cloned().ok_or(Noekkelmangel::Ukjent),
        }
    }

    /// The key of that name among those we have. Starts a fetch in the background when they are a day old.
    pub(super) fn finn_hentet(&self, kid: &str, naa_s: i64) -> Option<Arc<Offentlignoekkel>> {
        let hentet = self.brukbare(naa_s)?;
        if naa_s.saturating_sub(hentet.tid_s) >= FRISK_S {
            drop(self.start_henting(naa_s));
        }
        hentet.sett.finn(kid).cloned()
    }

    fn brukbare(&self, naa_s: i64) -> Option<Hentet> {
        let gjeldende = self.felles.gjeldende.read().unwrap_or_else(PoisonError::into_inner);
        gjeldende
            .as_ref()
            .filter(|hentet| naa_s.saturating_sub(hentet.tid_s) < BRUKBAR_S)
            .cloned()
    }

    /// Joins the running fetch, or starts one unless the last began too short a time ago.
    fn start_henting(&self, naa_s: i64) -> Option<watch::Receiver<()>> {
        let uten_noekler = self.brukbare(naa_s).is_none();
        let mut styring = self.felles.styring.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(paagaar) = &styring.paagaar {
            return Some(paagaar.clone());
        }
        let pause_s = if uten_noekler { PAUSE_UTEN_NOEKLER_S } else { PAUSE_S };
        // The distance counts both ways, so that a clock set back does not stop fetching for good.
        if styring
            .sist_forsoekt_s
            .is_some_and(|sist| naa_s.abs_diff(sist) < pause_s.unsigned_abs())
        {
            return None;
        }
        styring.sist_forsoekt_s = Some(naa_s);
        let (ferdig, venter) = watch::channel(());
        styring.paagaar = Some(venter.clone());
        let slutt = Slutt {
            felles: Arc::clone(&self.felles),
            _ferdig: ferdig,
        };
        tokio::spawn(async move { slutt.hent(naa_s).await });
        Some(venter)
    }
}

/// A running fetch. Dropping it, for whatever reason, marks the fetch as over.
struct Slutt {
    felles: Arc<Felles>,
    _ferdig: watch::Sender<()>,
}

impl Slutt {
    async fn hent(self, naa_s: i64) {
        match tokio::time::timeout(HENTETID_MAKS, self.felles.kilde.hent()).await {
            Ok(Ok(sett)) => {
                tracing::info!(
                    noekler = sett.antall(),
                    utelatt = sett.utelatt(),
                    "hentet utstederens nøkler"
                );
                let hentet = Hentet {
                    sett: Arc::new(sett),
                    tid_s: naa_s,
                };
                *self.felles.gjeldende.write().unwrap_or_else(PoisonError::into_inner) = Some(hentet);
            }
            Ok(Err(feil)) => tracing::warn!(feil = %feil, "kunne ikke hente utstederens nøkler"),
            Err(_) => tracing::warn!("henting av utstederens nøkler tok for lang tid"),
        }
    }
}

impl Drop for Slutt {
    fn drop(&mut self) {
        self.felles
            .styring
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .paagaar = None;
    }
}

#[cfg(test)]
mod tests {
    use super::super::testverktoey::{Kilde, noekkel_a, noekkel_b, sett};
    use super::*;

    fn lager(kilde: &Arc<Kilde>) -> Noekkellager {
        Noekkellager::new(Arc::clone(kilde) as Arc<dyn JwksKilde>)
    }

    /// Lets what is spawned run to its end.
    async fn roligere() {
        for _ in 0..20 {
            tokio::task::yield_now().await;
        }
    }

    #[tokio::test]
    async fn keys_are_fetched_once_and_kept_for_a_day() {
        let kilde = Kilde::med(sett(&[noekkel_a()]));
        let lager = lager(&kilde);
        for naa in [0, 1, 3600, FRISK_S - 1] {
            assert!(lager.finn(noekkel_a().kid(), naa).await.is_ok());
        }
        assert_eq!(kilde.antall(), 1);
        assert!(lager.finn(noekkel_a().kid(), FRISK_S).await.is_ok());
        roligere().await;
        assert_eq!(kilde.antall(), 2);
    }

    #[tokio::test]
    async fn unknown_names_cause_one_fetch_a_minute_however_many_ask() {
        let kilde = Kilde::med(sett(&[noekkel_a()]));
        let lager = lager(&kilde);
        for runde in 0..3_i64 {
            for i in 0..500_i64 {
                let naa = 1000 + runde * 60 + i / 10;
                let svar = lager.finn(&format!("ukjent-{runde}-{i}"), naa).await;
                assert_eq!(svar.unwrap_err(), Noekkelmangel::Ukjent);
            }
            assert_eq!(kilde.antall(), usize::try_from(runde).unwrap() + 1);
        }
    }

    #[tokio::test]
    async fn callers_at_the_same_time_share_one_fetch() {
        let kilde = Kilde::med(sett(&[noekkel_a()]));
        kilde.hold(true);
        let lager = Arc::new(lager(&kilde));
        let venter: Vec<_> = (0..50)
            .map(|_| {
                let lager = Arc::clone(&lager);
                tokio::spawn(async move { lager.finn(noekkel_a().kid(), 5).await.is_ok() })
            })
            .collect();
        roligere().await;
        kilde.hold(false);
        for svar in venter {
            assert!(svar.await.unwrap());
        }
        assert_eq!(kilde.antall(), 1);
    }

    #[tokio::test]
    async fn a_caller_who_hangs_up_does_not_stop_the_fetch() {
        let kilde = Kilde::med(sett(&[noekkel_a()]));
        let lager = Arc::new(lager(&kilde));
        assert!(lager.finn(noekkel_a().kid(), 0).await.is_ok());
        kilde.sett(Some(sett(&[noekkel_a(), noekkel_b()])));
        kilde.hold(true);
        let utaalmodig = {
            let lager = Arc::clone(&lager);
            tokio::spawn(async move { lager.finn("finnes ikke", 100).await.is_ok() })
        };
        roligere().await;
        utaalmodig.abort();
        roligere().await;
        kilde.hold(false);
        roligere().await;
        assert!(lager.finn(noekkel_b().kid(), 101).await.is_ok());
        assert_eq!(kilde.antall(), 2);
    }

    #[tokio::test]
    async fn a_source_that_fails_is_not_hammered_and_old_keys_serve_for_a_second_day() {
        let kilde = Kilde::med(sett(&[noekkel_a()]));
        let lager = lager(&kilde);
        assert!(lager.finn(noekkel_a().kid(), 0).await.is_ok());
        kilde.sett(None);
        assert!(lager.finn(noekkel_a().kid(), BRUKBAR_S - 1).await.is_ok());
        roligere().await;
        let svar = lager.finn(noekkel_a().kid(), BRUKBAR_S).await;
        assert_eq!(svar.unwrap_err(), Noekkelmangel::Utilgjengelig);
        for naa in BRUKBAR_S..BRUKBAR_S + 50 {
            assert!(lager.finn(noekkel_a().kid(), naa).await.is_err());
        }
        assert!(kilde.antall() <= 13, "{}", kilde.antall());
        kilde.sett(Some(sett(&[noekkel_a()])));
        assert!(lager.finn(noekkel_a().kid(), BRUKBAR_S + 60).await.is_ok());
    }

    #[tokio::test]
    async fn a_source_that_panics_does_not_block_the_next_fetch() {
        let kilde = Kilde::med(sett(&[noekkel_a()]));
        kilde.kast(true);
        let lager = lager(&kilde);
        assert_eq!(
            lager.finn(noekkel_a().kid(), 0).await.unwrap_err(),
            Noekkelmangel::Utilgjengelig
        );
        kilde.kast(false);
        assert!(lager.finn(noekkel_a().kid(), 10).await.is_ok());
    }

    #[tokio::test]
    async fn a_clock_set_back_does_not_stop_fetching() {
        let kilde = Kilde::med(sett(&[noekkel_a()]));
        let lager = lager(&kilde);
        assert!(lager.finn(noekkel_a().kid(), 1_000_000).await.is_ok());
        assert!(lager.finn("ny", 500).await.is_err());
        assert_eq!(kilde.antall(), 2);
    }

    #[tokio::test(start_paused = true)]
    async fn a_source_that_never_answers_is_given_up() {
        let kilde = Kilde::med(sett(&[noekkel_a()]));
        kilde.hold(true);
        let lager = lager(&kilde);
        assert_eq!(
            lager.finn(noekkel_a().kid(), 0).await.unwrap_err(),
            Noekkelmangel::Utilgjengelig
        );
    }
}
