//! The stop signal: one side says stop, any number of others hear it.
//!
//! It carries no reason and cannot be taken back. What newcomers miss: dropping the [`Signal`] is a stop too, so
//! keep it alive for as long as the server shall run.

use tokio::sync::watch;

/// Makes a connected pair: the side that says stop and the side that hears it.
pub fn pair() -> (Signal, Stopp) {
    let (sender, mottaker) = watch::channel(false);
    (Signal(sender), Stopp(mottaker))
}

/// The side that says stop. Dropping it says stop as well.
#[derive(Debug)]
pub struct Signal(watch::Sender<bool>);

impl Signal {
    /// Says stop. Saying it twice changes nothing.
    pub fn stopp(&self) {
        self.0.send_replace(true);
    }
}

/// The side that hears the stop. Clones hear the same signal.
#[derive(Clone, Debug)]
pub struct Stopp(watch::Receiver<bool>);

impl Stopp {
    /// Whether stop has been said, or the [`Signal`] is gone.
    pub fn is_stopped(&self) -> bool {
        *self.0.borrow() || self.0.has_changed().is_err()
    }

    /// Waits for the stop. Returns at once if it was said before.
    pub async fn wait(&mut self) {
        // An error means that the signal was dropped, which is a stop.
        let _ = self.0.wait_for(|stoppet| *stoppet).await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn all_clones_hear_the_stop_and_hear_it_again() {
        let (signal, mut a) = pair();
        let mut b = a.clone();
        assert!(!a.is_stopped());
        signal.stopp();
        a.wait().await;
        b.wait().await;
        b.wait().await;
        assert!(a.is_stopped() && b.is_stopped());
    }

    #[tokio::test]
    async fn a_dropped_signal_is_a_stop() {
        let (signal, mut stopp) = pair();
        drop(signal);
        stopp.wait().await;
        assert!(stopp.is_stopped());
    }
}
