//! The nation that is served now, for those who outlive it: commands, and what is done to a test environment.
//!
//! What a newcomer gets wrong: whoever holds what [`Vert::naa`] gave keeps the nation open, and it cannot be changed meanwhile.
//! Hold it for one piece of work.

use std::sync::{Arc, Condvar, Mutex, OnceLock, PoisonError};
use std::time::Duration;

use anyhow::{Context, Result};

use crate::helsekopi::Tilstand;
use crate::mappe::Aapen;

/// Longest wait for a nation that is being changed. Source: our choice; a change takes less than a second.
const VENT_MAKS: Duration = Duration::from_secs(20);

/// Who has the nation.
pub struct Vert {
    naa: Mutex<Option<Arc<Aapen>>>,
    endret: Condvar,
    helsekopi: OnceLock<Arc<Tilstand>>,
}

impl Vert {
    /// With a nation.
    pub fn new(aapen: Arc<Aapen>) -> Self {
        Vert {
            naa: Mutex::new(Some(aapen)),
            endret: Condvar::new(),
            helsekopi: OnceLock::new(),
        }
    }

    /// The health sector's copy beside the nation, where this process keeps one.
    pub fn helsekopi(&self) -> Option<&Arc<Tilstand>> {
        self.helsekopi.get()
    }

    /// This process keeps a copy.
    pub fn sett_helsekopi(&self, tilstand: Arc<Tilstand>) {
        // Set once, when the role is set up.
        let _ = self.helsekopi.set(tilstand);
    }

    /// The nation; waits while it is being changed.
    pub fn naa(&self) -> Result<Arc<Aapen>> {
        let naa = self.naa.lock().unwrap_or_else(PoisonError::into_inner);
        let ventet = self.endret.wait_timeout_while(naa, VENT_MAKS, |naa| naa.is_none());
        let (naa, _) = ventet.unwrap_or_else(PoisonError::into_inner);
        naa.clone().context("nasjonen er under bytte; prøv igjen")
    }

    /// The nation, if it is not being changed.
    pub fn straks(&self) -> Option<Arc<Aapen>> {
        self.naa.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Takes it away; whoever asks waits for the next.
    pub fn ta(&self) -> Option<Arc<Aapen>> {
        self.naa.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    /// Puts one in its place.
    pub fn sett(&self, aapen: Arc<Aapen>) {
        *self.naa.lock().unwrap_or_else(PoisonError::into_inner) = Some(aapen);
        self.endret.notify_all();
    }
}
