//! The program as its users meet it: a child process.
#![allow(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    clippy::needless_pass_by_value,
    unreachable_pub,
    reason = "tests"
)]

mod demo;
mod fuzz;
