//! The guard at the frame: how many calls an address may make, and how many may be under way at once.
//!
//! ```text
//! request ─▶ address within its budget? ─▶ a place free, or soon? ─▶ handler ─▶ place left
//!              no: 429, with the wait        no: 503                   │ waits for its client's body: place left meanwhile
//! ```
//! A call waits a moment for a place before it is turned away. To turn away costs as much as reading the call, a good part
//! of answering it; a server that turns away everything at once does nothing else when clients ask again at once. And it takes
//! the processor from those who answer: so waits end together, and many are turned away in one go.
//!
//! What newcomers get wrong: a call that waits for its own client does no work here and holds no place. If it did, some
//! hundred clients that send their bodies slowly would shut everybody out.

use std::{
    fmt,
    num::NonZeroU32,
    pin::Pin,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    task::{Context, Poll},
    time::Duration,
};

use axum::{body::Body, extract::Request};
use bytes::Bytes;
use http_body::Frame;
use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore},
    time::{Instant, Sleep, sleep, timeout_at},
};

use super::Rammefeil;
use crate::{
    kropp,
    maalinger::{self, Maalere, Strupegrunn},
    struping::{Brukt, Klientadresse, Klokke, Mellomledd, Struper, Vent, Ventform},
    tjener::Motpart,
};

/// Calls under way at once, for each processor, when the settings say nothing.
/// Source: our choice; ten milliseconds of work at the rate that one processor answers lookups.
pub const SAMTIDIGE_PER_KJERNE: usize = 128;
/// How long a call waits for a place, at most. Source: our figure for overload, an answer within 50 ms, less as
/// much for making one.
pub const PLASS_VENT_MAKS: Duration = Duration::from_millis(25);
/// Waits end together, so many milliseconds apart: whoever is turned away then is turned away in one go, and not each by
/// taking the processor from those who answer. Source: our choice.
const PLASS_TRINN_MS: u64 = 5;
/// Calls that are turned away between each time that the turn is given to others. Source: our choice; half a millisecond.
const AVVISTE_PER_TUR: u64 = 16;
/// What a caller is asked to wait when too many are under way.
const OVERLAST_VENT: Duration = Duration::from_secs(1);
/// The period of an address's budget.
const PERIODE: Duration = Duration::from_secs(60);

/// What a guard holds to.
#[derive(Clone, Debug)]
pub struct Vaktgrenser {
    /// Calls a minute from one address that no consumer answers for; absent: no limit.
    pub kall_per_adresse: Option<NonZeroU32>,
    /// Whose word on addresses is taken.
    pub mellomledd: Mellomledd,
    /// Calls under way at once; zero: [`SAMTIDIGE_PER_KJERNE`] for each processor.
    pub samtidige: usize,
    /// What `Retry-After` counts.
    pub ventform: Ventform,
}

/// One guard, shared by every frame of a port. Clones are the same guard.
#[derive(Clone)]
pub struct Vakt(Arc<Innhold>);

struct Innhold {
    adresser: Option<Struper<Klientadresse>>,
    mellomledd: Mellomledd,
    ventform: Ventform,
    klokke: Klokke,
    plasser: Arc<Semaphore>,
    /// What the ends of waits are counted from.
    nullpunkt: Instant,
    avviste: AtomicU64,
    /// Apart, so that the metric that reads it does not keep the guard, which keeps the metrics.
    under_arbeid: Arc<AtomicU64>,
    maalere: Maalere,
}

impl Innhold {
    /// When a call that begins to wait now has waited long enough: [`PLASS_VENT_MAKS`], less up to a step.
    fn venteslutt(&self) -> Instant {
        let til = self.nullpunkt.elapsed() + PLASS_VENT_MAKS;
        let trinn = u64::try_from(til.as_millis()).unwrap_or(u64::MAX) / PLASS_TRINN_MS;
        self.nullpunkt + Duration::from_millis(trinn * PLASS_TRINN_MS)
    }
}

impl fmt::Debug for Vakt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Vakt")
            .field("plasser", &self.0.plasser)
            .finish_non_exhaustive()
    }
}

