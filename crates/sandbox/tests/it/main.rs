//! Tests of what a single backend has; what all have is in `tests/contract`.
//!
//! What needs a Docker engine has `real` in its name, and fails where there is none:
//! `eval "$(tests/real/engine)"` sets what it needs.

mod docker;
mod engine;
