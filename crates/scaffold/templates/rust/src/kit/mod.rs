//! What every server needs and the SDK lacks: answers for models, sealed tokens, a guard around
//! calls, transports that withstand abuse. Nothing here knows of notes.
//!
//! ```text
//! error.rs      errors as instructions          input.rs    checks of what callers send
//! untrusted.rs  other people's text             schema.rs   small JSON Schemas
//! answer.rs     budgets, fences, MORE AVAILABLE  tool.rs     what a tool is
//! seal.rs       what callers hand back           guard.rs    panics, time, cancellation
//! cursor.rs, confirm.rs                          transport/  stdio and HTTP
//! ```

pub mod answer;
pub mod confirm;
pub mod cursor;
pub mod error;
pub mod guard;
pub mod input;
pub mod schema;
pub mod seal;
pub mod tool;
pub mod transport;
pub mod untrusted;

pub use answer::Answer;
pub use error::{ErrorKind, ToolError};
pub use tool::{Hints, Run, Tool};
