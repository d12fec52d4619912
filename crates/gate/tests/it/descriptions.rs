//! Judges descriptions without a server: for the tables of the rules D01 to D08.

use seaworthy_gate::{
    finding::Finding,
    rule::{Check, Outcome},
    rules,
    surface::{Surface, Tool},
};
use serde_json::{Value, json};

/// What a rule says of a list of tools.
pub fn judge(rule: &str, tools: &[Value]) -> Outcome {
    let surface = Surface {
        tools: tools.iter().map(|tool| Tool::read(tool, 1)).collect(),
        ..Surface::default()
    };
    let rule = rules::rule(rule).unwrap();
    let [Check::Surface(check)] = rule.checks else {
        panic!("{rule:?} has other checks");
    };
    check(&surface)
}

/// A tool with these parameters, parted by blanks; `name:type` where it is no string, `name*` where it
/// is required.
pub fn tool(name: &str, parameters: &str, description: &str) -> Value {
    let mut properties = json!({});
    let mut required = Vec::new();
    for parameter in parameters.split_whitespace() {
        let bare = parameter.trim_end_matches('*');
        let (bare, kind) = bare.split_once(':').unwrap_or((bare, "string"));
        properties[bare] = json!({"type": kind});
        if parameter.ends_with('*') {
            required.push(bare);
        }
    }
    json!({
        "name": name,
        "description": description,
        "inputSchema": {"type": "object", "properties": properties, "required": required},
    })
}

/// One row of a table: name, parameters, description, and what is found: `error` or `warning`,
/// followed by a part of the message; empty where nothing may be found.
pub type Row = (&'static str, &'static str, &'static str, &'static str);

/// Judges each row alone, and compares.
pub fn table(rule: &str, rows: &[Row]) {
    let mut wrong = Vec::new();
    for (name, parameters, description, expected) in rows {
        let outcome = judge(rule, &[tool(name, parameters, description)]);
        let found: Vec<_> = outcome.findings.iter().map(line).collect();
        let (level, part) = expected.split_once(' ').unwrap_or((expected, ""));
        let right = if expected.is_empty() {
            found.is_empty() && outcome.unverified.is_empty()
        } else if *expected == "unverified" {
            found.is_empty() && outcome.unverified.len() == 1
        } else {
            found.len() == 1 && found[0].starts_with(level) && found[0].contains(part)
        };
        if !right {
            wrong.push(format!(
                "{name} {description:?}: expected {expected:?}, found {found:?}"
            ));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// A finding in a line.
pub fn line(finding: &Finding) -> String {
    format!(
        "{} {}: {} {}",
        finding.level.name(),
        finding.place,
        finding.message,
        finding.fix
    )
}
