//! A list whose pages do not end hangs the client that walks it; one whose pages overlap shows a tool twice.

use futures::future::BoxFuture;

use crate::{
    finding::{Finding, Place},
    list,
    live::Live,
    rule::{Basis, Check, Docs, Level, Outcome, Reach, Rule},
    surface::{Walk, WalkEnd},
    thresholds,
};

pub(super) static RULE: Rule = Rule {
    id: "G01",
    name: "list-cursors-end",
    summary: "every page of every list can be walked to its end, without a loop or a repeated entry",
    level: Level::Error,
    basis: Basis::Must,
    reach: Reach::Reads,
    docs: Docs {
        what: "Every list that the server declares is walked, in each era, from the first page to the one \
               without nextCursor. A cursor that comes back, pages that bring nothing new, an entry that \
               an earlier page had, a nextCursor that is no string and a cursor that the server itself \
               refuses are errors.",
        why: "Clients walk all pages before they show a single tool. A cursor that loops hangs them or \
              fills their memory; pages that overlap give the model the same tool twice, and pages that \
              break lose the rest of the list.",
        source: "MCP 2025-11-25 and 2026-07-28, Pagination: a missing nextCursor is the end of the \
                 results; cursors are opaque strings that clients send back as they are.",
        bad: "{\"tools\": [...], \"nextCursor\": \"0\"}   // for ever",
        good: "{\"tools\": [...]}   // the last page has no nextCursor",
        fix: "Let the cursor hold the position after the last entry of its page, and leave nextCursor out \
              when nothing is left.",
    },
    checks: &[Check::Live(check)],
};

fn check(live: &Live) -> BoxFuture<'_, Outcome> {
    Box::pin(async move { judge(live) })
}

fn judge(live: &Live) -> Outcome {
    if live.surfaces.is_empty() {
        return Outcome::unverified("it speaks neither era, so nothing is listed");
    }
    let mut outcome = Outcome::pass();
    let mut walked = false;
    let mut told = Vec::new();
    for walk in live.surfaces.values().flat_map(|surface| &surface.walks) {
        walked = true;
        for finding in end(walk, &mut outcome)
            .into_iter()
            .chain(repeats(walk))
            .chain(nulls(walk))
        {
            // what both eras show is one finding
            let print = finding.fingerprint();
            if !told.contains(&print) {
                told.push(print);
                outcome.find(finding);
            }
        }
    }
    if !walked {
        return Outcome::not_applicable("it declares no lists");
    }
    outcome
}

/// What is wrong with a walk's end.
fn end(walk: &Walk, outcome: &mut Outcome) -> Option<Finding> {
    let place = || Place::Method(walk.method.to_owned());
    let pages = walk.pages.len();
    let last = walk.exchanges.last().copied();
    let cursor = walk
        .cursors
        .last()
        .map(ToString::to_string)
        .unwrap_or_default();
    let finding = match &walk.end {
        WalkEnd::Last => return None,
        WalkEnd::Loop(cursor) => {
            let first = walk.cursors.iter().position(|other| other == cursor);
            RULE.finding(
                place(),
                match first {
                    Some(first) => format!(
                        "page {pages} gives nextCursor {cursor} again, which page {} gave: the list never ends",
                        first + 1
                    ),
                    None => format!("page {pages} gives nextCursor {cursor} again: the list never ends"),
                },
                "Leave nextCursor out of the last page; on others let it name the position after the page.",
            )
            .key("loop")
        }
        WalkEnd::TooMany => endless(walk, outcome)?,
        WalkEnd::BadCursor(cursor) => RULE
            .finding(
                place(),
                format!("nextCursor of page {pages} is {}, not a string", kind(cursor)),
                "Make nextCursor a string, or leave it out on the last page.",
            )
            .text("nextCursor", &cursor.to_string())
            .key("no-string"),
        // the first page is the business of the rule on capabilities
        WalkEnd::BadPage(_) | WalkEnd::Refused(..) | WalkEnd::Lost(_) if pages == 0 => {
            let why = list::why(&walk.end).unwrap_or_default();
            outcome.unknown(format!("{}: {why}", walk.method));
            return None;
        }
        WalkEnd::BadPage(_) => RULE
            .finding(
                place(),
                format!("page {} has no array of entries", pages + 1),
                "Give every page the same shape as the first, with an array that may be empty.",
            )
            .key("bad-page"),
        WalkEnd::Refused(code, message) => RULE
            .finding(
                place(),
                format!("it refuses the cursor that its own page {pages} gave: {code} {message}"),
                "Accept every cursor that the server gave out, on whichever connection it was given.",
            )
            .text("cursor", &cursor)
            .key("own-cursor"),
        WalkEnd::Lost(why) => RULE
            .finding(
                place(),
                format!("page {} never came: {why}", pages + 1),
                "Answer every cursor that the server gave out.",
            )
            .text("cursor", &cursor)
            .key("lost-page"),
    };
    Some(finding.exchange(last))
}

