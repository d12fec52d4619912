//! The clients, one file each.

use std::path::PathBuf;

use serde_json::{Map, Value, json};

use crate::{Format, Places, References, Server, server::is_secret};

mod claude_code;
mod claude_desktop;
mod codex;
mod cursor;
mod gemini;
mod vscode;
mod zed;

/// Every client that is known, sorted by name.
pub const CLIENTS: [&Client; 7] = [
    &claude_code::CLIENT,
    &claude_desktop::CLIENT,
    &codex::CLIENT,
    &cursor::CLIENT,
    &gemini::CLIENT,
    &vscode::CLIENT,
    &zed::CLIENT,
];

/// For whom an entry is.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub enum Scope {
    /// This user, in this project.
    Local,
    /// Everybody who works in this project: the file belongs to it.
    Project,
    /// This user, everywhere.
    User,
}

impl Scope {
    /// As it is written on the command line.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Local => "local",
            Self::Project => "project",
            Self::User => "user",
        }
    }
}

/// How a variable of the user's environment reaches a server.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Environment {
    /// The client passes on all that it has: nothing is written.
    All,
    /// The entry names the variables.
    Named,
    /// The client passes on too little, and no reference is resolved: a secret comes from a file,
    /// whose path is written (`GITHUB_TOKEN_FILE`).
    None,
}

/// Why a client does not start what is configured, though nothing is wrong with the entry.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Withheld {
    /// What keeps it.
    pub why: &'static str,
    /// What its user does about it.
    pub remedy: &'static str,
}

/// A client.
pub struct Client {
    /// As it is written on the command line.
    pub name: &'static str,
    /// As its makers call it.
    pub title: &'static str,
    /// How its files are written.
    pub format: Format,
    /// The scopes that it has, the usual one first.
    pub scopes: &'static [Scope],
    /// The file of a scope.
    pub file: fn(&Places, Scope) -> PathBuf,
    /// The path of the table of servers in that file.
    pub section: fn(&Places, Scope) -> Vec<String>,
    /// How a variable of the user's environment reaches a server.
    pub environment: Environment,
    /// An entry.
    pub entry: fn(&Server) -> Value,
    /// What the user does next, after an entry was written for a scope.
    pub next: fn(Scope) -> &'static str,
    /// Which variables of its own environment a server gets in any case, by name and value.
    pub inherits: fn(&str, &str) -> bool,
    /// How an entry refers to a variable.
    pub references: References,
    /// The folder that a server starts in.
    pub folder: fn(&Places, Scope) -> PathBuf,
    /// Whether it is started from a shell, so that it has the environment of one.
    pub in_shell: bool,
    /// Why it cannot use an entry of that shape, if so.
    pub flaw: fn(&Value) -> Option<&'static str>,
    /// Why it does not start an entry of that name now, as far as its files say so.
    pub withheld: fn(&Places, Scope, &str) -> Option<Withheld>,
    /// What becomes of a name that two scopes have.
    pub in_two_scopes: &'static str,
    /// The command that says what the client itself sees, if there is one.
    pub list: Option<&'static [&'static str]>,
}

impl std::fmt::Debug for Client {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Client({})", self.name)
    }
}

impl Client {
    /// The client of that name.
    pub fn named(name: &str) -> Option<&'static Self> {
        CLIENTS.into_iter().find(|client| client.name == name)
    }
}

/// An entry as most clients have it: command, args, env.
fn common_entry(server: &Server, reference: Option<fn(&str) -> String>) -> Map<String, Value> {
    let mut entry = Map::new();
    entry.insert("command".to_owned(), json!(server.command));
    entry.insert("args".to_owned(), json!(server.arguments));
    let mut env: Map<String, Value> = server
        .values
        .iter()
        .map(|(name, value)| (name.clone(), json!(value)))
        .collect();
    if let Some(reference) = reference {
        for name in &server.inherits {
            env.insert(name.clone(), json!(reference(name)));
        }
    }
    if !env.is_empty() {
        entry.insert("env".to_owned(), Value::Object(env));
    }
    entry
}

/// The variables that a client of [`Environment::None`] must get as files: `NAME_FILE` for each secret.
pub fn files_for(server: &Server) -> impl Iterator<Item = String> {
    server
        .inherits
        .iter()
        .filter(|name| is_secret(name))
        .map(|name| format!("{name}_FILE"))
}

/// A file of the client's own, for a look: an empty one where it is missing or broken.
fn look(path: &std::path::Path) -> Value {
    let text = crate::file::read(path).unwrap_or_default();
    let entries = Format::Jsonc.entries(&text, &[]).unwrap_or_default();
    Value::Object(entries)
}

fn servers(key: &str) -> Vec<String> {
    vec![key.to_owned()]
}

#[cfg(test)]
mod tests {
    use std::{collections::BTreeSet, path::Path};

    use super::*;
    use crate::Os;

    #[test]
    fn the_list_is_sorted_and_is_the_folder() {
        let listed: Vec<_> = CLIENTS.iter().map(|client| client.name).collect();
        assert!(listed.is_sorted());
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/client");
        let stems: BTreeSet<_> = std::fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .filter(|path| path.extension().is_some_and(|extension| extension == "rs"))
            .map(|path| {
                path.file_stem()
                    .unwrap()
                    .to_str()
                    .unwrap()
                    .replace('_', "-")
            })
            .filter(|stem| stem != "mod")
            .collect();
        assert_eq!(
            stems,
            listed.iter().map(|name| (*name).to_owned()).collect()
        );
    }

    fn places(os: Os) -> Places {
        Places {
            os,
            home: "/home/u".into(),
            project: "/srv/app/sub".into(),
            repository: "/srv/app".into(),
            variables: [].into(),
        }
    }

