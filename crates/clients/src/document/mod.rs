//! A configuration file as text: entries are read, put and removed, and everything else, comments
//! and blanks included, stays as its owner wrote it.
//!
//! A file that does not parse is never touched: some clients replace such a file with an empty one, and
//! what is in it may still be mended by hand.

use serde_json::{Map, Value};

mod json;
mod toml;

/// How a client's file is written.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Format {
    /// JSON and nothing else.
    Json,
    /// JSON with comments and trailing commas.
    Jsonc,
    /// TOML.
    Toml,
}

/// A file that cannot be edited.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum EditError {
    /// It is not what its format says.
    #[error("it is not valid {format}: {reason}")]
    Invalid {
        /// `JSON` or `TOML`.
        format: &'static str,
        /// Where and why. It holds nothing of the file's values.
        reason: String,
    },
    /// Something else is where the entries belong.
    #[error("{0} is not a table of servers there")]
    NoTable(String),
}

impl Format {
    /// The entries below `section`, in the file's order; an empty text has none.
    ///
    /// # Errors
    /// The text cannot be read.
    pub fn entries(self, text: &str, section: &[String]) -> Result<Map<String, Value>, EditError> {
        match self {
            Self::Json | Self::Jsonc => json::entries(text, section, self == Self::Jsonc),
            Self::Toml => toml::entries(text, section),
        }
    }

    /// The text with an entry below `section`, put in the place of one of that name.
    ///
    /// # Errors
    /// The text cannot be edited.
    pub fn put(
        self,
        text: &str,
        section: &[String],
        name: &str,
        entry: &Value,
    ) -> Result<String, EditError> {
        match self {
            Self::Json | Self::Jsonc => json::put(text, section, name, entry, self == Self::Jsonc),
            Self::Toml => toml::put(text, section, name, entry),
        }
    }

    /// The text without the entry, and without tables that only held it; `None` where there is no such
    /// entry.
    ///
    /// # Errors
    /// The text cannot be edited.
    pub fn remove(
        self,
        text: &str,
        section: &[String],
        name: &str,
    ) -> Result<Option<String>, EditError> {
        match self {
            Self::Json | Self::Jsonc => json::remove(text, section, name, self == Self::Jsonc),
            Self::Toml => toml::remove(text, section, name),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn path(section: &[&str]) -> Vec<String> {
        section.iter().map(|part| (*part).to_owned()).collect()
    }

    #[test]
    fn what_is_put_is_read_and_removed_again() {
        let entry = json!({"command": "/bin/x", "args": ["a b", "\"c\""], "env": {"A": "1"}, "timeout": 5, "on": true});
        for format in [Format::Json, Format::Jsonc, Format::Toml] {
            for section in [
                path(&["servers"]),
                path(&["projects", "/a/b.c d", "servers"]),
            ] {
                let text = format.put("", &section, "new-one", &entry).unwrap();
                let entries = format.entries(&text, &section).unwrap();
                assert_eq!(entries["new-one"], entry, "{format:?}: {text}");
                let again = format
                    .put(&text, &section, "new-one", &json!({"command": "y"}))
                    .unwrap();
                let entries = format.entries(&again, &section).unwrap();
                assert_eq!(
                    Value::Object(entries),
                    json!({"new-one": {"command": "y"}}),
                    "{again}"
                );
                let gone = format.remove(&again, &section, "new-one").unwrap().unwrap();
                assert_eq!(format.entries(&gone, &section).unwrap().len(), 0);
                assert_eq!(format.remove(&gone, &section, "new-one").unwrap(), None);
            }
        }
    }

    #[test]
    fn what_the_owner_wrote_stays() {
        let section = path(&["servers"]);
        let entry = json!({"command": "x"});
        for (format, text) in [
            (
                Format::Jsonc,
                "// mine\n{\n\t\"theme\": \"dark\", // why not\n\t\"servers\": {\n\t\t/* other */\n\t\t\"other\": { \"command\": \"o\" },\n\t},\n}\n",
            ),
            (
                Format::Json,
                "{\r\n    \"servers\": {\r\n        \"other\": {\"command\": \"o\"}\r\n    },\r\n    \"n\": 1.50\r\n}\r\n",
            ),
            (
                Format::Toml,
                "# mine\ntheme = \"dark\" # why not\n\n[servers.other] # other\ncommand = 'o'\n\n[z]\nn = 5\n",
            ),
        ] {
            let with = format.put(text, &section, "new", &entry).unwrap();
            assert_ne!(with, text);
            assert_eq!(format.entries(&with, &section).unwrap().len(), 2, "{with}");
            let without = format.remove(&with, &section, "new").unwrap().unwrap();
            assert_eq!(without, text, "{with}");
        }
    }

    #[test]
    fn what_does_not_parse_or_fit_is_left_alone() {
        let section = path(&["servers"]);
        for (format, text) in [
            (Format::Json, "{"),
            (Format::Json, "{\"a\": 1,}"),
            (Format::Json, "// x\n{}"),
            (Format::Json, "[]"),
            (Format::Json, "{\"servers\": []}"),
            (Format::Json, "{} {}"),
            (Format::Jsonc, "{\"servers\": null}"),
            (Format::Jsonc, "{\"servers\" 1}"),
            (Format::Toml, "a ="),
            (Format::Toml, "servers = 1"),
        ] {
            assert!(format.entries(text, &section).is_err(), "{format:?} {text}");
            assert!(
                format.put(text, &section, "x", &json!({})).is_err(),
                "{format:?} {text}"
            );
            assert!(
                format.remove(text, &section, "x").is_err(),
                "{format:?} {text}"
            );
        }
    }

    #[test]
    fn an_error_tells_no_value() {
        let section = path(&["servers"]);
        for (format, text) in [
            (Format::Json, "{\"token\": \"s3cret\" \"x\": s3cret}"),
            (Format::Toml, "token = s3cret"),
        ] {
            let error = format.entries(text, &section).unwrap_err().to_string();
            assert!(!error.contains("s3cret"), "{error}");
            assert!(error.contains("line 1"), "{error}");
        }
    }
}
