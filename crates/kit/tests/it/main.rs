//! The kit as a client sees it: a small product behind a real transport.
#![allow(
    clippy::unwrap_used,
    clippy::needless_pass_by_value,
    unreachable_pub,
    reason = "tests"
)]

mod abuse;
mod answer;
mod bad_collector;
mod data;
mod elicitation;
mod hostile;
mod http;
mod otlp;
mod prometheus;
mod seal;
mod session;
mod tank;
mod untrusted;
