//! A model fills in what it understands, and as much as it is let.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use crate::{
    finding::{ExchangeId, Place},
    rule::{Basis, Check, Docs, Level, Outcome, Reach, Rule},
    surface::{Surface, Tool},
    thresholds, verbs,
};

pub(super) static RULE: Rule = Rule {
    id: "N06",
    name: "parameters-described",
    summary: "every parameter is described and bounded",
    level: Level::Warning,
    basis: Basis::Should,
    reach: Reach::Reads,
    docs: Docs {
        what: "Each parameter in inputSchema, nested ones too, has a description that says more than its \
               name and its type; for a nested one the description of what it is in may do, if it names it. Each is bounded: strings by maxLength, enum, const, pattern or format, \
               numbers by minimum and maximum, arrays by maxItems, objects by properties or maxProperties.",
        why: "Models guess at parameters that nobody explains; missing explanations are the most common \
              fault of tool descriptions. Bounds tell a model what is sensible, and stop a call of ten \
              million characters before it reaches the code.",
        source: "Anthropic, \"Writing effective tools for agents\": unambiguous, strict parameters; arXiv \
                 2602.14878: parameters go unexplained in most of 856 tools; MCP 2025-11-25, Tools, \
                 Security: servers MUST validate all tool inputs.",
        bad: "\"limit\": {\"type\": \"integer\"}",
        good: "\"limit\": {\"type\": \"integer\", \"description\": \"How many notes to return at most.\", \
               \"minimum\": 1, \"maximum\": 50}",
        fix: "Add a description to each parameter that is named: what it means, its form, an example. Add \
              the bounds that the code can bear.",
    },
    checks: &[Check::Surface(check)],
};

fn check(surface: &Surface) -> Outcome {
    let exchange = surface
        .walk("tools/list")
        .and_then(|walk| walk.exchanges.first().copied());
    let mut outcome = Outcome::pass();
    let mut any = false;
    for tool in surface.tools.iter().take(thresholds::TOOLS_JUDGED) {
        if tool.only_in.is_some()
            && surface
                .tool(&tool.name)
                .is_some_and(|t| t.only_in.is_none())
        {
            continue;
        }
        any |= tool.parameters().next().is_some() || tool.input_schema.is_object();
        judge(tool, exchange, &mut outcome);
    }
    if !any {
        return Outcome::not_applicable("it lists no tools that take arguments");
    }
    if surface.tools.len() > thresholds::TOOLS_JUDGED {
        outcome.unknown(format!(
            "only the first {} tools were looked at",
            thresholds::TOOLS_JUDGED
        ));
    }
    outcome
}

fn judge(tool: &Tool, exchange: Option<ExchangeId>, outcome: &mut Outcome) {
    let mut walk = Walk {
        root: &tool.input_schema,
        seen: BTreeSet::new(),
        left: thresholds::SUBSCHEMAS,
        undescribed: Vec::new(),
        unbounded: Vec::new(),
        around: Vec::new(),
    };
    walk.properties(&tool.input_schema, "", 0);
    for (path, said) in &walk.undescribed {
        let place = Place::Parameter(tool.name.clone(), path.clone());
        let fix = format!(
            "Add to \"{}\": \"description\": \"...\", saying what it means, its form, and an example.",
            path.rsplit('.').next().unwrap_or(path)
        );
        let finding = match said {
            None => RULE.finding(place, "the parameter has no description", fix),
            Some(said) => RULE
                .finding(
                    place,
                    "the description says no more than the parameter's name or type",
                    fix,
                )
                .text("description", said),
        };
        outcome.find(finding.exchange(exchange).key("description"));
    }
    if walk.unbounded.is_empty() {
        return;
    }
    let few: Vec<_> = walk.unbounded.iter().take(8).collect();
    let more = walk.unbounded.len() - few.len();
    let mut named: Vec<_> = few.iter().map(|(path, _)| path.as_str()).collect();
    let rest = format!("{more} more");
    if more > 0 {
        named.push(&rest);
    }
    let lines: Vec<_> = few
        .iter()
        .map(|(path, bound)| format!("{path}: {bound}"))
        .collect();
    outcome.find(
        RULE.finding(
            Place::Tool(tool.name.clone()),
            format!("without bounds: {}", named.join(", ")),
            format!(
                "Bound them by what the code can bear, such as {}.",
                lines.join("; ")
            ),
        )
        .exchange(exchange)
        .key("bounds"),
    );
}

