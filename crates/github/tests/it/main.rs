//! Integration tests of the GitHub server: each tool against a scripted API (wiremock) or the
//! in-memory sample. A module here has the stem of the thing that it tests.
#![allow(
    clippy::unwrap_used,
    clippy::needless_pass_by_value,
    unreachable_pub,
    reason = "tests"
)]

mod client;
mod code_mode;
mod definitions;
mod delete_resource;
mod diagnose_ci;
mod double;
mod failure;
mod find_items;
mod get_context;
mod history;
mod human;
mod merge_pull_request;
mod propose_change;
mod read_code;
mod read_issue;
mod read_pull_request;
mod real;
mod repo_overview;
mod review_pull_request;
mod run_python;
mod search_code;
mod stage;
mod wire;
mod write_issue;
