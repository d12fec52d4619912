//! Tests of what a single backend has; what all have is in `tests/contract`.
//!
//! What needs a Docker engine has `real` in its name. `tests/real/engine` prints what it needs.

mod docker;
