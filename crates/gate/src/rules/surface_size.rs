//! Every definition is read by the model on every turn, whether its tool is needed or not.

use serde_json::json;

use crate::{
    finding::{ExchangeId, Place},
    rule::{Basis, Check, Docs, Level, Outcome, Reach, Rule},
    surface::{Surface, Tool},
    thresholds,
};

pub(super) static RULE: Rule = Rule {
    id: "N10",
    name: "surface-size",
    summary: "at most 20 tools, and at most 10,000 tokens of definitions",
    level: Level::Warning,
    basis: Basis::Heuristic,
    reach: Reach::Reads,
    docs: Docs {
        what: "The tools of all pages are counted, and the tokens that a model sees of them: name, \
               description and inputSchema as compact JSON, four characters a token.",
        why: "Definitions fill the context before the first question is asked, and models choose worse \
              among many similar tools. Few tools that each do a whole task serve better than many \
              that each wrap one endpoint.",
        source: "Anthropic, \"Writing effective tools for agents\"; the second seed document; measured: \
                 44 tools of a GitHub server take 11,657 tokens, a mirror of its REST API 441,000.",
        bad: "44 tools, 11,657 tokens",
        good: "15 tools, 3,200 tokens",
        fix: "Merge tools that always follow each other into one that does the task, drop those that \
              nobody calls, put rarely used ones behind a switch, and shorten the largest definitions.",
    },
    checks: &[Check::Surface(check)],
};

fn check(surface: &Surface) -> Outcome {
    if surface.tools.is_empty() {
        return Outcome::not_applicable("it lists no tools");
    }
    let walk = surface.walk("tools/list");
    let exchange = walk.and_then(|walk| walk.exchanges.first().copied());
    // a tool that the other era shows with other words is one tool
    let mut sizes: Vec<(&str, usize)> = surface
        .tools
        .iter()
        .filter(|tool| tool.only_in.is_none())
        .map(|tool| (tool.name.as_str(), tokens(tool)))
        .collect();
    if sizes.is_empty() {
        sizes = surface
            .tools
            .iter()
            .map(|tool| (tool.name.as_str(), tokens(tool)))
            .collect();
    }
    let total: usize = sizes.iter().map(|(_, tokens)| tokens).sum();
    sizes.sort_by_key(|(name, tokens)| (std::cmp::Reverse(*tokens), *name));
    let largest: Vec<_> = sizes
        .iter()
        .take(5)
        .map(|(name, tokens)| format!("{name} ({tokens})"))
        .collect();
    let largest = largest.join(", ");
    let mut outcome = Outcome::pass();
    if sizes.len() > thresholds::SURFACE_TOOLS {
        outcome.find(finding(
            format!(
                "{} tools, {} more than {}; the largest, in tokens: {largest}",
                sizes.len(),
                sizes.len() - thresholds::SURFACE_TOOLS,
                thresholds::SURFACE_TOOLS
            ),
            "Merge tools that belong to one task, or put groups of them behind a switch that is off \
             by default.",
            "tools",
            exchange,
        ));
    }
    if total > thresholds::SURFACE_TOKENS {
        outcome.find(finding(
            format!(
                "the definitions take about {total} tokens, more than {}; the largest: {largest}",
                thresholds::SURFACE_TOKENS
            ),
            format!(
                "Shorten the largest first; {} is what to save.",
                total - thresholds::SURFACE_TOKENS
            ),
            "tokens",
            exchange,
        ));
    }
    if let Some(why) = walk.and_then(|walk| crate::list::why(&walk.end)) {
        outcome.unknown(format!("tools/list was not read to its end: {why}"));
    }
    outcome
}

fn finding(
    message: String,
    fix: impl Into<String>,
    key: &str,
    exchange: Option<ExchangeId>,
) -> crate::finding::Finding {
    RULE.finding(Place::Method("tools/list".to_owned()), message, fix)
        .exchange(exchange)
        .key(key)
}

/// What a model sees of a tool, in tokens.
fn tokens(tool: &Tool) -> usize {
    let seen = json!({
        "name": tool.raw["name"],
        "description": tool.raw["description"],
        "inputSchema": tool.raw["inputSchema"],
    });
    seen.to_string()
        .chars()
        .count()
        .div_ceil(thresholds::TOKEN_CHARS)
}
