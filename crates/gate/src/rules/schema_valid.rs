//! A schema that does not compile makes clients drop the tool, or the whole list.

use jsonschema::{Draft, error::ValidationErrorKind};
use serde_json::{Map, Value};

use crate::{
    finding::{ExchangeId, Finding, Place},
    rule::{Basis, Check, Docs, Level, Outcome, Reach, Rule},
    surface::{Surface, Tool},
    thresholds,
    wire::Era,
};

pub(super) static RULE: Rule = Rule {
    id: "N05",
    name: "schema-valid",
    summary: "schemas compile as JSON Schema 2020-12 and never fetch a network $ref",
    level: Level::Error,
    basis: Basis::Must,
    reach: Reach::Reads,
    docs: Docs {
        what: "Each tool has an inputSchema that is an object with type \"object\"; it and outputSchema \
               compile as JSON Schema 2020-12, or as the dialect that $schema names. No $ref leaves the \
               document, and every $ref within it finds something. Patterns are regular expressions of \
               ECMA-262. Warnings: names that are required but not among the properties, bounds that \
               contradict each other, enums that no value can meet, dialects that nobody knows.",
        why: "Clients validate the list before they show it: the TypeScript SDK drops a whole list when one \
              inputSchema is no object schema, and model APIs refuse the request. A $ref to the network \
              makes whoever reads the schema fetch an address of the server's choice.",
        source: "MCP 2025-11-25 and 2026-07-28, Tools: inputSchema \"MUST be a valid JSON Schema object\", \
                 2020-12 by default; no network $ref; JSON Schema 2020-12, Core and Validation.",
        bad: "\"properties\": {\"limit\": {\"type\": \"int\", \"required\": true}}",
        good: "\"properties\": {\"limit\": {\"type\": \"integer\"}}, \"required\": [\"limit\"]",
        fix: "Correct what the message names; inline what a $ref fetched, under $defs. Check with any \
              validator of JSON Schema 2020-12.",
    },
    checks: &[Check::Surface(check)],
};

fn check(surface: &Surface) -> Outcome {
    if surface.tools.is_empty() {
        return Outcome::not_applicable("it lists no tools");
    }
    let exchange = surface
        .walk("tools/list")
        .and_then(|walk| walk.exchanges.first().copied());
    let mut outcome = Outcome::pass();
    for tool in surface.tools.iter().take(thresholds::TOOLS_JUDGED) {
        let looked = Looked {
            tool,
            exchange,
            modern: tool.only_in.or(surface.era) == Some(Era::Modern),
        };
        looked.input(&mut outcome.findings);
        looked.output(&mut outcome.findings);
    }
    if surface.tools.len() > thresholds::TOOLS_JUDGED {
        outcome.unknown(format!(
            "only the first {} tools were looked at",
            thresholds::TOOLS_JUDGED
        ));
    }
    outcome
}

struct Looked<'a> {
    tool: &'a Tool,
    exchange: Option<ExchangeId>,
    modern: bool,
}

