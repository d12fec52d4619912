//! Makes values that should fit a schema. It guesses; the validator has the last word.

use std::collections::BTreeSet;

use serde_json::{Map, Number, Value, json};

use super::text;

/// How values are chosen.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Style {
    /// The plainest.
    Plain,
    /// Made up: nothing that the schema itself shows, no small numbers.
    Odd,
    /// By chance.
    Random,
}

/// Steps of one value.
const STEPS: usize = 5_000;
/// How deep a value gets.
const DEPTH: usize = 12;
/// Keywords merged per flattening.
const MERGES: usize = 200;
/// Items and properties that are made at most, of one array or object.
const MEMBERS: usize = 64;

pub(super) struct Maker<'a> {
    root: &'a Value,
    style: Style,
    attempt: usize,
    state: u64,
    left: usize,
}

/// What a local reference points to: a pointer, an anchor, or an `$id`.
pub(super) fn resolve<'a>(root: &'a Value, reference: &str) -> Option<&'a Value> {
    let fragment = reference.strip_prefix('#')?;
    if fragment.is_empty() {
        return Some(root);
    }
    if fragment.starts_with('/') {
        let plain = fragment
            .replace("%25", "%")
            .replace("%24", "$")
            .replace("%20", " ");
        return root.pointer(&plain);
    }
    ["$defs", "definitions"].into_iter().find_map(|place| {
        root.get(place)?
            .as_object()?
            .values()
            .find(|schema| schema["$anchor"] == fragment || schema["$dynamicAnchor"] == fragment)
    })
}

/// A schema with its references and `allOf` merged into one object. Bounded; a reference without end is
/// left as it is.
pub(super) fn flat(root: &Value, schema: &Value) -> Value {
    let mut merged = Map::new();
    let mut left = MERGES;
    merge(root, schema, &mut merged, &mut left, 32);
    Value::Object(merged)
}

fn merge(
    root: &Value,
    schema: &Value,
    into: &mut Map<String, Value>,
    left: &mut usize,
    depth: usize,
) {
    let (Some(keywords), Some(depth)) = (schema.as_object(), depth.checked_sub(1)) else {
        if *schema == Value::Bool(false) {
            into.insert("not".to_owned(), json!(true));
        }
        return;
    };
    for (keyword, value) in keywords {
        let Some(rest) = left.checked_sub(1) else {
            return;
        };
        *left = rest;
        match (keyword.as_str(), value) {
            ("$ref" | "$dynamicRef" | "$recursiveRef", Value::String(reference)) => {
                if let Some(target) = resolve(root, reference) {
                    merge(root, target, into, left, depth);
                }
            }
            ("allOf", Value::Array(all)) => {
                for inner in all.iter().take(MEMBERS) {
                    merge(root, inner, into, left, depth);
                }
            }
            ("$defs" | "definitions" | "$id" | "$schema" | "$anchor", _) => {}
            _ => add(into, keyword, value),
        }
    }
}

/// Adds a keyword to what is there already, so that both hold as far as that is simple.
fn add(into: &mut Map<String, Value>, keyword: &str, value: &Value) {
    let Some(old) = into.get_mut(keyword) else {
        into.insert(keyword.to_owned(), value.clone());
        return;
    };
    match (keyword, &mut *old, value) {
        ("properties", Value::Object(old), Value::Object(new)) => {
            for (name, schema) in new {
                match old.get_mut(name) {
                    Some(known) if known != schema => {
                        *known = json!({"allOf": [known.clone(), schema]});
                    }
                    Some(_) => {}
                    None => {
                        old.insert(name.clone(), schema.clone());
                    }
                }
            }
        }
        ("required", Value::Array(old), Value::Array(new)) => {
            for name in new {
                if !old.contains(name) {
                    old.push(name.clone());
                }
            }
        }
        ("enum", Value::Array(old), Value::Array(new)) => old.retain(|value| new.contains(value)),
        ("type", old, new) => {
            let both: Vec<_> = types(old)
                .into_iter()
                .filter(|name| fits_type(name, &types(new)))
                .collect();
            *old = json!(both);
        }
        ("minimum" | "exclusiveMinimum" | "minLength" | "minItems" | "minProperties", old, new) => {
            if new.as_f64() > old.as_f64() {
                *old = new.clone();
            }
        }
        ("maximum" | "exclusiveMaximum" | "maxLength" | "maxItems" | "maxProperties", old, new) => {
            if new.as_f64() < old.as_f64() {
                *old = new.clone();
            }
        }
        ("default" | "examples" | "title" | "description", _, _) => {}
        (_, old, new) => *old = new.clone(),
    }
}

