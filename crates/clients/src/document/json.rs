//! JSON, with comments or without.

use jsonc_parser::{
    ParseOptions,
    cst::{CstInputValue, CstObject, CstRootNode},
    errors::ParseError,
};
use serde_json::{Map, Value};

use super::EditError;

fn parse(text: &str, comments: bool) -> Result<CstRootNode, EditError> {
    let options = ParseOptions {
        allow_comments: comments,
        allow_trailing_commas: comments,
        allow_loose_object_property_names: false,
        allow_missing_commas: false,
        allow_single_quoted_strings: false,
        allow_hexadecimal_numbers: false,
        allow_unary_plus_numbers: false,
        ..ParseOptions::default()
    };
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    if !comments && !text.trim().is_empty() {
        // the editing parser takes a comment before the first value in any case
        serde_json::from_str::<Value>(text).map_err(|error| EditError::Invalid {
            format: "JSON",
            reason: format!("line {}, column {}", error.line(), error.column()),
        })?;
    }
    CstRootNode::parse(text, &options).map_err(|error| invalid(&error))
}

/// The parser's own message quotes the file, which may hold secrets.
fn invalid(error: &ParseError) -> EditError {
    EditError::Invalid {
        format: "JSON",
        reason: format!(
            "line {}, column {}",
            error.line_display(),
            error.column_display()
        ),
    }
}

/// The table of entries, if it is there.
fn table(root: &CstRootNode, section: &[String]) -> Result<Option<CstObject>, EditError> {
    let Some(value) = root.value() else {
        return Ok(None);
    };
    let mut table = value
        .as_object()
        .ok_or_else(|| EditError::NoTable("the file".to_owned()))?;
    for part in section {
        let Some(property) = table.get(part) else {
            return Ok(None);
        };
        table = property
            .object_value()
            .ok_or_else(|| EditError::NoTable(part.clone()))?;
    }
    Ok(Some(table))
}

pub(super) fn entries(
    text: &str,
    section: &[String],
    comments: bool,
) -> Result<Map<String, Value>, EditError> {
    let root = parse(text, comments)?;
    let table = table(&root, section)?;
    match table.and_then(|table| table.to_serde_value()) {
        Some(Value::Object(entries)) => Ok(entries),
        _ => Ok(Map::new()),
    }
}

pub(super) fn put(
    text: &str,
    section: &[String],
    name: &str,
    entry: &Value,
    comments: bool,
) -> Result<String, EditError> {
    let root = parse(text, comments)?;
    // refuses what is in the way, before anything is changed
    table(&root, section)?;
    let is_new = root.value().is_none();
    let mut table = root.object_value_or_set();
    for part in section {
        table = table.object_value_or_set(part);
    }
    match table.get(name) {
        Some(property) => property.set_value(input(entry)),
        None => {
            table.append(name, input(entry));
        }
    }
    let mut text = root.to_string();
    if is_new && !text.ends_with('\n') {
        text.push('\n');
    }
    Ok(text)
}

pub(super) fn remove(
    text: &str,
    section: &[String],
    name: &str,
    comments: bool,
) -> Result<Option<String>, EditError> {
    let root = parse(text, comments)?;
    let Some(property) = table(&root, section)?.and_then(|table| table.get(name)) else {
        return Ok(None);
    };
    property.remove();
    Ok(Some(root.to_string()))
}

fn input(value: &Value) -> CstInputValue {
    match value {
        Value::Null => CstInputValue::Null,
        Value::Bool(value) => CstInputValue::Bool(*value),
        Value::Number(number) => CstInputValue::Number(number.to_string()),
        Value::String(text) => CstInputValue::String(text.clone()),
        Value::Array(items) => CstInputValue::Array(items.iter().map(input).collect()),
        Value::Object(object) => CstInputValue::Object(
            object
                .iter()
                .map(|(key, value)| (key.clone(), input(value)))
                .collect(),
        ),
    }
}
