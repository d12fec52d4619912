//! A list that changes from connection to connection breaks caches, of clients and of models.

use std::collections::BTreeMap;

use futures::future::BoxFuture;
use serde_json::{Value, json};

use crate::{
    finding::{ExchangeId, Finding, Place},
    list,
    live::Live,
    rule::{Basis, Check, Docs, Level, Outcome, Reach, Rule},
    surface::{Surface, Walk, WalkEnd},
    thresholds,
    wire::{Era, Lost, Session, StrayKind},
};

pub(super) static RULE: Rule = Rule {
    id: "P08",
    name: "stable-listing",
    summary: "two connections see the same list in the same order",
    level: Level::Error,
    basis: Basis::Must,
    reach: Reach::Reads,
    docs: Docs {
        what: "When everything else was asked, every list is read again, over the first connection and over \
               another of the same era (two others where it is short): names, order and definitions must be the same. A \
               change that list_changed announces is none. Of resources, which come and go, order and \
               definitions of those that stay are compared.",
        why: "Clients and gateways cache lists, and models cache the prompt that begins with them: an order \
              that changes costs the whole cache with each session. A definition that changes after it was \
              approved is how tools are swapped.",
        source: "MCP 2026-07-28, Tools, Capabilities: the set \"MUST NOT vary per-connection or as a side \
                 effect of other requests\", and \"SHOULD\" come in a deterministic order; likewise Prompts, \
                 Resources.",
        bad: "return list({tool.name for tool in tools})",
        good: "return sorted(tools, key=lambda tool: tool.name)",
        fix: "Sort the list by name before it is sent. Keep ids, times and users out of names and \
              descriptions.",
    },
    checks: &[Check::After(check)],
};

/// An entry as it is compared: its name, and its definition without what may change.
type Entry = (String, Value);

/// The field that names the entries of a list.
fn key_of(field: &str) -> &'static str {
    match field {
        "resources" => "uri",
        "resourceTemplates" => "uriTemplate",
        _ => "name",
    }
}

fn entry(field: &str, raw: &Value) -> Entry {
    let mut definition = raw.clone();
    if let Some(object) = definition.as_object_mut() {
        object.remove("_meta");
        if field == "resources" {
            // these describe the content, which may change
            object.remove("size");
            object.remove("annotations");
        }
    }
    let name = raw[key_of(field)].as_str().unwrap_or_default().to_owned();
    (name, definition)
}

fn listed(surface: &Surface, field: &str) -> Vec<Entry> {
    let entries: Vec<&Value> = match field {
        "tools" => surface.tools.iter().map(|tool| &tool.raw).collect(),
        "prompts" => surface.prompts.iter().collect(),
        "resources" => surface.resources.iter().collect(),
        _ => surface.templates.iter().collect(),
    };
    entries
        .into_iter()
        .take(thresholds::TOOLS_JUDGED)
        .map(|raw| entry(field, raw))
        .collect()
}

fn check(live: &Live) -> BoxFuture<'_, Outcome> {
    Box::pin(async move {
        let mut outcome = Outcome::pass();
        if live.surfaces.is_empty() {
            return Outcome::unverified("it speaks neither era");
        }
        for (era, surface) in &live.surfaces {
            match live.scratch(*era).await {
                Ok(session) => {
                    compare_all(&session, surface, "on another connection", &mut outcome).await;
                }
                Err(lost) => outcome.unknown(format!("{}: {lost}", era.name())),
            }
            match live.session_in(*era).await {
                Ok(session) => {
                    compare_all(&session, surface, "later on", &mut outcome).await;
                }
                Err(lost) => outcome.unknown(format!("{}: {lost}", era.name())),
            }
        }
        if outcome.findings.is_empty() && live.surfaces.len() == 1 {
            third(live, &mut outcome).await;
        }
        let mut seen = std::collections::BTreeSet::new();
        outcome
            .findings
            .retain(|finding| seen.insert(finding.fingerprint()));
        outcome
    })
}

/// Few entries repeat a random order by chance: they are read over a third connection, where the server
/// was not asked in two eras anyway.
async fn third(live: &Live, outcome: &mut Outcome) {
    let era = live.main_era();
    let Some(surface) = live.surfaces.get(&era) else {
        return;
    };
    let lengths = || surface.walks.iter().map(Walk::len);
    if lengths().all(|length| length <= 1)
        || lengths().any(|length| length > thresholds::FEW_ENTRIES)
    {
        return;
    }
    match live.connect(era).await {
        Ok((session, _)) => {
            compare_all(&session, surface, "on another connection", outcome).await;
            session.end().await;
        }
        Err(lost) => outcome.unknown(lost.to_string()),
    }
}

async fn compare_all(session: &Session, surface: &Surface, when: &str, outcome: &mut Outcome) {
    for (method, field, _) in list::LISTS {
        let Some(walk) = surface
            .walk(method)
            .filter(|walk| walk.end == WalkEnd::Last)
        else {
            continue;
        };
        let whole = walk.len() <= thresholds::TOOLS_JUDGED;
        let before = listed(surface, field);
        match read(session, method, field, whole).await {
            Ok((after, exchange)) => {
                if announced(session, method) {
                    continue;
                }
                let before = if whole {
                    &before[..]
                } else {
                    &before[..after.len().min(before.len())]
                };
                let mut found = Vec::new();
                compare(method, field, before, &after, when, &mut found);
                for finding in found {
                    let first = walk.exchanges.first().copied();
                    outcome.find(finding.exchange(first).exchange(exchange));
                }
            }
            Err(why) => outcome.unknown(format!("{method} {when}: {why}")),
        }
    }
}