/// The address's use of its budget by this call, as an extension on the request.
#[derive(Clone, Debug)]
pub struct Adressebruk(Option<(Vakt, Klientadresse, Brukt)>);

impl Adressebruk {
    /// Gives it back: a known consumer answers for the call, on a budget of its own. Many of them may share an address.
    pub fn gi_tilbake(&self) {
        if let Some((vakt, adresse, brukt)) = &self.0
            && let Some(adresser) = &vakt.0.adresser
        {
            adresser.gi_tilbake(adresse, *brukt);
        }
    }
}

impl Vakt {
    /// A guard. `klokke` is read once a call.
    #[must_use]
    pub fn new(grenser: Vaktgrenser, klokke: Klokke, maalere: &Maalere) -> Self {
        let samtidige = match grenser.samtidige {
            0 => SAMTIDIGE_PER_KJERNE * std::thread::available_parallelism().map_or(1, std::num::NonZeroUsize::get),
            antall => antall,
        };
        let naa = klokke();
        Self(Arc::new(Innhold {
            adresser: grenser.kall_per_adresse.map(|maks| Struper::new(maks, PERIODE, naa)),
            mellomledd: grenser.mellomledd,
            ventform: grenser.ventform,
            klokke,
            plasser: Arc::new(Semaphore::new(samtidige.clamp(1, Semaphore::MAX_PERMITS))),
            nullpunkt: Instant::now(),
            avviste: AtomicU64::new(0),
            under_arbeid: Arc::default(),
            maalere: maalere.clone(),
        }))
    }

    /// Calls under way now.
    #[must_use]
    pub fn under_arbeid(&self) -> u64 {
        self.0.under_arbeid.load(Ordering::Relaxed)
    }

    /// Shows how many are under way among the metrics.
    ///
    /// # Errors
    /// As [`Maalere::register`].
    pub fn register(&self) -> Result<(), maalinger::Error> {
        let under_arbeid = Arc::clone(&self.0.under_arbeid);
        self.0.maalere.register_reading(
            "calls_in_progress",
            "Calls under way, apart from those that wait for their own client",
            move || under_arbeid.load(Ordering::Relaxed),
        )
    }

    /// Lets a call in and gives it its place, or refuses it.
    pub(super) async fn slipp_inn(
        &self,
        tjeneste: &'static str,
        foresporsel: &mut Request,
    ) -> Result<Arc<Plass>, Rammefeil> {
        let bruk = self.bruk_adresse(tjeneste, foresporsel)?;
        foresporsel.extensions_mut().insert(bruk);
        let innhold = self.0.as_ref();
        let plasser = Arc::clone(&innhold.plasser);
        let tillatelse = match Arc::clone(&plasser).try_acquire_owned() {
            Ok(tillatelse) => Some(tillatelse),
            Err(_) => timeout_at(innhold.venteslutt(), plasser.acquire_owned())
                .await
                .ok()
                .and_then(Result::ok),
        };
        let Some(tillatelse) = tillatelse else {
            innhold.maalere.count_throttled(tjeneste, Strupegrunn::Overlast);
            // Whoever makes records durable, which answers wait for, is another thread; it must not wait for refusals.
            // Nor must those who answer give way for each of them.
            if innhold
                .avviste
                .fetch_add(1, Ordering::Relaxed)
                .is_multiple_of(AVVISTE_PER_TUR)
            {
                std::thread::yield_now();
            }
            return Err(Rammefeil::Overlast {
                vent: Vent::new(OVERLAST_VENT, innhold.ventform),
            });
        };
        innhold.under_arbeid.fetch_add(1, Ordering::Relaxed);
        Ok(Arc::new(Plass {
            vakt: self.clone(),
            tilstand: Mutex::new(Tilstand::Opptatt(Some(tillatelse))),
        }))
    }

