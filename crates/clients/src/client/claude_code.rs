//! Claude Code (2.1): `.claude.json` in the home, and `.mcp.json` in a project.
//!
//! It passes its whole environment on, and takes an unset `${NAME}` literally, so that nothing is
//! written for variables. Its file is strict JSON; a broken one it replaces with an empty one.

use serde_json::{Value, json};

use super::{Client, Environment, Scope, Withheld, common_entry, look, servers};
use crate::{Format, Places, References};

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
    inherits: |_, _| true,
    references: References::Braces,
    folder: |places, _| places.project.clone(),
    in_shell: true,
    flaw: |entry| {
        let is_http = entry["url"].is_string() && entry["type"].is_null();
        (is_http && entry["command"].is_null())
            .then_some("it has a url and no \"type\": \"http\", so that Claude Code skips it")
    },
    withheld,
    in_two_scopes: "local wins over project, once that is approved, and project over user",
    list: Some(&["claude", "mcp", "list"]),
};

/// A project's servers wait for approval, which several files may give or refuse.
fn withheld(places: &Places, scope: Scope, name: &str) -> Option<Withheld> {
    let lists = |settings: &Value, key: &str| {
        let names = settings[key].as_array().into_iter().flatten();
        names.into_iter().any(|listed| listed == name)
    };
    let folder = match places.variables.get("CLAUDE_CONFIG_DIR") {
        Some(folder) => folder.clone(),
        None => places.home.join(".claude"),
    };
    let user = look(&folder.join("settings.json"));
    let denied = user["deniedMcpServers"].as_array().into_iter().flatten();
    if denied
        .into_iter()
        .any(|denied| denied["serverName"] == name)
    {
        return Some(Withheld {
            why: "deniedMcpServers in the user's settings.json names it",
            remedy: "take it off that list",
        });
    }
    if scope != Scope::Project {
        return None;
    }
    let local = look(&places.project.join(".claude/settings.local.json"));
    let shared = look(&places.project.join(".claude/settings.json"));
    let state = look(&(CLIENT.file)(places, Scope::User));
    let project = &state["projects"][&*places.repository.to_string_lossy()];
    let settings = [&user, &local, &shared, project];
    if settings
        .iter()
        .any(|settings| lists(settings, "disabledMcpjsonServers"))
    {
        return Some(Withheld {
            why: "it was rejected (disabledMcpjsonServers)",
            remedy: "run claude mcp reset-project-choices, then claude, and approve it",
        });
    }
    let approves = |settings: &Value| {
        settings["enableAllProjectMcpServers"] == Value::Bool(true)
            || lists(settings, "enabledMcpjsonServers")
    };
    let is_trusted = project["hasTrustDialogAccepted"] == Value::Bool(true);
    let approved = approves(&user)
        || approves(&local)
        || lists(project, "enabledMcpjsonServers")
        || is_trusted && approves(&shared);
    (!approved).then_some(Withheld {
        why: "it waits for approval",
        remedy: "run claude in this folder and approve it",
    })
}