/// What is wrong with a list of which not all was walked.
fn endless(walk: &Walk, outcome: &mut Outcome) -> Option<Finding> {
    let pages = walk.pages.len();
    let empty = walk
        .pages
        .iter()
        .rev()
        .take_while(|entries| **entries == 0)
        .count();
    // a server may have more resources than anybody walks
    let may_be_many = walk.method == "resources/list"
        && walk.repeated.is_empty()
        && empty < thresholds::PAGES_WITHOUT_NEWS;
    let out_of_time = pages < thresholds::PAGES_WITHOUT_NEWS && walk.len() < thresholds::ITEMS;
    if may_be_many || out_of_time {
        outcome.unknown(format!(
            "{} has more than the {} entries on {pages} pages that were walked",
            walk.method,
            walk.len()
        ));
        return None;
    }
    let tail = if empty > 0 {
        format!("; the last {empty} pages are empty")
    } else {
        String::new()
    };
    Some(
        RULE.finding(
            Place::Method(walk.method.to_owned()),
            format!(
                "after {pages} pages with {} entries there is still a nextCursor{tail}",
                walk.len()
            ),
            "Leave nextCursor out when nothing is left after the page.",
        )
        .key("endless"),
    )
}

fn kind(value: &serde_json::Value) -> &'static str {
    match value {
        serde_json::Value::Number(_) => "a number",
        serde_json::Value::Bool(_) => "a boolean",
        serde_json::Value::Array(_) => "an array",
        serde_json::Value::Object(_) => "an object",
        serde_json::Value::Null => "null",
        serde_json::Value::String(_) => "a string",
    }
}

/// Entries that two pages have; twice on one page is the business of the rule on unique names, but for
/// lists that it does not look at.
fn repeats(walk: &Walk) -> Option<Finding> {
    if matches!(walk.end, WalkEnd::Loop(_)) {
        // its entries come again with its pages
        return None;
    }
    let named = matches!(walk.method, "tools/list" | "prompts/list");
    let repeated: Vec<_> = walk
        .repeated
        .iter()
        .filter(|(_, first, again)| first != again || !named)
        .collect();
    let (id, first, again) = repeated.first()?;
    let message = if first == again {
        format!(
            "page {first} lists the same entry twice, {} in all",
            entries(repeated.len())
        )
    } else {
        format!(
            "page {again} repeats what page {first} had, {} in all",
            entries(repeated.len())
        )
    };
    Some(
        RULE.finding(
            Place::Method(walk.method.to_owned()),
            message,
            "List each entry once: let the cursor name the position after the last entry of its page.",
        )
        .text("entry", id)
        .exchange(walk.exchanges.get(again - 1).copied())
        .key("repeated"),
    )
}

fn entries(count: usize) -> String {
    match count {
        1 => "1 entry".to_owned(),
        count if count >= thresholds::REPEATS => format!("{count} entries or more"),
        count => format!("{count} entries"),
    }
}

/// A `nextCursor` that is there and null: the schema has a string or nothing.
fn nulls(walk: &Walk) -> Option<Finding> {
    let page = walk.envelopes.iter().position(|envelope| {
        envelope
            .get("nextCursor")
            .is_some_and(serde_json::Value::is_null)
    })?;
    Some(
        RULE.finding(
            Place::Method(walk.method.to_owned()),
            "nextCursor is null on the last page; clients that check the schema refuse the page",
            "Leave nextCursor out when there is no further page.",
        )
        .level(Level::Warning)
        .exchange(walk.exchanges.get(page).copied())
        .key("null"),
    )
}
