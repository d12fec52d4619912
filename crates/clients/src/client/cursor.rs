//! Cursor: `mcp.json` in `.cursor`, of the home or of a project.
//!
//! `${env:NAME}` is resolved from Cursor's own environment, which lacks the shell's when it was started
//! from a menu.

use serde_json::{Value, json};

use super::{Client, Environment, Scope, common_entry, servers};
use crate::{Format, References, start::is_passed_by_few};

pub(super) const CLIENT: Client = Client {
    name: "cursor",
    title: "Cursor",
    format: Format::Json,
    scopes: &[Scope::User, Scope::Project],
    file: |places, scope| match scope {
        Scope::Project => places.project.join(".cursor/mcp.json"),
        Scope::Local | Scope::User => places.home.join(".cursor/mcp.json"),
    },
    section: |_, _| servers("mcpServers"),
    environment: Environment::Named,
    entry: |server| {
        let mut entry = common_entry(server, Some(|name| format!("${{env:{name}}}")));
        entry.insert("type".to_owned(), json!("stdio"));
        Value::Object(entry)
    },
    next: |_| "enable the server in Cursor's settings, under MCP; start Cursor where the variables are set",
    // not documented: the least that any client passes on
    inherits: |name, _| is_passed_by_few(name),
    references: References::Env,
    folder: |places, _| places.project.clone(),
    in_shell: false,
    flaw: |_| None,
    withheld: |_, _, _| None,
    in_two_scopes: "which one wins is not documented; the project's, as others report",
    list: None,
};
