//! The tools: one task each, one file each, listed here by name.
//!
//! To add one: write `NAME.rs` with a `const TOOL`, add its `mod` and its line in [`TOOLS`]
//! below (sorted), and run the tests, which say what else is missing.

use seaworthy_kit::Tool;

use crate::Github;

mod delete_resource;
mod find_items;
mod merge_pull_request;
mod propose_change;
mod review_pull_request;

/// Every tool, sorted by name.
pub const TOOLS: &[&Tool<Github>] = &[
    &delete_resource::TOOL,
    &find_items::TOOL,
    &merge_pull_request::TOOL,
    &propose_change::TOOL,
    &review_pull_request::TOOL,
];
