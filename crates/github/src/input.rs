//! GitHub's names as types: a value that exists is safe to put into a path.
//!
//! Each type checks length, characters and traversal once, when the arguments are parsed, and
//! says what is wrong. The rules are GitHub's own where they are documented, and git's
//! (git-check-ref-format) for refs.

use std::{borrow::Cow, fmt};

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize, de};

/// A repository, `owner/name`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Repo {
    /// The user or organisation.
    pub owner: String,
    /// The repository's name.
    pub name: String,
}

/// A branch, tag or commit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct GitRef(String);

/// A path inside a repository, without a leading slash; empty for its root.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FilePath(String);

/// A full commit id: 40 (SHA-1) or 64 (SHA-256) hexadecimal digits.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Sha(String);

/// The name of a label.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Label(String);

/// The login of a user, organisation or app.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Login(String);

impl Repo {
    /// Parses `owner/name`.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn parse(text: &str) -> Result<Self, String> {
        let (owner, name) = text
            .split_once('/')
            .filter(|(_, name)| !name.contains('/'))
            .ok_or("must be owner/name, like octocat/hello-world")?;
        login(owner).map_err(|reason| format!("has an owner that {reason}"))?;
        if name.is_empty() || name.len() > 100 {
            return Err("has a name that is not 1 to 100 characters long".to_owned());
        }
        if matches!(name, "." | "..")
            || !name
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b"-._".contains(&b))
        {
            return Err(
                "has a name with other characters than letters, digits, - . and _".to_owned(),
            );
        }
        Ok(Self {
            owner: owner.to_owned(),
            name: name.to_owned(),
        })
    }
}

impl fmt::Display for Repo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.owner, self.name)
    }
}

fn login(text: &str) -> Result<(), String> {
    let bare = text.strip_suffix("[bot]").unwrap_or(text);
    if bare.is_empty() || bare.len() > 60 {
        return Err("is not 1 to 60 characters long".to_owned());
    }
    if !bare
        .bytes()
        .all(|b| b.is_ascii_alphanumeric() || b"-_".contains(&b))
        || bare.starts_with('-')
    {
        return Err("has other characters than letters, digits, - and _".to_owned());
    }
    Ok(())
}

fn git_ref(text: &str) -> Result<(), String> {
    if text.is_empty() || text.len() > 255 {
        return Err("is not 1 to 255 bytes long".to_owned());
    }
    let forbidden = |c: char| c.is_control() || c.is_whitespace() || "~^:?*[\\".contains(c);
    if let Some(bad) = text.chars().find(|c| forbidden(*c)) {
        return Err(format!("has the character {bad:?}, which no git ref has"));
    }
    let badly_joined =
        text.contains("..") || text.contains("//") || text.contains("@{") || text == "@";
    let badly_ended = text.starts_with(['/', '-', '.']) || text.ends_with(['/', '.']);
    let badly_named = text
        .split('/')
        .any(|part| part.starts_with('.') || part.to_ascii_lowercase().ends_with(".lock"));
    if badly_joined || badly_ended || badly_named {
        return Err("is not a git ref (see git-check-ref-format)".to_owned());
    }
    Ok(())
}

fn file_path(text: &str) -> Result<(), String> {
    if text.len() > 1024 {
        return Err(format!(
            "has {} bytes; at most 1024 are allowed",
            text.len()
        ));
    }
    if text.starts_with('/') {
        return Err("must be relative to the repository: no leading slash".to_owned());
    }
    if text.contains('\\') || text.chars().any(char::is_control) {
        return Err("has a backslash or a control character".to_owned());
    }
    if text.split('/').any(|part| matches!(part, "." | ".."))
        || text.trim_end_matches('/').contains("//")
    {
        return Err("has a part that is empty, . or ..".to_owned());
    }
    Ok(())
}

fn sha(text: &str) -> Result<(), String> {
    if !matches!(text.len(), 40 | 64) || !text.bytes().all(|b| b.is_ascii_hexdigit()) {
        return Err("must be a full commit id of 40 hexadecimal digits".to_owned());
    }
    Ok(())
}

fn label(text: &str) -> Result<(), String> {
    let length = text.chars().count();
    if length == 0 || length > 50 || text.trim() != text {
        return Err("is not 1 to 50 characters long without blanks around".to_owned());
    }
    if text.chars().any(char::is_control) {
        return Err("has a control character".to_owned());
    }
    // no part of an address may be called so, and what is left of it would mean all labels
    if matches!(text, "." | "..") {
        return Err("is . or .., which no address can name".to_owned());
    }
    Ok(())
}

