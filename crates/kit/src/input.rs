//! Argument types that cannot hold a bad value: parsed once, at the edge, with the reason in the
//! error. Each describes itself as a bounded JSON Schema, so that the model sees the same limits.
//!
//! A product adds its own (a repository name, a branch) beside these in the same way: a newtype
//! with `TryFrom<String>`, `#[serde(try_from = "String")]` and an inline schema.

use std::{borrow::Cow, ops::Deref};

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, de};

use crate::{ToolError, untrusted};

/// Parses a tool's arguments.
///
/// # Errors
/// What is wrong and where, in words for the caller.
pub fn parse<T: de::DeserializeOwned>(arguments: rmcp::model::JsonObject) -> Result<T, ToolError> {
    serde_path_to_error::deserialize(serde_json::Value::Object(arguments)).map_err(|error| {
        let path = error.path().to_string();
        let reason = error.inner().to_string();
        // the caller knows no Rust
        let reason = reason.replace("expected u64", "expected a whole number");
        let reason = untrusted::one_line(&reason, 300);
        let what = if path == "." {
            format!("invalid arguments: {reason}")
        } else {
            format!("invalid argument {path}: {reason}")
        };
        ToolError::invalid(what, "correct the argument and call again")
    })
}

/// A multi-line text of at most `MAX` characters, without control characters other than line
/// breaks and tabs.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Text<const MAX: usize>(String);

/// One line of 1 to `MAX` characters, without control characters.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Line<const MAX: usize>(String);

/// A whole number from `MIN` to `MAX`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
pub struct Count<const MIN: u64, const MAX: u64>(u64);

/// A list of at most `MAX` items.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct List<T, const MAX: usize>(Vec<T>);

/// How many items a page holds: any positive number is accepted, and capped by the server at
/// [`PageSize::CAP`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
pub struct PageSize(usize);

impl PageSize {
    /// The most items that a page holds, whatever was asked.
    pub const CAP: usize = 50;
    /// The most items that a page of data holds: no model reads it, so it costs no context.
    pub const DATA_CAP: usize = 100;

    /// The number asked for, or `default`.
    pub fn or(size: Option<Self>, default: usize) -> usize {
        size.map_or(default, |Self(size)| size.min(Self::CAP))
    }

    /// As [`Self::or`], for a page of data.
    pub fn of_data(size: Option<Self>, default: usize) -> usize {
        size.map_or(default, |Self(size)| size)
    }
}

fn checked(text: String, min: usize, max: usize, lines: bool) -> Result<String, String> {
    let length = text.chars().count();
    if length < min {
        return Err("is empty".to_owned());
    }
    if length > max {
        return Err(format!(
            "has {length} characters; at most {max} are allowed"
        ));
    }
    if let Some(bad) = text
        .chars()
        .find(|c| c.is_control() && !(lines && matches!(c, '\n' | '\r' | '\t')))
    {
        return Err(format!("has the control character U+{:04X}", bad as u32));
    }
    if min > 0 && text.trim().is_empty() {
        return Err("is blank".to_owned());
    }
    Ok(text)
}

impl<'de, const MAX: usize> Deserialize<'de> for Text<MAX> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        checked(String::deserialize(deserializer)?, 0, MAX, true)
            .map(Self)
            .map_err(de::Error::custom)
    }
}

impl<'de, const MAX: usize> Deserialize<'de> for Line<MAX> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        checked(String::deserialize(deserializer)?, 1, MAX, false)
            .map(Self)
            .map_err(de::Error::custom)
    }
}

impl<'de, const MIN: u64, const MAX: u64> Deserialize<'de> for Count<MIN, MAX> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let number = u64::deserialize(deserializer)?;
        if (MIN..=MAX).contains(&number) {
            Ok(Self(number))
        } else {
            Err(de::Error::custom(format!(
                "{number} is not from {MIN} to {MAX}"
            )))
        }
    }
}

impl<'de, T: Deserialize<'de>, const MAX: usize> Deserialize<'de> for List<T, MAX> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let items = Vec::deserialize(deserializer)?;
        if items.len() > MAX {
            return Err(de::Error::custom(format!(
                "has {} items; at most {MAX} are allowed",
                items.len()
            )));
        }
        Ok(Self(items))
    }
}

