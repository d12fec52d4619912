//! Gemini CLI (0.61): `settings.json` in `.gemini`, of the home or of the current folder.
//!
//! It keeps variables from a server whose names look like secrets; those are referred to as `$NAME`.
//! Its own `gemini mcp add` writes the values of such references into the file, so that it is not used.
//! Comments are allowed, trailing commas are not: none is written.

use serde_json::Value;

use super::{Client, Environment, Scope, Withheld, common_entry, look, servers};
use crate::{Format, Places, References, server::looks_secret};

/// Parts of names that it takes for a secret's (Gemini CLI 0.61, `environmentSanitization.ts`). Sorted.
const HELD_BACK: [&str; 10] = [
    "AUTH",
    "CERT",
    "CREDENTIAL",
    "CREDS",
    "KEY",
    "PASSWD",
    "PASSWORD",
    "PRIVATE",
    "SECRET",
    "TOKEN",
];

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
    inherits: |name, value| {
        let name = name.to_ascii_uppercase();
        !HELD_BACK.iter().any(|word| name.contains(word)) && !looks_secret(value)
    },
    references: References::Dollar,
    folder: |places, _| places.project.clone(),
    in_shell: true,
    flaw: |_| None,
    withheld,
    in_two_scopes: "the project's replaces the user's",
    list: Some(&["gemini", "mcp", "list"]),
};

/// In a folder that is not trusted the user's servers are off as well as the folder's.
fn withheld(places: &Places, _: Scope, _: &str) -> Option<Withheld> {
    let settings = (CLIENT.file)(places, Scope::User);
    if look(&settings)["security"]["folderTrust"]["enabled"] == Value::Bool(false) {
        return None;
    }
    let trusted = look(&settings.with_file_name("trustedFolders.json"));
    let is_trusted = places.project.ancestors().any(|folder| {
        let level = |folder: &std::path::Path| trusted[&*folder.to_string_lossy()].clone();
        level(folder) == "TRUST_FOLDER"
            || trusted.as_object().is_some_and(|all| {
                all.iter().any(|(path, level)| {
                    level == "TRUST_PARENT" && std::path::Path::new(path).parent() == Some(folder)
                })
            })
    });
    (!is_trusted).then_some(Withheld {
        why: "Gemini CLI does not trust this folder, and starts no server in it",
        remedy: "run gemini in this folder and trust it",
    })
}
