//! Throttling: so many calls in a period for each key, counted in bounded memory, with the time as a parameter.
//!
//! Not here: whose budget a call is on. An interface that knows its consumers has a [`Struper`] of its own over them;
//! the one over addresses belongs to the [`Vakt`](crate::vern::Vakt) at the frame.
//!
//! What newcomers get wrong: a call that is refused uses nothing. A client that asks again too early therefore waits
//! no longer for it.

mod adresse;
mod vindu;

use std::{
    collections::HashMap,
    collections::hash_map::RandomState,
    fmt,
    hash::{BuildHasher as _, Hash},
    num::NonZeroU32,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use http::HeaderValue;

pub use self::adresse::{Adressehode, Klientadresse, Mellomledd, Nett, Nettfeil};
use self::vindu::{Fullt, SPOR, Vindu};

/// Calls a minute for each consumer and for each address. Source: Folkeregisteret, "SLA og bruksvilkår": 60 000 a
/// minute in production.
pub const KALL_PER_MINUTT: u32 = 60_000;
/// The longest that anyone is asked to wait. Source: our choice, as the period.
pub const VENT_MAKS: Duration = Duration::from_secs(60);
/// Keys that are remembered. Above it those that were used longest ago are forgotten, half of a part at a time.
/// Source: our choice; with windows of half a kilobyte some 40 MiB at most.
pub const NOEKLER_MAKS: usize = 64 * 1024;

/// Locks that the keys are spread over.
const DELER: usize = 16;

/// Reads a clock that never goes back. Read in the program's outermost room alone; a parameter everywhere else.
pub type Klokke = Arc<dyn Fn() -> Instant + Send + Sync>;

/// What the number in `Retry-After` counts.
///
/// Source: RFC 9110, 10.2.3, says seconds; Folkeregisteret's documentation says milliseconds. ADR 0015.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Ventform {
    /// Whole seconds, as HTTP says.
    #[default]
    Sekunder,
    /// Milliseconds, for clients that were written after Folkeregisteret's text.
    Millisekunder,
}

/// How long a caller is asked to wait.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Vent {
    ms: u32,
    form: Ventform,
}

impl Vent {
    /// A wait, no shorter than a second's worth of rounding and no longer than [`VENT_MAKS`].
    #[must_use]
    pub fn new(tid: Duration, form: Ventform) -> Self {
        let us = tid.min(VENT_MAKS).as_micros().max(1);
        Self {
            ms: u32::try_from(us.div_ceil(1_000)).unwrap_or(u32::MAX),
            form,
        }
    }

    /// Whole seconds, rounded up: 1 to 60.
    #[must_use]
    pub fn sekunder(self) -> u32 {
        self.ms.div_ceil(1_000)
    }

    /// The value of `Retry-After`.
    #[must_use]
    pub fn header(self) -> HeaderValue {
        HeaderValue::from(match self.form {
            Ventform::Sekunder => self.sekunder(),
            Ventform::Millisekunder => self.ms,
        })
    }
}

/// A call that did not fit in its budget.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Strupet {
    /// Until there is room.
    pub vent: Duration,
    /// No refusal of this key has been told of for a whole period: the one to write a log line about.
    pub foerste: bool,
}

/// Where a use was counted, for giving it back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Brukt(u64);

/// Budgets by key.
pub struct Struper<K> {
    maks: u64,
    spor_us: u64,
    nullpunkt: Instant,
    deler: Box<[Mutex<Del<K>>]>,
    del_maks: usize,
    spreder: RandomState,
}

impl<K> fmt::Debug for Struper<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // A key may point at somebody.
        f.debug_struct("Struper")
            .field("maks", &self.maks)
            .finish_non_exhaustive()
    }
}

/// Two generations: what is used is in the new one, what was not used since the last change is forgotten at the next.
struct Del<K> {
    nye: HashMap<K, Vindu>,
    gamle: HashMap<K, Vindu>,
}

impl<K: Hash + Eq + Clone> Del<K> {
    fn vindu(&mut self, noekkel: &K, spor: u64, maks: usize) -> &mut Vindu {
        if !self.nye.contains_key(noekkel) {
            if self.nye.len() >= maks {
                self.gamle = std::mem::take(&mut self.nye);
            }
            let vindu = self.gamle.remove(noekkel).unwrap_or_else(|| Vindu::new(spor));
            self.nye.insert(noekkel.clone(), vindu);
        }
        self.nye.entry(noekkel.clone()).or_insert_with(|| Vindu::new(spor))
    }
}

