//! Two things under one name: a client keeps one of them, and nobody knows which.

use std::collections::HashMap;

use futures::future::BoxFuture;
use serde_json::Value;

use crate::{
    finding::{ExchangeId, Place},
    live::Live,
    rule::{Basis, Check, Docs, Level, Outcome, Reach, Rule},
    surface::{Surface, Tool},
    thresholds,
};

pub(super) static RULE: Rule = Rule {
    id: "N02",
    name: "unique-names",
    summary: "names are unique",
    level: Level::Warning,
    basis: Basis::Should,
    reach: Reach::Reads,
    docs: Docs {
        what: "No two tools have the same name, nor names that differ only by case or by hyphens, \
               underscores and dots. No two prompts have the same name, no two arguments of a prompt, \
               and no two resources or templates the same URI. Two tools with the same title are a \
               note. Each era is looked at by itself.",
        why: "Clients keep tools in a map by name: of two that share one, the first or the last wins, in \
              silence, and a model that asks for one may get the other. Names that are nearly the same \
              are mixed up by models, and some clients fold case and punctuation.",
        source: "MCP 2025-11-25, Tools, Tool Names: \"Tool names SHOULD be unique within a server\"; model \
                 APIs refuse a request with two tools of one name.",
        bad: "\"name\": \"get_user\" and \"name\": \"getUser\"",
        good: "\"name\": \"find_users\" and \"name\": \"read_user\"",
        fix: "Rename one of the two after what it does differently, or drop it.",
    },
    checks: &[Check::Live(check)],
};

fn check(live: &Live) -> BoxFuture<'_, Outcome> {
    Box::pin(async move {
        if live.surfaces.is_empty() {
            return Outcome::unverified("it speaks neither era, so nothing is listed");
        }
        let mut outcome = Outcome::pass();
        let mut anything = false;
        for surface in live.surfaces.values() {
            anything |= !(surface.tools.is_empty()
                && surface.prompts.is_empty()
                && surface.resources.is_empty()
                && surface.templates.is_empty());
            for finding in judge(surface).findings {
                // the other era mostly shows the same
                let print = finding.fingerprint();
                if !outcome
                    .findings
                    .iter()
                    .any(|known| known.fingerprint() == print)
                {
                    outcome.find(finding);
                }
            }
        }
        if anything {
            outcome
        } else {
            Outcome::not_applicable("it lists no tools, prompts or resources")
        }
    })
}

fn judge(surface: &Surface) -> Outcome {
    let mut outcome = Outcome::pass();
    tools(surface, &mut outcome);
    entries(
        surface,
        &mut outcome,
        "prompts/list",
        &surface.prompts,
        "name",
        Place::Prompt,
    );
    entries(
        surface,
        &mut outcome,
        "resources/list",
        &surface.resources,
        "uri",
        Place::Resource,
    );
    entries(
        surface,
        &mut outcome,
        "resources/templates/list",
        &surface.templates,
        "uriTemplate",
        Place::Resource,
    );
    for prompt in &surface.prompts {
        let name = prompt["name"].as_str().unwrap_or_default();
        for (argument, count) in repeated(
            prompt["arguments"]
                .as_array()
                .into_iter()
                .flatten()
                .filter_map(|argument| argument["name"].as_str()),
        ) {
            outcome.find(
                RULE.finding(
                    Place::Prompt(name.to_owned()),
                    format!("{count} of its arguments are named {argument}"),
                    format!("Rename or drop all but one argument {argument}."),
                )
                .key(argument),
            );
        }
    }
    outcome
}

/// What occurs more than once, and how often, in order of appearance.
fn repeated<'a>(names: impl Iterator<Item = &'a str>) -> Vec<(&'a str, usize)> {
    let mut counts: HashMap<&str, usize> = HashMap::new();
    let mut order = Vec::new();
    for name in names {
        let count = counts.entry(name).or_default();
        *count += 1;
        if *count == 2 {
            order.push(name);
        }
    }
    order
        .into_iter()
        .map(|name| (name, counts[name]))
        .take(thresholds::FINDINGS_PER_RULE * 2)
        .collect()
}

