//! A production MCP server over the GitHub API.
//!
//! ```text
//! tools/        one tool a file, TOOLS in mod.rs    client.rs    the only file that talks HTTP
//! prompts/      one prompt a file                   endpoint.rs  what to ask
//! resources/    one resource a file                 failure.rs   every failure as an instruction
//! input.rs      GitHub's names as checked types     model.rs     what GitHub answers
//! page.rs       lists across pages                  shape.rs     compact lines
//! contents.rs   files and folders
//! git.rs        refs, trees, commits                diff.rs      which lines a diff shows
//! commit.rs     one commit of several files         gates.rs     what speaks against a merge
//! losses.rs     what a deletion would destroy
//! ```
//!
//! To add a tool: a file in `tools/` with its `TOOL`, its line in `tools/mod.rs`, its tests in
//! `tests/it/` under the same stem, its snapshot (`cargo insta review`), and a run of the docs test.
#![warn(missing_docs)]

pub mod client;
mod commit;
mod completions;
mod contents;
mod diff;
pub mod endpoint;
pub mod failure;
mod gates;
mod git;
pub mod input;
mod losses;
pub mod model;
pub mod page;
mod prompts;
mod resources;
mod server;
pub mod shape;
pub mod tools;

pub use client::{Client, Token};
pub use server::{Github, Selection, UnknownTool};