/// A walk over the parameters of one tool.
struct Walk<'a> {
    root: &'a Value,
    /// Parameters that were judged, by path: alternatives repeat them.
    seen: BTreeSet<String>,
    left: usize,
    undescribed: Vec<(String, Option<String>)>,
    /// Paths, and the keywords that are missing with a likely value.
    unbounded: Vec<(String, &'static str)>,
    /// The descriptions of the parameters around this one, the nearest last.
    around: Vec<String>,
}

/// Whether a text names a parameter, as a word of its own.
fn names(text: &str, name: &str) -> bool {
    text.split(|character: char| !character.is_alphanumeric() && character != '_')
        .any(|word| word == name)
}

impl<'a> Walk<'a> {
    /// The properties of an object schema, and of its alternatives.
    fn properties(&mut self, schema: &'a Value, path: &str, depth: usize) {
        if depth > thresholds::SCHEMA_DEPTH {
            return;
        }
        for schema in self.parts(schema, depth) {
            for (name, property) in schema["properties"].as_object().into_iter().flatten() {
                let below = if path.is_empty() {
                    name.clone()
                } else {
                    format!("{path}.{name}")
                };
                if self.left == 0 {
                    return;
                }
                self.left -= 1;
                if !self.seen.insert(below.clone()) {
                    continue;
                }
                self.parameter(name, property, &below, depth);
            }
        }
    }

    fn parameter(&mut self, name: &str, property: &'a Value, path: &str, depth: usize) {
        let parts = self.parts(property, depth);
        // one value is no choice that needs words
        let fixed = parts.iter().any(|part| part.get("const").is_some());
        let said: Vec<_> = parts
            .iter()
            .filter_map(|part| part["description"].as_str())
            .map(str::trim)
            .filter(|said| !said.is_empty())
            .collect();
        let named_around = self.around.last().is_some_and(|text| names(text, name));
        if said.is_empty() && !fixed && !named_around {
            self.undescribed.push((path.to_owned(), None));
        } else if !said.is_empty() && said.iter().all(|said| is_hollow(name, said)) {
            self.undescribed
                .push((path.to_owned(), Some(said[0].to_owned())));
        }
        self.bounds(property, path, &Map::new(), depth);
        let said = said.join(" ");
        self.around.push(said);
        self.below(property, path, depth + 1);
        self.around.pop();
    }

    /// What is within arrays and objects.
    fn below(&mut self, schema: &'a Value, path: &str, depth: usize) {
        if depth > thresholds::SCHEMA_DEPTH {
            return;
        }
        self.properties(schema, path, depth);
        for part in self.parts(schema, depth) {
            let items = format!("{path}[]");
            let values = format!("{path}.*");
            let children = [
                (&items, &part["items"]),
                (&items, &part["prefixItems"]),
                (&values, &part["additionalProperties"]),
            ];
            for (path, child) in children {
                let children = match child {
                    Value::Array(many) => many.iter().collect(),
                    Value::Object(_) => vec![child],
                    _ => continue,
                };
                for child in children {
                    if self.left == 0 {
                        return;
                    }
                    self.left -= 1;
                    if self.seen.insert(path.clone()) {
                        self.bounds(child, path, &Map::new(), depth);
                    }
                    self.below(child, path, depth + 1);
                }
            }
        }
    }

