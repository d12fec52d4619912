//! Visual Studio Code: `mcp.json` in the user's profile, and in `.vscode` of a project.
//!
//! A server gets the whole environment, for which VS Code asks the login shell: nothing is written for
//! variables. Unknown keys are flagged.

use serde_json::{Value, json};

use super::{Client, Environment, Scope, common_entry, servers};
use crate::{Format, References};

pub(super) const CLIENT: Client = Client {
    name: "vscode",
    title: "Visual Studio Code",
    format: Format::Jsonc,
    scopes: &[Scope::User, Scope::Project],
    file: |places, scope| match scope {
        Scope::Project => places.project.join(".vscode/mcp.json"),
        Scope::Local | Scope::User => match places.variables.get("VSCODE_PORTABLE") {
            Some(folder) => folder.join("user-data/User/mcp.json"),
            None => places.config().join("Code/User/mcp.json"),
        },
    },
    section: |_, _| servers("servers"),
    environment: Environment::All,
    entry: |server| {
        let mut entry = common_entry(server, None);
        entry.insert("type".to_owned(), json!("stdio"));
        Value::Object(entry)
    },
    next: |_| "run \"MCP: List Servers\" in VS Code, start the server and trust it",
    inherits: |_, _| true,
    references: References::Env,
    folder: |places, _| places.project.clone(),
    // it asks the login shell for its environment
    in_shell: true,
    flaw: |_| None,
    withheld: |_, _, _| None,
    in_two_scopes: "both are listed, as two servers",
    list: None,
};
