//! What callers send, checked once: types that cannot hold a bad value.
//!
//! To check a new kind of input, add a type here, with a test below, and use it in the arguments
//! of the tool. The single checks are in [`crate::kit::input`].

use std::ops::Deref;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use unicode_normalization::UnicodeNormalization;

use crate::kit::input::{Problem, bounded, no_controls, no_invisibles, no_path, not_blank};

/// The longest name of a note, in characters.
pub const NAME_LENGTH: usize = 255;
/// The longest content of a note, in characters.
pub const CONTENT_LENGTH: usize = 100_000;
/// The longest text to search for, in characters.
pub const QUERY_LENGTH: usize = 200;
// seaworthy:begin api
/// The longest name of a repository, in characters.
pub const REPOSITORY_LENGTH: usize = 140;
// seaworthy:end api
/// What may stand in a text of lines.
const BREAKS: [char; 3] = ['\n', '\r', '\t'];

/// The name of a note. Blanks around it are removed, and Unicode is composed (NFC), so that names
/// that look the same are the same.
#[derive(Clone, Debug, Deserialize, Eq, JsonSchema, PartialEq)]
#[serde(try_from = "String")]
#[schemars(inline, extend("minLength" = 1, "maxLength" = NAME_LENGTH))]
pub struct NoteName(String);

impl TryFrom<String> for NoteName {
    type Error = Problem;

    fn try_from(text: String) -> Result<Self, Problem> {
        bounded(&text, NAME_LENGTH)?;
        not_blank(&text)?;
        let name: String = text.nfc().collect();
        let name = name.trim();
        no_controls(name, &[])?;
        no_invisibles(name)?;
        no_path(name)?;
        bounded(name, NAME_LENGTH)?;
        Ok(Self(name.to_owned()))
    }
}

impl Deref for NoteName {
    type Target = str;
    fn deref(&self) -> &str {
        &self.0
    }
}

/// The content of a note: any text with lines that shows something.
#[derive(Clone, Debug, Deserialize, Eq, JsonSchema, PartialEq)]
#[serde(try_from = "String")]
#[schemars(inline, extend("minLength" = 1, "maxLength" = CONTENT_LENGTH))]
pub struct Content(String);

impl TryFrom<String> for Content {
    type Error = Problem;

    fn try_from(text: String) -> Result<Self, Problem> {
        bounded(&text, CONTENT_LENGTH)?;
        not_blank(&text)?;
        no_controls(&text, &BREAKS)?;
        Ok(Self(text))
    }
}

impl Deref for Content {
    type Target = str;
    fn deref(&self) -> &str {
        &self.0
    }
}

/// A text to search for; an empty one finds everything.
#[derive(Clone, Debug, Default, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
#[serde(try_from = "String")]
#[schemars(inline, extend("maxLength" = QUERY_LENGTH))]
pub struct Query(String);

impl TryFrom<String> for Query {
    type Error = Problem;

    fn try_from(text: String) -> Result<Self, Problem> {
        bounded(&text, QUERY_LENGTH)?;
        no_controls(&text, &[])?;
        Ok(Self(text))
    }
}

impl Deref for Query {
    type Target = str;
    fn deref(&self) -> &str {
        &self.0
    }
}
// seaworthy:begin api

/// A repository as `owner/name`, which becomes part of an address.
#[derive(Clone, Debug, Deserialize, Eq, JsonSchema, PartialEq)]
#[serde(try_from = "String")]
#[schemars(inline, extend("maxLength" = REPOSITORY_LENGTH))]
pub struct Repository(String);

impl TryFrom<String> for Repository {
    type Error = Problem;

    fn try_from(text: String) -> Result<Self, Problem> {
        bounded(&text, REPOSITORY_LENGTH)?;
        let (owner, name) = text.split_once('/').unwrap_or((&text, ""));
        let is_of = |part: &str, also: &str| {
            !part.is_empty()
                && part
                    .chars()
                    .all(|c| c.is_ascii_alphanumeric() || also.contains(c))
        };
        let is_owner = is_of(owner, "-") && !owner.starts_with('-');
        if is_owner && is_of(name, "-._") && name != "." && name != ".." {
            return Ok(Self(text));
        }
        Err(Problem::new(
            "is not of the form owner/name",
            "it needs an owner, one slash and a name, of letters, digits, - . and _",
            "give it such as octocat/hello-world",
        ))
    }
}

impl Deref for Repository {
    type Target = str;
    fn deref(&self) -> &str {
        &self.0
    }
}
// seaworthy:end api
// seaworthy:begin sandbox

