//! New MCP server projects: what `seaworthy new` writes and `seaworthy upgrade` merges.
//!
//! A template is a real project under `templates/LANGUAGE`: valid in its own language, linted and
//! tested in place. Rendering it only puts the project's own names in the place of the template's
//! ([`words`]) and leaves out the parts of features that were not chosen ([`feature`]).
//!
//! * To change a template: change its files, and list new ones in `template/LANGUAGE.rs`. If a release
//!   carried the template meanwhile, raise its version first; `template/mod.rs` says how.
//! * To add a feature: add it to [`feature::Feature`], mark its lines or list its files.
//! * To add a language: a folder under `templates/`, a file beside `template/python.rs`, a value of
//!   [`language::Language`].
#![warn(missing_docs)]

pub mod answers;
mod digest;
pub mod feature;
pub mod folder;
pub mod language;
pub mod lockfile;
pub mod name;
pub mod openapi;
pub mod record;
pub mod render;
pub mod template;
pub mod upgrade;
pub mod words;

pub use answers::{Answers, BadAnswer};
pub use feature::Feature;
pub use language::Language;
pub use name::{BadName, Name};
pub use render::{Rendered, Tree, render};
