//! Codex (0.169): `config.toml` in its home, and in `.codex` of a trusted project.
//!
//! It passes a handful of variables on; further ones are named in `env_vars`. An unknown shape of one
//! entry keeps the whole program from starting.

use serde_json::{Value, json};

use super::{Client, Environment, Scope, common_entry, servers};
use crate::Format;

pub(super) const CLIENT: Client = Client {
    name: "codex",
    title: "Codex",
    format: Format::Toml,
    scopes: &[Scope::User, Scope::Project],
    file: |places, scope| match scope {
        Scope::Project => places.project.join(".codex/config.toml"),
        Scope::Local | Scope::User => places.moved("CODEX_HOME", ".codex").join("config.toml"),
    },
    section: |_, _| servers("mcp_servers"),
    environment: Environment::Named,
    entry: |server| {
        let mut entry = common_entry(server, None);
        if !server.inherits.is_empty() {
            entry.insert("env_vars".to_owned(), json!(server.inherits));
        }
        Value::Object(entry)
    },
    next: |scope| match scope {
        Scope::Project => "run codex in this folder and trust it",
        Scope::Local | Scope::User => "codex mcp list shows it",
    },
    list: Some(&["codex", "mcp", "list"]),
};
