//! An error is an instruction to the model: what was wrong, and what to do now.

use std::collections::BTreeSet;

use futures::future::BoxFuture;

use crate::{
    failures::{self, Lack},
    finding::Place,
    live::Live,
    rule::{Basis, Check, Docs, Level, Outcome, Reach, Rule},
};

/// `HeaderMismatch` of 2026-07-28.
const MISMATCH: i64 = -32020;

pub(super) static RULE: Rule = Rule {
    id: "B05",
    name: "error-actionable",
    summary: "an error names the problem and the next move",
    level: Level::Error,
    basis: Basis::Heuristic,
    reach: Reach::Calls,
    docs: Docs {
        what: "The text of each error that the run's calls brought forth is read: it must say what is wrong \
               (which argument, or which thing is not there) and what to do next (what is expected instead, or \
               which tool to call). A text that names the argument and what it must be does both. An error that \
               names the value that was refused, and not what to do about it, is a warning.",
        why: "The model sees nothing but this text. From \"Error executing tool\" it can only repeat the call or \
              give up; from \"limit must be between 1 and 50\" it mends the call.",
        source: "Anthropic, Writing effective tools for agents: errors that say what to improve; MCP 2025-11-25, Tools, \
                 Error Handling: tool execution errors \"contain actionable feedback that language models can use \
                 to self-correct\".",
        bad: "Error executing tool read_note",
        good: "There is no note n99. Call find_notes to see which there are.",
        fix: "Catch the failure where its cause is known, and say: what was wrong, with the name of the argument \
              or the value; and the next move: what is expected, or which tool shows what there is.",
    },
    checks: &[Check::Live(check)],
};

fn check(live: &Live) -> BoxFuture<'_, Outcome> {
    Box::pin(async move {
        if live.surface.tools.is_empty() {
            return Outcome::not_applicable("it lists no tools");
        }
        let calls = live.calls().await;
        let mut outcome = Outcome::pass();
        let mut judged = 0;
        let mut seen = BTreeSet::new();
        // headers that do not fit the body are our client's matter, not the tool's
        let refusals = calls.answered().filter(|(_, answer)| {
            answer.is_refusal() && answer.error().is_none_or(|error| error.code != MISMATCH)
        });
        for (call, answer) in refusals {
            judged += 1;
            let mut text = answer.text();
            if let Some(error) = answer.error()
                && !error.data.is_null()
            {
                text = format!("{text} {}", error.data);
            }
            let mut names: Vec<String> = live
                .surface
                .tool(&call.tool)
                .map(|tool| tool.parameters().map(|(name, _)| name.to_owned()).collect())
                .unwrap_or_default();
            names.push(crate::schema::UNKNOWN.to_owned());
            let Some(lack) = failures::lack(&text, &names, &call.arguments) else {
                continue;
            };
            let domain = !call.forbidden && !call.kind.is_invalid();
            let (message, fix, level) = match lack {
                Lack::Everything => (
                    "an error says nothing but that the call failed",
                    "Say which argument or thing is wrong, and what to do: \"There is no X 7. Call find_x to see which \
                     there are.\"",
                    Level::Error,
                ),
                Lack::Problem => (
                    "an error does not say what is wrong with the call",
                    "Name the argument, what was wrong with it and what it must be: \"limit must be between 1 and 50\".",
                    Level::Error,
                ),
                Lack::Move => (
                    "an error names the problem, but not the next move",
                    "Say what is expected instead, or which tool to call: \"Call find_x to see which there are.\"",
                    if domain { Level::Warning } else { Level::Error },
                ),
            };
            // the same text of the same tool is one finding
            if !seen.insert((&call.tool, message)) {
                continue;
            }
            outcome.find(
                RULE.finding(
                    Place::Tool(call.tool.clone()),
                    format!("{message} ({})", call.kind.name()),
                    fix,
                )
                .level(level)
                .text("error", &text)
                .text("arguments", &call.arguments.to_string())
                .exchange(answer.exchange)
                .key(message),
            );
        }
        if judged == 0 {
            outcome.unknown("no call was refused, so no error could be read");
        }
        outcome
    })
}
