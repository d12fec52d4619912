//! Clients of both eras are in use; a server of one era loses the others.

use futures::future::BoxFuture;
use serde_json::{Value, json};

use crate::{
    finding::{Finding, Place},
    live::{Greeting, Live},
    rule::{Basis, Check, Docs, Level, Outcome, Reach, Rule},
    thresholds,
    wire::{Era, Lost},
};

pub(super) static RULE: Rule = Rule {
    id: "P02",
    name: "answers-both-eras",
    summary: "the server answers initialize (2025-11-25 and older) and server/discover (2026-07-28)",
    level: Level::Warning,
    basis: Basis::Should,
    reach: Reach::Reads,
    docs: Docs {
        what: "A fresh connection opens with initialize, another with server/discover; each must be \
               answered by a complete result. A result that lacks a required field, and a server that \
               answers neither, is an error. Over stdio, a server that does not know server/discover \
               must still answer an initialize that follows it on the same connection.",
        why: "Claude Code opens with server/discover and falls back to initialize on the same process; \
              Codex, Cursor, Claude Desktop and VS Code send initialize; clients of 2026-07-28 alone \
              send no initialize at all. A client of the other era cannot connect.",
        source: "MCP 2026-07-28, Versioning and Compatibility, Compatibility Matrix; Discovery: \"Servers \
                 MUST implement it\"; Transports, stdio, Backward Compatibility. MCP 2025-11-25, Lifecycle.",
        bad: "match method { \"initialize\" => initialize(), ... }  // server/discover: -32601",
        good: "match method { \"initialize\" => initialize(), \"server/discover\" => discover(), ... }",
        fix: "Use an SDK of 2026, which speaks both eras, or answer server/discover beside initialize: \
              serve requests whose _meta carries a protocol version without a handshake, and others by \
              the version that initialize negotiated.",
    },
    checks: &[Check::Live(check)],
};

fn check(live: &Live) -> BoxFuture<'_, Outcome> {
    Box::pin(async move {
        let mut outcome = Outcome::pass();
        if live
            .greetings
            .values()
            .all(|greeting| !greeting.is_spoken())
        {
            outcome.find(neither(live));
            return outcome;
        }
        for (era, greeting) in &live.greetings {
            if greeting.is_spoken() {
                outcome.findings.extend(incomplete(*era, greeting));
            } else if let Some(finding) = unspoken(*era, greeting) {
                outcome.find(finding);
            } else {
                outcome.unknown(format!("{}: {}", opening(*era), why(greeting)));
            }
        }
        let modern = live.greetings.get(&Era::Modern);
        if let Some(greeting) = modern.filter(|greeting| !greeting.is_spoken())
            && live.speaks(Era::Legacy)
            && live.http().is_none()
        {
            outcome.findings.extend(falls_back(live, greeting).await);
        }
        if outcome.findings.is_empty()
            && outcome.unverified.is_empty()
            && let Some(era) = live.options.era
        {
            return Outcome::not_applicable(format!(
                "only {} was asked for (--era {})",
                opening(era),
                era.name()
            ));
        }
        outcome
    })
}

/// The method with which an era opens.
fn opening(era: Era) -> &'static str {
    match era {
        Era::Legacy => "initialize",
        Era::Modern => "server/discover",
    }
}

/// Why there is no result.
fn why(greeting: &Greeting) -> String {
    match &greeting.answer {
        Ok(answer) => match answer.error() {
            Some(error) => format!("error {}: {}", error.code, error.message),
            None => String::new(),
        },
        Err(lost) => lost.to_string(),
    }
}

fn neither(live: &Live) -> Finding {
    let mut said = Vec::new();
    let mut exchanges = Vec::new();
    for (era, greeting) in &live.greetings {
        said.push(format!("{}: {}", opening(*era), why(greeting)));
        exchanges.extend(greeting.answer.as_ref().ok().map(|answer| answer.exchange));
    }
    let mut finding = RULE
        .finding(
            Place::Server,
            format!("no handshake is answered ({})", said.join("; ")),
            "Answer initialize with protocolVersion, capabilities and serverInfo, and server/discover with \
             supportedVersions and capabilities.",
        )
        .level(Level::Error)
        .key("neither");
    finding.exchanges = exchanges;
    finding
}

