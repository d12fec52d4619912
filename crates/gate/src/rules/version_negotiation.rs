//! A version that the server does not know must lead to one that both know, not to a misunderstanding.

use std::{sync::Arc, time::Duration};

use futures::future::BoxFuture;
use serde_json::{Value, json};

use crate::{
    finding::{Finding, Place},
    live::Live,
    rule::{Basis, Check, Docs, Level, Outcome, Reach, Rule},
    thresholds,
    wire::{Answer, Era, Lost, Session, client_info, modern_meta},
};

pub(super) static RULE: Rule = Rule {
    id: "P03",
    name: "version-negotiation",
    summary: "an unknown version is refused with -32022 and the supported list, or negotiated, within 5 s",
    level: Level::Error,
    basis: Basis::Must,
    reach: Reach::Reads,
    docs: Docs {
        what: "Modern: server/discover and a list are asked for in versions that never existed (1999-01-01 \
               and 2099-12-31); each must be refused with -32022 whose data names the supported versions, \
               at first and (a warning) after a valid request on the same connection. \
               Legacy: initialize with such a version must be answered with a version of MCP that exists, \
               or refused, within 5 s.",
        why: "A server that echoes or ignores the version promises a protocol that it does not speak; one \
              that refuses without its list leaves the client nothing to retry with; one that stays silent \
              hangs the client's start.",
        source: "MCP 2026-07-28, Versioning and Compatibility, Protocol Version Negotiation (MUST). MCP \
                 2025-11-25, Lifecycle, Version Negotiation: \"the server MUST respond with another protocol \
                 version it supports\".",
        bad: "{\"protocolVersion\": params[\"protocolVersion\"], ...}",
        good: "{\"protocolVersion\": asked if asked in SUPPORTED else SUPPORTED[0], ...}",
        fix: "Keep a list of the versions that you implement. In initialize answer the asked one if it is \
              listed, else your newest; in modern requests refuse others with code -32022 and data \
              {\"supported\": [...], \"requested\": ...}.",
    },
    checks: &[Check::Live(legacy), Check::Live(modern)],
};

/// Versions that never were: before all that exist, and after.
const NEVER: [&str; 2] = ["1999-01-01", "2099-12-31"];

/// Versions that open with `initialize`.
const LEGACY: [&str; 5] = [
    "2024-10-07",
    "2024-11-05",
    "2025-03-26",
    "2025-06-18",
    "2025-11-25",
];

fn legacy(live: &Live) -> BoxFuture<'_, Outcome> {
    Box::pin(async move {
        let Some(greeting) = live.greetings.get(&Era::Legacy).filter(|it| it.is_spoken()) else {
            return Outcome::not_applicable("initialize is not answered");
        };
        let mut outcome = Outcome::pass();
        let mut started = Duration::ZERO;
        if let Ok(answer) = &greeting.answer {
            started = answer.took;
            outcome
                .findings
                .extend(negotiated(Era::Legacy.version(), answer));
        }
        // its start is not counted: `npx` may take longer than the answer
        let patience = thresholds::VERSION_ANSWER + started;
        let mut session = match live.open(Era::Legacy, json!({})) {
            Ok(session) => session,
            Err(lost) => {
                outcome.unknown(lost.to_string());
                return outcome;
            }
        };
        for (index, version) in NEVER.into_iter().enumerate() {
            if index > 0 && live.http().is_some() {
                match live.open(Era::Legacy, json!({})) {
                    Ok(fresh) => session = fresh,
                    Err(_) => break,
                }
            }
            let hello = json!({
                "protocolVersion": version,
                "capabilities": {},
                "clientInfo": client_info(),
            });
            match session.request_within("initialize", hello, patience).await {
                Ok(answer) => outcome.findings.extend(negotiated(version, &answer)),
                // a second handshake on one connection may meet anything
                Err(_) if index > 0 => {}
                Err(lost) => unanswered("initialize", version, &lost, &mut outcome),
            }
            if !outcome.findings.is_empty() || !outcome.unverified.is_empty() {
                return outcome;
            }
        }
        let greeted = session
            .notify("notifications/initialized", Value::Null)
            .await;
        if greeted.is_ok() && session.is_stdio() {
            live.leave(session);
        }
        outcome
    })
}

