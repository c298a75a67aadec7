//! Panics: caught round a handler, and kept out of the log's text.
//!
//! A panic is our own mistake. It costs the one request, never the process, and its message is never shown or logged:
//! it may quote what the client sent.

use std::{
    future::{Future, poll_fn},
    panic::{AssertUnwindSafe, catch_unwind},
    pin::pin,
    task::Poll,
};

/// Runs a future to its end, or to its panic, which gives `None`.
pub(super) async fn catch<F: Future>(fremtid: F) -> Option<F::Output> {
    let mut fremtid = pin!(fremtid);
    // After a panic the future is dropped and never polled again, so no broken state of it can be seen.
    poll_fn(
        |cx| match catch_unwind(AssertUnwindSafe(|| fremtid.as_mut().poll(cx))) {
            Ok(Poll::Pending) => Poll::Pending,
            Ok(Poll::Ready(verdi)) => Poll::Ready(Some(verdi)),
            Err(_) => Poll::Ready(None),
        },
    )
    .await
}

/// Replaces the process's panic hook by one that logs the place and nothing else.
///
/// The standard hook prints the message of the panic to stderr, and that message may hold a value from a request.
/// Call it once, when the process starts.
pub fn install_panic_hook() {
    std::panic::set_hook(Box::new(|panikk| {
        let sted = panikk.location();
        tracing::error!(
            fil = sted.map(std::panic::Location::file),
            linje = sted.map(std::panic::Location::line),
            "a panic: a fault in the program; its message is withheld, since it may hold personal data"
        );
    }));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_panic_at_any_step_gives_none() {
        assert_eq!(catch(async { 1 }).await, Some(1));
        assert_eq!(catch(async { panic!("første steg") }).await, None::<()>);
        let senere = async {
            tokio::task::yield_now().await;
            panic!("senere steg")
        };
        assert_eq!(catch(senere).await, None::<()>);
    }
}
