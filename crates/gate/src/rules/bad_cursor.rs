//! A server that takes any cursor for the first page sends a client that holds a stale one round again.

use futures::future::BoxFuture;
use serde_json::{Value, json};

use crate::{
    finding::{ExchangeId, Finding, Place},
    list::LISTS,
    live::Live,
    rule::{Basis, Check, Docs, Level, Outcome, Reach, Rule},
    wire::{Answer, Lost, Session},
};

pub(super) static RULE: Rule = Rule {
    id: "G02",
    name: "bad-cursor",
    summary: "a cursor that the server never gave out is refused with -32602",
    level: Level::Warning,
    basis: Basis::Should,
    reach: Reach::Reads,
    docs: Docs {
        what: "Each declared list is asked for with a cursor that the server cannot have given out, and, \
               where the list has several pages, with one of its own that was cut short. Both must be \
               refused with -32602. A server that dies or stays silent is an error.",
        why: "A client whose cursor has gone stale must learn it. A server that starts again from the \
              first page instead gives it every entry twice, without end.",
        source: "MCP 2025-11-25 and 2026-07-28, Pagination: \"Invalid cursors SHOULD result in an error \
                 with code -32602 (Invalid params).\"",
        bad: "start = int(cursor) if cursor.isdigit() else 0",
        good: "if cursor not in issued: raise McpError(-32602, \"This cursor is not one of ours.\")",
        fix: "Check the cursor before it is used, and refuse what the server did not make with -32602 and \
              a message that says to call again without a cursor. A list of one page refuses every cursor.",
    },
    // after all others: a server that dies of it must not take their connection down
    checks: &[Check::After(check)],
};

const FIX: &str = "Refuse it with -32602, such as: \"This cursor is not one of this server's. Call again \
                   without a cursor.\"";

const GARBAGE: &str = "seaworthy/no-such-cursor";

fn check(live: &Live) -> BoxFuture<'_, Outcome> {
    Box::pin(async move {
        let era = live.main_era();
        let Some(surface) = live.surfaces.get(&era) else {
            return Outcome::unverified("it speaks neither era, so nothing is listed");
        };
        let walks: Vec<_> = surface
            .walks
            .iter()
            .filter(|walk| !walk.pages.is_empty())
            .collect();
        if walks.is_empty() {
            return Outcome::not_applicable("it has no list");
        }
        let mut outcome = Outcome::pass();
        let mut ignored = Vec::new();
        for walk in walks {
            let Some((_, field, _)) = LISTS.iter().find(|(method, ..)| *method == walk.method)
            else {
                continue;
            };
            let mut tries = vec![GARBAGE.to_owned()];
            if let Some(Value::String(own)) = walk.cursors.first() {
                tries.extend(cut(own).filter(|cut| !walk.cursors.iter().any(|other| other == cut)));
            }
            for cursor in tries {
                let session = match live.session().await {
                    Ok(session) => session,
                    Err(lost) => {
                        outcome.unknown(format!("{}: {lost}", walk.method));
                        continue;
                    }
                };
                let answer = ask(&session, walk.method, &cursor).await;
                let garbage = cursor == GARBAGE;
                let paged = walk.cursors.len();
                match answer {
                    Ok(answer) if garbage && paged == 0 && is_whole(&answer, field) => {
                        ignored.push((walk.method, answer.exchange));
                    }
                    Ok(answer) => outcome.findings.extend(judge(
                        walk.method,
                        field,
                        &answer,
                        &cursor,
                        garbage,
                        paged,
                    )),
                    Err(lost @ (Lost::Gone(_) | Lost::Flood(_) | Lost::Silent(_))) => outcome.find(
                        RULE.finding(
                            Place::Method(walk.method.to_owned()),
                            format!("a cursor that it never gave out: {lost}"),
                            "Check the cursor before it is used, and refuse it with -32602.",
                        )
                        .level(Level::Error)
                        .text("cursor", &cursor)
                        .key("no answer"),
                    ),
                    Err(lost) => outcome.unknown(format!("{}: {lost}", walk.method)),
                }
            }
        }
        outcome.findings.extend(all_ignored(&ignored));
        outcome
    })
}

/// Whether a page with entries came.
fn is_whole(answer: &Answer, field: &str) -> bool {
    answer.result()[field]
        .as_array()
        .is_some_and(|entries| !entries.is_empty())
}

/// Lists of one page that take any cursor: one finding for all of them, as one place is to be mended.
fn all_ignored(ignored: &[(&str, ExchangeId)]) -> Option<Finding> {
    if ignored.is_empty() {
        return None;
    }
    let methods: Vec<_> = ignored.iter().map(|(method, _)| *method).collect();
    let place = match methods[..] {
        [method] => Place::Method(method.to_owned()),
        _ => Place::Server,
    };
    let mut finding = RULE
        .finding(
            place,
            format!(
                "a cursor that it never gave out is ignored: {} gives the whole list instead of an error",
                methods.join(", ")
            ),
            FIX,
        )
        .text("cursor", GARBAGE)
        .key("ignored");
    for (_, exchange) in ignored {
        finding = finding.exchange(*exchange);
    }
    Some(finding)
}

async fn ask(session: &Session, method: &str, cursor: &str) -> Result<Answer, Lost> {
    session.request(method, json!({"cursor": cursor})).await
}

/// A cursor without its last half, which no server can have given out on purpose; none for one that is
/// so short that its half may be another page.
fn cut(cursor: &str) -> Option<String> {
    let count = cursor.chars().count();
    (count >= 16).then(|| cursor.chars().take(count / 2).collect())
}

fn judge(
    method: &str,
    field: &str,
    answer: &Answer,
    cursor: &str,
    garbage: bool,
    paged: usize,
) -> Option<Finding> {
    let place = Place::Method(method.to_owned());
    let what = if garbage {
        "a cursor that it never gave out"
    } else {
        "one of its own cursors, cut in half,"
    };
    let finding = match &answer.reply {
        // a part of a cursor may be one: only garbage proves that nothing is checked
        Ok(_) if !garbage => return None,
        Ok(result) => {
            let entries = result[field].as_array().map_or(0, Vec::len);
            if entries == 0 && paged == 0 {
                return None;
            }
            RULE.finding(
                place,
                if entries == 0 {
                    format!("{what} gives an empty page instead of an error")
                } else {
                    format!("{what} gives a page of {entries} entries instead of an error")
                },
                FIX,
            )
        }
        Err(error) if error.code == -32602 => return None,
        Err(error) => RULE
            .finding(
                place,
                format!("{what} is refused with {} instead of -32602", error.code),
                "Refuse it with -32602 (Invalid params).",
            )
            .text("message", &error.message),
    };
    Some(
        finding
            .text("cursor", cursor)
            .exchange(answer.exchange)
            .key(if garbage { "garbage" } else { "cut" }),
    )
}
