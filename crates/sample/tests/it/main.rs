//! The sample as its users see it: requests in, responses out.
#![allow(clippy::unwrap_used, reason = "tests")]

mod actions;
mod client;
mod data;
mod faults;
mod git;
mod headers;
mod issues;
mod pulls;
mod repos;
mod search;
