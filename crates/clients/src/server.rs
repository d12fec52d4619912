//! A server as a client shall start it.

use std::collections::BTreeMap;

/// The longest name: clients put it before a tool's name, and the whole is 64 characters at most.
pub const LONGEST_NAME: usize = 40;

/// Names that a client keeps for itself (Claude Code 2.1). Sorted.
const RESERVED: [&str; 3] = ["claude-in-chrome", "computer-use", "workspace"];

/// A server over stdio.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Server {
    /// The entry's name.
    pub name: String,
    /// The program, as an absolute path: clients start it in folders of their own.
    pub command: String,
    /// Its arguments.
    pub arguments: Vec<String>,
    /// Variables of the user's environment that it reads. Their values are never written.
    pub inherits: Vec<String>,
    /// Variables that are written with their values: paths and settings, no secrets.
    pub values: BTreeMap<String, String>,
}

/// A server that cannot be written into a configuration.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum BadServer {
    /// The name would not be understood by every client.
    #[error("the name {0:?} {1}")]
    Name(String, &'static str),
    /// A secret was to be written.
    #[error("{0} looks like a secret, and its value would stand in the file")]
    Secret(String),
}

/// Whether a variable of that name holds a secret, by custom. A path to a file with one is none.
pub fn is_secret(name: &str) -> bool {
    let name = name.to_ascii_uppercase();
    !name.ends_with("_FILE")
        && name.split('_').any(|word| {
            matches!(
                word,
                "APIKEY"
                    | "AUTH"
                    | "CREDENTIAL"
                    | "CREDENTIALS"
                    | "KEY"
                    | "PASSWD"
                    | "PASSWORD"
                    | "PAT"
                    | "SECRET"
                    | "TOKEN"
                    | "TOKENS"
            )
        })
}

/// Whether a text is a secret by its looks: the prefixes of well-known tokens.
pub fn looks_secret(text: &str) -> bool {
    const PREFIXES: [&str; 12] = [
        "AIza",
        "AKIA",
        "Bearer ",
        "eyJ",
        "ghp_",
        "gho_",
        "ghs_",
        "ghu_",
        "github_pat_",
        "glpat-",
        "sk-",
        "xox",
    ];
    text.len() >= 16 && PREFIXES.iter().any(|prefix| text.starts_with(prefix))
}

impl Server {
    /// Judges it.
    ///
    /// # Errors
    /// What every client, or the user's security, would not bear.
    pub fn check(&self) -> Result<(), BadServer> {
        let bad = |why| Err(BadServer::Name(self.name.clone(), why));
        if self.name.is_empty() || self.name.len() > LONGEST_NAME {
            return bad("must have 1 to 40 characters");
        }
        // Gemini takes what follows a `_` for the tool
        if !self
            .name
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
        {
            return bad("may hold letters, digits and hyphens only");
        }
        if RESERVED.contains(&self.name.as_str()) {
            return bad("is reserved by Claude Code");
        }
        match self
            .values
            .iter()
            .find(|(name, value)| is_secret(name) || looks_secret(value))
        {
            None => Ok(()),
            Some((name, _)) => Err(BadServer::Secret(name.clone())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn server(name: &str, values: &[(&str, &str)]) -> Server {
        Server {
            name: name.to_owned(),
            command: "/bin/x".to_owned(),
            arguments: Vec::new(),
            inherits: Vec::new(),
            values: values
                .iter()
                .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
                .collect(),
        }
    }

    #[test]
    fn a_name_that_one_client_would_refuse_is_refused() {
        server("weekly-notes2", &[]).check().unwrap();
        let long = "a".repeat(41);
        for name in ["", "a b", "a_b", "a.b", "ä", "workspace", &long] {
            server(name, &[]).check().unwrap_err();
        }
    }

    #[test]
    fn no_secret_is_written_and_none_is_repeated() {
        for (name, value, bad) in [
            ("GITHUB_TOKEN", "anything", true),
            ("X_API_KEY", "anything", true),
            ("HARMLESS", "ghp_0123456789abcdef", true),
            ("GITHUB_TOKEN_FILE", "/home/u/token", false),
            ("KEYBOARD", "qwertz", false),
            ("DATABASE", "/data/notes.db", false),
        ] {
            let judged = server("x", &[(name, value)]).check();
            assert_eq!(judged.is_err(), bad, "{name}");
            if let Err(error) = judged {
                assert!(!error.to_string().contains(value), "{error}");
            }
        }
    }
}
