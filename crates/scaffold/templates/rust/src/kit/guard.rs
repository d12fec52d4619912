//! The guard around every call: a panic answers, a call ends in time, a cancelled call stops,
//! and not more than so many run at once. The SDK gives none of these.

use std::{future::Future, panic::AssertUnwindSafe, time::Duration};

use futures_util::FutureExt;
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;

use super::{ErrorKind, ToolError};

/// Calls that run at once; the others wait their turn.
const CONCURRENT_CALLS: usize = 32;

/// The guard of one server.
#[derive(Debug)]
pub struct Guard {
    slots: Semaphore,
}

impl Default for Guard {
    fn default() -> Self {
        Self::new(CONCURRENT_CALLS)
    }
}

impl Guard {
    /// A guard that lets so many calls run at once.
    pub fn new(concurrent: usize) -> Self {
        Self {
            slots: Semaphore::new(concurrent),
        }
    }

    /// Runs what `name` stands for to its end, whatever it does. Waiting for a slot counts as time.
    ///
    /// # Errors
    /// Its own error, or that it timed out, was cancelled or panicked.
    pub async fn run<T>(
        &self,
        name: &str,
        timeout: Duration,
        cancel: &CancellationToken,
        work: impl Future<Output = Result<T, ToolError>>,
    ) -> Result<T, ToolError> {
        let guarded = async {
            let _slot = self.slots.acquire().await;
            AssertUnwindSafe(work).catch_unwind().await
        };
        tokio::select! {
            finished = tokio::time::timeout(timeout, guarded) => match finished {
                Ok(Ok(result)) => result,
                Ok(Err(_panic)) => Err(failed(name)),
                Err(_elapsed) => Err(ToolError::new(
                    ErrorKind::Timeout,
                    format!("{name} took longer than {} s and was stopped", timeout.as_secs()),
                    "what it waits for is slow, or many calls wait in line",
                    "look whether it was done before you try again",
                )),
            },
            () = cancel.cancelled() => Err(ToolError::new(
                ErrorKind::Cancelled,
                "the call was cancelled",
                "the caller gave up",
                "do nothing",
            )),
        }
    }
}

/// What a model is told when the server is at fault.
pub(super) fn failed(name: &str) -> ToolError {
    ToolError::internal(format!("{name} failed inside the server"))
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn run<T>(
        guard: &Guard,
        timeout: u64,
        cancel: &CancellationToken,
        work: impl Future<Output = Result<T, ToolError>>,
    ) -> Result<T, ToolError> {
        let timeout = Duration::from_millis(timeout);
        guard.run("t", timeout, cancel, work).await
    }

    #[tokio::test]
    async fn a_panic_is_an_error_and_frees_its_slot() {
        let guard = Guard::new(1);
        let cancel = CancellationToken::new();
        for _ in 0..3 {
            let work = async { panic!("secret detail") };
            let error = run::<()>(&guard, 1_000, &cancel, work).await.unwrap_err();
            assert_eq!(error.kind, ErrorKind::Internal);
            assert!(!error.text().contains("secret"));
        }
        run(&guard, 1_000, &cancel, async { Ok(()) }).await.unwrap();
    }

    #[tokio::test]
    async fn a_slow_call_ends_and_so_does_one_that_waits_in_line() {
        let guard = Guard::new(1);
        let cancel = CancellationToken::new();
        let (first, second) = tokio::join!(
            run::<()>(&guard, 300, &cancel, std::future::pending()),
            run::<()>(&guard, 50, &cancel, std::future::pending()),
        );
        assert_eq!(first.unwrap_err().kind, ErrorKind::Timeout);
        assert_eq!(second.unwrap_err().kind, ErrorKind::Timeout);
    }

    #[tokio::test]
    async fn cancelling_drops_what_the_call_holds() {
        let guard = Guard::new(1);
        let cancel = CancellationToken::new();
        let held = std::sync::Arc::new(());
        let inside = held.clone();
        let work = async move {
            std::future::pending::<()>().await;
            drop(inside);
            Ok(())
        };
        let (result, ()) = tokio::join!(run(&guard, 60_000, &cancel, work), async {
            tokio::task::yield_now().await;
            cancel.cancel();
        });
        assert_eq!(result.unwrap_err().kind, ErrorKind::Cancelled);
        assert_eq!(std::sync::Arc::strong_count(&held), 1);
    }
}
