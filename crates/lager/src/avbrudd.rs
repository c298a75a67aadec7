//! Stopping work that takes minutes, when the program is about to stop.

use std::sync::atomic::{AtomicU64, Ordering};

use crate::Feil;

/// Stops the work that is under way, and not what is begun later.
#[derive(Debug, Default)]
pub struct Avbryter(AtomicU64);

/// Of one piece of work: whether it has been stopped.
#[derive(Clone, Copy, Debug)]
pub struct Avbruddsvakt<'a> {
    av: &'a Avbryter,
    ved_start: u64,
}

impl Avbryter {
    /// Stops what is under way.
    pub fn avbryt(&self) {
        self.0.fetch_add(1, Ordering::SeqCst);
    }

    /// For work that begins now.
    pub fn vakt(&self) -> Avbruddsvakt<'_> {
        Avbruddsvakt {
            av: self,
            ved_start: self.0.load(Ordering::SeqCst),
        }
    }
}

impl Avbruddsvakt<'_> {
    /// To be asked now and then.
    ///
    /// # Errors
    /// [`Feil::Avbrutt`] if it has been stopped.
    pub fn sjekk(&self) -> Result<(), Feil> {
        if self.av.0.load(Ordering::SeqCst) == self.ved_start {
            Ok(())
        } else {
            Err(Feil::Avbrutt)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_under_way_is_stopped_and_what_comes_after_is_not() {
        let avbryter = Avbryter::default();
        let foer = avbryter.vakt();
        foer.sjekk().unwrap();
        avbryter.avbryt();
        assert!(matches!(foer.sjekk(), Err(Feil::Avbrutt)));
        avbryter.vakt().sjekk().unwrap();
    }
}
