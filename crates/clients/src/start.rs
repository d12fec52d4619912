//! What a client makes of an entry: what it starts and with which environment, or where it connects to.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

use serde_json::Value;

use crate::{
    Client, Places, Scope, file,
    reference::{Resolved, Surroundings},
};

/// What a client does to reach a server.
#[derive(Clone, Eq, PartialEq)]
pub enum Start {
    /// It starts a program.
    Stdio {
        /// The program: a path, or a name to be looked up.
        command: String,
        /// Its arguments.
        arguments: Vec<String>,
        /// The whole of its environment.
        environment: BTreeMap<String, String>,
        /// The folder that it starts in.
        folder: PathBuf,
    },
    /// It connects over streamable HTTP.
    Http {
        /// The address.
        url: String,
        /// Headers of every request.
        headers: Vec<(String, String)>,
    },
}

impl std::fmt::Debug for Start {
    // values of variables and headers are secrets
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Stdio { command, .. } => write!(f, "Stdio({command})"),
            Self::Http { .. } => f.write_str("Http"),
        }
    }
}

/// An entry as its client understands it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Understood {
    /// What it does.
    pub start: Start,
    /// Variables that the entry refers to and that are not set. Sorted.
    pub unset: Vec<String>,
}

/// An entry that starts nothing.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum NotStarted {
    /// It is switched off.
    #[error("it is switched off")]
    Off,
    /// The client asks its user for a value first.
    #[error("the client asks for {0} first")]
    Asks(String),
    /// It is reached by a transport of 2024-11-05 (HTTP with SSE).
    #[error("it uses the transport SSE, which the protocol has given up")]
    Sse,
    /// The client cannot use it: why.
    #[error("{0}")]
    Unusable(&'static str),
    /// A file that it names cannot be read.
    #[error("the file {path} of its variables cannot be read: {why}")]
    File {
        /// The file.
        path: PathBuf,
        /// Why.
        why: String,
    },
}

/// Variables that a client of the official SDK for TypeScript passes on (`client/stdio.ts`).
const FEW: [&str; 6] = ["HOME", "LOGNAME", "PATH", "SHELL", "TERM", "USER"];
/// The same on Windows, where names of variables have no case.
const FEW_WINDOWS: [&str; 12] = [
    "APPDATA",
    "HOMEDRIVE",
    "HOMEPATH",
    "LOCALAPPDATA",
    "PATH",
    "PROCESSOR_ARCHITECTURE",
    "SYSTEMDRIVE",
    "SYSTEMROOT",
    "TEMP",
    "USERNAME",
    "USERPROFILE",
    "PROGRAMFILES",
];

/// Whether a client that passes on a handful of variables passes on this one.
pub fn is_passed_by_few(name: &str) -> bool {
    if cfg!(windows) {
        FEW_WINDOWS.contains(&name.to_ascii_uppercase().as_str())
    } else {
        FEW.contains(&name)
    }
}

impl Client {
    /// What the client makes of an entry, where `environment` is its own.
    ///
    /// # Errors
    /// Why it would start nothing.
    pub fn understand(
        &self,
        places: &Places,
        scope: Scope,
        entry: &Value,
        environment: &BTreeMap<String, String>,
    ) -> Result<Understood, NotStarted> {
        if let Some(why) = (self.flaw)(entry) {
            return Err(NotStarted::Unusable(why));
        }
        if entry["enabled"] == Value::Bool(false) || entry["disabled"] == Value::Bool(true) {
            return Err(NotStarted::Off);
        }
        let mut reading = Reading {
            client: self,
            around: Surroundings {
                places,
                environment,
            },
            unset: Vec::new(),
            asked: None,
        };
        let url = ["url", "httpUrl", "serverUrl"]
            .into_iter()
            .find_map(|key| entry[key].as_str());
        let start = match (entry["command"].as_str(), url) {
            (Some(command), _) => reading.stdio(scope, entry, command)?,
            (None, Some(_)) if entry["type"] == "sse" => return Err(NotStarted::Sse),
            (None, Some(url)) => reading.http(entry, url),
            (None, None) => {
                return Err(NotStarted::Unusable("it has neither a command nor a url"));
            }
        };
        if let Some(id) = reading.asked {
            return Err(NotStarted::Asks(id));
        }
        let mut unset = reading.unset;
        unset.sort();
        unset.dedup();
        Ok(Understood { start, unset })
    }
}

struct Reading<'a> {
    client: &'a Client,
    around: Surroundings<'a>,
    unset: Vec<String>,
    asked: Option<String>,
}

