//! Acme Notes: an MCP server. `CONTRIBUTING.md` says where things are.

// seaworthy:begin api
pub mod api;
// seaworthy:end api
pub mod input;
pub mod kit;
pub mod prompts;
pub mod resources;
pub mod server;
pub mod settings;
pub mod store;
pub mod tools;

/// The name of the command and of the server.
pub const NAME: &str = "acme-notes";
/// The version.
pub const VERSION: &str = env!("CARGO_PKG_VERSION");
