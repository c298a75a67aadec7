//! Tokens that were verified a moment ago, so that a client that calls a thousand times with one token pays for one
//! RSA operation.
//!
//! Only successes are kept; a refusal is worked out anew each time. The key is the SHA-256 of the whole token, so
//! nothing secret lies in the table, and a token that differs in one character is another one. The table has a fixed
//! number of places; the oldest gives way.
//!
//! A keyed fast hash beside the whole token would find it as surely, and save some hundredths of a lookup. It would also keep
//! thousands of tokens that still open everything in one table, long after their calls (our choice).

use std::collections::{HashMap, VecDeque};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use super::jwk::sha256;

/// Number of separately locked parts.
const DELER: usize = 16;

/// What is remembered of a verified token.
#[derive(Debug)]
pub(super) struct Oppfoering<T> {
    pub token: Arc<T>,
    /// Name and thumbprint of the key that had signed: withdrawn keys take their tokens with them.
    pub kid: Arc<str>,
    pub noekkelavtrykk: [u8; 32],
}

impl<T> Clone for Oppfoering<T> {
    fn clone(&self) -> Self {
        Oppfoering {
            token: Arc::clone(&self.token),
            kid: Arc::clone(&self.kid),
            noekkelavtrykk: self.noekkelavtrykk,
        }
    }
}

/// The name of a token in the table. Also what a DPoP proof must say of the token (`ath`), so that it is worked out once.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Avtrykk([u8; 32]);

impl Avtrykk {
    pub(super) fn av(token: &str) -> Self {
        Avtrykk(sha256(token.as_bytes()))
    }

    pub(super) fn som_byte(&self) -> &[u8; 32] {
        &self.0
    }
}

/// The table.
pub(super) struct Verifiserte<T> {
    deler: [Mutex<Del<T>>; DELER],
    plasser_per_del: usize,
    funnet: AtomicU64,
    savnet: AtomicU64,
}

struct Del<T> {
    oppfoeringer: HashMap<Avtrykk, Oppfoering<T>>,
    /// Order of entry; holds exactly the keys of the map.
    rekkefoelge: VecDeque<Avtrykk>,
}

impl<T> Default for Del<T> {
    fn default() -> Self {
        Del {
            oppfoeringer: HashMap::new(),
            rekkefoelge: VecDeque::new(),
        }
    }
}

impl<T> Verifiserte<T> {
    /// A table of about `plasser` places, rounded up to a multiple of its parts.
    pub(super) fn new(plasser: usize) -> Self {
        let deler = std::array::from_fn(|_| Mutex::new(Del::default()));
        Verifiserte {
            deler,
            plasser_per_del: plasser.div_ceil(DELER),
            funnet: AtomicU64::new(0),
            savnet: AtomicU64::new(0),
        }
    }

    pub(super) fn finn(&self, avtrykk: Avtrykk) -> Option<Oppfoering<T>> {
        let funnet = self
            .del(avtrykk)?
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .oppfoeringer
            .get(&avtrykk)
            .cloned();
        let teller = if funnet.is_some() { &self.funnet } else { &self.savnet };
        teller.fetch_add(1, Ordering::Relaxed);
        funnet
    }

    /// How often a token was remembered, and how often not.
    pub(super) fn oppslag(&self) -> (u64, u64) {
        (self.funnet.load(Ordering::Relaxed), self.savnet.load(Ordering::Relaxed))
    }

    pub(super) fn husk(&self, avtrykk: Avtrykk, oppfoering: Oppfoering<T>) {
        if self.plasser_per_del == 0 {
            return;
        }
        let Some(del) = self.del(avtrykk) else { return };
        let mut del = del.lock().unwrap_or_else(PoisonError::into_inner);
        if del.oppfoeringer.insert(avtrykk, oppfoering).is_none() {
            del.rekkefoelge.push_back(avtrykk);
            if del.rekkefoelge.len() > self.plasser_per_del
                && let Some(eldst) = del.rekkefoelge.pop_front()
            {
                del.oppfoeringer.remove(&eldst);
            }
        }
    }

    pub(super) fn glem(&self, avtrykk: Avtrykk) {
        let Some(del) = self.del(avtrykk) else { return };
        let mut del = del.lock().unwrap_or_else(PoisonError::into_inner);
        if del.oppfoeringer.remove(&avtrykk).is_some() {
            del.rekkefoelge.retain(|annen| *annen != avtrykk);
        }
    }

    fn del(&self, avtrykk: Avtrykk) -> Option<&Mutex<Del<T>>> {
        let nr = usize::from(*avtrykk.0.first()?) % DELER;
        self.deler.get(nr)
    }

    #[cfg(test)]
    pub(super) fn antall(&self) -> usize {
        self.deler
            .iter()
            .map(|del| {
                let del = del.lock().unwrap();
                assert_eq!(del.oppfoeringer.len(), del.rekkefoelge.len());
                del.oppfoeringer.len()
            })
            .sum()
    }
}

#[cfg(test)]
mod tests {
    use super::super::krav::Token;
    use super::super::testverktoey::{NAA_S, krav, les_krav};
    use super::*;

    fn oppfoering() -> Oppfoering<Token> {
        let token = Arc::new(les_krav(&krav(), NAA_S).unwrap());
        Oppfoering {
            token,
            kid: "k".into(),
            noekkelavtrykk: [7; 32],
        }
    }

    #[test]
    fn what_is_remembered_is_found_and_nothing_else() {
        let tabell = Verifiserte::new(100);
        tabell.husk(Avtrykk::av("a.b.c"), oppfoering());
        assert!(tabell.finn(Avtrykk::av("a.b.c")).is_some());
        assert!(tabell.finn(Avtrykk::av("a.b.d")).is_none());
        tabell.glem(Avtrykk::av("a.b.c"));
        assert!(tabell.finn(Avtrykk::av("a.b.c")).is_none());
        assert_eq!(tabell.antall(), 0);
    }

    #[test]
    fn the_table_never_grows_past_its_places_and_the_newest_stay() {
        let tabell = Verifiserte::new(32);
        for i in 0..10_000 {
            let avtrykk = Avtrykk::av(&i.to_string());
            tabell.husk(avtrykk, oppfoering());
            tabell.husk(avtrykk, oppfoering());
            assert!(tabell.finn(avtrykk).is_some());
        }
        assert_eq!(tabell.antall(), 32);
        let ingen = Verifiserte::new(0);
        ingen.husk(Avtrykk::av("a"), oppfoering());
        assert_eq!(ingen.antall(), 0);
    }

    #[test]
    fn many_threads_may_use_it_at_once() {
        let tabell = Verifiserte::new(64);
        std::thread::scope(|traader| {
            for t in 0..8 {
                let tabell = &tabell;
                traader.spawn(move || {
                    for i in 0..2_000 {
                        let avtrykk = Avtrykk::av(&((i * 7 + t) % 500).to_string());
                        tabell.husk(avtrykk, oppfoering());
                        tabell.finn(avtrykk);
                        if i % 3 == 0 {
                            tabell.glem(avtrykk);
                        }
                    }
                });
            }
        });
        assert!(tabell.antall() <= 64);
    }
}
