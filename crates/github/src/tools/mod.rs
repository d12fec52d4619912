//! The tools: one task each, one file each, listed here by name.
//!
//! To add one: write `NAME.rs` with a `const TOOL`, add its `mod` and its line in [`TOOLS`]
//! below (sorted), and run the tests, which say what else is missing. A read-only tool also gives
//! its answer as data (`output`), and stands in the list of `code_mode.rs`.

use seaworthy_kit::Tool;

use crate::Github;

mod delete_resource;
mod diagnose_ci;
mod find_items;
mod get_context;
mod history;
mod merge_pull_request;
mod propose_change;
mod read_code;
mod read_issue;
mod read_pull_request;
mod repo_overview;
mod review_pull_request;
mod run_python;
mod search_code;
mod write_issue;

/// Every tool, sorted by name.
pub const TOOLS: &[&Tool<Github>] = &[
    &delete_resource::TOOL,
    &diagnose_ci::TOOL,
    &find_items::TOOL,
    &get_context::TOOL,
    &history::TOOL,
    &merge_pull_request::TOOL,
    &propose_change::TOOL,
    &read_code::TOOL,
    &read_issue::TOOL,
    &read_pull_request::TOOL,
    &repo_overview::TOOL,
    &review_pull_request::TOOL,
    &run_python::TOOL,
    &search_code::TOOL,
    &write_issue::TOOL,
];