fn fits_type(name: &str, wanted: &[String]) -> bool {
    wanted
        .iter()
        .any(|other| other == name || (name == "integer" && other == "number"))
}

/// The types that a schema's `type` names.
pub(super) fn types(value: &Value) -> Vec<String> {
    match value {
        Value::String(name) => vec![name.clone()],
        Value::Array(names) => names
            .iter()
            .filter_map(|name| name.as_str().map(str::to_owned))
            .collect(),
        _ => Vec::new(),
    }
}

impl<'a> Maker<'a> {
    pub(super) fn new(root: &'a Value, style: Style, attempt: usize, seed: u64) -> Self {
        Self {
            root,
            style,
            attempt,
            state: seed,
            left: STEPS,
        }
    }

    /// Arguments: always an object.
    pub(super) fn make_root(mut self) -> Option<Value> {
        let mut schema = flat(self.root, self.root);
        if schema.get("type").is_none() {
            schema["type"] = json!("object");
        }
        self.make(&schema, "", DEPTH).filter(Value::is_object)
    }

    /// A value for one schema of those under the root.
    pub(super) fn make_one(mut self, schema: &Value) -> Option<Value> {
        self.make(schema, "", DEPTH)
    }

    /// Splitmix64: a chance that a seed repeats.
    fn random(&mut self, below: usize) -> usize {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.state;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        let mixed = mixed ^ (mixed >> 31);
        usize::try_from(mixed % (below.max(1) as u64)).unwrap_or_default()
    }

    /// Which of so many ways to take.
    fn choose(&mut self, ways: usize) -> usize {
        if self.style == Style::Random {
            self.random(ways)
        } else {
            (self.attempt / 2) % ways.max(1)
        }
    }

    fn make(&mut self, schema: &Value, name: &str, depth: usize) -> Option<Value> {
        self.left = self.left.checked_sub(1)?;
        let depth = depth.checked_sub(1)?;
        if *schema == Value::Bool(false) {
            return None;
        }
        let mut schema = flat(self.root, schema);
        if let Some(value) = schema.get("const") {
            return Some(value.clone());
        }
        if let Some(all) = schema["enum"].as_array() {
            let fitting: Vec<_> = all.iter().take(1_000).collect();
            let index = self.choose(fitting.len());
            return fitting.get(index).map(|value| (*value).clone());
        }
        if self.style == Style::Plain && self.attempt.is_multiple_of(2) {
            let shown = schema["examples"]
                .get(0)
                .or(schema.get("example"))
                .or(schema.get("default"));
            if let Some(value) = shown.filter(|value| !value.is_null()) {
                return Some(value.clone());
            }
        }
        for keyword in ["oneOf", "anyOf"] {
            let Some(ways) = schema[keyword].as_array().cloned() else {
                continue;
            };
            let index = self.choose(ways.len());
            let mut merged = schema.as_object().cloned().unwrap_or_default();
            merged.remove(keyword);
            let mut left = MERGES;
            if let Some(way) = ways.get(index) {
                merge(self.root, way, &mut merged, &mut left, 32);
            }
            schema = Value::Object(merged);
            if let Some(value) = schema.get("const") {
                return Some(value.clone());
            }
            if let Some(value) = schema["enum"].get(0) {
                return Some(value.clone());
            }
        }
        if schema.get("if").is_some() {
            let keyword = if self.choose(2) == 0 { "else" } else { "then" };
            let parts: Vec<_> = if keyword == "then" {
                vec!["if", "then"]
            } else {
                vec!["else"]
            };
            let mut merged = schema.as_object().cloned().unwrap_or_default();
            for part in parts {
                let mut left = MERGES;
                let inner = schema[part].clone();
                merge(self.root, &inner, &mut merged, &mut left, 32);
            }
            schema = Value::Object(merged);
        }
        let kind = self.kind(&schema);
        self.of_kind(&kind, &schema, name, depth)
    }