impl Reading<'_> {
    fn text(&mut self, text: &str) -> String {
        let Resolved {
            text, unset, asked, ..
        } = self.client.references.resolve(text, self.around);
        self.unset.extend(unset);
        self.asked = self.asked.take().or(asked.into_iter().next());
        text
    }

    fn stdio(&mut self, scope: Scope, entry: &Value, command: &str) -> Result<Start, NotStarted> {
        let command = self.text(command);
        let arguments = entry["args"]
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(Value::as_str)
            .map(|argument| self.text(argument))
            .collect();
        let around = self.around;
        let mut environment: BTreeMap<String, String> = around
            .environment
            .iter()
            .filter(|(name, value)| (self.client.inherits)(name, value))
            .map(|(name, value)| (name.clone(), value.clone()))
            .collect();
        for name in entry["env_vars"].as_array().into_iter().flatten() {
            // a name, or a table with one
            let name = name.as_str().or(name["name"].as_str()).unwrap_or_default();
            if let Some(value) = around.environment.get(name) {
                environment.insert(name.to_owned(), value.clone());
            }
        }
        if let Some(path) = entry["envFile"].as_str() {
            let path = PathBuf::from(self.text(path));
            environment.extend(variables_of(&path)?);
        }
        for (name, value) in entry["env"].as_object().into_iter().flatten() {
            match value {
                Value::Null => {
                    environment.remove(name);
                }
                Value::String(text) => {
                    let text = self.text(text);
                    environment.insert(name.clone(), text);
                }
                other => {
                    environment.insert(name.clone(), other.to_string());
                }
            }
        }
        let folder = match entry["cwd"].as_str() {
            Some(folder) => PathBuf::from(self.text(folder)),
            None => (self.client.folder)(around.places, scope),
        };
        Ok(Start::Stdio {
            command,
            arguments,
            environment,
            folder,
        })
    }

    fn http(&mut self, entry: &Value, url: &str) -> Start {
        let url = self.text(url);
        let mut headers = Vec::new();
        for key in ["headers", "http_headers"] {
            for (name, value) in entry[key].as_object().into_iter().flatten() {
                let value = self.text(value.as_str().unwrap_or_default());
                headers.push((name.clone(), value));
            }
        }
        let mut from_variable = |header: &str, scheme: &str, variable: &str| match self
            .around
            .environment
            .get(variable)
        {
            Some(value) => headers.push((header.to_owned(), format!("{scheme}{value}"))),
            None => self.unset.push(variable.to_owned()),
        };
        for (name, variable) in entry["env_http_headers"].as_object().into_iter().flatten() {
            from_variable(name, "", variable.as_str().unwrap_or_default());
        }
        if let Some(variable) = entry["bearer_token_env_var"].as_str() {
            from_variable("Authorization", "Bearer ", variable);
        }
        Start::Http { url, headers }
    }
}

