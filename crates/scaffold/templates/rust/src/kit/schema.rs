//! JSON Schemas as small as they can be and still say everything.
//!
//! Every byte of a tool's schema is paid for in each conversation, and some clients warn about
//! keywords that others emit (`$schema`, `format: uint32`).

use rmcp::model::JsonObject;
use schemars::{JsonSchema, generate::SchemaSettings};
use serde_json::Value;

/// The input schema of the argument type `T`, which refuses unknown arguments
/// (`deny_unknown_fields`), as the schema says.
pub fn input<T: JsonSchema>() -> JsonObject {
    let settings =
        SchemaSettings::draft2020_12().with(|settings| settings.inline_subschemas = true);
    let schema = settings.into_generator().into_root_schema_for::<T>();
    let Value::Object(mut schema) = schema.to_value() else {
        return JsonObject::new();
    };
    for key in ["$schema", "title", "description"] {
        schema.remove(key);
    }
    schema
        .entry("properties")
        .or_insert_with(|| Value::Object(JsonObject::new()));
    schema.insert("additionalProperties".to_owned(), Value::Bool(false));
    if let Some(Value::Object(properties)) = schema.get_mut("properties") {
        for property in properties.values_mut() {
            if let Value::Object(property) = property {
                shrink(property);
            }
        }
    }
    schema
}

/// Drops what a model cannot use: number formats, defaults that say nothing, and `null` as an
/// alternative of an optional argument.
fn shrink(property: &mut JsonObject) {
    if let Some(Value::Array(alternatives)) = property.get_mut("anyOf") {
        alternatives.retain(|schema| schema.get("type") != Some(&Value::from("null")));
        if let [Value::Object(only)] = alternatives.as_mut_slice() {
            let only = std::mem::take(only);
            property.remove("anyOf");
            for (key, value) in only {
                property.entry(key).or_insert(value);
            }
        }
    }
    property.remove("format");
    property.retain(|key, value| key != "default" || !value.is_null());
    if let Some(Value::Array(values)) = property.get_mut("enum") {
        values.retain(|value| !value.is_null());
    }
    if let Some(Value::Array(types)) = property.get_mut("type") {
        types.retain(|kind| kind != "null");
        if let [only] = types.as_slice() {
            let only = only.clone();
            property.insert("type".to_owned(), only);
        }
    }
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;
    use serde_json::json;

    use super::*;
    use crate::kit::input::{Count, Opaque, PageSize};

    #[derive(Deserialize, JsonSchema)]
    #[serde(deny_unknown_fields)]
    #[expect(dead_code, reason = "only its schema is used")]
    struct Arguments {
        /// which one
        number: Count<1, 9>,
        /// how many
        #[serde(default)]
        page_size: PageSize,
        /// from here
        #[serde(default)]
        cursor: Option<Opaque>,
    }

    #[test]
    fn schemas_are_small_and_complete() {
        assert_eq!(
            Value::Object(input::<Arguments>()),
            json!({
                "type": "object",
                "properties": {
                    "number": {"type": "integer", "minimum": 1, "maximum": 9, "description": "which one"},
                    "page_size": {"type": "integer", "minimum": 1, "maximum": 50, "default": 20, "description": "how many"},
                    "cursor": {"type": "string", "maxLength": 2000, "description": "from here"},
                },
                "required": ["number"],
                "additionalProperties": false
            })
        );
    }
}