impl<'de> Deserialize<'de> for PageSize {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match u64::deserialize(deserializer)? {
            0 => Err(de::Error::custom("0 is not from 1 to 50")),
            size => Ok(Self(
                usize::try_from(size).map_or(Self::DATA_CAP, |size| size.min(Self::DATA_CAP)),
            )),
        }
    }
}

impl<const MAX: usize> Deref for Text<MAX> {
    type Target = str;
    fn deref(&self) -> &str {
        &self.0
    }
}

impl<const MAX: usize> Deref for Line<MAX> {
    type Target = str;
    fn deref(&self) -> &str {
        &self.0
    }
}

impl<const MIN: u64, const MAX: u64> Count<MIN, MAX> {
    /// The number.
    pub fn get(self) -> u64 {
        self.0
    }
}

impl<T, const MAX: usize> Deref for List<T, MAX> {
    type Target = [T];
    fn deref(&self) -> &[T] {
        &self.0
    }
}

impl<T, const MAX: usize> Default for List<T, MAX> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<const MAX: usize> JsonSchema for Text<MAX> {
    fn inline_schema() -> bool {
        true
    }
    fn schema_name() -> Cow<'static, str> {
        "Text".into()
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "maxLength": MAX })
    }
}

impl<const MAX: usize> JsonSchema for Line<MAX> {
    fn inline_schema() -> bool {
        true
    }
    fn schema_name() -> Cow<'static, str> {
        "Line".into()
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "maxLength": MAX })
    }
}

impl<const MIN: u64, const MAX: u64> JsonSchema for Count<MIN, MAX> {
    fn inline_schema() -> bool {
        true
    }
    fn schema_name() -> Cow<'static, str> {
        "Count".into()
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "integer", "minimum": MIN, "maximum": MAX })
    }
}

impl JsonSchema for PageSize {
    fn inline_schema() -> bool {
        true
    }
    fn schema_name() -> Cow<'static, str> {
        "PageSize".into()
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "integer", "minimum": 1, "maximum": Self::CAP })
    }
}

impl<T: JsonSchema, const MAX: usize> JsonSchema for List<T, MAX> {
    fn inline_schema() -> bool {
        true
    }
    fn schema_name() -> Cow<'static, str> {
        "List".into()
    }
    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "array", "maxItems": MAX, "items": generator.subschema_for::<T>() })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Arguments {
        #[serde(default)]
        #[expect(dead_code, reason = "only parsed here")]
        labels: List<Line<5>, 2>,
        size: Option<PageSize>,
        #[serde(default)]
        #[expect(dead_code, reason = "only parsed here")]
        confirm: bool,
    }

    fn refuse(arguments: serde_json::Value) -> String {
        let serde_json::Value::Object(arguments) = arguments else {
            panic!("an object")
        };
        parse::<Arguments>(arguments).unwrap_err().what
    }

    #[test]
    fn each_refusal_names_the_argument_and_the_reason() {
        same(
            &refuse(json!({"labels": ["ok", "toolong"]})),
            "invalid argument labels[1]: has 7 characters; at most 5 are allowed",
        );
        same(
            &refuse(json!({"labels": ["a", "b", "c"]})),
            "invalid argument labels: has 3 items; at most 2 are allowed",
        );
        same(
            &refuse(json!({"labels": ["a\u{7}"]})),
            "invalid argument labels[0]: has the control character U+0007",
        );
        same(
            &refuse(json!({"size": 0})),
            "invalid argument size: 0 is not from 1 to 50",
        );
        same(
            &refuse(json!({"size": "3"})),
            "invalid argument size: invalid type: string \"3\", expected a whole number",
        );
        same(
            &refuse(json!({"confirm": 1})),
            "invalid argument confirm: invalid type: integer `1`, expected a boolean",
        );
        assert!(refuse(json!({"nope": 1})).contains("unknown field `nope`"));
    }

    fn same(got: &str, wanted: &str) {
        assert_eq!(got, wanted);
    }

    #[test]
    fn page_size_is_capped_whatever_is_asked() {
        let arguments: Arguments =
            serde_json::from_value(json!({"size": 18_446_744_073_709_551_615_u64})).unwrap();
        assert_eq!(PageSize::or(arguments.size, 30), 50);
        assert_eq!(PageSize::of_data(arguments.size, 30), 100);
        assert_eq!(PageSize::or(None, 30), 30);
    }

    #[test]
    fn a_huge_wrong_value_is_not_echoed_whole() {
        assert!(refuse(json!({"size": "9".repeat(1_000_000)})).len() < 400);
    }
}
