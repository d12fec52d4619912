//! Values from JSON Schema 2020-12.

use serde_json::{Map, Value, json};

/// A value that fits a schema: the required properties, with the plainest values.
pub fn valid(schema: &Value) -> Value {
    if let Some(value) = schema.get("const").or(schema.get("default")) {
        return value.clone();
    }
    if let Some(value) = schema["enum"].get(0).or(schema["examples"].get(0)) {
        return value.clone();
    }
    match schema["type"].as_str().unwrap_or("object") {
        "string" => json!("x"),
        "integer" | "number" => schema.get("minimum").cloned().unwrap_or(json!(1)),
        "boolean" => json!(false),
        "array" => json!([]),
        "null" => Value::Null,
        _ => {
            let mut object = Map::new();
            for name in schema["required"]
                .as_array()
                .into_iter()
                .flatten()
                .filter_map(Value::as_str)
            {
                object.insert(name.to_owned(), valid(&schema["properties"][name]));
            }
            Value::Object(object)
        }
    }
}
