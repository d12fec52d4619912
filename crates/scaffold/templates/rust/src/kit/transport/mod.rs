//! How messages come in and answers go out: stdio and HTTP, each bounded on every side.

mod frame;
pub mod http;
mod output;
pub mod stdio;
