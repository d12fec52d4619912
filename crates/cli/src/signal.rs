//! Signals that end a run, or stop a server: politely at first, at once the second time.

use std::time::Duration;

use tokio_util::sync::CancellationToken;

/// How long a server that was told to stop may take before it is ended.
pub(crate) const PATIENCE: Duration = Duration::from_millis(900);

/// What a server over HTTP gets on top of the time that its calls have to finish.
pub(crate) const PATIENCE_AFTER_DRAIN: Duration = Duration::from_secs(4);

/// Stops the server on SIGTERM and Ctrl-C, and ends the process if it does not stop in time. A
/// thread of its own: a call that never yields must not keep the signal from being seen.
pub(crate) fn end_on_signal(stop: CancellationToken, patience: Duration) -> std::io::Result<()> {
    let watch = move || {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_io()
            .enable_time()
            .build();
        // without a handler the signal ends the process by itself, which is as good
        let Ok(runtime) = runtime else { return };
        if runtime.block_on(signalled()) {
            stop.cancel();
            // a second signal means now
            let _ = runtime.block_on(async { tokio::time::timeout(patience, signalled()).await });
            #[expect(clippy::exit, reason = "the server did not stop when it was told to")]
            std::process::exit(1);
        }
    };
    std::thread::Builder::new()
        .name("signals".to_owned())
        .stack_size(64 * 1024)
        .spawn(watch)
        .map(drop)
}

/// Waits for a signal to stop; false when none can be waited for.
pub(crate) async fn signalled() -> bool {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        let (Ok(mut terminate), Ok(mut interrupt)) = (
            signal(SignalKind::terminate()),
            signal(SignalKind::interrupt()),
        ) else {
            return false;
        };
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
        true
    }
    #[cfg(not(unix))]
    tokio::signal::ctrl_c().await.is_ok()
}