impl Looked<'_> {
    fn input(&self, findings: &mut Vec<Finding>) {
        let schema = &self.tool.input_schema;
        if schema.is_null() {
            findings.push(self.finding(
                "inputSchema",
                "",
                "it has no inputSchema".to_owned(),
                "Add \"inputSchema\": {\"type\": \"object\", \"additionalProperties\": false}; with \
                 properties, if it takes any.",
            ));
        } else if self.is_object("inputSchema", schema, findings) {
            self.compiles("inputSchema", schema, findings);
        }
    }

    fn output(&self, findings: &mut Vec<Finding>) {
        let Some(schema) = &self.tool.output_schema else {
            return;
        };
        // 2026-07-28 allows any schema here; older clients take objects only
        if self.modern && schema.is_object() || self.is_object("outputSchema", schema, findings) {
            self.compiles("outputSchema", schema, findings);
        }
    }

    fn is_object(&self, which: &str, schema: &Value, findings: &mut Vec<Finding>) -> bool {
        let Some(object) = schema.as_object() else {
            findings.push(
                self.finding(
                    which,
                    "",
                    format!("{which} is {}, no object", kind(schema)),
                    format!("Make {which} an object with \"type\": \"object\"."),
                )
                .text(which, &schema.to_string()),
            );
            return false;
        };
        if object.get("type") != Some(&Value::from("object")) {
            let message = match object.get("type") {
                None => format!("{which} has no \"type\": \"object\""),
                Some(other) => format!("{which} has the type {other}, not \"object\""),
            };
            findings.push(
                self.finding(
                    which,
                    "/type",
                    message,
                    format!(
                        "Add \"type\": \"object\" at the top of {which}; alternatives go below it."
                    ),
                )
                .text(which, &schema.to_string()),
            );
        }
        true
    }

    fn compiles(&self, which: &str, schema: &Value, findings: &mut Vec<Finding>) {
        let before = findings.len();
        let mut ids = Vec::new();
        walk(schema, &mut |_, object| {
            ids.extend(object.get("$id").and_then(Value::as_str));
        });
        walk(schema, &mut |path, object| {
            if findings.len() < before + 10 {
                self.references(which, path, object, &ids, findings);
                self.patterns(which, path, object, findings);
                self.contradictions(which, path, object, findings);
            }
        });
        let own: Option<Value> = match schema["$schema"].as_str() {
            Some(dialect) if Draft::from_schema_uri(dialect) == Draft::Unknown => {
                findings.push(
                    self.finding(
                        which,
                        "/$schema",
                        format!("$schema names a dialect that clients do not know: {dialect}"),
                        "Drop $schema, or name https://json-schema.org/draft/2020-12/schema.",
                    )
                    .level(Level::Warning),
                );
                let mut own = schema.clone();
                own.as_object_mut().map(|object| object.remove("$schema"));
                Some(own)
            }
            _ => None,
        };
        if findings[before..]
            .iter()
            .any(|finding| finding.level == Level::Error)
        {
            return;
        }
        let known_odd = findings[before..]
            .iter()
            .any(|finding| finding.key.contains("pattern"));
        let read = own.as_ref().unwrap_or(schema);
        let built = jsonschema::options()
            .offline()
            .with_draft(Draft::Draft202012.detect(read))
            .build(read);
        if let Err(error) = built {
            let finding = self.uncompiled(which, schema, &error);
            if !(known_odd && finding.key.contains("pattern")) {
                findings.push(finding);
            }
        }
    }

    fn uncompiled(
        &self,
        which: &str,
        schema: &Value,
        error: &jsonschema::ValidationError<'_>,
    ) -> Finding {
        let path = error.instance_path().to_string();
        let at = schema.pointer(&path).cloned().unwrap_or_default();
        let shown = if path.is_empty() {
            which.to_owned()
        } else {
            format!("{which}{path}")
        };
        if let ValidationErrorKind::Referencing(error) = error.kind() {
            return self.finding(
                which,
                &format!("{path}/$ref"),
                format!("a $ref of {which} leads nowhere: {error}"),
                "Point the $ref to something under $defs of the same schema, or put the schema there.",
            );
        }
        let last = path.rsplit('/').next().unwrap_or_default();
        if last == "pattern"
            || matches!(error.kind(), ValidationErrorKind::Format { format } if format == "regex")
        {
            // what the engine here cannot read may still be right elsewhere
            return self
                .finding(
                    which,
                    &format!("{path} pattern"),
                    format!("the regular expression at {shown} could not be compiled"),
                    "Make sure that it is a regular expression of ECMA-262, with the u flag.",
                )
                .level(Level::Warning)
                .text("pattern", at.as_str().unwrap_or_default());
        }
        let fix = match last {
            "type" => {
                "Use string, integer, number, boolean, array, object or null, or an array of these."
            }
            "required" => {
                "Make required an array of names, beside properties, not a flag of one property."
            }
            "properties" => "Make properties an object: a schema for each name.",
            "enum" => "Make enum an array of values.",
            "exclusiveMinimum" | "exclusiveMaximum" => {
                "Make it a number: \"exclusiveMinimum\": 0; the boolean is of draft 4."
            }
            "items" => "Make items one schema; a list of schemas is prefixItems.",
            _ => "Correct it by JSON Schema 2020-12, or name the dialect that it is of in $schema.",
        };
        self.finding(
            which,
            &path,
            format!("{shown} is no valid JSON Schema: {error}"),
            fix,
        )
        .text(&shown, &at.to_string())
    }

    fn references(
        &self,
        which: &str,
        path: &str,
        object: &Map<String, Value>,
        ids: &[&str],
        findings: &mut Vec<Finding>,
    ) {
        for keyword in ["$ref", "$dynamicRef", "$recursiveRef"] {
            let Some(reference) = object.get(keyword).and_then(Value::as_str) else {
                continue;
            };
            let address = reference.split('#').next().unwrap_or_default();
            if address.is_empty()
                || Draft::from_schema_uri(address) != Draft::Unknown
                || ids
                    .iter()
                    .any(|id| id.trim_end_matches('#').ends_with(address))
            {
                continue;
            }
            let what = if address.contains("://") || address.starts_with("//") {
                "fetches"
            } else {
                "needs another document:"
            };
            findings.push(
                self.finding(
                    which,
                    &format!("{path}/{keyword}"),
                    format!("the {keyword} at {which}{path} {what} {reference}"),
                    "Copy the schema that it names under $defs, and point to it with \"#/$defs/NAME\".",
                )
                .text(keyword, reference),
            );
        }
    }

    fn patterns(
        &self,
        which: &str,
        path: &str,
        object: &Map<String, Value>,
        findings: &mut Vec<Finding>,
    ) {
        let own = object.get("pattern").and_then(Value::as_str);
        let keys = object.get("patternProperties").and_then(Value::as_object);
        for pattern in own
            .into_iter()
            .chain(keys.into_iter().flat_map(Map::keys).map(String::as_str))
        {
            let Err((level, why)) = ecma(pattern) else {
                continue;
            };
            findings.push(
                self.finding(
                    which,
                    &format!("{path} pattern {pattern}"),
                    format!("the pattern {pattern} at {which}{path} is no regular expression of ECMA-262: {why}"),
                    "Correct it, and try it with JavaScript: new RegExp(pattern, \"u\").",
                )
                .level(level)
                .text("pattern", pattern),
            );
        }
    }

    fn contradictions(
        &self,
        which: &str,
        path: &str,
        object: &Map<String, Value>,
        findings: &mut Vec<Finding>,
    ) {
        let mut warn = |message: String, fix: &str, key: &str| {
            findings.push(
                self.finding(which, &format!("{path} {key}"), message, fix)
                    .level(Level::Warning),
            );
        };
        let at = if path.is_empty() {
            which.to_owned()
        } else {
            format!("{which}{path}")
        };
        for (low, high) in [
            ("minimum", "maximum"),
            ("minLength", "maxLength"),
            ("minItems", "maxItems"),
            ("minProperties", "maxProperties"),
        ] {
            let bound = |name: &str| object.get(name).and_then(Value::as_f64);
            if let (Some(least), Some(most)) = (bound(low), bound(high))
                && least > most
            {
                warn(
                    format!("no value meets {at}: {low} {least} is above {high} {most}"),
                    "Correct the two bounds.",
                    low,
                );
            }
        }
        if let Some(values) = object.get("enum").and_then(Value::as_array)
            && let Some(types) = types(object)
            && !values
                .iter()
                .any(|value| types.iter().any(|name| is_of(value, name)))
        {
            warn(
                format!(
                    "no value meets {at}: none of its enum is of type {}",
                    types.join(" or ")
                ),
                "Give the values of enum the type of the parameter.",
                "enum",
            );
        }
        let Some(properties) = object.get("properties").and_then(Value::as_object) else {
            return;
        };
        let open = ["patternProperties", "allOf", "anyOf", "oneOf", "$ref", "if"]
            .iter()
            .any(|keyword| object.contains_key(*keyword));
        let missing: Vec<_> = object
            .get("required")
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
            .filter_map(Value::as_str)
            .filter(|name| !open && !properties.contains_key(*name))
            .collect();
        if !missing.is_empty() {
            warn(
                format!(
                    "{at} requires {}, which is not among its properties",
                    missing.join(", ")
                ),
                "Add the property, or drop its name from required.",
                "required",
            );
        }
    }

    fn finding(&self, which: &str, path: &str, message: String, fix: impl Into<String>) -> Finding {
        let name = self.tool.name.clone();
        let parameter = path
            .strip_prefix("/properties/")
            .and_then(|rest| rest.split(['/', ' ']).next())
            .filter(|_| which == "inputSchema");
        let place = match parameter {
            Some(parameter) => {
                Place::Parameter(name, parameter.replace("~1", "/").replace("~0", "~"))
            }
            None => Place::Tool(name),
        };
        RULE.finding(place, message, fix)
            .exchange(self.exchange)
            .key(format!("{which} {path}"))
    }
}

fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "a string",
        Value::Array(_) => "an array",
        Value::Object(_) => "an object",
    }
}

/// The types that a schema names, where it names any.
fn types(schema: &Map<String, Value>) -> Option<Vec<&str>> {
    match schema.get("type")? {
        Value::String(one) => Some(vec![one]),
        Value::Array(many) => Some(many.iter().filter_map(Value::as_str).collect()),
        _ => None,
    }
}

fn is_of(value: &Value, name: &str) -> bool {
    match name {
        "string" => value.is_string(),
        "integer" => value.as_f64().is_some_and(|number| number.fract() == 0.0),
        "number" => value.is_number(),
        "boolean" => value.is_boolean(),
        "array" => value.is_array(),
        "object" => value.is_object(),
        "null" => value.is_null(),
        // no type of JSON Schema: said elsewhere
        _ => true,
    }
}

/// Calls back for each object that stands where a schema stands, with its JSON pointer.
fn walk<'a>(schema: &'a Value, seen: &mut dyn FnMut(&str, &'a Map<String, Value>)) {
    let mut left = vec![(String::new(), schema, 0)];
    let mut count = 0;
    while let Some((path, schema, depth)) = left.pop() {
        let Some(object) = schema.as_object() else {
            continue;
        };
        count += 1;
        if count > thresholds::SUBSCHEMAS {
            return;
        }
        seen(&path, object);
        if depth >= 4 * thresholds::SCHEMA_DEPTH {
            continue;
        }
        // the last is looked at first
        for (keyword, value) in object.iter().rev() {
            let below = format!("{path}/{}", escaped(keyword));
            match keyword.as_str() {
                "properties" | "patternProperties" | "$defs" | "definitions"
                | "dependentSchemas" | "dependencies" => {
                    for (name, child) in value.as_object().into_iter().flatten().rev() {
                        left.push((format!("{below}/{}", escaped(name)), child, depth + 1));
                    }
                }
                "items"
                | "prefixItems"
                | "additionalItems"
                | "additionalProperties"
                | "propertyNames"
                | "contains"
                | "not"
                | "if"
                | "then"
                | "else"
                | "allOf"
                | "anyOf"
                | "oneOf"
                | "unevaluatedItems"
                | "unevaluatedProperties"
                | "contentSchema" => match value {
                    Value::Array(children) => {
                        for (at, child) in children.iter().enumerate().rev() {
                            left.push((format!("{below}/{at}"), child, depth + 1));
                        }
                    }
                    child => left.push((below, child, depth + 1)),
                },
                _ => {}
            }
        }
    }
}

