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

/// Looks for the smallest value that still fails, step by step: ask for a candidate, try it, tell.
#[derive(Debug)]
pub struct Shrinker {
    best: Value,
    candidates: std::vec::IntoIter<Value>,
    tried: Option<Value>,
}

impl Shrinker {
    /// Begins with a value that fails.
    pub fn new(value: Value) -> Self {
        Self {
            candidates: smaller(&value).into_iter(),
            best: value,
            tried: None,
        }
    }

    /// The next value to try; none where none is smaller.
    pub fn candidate(&mut self) -> Option<Value> {
        self.tried = self.candidates.next();
        self.tried.clone()
    }

    /// Tells whether the last candidate fails too.
    pub fn told(&mut self, fails: bool) {
        if let (true, Some(value)) = (fails, self.tried.take()) {
            self.candidates = smaller(&value).into_iter();
            self.best = value;
        }
    }

    /// The smallest value so far that fails.
    pub fn best(self) -> Value {
        self.best
    }
}
