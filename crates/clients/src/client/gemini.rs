//! Gemini CLI (0.61): `settings.json` in `.gemini`, of the home or of the current folder.
//!
//! It keeps variables from a server whose names look like secrets; those are referred to as `$NAME`.
//! Its own `gemini mcp add` writes the values of such references into the file, so that it is not used.
//! Comments are allowed, trailing commas are not: none is written.

use serde_json::Value;

use super::{Client, Environment, Scope, common_entry, servers};
use crate::Format;

pub(super) const CLIENT: Client = Client {
    name: "gemini",
    title: "Gemini CLI",
    format: Format::Jsonc,
    scopes: &[Scope::User, Scope::Project],
    file: |places, scope| match scope {
        Scope::Project => places.project.join(".gemini/settings.json"),
        Scope::Local | Scope::User => places
            .moved("GEMINI_CLI_HOME", "")
            .join(".gemini/settings.json"),
    },
    section: |_, _| servers("mcpServers"),
    environment: Environment::Named,
    entry: |server| Value::Object(common_entry(server, Some(|name| format!("${name}")))),
    next: |_| "gemini mcp list shows it, in folders that you trust",
    list: Some(&["gemini", "mcp", "list"]),
};
