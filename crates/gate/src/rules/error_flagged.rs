//! A failure that is told as success is believed.

use std::collections::BTreeSet;

use futures::future::BoxFuture;

use crate::{
    calls::{Call, CallKind},
    failures,
    finding::Place,
    live::Live,
    rule::{Basis, Check, Docs, Level, Outcome, Reach, Rule},
    verbs,
};

pub(super) static RULE: Rule = Rule {
    id: "B06",
    name: "error-flagged",
    summary: "an error is not returned as success",
    level: Level::Error,
    basis: Basis::Must,
    reach: Reach::Calls,
    docs: Docs {
        what: "Answers without isError: true whose whole text is a failure are found: it begins with \"Error:\", \
               \"Failed to\" or a traceback, or it is JSON such as {\"error\": …} or {\"success\": false}. Data that \
               only mentions errors is none.",
        why: "Clients show, count and retry by isError. A failure that says success is passed on as a result, and \
              the model may take the text for data.",
        source: "MCP 2025-11-25, Tools, Error Handling: tool execution errors are reported in results with \
                 isError: true.",
        bad: "{\"content\": [{\"type\": \"text\", \"text\": \"Error: no such note\"}]}",
        good: "{\"content\": [{\"type\": \"text\", \"text\": \"There is no note n99. …\"}], \"isError\": true}",
        fix: "Set isError: true on every result that tells a failure; in the SDKs, raise the tool error instead of \
              returning its text.",
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
        let mut seen = BTreeSet::new();
        let mut judged = 0;
        for (call, answer) in calls.answered() {
            judged += 1;
            if answer.is_refusal() || shows_errors(call) {
                continue;
            }
            let text = answer.text();
            let structured = &answer.result()["structuredContent"];
            let mark = failures::reads_as_failure(&text);
            let failed = mark.is_some() || failures::is_failed(structured);
            if !failed || !seen.insert(&call.tool) {
                continue;
            }
            let shown = if text.trim().is_empty() {
                structured.to_string()
            } else {
                text
            };
            outcome.find(
                RULE.finding(
                    Place::Tool(call.tool.clone()),
                    format!("a failure is returned as success ({})", call.kind.name()),
                    "Return this text with isError: true.",
                )
                .quote("answer", &shown, mark.unwrap_or_default())
                .text("arguments", &call.arguments.to_string())
                .exchange(answer.exchange),
            );
        }
        if judged == 0 {
            outcome.unknown("no call was answered");
        }
        outcome
    })
}

/// Whether the tool's answers are about errors, so that valid ones may well begin with the word.
fn shows_errors(call: &Call) -> bool {
    let about = |word: &String| {
        matches!(
            word.as_str(),
            "error" | "errors" | "log" | "logs" | "exception" | "exceptions" | "failures" | "echo"
        )
    };
    // "show me an error" is answered with one
    let asked = || {
        let sent = call
            .arguments
            .as_object()
            .into_iter()
            .flatten()
            .filter_map(|(_, value)| value.as_str());
        sent.into_iter().any(|sent| {
            sent.to_lowercase().contains("error") || sent.to_lowercase().contains("fail")
        })
    };
    if !call.forbidden && asked() {
        return true;
    }
    !call.forbidden
        && !matches!(call.kind, CallKind::MadeUp)
        && verbs::words(&call.tool).iter().any(about)
}