/// What is wrong with the version that `initialize` was answered with.
fn negotiated(asked: &str, answer: &Answer) -> Option<Finding> {
    let result = answer.reply.as_ref().ok()?;
    let place = Place::Method("initialize".to_owned());
    let fix = "Answer with the version that the client asks for where you implement it, else with the newest \
               that you implement: \"protocolVersion\": asked if asked in SUPPORTED else SUPPORTED[0].";
    let finding = match result["protocolVersion"].as_str() {
        // that it lacks one is for the rule about handshakes
        None => return None,
        Some(version) if LEGACY.contains(&version) => return None,
        Some(version) if NEVER.contains(&version) && version == asked => RULE.finding(
            place,
            format!("initialize with version {asked}, which never existed, is accepted as if it were known"),
            fix,
        ),
        Some(version) if version >= Era::Modern.version() && is_date(version) => RULE
            .finding(
                place,
                format!("initialize is answered with version {version}, which has no initialize"),
                fix,
            )
            .level(Level::Warning)
            .key("modern"),
        Some(version) => RULE
            .finding(
                place,
                format!(
                    "initialize with version {asked} is answered with {version:?}, which is no version of \
                     MCP"
                ),
                fix,
            )
            .key("unknown"),
    };
    Some(
        finding
            .text("result", &result.to_string())
            .exchange(answer.exchange),
    )
}

fn is_date(text: &str) -> bool {
    text.len() == 10
        && text.bytes().enumerate().all(|(at, byte)| match at {
            4 | 7 => byte == b'-',
            _ => byte.is_ascii_digit(),
        })
}

fn modern(live: &Live) -> BoxFuture<'_, Outcome> {
    Box::pin(async move {
        let Some(greeting) = live.greetings.get(&Era::Modern).filter(|it| it.is_spoken()) else {
            return Outcome::not_applicable("server/discover is not answered");
        };
        let mut outcome = Outcome::pass();
        if let Ok(answer) = &greeting.answer {
            outcome.findings.extend(discovered(answer));
        }
        // a connection over which nothing valid was said: servers look harder at the first requests
        let first = live.first_scratch(Era::Modern).await;
        let session = match &first {
            Some(session) => Arc::clone(session),
            None => match live.open(Era::Modern, json!({})) {
                Ok(session) => session,
                Err(lost) => {
                    outcome.unknown(lost.to_string());
                    return outcome;
                }
            },
        };
        let started = greeting.answer.as_ref().map(|answer| answer.took);
        let patience = thresholds::VERSION_ANSWER + started.unwrap_or_default();
        let listing = live
            .surfaces
            .get(&Era::Modern)
            .and_then(|surface| surface.walks.last())
            .map(|walk| walk.method);
        for method in ["server/discover"].into_iter().chain(listing) {
            for version in NEVER {
                let before = outcome.findings.len();
                foreign(&session, method, version, patience, &mut outcome).await;
                if !outcome.unverified.is_empty() || !session.is_usable() {
                    session.end().await;
                    return outcome;
                }
                if outcome.findings.len() > before {
                    // the other version would say the same
                    break;
                }
            }
        }
        if outcome.findings.is_empty()
            && let Some(method) = listing
        {
            outcome.findings.extend(pinned(&session, method).await);
        }
        // what others ask over it comes after a handshake
        if session.greet(live.patience()).await.is_err() {
            session.end().await;
        }
        drop(first);
        outcome
    })
}

/// A server may look at the version until it has served a request, and at none after.
async fn pinned(session: &Session, method: &str) -> Option<Finding> {
    let patience = thresholds::VERSION_ANSWER;
    let served = session.request_within(method, json!({}), patience).await;
    served.ok()?.reply.ok()?;
    let version = NEVER[0];
    let params = json!({"_meta": modern_meta(version, session.capabilities())});
    let answer = session
        .request_within(method, params, patience)
        .await
        .ok()?;
    answer.reply.as_ref().ok()?;
    Some(
        RULE.finding(
            Place::Method(method.to_owned()),
            format!(
                "a request in version {version}, which never existed, is refused at first and answered once \
                 another request was served on the connection"
            ),
            "Look at the version of each request by itself; keep none of the connection's.",
        )
        .level(Level::Warning)
        .text("answer", &answer.message.to_string())
        .exchange(answer.exchange)
        .key("pinned"),
    )
}

