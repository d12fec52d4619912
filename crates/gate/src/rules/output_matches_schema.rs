//! An outputSchema is a promise: clients and generated code read by it.

use std::collections::BTreeMap;

use futures::future::BoxFuture;

use jsonschema::Validator;
use serde_json::Value;

use crate::{
    calls::CallKind,
    finding::{Finding, Place},
    live::Live,
    rule::{Basis, Check, Docs, Level, Outcome, Reach, Rule},
    schema,
};

pub(super) static RULE: Rule = Rule {
    id: "N07",
    name: "output-matches-schema",
    summary: "structuredContent matches outputSchema",
    level: Level::Error,
    basis: Basis::Must,
    reach: Reach::Calls,
    docs: Docs {
        what: "Each answer without isError of a tool with an outputSchema must carry structuredContent, and it must \
               be valid by that schema (JSON Schema 2020-12; formats are not judged). Only tools that the run may \
               call are looked at.",
        why: "Clients refuse answers that break the schema (the SDKs' clients throw), and code that was generated \
              from it breaks.",
        source: "MCP 2025-11-25, Tools, Output Schema: \"Servers MUST provide structured results that conform to this \
                 schema.\"",
        bad: "\"outputSchema\": {\"properties\": {\"count\": {\"type\": \"integer\"}}} … \"structuredContent\": {\"count\": \"3\"}",
        good: "\"structuredContent\": {\"count\": 3}",
        fix: "Build structuredContent from the type that the outputSchema is made from, or correct the schema.",
    },
    checks: &[Check::Live(check)],
};

fn check(live: &Live) -> BoxFuture<'_, Outcome> {
    Box::pin(async move {
        let promised: BTreeMap<&str, _> = live
            .surface
            .tools
            .iter()
            .filter_map(|tool| Some((tool.name.as_str(), tool.output_schema.as_ref()?)))
            .collect();
        if promised.is_empty() {
            return Outcome::not_applicable("no tool has an outputSchema");
        }
        let calls = live.calls().await;
        let mut outcome = Outcome::pass();
        let mut unseen: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        for (name, output) in promised {
            let validator = match schema::compile(output, false) {
                Ok(validator) => validator,
                Err(why) => {
                    outcome.unknown(format!("{name}: its outputSchema cannot be used: {why}"));
                    continue;
                }
            };
            let mut judged = false;
            let of_tool = calls
                .answered()
                .filter(|(call, _)| call.tool == name && !call.forbidden);
            for (_, answer) in of_tool {
                let result = answer.result();
                let complete = result["resultType"]
                    .as_str()
                    .is_none_or(|kind| kind == "complete");
                if answer.is_refusal() || !complete || result.get("task").is_some() {
                    continue;
                }
                judged = true;
                if let Some(finding) = verdict(name, output, &validator, result) {
                    outcome.find(finding.exchange(answer.exchange));
                    break;
                }
            }
            if !judged {
                let barred = |tool| live.may_call(tool, &CallKind::Valid).is_err();
                let why = if live.surface.tool(name).is_some_and(barred) {
                    "not called, as it does not only read by its words"
                } else {
                    "no call of it succeeded; give one with --example"
                };
                unseen.entry(why).or_default().push(name);
            }
        }
        for (why, names) in unseen {
            outcome.unknown(format!("{}: {why}", names.join(", ")));
        }
        outcome
    })
}

fn verdict(name: &str, output: &Value, validator: &Validator, result: &Value) -> Option<Finding> {
    let place = Place::Tool(name.to_owned());
    let structured = result.get("structuredContent").unwrap_or(&Value::Null);
    // what is too large to be validated within bounds is let pass
    if schema::fits(output, validator, structured) != Some(false) {
        return None;
    }
    if structured.is_null() {
        let finding = RULE.finding(
            place,
            "it has an outputSchema, but its answer has no structuredContent",
            "Return structuredContent that fits the outputSchema, beside the text, or drop the outputSchema.",
        );
        return Some(finding.text("result", &result.to_string()).key("missing"));
    }
    let errors: Vec<String> = validator
        .iter_errors(structured)
        .take(3)
        .map(|error| {
            let at = error.instance_path().to_string();
            let at = if at.is_empty() {
                "the whole".to_owned()
            } else {
                at
            };
            let text: String = error.to_string().chars().take(200).collect();
            format!("{at}: {text}")
        })
        .collect();
    let finding = RULE.finding(
        place,
        format!(
            "structuredContent does not fit the outputSchema: {}",
            errors.join("; ")
        ),
        "Return what the outputSchema says, or correct the schema to what is returned.",
    );
    Some(
        finding
            .text("structuredContent", &structured.to_string())
            .key("mismatch"),
    )
}
