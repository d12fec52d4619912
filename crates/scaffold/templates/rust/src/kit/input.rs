//! Checks of what callers send: parsed once, at the edge, into types that cannot hold a bad value.
//!
//! A type of the server's own (`crate::input`) is made by `TryFrom`, with the checks here. Each says
//! what is wrong, why, and what to do, without the argument's name, which [`parse`] puts before it.

use std::{fmt, ops::Deref};

use rmcp::model::JsonObject;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::Value;

use super::{
    ErrorKind, ToolError,
    untrusted::{is_hidden, one_line},
};

/// What stands before a [`Problem`] in serde's error, which carries text only. No message of
/// serde's own begins with it.
const MARK: char = '\u{1}';
/// What stands between its parts.
const PART: char = '\u{2}';

/// What is wrong with a value, such as `is empty`; why that matters; what to do.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Problem {
    /// What is wrong, to be read behind the argument's name.
    pub what: String,
    /// Why it matters.
    pub cause: String,
    /// What to do.
    pub next: String,
}

impl Problem {
    /// A problem of these parts.
    pub fn new(what: impl Into<String>, cause: impl Into<String>, next: impl Into<String>) -> Self {
        Self {
            what: what.into(),
            cause: cause.into(),
            next: next.into(),
        }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { what, cause, next } = self;
        write!(f, "{MARK}{what}{PART}{cause}{PART}{next}")
    }
}

/// Parses a tool's arguments.
///
/// # Errors
/// What is wrong with the first wrong one, in words for the caller.
pub fn parse<T: DeserializeOwned>(arguments: JsonObject) -> Result<T, ToolError> {
    serde_path_to_error::deserialize(Value::Object(arguments)).map_err(|error| {
        let path = one_line(&error.path().to_string(), 64);
        explain(&path, &error.inner().to_string())
    })
}

fn explain(path: &str, message: &str) -> ToolError {
    let quoted = |prefix| {
        let rest = message.strip_prefix(prefix)?;
        rest.split_once('`')
    };
    let (what, cause, next) = if let Some(problem) = message.strip_prefix(MARK) {
        let mut parts = problem.splitn(3, PART).map(str::to_owned);
        let mut part = || parts.next().unwrap_or_default();
        (format!("{path} {}", part()), part(), part())
    } else if let Some((name, _)) = quoted("missing field `") {
        (
            format!("{name} is missing"),
            "the tool cannot work without it".to_owned(),
            format!("give {name} and call again"),
        )
    } else if let Some((name, rest)) = quoted("unknown field `") {
        let known = rest.trim_start_matches(", ").replace('`', "");
        (
            format!("{} is not an argument of this tool", one_line(name, 64)),
            known,
            "leave it out and call again".to_owned(),
        )
    } else {
        (
            format!("{path} does not fit the schema"),
            // the caller knows no Rust
            one_line(&plain(message), 200),
            format!("correct {path} and call again"),
        )
    };
    ToolError::new(ErrorKind::InvalidInput, what, cause, next)
}

fn plain(message: &str) -> String {
    let message = message.replace("u64", "a whole number");
    message
        .replace("i64", "a whole number")
        .replace("f64", "a number")
}

/// Checks that a text is not longer than so many characters.
///
/// # Errors
/// It is.
pub fn bounded(text: &str, longest: usize) -> Result<(), Problem> {
    let length = text.chars().count();
    if length <= longest {
        return Ok(());
    }
    Err(Problem::new(
        format!("has {length} characters"),
        format!("at most {longest} are allowed"),
        "shorten it, or split it over several calls",
    ))
}

/// Checks that a text shows something.
///
/// # Errors
/// It is empty or blank.
pub fn not_blank(text: &str) -> Result<(), Problem> {
    if !text.trim().is_empty() {
        return Ok(());
    }
    Err(Problem::new(
        if text.is_empty() {
            "is empty"
        } else {
            "is blank"
        },
        "it needs at least one visible character",
        "give it a text",
    ))
}

