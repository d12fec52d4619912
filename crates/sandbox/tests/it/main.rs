//! Tests of what a single backend has; what all have is in `tests/contract`.
//!
//! What needs a Docker engine has `real` in its name, and fails where there is none:
//! `eval "$(tests/real/engine)"` sets what it needs.

#![allow(clippy::unwrap_used, reason = "tests")]

mod docker;
mod e2b;
#[path = "../e2b_server/mod.rs"]
mod e2b_server;
mod engine;
mod wasm;