    /// A schema, what it refers to, and its alternatives, all the way down.
    fn parts(&self, schema: &'a Value, depth: usize) -> Vec<&'a Value> {
        let mut parts = Vec::new();
        let mut left = vec![(schema, depth)];
        while let Some((schema, depth)) = left.pop() {
            if depth > thresholds::SCHEMA_DEPTH || parts.len() > 100 {
                break;
            }
            parts.push(schema);
            left.extend(self.referred(schema).map(|schema| (schema, depth + 1)));
            for keyword in ["anyOf", "oneOf", "allOf"] {
                for alternative in schema[keyword].as_array().into_iter().flatten() {
                    left.push((alternative, depth + 1));
                }
            }
        }
        parts
    }

    fn referred(&self, schema: &Value) -> Option<&'a Value> {
        self.root
            .pointer(schema["$ref"].as_str()?.strip_prefix('#')?)
    }

    /// Notes what has no bounds. `outer` are the keywords around an alternative, which bind it too.
    fn bounds(&mut self, schema: &'a Value, path: &str, outer: &Map<String, Value>, depth: usize) {
        let Some(own) = schema.as_object() else {
            return;
        };
        if depth > thresholds::SCHEMA_DEPTH {
            return;
        }
        let mut all = outer.clone();
        for part in schema["allOf"]
            .as_array()
            .into_iter()
            .flatten()
            .chain(self.referred(schema))
        {
            all.extend(part.as_object().cloned().unwrap_or_default());
        }
        for (keyword, value) in own {
            if !matches!(keyword.as_str(), "anyOf" | "oneOf" | "allOf" | "$ref") {
                all.insert(keyword.clone(), value.clone());
            }
        }
        if ["enum", "const"]
            .iter()
            .any(|keyword| all.contains_key(*keyword))
        {
            return;
        }
        let parts = schema["allOf"].as_array().into_iter().flatten();
        let alternatives: Vec<_> = std::iter::once(schema)
            .chain(self.referred(schema))
            .chain(parts)
            .flat_map(|part| [&part["anyOf"], &part["oneOf"]])
            .filter_map(Value::as_array)
            .flatten()
            .take(50)
            .collect();
        if !alternatives.is_empty() {
            for keyword in ["anyOf", "oneOf"] {
                all.remove(keyword);
            }
            for alternative in alternatives {
                self.bounds(alternative, path, &all, depth + 1);
            }
            return;
        }
        for name in named_types(&all) {
            if let Some(missing) = missing(&all, name)
                && !self.unbounded.iter().any(|(known, _)| known == path)
            {
                self.unbounded.push((path.to_owned(), missing));
            }
        }
    }
}

fn named_types(schema: &Map<String, Value>) -> Vec<&str> {
    match schema.get("type") {
        Some(Value::String(one)) => vec![one],
        Some(Value::Array(many)) => many.iter().filter_map(Value::as_str).collect(),
        _ if schema.contains_key("properties") => vec!["object"],
        _ if schema.contains_key("items") => vec!["array"],
        _ => vec!["any"],
    }
}

/// The keywords that would bound a value of that type, with a likely value; none where it is bounded.
fn missing(schema: &Map<String, Value>, name: &str) -> Option<&'static str> {
    let has = |keywords: &[&str]| keywords.iter().any(|keyword| schema.contains_key(*keyword));
    match name {
        "string" if !has(&["maxLength", "pattern", "format"]) => Some("\"maxLength\": 200"),
        "integer" | "number" => match (
            has(&["minimum", "exclusiveMinimum"]),
            has(&["maximum", "exclusiveMaximum"]),
        ) {
            (true, true) => None,
            (true, false) => Some("\"maximum\": 1000"),
            (false, true) => Some("\"minimum\": 0"),
            (false, false) => Some("\"minimum\": 0, \"maximum\": 1000"),
        },
        "array" if !has(&["maxItems"]) => Some("\"maxItems\": 50"),
        "object"
            if !has(&["properties", "maxProperties", "propertyNames"])
                && schema.get("additionalProperties") != Some(&Value::Bool(false)) =>
        {
            Some("\"maxProperties\": 50")
        }
        "any" => Some("a \"type\", and its bounds"),
        _ => None,
    }
}