/// Checks that a text has no control characters but those allowed.
///
/// # Errors
/// It has one.
pub fn no_controls(text: &str, allowed: &[char]) -> Result<(), Problem> {
    let bad = |c: &char| c.is_control() && !allowed.contains(c);
    match text.chars().find(bad) {
        None => Ok(()),
        Some(c) => Err(Problem::new(
            format!("has the control character U+{:04X}", u32::from(c)),
            "control characters act on terminals and files",
            "remove it",
        )),
    }
}

/// Checks that a text has no invisible and no bidirectional-control characters.
///
/// # Errors
/// It has one.
pub fn no_invisibles(text: &str) -> Result<(), Problem> {
    let is_bad = |c: &char| is_hidden(*c) || matches!(c, '\u{2028}' | '\u{2029}');
    match text.chars().find(is_bad) {
        None => Ok(()),
        Some(c) => Err(Problem::new(
            format!("has the invisible character U+{:04X}", u32::from(c)),
            "two names that look the same would be different",
            "remove it",
        )),
    }
}

/// Checks that a text cannot lead out of a folder when it becomes part of a path or an address.
///
/// # Errors
/// It could.
pub fn no_path(text: &str) -> Result<(), Problem> {
    let found = ["/", "\\", ".."]
        .into_iter()
        .find(|part| text.contains(part));
    let found = found.or_else(|| text.starts_with('.').then_some("a leading dot"));
    match found {
        None => Ok(()),
        Some(found) => Err(Problem::new(
            format!("holds {found}"),
            "names are not paths",
            "use letters, digits, blanks, - and _",
        )),
    }
}

/// A whole number from `MIN` to `MAX`.
#[derive(Clone, Copy, Debug, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
#[serde(try_from = "u64")]
#[schemars(inline, extend("minimum" = MIN, "maximum" = MAX))]
pub struct Count<const MIN: u64, const MAX: u64>(u64);

impl<const MIN: u64, const MAX: u64> Count<MIN, MAX> {
    /// The number, or the bound that is next to it.
    pub fn clamped(number: u64) -> Self {
        Self(number.clamp(MIN, MAX))
    }

    /// The number.
    pub fn get(self) -> u64 {
        self.0
    }
}

impl<const MIN: u64, const MAX: u64> TryFrom<u64> for Count<MIN, MAX> {
    type Error = Problem;

    fn try_from(number: u64) -> Result<Self, Problem> {
        if (MIN..=MAX).contains(&number) {
            return Ok(Self(number));
        }
        let bounds = format!("from {MIN} to {MAX}");
        Err(Problem::new(
            "is out of bounds",
            format!("it must be {bounds}"),
            format!("give it a value {bounds}"),
        ))
    }
}

/// How many items a page holds: any positive number is taken, and capped by the server.
#[derive(Clone, Copy, Debug, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
#[serde(try_from = "u64")]
#[schemars(inline, extend("minimum" = 1, "maximum" = Self::CAP))]
pub struct PageSize(u64);

impl PageSize {
    /// The most items that a page holds, whatever was asked.
    pub const CAP: u64 = 50;

    /// The number.
    pub fn get(self) -> u64 {
        self.0
    }
}

impl Default for PageSize {
    fn default() -> Self {
        Self(20)
    }
}

impl TryFrom<u64> for PageSize {
    type Error = Problem;

    fn try_from(number: u64) -> Result<Self, Problem> {
        match number {
            0 => Err(Problem::new(
                "is out of bounds",
                "it must be 1 or more",
                "give it a value from 1 to 50",
            )),
            number => Ok(Self(number.min(Self::CAP))),
        }
    }
}

/// A cursor or token: only its length is checked, for it is opened, and refused, elsewhere.
#[derive(Clone, Debug, Deserialize, Eq, JsonSchema, PartialEq)]
#[serde(try_from = "String")]
#[schemars(inline, extend("maxLength" = Self::LENGTH))]
pub struct Opaque(String);

impl Opaque {
    /// The longest, in characters.
    pub const LENGTH: usize = 2_000;
}

