//! A parameter that is mirrored into a header is seen by every proxy on the way.

use std::collections::HashSet;

use serde_json::{Map, Value};

use crate::{
    finding::Place,
    rule::{Basis, Check, Docs, Level, Outcome, Reach, Rule},
    secret_names::{personal, secret},
    surface::{Surface, Tool},
};

pub(super) static RULE: Rule = Rule {
    id: "N08",
    name: "mcp-header-annotations",
    summary: "x-mcp-header names a valid, unique header of a primitive parameter that is no secret",
    level: Level::Error,
    basis: Basis::Must,
    reach: Reach::Reads,
    docs: Docs {
        what: "Each x-mcp-header in a tool's inputSchema must be a token of RFC 9110, unique whatever the \
               case of its letters, on a parameter of type string, integer or boolean that is reached \
               through properties alone; and neither the parameter nor the header may be a password, a \
               key, a token or the like.",
        why: "Clients must drop a tool whose annotation is wrong: it is missing from their list, and only \
              a log says why. A secret in a header is kept by the logs of every proxy, gateway and \
              firewall on the way.",
        source: "MCP 2026-07-28, Tools, x-mcp-header: \"clients MUST reject tool definitions where any \
                 x-mcp-header value violates these constraints\", \"Server developers SHOULD NOT mark \
                 sensitive parameters (passwords, API keys, tokens, PII) with x-mcp-header\".",
        bad: "\"api_key\": {\"type\": \"string\", \"x-mcp-header\": \"Api Key\"}",
        good: "\"region\": {\"type\": \"string\", \"x-mcp-header\": \"Region\"}",
        fix: "Annotate only what gateways route by (region, tenant), with a short name of letters and \
              hyphens. Secrets belong into the server's configuration or the Authorization header.",
    },
    checks: &[Check::Surface(check)],
};

const KEY: &str = "x-mcp-header";

/// An annotation and where it stands.
struct Annotation<'a> {
    /// The names of the properties that lead to it; empty at the root.
    path: Vec<&'a str>,
    /// The keyword that is not `properties` on the way to it, if any.
    off: Option<&'a str>,
    schema: &'a Map<String, Value>,
    value: &'a Value,
}

fn check(surface: &Surface) -> Outcome {
    let mut outcome = Outcome::pass();
    let mut any = false;
    for tool in &surface.tools {
        let mut annotations = Vec::new();
        if let Some(schema) = tool.input_schema.as_object() {
            collect(schema, &mut Vec::new(), None, &mut annotations);
        }
        any |= !annotations.is_empty();
        judge(tool, &annotations, &mut outcome);
    }
    if !any {
        return Outcome::not_applicable("no parameter has an x-mcp-header");
    }
    outcome
}

fn collect<'a>(
    schema: &'a Map<String, Value>,
    path: &mut Vec<&'a str>,
    off: Option<&'a str>,
    found: &mut Vec<Annotation<'a>>,
) {
    for (keyword, value) in schema {
        match keyword.as_str() {
            KEY => found.push(Annotation {
                path: path.clone(),
                off,
                schema,
                value,
            }),
            // data, no schemas
            "default" | "const" | "enum" | "examples" | "example" | "required" => {}
            "properties" | "$defs" | "definitions" | "patternProperties" | "dependentSchemas" => {
                let off = if keyword == "properties" {
                    off
                } else {
                    Some(keyword.as_str())
                };
                for (name, schema) in value.as_object().into_iter().flatten() {
                    if let Some(schema) = schema.as_object() {
                        path.push(name);
                        collect(schema, path, off, found);
                        path.pop();
                    }
                }
            }
            keyword => match value {
                Value::Object(schema) => collect(schema, path, Some(keyword), found),
                Value::Array(schemas) => {
                    for schema in schemas.iter().filter_map(Value::as_object) {
                        collect(schema, path, Some(keyword), found);
                    }
                }
                _ => {}
            },
        }
    }
}

