//! The tools, one a file. To add one: write its file, and put it into this list.

use crate::{kit::Tool, server::State};

mod add_note;
mod delete_note;
mod find_notes;
// seaworthy:begin api
mod import_issue;
// seaworthy:end api
mod read_note;
// seaworthy:begin sandbox
mod run_python;
// seaworthy:end sandbox

/// The tools, sorted by name: clients cache the list in this order.
pub static TOOLS: &[&Tool<State>] = &[
    &add_note::TOOL,
    &delete_note::TOOL,
    &find_notes::TOOL,
    // seaworthy:begin api
    &import_issue::TOOL,
    // seaworthy:end api
    &read_note::TOOL,
    // seaworthy:begin sandbox
    &run_python::TOOL,
    // seaworthy:end sandbox
];
