//! Telemetry on real files.
#![allow(clippy::unwrap_used, unreachable_pub, reason = "tests")]

mod recorder;
mod retention;
mod settings;
mod store;
