//! TOML.

use serde_json::{Map, Value};
use toml_edit::{Array, DocumentMut, InlineTable, Item, Table, TableLike, TomlError, value};

use super::EditError;

fn parse(text: &str) -> Result<DocumentMut, EditError> {
    text.parse().map_err(|error| invalid(text, &error))
}

/// The parser's own display quotes the file, which may hold secrets.
fn invalid(text: &str, error: &TomlError) -> EditError {
    let at = error.span().map_or(0, |span| span.start).min(text.len());
    let line = text.get(..at).unwrap_or_default().matches('\n').count() + 1;
    EditError::Invalid {
        format: "TOML",
        reason: format!("line {line}"),
    }
}

fn table<'a>(
    document: &'a DocumentMut,
    section: &[String],
) -> Result<Option<&'a dyn TableLike>, EditError> {
    let mut table: &dyn TableLike = document.as_table();
    for part in section {
        let Some(item) = table.get(part) else {
            return Ok(None);
        };
        table = item
            .as_table_like()
            .ok_or_else(|| EditError::NoTable(part.clone()))?;
    }
    Ok(Some(table))
}

pub(super) fn entries(text: &str, section: &[String]) -> Result<Map<String, Value>, EditError> {
    let document = parse(text)?;
    let Some(table) = table(&document, section)? else {
        return Ok(Map::new());
    };
    Ok(table
        .iter()
        .map(|(name, item)| (name.to_owned(), as_json(item)))
        .collect())
}

pub(super) fn put(
    text: &str,
    section: &[String],
    name: &str,
    entry: &Value,
) -> Result<String, EditError> {
    let mut document = parse(text)?;
    // refuses what is in the way, before anything is changed
    table(&document, section)?;
    let mut table: &mut dyn TableLike = document.as_table_mut();
    for part in section {
        let item = table.entry(part).or_insert_with(|| {
            let mut table = Table::new();
            // `[a.b.c]` alone, without `[a]` and `[a.b]` before it
            table.set_implicit(true);
            Item::Table(table)
        });
        table = item
            .as_table_like_mut()
            .ok_or_else(|| EditError::NoTable(part.clone()))?;
    }
    table.insert(name, as_table(entry));
    Ok(document.to_string())
}

pub(super) fn remove(
    text: &str,
    section: &[String],
    name: &str,
) -> Result<Option<String>, EditError> {
    let mut document = parse(text)?;
    if table(&document, section)?.is_none_or(|table| table.get(name).is_none()) {
        return Ok(None);
    }
    let mut table: &mut dyn TableLike = document.as_table_mut();
    for part in section {
        table = table
            .get_mut(part)
            .and_then(Item::as_table_like_mut)
            .ok_or_else(|| EditError::NoTable(part.clone()))?;
    }
    table.remove(name);
    Ok(Some(document.to_string()))
}

fn as_json(item: &Item) -> Value {
    match item {
        Item::None => Value::Null,
        Item::Value(value) => value_as_json(value),
        Item::Table(table) => Value::Object(
            table
                .iter()
                .map(|(key, item)| (key.to_owned(), as_json(item)))
                .collect(),
        ),
        Item::ArrayOfTables(tables) => tables
            .iter()
            .map(|table| as_json(&Item::Table(table.clone())))
            .collect(),
    }
}

fn value_as_json(value: &toml_edit::Value) -> Value {
    match value {
        toml_edit::Value::String(text) => Value::String(text.value().clone()),
        toml_edit::Value::Integer(number) => Value::from(*number.value()),
        toml_edit::Value::Float(number) => Value::from(*number.value()),
        toml_edit::Value::Boolean(value) => Value::Bool(*value.value()),
        toml_edit::Value::Datetime(time) => Value::String(time.value().to_string()),
        toml_edit::Value::Array(items) => items.iter().map(value_as_json).collect(),
        toml_edit::Value::InlineTable(table) => Value::Object(
            table
                .iter()
                .map(|(key, value)| (key.to_owned(), value_as_json(value)))
                .collect(),
        ),
    }
}

/// An entry as a table of its own, with inline values.
fn as_table(entry: &Value) -> Item {
    let Value::Object(entry) = entry else {
        return as_item(entry);
    };
    let mut table = Table::new();
    for (key, value) in entry {
        table.insert(key, as_item(value));
    }
    Item::Table(table)
}

fn as_item(entry: &Value) -> Item {
    inline(entry).map_or(Item::None, value)
}

/// TOML has no null: what is null is left out.
fn inline(entry: &Value) -> Option<toml_edit::Value> {
    Some(match entry {
        Value::Null => return None,
        Value::Bool(value) => (*value).into(),
        Value::Number(number) => match number.as_i64() {
            Some(number) => number.into(),
            None => number.as_f64()?.into(),
        },
        Value::String(text) => text.as_str().into(),
        Value::Array(items) => items.iter().filter_map(inline).collect::<Array>().into(),
        Value::Object(object) => object
            .iter()
            .filter_map(|(key, value)| Some((key, inline(value)?)))
            .collect::<InlineTable>()
            .into(),
    })
}
