//! Samples: arguments that differ from plain ones in one thing.

use serde_json::{Value, json};

use super::{Inputs, make::types, text::LONGEST};

/// What is special about a sample.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub enum Kind {
    /// Valid: a value at a bound, or one of an enumeration.
    Boundary,
    /// A required argument is not there.
    Missing,
    /// A value is of a type that its schema does not take.
    WrongType,
    /// A value is beyond a bound.
    BeyondBound,
    /// A value is not one of the enumeration.
    NotInEnum,
    /// An argument that the schema does not know and forbids.
    Unknown,
}

/// Arguments, and what is special about them.
#[derive(Clone, Debug, PartialEq)]
pub struct Sample {
    /// The arguments.
    pub arguments: Value,
    /// What is special.
    pub kind: Kind,
    /// The argument that it is about.
    pub argument: String,
}

/// Arguments of one tool that are varied, and all arguments of all its samples together.
const ARGUMENTS: usize = 40;
const ALL: usize = 8_000;

/// How many arguments are varied where each sample has so many.
fn varied(base: &Value) -> usize {
    ARGUMENTS.min(ALL / base.as_object().map_or(1, |object| object.len().max(1)))
}
/// Words of arguments that say how long to wait, or how much to do.
const WAITS: [&str; 9] = [
    "delay",
    "duration",
    "interval",
    "iterations",
    "ms",
    "seconds",
    "sleep",
    "steps",
    "wait",
];
/// The longest array of a sample.
const ITEMS: u64 = 200;
/// The argument that no schema knows.
pub(crate) const UNKNOWN: &str = "unexpected_argument";

fn with(base: &Value, name: &str, value: Value) -> Value {
    let mut arguments = base.clone();
    if let Some(object) = arguments.as_object_mut() {
        object.insert(name.to_owned(), value);
    }
    arguments
}

pub(super) fn boundaries(inputs: &Inputs) -> Vec<Sample> {
    let Some(base) = inputs.valid() else {
        return Vec::new();
    };
    let mut samples: Vec<Sample> = Vec::new();
    for name in inputs.arguments().into_iter().take(varied(&base)) {
        let waits = crate::verbs::words(&name)
            .iter()
            .any(|word| WAITS.contains(&word.as_str()));
        for value in at_bounds(&inputs.argument(&name)) {
            // a server that is told to wait an hour does so rightly
            if waits && value.as_f64().is_some_and(|number| number > 2.0) {
                continue;
            }
            let arguments = with(&base, &name, value);
            if inputs.accepts(&arguments)
                && samples.iter().all(|sample| sample.arguments != arguments)
            {
                samples.push(Sample {
                    arguments,
                    kind: Kind::Boundary,
                    argument: name.clone(),
                });
            }
        }
    }
    samples
}

fn at_bounds(schema: &Value) -> Vec<Value> {
    let mut values: Vec<Value> = schema["enum"]
        .as_array()
        .into_iter()
        .flatten()
        .take(8)
        .cloned()
        .collect();
    for keyword in ["minimum", "maximum"] {
        values.extend(schema.get(keyword).cloned());
    }
    for (keyword, step) in [("exclusiveMinimum", 1), ("exclusiveMaximum", -1)] {
        values.extend(
            schema[keyword]
                .as_i64()
                .and_then(|bound| bound.checked_add(step))
                .map(|bound| json!(bound)),
        );
    }
    let kinds = types(&schema["type"]);
    let is = |name: &str| kinds.iter().any(|kind| kind == name);
    if is("integer") || is("number") {
        values.extend([
            json!(0),
            json!(-1),
            json!(i64::from(i32::MAX)),
            json!(9_007_199_254_740_991_i64),
        ]);
    }
    if is("string") {
        let least = schema["minLength"].as_u64().unwrap_or_default();
        let most = schema["maxLength"].as_u64().unwrap_or(10_000);
        for length in [least, most] {
            if let Some(length) = usize::try_from(length)
                .ok()
                .filter(|length| *length <= LONGEST)
            {
                values.push(json!("x".repeat(length)));
            }
        }
    }
    if is("array") {
        values.push(json!([]));
        let one = super::make::Maker::new(schema, super::make::Style::Plain, 4, 1)
            .make_one(&schema["items"]);
        for count in [schema["minItems"].as_u64(), schema["maxItems"].as_u64()]
            .into_iter()
            .flatten()
        {
            if count <= ITEMS {
                values.extend(
                    one.clone()
                        .map(|one| json!(vec![one; usize::try_from(count).unwrap_or_default()])),
                );
            }
        }
    }
    if is("boolean") {
        values.extend([json!(false), json!(true)]);
    }
    if is("null") {
        values.push(Value::Null);
    }
    values
}

pub(super) fn invalid(inputs: &Inputs) -> Vec<Sample> {
    let Some(base) = inputs.valid() else {
        return Vec::new();
    };
    let mut samples = Vec::new();
    let mut add = |arguments: Value, kind: Kind, name: &str| {
        if inputs.forbids(&arguments) {
            samples.push(Sample {
                arguments,
                kind,
                argument: name.to_owned(),
            });
            return true;
        }
        false
    };
    for name in inputs.required().into_iter().take(varied(&base)) {
        let mut arguments = base.clone();
        if let Some(object) = arguments.as_object_mut() {
            object.remove(&name);
        }
        add(arguments, Kind::Missing, &name);
    }
    for name in inputs.arguments().into_iter().take(varied(&base)) {
        let schema = inputs.argument(&name);
        for value in wrong(&schema) {
            if add(with(&base, &name, value), Kind::WrongType, &name) {
                break;
            }
        }
        for value in beyond(&schema) {
            add(with(&base, &name, value), Kind::BeyondBound, &name);
        }
        if schema["enum"].is_array() && schema["enum"].get(0).is_some_and(Value::is_string) {
            add(
                with(&base, &name, json!("not_one_of_them")),
                Kind::NotInEnum,
                &name,
            );
        }
    }
    add(with(&base, UNKNOWN, json!("x")), Kind::Unknown, UNKNOWN);
    samples
}

/// Values of other types, the most telling first.
fn wrong(schema: &Value) -> Vec<Value> {
    let kinds = types(&schema["type"]);
    let object = json!({"unexpected": "object"});
    let text = json!("of the wrong type");
    let number = json!(-1.5);
    if kinds
        .iter()
        .any(|kind| matches!(kind.as_str(), "integer" | "number" | "boolean" | "object"))
    {
        vec![text, object, number, json!([[]]), Value::Null]
    } else {
        vec![object, number, text, json!([[]]), Value::Null]
    }
}

fn beyond(schema: &Value) -> Vec<Value> {
    let mut values = Vec::new();
    let number = |keyword: &str, step: i64| {
        schema[keyword]
            .as_i64()
            .and_then(|bound| bound.checked_add(step))
            .map(|bound| json!(bound))
    };
    values.extend(number("minimum", -1));
    values.extend(number("maximum", 1));
    values.extend(number("exclusiveMinimum", 0));
    values.extend(number("exclusiveMaximum", 0));
    let length = |keyword: &str| {
        schema[keyword]
            .as_u64()
            .and_then(|length| usize::try_from(length).ok())
    };
    if let Some(length) = length("maxLength").filter(|length| *length < LONGEST) {
        values.push(json!("x".repeat(length + 1)));
    }
    if let Some(length) = length("minLength").filter(|length| (1..LONGEST).contains(length)) {
        values.push(json!("x".repeat(length - 1)));
    }
    values
}
