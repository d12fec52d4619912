//! Claude Code (2.1): `.claude.json` in the home, and `.mcp.json` in a project.
//!
//! It passes its whole environment on, and takes an unset `${NAME}` literally, so that nothing is
//! written for variables. Its file is strict JSON; a broken one it replaces with an empty one.

use serde_json::{Value, json};

use super::{Client, Environment, Scope, common_entry, servers};
use crate::Format;

pub(super) const CLIENT: Client = Client {
    name: "claude-code",
    title: "Claude Code",
    format: Format::Json,
    scopes: &[Scope::Local, Scope::Project, Scope::User],
    file: |places, scope| match scope {
        Scope::Project => places.project.join(".mcp.json"),
        Scope::Local | Scope::User => places.moved("CLAUDE_CONFIG_DIR", "").join(".claude.json"),
    },
    section: |places, scope| match scope {
        Scope::Local => vec![
            "projects".to_owned(),
            places.repository.to_string_lossy().into_owned(),
            "mcpServers".to_owned(),
        ],
        Scope::Project | Scope::User => servers("mcpServers"),
    },
    environment: Environment::All,
    entry: |server| {
        let mut entry = common_entry(server, None);
        entry.insert("type".to_owned(), json!("stdio"));
        Value::Object(entry)
    },
    next: |scope| match scope {
        Scope::Project => "run claude in this folder and approve the server",
        Scope::Local | Scope::User => "claude mcp list shows it",
    },
    list: Some(&["claude", "mcp", "list"]),
};
