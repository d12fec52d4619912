//! Claude Desktop: one file, strict JSON, stdio servers alone.
//!
//! A server gets `HOME`, `PATH` and their like, and no reference is resolved: a secret must come from a
//! file. The program runs in no folder of the user's.

use serde_json::Value;

use super::{Client, Environment, Scope, common_entry, servers};
use crate::Format;

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
    list: None,
};
