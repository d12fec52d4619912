//! Values that break what was not written for them.

use serde_json::{Value, json};

use super::make::types;

/// The length of the longest hostile text.
const LONG: usize = 1 << 20;
/// How deep hostile nesting goes: within what a JSON parser takes of an answer that repeats it.
const DEEP: usize = 90;

/// An array in an array in an array.
pub(crate) fn deep() -> Value {
    (0..DEEP).fold(json!(1), |inner, _| json!([inner]))
}

/// Hostile values for an argument, by its type: some fit the schema, some do not.
pub(crate) fn hostile(schema: &Value) -> Vec<(&'static str, Value)> {
    let kinds = types(&schema["type"]);
    let is = |name: &str| kinds.is_empty() || kinds.iter().any(|kind| kind == name);
    let mut values = Vec::new();
    if is("string") {
        values.extend([
            ("an empty text", json!("")),
            ("a NUL", json!("a\u{0}b")),
            (
                "emoji and marks",
                json!("\u{1f469}\u{200d}\u{1f680}e\u{301}\u{202e}\u{feff}"),
            ),
            ("format marks", json!("%s%n%x {0} {{}} ${x} #{x}")),
            ("a text of 1 MiB", json!("x".repeat(LONG))),
            ("control characters", json!("\u{1b}[31m\r\n\t\u{8}\u{7f}")),
            ("quotes and backslashes", json!("'\"`\\\\'--;")),
            ("regex marks", json!("(((([a-z]+)+)+$[*")),
            ("a name of the language", json!("__proto__")),
            ("no number", json!("NaN")),
        ]);
    }
    if is("integer") || is("number") {
        values.extend([
            ("a negative number", json!(-1)),
            ("zero", json!(0)),
            ("a fraction", json!(0.5)),
            ("a number beyond 2^53", json!(9_007_199_254_740_993_i64)),
            ("the smallest integer", json!(i64::MIN)),
            ("a number of 308 digits", json!(1e308)),
        ]);
    }
    if is("array") {
        values.extend([
            ("an empty array", json!([])),
            ("an array of 10,000", json!(vec![Value::Null; 10_000])),
        ]);
    }
    if is("object") {
        values.extend([
            ("an empty object", json!({})),
            (
                "odd keys",
                json!({"": "", "__proto__": {"a": 1}, "a\u{0}": 1}),
            ),
        ]);
    }
    values.push(("deep nesting", deep()));
    values.push(("null", Value::Null));
    values
}
