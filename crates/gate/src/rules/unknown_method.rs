//! A client learns what a server can do from how it refuses.

use futures::future::BoxFuture;
use serde_json::{Value, json};

use crate::{
    finding::{Finding, Place},
    live::Live,
    rule::{Basis, Check, Docs, Level, Outcome, Reach, Rule},
    thresholds,
    wire::{Answer, Era, Lost, StrayKind},
};

pub(super) static RULE: Rule = Rule {
    id: "P05",
    name: "unknown-method",
    summary: "unknown methods and tools are refused with the right codes",
    level: Level::Error,
    basis: Basis::Must,
    reach: Reach::Calls,
    docs: Docs {
        what: "In each era: methods that do not exist must be refused with -32601; a call of a tool that does \
               not exist with -32602 or a result that says isError; a prompt that does not exist with an \
               error. A result, silence or the server's end is an error, another code a warning (a note for \
               prompts). A notification that does not exist must not be answered.",
        why: "Clients probe for features and fall back on -32601; with any other code they report a broken \
              server. A result for a tool that does not exist tells a model that its invented call worked.",
        source: "JSON-RPC 2.0, section 5.1: -32601, -32602; section 4.1: a notification has no response. MCP \
                 2025-11-25 and 2026-07-28, Tools, Error Handling: \"Unknown tool\" is -32602.",
        bad: "{\"code\": -32603, \"message\": \"KeyError: 'tools/foo'\"}",
        good: "{\"code\": -32601, \"message\": \"Method not found: tools/foo\"}",
        fix: "End the dispatch of methods with error -32601, and the dispatch of tools with error -32602 and \
              the tool's name.",
    },
    checks: &[Check::Live(check)],
};

/// Methods that do not exist: one of nobody's, one that begins like one of MCP's.
const METHODS: [&str; 2] = ["seaworthy/no_such_method", "tools/no_such_method"];

const NOTIFICATION: &str = "notifications/seaworthy_no_such_notification";

/// The name of a tool and of a prompt that do not exist.
const NAME: &str = "seaworthy_no_such_name";

fn check(live: &Live) -> BoxFuture<'_, Outcome> {
    Box::pin(async move {
        if live.surfaces.is_empty() {
            return Outcome::unverified("it speaks neither era");
        }
        let mut outcome = Outcome::pass();
        for (era, surface) in &live.surfaces {
            for method in METHODS {
                if let Some(answer) = ask(live, *era, method, json!({}), &mut outcome).await {
                    outcome
                        .findings
                        .extend(method_answered(*era, method, &answer));
                }
            }
            if !surface.capabilities["tools"].is_null() {
                let params = json!({"name": NAME, "arguments": {}});
                if let Some(answer) = ask(live, *era, "tools/call", params, &mut outcome).await {
                    outcome.findings.extend(tool_answered(*era, &answer));
                }
            }
            if !surface.capabilities["prompts"].is_null() {
                let params = json!({"name": NAME, "arguments": {}});
                if let Some(answer) = ask(live, *era, "prompts/get", params, &mut outcome).await {
                    outcome.findings.extend(prompt_answered(*era, &answer));
                }
            }
            outcome
                .findings
                .extend(notification_answered(live, *era).await);
        }
        // the same in both eras is one finding
        let mut seen = std::collections::BTreeSet::new();
        outcome
            .findings
            .retain(|finding| seen.insert(finding.fingerprint()));
        outcome
    })
}

