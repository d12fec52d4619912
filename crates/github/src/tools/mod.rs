//! The tools: one task each, one file each, listed here by name.
//!
//! To add one: write `NAME.rs` with a `const TOOL`, add its `mod` and its line in [`TOOLS`]
//! below (sorted), and run the tests, which say what else is missing.

use seaworthy_kit::Tool;

use crate::Github;

mod diagnose_ci;
mod find_items;
mod read_issue;
mod read_pull_request;
mod write_issue;

/// Every tool, sorted by name.
pub const TOOLS: &[&Tool<Github>] = &[
    &diagnose_ci::TOOL,
    &find_items::TOOL,
    &read_issue::TOOL,
    &read_pull_request::TOOL,
    &write_issue::TOOL,
];
