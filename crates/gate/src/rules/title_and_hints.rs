//! Clients decide by title and hints what they show and what they ask the user about.

use serde_json::Value;

use crate::{
    claims,
    finding::{ExchangeId, Place},
    rule::{Basis, Check, Docs, Level, Outcome, Reach, Rule},
    surface::{Surface, Tool},
    thresholds, verbs,
};

pub(super) static RULE: Rule = Rule {
    id: "N03",
    name: "title-and-hints",
    summary: "title, readOnlyHint and destructiveHint are present",
    level: Level::Warning,
    basis: Basis::Should,
    reach: Reach::Reads,
    docs: Docs {
        what: "Each tool has a title (`title`, or `annotations.title`), `annotations.readOnlyHint`, and, \
               unless readOnlyHint is true, `annotations.destructiveHint`. Hints must be booleans.",
        why: "An absent readOnlyHint means false and an absent destructiveHint means true, so clients ask \
              for approval on every call of a tool that only reads, and users learn to click it away. \
              The title is what people see in that dialogue.",
        source: "Review criteria of the Claude connector directory (title and the fitting hint on every \
                 tool); MCP 2025-11-25, schema, ToolAnnotations: the defaults.",
        bad: "{\"name\": \"find_notes\", \"description\": \"...\"}",
        good: "{\"name\": \"find_notes\", \"title\": \"Find notes\", \"annotations\": {\"readOnlyHint\": true}}",
        fix: "Add the missing lines to the tool's definition. A hint tells the truth: readOnlyHint is true \
              only where nothing is changed anywhere; destructiveHint is false only where things are \
              added and nothing is changed or removed.",
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
        // the other era's variant of a tool that is judged already
        if tool.only_in.is_some()
            && surface
                .tool(&tool.name)
                .is_some_and(|t| t.only_in.is_none())
        {
            continue;
        }
        judge(tool, exchange, &mut outcome);
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
    let mut missing: Vec<String> = Vec::new();
    let mut lines: Vec<String> = Vec::new();
    let mut wrong: Vec<String> = Vec::new();
    let title = tool.title.as_deref().unwrap_or_default().trim();
    if title.is_empty() {
        missing.push("title".to_owned());
        lines.push(format!("\"title\": \"{}\"", titled(&tool.name)));
    }
    let reads = claims::name_reads(&tool.name) && claims::acts(&tool.description).is_empty();
    let mut hints: Vec<String> = Vec::new();
    let mut hint = |name: &str, value: bool, wanted: bool| {
        match tool.raw["annotations"].get(name) {
            Some(Value::Bool(_)) => return,
            Some(Value::Null) | None => {}
            Some(other) => wrong.push(format!("{name} is {other}, no boolean")),
        }
        if wanted {
            missing.push(name.to_owned());
            hints.push(format!("\"{name}\": {value}"));
        }
    };
    hint("readOnlyHint", reads, true);
    let destroys = claims::of_name(&tool.name)
        .iter()
        .any(|verb| claims::destroys(verb).is_some());
    let reading = tool.read_only == Some(true) || (tool.read_only.is_none() && reads);
    hint("destructiveHint", destroys, !reading);
    if missing.is_empty() && wrong.is_empty() {
        return;
    }
    if !hints.is_empty() {
        lines.push(format!("\"annotations\": {{{}}}", hints.join(", ")));
    }
    let mut messages = wrong;
    if !missing.is_empty() {
        messages.insert(0, format!("{} missing", list(&missing)));
    }
    if ["readOnlyHint", "destructiveHint"]
        .iter()
        .any(|hint| tool.raw.get(hint).is_some())
    {
        messages.push("hints stand beside annotations, where no client looks".to_owned());
    }
    let fix = match (lines.is_empty(), hints.is_empty()) {
        (true, _) => "Make the hint true or false, without quotes, or drop it.".to_owned(),
        (false, true) => format!("Add {}.", lines.join(" and ")),
        (false, false) => format!(
            "Add {}, if that is what the tool does.",
            lines.join(" and ")
        ),
    };
    outcome.find(
        RULE.finding(Place::Tool(tool.name.clone()), messages.join("; "), fix)
            .exchange(exchange),
    );
}

/// `find_notes` as a title: `Find notes`.
fn titled(name: &str) -> String {
    let words = verbs::words(name).join(" ");
    let mut characters = words.chars();
    characters.next().map_or_else(String::new, |first| {
        first.to_uppercase().chain(characters).collect()
    })
}

fn list(names: &[String]) -> String {
    match names {
        [one] => format!("{one} is"),
        [rest @ .., last] => format!("{} and {last} are", rest.join(", ")),
        [] => String::new(),
    }
}
