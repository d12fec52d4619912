//! An answer longer than the client's limit is cut, refused or pushes everything else out of the context.

use futures::future::BoxFuture;
use serde_json::{Value, json};

use crate::{
    calls::CallKind,
    finding::{ExchangeId, Place},
    live::Live,
    paging,
    rule::{Basis, Check, Docs, Level, Outcome, Reach, Rule},
    surface::Tool,
    thresholds,
    wire::Answer,
};

pub(super) static RULE: Rule = Rule {
    id: "G06",
    name: "answer-size",
    summary: "no answer is over 25,000 tokens, and better none over 10,000",
    level: Level::Error,
    basis: Basis::Should,
    reach: Reach::Calls,
    docs: Docs {
        what: "Every answer to a tool call of the run is measured as a model sees it: its texts, and its \
               structured content where the texts do not say the same, at four characters a token. Tools \
               with a limit are also called with the largest that their schema allows. Over 25,000 tokens \
               is an error, over 10,000 a warning.",
        why: "Claude Code refuses answers over 25,000 tokens and warns from 10,000; other clients cut \
              them. What does get through costs that much on every further turn.",
        source: "Claude Code, MCP output limits: warning at 10,000 tokens, MAX_MCP_OUTPUT_TOKENS 25,000 by \
                 default; Anthropic, Writing effective tools for agents.",
        bad: "return json.dumps(all_rows)",
        good: "return json.dumps(rows[:limit]) + more_available(cursor)",
        fix: "Cap what one answer holds: fewer entries, shorter entries, only the fields that were asked \
              for. Say what was left out and how to get it.",
    },
    checks: &[Check::Live(largest), Check::After(check)],
};

fn check(live: &Live) -> BoxFuture<'_, Outcome> {
    Box::pin(async move {
        if live.surface.tools.is_empty() {
            return Outcome::not_applicable("it lists no tools");
        }
        let calls = live.calls().await;
        let mut outcome = Outcome::pass();
        let mut worst: Vec<(&str, usize, ExchangeId)> = Vec::new();
        let mut answered = false;
        for (call, answer) in calls.answered() {
            answered = true;
            let tokens = paging::tokens(answer);
            if tokens <= thresholds::ANSWER_TOKENS_WARN {
                continue;
            }
            match worst.iter_mut().find(|(tool, ..)| *tool == call.tool) {
                Some(known) if known.1 < tokens => *known = (&call.tool, tokens, answer.exchange),
                Some(_) => {}
                None => worst.push((&call.tool, tokens, answer.exchange)),
            }
        }
        for (tool, tokens, exchange) in worst {
            report(&mut outcome, tool, tokens, exchange, None);
        }
        if !answered {
            outcome.unknown("no tool answered a call");
        }
        let unmeasured = "not called with valid arguments, so its answer was not measured";
        outcome.unknown_each(
            calls
                .left_out
                .iter()
                .map(|(tool, _)| (tool.clone(), unmeasured.to_owned())),
        );
        outcome
    })
}

/// Calls the tools that take a limit with the largest that they allow.
fn largest(live: &Live) -> BoxFuture<'_, Outcome> {
    Box::pin(async move {
        let mut outcome = Outcome::pass();
        if live.surface.tools.is_empty() {
            return Outcome::not_applicable("it lists no tools");
        }
        for tool in live.surface.tools.iter().take(thresholds::TOOLS_JUDGED) {
            let Some(limit) = paging::limit(tool) else {
                continue;
            };
            let Some(good) = paging::broad(live, tool).await else {
                continue;
            };
            let largest = limit.most.unwrap_or(thresholds::LARGE_LIMIT);
            if let Some((answer, arguments)) =
                widest(live, tool, &good.arguments, &limit.name, largest).await
            {
                let tokens = paging::tokens(&answer);
                report(
                    &mut outcome,
                    &tool.name,
                    tokens,
                    answer.exchange,
                    Some(&arguments),
                );
            }
        }
        outcome
    })
}

/// The answer to a call with the largest limit.
async fn widest(
    live: &Live,
    tool: &Tool,
    arguments: &Value,
    limit: &str,
    largest: i64,
) -> Option<(Answer, Value)> {
    let mut arguments = arguments.clone();
    arguments
        .as_object_mut()?
        .insert(limit.to_owned(), json!(largest));
    let answer = live
        .call(tool, arguments.clone(), &CallKind::Valid)
        .await
        .ok()?;
    Some((answer, arguments))
}

fn report(
    outcome: &mut Outcome,
    tool: &str,
    tokens: usize,
    exchange: ExchangeId,
    arguments: Option<&Value>,
) {
    let (level, bound) = if tokens > thresholds::ANSWER_TOKENS_MAX {
        (Level::Error, thresholds::ANSWER_TOKENS_MAX)
    } else if tokens > thresholds::ANSWER_TOKENS_WARN {
        (Level::Warning, thresholds::ANSWER_TOKENS_WARN)
    } else {
        return;
    };
    let mut finding = RULE
        .finding(
            Place::Tool(tool.to_owned()),
            format!("an answer has some {tokens} tokens, over {bound}"),
            format!(
                "Cap the answer below {bound} tokens ({} characters): fewer or shorter entries, and a last line \
                 such as \"MORE AVAILABLE: 120 further - call again with cursor=...\".",
                bound * 4
            ),
        )
        .level(level)
        .exchange(exchange)
        .key(if arguments.is_some() { "largest" } else { "" });
    if let Some(arguments) = arguments {
        finding = finding.text("arguments", &arguments.to_string());
    }
    outcome.find(finding);
}