/// An era that is not spoken; none where that was not the server's doing.
fn unspoken(era: Era, greeting: &Greeting) -> Option<Finding> {
    if let Err(Lost::Budget(_) | Lost::Start(_) | Lost::GivenUp) = &greeting.answer {
        return None;
    }
    let (who, fix) = match era {
        Era::Legacy => (
            "Codex, Cursor, Claude Desktop and VS Code open with it and cannot connect",
            "Answer initialize beside server/discover: protocolVersion 2025-11-25 (or the older version that \
             the client asks for), capabilities and serverInfo; then serve requests without _meta.",
        ),
        Era::Modern => (
            "Claude Code opens with it and must fall back, and clients of 2026-07-28 alone cannot connect",
            "Answer server/discover beside initialize: supportedVersions [\"2026-07-28\"], capabilities, ttlMs \
             and cacheScope; then serve requests whose _meta carries the version, without a handshake.",
        ),
    };
    let finding = RULE
        .finding(
            Place::Method(opening(era).to_owned()),
            format!(
                "{} is not answered ({}); {who}",
                opening(era),
                why(greeting)
            ),
            fix,
        )
        .exchange(greeting.answer.as_ref().ok().map(|answer| answer.exchange));
    Some(finding)
}

/// What a handshake's result lacks.
fn incomplete(era: Era, greeting: &Greeting) -> Option<Finding> {
    let answer = greeting.answer.as_ref().ok()?;
    let result = answer.result();
    let mut lacks = Vec::new();
    if !result["capabilities"].is_object() {
        lacks.push("capabilities (an object)");
    }
    match era {
        Era::Legacy => {
            if !result["protocolVersion"].is_string() {
                lacks.push("protocolVersion (a string)");
            }
            let info = &result["serverInfo"];
            if !(info["name"].is_string() && info["version"].is_string()) {
                lacks.push("serverInfo (with name and version)");
            }
        }
        Era::Modern => {
            let versions = result["supportedVersions"].as_array();
            if versions.is_none_or(|list| list.is_empty() || !list.iter().all(Value::is_string)) {
                lacks.push("supportedVersions (a list of strings)");
            }
        }
    }
    if lacks.is_empty() {
        return None;
    }
    let method = opening(era);
    Some(
        RULE.finding(
            Place::Method(method.to_owned()),
            format!("the result of {method} lacks {}", lacks.join(", ")),
            format!("Return {} from {method}.", lacks.join(", ")),
        )
        .level(Level::Error)
        .text("result", &result.to_string())
        .exchange(answer.exchange)
        .key("incomplete"),
    )
}

/// Whether `initialize` is answered after a refused `server/discover`, on the same connection.
async fn falls_back(live: &Live, greeting: &Greeting) -> Option<Finding> {
    let session = live
        .sessions()
        .into_iter()
        .find(|session| session.era() == Era::Modern)?;
    let place = || Place::Method("server/discover".to_owned());
    let fix = "Answer an unknown first request with error -32601 and go on reading, so that initialize can \
               follow on the same connection.";
    let gone = |how: String| {
        RULE.finding(
            place(),
            format!(
                "the server ends when server/discover comes first ({how}); Claude Code opens with it and \
                 then sends initialize on the same process"
            ),
            fix,
        )
        .key("ends")
    };
    if let Err(lost) = &greeting.answer
        && lost.is_death()
    {
        return Some(gone(lost.to_string()));
    }
    let mut message = session.message("initialize", Value::Null);
    message["params"] = json!({
        "protocolVersion": Era::Legacy.version(),
        "capabilities": {},
        "clientInfo": crate::wire::client_info(),
    });
    let patience = live.patience().min(thresholds::VERSION_ANSWER);
    let why = match session.request_message(message, patience).await {
        Ok(answer) => match answer.error() {
            None => return None,
            Some(error) => (
                format!("error {}: {}", error.code, error.message),
                Some(answer.exchange),
            ),
        },
        Err(lost) if lost.is_death() => return Some(gone(lost.to_string())),
        Err(lost) => (lost.to_string(), None),
    };
    Some(
        RULE.finding(
            place(),
            format!(
                "initialize is not answered after server/discover on the same connection ({}); Claude Code \
                 opens so",
                why.0
            ),
            fix,
        )
        .exchange(why.1)
        .key("no fallback"),
    )
}