    #[test]
    fn where_each_client_keeps_its_servers() {
        let mut page = String::new();
        for os in [Os::Linux, Os::Mac, Os::Windows] {
            let places = places(os);
            for client in CLIENTS {
                for scope in client.scopes {
                    page += &format!(
                        "{os:?} {} {}: {} [{}]\n",
                        client.name,
                        scope.as_str(),
                        (client.file)(&places, *scope).display(),
                        (client.section)(&places, *scope).join(" > "),
                    );
                }
            }
        }
        insta::assert_snapshot!(page);
    }

    #[test]
    fn variables_move_them() {
        let mut places = places(Os::Linux);
        places.variables = crate::places::VARIABLES
            .into_iter()
            .map(|name| (name, Path::new("/moved").join(name)))
            .collect();
        let mut page = String::new();
        for client in CLIENTS {
            page += &format!(
                "{}: {}\n",
                client.name,
                (client.file)(&places, Scope::User).display()
            );
        }
        insta::assert_snapshot!(page);
    }

    #[test]
    fn how_an_entry_looks() {
        let server = Server {
            name: "github".to_owned(),
            command: "/usr/bin/seaworthy".to_owned(),
            arguments: vec!["serve".to_owned(), "github".to_owned()],
            inherits: vec!["GITHUB_TOKEN".to_owned(), "GITHUB_API_URL".to_owned()],
            values: [("SEAWORTHY_LOG".to_owned(), "info".to_owned())].into(),
        };
        let mut page = String::new();
        for client in CLIENTS {
            let scope = client.scopes[0];
            let section = (client.section)(&places(Os::Linux), scope);
            let text = client
                .format
                .put("", &section, &server.name, &(client.entry)(&server))
                .unwrap();
            page += &format!("== {}\n{text}\n", client.name);
        }
        insta::assert_snapshot!(page);
    }

    /// What each client says to an entry `x` of a project, after those files were written.
    fn withheld(client: &str, scope: Scope, files: &[(&str, &str)]) -> Option<&'static str> {
        let root = tempfile::tempdir().unwrap();
        let root = root.path();
        let places = Places {
            os: Os::Linux,
            home: root.join("home"),
            project: root.join("app"),
            repository: root.join("app"),
            variables: [].into(),
        };
        for (path, text) in files {
            let path = root.join(path);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            let app = places.project.to_str().unwrap();
            std::fs::write(path, text.replace("APP", app)).unwrap();
        }
        let client = Client::named(client).unwrap();
        (client.withheld)(&places, scope, "x").map(|withheld| withheld.why)
    }

    /// A client, a scope, files before that, and a part of what it says, if anything.
    type Case<'a> = (&'a str, Scope, &'a [(&'a str, &'a str)], Option<&'a str>);

    fn judge(cases: &[Case<'_>]) {
        for (client, scope, files, part) in cases {
            let why = withheld(client, *scope, files);
            let is_right = match part {
                Some(part) => why.is_some_and(|why| why.contains(part)),
                None => why.is_none(),
            };
            assert!(is_right, "{client} {scope:?} {files:?}: {why:?}");
        }
    }

    #[test]
    fn what_claude_code_holds_back_is_read_from_its_files() {
        use Scope::{Project, User};
        let approves = "{\"enabledMcpjsonServers\": [\"x\"]}";
        let rejects = "{\"disabledMcpjsonServers\": [\"x\"], \"enableAllProjectMcpServers\": true}";
        let trusted = "{\"projects\": {\"APP\": {\"hasTrustDialogAccepted\": true}}}";
        let (settings, local, shared) = (
            "home/.claude/settings.json",
            "app/.claude/settings.local.json",
            "app/.claude/settings.json",
        );
        judge(&[
            ("claude-code", User, &[][..], None),
            ("claude-code", Project, &[], Some("approval")),
            ("claude-code", Project, &[(settings, approves)], None),
            ("claude-code", Project, &[(local, approves)], None),
            (
                "claude-code",
                Project,
                &[(shared, approves)],
                Some("approval"),
            ),
            (
                "claude-code",
                Project,
                &[(shared, approves), ("home/.claude.json", trusted)],
                None,
            ),
            (
                "claude-code",
                Project,
                &[(settings, rejects)],
                Some("rejected"),
            ),
            (
                "claude-code",
                User,
                &[(
                    settings,
                    "{\"deniedMcpServers\": [{\"serverName\": \"x\"}]}",
                )],
                Some("deniedMcpServers"),
            ),
        ]);
    }

    #[test]
    fn what_others_hold_back_is_read_from_their_files() {
        use Scope::{Project, User};
        let of_gemini = "home/.gemini/trustedFolders.json";
        judge(&[
            ("codex", User, &[], None),
            ("codex", Project, &[], Some("does not trust")),
            (
                "codex",
                Project,
                &[(
                    "home/.codex/config.toml",
                    "[projects.\"APP\"]\ntrust_level = \"trusted\"\n",
                )],
                None,
            ),
            ("gemini", User, &[], Some("does not trust")),
            (
                "gemini",
                User,
                &[(of_gemini, "{\"APP\": \"TRUST_FOLDER\"}")],
                None,
            ),
            (
                "gemini",
                User,
                &[(of_gemini, "{\"APP/sub\": \"TRUST_PARENT\"}")],
                None,
            ),
            (
                "gemini",
                User,
                &[(of_gemini, "{\"APP\": \"DO_NOT_TRUST\"}")],
                Some("does not trust"),
            ),
            (
                "gemini",
                Project,
                &[(
                    "home/.gemini/settings.json",
                    "{\"security\": {\"folderTrust\": {\"enabled\": false}}}",
                )],
                None,
            ),
        ]);
    }
}
