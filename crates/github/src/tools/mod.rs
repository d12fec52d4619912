//! The tools: one task each, one file each, listed here by name.
//!
//! To add one: write `NAME.rs` with a `const TOOL`, add its `mod` and its line in [`TOOLS`]
//! below (sorted), and run the tests, which say what else is missing. A read-only tool also gives
//! its answer as data (`output`), and stands in the list of `code_mode.rs`.

use seaworthy_kit::{Tool, answer::PAGE_TOKENS};

use crate::{Github, overview};

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

/// What an answer holds unless the operator sets it otherwise (`seaworthy budget --apply`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Paging {
    /// The tool.
    pub tool: &'static str,
    /// Items on a page; `None` where it has no pages of items.
    pub page_size: Option<usize>,
    /// The budget of an answer, in tokens.
    pub tokens: usize,
}

/// The tools whose answers the operator can size, sorted by name.
pub const PAGING: [Paging; 7] = [
    Paging {
        tool: "diagnose_ci",
        page_size: None,
        tokens: diagnose_ci::TOKENS,
    },
    Paging {
        tool: "find_items",
        page_size: Some(find_items::DEFAULT_PAGE),
        tokens: PAGE_TOKENS,
    },
    Paging {
        tool: "history",
        page_size: Some(history::DEFAULT_PAGE),
        tokens: PAGE_TOKENS,
    },
    Paging {
        tool: "read_code",
        page_size: None,
        tokens: read_code::BUDGET,
    },
    Paging {
        tool: "read_issue",
        page_size: Some(read_issue::DEFAULT_PAGE),
        tokens: PAGE_TOKENS,
    },
    Paging {
        tool: "read_pull_request",
        page_size: Some(read_pull_request::DEFAULT_PAGE),
        tokens: overview::TOKENS,
    },
    Paging {
        tool: "search_code",
        page_size: Some(search_code::DEFAULT_PAGE),
        tokens: PAGE_TOKENS,
    },
];

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
