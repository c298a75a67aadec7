//! Work that takes milliseconds: beside the threads that read calls, answer and turn away, and behind them.
//!
//! ```text
//!  call ─▶ a turn, one for each processor ─▶ a thread of less weight ─▶ its result
//! ```
//! What newcomers get wrong: on a busy processor a thread gets as much as its weight, not what is left. Threads that make long
//! answers, with the weight of those that read calls, make whoever is to be turned away wait for it behind the work of others.

use std::cell::Cell;
use std::sync::LazyLock;

use tokio::sync::Semaphore;

/// How much less: a tenth of the processor, where all of it is wanted.
/// Source: our choice; sched(7) gives a step of `nice` a quarter.
#[cfg(target_os = "linux")]
const NICE: i32 = 10;

/// Pieces of work at once: one for each processor. With more, those that read calls and make records durable would get next
/// to no processor when there are many.
static TURER: LazyLock<Semaphore> =
    LazyLock::new(|| Semaphore::new(std::thread::available_parallelism().map_or(1, std::num::NonZeroUsize::get)));

thread_local! {
    static LETT: Cell<bool> = const { Cell::new(false) };
}

/// Runs a piece of work where it holds up no other call. `None`: it panicked.
pub async fn utenfor_loekka<T: Send + 'static>(arbeid: impl FnOnce() -> T + Send + 'static) -> Option<T> {
    // Never closed; without a turn it runs all the same.
    let _tur = TURER.acquire().await;
    let arbeid = move || {
        vik();
        arbeid()
    };
    tokio::task::spawn_blocking(arbeid).await.ok()
}

/// Gives this thread less weight, once. A system that refuses is no reason not to work.
fn vik() {
    if !LETT.replace(true) {
        // Of the calling thread alone, on Linux; elsewhere it would be of the process.
        #[cfg(target_os = "linux")]
        let _ = rustix::process::setpriority_process(None, NICE);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn work_is_done_beside_and_a_panic_is_told_of() {
        assert_eq!(utenfor_loekka(|| 7).await, Some(7));
        assert_eq!(utenfor_loekka(|| -> u8 { panic!("i arbeidet") }).await, None);
        assert_eq!(utenfor_loekka(|| 8).await, Some(8));
    }

    #[cfg(target_os = "linux")]
    #[tokio::test]
    async fn only_the_thread_that_works_has_less_weight() {
        let vekt = || rustix::process::getpriority_process(None).unwrap();
        let foer = vekt();
        assert_eq!(utenfor_loekka(vekt).await, Some(NICE.max(foer)));
        assert_eq!(vekt(), foer);
    }
}
