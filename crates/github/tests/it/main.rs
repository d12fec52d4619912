//! Integration tests of the GitHub server: each tool against a scripted API (wiremock) or the
//! in-memory sample. A module here has the stem of the thing that it tests.
#![allow(clippy::unwrap_used, unreachable_pub, reason = "tests")]

mod delete_resource;
mod find_items;
mod merge_pull_request;
mod propose_change;
mod review_pull_request;
mod stage;