/// A list, or its first page where it is too long.
async fn read(
    session: &Session,
    method: &'static str,
    field: &str,
    whole: bool,
) -> Result<(Vec<Entry>, Option<ExchangeId>), String> {
    let (page, exchange) = if whole {
        let (walk, pages) = list::walk(session, method, field).await;
        if let Some(why) = list::why(&walk.end) {
            return Err(why);
        }
        (pages.concat(), walk.exchanges.first().copied())
    } else {
        let answer = session
            .request(method, json!({}))
            .await
            .map_err(|lost: Lost| lost.to_string())?;
        let exchange = Some(answer.exchange);
        let mut result = answer.reply.unwrap_or_default();
        let page = match result.get_mut(field).map(Value::take) {
            Some(Value::Array(mut page)) => {
                page.truncate(thresholds::TOOLS_JUDGED);
                page.shrink_to_fit();
                page
            }
            _ => Vec::new(),
        };
        (page, exchange)
    };
    Ok((page.iter().map(|raw| entry(field, raw)).collect(), exchange))
}

/// Whether the server said on this connection that the list changed.
fn announced(session: &Session, method: &str) -> bool {
    let kind = method.split('/').next().unwrap_or_default();
    let name = format!("notifications/{kind}/list_changed");
    session.era() == Era::Legacy
        && session.strays().iter().any(|stray| {
            stray.kind == StrayKind::Notification && stray.message["method"] == name.as_str()
        })
}

fn compare(
    method: &str,
    field: &str,
    before: &[Entry],
    after: &[Entry],
    when: &str,
    found: &mut Vec<Finding>,
) {
    let place = || Place::Method(method.to_owned());
    let old: BTreeMap<&str, &Value> = before
        .iter()
        .map(|(name, raw)| (name.as_str(), raw))
        .collect();
    let new: BTreeMap<&str, &Value> = after
        .iter()
        .map(|(name, raw)| (name.as_str(), raw))
        .collect();
    let gone: Vec<_> = old.keys().filter(|name| !new.contains_key(*name)).collect();
    let come: Vec<_> = new.keys().filter(|name| !old.contains_key(*name)).collect();
    if field != "resources" && !(gone.is_empty() && come.is_empty()) {
        let mut parts = Vec::new();
        if let Some(name) = gone.first() {
            parts.push(format!("{} gone, such as {name:?}", gone.len()));
        }
        if let Some(name) = come.first() {
            parts.push(format!("{} new, such as {name:?}", come.len()));
        }
        found.push(
            RULE.finding(
                place(),
                format!("the list has other entries {when}: {}", parts.join(", ")),
                "List the same entries on every connection, whatever was asked before; announce a true change \
                 with list_changed.",
            )
            .key("entries"),
        );
    }
    let stays = |entries: &[Entry]| -> Vec<String> {
        entries
            .iter()
            .map(|(name, _)| name)
            .filter(|name| old.contains_key(name.as_str()) && new.contains_key(name.as_str()))
            .cloned()
            .collect()
    };
    let (first, second) = (stays(before), stays(after));
    let apart = first
        .iter()
        .zip(&second)
        .position(|(one, other)| one != other);
    if let Some(at) = apart {
        found.push(
            RULE.finding(
                place(),
                format!(
                    "the list has another order {when}: entry {} is {:?}, then {:?}",
                    at + 1,
                    first[at],
                    second[at]
                ),
                "Sort the entries, by name for instance, before they are sent; do not list a set or a map as it \
                 comes.",
            )
            .text("first", &first.join(", "))
            .text("then", &second.join(", "))
            .key("order"),
        );
    }
    let changed = old.iter().find_map(|(name, raw)| {
        let other = new.get(name)?;
        (raw != other).then(|| redefined(field, name, raw, other, when))
    });
    found.extend(changed);
}

/// A definition that changed.
fn redefined(field: &str, name: &str, one: &Value, other: &Value, when: &str) -> Finding {
    let part = one
        .as_object()
        .into_iter()
        .flatten()
        .find(|(key, value)| other.get(key.as_str()) != Some(value))
        .map_or("its fields", |(key, _)| key.as_str());
    let name = name.to_owned();
    let place = match field {
        "tools" => Place::Tool(name),
        "prompts" => Place::Prompt(name),
        _ => Place::Resource(name),
    };
    RULE.finding(
        place,
        format!("the definition is another {when}: {part} differs"),
        format!(
            "Give {part} the same value on every connection: keep times, ids, users and counts out of \
             definitions."
        ),
    )
    .text("first", &one[part].to_string())
    .text("then", &other[part].to_string())
    .key("definition")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entries(names: &[&str]) -> Vec<Entry> {
        names
            .iter()
            .map(|name| {
                entry(
                    "tools",
                    &json!({"name": name, "_meta": {"time": name.len()}}),
                )
            })
            .collect()
    }

    #[test]
    fn order_entries_and_definitions_are_compared() {
        let judge = |field: &str, before: &[Entry], after: &[Entry]| {
            let mut found = Vec::new();
            compare("x/list", field, before, after, "later", &mut found);
            found
                .into_iter()
                .map(|finding| finding.key)
                .collect::<Vec<_>>()
        };
        let list = entries(&["a", "b", "c"]);
        assert!(judge("tools", &list, &list).is_empty());
        assert_eq!(judge("tools", &list, &entries(&["b", "a", "c"])), ["order"]);
        assert_eq!(judge("tools", &list, &entries(&["a", "c"])), ["entries"]);
        assert!(judge("resources", &list, &entries(&["a", "c", "d"])).is_empty());
        let mut other = list.clone();
        other[1].1 = json!({"name": "b", "description": "x"});
        assert_eq!(judge("tools", &list, &other), ["definition"]);
    }
}
