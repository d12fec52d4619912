//! Logs and panics: to stderr, without the content of messages.

use tracing_subscriber::{
    filter::{LevelFilter, Targets},
    layer::SubscriberExt,
    util::SubscriberInitExt,
};

use crate::{environment, failure::Failure};

/// Sends logs to stderr at the level of `SEAWORTHY_LOG`. The level is for our own crates only:
/// the SDK logs arguments and results at debug, HTTP libraries log headers.
pub(crate) fn to_stderr() -> Result<(), Failure> {
    let level: LevelFilter = match environment::log_level()? {
        None => LevelFilter::WARN,
        Some(level) => level.parse().map_err(|_| {
            Failure::usage(
                "SEAWORTHY_LOG is not a level",
                "set it to off, error, warn, info, debug or trace",
            )
        })?,
    };
    let ours = Targets::new()
        .with_target("seaworthy", level)
        .with_target("seaworthy_github", level)
        .with_target("seaworthy_kit", level)
        .with_target("seaworthy_sample", level);
    let lines = tracing_subscriber::fmt::layer()
        .with_writer(std::io::stderr)
        .with_ansi(false);
    // a logger that is there already is as good
    let _ = tracing_subscriber::registry()
        .with(ours)
        .with(lines)
        .try_init();
    Ok(())
}

/// Panics say where, never what: a message may hold data of the call.
pub(crate) fn quiet_panics() {
    std::panic::set_hook(Box::new(|panic| {
        let place = panic
            .location()
            .map_or_else(String::new, |at| format!(" at {}:{}", at.file(), at.line()));
        anstream::eprintln!("seaworthy: internal error{place} - please report it");
    }));
}
