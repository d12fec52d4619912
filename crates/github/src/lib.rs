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
//! checks.rs     the state of CI on a commit         joblog.rs    the log of a CI job
//! changes.rs    the files of a pull request         verdict.rs   how CI stands, and what failed
//! issue_writes.rs  the requests that change an issue
//! output.rs     what tools give to code            code_mode.rs   the tools, for code in the sandbox
//! overview.rs   a pull request in brief             conversation.rs  what was said on it
//! pull_output.rs  a pull request for code            timeline.rs  what an issue is linked with
//! ```
//!
//! To add a tool: a file in `tools/` with its `TOOL`, its line in `tools/mod.rs`, its tests in
//! `tests/it/` under the same stem, and what CONTRIBUTING.md says on its snapshot and the docs.
#![warn(missing_docs)]

pub(crate) mod changes;
pub(crate) mod checks;
pub mod client;
mod code_mode;
mod commit;
mod completions;
mod contents;
pub(crate) mod conversation;
mod diff;
pub mod endpoint;
pub mod failure;
mod gates;
mod git;
pub mod input;
pub(crate) mod issue_writes;
pub(crate) mod joblog;
mod losses;
pub mod model;
mod output;
pub(crate) mod overview;
pub mod page;
mod prompts;
mod pull_output;
mod resources;
mod server;
pub mod shape;
mod timeline;
pub mod tools;
pub(crate) mod verdict;

pub use client::{Client, Token};
pub use server::{Github, Selection, SelectionError};