/// Words that say nothing of one parameter.
const HOLLOW: &[&str] = &[
    "a",
    "an",
    "arg",
    "argument",
    "array",
    "bool",
    "boolean",
    "field",
    "float",
    "for",
    "given",
    "input",
    "int",
    "integer",
    "list",
    "no",
    "number",
    "object",
    "of",
    "option",
    "optional",
    "param",
    "parameter",
    "required",
    "str",
    "string",
    "tbd",
    "the",
    "this",
    "todo",
    "type",
    "value",
    "your",
];

/// Whether a description only repeats the name or the type.
fn is_hollow(name: &str, said: &str) -> bool {
    let own: Vec<String> = verbs::words(name);
    let joined = own.concat();
    let said: String = said.chars().take(200).collect();
    let words = verbs::words(&said);
    if words.concat() == joined {
        return true;
    }
    words
        .iter()
        .all(|word| own.contains(word) || HOLLOW.contains(&word.as_str()) || *word == joined)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn walked(schema: &Value) -> (Vec<String>, Vec<String>) {
        let tool = Tool {
            name: "t".to_owned(),
            input_schema: schema.clone(),
            ..Tool::default()
        };
        let mut outcome = Outcome::pass();
        judge(&tool, None, &mut outcome);
        let mut undescribed = Vec::new();
        let mut unbounded = Vec::new();
        for finding in outcome.findings {
            match finding.key.as_str() {
                "description" => undescribed.push(finding.place.to_string()),
                _ => unbounded.push(finding.message),
            }
        }
        (undescribed, unbounded)
    }

    #[test]
    fn alternatives_references_and_nesting_are_followed() {
        let (undescribed, unbounded) = walked(&json!({
            "type": "object",
            "$defs": {"Who": {"type": "string", "maxLength": 9, "description": "A login, such as octocat."}},
            "properties": {
                "who": {"$ref": "#/$defs/Who"},
                "maybe": {"anyOf": [{"type": "string", "maxLength": 5}, {"type": "null"}], "description": "A tag, if any."},
                "wide": {"anyOf": [{"type": "string"}, {"type": "null"}], "description": "A tag, if any."},
                "bound_outside": {"type": ["string", "null"], "maxLength": 5, "description": "Short text."},
                "rows": {"type": "array", "maxItems": 3, "description": "What to add.", "items": {
                    "type": "object", "properties": {"text": {"type": "string"}}}},
                "kind": {"const": "note"},
                "day": {"type": "string", "format": "date", "description": "The first day."},
                "flag": {"type": "boolean", "description": "Also what is closed."}
            }
        }));
        assert_eq!(undescribed, ["tool t, parameter rows[].text"]);
        assert_eq!(unbounded, ["without bounds: rows[].text, wide"]);
    }

    #[test]
    fn a_loop_of_references_ends() {
        let (undescribed, _) = walked(&json!({
            "type": "object",
            "properties": {"tree": {"$ref": "#/$defs/Node"}},
            "$defs": {"Node": {"type": "object", "description": "A node and its children.", "properties": {
                "child": {"$ref": "#/$defs/Node"}}}}
        }));
        assert!(undescribed.is_empty(), "{undescribed:?}");
    }

    #[test]
    fn a_name_repeated_is_no_description() {
        for (name, said) in [
            ("city", "City"),
            ("city", "The city."),
            ("user_id", "user id"),
            ("userId", "The user ID parameter"),
            ("data", "string"),
            ("q", "A string."),
            ("x", "..."),
            ("limit", "Limit (optional)"),
        ] {
            assert!(is_hollow(name, said), "{name}: {said}");
        }
        for (name, said) in [
            ("number", "its number"),
            ("repo", "owner/name"),
            ("message", "Message to echo"),
            ("a", "First number"),
            ("body", "text"),
            ("cursor", "to go on"),
            ("names", "an array of entity names to retrieve"),
            ("q", "搜索词"),
        ] {
            assert!(!is_hollow(name, said), "{name}: {said}");
        }
    }
}
