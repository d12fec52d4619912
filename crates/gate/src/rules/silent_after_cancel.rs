//! What comes for a cancelled request comes to nobody, and costs work that nobody wants.

use std::time::{Duration, Instant};

use futures::future::BoxFuture;
use serde_json::{Value, json};

use crate::{
    calls::CallKind,
    finding::{Finding, Place},
    live::Live,
    rule::{Basis, Check, Docs, Level, Outcome, Reach, Rule},
    thresholds,
    wire::{Era, Lost, Session, StrayKind},
};

pub(super) static RULE: Rule = Rule {
    id: "P11",
    name: "silent-after-cancel",
    summary: "nothing is sent for a request after its cancellation",
    level: Level::Error,
    basis: Basis::Must,
    reach: Reach::Calls,
    docs: Docs {
        what: "A call that the run may make and that takes at least 0.2 s is made with a progress token and \
               cancelled in its course. No answer to it and no progress may follow. What comes at once may \
               have crossed the cancellation, unless it comes so again and long before the call's time; what is \
               found is seen twice. Where the server speaks 2025-11-25 \
               or older alone, and over HTTP, it is a warning: there silence is a SHOULD.",
        why: "A client that stopped waiting has no place for an answer: it logs an error or closes the \
              connection. A server that works on burns money and quota for nobody.",
        source: "MCP 2026-07-28, Transports, stdio, Cancellation: servers \"MUST NOT send any further messages \
                 for it\". MCP 2025-11-25, Cancellation: receivers SHOULD \"not send a response for the \
                 cancelled request\".",
        bad: "for line in sys.stdin: send(handle(line))  // reads no cancellation while it works",
        good: "tasks[id] = spawn(handle(request)); ... on cancelled: tasks[id].abort()",
        fix: "Read stdin while requests are worked on, keep them by id, and at notifications/cancelled abort \
              the one and drop its answer and its progress.",
    },
    checks: &[Check::Live(check)],
};

/// Names of parameters that say how long a call takes, and the value for some 1 s.
const LONG: [(&str, u64); 12] = [
    ("delay", 1),
    ("delay_ms", 1_000),
    ("delay_seconds", 1),
    ("duration", 1),
    ("duration_ms", 1_000),
    ("duration_seconds", 1),
    ("milliseconds", 1_000),
    ("ms", 1_000),
    ("seconds", 1),
    ("sleep", 1),
    ("wait", 1),
    ("wait_seconds", 1),
];

/// A call that takes its time.
struct Slow {
    tool: String,
    arguments: Value,
    took: Duration,
}

fn check(live: &Live) -> BoxFuture<'_, Outcome> {
    Box::pin(async move {
        if live.surfaces.is_empty() {
            return Outcome::unverified("it speaks neither era");
        }
        if live.surface.tools.is_empty() {
            return Outcome::not_applicable("it has no tools");
        }
        let http = live.http().is_some();
        let era = if live.speaks(Era::Modern) && !(http && live.speaks(Era::Legacy)) {
            Era::Modern
        } else {
            Era::Legacy
        };
        if http && era == Era::Modern {
            return Outcome::not_applicable(
                "over HTTP a request of 2026-07-28 is cancelled by closing its stream, on which nothing can \
                 follow",
            );
        }
        let slow = slow(live, era).await;
        if slow.is_empty() {
            return Outcome::unverified(format!(
                "no call that this run may make takes {} ms or longer, so none can be cancelled in its course",
                thresholds::SLOW_CALL.as_millis()
            ));
        }
        let session = match live.connect(era).await {
            Ok((session, _)) => session,
            Err(lost) => return Outcome::unverified(lost.to_string()),
        };
        let mut outcome = Outcome::pass();
        let mut judged = false;
        for call in slow.iter().take(2) {
            match judge(live, &session, era, call).await {
                Ok(Seen::Silent) => judged = true,
                Ok(Seen::Said(finding) | Seen::Provoked(finding)) => {
                    outcome.find(*finding);
                    return outcome;
                }
                Ok(Seen::TooFast) => {}
                Err(lost) => {
                    outcome.unknown(format!("{}: {lost}", call.tool));
                    return outcome;
                }
            }
            if judged {
                return outcome;
            }
        }
        outcome.unknown("every call was answered before its cancellation could count");
        outcome
    })
}

/// The calls that take their time, the quickest of them first.
async fn slow(live: &Live, era: Era) -> Vec<Slow> {
    let mut slow = Vec::new();
    let calls = live.calls().await;
    for tool in live.surface.tools.iter().take(thresholds::TOOLS_JUDGED) {
        if tool.only_in.is_some_and(|only| only != era)
            || live.may_call(tool, &CallKind::Valid).is_err()
        {
            continue;
        }
        let valid: Vec<_> = calls
            .valid()
            .filter(|call| call.tool == tool.name)
            .collect();
        let mut timed = valid.iter().filter_map(|call| {
            let answer = call.outcome.as_ref().ok()?;
            Some((call, answer.took))
        });
        let fits =
            |took: Duration| (thresholds::SLOW_CALL..thresholds::TOO_SLOW_CALL).contains(&took);
        if let Some((call, took)) = timed.find(|(_, took)| fits(*took)) {
            slow.push(Slow {
                tool: tool.name.clone(),
                arguments: call.arguments.clone(),
                took,
            });
        } else if let Some((name, value)) = LONG.iter().find(|(name, _)| is_number(tool, name))
            && let Some(call) = valid.first()
        {
            let mut arguments = call.arguments.clone();
            let schema = &tool.input_schema["properties"][*name];
            let most = schema["maximum"].as_u64().unwrap_or(*value);
            let least = schema["minimum"].as_u64().unwrap_or_default();
            arguments[*name] = json!((*value).min(most).max(least));
            slow.push(Slow {
                tool: tool.name.clone(),
                arguments,
                took: Duration::from_secs(1),
            });
        }
    }
    slow.sort_by_key(|call| call.took);
    slow
}