/// Code to run: any text with lines that shows something.
#[derive(Clone, Debug, Deserialize, Eq, JsonSchema, PartialEq)]
#[serde(try_from = "String")]
#[schemars(inline, extend("minLength" = 1, "maxLength" = CONTENT_LENGTH))]
pub struct Code(String);

impl TryFrom<String> for Code {
    type Error = Problem;

    fn try_from(text: String) -> Result<Self, Problem> {
        bounded(&text, CONTENT_LENGTH)?;
        not_blank(&text)?;
        no_controls(&text, &['\n', '\r', '\t', '\u{c}'])?;
        Ok(Self(text))
    }
}

impl Deref for Code {
    type Target = str;
    fn deref(&self) -> &str {
        &self.0
    }
}
// seaworthy:end sandbox

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_trimmed_and_composed() {
        assert_eq!(
            &*NoteName::try_from(" shopping list ".to_owned()).unwrap(),
            "shopping list"
        );
        assert_eq!(
            NoteName::try_from("u\u{308}ber".to_owned()).unwrap(),
            NoteName::try_from("über".to_owned()).unwrap()
        );
        assert!(NoteName::try_from("n".repeat(NAME_LENGTH)).is_ok());
        // composition makes some characters three
        assert!(NoteName::try_from("\u{fb2c}".repeat(NAME_LENGTH)).is_err());
    }

    #[test]
    fn bad_names_are_refused_with_the_reason() {
        for (name, said) in [
            ("", "is empty"),
            (" \t ", "is blank"),
            (&"n".repeat(NAME_LENGTH + 1), "has 256 characters"),
            ("a\nb", "control character U+000A"),
            ("a\0b", "control character U+0000"),
            ("a\u{202e}txt", "invisible character U+202E"),
            ("a\u{200b}", "invisible character U+200B"),
            ("a/b", "holds /"),
            ("a\\b", "holds \\"),
            ("a..b", "holds .."),
            (".hidden", "holds a leading dot"),
        ] {
            let problem = NoteName::try_from(name.to_owned()).unwrap_err();
            assert!(problem.what.contains(said), "{name:?}: {problem:?}");
        }
    }

    #[test]
    fn contents_are_bounded_text_with_lines() {
        assert!(Content::try_from("a\r\n\tb".to_owned()).is_ok());
        assert!(Content::try_from("c".repeat(CONTENT_LENGTH)).is_ok());
        for (content, said) in [
            (String::new(), "is empty"),
            ("\n \n".to_owned(), "is blank"),
            ("c".repeat(CONTENT_LENGTH + 1), "has 100001 characters"),
            ("a\u{1b}[2J".to_owned(), "control character U+001B"),
        ] {
            let problem = Content::try_from(content).unwrap_err();
            assert!(problem.what.contains(said), "{problem:?}");
        }
    }

    #[test]
    fn a_query_is_one_bounded_line() {
        assert!(Query::try_from(String::new()).is_ok());
        assert!(Query::try_from("q".repeat(QUERY_LENGTH)).is_ok());
        assert!(Query::try_from("q".repeat(QUERY_LENGTH + 1)).is_err());
        assert!(Query::try_from("a\nb".to_owned()).is_err());
    }
    // seaworthy:begin api

    #[test]
    fn a_repository_cannot_lead_to_another_address() {
        for good in ["octocat/hello-world", "a/b.c_d", "a-b/.github"] {
            assert!(Repository::try_from(good.to_owned()).is_ok(), "{good}");
        }
        for bad in [
            "",
            "octocat",
            "/x",
            "a/",
            "a/b/c",
            "a/..",
            "a/.",
            "-a/b",
            "a/b?x=1",
            "a/b#c",
            "a b/c",
            "a%2f/b",
            "http://evil/x",
            "ä/b",
            "a/b\n",
            "@evil/x",
        ] {
            assert!(Repository::try_from(bad.to_owned()).is_err(), "{bad}");
        }
        assert!(Repository::try_from(format!("a/{}", "b".repeat(REPOSITORY_LENGTH))).is_err());
    }
    // seaworthy:end api
    // seaworthy:begin sandbox

    #[test]
    fn code_is_bounded_text_with_lines() {
        assert!(Code::try_from("if x:\n\tprint()\n\u{c}".to_owned()).is_ok());
        for bad in ["", "\n", "a\0b"] {
            assert!(Code::try_from(bad.to_owned()).is_err(), "{bad:?}");
        }
        assert!(Code::try_from("#".repeat(CONTENT_LENGTH + 1)).is_err());
    }
    // seaworthy:end sandbox
}
