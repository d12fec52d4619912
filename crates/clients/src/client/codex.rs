//! Codex (0.169): `config.toml` in its home, and in `.codex` of a trusted project.
//!
//! It passes a handful of variables on; further ones are named in `env_vars`. An unknown shape of one
//! entry keeps the whole program from starting.

use serde_json::{Value, json};

use super::{Client, Environment, Scope, Withheld, common_entry, servers};
use crate::{Format, Places, References, file};

/// Variables that every server gets (Codex 0.169, `rmcp-client/src/utils.rs`). Sorted.
const PASSED: [&str; 11] = [
    "HOME",
    "LANG",
    "LC_ALL",
    "LOGNAME",
    "PATH",
    "SHELL",
    "TERM",
    "TMPDIR",
    "TZ",
    "USER",
    "__CF_USER_TEXT_ENCODING",
];

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
    inherits: |name, _| PASSED.contains(&name),
    references: References::None,
    folder: |places, scope| match scope {
        Scope::Project => places.project.clone(),
        Scope::Local | Scope::User => places.moved("CODEX_HOME", ".codex"),
    },
    in_shell: true,
    flaw: |entry| match (entry["command"].is_null(), entry["url"].is_null()) {
        (false, false) => {
            Some("it has both a command and a url, so that Codex does not start at all")
        }
        (true, true) => {
            Some("it has neither a command nor a url, so that Codex does not start at all")
        }
        _ => None,
    },
    withheld,
    in_two_scopes: "a trusted project's keys are laid over the user's one by one; a url over a command keeps Codex from starting at all",
    list: Some(&["codex", "mcp", "list"]),
};

/// A project's servers are read where the user trusts the project.
fn withheld(places: &Places, scope: Scope, _: &str) -> Option<Withheld> {
    if scope != Scope::Project {
        return None;
    }
    let text = file::read(&(CLIENT.file)(places, Scope::User)).unwrap_or_default();
    let projects = Format::Toml.entries(&text, &["projects".to_owned()]);
    let projects = projects.unwrap_or_default();
    let is_trusted = [&places.repository, &places.project]
        .into_iter()
        .filter_map(|folder| projects.get(&*folder.to_string_lossy()))
        .any(|project| project["trust_level"] == "trusted");
    (!is_trusted).then_some(Withheld {
        why: "Codex does not trust this project, and ignores its servers",
        remedy: "run codex in this folder and trust it",
    })
}