impl<K: Hash + Eq + Clone> Struper<K> {
    /// `maks` in each `periode` for each key, with the clock starting at `naa`.
    #[must_use]
    pub fn new(maks: NonZeroU32, periode: Duration, naa: Instant) -> Self {
        Self::with_noekler(maks, periode, naa, NOEKLER_MAKS)
    }

    /// The same, remembering no more than `noekler_maks` keys.
    #[must_use]
    pub fn with_noekler(maks: NonZeroU32, periode: Duration, naa: Instant, noekler_maks: usize) -> Self {
        let deler = (0..DELER).map(|_| {
            Mutex::new(Del {
                nye: HashMap::new(),
                gamle: HashMap::new(),
            })
        });
        Self {
            maks: u64::from(maks.get()),
            spor_us: (u64::try_from(periode.as_micros()).unwrap_or(u64::MAX) / SPOR).max(1),
            nullpunkt: naa,
            deler: deler.collect(),
            // Two generations in each part.
            del_maks: (noekler_maks / DELER / 2).max(1),
            spreder: RandomState::new(),
        }
    }

    /// Uses one of the budget, or says when there is room.
    ///
    /// # Errors
    /// [`Strupet`]; nothing is used then.
    pub fn bruk(&self, noekkel: &K, naa: Instant) -> Result<Brukt, Strupet> {
        self.med(noekkel, naa, |vindu, spor| vindu.bruk(spor, 1, self.maks))
            .map(Brukt)
            .map_err(|fullt| self.strupet(fullt, naa))
    }

    /// Whether there is room for one more, using nothing.
    ///
    /// # Errors
    /// [`Strupet`].
    pub fn sjekk(&self, noekkel: &K, naa: Instant) -> Result<(), Strupet> {
        self.med(noekkel, naa, |vindu, spor| vindu.sjekk(spor, 1, self.maks))
            .map_err(|fullt| self.strupet(fullt, naa))
    }

    /// Counts what has happened already, room or not. Whether it brought the key over its limit.
    pub fn legg_til(&self, noekkel: &K, antall: u32, naa: Instant) -> bool {
        self.med(noekkel, naa, |vindu, spor| {
            let etter = vindu.legg_til(spor, antall);
            etter >= self.maks && etter - u64::from(antall) < self.maks
        })
    }

    /// Gives a use back: the call turned out to be on another budget.
    pub fn gi_tilbake(&self, noekkel: &K, brukt: Brukt) {
        let mut del = self.del(noekkel).lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(vindu) = del.nye.get_mut(noekkel) {
            vindu.gi_tilbake(brukt.0);
        }
    }

    /// Keys that are remembered now.
    #[must_use]
    pub fn noekler(&self) -> usize {
        let antall = |del: &Mutex<Del<K>>| {
            let del = del.lock().unwrap_or_else(PoisonError::into_inner);
            del.nye.len() + del.gamle.len()
        };
        self.deler.iter().map(antall).sum()
    }

    fn us(&self, naa: Instant) -> u64 {
        u64::try_from(naa.saturating_duration_since(self.nullpunkt).as_micros()).unwrap_or(u64::MAX)
    }

    fn strupet(&self, fullt: Fullt, naa: Instant) -> Strupet {
        let ledig_us = fullt.ledig_ved().saturating_mul(self.spor_us);
        Strupet {
            vent: Duration::from_micros(ledig_us.saturating_sub(self.us(naa))),
            foerste: fullt.foerste,
        }
    }

    #[expect(clippy::indexing_slicing, reason = "the remainder of a division by the length")]
    fn del(&self, noekkel: &K) -> &Mutex<Del<K>> {
        let plass = self.spreder.hash_one(noekkel) % (DELER as u64);
        &self.deler[usize::try_from(plass).unwrap_or(0)]
    }

    fn med<T>(&self, noekkel: &K, naa: Instant, gjoer: impl FnOnce(&mut Vindu, u64) -> T) -> T {
        let spor = self.us(naa) / self.spor_us;
        let mut del = self.del(noekkel).lock().unwrap_or_else(PoisonError::into_inner);
        gjoer(del.vindu(noekkel, spor, self.del_maks), spor)
    }
}

#[cfg(test)]
mod tests;