fn is_number(tool: &crate::surface::Tool, name: &str) -> bool {
    let kind = &tool.input_schema["properties"][name]["type"];
    kind == "integer" || kind == "number"
}

enum Seen {
    /// Nothing came: as it should be.
    Silent,
    /// It was answered before the cancellation could count.
    TooFast,
    /// Something came.
    Said(Box<Finding>),
    /// The answer came with the cancellation, long before its time.
    Provoked(Box<Finding>),
}

async fn judge(live: &Live, session: &Session, era: Era, call: &Slow) -> Result<Seen, Lost> {
    // a server may be slow to see a cancellation once, on a machine that is busy
    let early = (call.took / 4).min(thresholds::CANCEL_LEAD);
    let mut seen = cancel(live, session, era, call, early).await?;
    if matches!(seen, Seen::Said(_) | Seen::TooFast) {
        seen = cancel(live, session, era, call, early).await?;
    }
    if !matches!(seen, Seen::Provoked(_)) {
        return Ok(seen);
    }
    // a call that has become quick would now be answered before its cancellation
    let late = (call.took / 2).min(thresholds::CANCEL_LEAD * 3);
    Ok(match cancel(live, session, era, call, late).await? {
        Seen::Provoked(finding) => Seen::Said(finding),
        seen => seen,
    })
}

fn found(era: Era, call: &Slow, message: String, key: &str) -> Finding {
    let level = if era == Era::Modern {
        Level::Error
    } else {
        Level::Warning
    };
    RULE.finding(
        Place::Tool(call.tool.clone()),
        message,
        "Keep running requests by id; at notifications/cancelled abort the one, and send neither its answer nor \
         its progress.",
    )
    .level(level)
    .key(key)
}

/// Makes a call and cancels it after so long.
async fn cancel(
    live: &Live,
    session: &Session,
    era: Era,
    call: &Slow,
    lead: Duration,
) -> Result<Seen, Lost> {
    live.log.called(&call.tool, "cancelled");
    let begun = Instant::now();
    let token = format!("seaworthy-{}", session.age().as_nanos());
    let params = json!({
        "name": call.tool,
        "arguments": call.arguments,
        "_meta": {"progressToken": token},
    });
    let message = session.message("tools/call", params);
    let id = message["id"].clone();
    let patience = call.took + call.took / 4 + Duration::from_millis(300);
    let (answer, cancelled) = tokio::join!(session.request_message(message, patience), async {
        tokio::time::sleep(lead).await;
        let params = json!({"requestId": id, "reason": "seaworthy check cancels it"});
        let sent = session.notify("notifications/cancelled", params).await;
        sent.map(|()| (begun.elapsed(), session.age()))
    });
    let (cancelled, age) = cancelled?;
    let finding = |message: String, key: &str| found(era, call, message, key);
    match answer {
        Ok(answer) if answer.took <= cancelled => return Ok(Seen::TooFast),
        Ok(answer) if answer.took <= cancelled + thresholds::CROSSING => {
            // what has much of its work before it and ends now, may end because of the cancellation
            if call.took < thresholds::PROVOKED_CALL || answer.took > call.took / 4 * 3 {
                return Ok(Seen::TooFast);
            }
            let message = "its cancellation makes a call be answered at once";
            let finding = finding(message.to_owned(), "answer")
                .text("answer", &answer.message.to_string())
                .exchange(answer.exchange);
            return Ok(Seen::Provoked(Box::new(finding)));
        }
        Ok(answer) => {
            let what = if answer.error().is_some() {
                "an error"
            } else {
                "its result"
            };
            let after = answer.took.saturating_sub(cancelled).as_millis();
            let message = format!("{what} is sent {after} ms after the call was cancelled");
            let finding = finding(message, "answer")
                .text("answer", &answer.message.to_string())
                .exchange(answer.exchange);
            return Ok(Seen::Said(Box::new(finding)));
        }
        // silence is what was hoped for; over HTTP a stream that ends without an answer is, too
        Err(Lost::Silent(_) | Lost::Http(..)) => {}
        Err(lost) if lost.is_death() => {
            let message = format!("the server ends when a call is cancelled ({lost})");
            return Ok(Seen::Said(Box::new(finding(message, "ends"))));
        }
        Err(lost) => return Err(lost),
    }
    let late = session.strays().into_iter().find(|stray| {
        let params = &stray.message["params"];
        let about = match stray.kind {
            StrayKind::Notification => {
                params["progressToken"] == token.as_str()
                    || (stray.message["method"] == "notifications/cancelled"
                        && params["requestId"] == id)
            }
            StrayKind::Response => stray.message["id"] == id,
            _ => false,
        };
        about && stray.at > age + thresholds::CROSSING
    });
    Ok(match late {
        Some(stray) => {
            let what = stray.message["method"].as_str().unwrap_or("its answer");
            let message = format!("{what} is sent after the call was cancelled");
            let finding = finding(message, "later")
                .text("message", &stray.text)
                .exchange(stray.exchange);
            Seen::Said(Box::new(finding))
        }
        None => Seen::Silent,
    })
}