/// The variables of a file of `NAME=VALUE` lines.
fn variables_of(path: &Path) -> Result<BTreeMap<String, String>, NotStarted> {
    let unreadable = |why: String| NotStarted::File {
        path: path.to_owned(),
        why,
    };
    if !path.exists() {
        return Err(unreadable("it is not there".to_owned()));
    }
    let text = file::read(path).map_err(|error| unreadable(error.to_string()))?;
    Ok(text
        .lines()
        .map(|line| line.trim().trim_start_matches("export "))
        .filter(|line| !line.starts_with('#'))
        .filter_map(|line| line.split_once('='))
        .map(|(name, value)| {
            let value = value.trim();
            let quoted = ['"', '\''].into_iter().find_map(|quote| {
                value
                    .strip_prefix(quote)
                    .and_then(|value| value.strip_suffix(quote))
            });
            (name.trim().to_owned(), quoted.unwrap_or(value).to_owned())
        })
        .collect())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::Os;

    fn understand(client: &str, entry: &Value) -> Result<Understood, NotStarted> {
        let places = Places {
            os: Os::Linux,
            home: "/home/u".into(),
            project: "/srv/app".into(),
            repository: "/srv/app".into(),
            variables: [].into(),
        };
        let environment = [
            ("HOME", "/home/u"),
            ("PATH", "/bin"),
            ("LANG", "C"),
            ("GITHUB_TOKEN", "not-a-real-token"),
            ("PLAIN", "ghp_0123456789012345678901234567890123456"),
            ("PROBE", "1"),
        ];
        let environment = environment
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .into();
        let client = Client::named(client).unwrap();
        client.understand(&places, Scope::User, entry, &environment)
    }

    fn environment(client: &str, entry: &Value) -> (String, PathBuf) {
        let Start::Stdio {
            environment,
            folder,
            ..
        } = understand(client, entry).unwrap().start
        else {
            panic!("{client}: no program");
        };
        let names: Vec<_> = environment.keys().map(String::as_str).collect();
        (names.join(" "), folder)
    }

    #[test]
    fn each_client_passes_on_what_it_passes_on() {
        let all = "GITHUB_TOKEN HOME LANG PATH PLAIN PROBE";
        for (client, passes, folder) in [
            ("claude-code", all, "/srv/app"),
            ("claude-desktop", "HOME PATH", "/"),
            ("codex", "HOME LANG PATH", "/home/u/.codex"),
            ("cursor", "HOME PATH", "/srv/app"),
            ("gemini", "HOME LANG PATH PROBE", "/srv/app"),
            ("vscode", all, "/srv/app"),
            ("zed", "HOME PATH", "/srv/app"),
        ] {
            let entry = json!({"command": "/bin/x", "args": ["a"]});
            let (names, started_in) = environment(client, &entry);
            assert_eq!(names, passes, "{client}");
            assert_eq!(started_in, Path::new(folder), "{client}");
        }
    }

    #[test]
    fn what_install_writes_reaches_the_server() {
        let server = crate::Server {
            name: "x".to_owned(),
            command: "/bin/x".to_owned(),
            arguments: Vec::new(),
            inherits: vec!["GITHUB_TOKEN".to_owned()],
            values: [("SETTING".to_owned(), "on".to_owned())].into(),
        };
        for client in crate::CLIENTS {
            let entry = (client.entry)(&server);
            let Understood { start, unset } = understand(client.name, &entry).unwrap();
            let Start::Stdio { environment, .. } = start else {
                panic!("{client:?}");
            };
            assert_eq!(unset, [""; 0], "{client:?}");
            assert_eq!(environment["SETTING"], "on", "{client:?}");
            if client.environment != crate::Environment::None {
                assert_eq!(
                    environment.get("GITHUB_TOKEN").map(String::as_str),
                    Some("not-a-real-token"),
                    "{client:?}"
                );
            }
        }
    }

    #[test]
    fn an_unset_variable_is_named() {
        let entry = json!({"command": "x", "env": {"A": "${NOT_SET}", "B": "$NOT_SET", "C": "${env:NOT_SET}"}});
        for client in ["claude-code", "cursor", "gemini"] {
            let understood = understand(client, &entry).unwrap();
            assert_eq!(understood.unset, ["NOT_SET"], "{client}");
        }
        assert_eq!(understand("zed", &entry).unwrap().unset, [""; 0]);
    }

    #[test]
    fn an_address_gets_its_headers() {
        let codex = json!({"url": "http://localhost/mcp", "bearer_token_env_var": "GITHUB_TOKEN",
            "env_http_headers": {"X-Probe": "PROBE", "X-No": "NOT_SET"}});
        let Understood { start, unset } = understand("codex", &codex).unwrap();
        let Start::Http { headers, .. } = start else {
            panic!("no address");
        };
        assert_eq!(unset, ["NOT_SET"]);
        let bearer = "Bearer not-a-real-token".to_owned();
        assert_eq!(
            headers,
            [
                ("X-Probe".to_owned(), "1".to_owned()),
                ("Authorization".to_owned(), bearer)
            ]
        );
    }

    #[test]
    fn an_entry_that_starts_nothing_says_why() {
        let http = json!({"url": "http://localhost/mcp"});
        for (client, entry, said) in [
            ("claude-code", http.clone(), "\"type\": \"http\""),
            ("claude-desktop", http.clone(), "no server over HTTP"),
            ("codex", json!({"url": "x", "command": "y"}), "both"),
            ("codex", json!({}), "neither"),
            (
                "zed",
                json!({"command": "x", "enabled": false}),
                "switched off",
            ),
            ("cursor", json!({"type": "sse", "url": "http://x"}), "SSE"),
            (
                "vscode",
                json!({"command": "x", "env": {"K": "${input:key}"}}),
                "asks for key",
            ),
            (
                "vscode",
                json!({"command": "x", "envFile": "/nonexistent/.env"}),
                "not there",
            ),
        ] {
            let error = understand(client, &entry).unwrap_err().to_string();
            assert!(error.contains(said), "{client}: {error}");
        }
        understand("cursor", &http).unwrap();
    }
}
