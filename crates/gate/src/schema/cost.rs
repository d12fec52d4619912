//! What validating a value would cost. A validator follows a schema wherever it leads: into references
//! that come back to themselves without going down in the value, or into a fan of references that
//! doubles at each step. This walk takes the same ways with a bound on its steps.

use serde_json::Value;

use super::make::resolve;

/// Steps of one walk.
const STEPS: usize = 50_000;
/// How deep a walk goes; each step of a validator takes some stack.
const DEPTH: usize = 150;
/// The nodes of a schema that is compiled.
const NODES: usize = 200_000;

/// Keywords whose schemas look at the same value.
const HERE: [&str; 7] = [
    "not",
    "if",
    "then",
    "else",
    "$ref",
    "$dynamicRef",
    "$recursiveRef",
];
/// Keywords whose lists of schemas look at the same value.
const HERE_MANY: [&str; 3] = ["allOf", "anyOf", "oneOf"];

/// Whether a value can be validated within the bounds.
pub(super) fn is_affordable(schema: &Value, value: &Value) -> bool {
    let mut left = STEPS;
    walk(schema, schema, value, DEPTH, &mut left).is_some()
}

/// The number of a schema's nodes; none where it is too large or too deep to be compiled.
pub(super) fn nodes(schema: &Value) -> Option<usize> {
    let mut left = NODES;
    fits(schema, DEPTH, &mut left).then(|| NODES - left)
}

fn fits(value: &Value, depth: usize, left: &mut usize) -> bool {
    if depth == 0 || *left == 0 {
        return false;
    }
    *left -= 1;
    match value {
        Value::Array(items) => items.iter().all(|item| fits(item, depth - 1, left)),
        Value::Object(object) => object.values().all(|item| fits(item, depth - 1, left)),
        _ => true,
    }
}

fn walk(root: &Value, schema: &Value, value: &Value, depth: usize, left: &mut usize) -> Option<()> {
    let Some(keywords) = schema.as_object() else {
        return Some(());
    };
    let depth = depth.checked_sub(1)?;
    *left = left.checked_sub(1)?;
    for keyword in HERE {
        match keywords.get(keyword) {
            Some(Value::String(reference)) => {
                if let Some(target) = resolve(root, reference) {
                    walk(root, target, value, depth, left)?;
                }
            }
            Some(inner) => walk(root, inner, value, depth, left)?,
            None => {}
        }
    }
    for keyword in HERE_MANY {
        for inner in keywords
            .get(keyword)
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
        {
            walk(root, inner, value, depth, left)?;
        }
    }
    for inner in keywords
        .get("dependentSchemas")
        .and_then(Value::as_object)
        .into_iter()
        .flatten()
    {
        walk(root, inner.1, value, depth, left)?;
    }
    match value {
        Value::Object(object) => {
            for (name, inner) in object {
                *left = left.checked_sub(1)?;
                let known = keywords.get("properties").and_then(|known| known.get(name));
                let patterns = keywords.get("patternProperties").and_then(Value::as_object);
                let rest = [
                    "additionalProperties",
                    "unevaluatedProperties",
                    "propertyNames",
                ]
                .into_iter()
                .filter_map(|keyword| keywords.get(keyword));
                for schema in known
                    .into_iter()
                    .chain(patterns.into_iter().flat_map(|all| all.values()))
                    .chain(rest)
                {
                    walk(root, schema, inner, depth, left)?;
                }
            }
        }
        Value::Array(items) => {
            for (index, inner) in items.iter().enumerate() {
                *left = left.checked_sub(1)?;
                let prefix = keywords
                    .get("prefixItems")
                    .and_then(|prefix| prefix.get(index));
                let tuple = keywords.get("items").and_then(|tuple| tuple.get(index));
                let rest = ["items", "additionalItems", "contains", "unevaluatedItems"]
                    .into_iter()
                    .filter_map(|keyword| keywords.get(keyword));
                for schema in prefix.into_iter().chain(tuple).chain(rest) {
                    walk(root, schema, inner, depth, left)?;
                }
            }
        }
        _ => {}
    }
    Some(())
}
