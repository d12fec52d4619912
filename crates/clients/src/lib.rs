//! Where MCP clients keep their servers, and how an entry looks there.
//!
//! One file each under `client/`: its configuration per scope, the shape of an entry, and how a variable of
//! the user's environment reaches a server without its value in the file; and what the client makes of an
//! entry (`start`, `reference`, `exposed`). The crate reads and edits configuration and starts nothing; it knows nothing of the servers.
//!
//! To add a client: write `client/NAME.rs` with a `CLIENT`, and list it in [`client::CLIENTS`].
#![warn(missing_docs)]

pub mod client;
pub mod document;
mod exposed;
pub mod file;
pub mod places;
pub mod reference;
pub mod server;
pub mod start;

pub use client::{CLIENTS, Client, Environment, Scope, Withheld};
pub use document::{EditError, Format};
pub use places::{Os, Places};
pub use reference::References;
pub use server::{BadServer, Server};
pub use start::{NotStarted, Start, Understood};