fn escaped(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
}

/// Whether a pattern can be a regular expression of ECMA-262. Only what is surely wrong is an error;
/// what other dialects have and this one reads otherwise, a warning.
fn ecma(pattern: &str) -> Result<(), (Level, String)> {
    let error = |why: &str| Err((Level::Error, why.to_owned()));
    let characters: Vec<char> = pattern.chars().collect();
    let mut open = 0usize;
    let mut class = None;
    let mut at = 0;
    // whether a quantifier may follow
    let mut atom = false;
    while at < characters.len() {
        let rest = |text: &str| {
            text.chars()
                .enumerate()
                .all(|(index, character)| characters.get(at + index) == Some(&character))
        };
        match characters[at] {
            '\\' => {
                match characters.get(at + 1) {
                    None => return error("it ends with a backslash"),
                    Some('A' | 'Z' | 'z' | 'h' | 'Q' | 'G') if class.is_none() => {
                        return Err((
                            Level::Warning,
                            format!("it has no \\{}", characters[at + 1]),
                        ));
                    }
                    Some(_) => {}
                }
                at += 1;
                atom = true;
            }
            ']' if class.is_some_and(|start| at > start) => {
                class = None;
                atom = true;
            }
            _ if class.is_some() => {}
            '[' => {
                let negated = characters.get(at + 1) == Some(&'^');
                class = Some(at + usize::from(negated));
                at += usize::from(negated);
            }
            '(' => {
                if rest("(?P<") || rest("(?P=") || rest("(?P>") {
                    return Err((
                        Level::Warning,
                        "(?P is Python's; a named group is (?<name>...)".to_owned(),
                    ));
                }
                if rest("(?i)") || rest("(?m)") || rest("(?s)") || rest("(?x)") || rest("(?u)") {
                    return Err((Level::Warning, "it has no flags such as (?i)".to_owned()));
                }
                open += 1;
                atom = false;
                if characters.get(at + 1) == Some(&'?') {
                    at += 1;
                }
            }
            ')' if open == 0 => return error("a ) has no ("),
            ')' => {
                open -= 1;
                atom = true;
            }
            '*' | '+' if !atom => return error("there is nothing to repeat"),
            '?' if !atom && at == 0 => return error("there is nothing to repeat"),
            '*' | '+' | '|' => atom = false,
            _ => atom = true,
        }
        at += 1;
    }
    if class.is_some() {
        return error("a [ is never closed");
    }
    if open > 0 {
        return error("a ( is never closed");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_are_judged_as_javascript_would() {
        for right in [
            "^n[0-9]{1,6}$",
            "^[a-z]+(?:-[a-z]+)*$",
            "(?=.*[0-9])(?!x)a",
            "(?<year>\\d{4})",
            "[^]]",
            "[\\]]",
            "a+?b*?c{2,}?",
            "^\\p{L}+$",
            "\\/x\\-y",
            "",
            "[)(]",
            "a||b",
            "(?<!x)y",
        ] {
            assert_eq!(ecma(right), Ok(()), "{right}");
        }
        for wrong in ["[a-z", "(a", "a)", "*a", "a\\", "+", "a|*", "(*a)", "a**"] {
            assert_eq!(ecma(wrong).unwrap_err().0, Level::Error, "{wrong}");
        }
        for foreign in ["(?P<x>a)", "(?i)abc", "\\Aabc\\Z"] {
            assert_eq!(ecma(foreign).unwrap_err().0, Level::Warning, "{foreign}");
        }
    }
}