/// Asks; where nothing comes back, that is a finding.
async fn ask(
    live: &Live,
    era: Era,
    method: &str,
    params: Value,
    outcome: &mut Outcome,
) -> Option<Answer> {
    let lost = match live.scratch(era).await {
        Ok(session) => {
            let silent = outcome.findings.iter().any(|finding| finding.key == "lost");
            let patience = live.patience().min(if silent {
                thresholds::AFTER_SILENCE
            } else {
                thresholds::VERSION_ANSWER
            });
            match session.request_within(method, params, patience).await {
                Ok(answer) => return Some(answer),
                Err(lost) => lost,
            }
        }
        Err(lost) => {
            outcome.unknown(format!("{method}: {lost}"));
            return None;
        }
    };
    let (what, fix) = if METHODS.contains(&method) {
        (
            "an unknown method".to_owned(),
            "Answer every request: {\"code\": -32601, \"message\": \"Method not found: ...\"} for unknown methods.",
        )
    } else {
        (
            format!("{method} with an unknown name"),
            "Answer every request: {\"code\": -32602, \"message\": \"Unknown tool: ...\"} for unknown names.",
        )
    };
    let message = match &lost {
        Lost::Silent(patience) => format!(
            "{what} is not answered within {} s in the {} era",
            patience.as_secs(),
            era.name()
        ),
        lost if lost.is_death() => format!("the server ends when {what} comes ({lost})"),
        Lost::Http(status, _) => {
            format!("{what} gets HTTP {status} without an error of the protocol")
        }
        lost => {
            outcome.unknown(format!("{method}: {lost}"));
            return None;
        }
    };
    outcome.find(
        RULE.finding(Place::Method(method.to_owned()), message, fix)
            .key("lost"),
    );
    None
}

fn found(era: Era, method: &str, message: &str, fix: &str, answer: &Answer) -> Finding {
    RULE.finding(
        Place::Method(method.to_owned()),
        format!("{message} in the {} era", era.name()),
        fix,
    )
    .text("answer", &answer.message.to_string())
    .exchange(answer.exchange)
}

fn method_answered(era: Era, method: &str, answer: &Answer) -> Option<Finding> {
    let fix = "Refuse unknown methods: {\"code\": -32601, \"message\": \"Method not found: ...\"}.";
    match answer.error() {
        None => Some(found(
            era,
            method,
            "a method that does not exist is answered with a result",
            fix,
            answer,
        )),
        Some(error) if error.code == -32601 => None,
        Some(error) => {
            let message = format!(
                "an unknown method is refused with {}, not with -32601",
                error.code
            );
            Some(found(era, method, &message, fix, answer).level(Level::Warning))
        }
    }
}

fn tool_answered(era: Era, answer: &Answer) -> Option<Finding> {
    let fix = "Refuse unknown tools: {\"code\": -32602, \"message\": \"Unknown tool: ...\"}.";
    match answer.error() {
        None if answer.is_tool_error() => None,
        None => Some(found(
            era,
            "tools/call",
            "a call of a tool that does not exist succeeds",
            fix,
            answer,
        )),
        Some(error) if error.code == -32602 => None,
        Some(error) => {
            let message = format!(
                "an unknown tool is refused with {}, not with -32602",
                error.code
            );
            Some(found(era, "tools/call", &message, fix, answer).level(Level::Warning))
        }
    }
}

fn prompt_answered(era: Era, answer: &Answer) -> Option<Finding> {
    let fix = "Refuse unknown prompts: {\"code\": -32602, \"message\": \"Unknown prompt: ...\"}.";
    match answer.error() {
        None => Some(found(
            era,
            "prompts/get",
            "a prompt that does not exist is answered with a result",
            fix,
            answer,
        )),
        Some(error) if error.code == -32602 => None,
        Some(error) => {
            let message = format!(
                "an unknown prompt is refused with {}, not with -32602",
                error.code
            );
            Some(found(era, "prompts/get", &message, fix, answer).level(Level::Note))
        }
    }
}

/// Sends a notification that does not exist, then asks something: the answer to the first, if there is
/// one, comes before that to the second.
async fn notification_answered(live: &Live, era: Era) -> Option<Finding> {
    let session = live.scratch(era).await.ok()?;
    if !session.is_stdio() {
        return None;
    }
    let sent = session.age();
    session.notify(NOTIFICATION, json!({})).await.ok()?;
    session
        .request_within(METHODS[0], json!({}), thresholds::ACKNOWLEDGED)
        .await
        .ok()?;
    let stray = session.strays().into_iter().find(|stray| {
        stray.kind == StrayKind::Response
            && stray.at >= sent
            && stray.message["id"].is_null()
            && stray.message["error"]["code"] == -32601
    })?;
    Some(
        RULE.finding(
            Place::Method(NOTIFICATION.to_owned()),
            "a notification that does not exist is answered",
            "Send nothing back for a message without an id, whatever it says.",
        )
        .text("answer", &stray.text)
        .exchange(stray.exchange),
    )
}
