//! Judges any MCP server from outside: sixty rules over its protocol, its behaviour, what it tells a
//! model, its security, and the repository that it lives in.
//!
//! `seaworthy check` is this library with a command line. It can be called from a server's own tests:
//!
//! ```no_run
//! # async fn example() -> Result<(), Box<dyn std::error::Error>> {
//! use seaworthy_gate::{Command, Level, check};
//!
//! let command = Command::new(["python3", "server.py"]).ok_or("no command")?;
//! let report = check(command).await?;
//! assert!(!report.fails(Level::Warning), "{}", seaworthy_gate::report::text::render(&report));
//! # Ok(())
//! # }
//! ```
//!
//! [`check`] calls only what cannot act; [`check_with`] takes [`Options`], where more can be allowed.
//! It needs a Tokio runtime with I/O and time enabled. Whatever a server does, the run ends, and the
//! processes that it started are gone.
//!
//! The library knows none of the workspace's own crates: a fault of the kit must not hide itself.
//!
//! - `rule`, `finding`, `thresholds`: what a rule is, what it reports, the numbers it goes by.
//! - `rules/`: the catalogue, one rule a file. To add one: write its file, add it to the list in
//!   `rules/mod.rs`, add `tests/it/rules/NAME.rs` with a server that it must flag and one that it must
//!   not, and run the tests, which write `docs/rules.md`.
//! - `wire/`: the client: raw JSON-RPC over stdio and HTTP.
//! - `live`, `surface`, `calls`, `project`: what rules may look at; `probe`: requests over HTTP by hand.
//! - `handshake`: a greeting alone, for diagnoses; nothing is judged.
//! - `schema`: arguments made from JSON Schema; `fuzz`, `injection`, `inputs`: odd and hostile ones.
//! - `verbs`: what a tool does, by our own reading of its words; `claims`: what its words claim.
//! - `text`, `phrases`, `paging`, `failures`, `hidden`, `credential`: how texts are read: descriptions, orders
//!   to the model, pages, errors, invisible characters, secrets.
//! - `lock`: the file that records a surface.
//! - `report/`: one format a file.
#![warn(missing_docs)]

pub mod access;
pub mod baseline;
pub mod calls;
mod claims;
pub mod configuration;
mod credential;
pub mod explain;
mod failures;
pub mod finding;
mod fuzz;
pub mod handshake;
pub mod hidden;
pub mod injection;
mod inputs;
mod jwt;
pub mod list;
pub mod live;
pub mod lock;
mod options;
pub mod paging;
mod phrases;
pub mod probe;
pub mod project;
pub mod report;
mod requests;
pub mod rule;
pub mod rules;
mod run;
pub mod schema;
mod secret_names;
mod subscription;
pub mod surface;
mod text;
pub mod thresholds;
pub mod verbs;
mod views;
pub mod watched;
pub mod wire;

pub use options::{Command, Options, Permission, Progress, Target};
pub use report::Report;
pub use rule::Level;
pub use run::{CheckError, check, check_with};
pub use wire::{Era, adopt_orphans, end_adopted};
