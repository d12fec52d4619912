//! Telemetry on real files.
#![allow(clippy::unwrap_used, unreachable_pub, reason = "tests")]

mod advice;
mod recorder;
mod render;
mod retention;
mod settings;
mod simulate;
mod store;
mod week;
