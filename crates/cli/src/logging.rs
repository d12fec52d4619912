//! Logs and panics: to stderr, without the content of messages.

use std::{fmt::Display, sync::OnceLock};

use serde_json::json;
use tracing_subscriber::{
    filter::{LevelFilter, Targets},
    layer::SubscriberExt,
    util::SubscriberInitExt,
};

use crate::{environment, failure::Failure};

/// How log lines are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum LogFormat {
    /// One JSON object a line.
    Json,
    /// For people.
    Text,
}

/// What is logged, and how.
#[derive(Debug, clap::Args)]
pub(crate) struct LogArguments {
    /// How much is logged: off, error, warn (default), info, debug or trace; to stderr
    #[arg(long, value_name = "LEVEL")]
    log_level: Option<String>,
    /// How: text for people, json for machines
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    log_format: LogFormat,
}

/// Our own crates. The SDK logs arguments and results at debug, HTTP libraries log headers: theirs
/// are never shown.
const OURS: [&str; 5] = [
    "seaworthy",
    "seaworthy_github",
    "seaworthy_kit",
    "seaworthy_sample",
    "seaworthy_telemetry",
];

/// Sends logs to stderr at the level given, else at that of `SEAWORTHY_LOG`.
pub(crate) fn to_stderr(arguments: &LogArguments) -> Result<(), Failure> {
    let (level, format) = (arguments.log_level.as_deref(), arguments.log_format);
    let wrong = |whose: &str| {
        let hint = "set it to off, error, warn, info, debug or trace";
        Failure::usage(format_args!("{whose} is not a level"), hint)
    };
    let level: LevelFilter = match (level, environment::log_level()?) {
        (Some(level), _) => level.parse().map_err(|_| wrong("--log-level"))?,
        (None, Some(level)) => level.parse().map_err(|_| wrong("SEAWORTHY_LOG"))?,
        (None, None) => LevelFilter::WARN,
    };
    // the first one to say how is asked; there is one server in a process
    let _ = FORMAT.set(format);
    let ours = Targets::new().with_targets(OURS.map(|target| (target, level)));
    let lines = tracing_subscriber::fmt::layer()
        .with_writer(std::io::stderr)
        .with_ansi(false);
    let registry = tracing_subscriber::registry().with(ours);
    // a logger that is there already is as good
    let _ = match format {
        LogFormat::Text => registry.with(lines).try_init(),
        LogFormat::Json => registry.with(lines.json().flatten_event(true)).try_init(),
    };
    Ok(())
}

static FORMAT: OnceLock<LogFormat> = OnceLock::new();

/// Tells the operator something on stderr, whatever the level, in the format of the log.
pub(crate) fn tell(text: impl Display) {
    if FORMAT.get() == Some(&LogFormat::Json) {
        let line = json!({"level": "INFO", "target": "seaworthy", "message": text.to_string()});
        anstream::eprintln!("{line}");
    } else {
        anstream::eprintln!("seaworthy: {text}");
    }
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
