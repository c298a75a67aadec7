//! The guard at the frame: how many calls an address may make, and how many may be under way at once.
//!
//! ```text
//! request ─▶ under way < bound? ─▶ address within its budget? ─▶ handler ─▶ no longer under way
//!              no: 503, at once      no: 429, with the wait        │ waits for its client's body: not under way
//! ```
//!
//! What newcomers get wrong: a call that waits for its own client does no work here and holds no place. If it did, some
//! hundred clients that send their bodies slowly would shut everybody out.

use std::{
    fmt,
    num::NonZeroU32,
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicI64, AtomicU8, Ordering},
    },
    task::{Context, Poll},
    time::Duration,
};

use axum::{body::Body, extract::Request};
use bytes::Bytes;
use http_body::Frame;
use tokio::time::{Sleep, sleep};

use super::Rammefeil;
use crate::{
    kropp,
    maalinger::{Maalere, Strupegrunn},
    struping::{Brukt, Klientadresse, Klokke, Mellomledd, Struper, Vent, Ventform},
    tjener::Motpart,
};

/// Calls under way at once, for each processor, when the settings say nothing.
/// Source: our choice; ten milliseconds of work at the rate that one processor answers lookups.
pub const SAMTIDIGE_PER_KJERNE: usize = 128;
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
    samtidige_maks: i64,
    under_arbeid: AtomicI64,
    maalere: Maalere,
}

impl fmt::Debug for Vakt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Vakt")
            .field("samtidige_maks", &self.0.samtidige_maks)
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
            samtidige_maks: i64::try_from(samtidige).unwrap_or(i64::MAX),
            under_arbeid: AtomicI64::new(0),
            maalere: maalere.clone(),
        }))
    }

    /// Calls under way now.
    #[must_use]
    pub fn under_arbeid(&self) -> u64 {
        u64::try_from(self.0.under_arbeid.load(Ordering::Relaxed)).unwrap_or(0)
    }

    /// Lets a call in and gives it its place, or refuses it.
    pub(super) fn slipp_inn(&self, tjeneste: &'static str, foresporsel: &mut Request) -> Result<Arc<Plass>, Rammefeil> {
        let innhold = self.0.as_ref();
        let plass = Arc::new(Plass {
            vakt: self.clone(),
            tilstand: AtomicU8::new(LEDIG),
        });
        if plass.ta() > innhold.samtidige_maks {
            innhold.maalere.count_throttled(tjeneste, Strupegrunn::Overlast);
            return Err(Rammefeil::Overlast {
                vent: Vent::new(OVERLAST_VENT, innhold.ventform),
            });
        }
        let mut bruk = None;
        if let (Some(adresser), Some(motpart)) = (&innhold.adresser, foresporsel.extensions().get::<Motpart>()) {
            let adresse = innhold.mellomledd.klient(motpart.0.ip(), foresporsel.headers());
            match adresser.bruk(&adresse, (innhold.klokke)()) {
                Ok(brukt) => bruk = Some((self.clone(), adresse, brukt)),
                Err(strupet) => {
                    innhold.maalere.count_throttled(tjeneste, Strupegrunn::Adresse);
                    if strupet.foerste {
                        tracing::warn!(tjeneste, "an address is over its limit of calls; its calls get 429");
                    }
                    return Err(Rammefeil::ForMangeKall {
                        vent: Vent::new(strupet.vent, innhold.ventform),
                    });
                }
            }
        }
        foresporsel.extensions_mut().insert(Adressebruk(bruk));
        Ok(plass)
    }
}

const LEDIG: u8 = 0;
const OPPTATT: u8 = 1;
const FERDIG: u8 = 2;

/// A call's place among those under way. Taken and left as often as needed, and left for good at the end.
#[derive(Debug)]
pub(super) struct Plass {
    vakt: Vakt,
    tilstand: AtomicU8,
}

impl Plass {
    /// Takes the place; how many are under way then. Who has begun is let go on, room or not.
    fn ta(&self) -> i64 {
        let teller = &self.vakt.0.under_arbeid;
        let tok = self
            .tilstand
            .compare_exchange(LEDIG, OPPTATT, Ordering::Relaxed, Ordering::Relaxed);
        match tok {
            Ok(_) => teller.fetch_add(1, Ordering::Relaxed) + 1,
            Err(_) => teller.load(Ordering::Relaxed),
        }
    }

    fn forlat(&self, til: u8) {
        if self.tilstand.swap(til, Ordering::Relaxed) == OPPTATT {
            self.vakt.0.under_arbeid.fetch_sub(1, Ordering::Relaxed);
        }
    }

    /// Leaves it for good: the answer's head is ready.
    pub(super) fn ferdig(&self) {
        self.forlat(FERDIG);
    }

    /// Leaves it while the client is waited for, unless it is left for good.
    fn vent(&self) {
        let slapp = self
            .tilstand
            .compare_exchange(OPPTATT, LEDIG, Ordering::Relaxed, Ordering::Relaxed);
        if slapp.is_ok() {
            self.vakt.0.under_arbeid.fetch_sub(1, Ordering::Relaxed);
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

    #[test]
    fn a_place_is_taken_and_left_as_often_as_needed_and_counted_once() {
        let grenser = Vaktgrenser {
            kall_per_adresse: None,
            mellomledd: Mellomledd::default(),
            samtidige: 2,
            ventform: Ventform::Sekunder,
        };
        let vakt = Vakt::new(grenser, Arc::new(std::time::Instant::now), &Maalere::new());
        let plass = Plass {
            vakt: vakt.clone(),
            tilstand: AtomicU8::new(LEDIG),
        };
        for _ in 0..3 {
            assert_eq!((plass.ta(), vakt.under_arbeid()), (1, 1));
            plass.ta();
            assert_eq!(vakt.under_arbeid(), 1);
            plass.vent();
            plass.vent();
            assert_eq!(vakt.under_arbeid(), 0);
        }
        plass.ta();
        plass.ferdig();
        plass.ta();
        assert_eq!(vakt.under_arbeid(), 0, "left for good");
        drop(plass);
        assert_eq!(vakt.under_arbeid(), 0);
    }
}
