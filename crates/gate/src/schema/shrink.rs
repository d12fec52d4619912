//! Smaller values that may fail in the same way.

use serde_json::{Value, json};

/// Candidates of one step.
const CANDIDATES: usize = 40;

/// Values that are a little smaller, the smallest first.
pub fn smaller(value: &Value) -> Vec<Value> {
    let mut found = Vec::new();
    collect(value, 4, &mut found);
    found.truncate(CANDIDATES);
    found
}

fn collect(value: &Value, depth: usize, found: &mut Vec<Value>) {
    match value {
        Value::String(text) if !text.is_empty() => {
            let count = text.chars().count();
            found.push(json!(""));
            if count > 1 {
                found.push(json!(text.chars().take(count / 2).collect::<String>()));
                found.push(json!(text.chars().skip(count / 2).collect::<String>()));
            }
        }
        Value::Number(number) if number.as_f64() != Some(0.0) => {
            found.push(json!(0));
            if let Some(whole) = number.as_i64().filter(|whole| whole.abs() > 1) {
                found.push(json!(whole / 2));
            }
        }
        Value::Array(items) if !items.is_empty() => {
            found.push(json!([]));
            if items.len() > 1 {
                found.push(json!(items[..items.len() / 2]));
                found.push(json!(items[items.len() / 2..]));
            }
            nest(items.iter().enumerate(), depth, found, |index, smaller| {
                let mut items = items.clone();
                items[index] = smaller;
                json!(items)
            });
        }
        Value::Object(object) => {
            for name in object.keys().take(CANDIDATES) {
                let mut fewer = object.clone();
                fewer.remove(name);
                found.push(Value::Object(fewer));
            }
            nest(object.iter(), depth, found, |name, smaller| {
                let mut object = object.clone();
                object.insert(name.clone(), smaller);
                Value::Object(object)
            });
        }
        _ => {}
    }
}

fn nest<'a, K>(
    members: impl Iterator<Item = (K, &'a Value)>,
    depth: usize,
    found: &mut Vec<Value>,
    mut put: impl FnMut(K, Value) -> Value,
) where
    K: Clone,
{
    let Some(depth) = depth.checked_sub(1) else {
        return;
    };
    for (key, member) in members.take(CANDIDATES) {
        if found.len() >= CANDIDATES {
            return;
        }
        let mut inner = Vec::new();
        collect(member, depth, &mut inner);
        inner.truncate(CANDIDATES);
        found.extend(inner.into_iter().map(|smaller| put(key.clone(), smaller)));
    }
}

/// The smallest value that still fails, as far as so many tries reach. `fails` is asked for each
/// candidate.
pub async fn shrink<F>(value: Value, tries: usize, mut fails: F) -> Value
where
    F: AsyncFnMut(&Value) -> bool,
{
    let mut best = value;
    let mut left = tries;
    'smaller: loop {
        for candidate in smaller(&best) {
            if left == 0 {
                return best;
            }
            left -= 1;
            if fails(&candidate).await {
                best = candidate;
                continue 'smaller;
            }
        }
        return best;
    }
}
