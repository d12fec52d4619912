//! A name that a client refuses takes the whole server down with it.

use crate::{
    finding::Place,
    rule::{Basis, Check, Docs, Level, Outcome, Reach, Rule},
    surface::Surface,
    thresholds,
};

pub(super) static RULE: Rule = Rule {
    id: "N01",
    name: "tool-name",
    summary: "names are within [A-Za-z0-9_.-]{1,128}, and better within 64 characters and without dots",
    level: Level::Error,
    basis: Basis::Must,
    reach: Reach::Reads,
    docs: Docs {
        what: "Each tool's name must match [A-Za-z0-9_.-]{1,128}. Over 64 characters, or with a dot, it is \
               a warning: some clients refuse it.",
        why: "Model APIs refuse a whole request when one tool's name is out of their alphabet, so one \
              odd name disables every tool of the session.",
        source: "MCP 2025-11-25, Tools, Tool Names; OpenAI's function names: ^[a-zA-Z0-9_-]{1,64}$.",
        bad: "\"name\": \"issues/find all\"",
        good: "\"name\": \"find_issues\"",
        fix: "Rename the tool: letters, digits, underscores and hyphens, at most 64 of them.",
    },
    checks: &[Check::Surface(check)],
};

const FIX: &str = "Use letters, digits, underscores and hyphens, at most 64 of them.";

fn check(surface: &Surface) -> Outcome {
    let mut outcome = Outcome::pass();
    for tool in &surface.tools {
        let name = &tool.name;
        let odd = name
            .chars()
            .find(|character| !character.is_ascii_alphanumeric() && !"_.-".contains(*character));
        let place = || Place::Tool(name.clone());
        let finding = if name.is_empty() {
            RULE.finding(
                Place::Method("tools/list".to_owned()),
                "a tool has no name",
                "Give every tool a name that is a string.",
            )
            .text("definition", &tool.raw.to_string())
        } else if let Some(odd) = odd {
            RULE.finding(place(), format!("the name has the character {odd:?}"), FIX)
                .text("name", name)
        } else if name.len() > thresholds::TOOL_NAME_MAX {
            RULE.finding(
                place(),
                format!("the name has {} characters", name.len()),
                FIX,
            )
        } else if name.len() > thresholds::TOOL_NAME_PORTABLE {
            RULE.finding(
                place(),
                format!(
                    "the name has {} characters; some clients take {}",
                    name.len(),
                    thresholds::TOOL_NAME_PORTABLE
                ),
                FIX,
            )
            .level(Level::Warning)
        } else if name.contains('.') {
            RULE.finding(
                place(),
                "the name has a dot, which some clients refuse",
                FIX,
            )
            .level(Level::Warning)
        } else {
            continue;
        };
        outcome.find(finding);
    }
    outcome
}
