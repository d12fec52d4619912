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

#[test]
fn no_text_is_too_odd_to_be_judged() {
    let texts = [
        "\u{0}",
        "\u{202e}\u{e0041}",
        "e\u{301}e\u{301}. É’é `’` ''' '’",
        "İİİ ǅ ß SS ﬁ",
        "....!!!???;;;|||",
        "GET /",
        "GET /é`",
        "POST",
        "a-",
        "-a- .b. /c/",
        "TODO\u{a0}",
        "Error responses",
        "error résponses: x",
        "s es ies ing ed",
        "returns",
        "do not",
        "\n\n\t- \n* ",
        "𝒳𝒴 🐳🐳🐳",
    ];
    let odd = [
        "",
        "é",
        "_",
        "getÉtat",
        "İ",
        "s",
        "ing",
        "delete_",
        "__proto__",
        "🐳",
        "a/b.c-d",
    ];
    let mut tools = Vec::new();
    for text in texts {
        for name in odd {
            let mut tool = tool(name, "s* é ing a", &format!("{text} {name} {text}"));
            tool["inputSchema"]["properties"]["x"] =
                json!({"$ref": "#/properties/x", "enum": [text, 1, null]});
            tool["outputSchema"] =
                json!({"properties": {name: {"items": {"properties": {text: []}}}}});
            tools.push(tool);
        }
    }
    tools.push(
        json!({"name": 1, "description": [], "inputSchema": {"properties": [], "required": {}}}),
    );
    tools.push(json!({"name": "x", "description": "é".repeat(30_000)}));
    tools.push(json!({"name": "y", "description": "do not ".repeat(10_000)}));
    for rule in rules::RULES.iter().filter(|rule| rule.id.starts_with('D')) {
        assert!(judge(rule.name, &[]).not_applicable.is_some(), "{rule:?}");
        let outcome = judge(rule.name, &tools);
        assert!(rule.id == "D08" || !outcome.findings.is_empty(), "{rule:?}");
    }
}

#[test]
fn of_very_many_descriptions_the_first_are_judged() {
    let tools: Vec<_> = (0..5_001)
        .map(|number| tool(&format!("t{number}"), "", ""))
        .collect();
    let outcome = judge("purpose", &tools);
    assert_eq!(outcome.findings.len(), 5_000);
    assert_eq!(
        outcome.unverified,
        ["of 5001 descriptions the first 5000 are judged"]
    );
}
