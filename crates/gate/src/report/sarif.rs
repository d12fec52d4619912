//! SARIF 2.1.0 (OASIS standard), for code scanning.
//!
//! A finding about a file names it and its line. One about the server has no file: it names the tool or
//! other place as a logical location, and as its physical one the file that the run was told to use
//! (code scanning shows no result without one).

use serde_json::{Value, json};

use super::Report;
use crate::{
    finding::{Finding, Place},
    rule::{Level, Rule},
    rules::RULES,
};

/// The report; `anchor` is the file that findings about the server are shown at, relative to the
/// repository, such as `seaworthy.toml`.
pub fn render(report: &Report, anchor: &str) -> String {
    let document = json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": {"driver": {
                "name": "seaworthy",
                "semanticVersion": env!("CARGO_PKG_VERSION"),
                "rules": RULES.iter().copied().map(rule).collect::<Vec<_>>(),
            }},
            "automationDetails": {"id": "seaworthy-check/"},
            "results": report.findings().map(|finding| result(finding, anchor)).collect::<Vec<_>>(),
            "properties": {"target": report.target, "seed": report.seed},
        }],
    });
    let mut text = serde_json::to_string_pretty(&document).unwrap_or_default();
    text.push('\n');
    text
}

fn level(level: Level) -> &'static str {
    // SARIF has the same three, 3.27.10
    level.name()
}

fn rule(rule: &'static Rule) -> Value {
    let docs = &rule.docs;
    json!({
        "id": rule.id,
        "name": rule.name,
        "shortDescription": {"text": format!("{} {}", rule.id, rule.name)},
        "fullDescription": {"text": docs.what},
        "help": {
            "text": format!("{}\n\n{}\n\n{}", docs.what, docs.why, docs.fix),
            "markdown": format!(
                "{}\n\n**Why.** {}\n\n**Fix.** {}\n\n**Source.** {}",
                docs.what, docs.why, docs.fix, docs.source
            ),
        },
        "defaultConfiguration": {"level": level(rule.level)},
        "properties": {
            "tags": [rule.area().name(), rule.basis.name()],
            "precision": if rule.basis.name() == "heuristic" { "medium" } else { "very-high" },
        },
    })
}

fn result(finding: &Finding, anchor: &str) -> Value {
    let index = RULES.iter().position(|rule| rule.id == finding.rule.id);
    let mut text = format!("{}: {}. {}", finding.place, finding.message, finding.fix);
    for quote in &finding.quotes {
        text.push_str(&format!("\n{}: {}", quote.label, quote.text));
    }
    let (uri, line) = match &finding.place {
        Place::File(path, line) => (path.as_str(), line.unwrap_or(1).max(1)),
        _ => (anchor, 1),
    };
    let mut location = json!({"physicalLocation": {
        "artifactLocation": {"uri": path_uri(uri), "uriBaseId": "%SRCROOT%"},
        "region": {"startLine": line},
    }});
    if !matches!(finding.place, Place::File(..)) {
        location["logicalLocations"] = json!([{
            "fullyQualifiedName": finding.place.to_string(),
            "kind": "member",
        }]);
    }
    json!({
        "ruleId": finding.rule.id,
        "ruleIndex": index,
        "level": level(finding.level),
        "message": {"text": text},
        "locations": [location],
        "partialFingerprints": {"seaworthy/v1": finding.fingerprint()},
        "properties": {"name": finding.rule.name},
    })
}

/// A relative path as a URI reference (RFC 3986, section 4.1).
fn path_uri(path: &str) -> String {
    path.bytes()
        .map(|byte| match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'/' | b'.' | b'-' | b'_' | b'~' => {
                char::from(byte).to_string()
            }
            byte => format!("%{byte:02X}"),
        })
        .collect::<Vec<_>>()
        .concat()
}
