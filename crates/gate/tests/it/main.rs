//! The gate as its users meet it: whole runs against servers that speak on real pipes and sockets.
#![allow(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    clippy::needless_pass_by_value,
    unreachable_pub,
    reason = "tests"
)]

mod catalogue;
mod defects;
mod descriptions;
mod handshake;
mod hostile;
mod hostile_http;
mod http;
mod projects;
mod real;
mod reports;
mod rules;
mod servers;