    fn bruk_adresse(&self, tjeneste: &'static str, foresporsel: &Request) -> Result<Adressebruk, Rammefeil> {
        let innhold = self.0.as_ref();
        let (Some(adresser), Some(motpart)) = (&innhold.adresser, foresporsel.extensions().get::<Motpart>()) else {
            return Ok(Adressebruk(None));
        };
        let adresse = innhold.mellomledd.klient(motpart.0.ip(), foresporsel.headers());
        match adresser.bruk(&adresse, (innhold.klokke)()) {
            Ok(brukt) => Ok(Adressebruk(Some((self.clone(), adresse, brukt)))),
            Err(strupet) => {
                innhold.maalere.count_throttled(tjeneste, Strupegrunn::Adresse);
                if strupet.foerste {
                    tracing::warn!(tjeneste, "an address is over its limit of calls; its calls get 429");
                }
                Err(Rammefeil::ForMangeKall {
                    vent: Vent::new(strupet.vent, innhold.ventform),
                })
            }
        }
    }
}

/// A call's place among those under way. Left and taken as often as needed, and left for good at the end.
pub(super) struct Plass {
    vakt: Vakt,
    tilstand: Mutex<Tilstand>,
}

enum Tilstand {
    /// Under way; without a permit if there was none when its client was done. Who has begun is let go on.
    Opptatt(#[expect(dead_code, reason = "held for its drop")] Option<OwnedSemaphorePermit>),
    /// Its client is waited for.
    Venter,
    /// Left for good.
    Ferdig,
}

impl Plass {
    /// Goes from one state to another; nothing happens in any other state.
    fn bytt(&self, fra: fn(&Tilstand) -> bool, til: impl FnOnce() -> Tilstand) -> bool {
        let mut tilstand = self.tilstand.lock().unwrap_or_else(PoisonError::into_inner);
        let gaar = fra(&tilstand);
        if gaar {
            *tilstand = til();
        }
        gaar
    }

    fn forlat(&self, til: Tilstand) {
        if self.bytt(|t| matches!(t, Tilstand::Opptatt(_)), || til) {
            self.vakt.0.under_arbeid.fetch_sub(1, Ordering::Relaxed);
        }
    }

    /// Leaves it for good: the answer's head is ready.
    pub(super) fn ferdig(&self) {
        self.forlat(Tilstand::Ferdig);
        self.bytt(|t| matches!(t, Tilstand::Venter), || Tilstand::Ferdig);
    }

    /// Leaves it while the client is waited for, unless it is left for good.
    fn vent(&self) {
        self.forlat(Tilstand::Venter);
    }

    /// Takes it again.
    fn ta(&self) {
        let plasser = Arc::clone(&self.vakt.0.plasser);
        let tok = self.bytt(
            |t| matches!(t, Tilstand::Venter),
            || Tilstand::Opptatt(plasser.try_acquire_owned().ok()),
        );
        if tok {
            self.vakt.0.under_arbeid.fetch_add(1, Ordering::Relaxed);
        }
    }
}

impl Drop for Plass {
    fn drop(&mut self) {
        self.ferdig();
    }
}

/// The body did not come in time. Read by [`kropp::read`], and so an error of its own.
#[derive(Clone, Copy, Debug, thiserror::Error)]
#[error("the body did not come in time")]
pub(crate) struct ForSen;

/// A body as it comes in: no longer than the limit in all, and no place held while its client is waited for.
pub(super) struct Innkropp {
    indre: Body,
    plass: Option<Arc<Plass>>,
    frist: Option<Pin<Box<Sleep>>>,
    venter: bool,
}

impl Innkropp {
    /// Wraps the body of a request that has one.
    pub(super) fn rundt(kropp: Body, plass: Option<Arc<Plass>>) -> Body {
        if http_body::Body::is_end_stream(&kropp) {
            return kropp;
        }
        Body::new(Self {
            indre: kropp,
            plass,
            frist: None,
            venter: false,
        })
    }

    fn slutt_venting(&mut self) {
        if std::mem::take(&mut self.venter)
            && let Some(plass) = &self.plass
        {
            plass.ta();
        }
    }
}

impl http_body::Body for Innkropp {
    type Data = Bytes;
    type Error = Box<dyn std::error::Error + Send + Sync>;

