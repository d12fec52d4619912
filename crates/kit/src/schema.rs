//! JSON Schemas as small as they can be and still say everything.
//!
//! Every byte of a tool's schema is paid for in each conversation, and some clients warn about
//! keywords that others emit (`$schema`, `format: uint32`). [`input`] derives the schema from
//! the argument type and leaves only what a model can use.

use rmcp::model::JsonObject;
use schemars::{JsonSchema, generate::SchemaSettings};
use serde_json::Value;

/// The input schema of the argument type `T`. Unknown arguments are refused by the type
/// (`deny_unknown_fields`), and the schema says so.
pub fn input<T: JsonSchema>() -> JsonObject {
    let settings =
        SchemaSettings::draft2020_12().with(|settings| settings.inline_subschemas = true);
    let schema = settings.into_generator().into_root_schema_for::<T>();
    let mut schema = match schema.to_value() {
        Value::Object(object) => object,
        _ => JsonObject::new(),
    };
    for key in ["$schema", "title", "description"] {
        schema.remove(key);
    }
    schema
        .entry("properties")
        .or_insert_with(|| Value::Object(JsonObject::new()));
    schema.insert("additionalProperties".to_owned(), Value::Bool(false));
    if let Some(Value::Object(properties)) = schema.get_mut("properties") {
        properties.values_mut().for_each(shrink);
    }
    schema
}

/// The schema of the data type `T` as it is written: named types stay apart under `$defs`, and a
/// value that may be absent is `null`.
pub fn output<T: JsonSchema>() -> JsonObject {
    let settings = SchemaSettings::draft2020_12().for_serialize();
    let schema = settings.into_generator().into_root_schema_for::<T>();
    match schema.to_value() {
        Value::Object(object) => object,
        _ => JsonObject::new(),
    }
}

/// Drops what a model cannot use: number formats, empty defaults, `null` as an alternative of an
/// optional argument, `oneOf` constants that an `enum` says shorter.
fn shrink(schema: &mut Value) {
    let Value::Object(object) = schema else {
        return;
    };
    object.remove("format");
    let unsaid = [Value::Null, Value::Bool(false), Value::Array(Vec::new())];
    if object
        .get("default")
        .is_some_and(|default| unsaid.contains(default))
    {
        object.remove("default");
    }
    if let Some(Value::Array(types)) = object.get_mut("type") {
        types.retain(|kind| kind != "null");
        if let [only] = types.as_slice() {
            let only = only.clone();
            object.insert("type".to_owned(), only);
        }
    }
    if let Some(Value::Array(values)) = object.get_mut("enum") {
        values.retain(|value| !value.is_null());
    }
    lift_only_alternative(object);
    // said once, at the top; the type refuses unknown names at every depth. A map says what it holds
    if object.get("additionalProperties") == Some(&Value::Bool(false)) {
        object.remove("additionalProperties");
    }
    if let Some(items) = object.get_mut("items") {
        shrink(items);
    }
    if let Some(Value::Object(properties)) = object.get_mut("properties") {
        properties.values_mut().for_each(shrink);
    }
}

/// `anyOf: [X, null]` of an optional argument becomes `X`.
fn lift_only_alternative(object: &mut JsonObject) {
    let Some(Value::Array(alternatives)) = object.get("anyOf") else {
        return;
    };
    let mut real = alternatives
        .iter()
        .filter(|schema| schema.get("type") != Some(&Value::String("null".to_owned())));
    if let (Some(Value::Object(only)), None) = (real.next().cloned(), real.next()) {
        object.remove("anyOf");
        for (key, value) in only {
            object.entry(key).or_insert(value);
        }
        let mut lifted = Value::Object(std::mem::take(object));
        shrink(&mut lifted);
        if let Value::Object(lifted) = lifted {
            *object = lifted;
        }
    }
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;
    use serde_json::json;

    use super::*;
    use crate::input::{Count, Line, List};

    #[derive(Deserialize, JsonSchema)]
    #[serde(rename_all = "lowercase")]
    enum State {
        Open,
        Closed,
    }

    #[derive(Deserialize, JsonSchema)]
    #[serde(deny_unknown_fields)]
    #[expect(dead_code, reason = "only its schema is used")]
    struct Arguments {
        /// owner/name
        repo: Line<140>,
        /// which ones
        state: Option<State>,
        /// from here
        #[serde(default)]
        line: Option<Count<1, 9>>,
        /// all of these
        #[serde(default)]
        labels: List<Line<50>, 10>,
    }

    #[test]
    fn schemas_are_small_and_complete() {
        assert_eq!(
            Value::Object(input::<Arguments>()),
            json!({
                "type": "object",
                "properties": {
                    "repo": {"type": "string", "maxLength": 140, "description": "owner/name"},
                    "state": {"type": "string", "enum": ["open", "closed"], "description": "which ones"},
                    "line": {"type": "integer", "minimum": 1, "maximum": 9, "description": "from here"},
                    "labels": {"type": "array", "maxItems": 10, "description": "all of these",
                        "items": {"type": "string", "maxLength": 50}}
                },
                "required": ["repo"],
                "additionalProperties": false
            })
        );
    }
}
