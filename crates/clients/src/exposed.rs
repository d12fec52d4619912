//! Secrets that stand in an entry as they are. Only where they stand is told, never what they are.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::{
    Client, Places,
    reference::Surroundings,
    server::{is_secret, looks_secret},
};

/// Headers that carry a secret whatever their words.
const HEADERS: [&str; 3] = ["authorization", "cookie", "proxy-authorization"];

impl Client {
    /// Where in an entry a secret stands as it is: `env GITHUB_TOKEN`, `headers Authorization`, `args 2`.
    pub fn exposed(&self, places: &Places, entry: &Value) -> Vec<String> {
        let nothing = BTreeMap::new();
        let around = Surroundings {
            places,
            environment: &nothing,
        };
        let refers = |text: &str| self.references.resolve(text, around).refers;
        let mut exposed = Vec::new();
        for key in ["env", "headers", "http_headers"] {
            for (name, value) in entry[key].as_object().into_iter().flatten() {
                let text = value.as_str().unwrap_or_default();
                let named = is_secret(&name.replace('-', "_"))
                    || HEADERS.contains(&name.to_ascii_lowercase().as_str());
                let is_one = named && !text.trim().is_empty() || looks_secret(text);
                if is_one && !refers(text) {
                    exposed.push(format!("{key} {name}"));
                }
            }
        }
        let arguments = entry["args"].as_array().into_iter().flatten();
        for (at, argument) in arguments.enumerate() {
            let text = argument.as_str().unwrap_or_default();
            // `--token=ghp_...` as well as the value alone
            let value = text.split_once('=').map_or(text, |(_, value)| value);
            if looks_secret(value) && !refers(value) {
                exposed.push(format!("args {}", at + 1));
            }
        }
        for key in ["url", "httpUrl", "serverUrl"] {
            let text = entry[key].as_str().unwrap_or_default();
            let authority = text.split('/').nth(2).unwrap_or_default();
            let password = authority
                .rsplit_once('@')
                .is_some_and(|(user, _)| user.contains(':'));
            let query = text.split_once('?').map_or("", |(_, query)| query);
            let in_query = query.split('&').any(|pair| {
                pair.split_once('=').is_some_and(|(name, value)| {
                    !value.is_empty() && (is_secret(name) || looks_secret(value)) && !refers(value)
                })
            });
            if password || in_query {
                exposed.push(key.to_owned());
            }
        }
        exposed
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::Os;

    #[test]
    fn a_secret_is_found_where_it_stands_and_a_reference_is_none() {
        let places = Places {
            os: Os::Linux,
            home: "/home/u".into(),
            project: "/srv/app".into(),
            repository: "/srv/app".into(),
            variables: [].into(),
        };
        let looks = "ghp_0123456789abcdef";
        for (client, entry, found) in [
            (
                "claude-code",
                json!({"env": {"GITHUB_TOKEN": "anything"}}),
                "env GITHUB_TOKEN",
            ),
            (
                "claude-code",
                json!({"env": {"GITHUB_TOKEN": "${GITHUB_TOKEN}"}}),
                "",
            ),
            (
                "claude-desktop",
                json!({"env": {"GITHUB_TOKEN": "${GITHUB_TOKEN}"}}),
                "env GITHUB_TOKEN",
            ),
            (
                "claude-desktop",
                json!({"env": {"GITHUB_TOKEN_FILE": "/home/u/token"}}),
                "",
            ),
            (
                "cursor",
                json!({"headers": {"Authorization": "Bearer abc"}}),
                "headers Authorization",
            ),
            (
                "cursor",
                json!({"headers": {"Authorization": "Bearer ${env:T}"}}),
                "",
            ),
            (
                "cursor",
                json!({"headers": {"X-Api-Key": "abc"}}),
                "headers X-Api-Key",
            ),
            (
                "gemini",
                json!({"env": {"A": looks, "B_KEY": "$B_KEY"}}),
                "env A",
            ),
            (
                "codex",
                json!({"http_headers": {"Authorization": "x"}}),
                "http_headers Authorization",
            ),
            (
                "zed",
                json!({"args": ["serve", "--token", looks]}),
                "args 3",
            ),
            (
                "zed",
                json!({"args": [format!("--token={looks}")]}),
                "args 1",
            ),
            ("vscode", json!({"url": "https://u:p@host/mcp"}), "url"),
            (
                "vscode",
                json!({"url": "https://host/mcp?api_key=x"}),
                "url",
            ),
            ("vscode", json!({"url": "https://host/mcp?page=x"}), ""),
        ] {
            let client = Client::named(client).unwrap();
            assert_eq!(
                client.exposed(&places, &entry).join(", "),
                found,
                "{client:?} {entry}"
            );
        }
    }
}