fn tools(surface: &Surface, outcome: &mut Outcome) {
    let exchange = exchange(surface, "tools/list");
    let mut by_name: HashMap<&str, Vec<&Tool>> = HashMap::new();
    let mut folded: HashMap<String, Vec<&str>> = HashMap::new();
    let mut titles: HashMap<String, Vec<&str>> = HashMap::new();
    for tool in surface.tools.iter().filter(|tool| !tool.name.is_empty()) {
        let same = by_name.entry(&tool.name).or_default();
        same.push(tool);
        if same.len() > 1 {
            continue;
        }
        folded.entry(fold(&tool.name)).or_default().push(&tool.name);
        if let Some(title) = &tool.title {
            let title = title.trim().to_lowercase();
            if !title.is_empty() {
                titles.entry(title).or_default().push(&tool.name);
            }
        }
    }
    let mut twice: Vec<_> = by_name.values().filter(|same| same.len() > 1).collect();
    twice.sort_by_key(|same| &same[0].name);
    for same in twice {
        outcome.find(same_name(same).exchange(exchange));
    }
    for names in groups(folded) {
        outcome.find(
            RULE.finding(
                Place::Tool(names[0].to_owned()),
                format!(
                    "the names {} differ only by case or punctuation",
                    names.join(", ")
                ),
                format!(
                    "Rename all but {} after what they do differently.",
                    names[0]
                ),
            )
            .exchange(exchange)
            .key("nearly"),
        );
    }
    for names in groups(titles) {
        outcome.find(
            RULE.finding(
                Place::Tool(names[0].to_owned()),
                format!("the tools {} have the same title", names.join(", ")),
                "Give each tool a title of its own: people see it when they are asked to allow a call.",
            )
            .level(Level::Note)
            .exchange(exchange)
            .key("title"),
        );
    }
}

fn same_name(same: &[&Tool]) -> crate::finding::Finding {
    let name = &same[0].name;
    let alike = same.iter().all(|tool| tool.raw == same[0].raw);
    // the same entry on two pages is a fault of the pages, which G01 reports
    let paged = alike
        && same
            .iter()
            .enumerate()
            .all(|(at, tool)| same[..at].iter().all(|other| other.page != tool.page));
    let finding = RULE
        .finding(
            Place::Tool(name.clone()),
            format!(
                "{} tools are named {name}{}",
                same.len(),
                if alike {
                    ", with the same definition"
                } else {
                    ""
                }
            ),
            if alike {
                format!("List {name} once.")
            } else {
                format!("Rename all but one {name} after what they do differently.")
            },
        )
        .level(if paged { Level::Note } else { Level::Warning })
        .key("same");
    same.iter().take(2).fold(finding, |finding, tool| {
        finding.text("description", &tool.description)
    })
}

/// The groups of more than one, sorted, no more than are shown.
fn groups(map: HashMap<String, Vec<&str>>) -> Vec<Vec<&str>> {
    let mut groups: Vec<_> = map.into_values().filter(|names| names.len() > 1).collect();
    groups.sort();
    groups.truncate(thresholds::FINDINGS_PER_RULE * 2);
    for group in &mut groups {
        group.truncate(10);
    }
    groups
}

/// A name without what people and some clients do not tell apart.
fn fold(name: &str) -> String {
    name.chars()
        .filter(|character| !matches!(character, '-' | '_' | '.' | ' '))
        .flat_map(char::to_lowercase)
        .collect()
}

fn entries(
    surface: &Surface,
    outcome: &mut Outcome,
    method: &str,
    entries: &[Value],
    field: &str,
    place: fn(String) -> Place,
) {
    let kind = entries_name(method);
    for (name, count) in repeated(entries.iter().filter_map(|entry| entry[field].as_str())) {
        outcome.find(
            RULE.finding(
                place(name.to_owned()),
                format!("{count} {kind} have the {field} {name}"),
                format!("List it once, or give each a {field} of its own."),
            )
            .exchange(exchange(surface, method))
            .key(field),
        );
    }
}

fn entries_name(method: &str) -> &'static str {
    match method {
        "prompts/list" => "prompts",
        "resources/list" => "resources",
        _ => "resource templates",
    }
}

fn exchange(surface: &Surface, method: &str) -> Option<ExchangeId> {
    surface.walk(method)?.exchanges.first().copied()
}
