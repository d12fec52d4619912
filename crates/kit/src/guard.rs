//! The guard around every call: a panic answers, a call ends in time, a cancelled call stops,
//! and not more than so many run at once.
//!
//! The SDK gives none of these: a panicking tool never answers, and a cancelled one runs on. The
//! guard drops the tool's future when the caller gives up or time is over; whatever the future
//! holds (an HTTP request, a permit) is dropped with it.

use std::{future::Future, panic::AssertUnwindSafe, time::Duration};

use futures::FutureExt;
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;

use crate::{ErrorKind, Reply, ToolError};

/// Calls that run at once unless told otherwise; the others wait their turn.
pub const CONCURRENT_CALLS: usize = 32;

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
    /// A guard that lets `concurrent` calls run at once.
    pub fn new(concurrent: usize) -> Self {
        Self {
            slots: Semaphore::new(concurrent.max(1)),
        }
    }

    /// Runs one call to its end, whatever it does. Waiting for a slot counts as time.
    ///
    /// # Errors
    /// The call's own error, or that it timed out, was cancelled or panicked.
    pub async fn run(
        &self,
        tool: &str,
        writes: bool,
        timeout: Duration,
        cancel: &CancellationToken,
        call: impl Future<Output = Result<Reply, ToolError>>,
    ) -> Result<Reply, ToolError> {
        self.guarded(tool, writes, timeout, cancel, call).await
    }

    /// Runs anything else that a client asks for and that changes nothing.
    ///
    /// # Errors
    /// As [`Self::run`].
    pub async fn run_any<T>(
        &self,
        method: &str,
        timeout: Duration,
        cancel: &CancellationToken,
        work: impl Future<Output = Result<T, ToolError>>,
    ) -> Result<T, ToolError> {
        self.guarded(method, false, timeout, cancel, work).await
    }

    async fn guarded<T>(
        &self,
        name: &str,
        writes: bool,
        timeout: Duration,
        cancel: &CancellationToken,
        call: impl Future<Output = Result<T, ToolError>>,
    ) -> Result<T, ToolError> {
        let guarded = async {
            let _slot = self.slots.acquire().await;
            AssertUnwindSafe(call).catch_unwind().await
        };
        tokio::select! {
            // a call that is ready at once never looks at the clock or the token
            biased;
            finished = tokio::time::timeout(timeout, guarded) => match finished {
                Ok(Ok(result)) => result,
                Ok(Err(_panic)) => Err(ToolError::internal(format!("{name} failed inside the server"))),
                Err(_elapsed) => Err(timed_out(name, writes, timeout)),
            },
            () = cancel.cancelled() => Err(ToolError::new(
                ErrorKind::Cancelled, "the call was cancelled", "nothing: the caller gave up",
            )),
        }
    }
}

fn timed_out(tool: &str, writes: bool, timeout: Duration) -> ToolError {
    let next = if writes {
        "look whether the change happened before you try again"
    } else {
        "ask for less (a filter, a smaller page) or try again later"
    };
    ToolError::new(
        ErrorKind::Timeout,
        format!(
            "{tool} took longer than {} s and was stopped",
            timeout.as_secs()
        ),
        next,
    )
    .because("the upstream service is slow, or many calls wait in line")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Answer;

    async fn run(
        guard: &Guard,
        timeout: u64,
        cancel: &CancellationToken,
        call: impl Future<Output = Result<Reply, ToolError>>,
    ) -> Result<Reply, ToolError> {
        guard
            .run("t", true, Duration::from_millis(timeout), cancel, call)
            .await
    }

    #[tokio::test]
    async fn a_panic_is_an_error_and_frees_its_slot() {
        let guard = Guard::new(1);
        let cancel = CancellationToken::new();
        for _ in 0..3 {
            let error = run(&guard, 1_000, &cancel, async { panic!("secret detail") })
                .await
                .unwrap_err();
            assert_eq!(error.kind, ErrorKind::Internal);
            assert!(!error.text().contains("secret"));
        }
        run(&guard, 1_000, &cancel, async { Ok(Answer::new().into()) })
            .await
            .unwrap();
    }

    #[tokio::test]
    async fn a_slow_call_ends_and_so_does_one_that_waits_in_line() {
        let guard = Guard::new(1);
        let cancel = CancellationToken::new();
        let (first, second) = tokio::join!(
            run(&guard, 300, &cancel, std::future::pending()),
            run(&guard, 50, &cancel, std::future::pending()),
        );
        assert_eq!(first.unwrap_err().kind, ErrorKind::Timeout);
        let second = second.unwrap_err();
        assert_eq!(second.kind, ErrorKind::Timeout);
        assert!(second.next.contains("look whether the change happened"));
    }

    #[tokio::test]
    async fn cancelling_drops_what_the_call_holds() {
        let guard = Guard::new(1);
        let cancel = CancellationToken::new();
        let held = std::sync::Arc::new(());
        let inside = held.clone();
        let call = async move {
            std::future::pending::<()>().await;
            drop(inside);
            Ok(Answer::new().into())
        };
        let (result, ()) = tokio::join!(run(&guard, 60_000, &cancel, call), async {
            tokio::time::sleep(Duration::from_millis(20)).await;
            cancel.cancel();
        });
        assert_eq!(result.unwrap_err().kind, ErrorKind::Cancelled);
        assert_eq!(std::sync::Arc::strong_count(&held), 1);
    }
}
