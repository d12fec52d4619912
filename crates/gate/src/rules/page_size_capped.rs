//! A limit that is believed is a way to fill a context, or a server's memory.

use futures::future::BoxFuture;
use serde_json::{Value, json};

use crate::{
    calls::CallKind,
    finding::{Finding, Place},
    live::Live,
    rule::{Basis, Check, Docs, Level, Outcome, Reach, Rule},
    surface::Tool,
    thresholds,
    verbs::{self, words},
    wire::Answer,
};

pub(super) static RULE: Rule = Rule {
    id: "G04",
    name: "page-size-capped",
    summary: "limit = 1,000,000 is still capped",
    level: Level::Error,
    basis: Basis::Heuristic,
    reach: Reach::Calls,
    docs: Docs {
        what: "Each tool that may be called and takes a limit (limit, page_size, max_results and the like) is called with \
               1,000,000. A refusal is right, and so is an answer that is capped. More items than the schema's own \
               maximum, more than 200 items, or an answer that is ten times the usual one and over 10,000 tokens, is \
               an error. Where fewer items are there than any cap, it could not be verified.",
        why: "A model asks for \"all of them\" with a large number. The answer fills its context, or is cut by the client, \
              and the server pays for a page of a million.",
        source: "A page size is capped by the server, at 50; Anthropic, Writing effective tools for agents: pagination and \
                 truncation with sensible defaults; Claude Code cuts answers at 25,000 tokens.",
        bad: "rows = db.find(limit=arguments[\"limit\"])",
        good: "rows = db.find(limit=min(arguments.get(\"limit\", 20), 50))",
        fix: "Cap the limit in the server whatever is asked for, say so in the schema (maximum), and tell how to get more.",
    },
    checks: &[Check::Live(check)],
};

const HUGE: u64 = 1_000_000;

/// The parameter of a tool that says how many items to return, if it has one.
fn limit(tool: &Tool) -> Option<(&str, &Value)> {
    tool.parameters().find(|(name, schema)| {
        let number = match &schema["type"] {
            Value::String(kind) => matches!(kind.as_str(), "integer" | "number"),
            Value::Array(kinds) => kinds
                .iter()
                .any(|kind| kind == "integer" || kind == "number"),
            _ => schema["anyOf"]
                .as_array()
                .into_iter()
                .flatten()
                .any(|way| way["type"] == "integer"),
        };
        let joined = words(name).join("_");
        number
            && matches!(
                joined.as_str(),
                "limit"
                    | "page_size"
                    | "pagesize"
                    | "per_page"
                    | "perpage"
                    | "max_results"
                    | "maxresults"
                    | "max_items"
                    | "max_count"
                    | "max_rows"
                    | "max"
                    | "count"
                    | "top"
                    | "top_k"
                    | "top_n"
                    | "take"
                    | "size"
                    | "first"
                    | "num"
                    | "num_results"
                    | "number_of_results"
                    | "n_results"
                    | "batch_size"
                    | "rows"
                    | "results"
                    | "result_limit"
                    | "row_limit"
                    | "items_per_page"
                    | "results_per_page"
                    | "num_items"
                    | "n"
                    | "limit_to"
                    | "head"
                    | "last"
                    | "tail"
            )
    })
}

fn check(live: &Live) -> BoxFuture<'_, Outcome> {
    Box::pin(async move {
        let tools: Vec<_> = live
            .surface
            .tools
            .iter()
            .filter_map(|tool| Some((tool, limit(tool)?)))
            .take(thresholds::TOOLS_LIMITED)
            .collect();
        if tools.is_empty() {
            return Outcome::not_applicable("no tool takes a limit");
        }
        let calls = live.calls().await;
        let mut outcome = Outcome::pass();
        let mut acting = 0;
        for (tool, (name, schema)) in &tools {
            let kind = CallKind::Boundary((*name).to_owned());
            if let Err(why) = live.may_call(tool, &kind) {
                // what acts returns no pages
                if matches!(verbs::judge(tool), verbs::Judgement::Acts(_)) {
                    acting += 1;
                } else {
                    outcome.unknown(format!("{}: {why}", tool.name));
                }
                continue;
            }
            let Some(usual) = calls.succeeded(&tool.name) else {
                outcome.unknown(format!(
                    "{}: no call of it succeeded; give one with --example",
                    tool.name
                ));
                continue;
            };
            let mut arguments = usual.arguments.clone();
            if let Some(object) = arguments.as_object_mut() {
                object.insert((*name).to_owned(), json!(HUGE));
                object.remove("cursor");
            }
            let answer = match live.call(tool, arguments.clone(), &kind).await {
                Ok(answer) => answer,
                Err(lost) => {
                    let mut finding = found(
                        tool,
                        name,
                        format!("called with {name} = {HUGE}, there is no answer: {lost}"),
                    );
                    finding = finding
                        .text("arguments", &arguments.to_string())
                        .key("lost");
                    outcome.find(finding);
                    continue;
                }
            };
            let usual = usual.outcome.as_ref().ok();
            match verdict(tool, name, schema, &answer, usual) {
                Ok(None) => {}
                // lines are items by our reading only: the same page for the largest limit allowed is a cap
                Ok(Some(_)) if is_allowed(live, tool, name, schema, &arguments, &answer).await => {}
                Ok(Some(finding)) => outcome.find(
                    finding
                        .text("arguments", &arguments.to_string())
                        .exchange(answer.exchange),
                ),
                Err(why) => outcome.unknown(why),
            }
        }
        if acting == tools.len() {
            return Outcome::not_applicable("no tool that reads takes a limit");
        }
        outcome
    })
}

