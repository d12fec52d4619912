//! Integration tests of the GitHub server: each tool against a scripted API (wiremock) or the
//! in-memory sample. A module here has the stem of the thing that it tests.
#![allow(clippy::unwrap_used, unreachable_pub, reason = "tests")]

mod diagnose_ci;
mod find_items;
mod read_issue;
mod read_pull_request;
mod stage;
mod write_issue;
