//! What tool calls cost, kept in a local file, and better page sizes from it; knows nothing of MCP.

pub mod advice;
pub mod record;
pub mod recorder;
pub mod report;
pub mod settings;
pub mod simulate;
pub mod store;
pub mod task;
mod writer;

pub use advice::Recommendation;
pub use record::Record;
pub use recorder::Recorder;
pub use settings::{Settings, SettingsError, ToolSettings};
pub use store::{Retention, Store, StoreError};