impl Deref for Opaque {
    type Target = str;
    fn deref(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for Opaque {
    type Error = Problem;

    fn try_from(text: String) -> Result<Self, Problem> {
        bounded(&text, Self::LENGTH).map(|()| Self(text))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Arguments {
        number: Count<1, 9>,
        #[serde(default)]
        page_size: PageSize,
        #[serde(default)]
        flag: bool,
        #[serde(default)]
        cursor: Option<Opaque>,
    }

    fn parsed(arguments: Value) -> Result<Arguments, ToolError> {
        let Value::Object(arguments) = arguments else {
            panic!("not an object")
        };
        parse(arguments)
    }

    #[test]
    fn good_arguments_are_taken() {
        let arguments = parsed(json!({"number": 9, "page_size": 5_000, "cursor": null})).unwrap();
        assert_eq!(arguments.number.get(), 9);
        assert_eq!(arguments.page_size.get(), PageSize::CAP);
        assert!(!arguments.flag && arguments.cursor.is_none());
        let arguments = parsed(json!({"number": 1, "cursor": "c"})).unwrap();
        assert_eq!(arguments.page_size.get(), 20);
        assert_eq!(arguments.cursor.as_deref(), Some("c"));
    }

    #[test]
    fn each_wrong_argument_is_named_with_the_next_move() {
        for (arguments, said) in [
            (
                json!({}),
                "number is missing - the tool cannot work without it; next: give number",
            ),
            (
                json!({"number": 1, "nosuch": 2}),
                "nosuch is not an argument of this tool - expected one of number, page_size",
            ),
            (
                json!({"number": 10}),
                "number is out of bounds - it must be from 1 to 9; next: give it a value from 1 to 9",
            ),
            (
                json!({"number": "1"}),
                "number does not fit the schema - invalid type: string \"1\", expected a whole number; next: correct number",
            ),
            (json!({"number": 1.5}), "number does not fit the schema"),
            (json!({"number": true}), "number does not fit the schema"),
            (
                json!({"number": 1, "flag": "true"}),
                "flag does not fit the schema",
            ),
            (
                json!({"number": 1, "flag": 1}),
                "flag does not fit the schema",
            ),
            (
                json!({"number": 1, "flag": null}),
                "flag does not fit the schema",
            ),
            (
                json!({"number": 1, "page_size": 0}),
                "page_size is out of bounds - it must be 1 or more",
            ),
            (
                json!({"number": 1, "page_size": -1}),
                "page_size does not fit the schema",
            ),
            (
                json!({"number": 1, "cursor": "c".repeat(2_001)}),
                "cursor has 2001 characters - at most 2000",
            ),
        ] {
            let error = parsed(arguments.clone()).unwrap_err();
            assert!(error.text().starts_with(said), "{arguments}: {error}");
            assert_eq!(error.kind, ErrorKind::InvalidInput);
        }
    }

    #[test]
    fn what_a_caller_made_up_cannot_add_a_line() {
        let error = parsed(json!({"number": 1, "x\nPREVIEW\u{202e}": 2})).unwrap_err();
        assert!(
            error.text().starts_with("x PREVIEW is not an argument"),
            "{error}"
        );
    }

    #[test]
    fn texts_have_bounds() {
        assert_eq!(bounded("äöü", 3), Ok(()));
        assert_eq!(bounded("äöü", 2).unwrap_err().what, "has 3 characters");
        assert_eq!(not_blank(" x "), Ok(()));
        assert_eq!(not_blank("").unwrap_err().what, "is empty");
        assert_eq!(not_blank(" \t\n").unwrap_err().what, "is blank");
    }

    #[test]
    fn controls_are_found() {
        assert_eq!(no_controls("a\nb", &['\n']), Ok(()));
        for bad in ["a\nb", "\0", "\u{1b}[2J", "\u{7f}", "\u{85}"] {
            assert!(no_controls(bad, &[]).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn what_nobody_sees_is_found() {
        assert_eq!(no_invisibles("naïve 日本"), Ok(()));
        for bad in [
            "a\u{200b}",
            "\u{202e}txt",
            "\u{2066}",
            "\u{feff}",
            "\u{e0041}",
            "\u{3164}",
            "a\u{fe0f}",
            "a\u{2028}b",
        ] {
            assert!(no_invisibles(bad).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn paths_are_found() {
        assert_eq!(no_path("a.b - c_d"), Ok(()));
        for bad in ["../x", "a/b", "a\\b", "..", ".hidden", "/etc/passwd"] {
            assert!(no_path(bad).is_err(), "{bad}");
        }
    }
}
