//! Acme Notes: an MCP server. `CONTRIBUTING.md` says where things are.

// seaworthy:begin openapi
pub mod actions;
// seaworthy:end openapi
// seaworthy:begin api
pub mod api;
// seaworthy:end api
// seaworthy:begin openapi
pub mod client;
// seaworthy:end openapi
// seaworthy:begin key
pub mod credentials;
// seaworthy:end key
// seaworthy:begin openapi
pub mod details;
// seaworthy:end openapi
pub mod input;
pub mod kit;
// seaworthy:begin openapi
pub mod listing;
pub mod operations;
// seaworthy:end openapi
pub mod prompts;
pub mod resources;
pub mod server;
pub mod settings;
pub mod store;
// seaworthy:begin openapi
#[cfg(test)]
pub mod stubs;
// seaworthy:end openapi
pub mod tools;
// seaworthy:begin openapi
pub mod values;
// seaworthy:end openapi

/// The name of the command and of the server.
pub const NAME: &str = "acme-notes";
/// The version.
pub const VERSION: &str = env!("CARGO_PKG_VERSION");
