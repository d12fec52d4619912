//! Claude Desktop: one file, strict JSON, stdio servers alone.
//!
//! A server gets `HOME`, `PATH` and their like, and no reference is resolved: a secret must come from a
//! file. The program runs in no folder of the user's.

use serde_json::Value;

use super::{Client, Environment, Scope, common_entry, servers};
use crate::{Format, References, start::is_passed_by_few};

pub(super) const CLIENT: Client = Client {
    name: "claude-desktop",
    title: "Claude Desktop",
    format: Format::Json,
    scopes: &[Scope::User],
    file: |places, _| places.config().join("Claude/claude_desktop_config.json"),
    section: |_, _| servers("mcpServers"),
    environment: Environment::None,
    entry: |server| Value::Object(common_entry(server, None)),
    next: |_| "quit Claude Desktop wholly and start it again",
    inherits: |name, _| is_passed_by_few(name),
    references: References::None,
    // wherever the program itself was started: the root on macOS
    folder: |_, _| std::path::MAIN_SEPARATOR_STR.into(),
    in_shell: false,
    flaw: |entry| {
        entry["url"].is_string().then_some(
            "Claude Desktop takes no server over HTTP from this file, and may drop the others for it",
        )
    },
    withheld: |_, _, _| None,
    in_two_scopes: "",
    list: None,
};
