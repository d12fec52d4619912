//! The tools: one task each, one file each, listed here by name.
//!
//! To add one: write `NAME.rs` with a `const TOOL`, add its `mod` and its line in [`TOOLS`]
//! below (sorted), and run the tests, which say what else is missing.

use seaworthy_kit::Tool;

use crate::Github;

mod delete_resource;
mod find_items;
mod get_context;
mod history;
mod merge_pull_request;
mod propose_change;
mod read_code;
mod repo_overview;
mod review_pull_request;
mod search_code;

/// Every tool, sorted by name.
pub const TOOLS: &[&Tool<Github>] = &[
    &delete_resource::TOOL,
    &find_items::TOOL,
    &get_context::TOOL,
    &history::TOOL,
    &merge_pull_request::TOOL,
    &propose_change::TOOL,
    &read_code::TOOL,
    &repo_overview::TOOL,
    &review_pull_request::TOOL,
    &search_code::TOOL,
];
