//! What every production MCP server needs and the SDK lacks, built once.
//!
//! A server is a [`Product`]: its tools, resources, prompts and completions as plain data
//! and functions. [`Server`] puts it behind the SDK and adds, for every product alike:
//!
//! * the call guard ([`guard`]): panics become errors, calls time out, concurrency is capped,
//!   a cancelled call really stops;
//! * validated arguments ([`input`]) and compact JSON Schemas ([`schema`]);
//! * answers that fit a token budget ([`answer`]) and say what more there is ([`cursor`]);
//! * errors that name the next move ([`error`]);
//! * two-phase confirm ([`confirm`]), each token good once on one replica or many ([`spent`]), with
//!   an append-only audit log ([`audit`]);
//! * a record of what each call cost ([`telemetry`], counted by [`meter`]);
//! * fencing of text that other people wrote ([`untrusted`]);
//! * the read-only tools as data and Python functions, for code that runs on the caller's behalf
//!   ([`data`], [`stubs`]);
//! * a stdio transport that no input can hang, kill or flood, and streamable HTTP behind bearer
//!   tokens ([`transport`]; who asks and what they may do: [`auth`]).
//!
//! To add a concern, give it a module of its own here and call it from [`server`], so that
//! every product gets it; a product must never need to remember it.
#![warn(missing_docs)]

pub mod answer;
pub mod audit;
pub mod auth;
pub mod call;
pub mod confirm;
pub mod cursor;
pub mod data;
pub mod error;
pub mod guard;
pub mod input;
pub mod loopback;
pub mod meter;
pub mod schema;
pub mod seal;
pub mod server;
pub mod spent;
pub mod stubs;
pub mod telemetry;
pub mod tool;
pub mod transport;
pub mod untrusted;

pub use answer::{Answer, More};
pub use call::{Call, Reply};
pub use error::{ErrorKind, ToolError};
pub use server::{Product, Server};
pub use tool::{Description, Hints, Tool};

/// The SDK's protocol types, so that a product needs no dependency of its own on the SDK.
pub use rmcp::model;