    /// The type to make.
    fn kind(&mut self, schema: &Value) -> String {
        let mut kinds = types(&schema["type"]);
        // null says least
        kinds.sort_by_key(|kind| kind == "null");
        if kinds.is_empty() {
            let has = |keywords: &[&str]| {
                keywords
                    .iter()
                    .any(|keyword| schema.get(*keyword).is_some())
            };
            let kind = if has(&[
                "properties",
                "required",
                "additionalProperties",
                "minProperties",
            ]) {
                "object"
            } else if has(&["items", "prefixItems", "minItems", "contains"]) {
                "array"
            } else if has(&[
                "minimum",
                "maximum",
                "multipleOf",
                "exclusiveMinimum",
                "exclusiveMaximum",
            ]) {
                "number"
            } else {
                "string"
            };
            return kind.to_owned();
        }
        let index = self.choose(kinds.len());
        kinds.swap_remove(index)
    }

    fn of_kind(&mut self, kind: &str, schema: &Value, name: &str, depth: usize) -> Option<Value> {
        match kind {
            "string" => {
                let odd = self.style == Style::Odd;
                let way = self.choose(4);
                let chance = if self.style == Style::Random {
                    self.random(1 << 16)
                } else {
                    0
                };
                text::make(schema, name, odd, way, chance).map(Value::String)
            }
            "integer" => self.number(schema, name, true),
            "number" => self.number(schema, name, false),
            "boolean" => Some(json!(self.style == Style::Random && self.random(2) == 1)),
            "null" => Some(Value::Null),
            "array" => self.array(schema, name, depth),
            "object" => self.object(schema, depth),
            _ => None,
        }
    }

    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_precision_loss,
        reason = "bounded before"
    )]
    fn number(&mut self, schema: &Value, name: &str, whole: bool) -> Option<Value> {
        let bound = |keyword: &str| schema[keyword].as_f64();
        let step = bound("multipleOf").filter(|step| *step > 0.0);
        let grain = step.unwrap_or(if whole { 1.0 } else { 0.5 });
        let mut low = bound("minimum").unwrap_or(f64::NEG_INFINITY);
        if let Some(over) = bound("exclusiveMinimum") {
            low = low.max(
                over + if whole || step.is_some() {
                    grain
                } else {
                    grain.min(over.abs() / 4.0 + 0.001)
                },
            );
        }
        let mut high = bound("maximum").unwrap_or(f64::INFINITY);
        if let Some(under) = bound("exclusiveMaximum") {
            high = high.min(
                under
                    - if whole || step.is_some() {
                        grain
                    } else {
                        grain.min(under.abs() / 4.0 + 0.001)
                    },
            );
        }
        let mut value: f64 = match self.style {
            // a great number of anything but names could cost the server much
            Style::Odd if is_id(name) => 987_654_321.0,
            Style::Odd | Style::Plain => 1.0,
            Style::Random => self.random(2_000) as f64 - 500.0,
        };
        value = value.min(high).max(low);
        if let Some(step) = step {
            value = (value / step).round() * step;
            if value < low {
                value = (low / step).ceil() * step;
            }
            if value > high {
                value = (high / step).floor() * step;
            }
        } else if whole {
            value = if value <= low {
                value.ceil()
            } else {
                value.floor()
            };
        }
        if value.fract() == 0.0 && value.abs() < 9e15 {
            return Some(json!(value as i64));
        }
        Number::from_f64(value).map(Value::Number)
    }

    fn array(&mut self, schema: &Value, name: &str, depth: usize) -> Option<Value> {
        let mut least = schema["minItems"].as_u64().unwrap_or_default();
        if schema.get("contains").is_some() {
            least = least.max(schema["minContains"].as_u64().unwrap_or(1));
        }
        if self.style == Style::Random {
            least += self.random(3) as u64;
            least = least.min(schema["maxItems"].as_u64().unwrap_or(u64::MAX));
        } else if least == 0 && self.attempt >= 4 {
            least = 1;
        }
        let least = usize::try_from(least)
            .ok()
            .filter(|least| *least <= MEMBERS)?;
        let prefix = schema["prefixItems"]
            .as_array()
            .or(schema["items"].as_array())
            .cloned()
            .unwrap_or_default();
        let other = if schema["items"].is_array() {
            &schema["additionalItems"]
        } else {
            &schema["items"]
        };
        let other = if other.is_null() {
            &schema["contains"]
        } else {
            other
        };
        let mut items: Vec<Value> = Vec::new();
        for index in 0..least {
            let inner = prefix.get(index).unwrap_or(other);
            let inner = if inner.is_null() {
                &json!({"type": "string"})
            } else {
                inner
            };
            let mut item = self.make(inner, name, depth)?;
            if schema["uniqueItems"] == true && items.contains(&item) {
                item = vary(inner, &item, index)?;
            }
            items.push(item);
        }
        Some(Value::Array(items))
    }

    fn object(&mut self, schema: &Value, depth: usize) -> Option<Value> {
        let mut object = Map::new();
        let mut wanted: BTreeSet<String> = BTreeSet::new();
        let required = schema["required"]
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(Value::as_str);
        wanted.extend(required.take(1_000).map(str::to_owned));
        let properties = schema["properties"].as_object();
        let small = depth > 1 && self.style == Style::Random;
        for name in properties
            .into_iter()
            .flat_map(Map::keys)
            .take(if small { MEMBERS } else { 0 })
        {
            if self.random(2) == 0 {
                wanted.insert(name.clone());
            }
        }
        let least = schema["minProperties"].as_u64().unwrap_or_default();
        let least = usize::try_from(least)
            .ok()
            .filter(|least| *least <= MEMBERS)?;
        for name in properties.into_iter().flat_map(Map::keys) {
            if wanted.len() >= least {
                break;
            }
            wanted.insert(name.clone());
        }
        let depends = schema["dependentRequired"].as_object();
        for (name, others) in depends.into_iter().flatten() {
            if wanted.contains(name) {
                let others = others
                    .as_array()
                    .into_iter()
                    .flatten()
                    .filter_map(Value::as_str);
                wanted.extend(others.map(str::to_owned));
            }
        }
        let own = |name: &str| properties.and_then(|properties| properties.get(name));
        let patterned = schema["patternProperties"].as_object();
        for index in 0..least.saturating_sub(wanted.len()) {
            let made = patterned
                .and_then(|all| all.keys().next())
                .and_then(|pattern| super::pattern::matching(pattern, index % 2 == 1, index));
            wanted.insert(made.unwrap_or_else(|| format!("key{index}")));
        }
        for name in wanted {
            let inner = own(&name)
                .or_else(|| patterned.and_then(|all| all.values().next()))
                .or(schema
                    .get("additionalProperties")
                    .filter(|schema| schema.is_object()))
                .cloned()
                .unwrap_or_else(|| json!({"type": "string"}));
            // one that is optional and cannot be made is left out
            match self.make(&inner, &name, depth) {
                Some(value) => {
                    object.insert(name, value);
                }
                None if is_required(schema, &name) => return None,
                None => {}
            }
        }
        Some(Value::Object(object))
    }
}

fn is_id(name: &str) -> bool {
    crate::verbs::words(name)
        .last()
        .is_some_and(|last| matches!(last.as_str(), "id" | "number" | "key" | "ref"))
}

fn is_required(schema: &Value, name: &str) -> bool {
    schema["required"]
        .as_array()
        .into_iter()
        .flatten()
        .any(|other| other == name)
}

/// Another value, for arrays whose items differ.
fn vary(schema: &Value, value: &Value, index: usize) -> Option<Value> {
    if let Some(all) = schema["enum"].as_array() {
        return all.get(index).cloned();
    }
    match value {
        Value::String(text) => Some(json!(format!("{text}{index}"))),
        Value::Number(number) => Some(json!(
            number.as_i64()?.checked_add(i64::try_from(index).ok()?)?
        )),
        Value::Bool(flag) => Some(json!(!flag)),
        _ => None,
    }
}
