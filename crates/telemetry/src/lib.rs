//! What tool calls cost, kept in a local file, and better page sizes from it; knows nothing of MCP.
//!
//! From left to right:
//!
//! ```text
//! server -> record -> recorder -> writer -> store      off the hot path, never in its way
//!           store -> task -> report -> render          what happened: text, JSON, HTML
//!                         -> simulate -> advice        what would have cost less, and why
//!                                        advice -> settings -> server
//! ```
//!
//! - `record.rs`: what is kept of a call. Never its arguments, never its answer.
//! - `recorder.rs`, `writer.rs`: a bounded queue and the thread behind it.
//! - `store/`: the `SQLite` file, its schema and its retention.
//! - `task.rs`: calls that went on from each other's cursors.
//! - `report.rs`: the figures of each tool; `render/`: one file per format.
//! - `simulate.rs`: the cost of recorded tasks under other settings; `advice.rs`: the search for
//!   better ones.
//! - `settings.rs`: page sizes and budgets as a TOML file, which the advice can be written into.
//!
//! A new figure begins in `record.rs`, a new format in `render/mod.rs`, a new setting in
//! `settings.rs`: each says there what else it takes.

#![warn(missing_docs)]

pub mod advice;
pub mod record;
pub mod recorder;
pub mod render;
pub mod report;
pub mod settings;
pub mod simulate;
pub mod store;
pub mod task;
mod writer;

pub use advice::{Recommendation, ToolDefaults, recommend};
pub use record::Record;
pub use recorder::Recorder;
pub use report::{Report, Window};
pub use settings::{Settings, SettingsError, ToolSettings};
pub use store::{Retention, Store, StoreError};
pub use writer::now_ms;