fn judge(tool: &Tool, annotations: &[Annotation<'_>], outcome: &mut Outcome) {
    let mut names = HashSet::new();
    for annotation in annotations {
        let path = annotation.path.join(".");
        let place = if path.is_empty() {
            Place::Tool(tool.name.clone())
        } else {
            Place::Parameter(tool.name.clone(), path)
        };
        let mut find = |level, message: String, fix: &str, key: &str| {
            outcome.find(
                RULE.finding(place.clone(), message, fix)
                    .level(level)
                    .text(KEY, &shown(annotation.value))
                    .key(key),
            );
        };
        let rename = "Use a name of letters, digits and hyphens, such as Region: it becomes the header \
                      Mcp-Param-Region.";
        match annotation.value.as_str() {
            None => find(
                Level::Error,
                format!("x-mcp-header is {}, no text", kind(annotation.value)),
                rename,
                "token",
            ),
            Some("") => find(
                Level::Error,
                "x-mcp-header is empty".to_owned(),
                rename,
                "token",
            ),
            Some(name) => {
                if let Some(odd) = name.chars().find(|character| !is_token(*character)) {
                    find(
                        Level::Error,
                        format!(
                            "x-mcp-header has the character {odd:?}, which no header's name may have"
                        ),
                        rename,
                        "token",
                    );
                }
                if !names.insert(name.to_ascii_lowercase()) {
                    find(
                        Level::Error,
                        format!(
                            "x-mcp-header {name} is used twice in this tool, whatever the case"
                        ),
                        "Give each annotated parameter of the tool a header of its own.",
                        "unique",
                    );
                }
            }
        }
        if annotation.path.is_empty() || annotation.off.is_some() {
            let through = annotation.off.map_or_else(
                || "at the root of the schema".to_owned(),
                |keyword| format!("under {keyword}"),
            );
            find(
                Level::Error,
                format!("x-mcp-header stands {through}, where no client can read a value for it"),
                "Put it on a property that is reached from the root through properties alone.",
                "place",
            );
        }
        judge_type(annotation.schema, &mut find);
        judge_secret(annotation, &mut find);
    }
}

fn judge_type(schema: &Map<String, Value>, find: &mut impl FnMut(Level, String, &str, &str)) {
    let fix = "Annotate only parameters with \"type\": \"string\", \"integer\" or \"boolean\".";
    let primitive = |name: &str| matches!(name, "string" | "integer" | "boolean");
    match schema.get("type") {
        Some(Value::String(name)) if primitive(name) => {}
        Some(Value::String(name)) => find(
            Level::Error,
            format!("x-mcp-header is on a parameter of type {name}"),
            fix,
            "type",
        ),
        Some(Value::Array(names))
            if names
                .iter()
                .filter_map(Value::as_str)
                .all(|name| primitive(name) || name == "null") =>
        {
            find(
                Level::Warning,
                "x-mcp-header is on a parameter of several types; clients that want one drop the tool"
                    .to_owned(),
                "Give it one type; a parameter that is not required need not allow null.",
                "type",
            );
        }
        Some(other) => find(
            Level::Error,
            format!("x-mcp-header is on a parameter of type {other}"),
            fix,
            "type",
        ),
        None => find(
            Level::Error,
            "x-mcp-header is on a parameter without a type".to_owned(),
            fix,
            "type",
        ),
    }
    if schema.get("type").is_some_and(|name| name == "integer") {
        let safe = 9_007_199_254_740_991.0;
        for bound in ["minimum", "maximum"] {
            let beyond = schema
                .get(bound)
                .and_then(Value::as_f64)
                .is_some_and(|number| number.abs() > safe);
            if beyond {
                find(
                    Level::Warning,
                    format!("the {bound} of an integer with x-mcp-header is beyond 2^53 - 1"),
                    "Bound it within -(2^53 - 1) and 2^53 - 1: clients in JavaScript round beyond.",
                    "range",
                );
            }
        }
    }
}

fn judge_secret(annotation: &Annotation<'_>, find: &mut impl FnMut(Level, String, &str, &str)) {
    let fix = "Take x-mcp-header off it: headers are kept by the logs of every proxy on the way. Better, \
               take the parameter away and read the secret from the server's configuration or the \
               Authorization header.";
    let name = annotation.path.last().copied().unwrap_or_default();
    let header = annotation.value.as_str().unwrap_or_default();
    let schema = annotation.schema;
    let hidden = schema
        .get("format")
        .is_some_and(|format| format == "password")
        || schema.get("writeOnly").is_some_and(|only| only == true);
    if let Some(secret) = secret(name).or_else(|| secret(header)) {
        find(
            Level::Error,
            format!("x-mcp-header carries a secret: {secret}"),
            fix,
            "secret",
        );
    } else if hidden {
        find(
            Level::Error,
            "x-mcp-header carries a parameter that its schema marks as secret".to_owned(),
            fix,
            "secret",
        );
    } else if let Some(words) = schema
        .get("description")
        .and_then(Value::as_str)
        .and_then(said_secret)
    {
        find(
            Level::Warning,
            format!("x-mcp-header carries what its description calls {words}"),
            fix,
            "secret",
        );
    } else if let Some(person) = personal(name).or_else(|| personal(header)) {
        find(
            Level::Warning,
            format!("x-mcp-header carries personal data: {person}"),
            "Take x-mcp-header off it: headers are kept by the logs of every proxy on the way.",
            "personal",
        );
    }
}

/// What a description calls a secret.
fn said_secret(description: &str) -> Option<&'static str> {
    let lower = description.to_lowercase();
    [
        "password",
        "passphrase",
        "api key",
        "api-key",
        "access token",
        "bearer token",
        "auth token",
        "api token",
        "secret key",
        "private key",
        "client secret",
        "credential",
    ]
    .into_iter()
    .find(|words| lower.contains(words))
}

fn is_token(character: char) -> bool {
    character.is_ascii_alphanumeric() || "!#$%&'*+-.^_`|~".contains(character)
}

fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "a text",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    }
}

fn shown(value: &Value) -> String {
    value
        .as_str()
        .map_or_else(|| value.to_string(), str::to_owned)
}