    fn poll_frame(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Box<dyn std::error::Error + Send + Sync>>>> {
        let this = self.get_mut();
        match Pin::new(&mut this.indre).poll_frame(cx) {
            Poll::Ready(ramme) => {
                this.slutt_venting();
                Poll::Ready(ramme.map(|r| r.map_err(Into::into)))
            }
            Poll::Pending => {
                let frist = this.frist.get_or_insert_with(|| Box::pin(sleep(kropp::TID_MAKS)));
                if frist.as_mut().poll(cx).is_ready() {
                    this.slutt_venting();
                    return Poll::Ready(Some(Err(Box::new(ForSen))));
                }
                if !std::mem::replace(&mut this.venter, true)
                    && let Some(plass) = &this.plass
                {
                    plass.vent();
                }
                Poll::Pending
            }
        }
    }

    fn is_end_stream(&self) -> bool {
        self.indre.is_end_stream()
    }

    fn size_hint(&self) -> http_body::SizeHint {
        self.indre.size_hint()
    }
}

impl Drop for Innkropp {
    fn drop(&mut self) {
        // Whoever gave up waiting goes on to answer.
        self.slutt_venting();
    }
}

#[cfg(test)]
mod tests {
    use http::HeaderMap;

    use super::*;

    /// A body whose client says nothing more.
    struct Stille;

    impl http_body::Body for Stille {
        type Data = Bytes;
        type Error = std::io::Error;
        fn poll_frame(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, std::io::Error>>> {
            Poll::Pending
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_body_that_never_comes_is_given_up_whoever_reads_it() {
        let start = tokio::time::Instant::now();
        let kropp = Innkropp::rundt(Body::new(Stille), None);
        let uten_frist = axum::body::to_bytes(kropp, 10).await;
        assert!(uten_frist.is_err());
        assert_eq!(start.elapsed().as_secs(), kropp::TID_MAKS.as_secs());
        let grense = kropp::Grense {
            tid_maks: kropp::TID_MAKS * 2,
            ..kropp::Grense::default()
        };
        let lest = kropp::read(Innkropp::rundt(Body::new(Stille), None), &HeaderMap::new(), grense).await;
        assert_eq!(lest, Err(kropp::Error::Tidsavbrudd));
    }

    #[tokio::test(start_paused = true)]
    async fn waits_for_a_place_end_together_and_none_is_longer_than_the_longest() {
        let grenser = Vaktgrenser {
            kall_per_adresse: None,
            mellomledd: Mellomledd::default(),
            samtidige: 1,
            ventform: Ventform::Sekunder,
        };
        let vakt = Vakt::new(grenser, Arc::new(std::time::Instant::now), &Maalere::new());
        let mut slutter = std::collections::BTreeSet::new();
        for _ in 0..100 {
            tokio::time::advance(Duration::from_micros(330)).await;
            let slutt = vakt.0.venteslutt();
            let igjen = slutt - Instant::now();
            let kortest = PLASS_VENT_MAKS - Duration::from_millis(PLASS_TRINN_MS);
            assert!((kortest..=PLASS_VENT_MAKS).contains(&igjen), "{igjen:?}");
            slutter.insert(slutt);
        }
        assert_eq!(slutter.len(), 7, "33 ms of calls");
    }

    #[tokio::test]
    async fn a_place_is_left_and_taken_as_often_as_needed_and_counted_once() {
        let grenser = Vaktgrenser {
            kall_per_adresse: None,
            mellomledd: Mellomledd::default(),
            samtidige: 2,
            ventform: Ventform::Sekunder,
        };
        let vakt = Vakt::new(grenser, Arc::new(std::time::Instant::now), &Maalere::new());
        let plass = vakt.slipp_inn("prøve", &mut Request::new(Body::empty())).await.unwrap();
        for _ in 0..3 {
            plass.ta();
            assert_eq!((vakt.under_arbeid(), vakt.0.plasser.available_permits()), (1, 1));
            plass.vent();
            plass.vent();
            assert_eq!((vakt.under_arbeid(), vakt.0.plasser.available_permits()), (0, 2));
            plass.ta();
        }
        plass.ferdig();
        plass.ta();
        plass.vent();
        assert_eq!(vakt.under_arbeid(), 0, "left for good");
        drop(plass);
        assert_eq!((vakt.under_arbeid(), vakt.0.plasser.available_permits()), (0, 2));
    }
}
