//! What a project was asked: everything that rendering needs besides the template.

use std::collections::BTreeSet;

use crate::{Feature, Language, Name, openapi::Source};

/// The longest description; the registry of MCP servers takes no longer one (its schema of
/// 2025-12-11, `description`).
pub const LONGEST_DESCRIPTION: usize = 100;
/// The description of a project that was given none.
pub const DESCRIPTION: &str = "Notes that an agent adds, finds, reads and deletes";
/// The version of a project that was given none.
pub const VERSION: &str = "0.1.0";
/// The GitHub account of a project whose owner is not known.
pub const OWNER: &str = "your-account";

/// The answers, each of them valid.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Answers {
    /// The language.
    pub language: Language,
    /// The name.
    pub name: Name,
    /// One line without a full stop.
    pub description: String,
    /// The first version.
    pub version: String,
    /// The GitHub account that the project will live under.
    pub owner: String,
    /// Who holds the copyright.
    pub author: String,
    /// The year of the copyright.
    pub year: u16,
    /// The parts that were chosen.
    pub features: BTreeSet<Feature>,
    /// The `OpenAPI` document that tools are made from, and which.
    pub api: Option<Source>,
}

/// An answer that cannot be used.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[error("the {what} {reason}")]
pub struct BadAnswer {
    /// Which one: `description`, `version`, `owner` or `author`.
    pub what: &'static str,
    /// What is wrong with it.
    pub reason: String,
}

/// A description, if it is one line that every file of a project can hold as it is.
///
/// # Errors
/// What is wrong with it.
pub fn description(text: &str) -> Result<String, BadAnswer> {
    let text = text.trim();
    let text = text.strip_suffix('.').unwrap_or(text);
    line("description", text, LONGEST_DESCRIPTION).map(str::to_owned)
}

/// The holder of a copyright: a person's or a company's name.
///
/// # Errors
/// What is wrong with it.
pub fn author(text: &str) -> Result<String, BadAnswer> {
    line("author", text.trim(), 80).map(str::to_owned)
}

fn line<'a>(what: &'static str, text: &'a str, longest: usize) -> Result<&'a str, BadAnswer> {
    let bad = |reason: String| Err(BadAnswer { what, reason });
    if text.is_empty() {
        return bad("is empty".to_owned());
    }
    let length = text.chars().count();
    if length > longest {
        return bad(format!("has {length} characters; {longest} are the most"));
    }
    let odd = text.chars().find(|c| {
        !c.is_alphanumeric()
            && !matches!(
                c,
                ' ' | '\''
                    | ','
                    | '.'
                    | ':'
                    | ';'
                    | '!'
                    | '?'
                    | '('
                    | ')'
                    | '/'
                    | '&'
                    | '+'
                    | '-'
                    | '_'
                    | '='
                    | '%'
            )
    });
    match odd {
        None => Ok(text),
        Some(odd) => bad(format!(
            "holds {odd:?}; letters, digits, blanks and ' , . : ; ! ? ( ) / & + - _ = % are allowed, as TOML, JSON, YAML and Markdown must all hold it"
        )),
    }
}

/// A version `MAJOR.MINOR.PATCH`, which all registries read alike.
///
/// # Errors
/// It is none.
pub fn version(text: &str) -> Result<String, BadAnswer> {
    let numbers: Vec<_> = text.split('.').collect();
    let sound = numbers.len() == 3
        && numbers.iter().all(|number| {
            (1..=9).contains(&number.len())
                && number.bytes().all(|byte| byte.is_ascii_digit())
                && (*number == "0" || !number.starts_with('0'))
        });
    if sound {
        Ok(text.to_owned())
    } else {
        Err(BadAnswer {
            what: "version",
            reason: "is not MAJOR.MINOR.PATCH, as 0.1.0".to_owned(),
        })
    }
}

/// The name of an account on GitHub: letters, digits and single hyphens, at most 39.
///
/// # Errors
/// It is none.
pub fn owner(text: &str) -> Result<String, BadAnswer> {
    let sound = (1..=39).contains(&text.len())
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
        && !text.starts_with('-')
        && !text.ends_with('-')
        && !text.contains("--");
    if sound {
        Ok(text.to_owned())
    } else {
        Err(BadAnswer {
            what: "owner",
            reason: "is no account on GitHub: letters, digits and single hyphens, 39 at most"
                .to_owned(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_every_file_can_hold_is_taken() {
        assert_eq!(
            description(" Tides, per harbour. ").unwrap(),
            "Tides, per harbour"
        );
        assert_eq!(author("Zoë O'Neill & Co.").unwrap(), "Zoë O'Neill & Co.");
        assert_eq!(version("10.0.3").unwrap(), "10.0.3");
        assert_eq!(owner("a-Team7").unwrap(), "a-Team7");
    }

    #[test]
    fn what_would_break_a_file_is_refused_with_its_reason() {
        for (bad, reason) in [
            (description(""), "is empty"),
            (description("."), "is empty"),
            (description("say \"hi\""), "holds '\"'"),
            (description("two\nlines"), "holds '\\n'"),
            (description("a `b`"), "holds '`'"),
            (description("<b>"), "holds '<'"),
            (description(&"x".repeat(101)), "101 characters"),
            (author("back\\slash"), "holds '\\\\'"),
            (version("1.0"), "MAJOR.MINOR.PATCH"),
            (version("1.0.x"), "MAJOR.MINOR.PATCH"),
            (version("01.0.0"), "MAJOR.MINOR.PATCH"),
            (version("1.0.0-rc1"), "MAJOR.MINOR.PATCH"),
            (owner("a--b"), "no account"),
            (owner("a b"), "no account"),
            (owner(""), "no account"),
        ] {
            let bad = bad.unwrap_err().to_string();
            assert!(bad.contains(reason), "{bad}");
        }
    }
}