/// Whether the answer, which is in lines, is no longer than the one for the largest limit that the schema
/// allows.
async fn is_allowed(
    live: &Live,
    tool: &Tool,
    name: &str,
    schema: &Value,
    arguments: &Value,
    answer: &Answer,
) -> bool {
    let Some(maximum) = schema["maximum"].as_u64().filter(|maximum| *maximum < HUGE) else {
        return false;
    };
    if serde_json::from_str::<Value>(answer.text().trim()).is_ok() {
        return false;
    }
    let mut arguments = arguments.clone();
    if let Some(object) = arguments.as_object_mut() {
        object.insert(name.to_owned(), json!(maximum));
    }
    let kind = CallKind::Boundary(name.to_owned());
    match live.call(tool, arguments, &kind).await {
        Ok(allowed) => !allowed.is_refusal() && answer.bytes <= allowed.bytes + allowed.bytes / 10,
        Err(_) => false,
    }
}

fn found(tool: &Tool, name: &str, message: String) -> Finding {
    RULE.finding(
        Place::Parameter(tool.name.clone(), name.to_owned()),
        message,
        format!("Cap {name} in the server, at 50 say, whatever is asked for; say so as its maximum, and tell how to get more."),
    )
}

fn verdict(
    tool: &Tool,
    name: &str,
    schema: &Value,
    answer: &Answer,
    usual: Option<&Answer>,
) -> Result<Option<Finding>, String> {
    if answer.is_refusal() {
        return Ok(None);
    }
    let items = items(answer);
    let text = answer.text();
    let maximum = schema["maximum"].as_u64().filter(|maximum| *maximum < HUGE);
    if let Some(maximum) = maximum
        && items as u64 > maximum.saturating_add(more_lines(&text))
    {
        let message = format!(
            "called with {name} = {HUGE}, it returns {items} items; its schema says at most {maximum}"
        );
        return Ok(Some(
            found(tool, name, message)
                .text("answer", &text)
                .key("over maximum"),
        ));
    }
    if items > thresholds::PAGE_ITEMS {
        let message = format!("called with {name} = {HUGE}, it returns {items} items");
        return Ok(Some(
            found(tool, name, message).text("answer", &text).key("many"),
        ));
    }
    let before = usual.map_or(0, |usual| usual.bytes);
    let tokens = answer.bytes / 4;
    if tokens > thresholds::PAGE_TOKENS && answer.bytes > 10 * before.max(1) {
        let message = format!(
            "called with {name} = {HUGE}, its answer has some {tokens} tokens, {} times the usual one",
            answer.bytes / before.max(1)
        );
        return Ok(Some(
            found(tool, name, message)
                .text("answer", &text)
                .key("large"),
        ));
    }
    // a cap shows where there was more than is shown
    let round = matches!(
        items,
        5 | 10 | 15 | 20 | 25 | 30 | 40 | 50 | 60 | 75 | 80 | 100 | 150 | 200
    );
    if maximum.is_some() || says_more(answer) || round {
        return Ok(None);
    }
    Err(format!(
        "{}: only {items} items are there, so no cap could be seen",
        tool.name
    ))
}

/// Lines of a text that are about pages, and no items.
fn more_lines(text: &str) -> u64 {
    if text.trim_start().starts_with(['{', '[']) {
        0
    } else {
        3
    }
}

/// Whether an answer says that there is more.
fn says_more(answer: &Answer) -> bool {
    let structured = answer.result()["structuredContent"].to_string();
    let text = format!("{} {structured}", answer.text()).to_lowercase();
    [
        "more available",
        "nextcursor",
        "next_cursor",
        "has_more\":true",
        "hasmore\":true",
        "has_more\": true",
        "hasmore\": true",
        " further",
        "truncated",
        "capped",
        "next page",
        "cursor=",
    ]
    .iter()
    .any(|words| text.contains(words))
}

/// The items of an answer: the longest array of its JSON, or its lines.
fn items(answer: &Answer) -> usize {
    let result = answer.result();
    let mut longest = longest(&result["structuredContent"], 4);
    let text = answer.text();
    longest = longest.max(match serde_json::from_str::<Value>(text.trim()) {
        Ok(value) => self::longest(&value, 4),
        Err(_) => text.lines().filter(|line| !line.trim().is_empty()).count(),
    });
    // one content block an item
    longest.max(result["content"].as_array().map_or(0, Vec::len))
}

fn longest(value: &Value, depth: usize) -> usize {
    if depth == 0 {
        return 0;
    }
    match value {
        Value::Array(items) => items.len().max(
            items
                .iter()
                .take(50)
                .map(|item| longest(item, depth - 1))
                .max()
                .unwrap_or_default(),
        ),
        Value::Object(object) => object
            .values()
            .map(|inner| longest(inner, depth - 1))
            .max()
            .unwrap_or_default(),
        _ => 0,
    }
}