/// The versions that `server/discover` names must hold the one in which it was asked.
fn discovered(answer: &Answer) -> Option<Finding> {
    let versions = answer.result()["supportedVersions"].as_array()?;
    if versions.is_empty()
        || versions
            .iter()
            .any(|version| version == Era::Modern.version())
    {
        return None;
    }
    Some(
        RULE.finding(
            Place::Method("server/discover".to_owned()),
            format!(
                "supportedVersions does not name {}, in which the request was served",
                Era::Modern.version()
            ),
            format!(
                "Name every version that is served: \"supportedVersions\": [\"{}\"].",
                Era::Modern.version()
            ),
        )
        .text("result", &answer.result().to_string())
        .exchange(answer.exchange)
        .key("discover"),
    )
}

/// Asks in a version that never was.
async fn foreign(
    session: &Session,
    method: &str,
    version: &str,
    patience: Duration,
    outcome: &mut Outcome,
) {
    let params = json!({"_meta": modern_meta(version, session.capabilities())});
    let answer = session.request_within(method, params, patience).await;
    let answer = match answer {
        Ok(answer) => answer,
        Err(lost) => return unanswered(method, version, &lost, outcome),
    };
    let fix = "Refuse a version that you do not implement with {\"code\": -32022, \"message\": \"Unsupported \
               protocol version\", \"data\": {\"supported\": [\"2026-07-28\"], \"requested\": ...}}.";
    let found = |message: String, key: &str| {
        RULE.finding(Place::Method(method.to_owned()), message, fix)
            .text("answer", &answer.message.to_string())
            .exchange(answer.exchange)
            .key(key)
    };
    let Some(error) = answer.error() else {
        outcome.find(found(
            format!("a request in version {version}, which never existed, is answered as if it were known"),
            "accepted",
        ));
        return;
    };
    if error.code != -32022 {
        outcome.find(found(
            format!(
                "version {version}, which never existed, is refused with {}, not with -32022: a client takes \
                 the server for one of the other era",
                error.code
            ),
            "code",
        ));
        return;
    }
    match error.data["supported"].as_array() {
        Some(list) if !list.is_empty() && list.iter().all(Value::is_string) => {
            if list.iter().any(|supported| supported == version) {
                outcome.find(found(
                    format!("the refusal of version {version} names it as supported"),
                    "list",
                ));
            } else if !list
                .iter()
                .any(|supported| supported == Era::Modern.version())
            {
                outcome.find(found(
                    format!(
                        "the refusal of version {version} does not name {}, which is served",
                        Era::Modern.version()
                    ),
                    "list",
                ));
            } else if error.data["requested"] != version {
                outcome.find(
                    found(
                        format!("the refusal of version {version} lacks it as data.requested"),
                        "requested",
                    )
                    .level(Level::Warning),
                );
            }
        }
        _ => outcome.find(found(
            format!(
                "the refusal of version {version} lacks the supported versions (data.supported)"
            ),
            "list",
        )),
    }
}

fn unanswered(method: &str, version: &str, lost: &Lost, outcome: &mut Outcome) {
    let (message, key) = match lost {
        Lost::Silent(_) => (
            format!("{method} in version {version} is not answered within 5 s"),
            "silent",
        ),
        lost if lost.is_death() => (
            format!("the server ends when {method} comes in version {version} ({lost})"),
            "ends",
        ),
        Lost::Http(status, _) => (
            format!(
                "{method} in version {version} gets HTTP {status} without an error of the protocol"
            ),
            "http",
        ),
        lost => return outcome.unknown(format!("{method} in version {version}: {lost}")),
    };
    outcome.find(
        RULE.finding(
            Place::Method(method.to_owned()),
            message,
            "Answer at once: negotiate in initialize, and refuse with -32022 and the supported versions in \
             modern requests.",
        )
        .key(key),
    );
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_told_from_other_texts() {
        assert!(is_date("2027-01-31") && !is_date("2027-1-31") && !is_date("latest-ver"));
    }
}
