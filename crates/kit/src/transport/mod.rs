//! How messages reach a server: one file a transport.

mod frame;
pub mod http;
mod output;
pub mod stdio;

pub use stdio::{Ending, serve_stdio};