impl<'de> Deserialize<'de> for Repo {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::parse(&String::deserialize(deserializer)?).map_err(de::Error::custom)
    }
}

impl JsonSchema for Repo {
    fn inline_schema() -> bool {
        true
    }
    fn schema_name() -> Cow<'static, str> {
        "Repo".into()
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "maxLength": 161 })
    }
}

/// Gives a checked string type its parser, its text and its schema. A prefix is left out.
macro_rules! checked_text {
    ($type:ident, $check:ident, $max:literal $(, without $prefix:literal)?) => {
        impl $type {
            /// Parses the text.
            ///
            /// # Errors
            /// What is wrong with it.
            pub fn parse(text: &str) -> Result<Self, String> {
                $(let text = text.strip_prefix($prefix).unwrap_or(text);)?
                $check(text).map(|()| Self(text.to_owned()))
            }

            /// The text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $type {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl<'de> Deserialize<'de> for $type {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                Self::parse(&String::deserialize(deserializer)?).map_err(de::Error::custom)
            }
        }

        impl JsonSchema for $type {
            fn inline_schema() -> bool {
                true
            }
            fn schema_name() -> Cow<'static, str> {
                stringify!($type).into()
            }
            fn json_schema(_: &mut SchemaGenerator) -> Schema {
                json_schema!({ "type": "string", "maxLength": $max })
            }
        }
    };
}

checked_text!(GitRef, git_ref, 255);
checked_text!(FilePath, file_path, 1024);
checked_text!(Sha, sha, 64);
checked_text!(Label, label, 50);
// answers write people as @login, and callers copy that
checked_text!(Login, login, 65, without '@');

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn repositories() {
        assert_eq!(Repo::parse("o-1/r.x_y").unwrap().to_string(), "o-1/r.x_y");
        for bad in [
            "", "o", "o/", "/r", "o/..", "o/.", "o/r/x", "o/r?x", "../r", "o/r%2f", "o\n/r",
            "-o/r", "o/ü",
        ] {
            Repo::parse(bad).unwrap_err();
        }
        let whole = Repo::parse("https://github.com/o/r").unwrap_err();
        assert!(whole.contains("owner/name"), "{whole}");
        Repo::parse(&format!("{}/r", "o".repeat(61))).unwrap_err();
        Repo::parse(&format!("o/{}", "r".repeat(101))).unwrap_err();
    }

    #[test]
    fn refs() {
        for good in [
            "main",
            "fix/dst-interpolation",
            "v1.0",
            "refs/heads/x",
            "ünï",
            "ééé/日本語の枝",
            "a@b",
        ] {
            GitRef::parse(good).unwrap();
        }
        for bad in [
            "", "a..b", "a b", "-x", "/x", "x/", "x.lock", "ü.LOCK", "a/.b", "a@{1}", "@", "a:b",
            "a?b", "a\u{7f}", "x.", "a//b", "a\\b",
        ] {
            GitRef::parse(bad).unwrap_err();
        }
        GitRef::parse(&"x".repeat(256)).unwrap_err();
    }

    #[test]
    fn paths() {
        for good in [
            "",
            "src/lib.rs",
            "docs/",
            "a b/ç?#%.md",
            ".github/workflows/ci.yml",
        ] {
            FilePath::parse(good).unwrap();
        }
        for bad in [
            "/etc/passwd",
            "..",
            "a/../b",
            "a//b",
            "./a",
            "a\\b",
            "a\0b",
            "a\nb",
        ] {
            FilePath::parse(bad).unwrap_err();
        }
    }

    #[test]
    fn shas_labels_and_logins() {
        Sha::parse(&"aF0".repeat(40)[..40]).unwrap();
        Sha::parse("abc1234").unwrap_err();
        Label::parse("good first issue").unwrap();
        Label::parse(" x").unwrap_err();
        Label::parse(".").unwrap_err();
        Label::parse(&"x".repeat(51)).unwrap_err();
        Login::parse("dependabot[bot]").unwrap();
        Login::parse("a/b").unwrap_err();
        assert_eq!(
            Login::parse("@mira-okafor").unwrap().as_str(),
            "mira-okafor"
        );
        Login::parse("@").unwrap_err();
        Login::parse("@@a").unwrap_err();
    }
}
