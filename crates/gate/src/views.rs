//! What a server shows of its state: the answers of its reading tools and its resources, before and
//! after a call that must change nothing.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::{calls::CallKind, live::Live, thresholds, wire::Session};

/// What is looked at.
pub(crate) struct Views {
    tools: Vec<(String, Value)>,
    resources: Vec<String>,
}

/// What was seen: what it is, and its content.
pub(crate) type Seen = BTreeMap<String, Value>;

impl Views {
    /// The reading tools that answered in this run, with the arguments that they answered to, and the
    /// resources.
    pub(crate) async fn of(live: &Live) -> Self {
        let calls = live.calls().await;
        let mut tools: Vec<(String, Value)> = Vec::new();
        for call in calls.valid() {
            let known = live.surface.tool(&call.tool);
            let reads = known.is_some_and(|tool| {
                matches!(crate::verbs::judge(tool), crate::verbs::Judgement::Reads(_))
            });
            let good = matches!(&call.outcome, Ok(answer) if !answer.is_refusal());
            if reads && good && tools.len() < thresholds::VIEWS {
                tools.push((call.tool.clone(), call.arguments.clone()));
            }
        }
        let resources = live
            .surface
            .resources
            .iter()
            .filter_map(|resource| resource["uri"].as_str().map(str::to_owned))
            .take(thresholds::VIEWS)
            .collect();
        Self { tools, resources }
    }

    /// Looks at everything, over a connection.
    pub(crate) async fn look(&self, live: &Live, session: &Session) -> Seen {
        let mut seen = Seen::new();
        for (tool, arguments) in &self.tools {
            live.log.called(tool, CallKind::Valid.name());
            let params = json!({"name": tool, "arguments": arguments});
            let Ok(answer) = session.request("tools/call", params).await else {
                continue;
            };
            let result = answer.result();
            let shown = json!([
                result["content"],
                result["structuredContent"],
                result["isError"]
            ]);
            seen.insert(format!("{tool} {arguments}"), shown);
        }
        for uri in &self.resources {
            let Ok(answer) = session.request("resources/read", json!({"uri": uri})).await else {
                continue;
            };
            seen.insert(uri.clone(), answer.result()["contents"].clone());
        }
        seen
    }

    /// Looks twice, and keeps what was the same: what changes by itself tells nothing.
    pub(crate) async fn steady(&self, live: &Live, session: &Session) -> Seen {
        let mut first = self.look(live, session).await;
        let second = self.look(live, session).await;
        first.retain(|name, shown| second.get(name) == Some(shown));
        first
    }
}

/// What differs between two looks: its name, and what it shows now.
pub(crate) fn changed<'a>(before: &Seen, after: &'a Seen) -> Option<(&'a str, &'a Value)> {
    after
        .iter()
        .find(|(name, shown)| before.get(*name).is_some_and(|old| differs(old, shown)))
        .map(|(name, shown)| (name.as_str(), shown))
}

/// Words of lines whose figures move by themselves or with every call: a server's own meters and clocks.
const METERS: [&str; 15] = [
    "calls",
    "clock",
    "elapsed",
    "left",
    "limit",
    "now",
    "quota",
    "rate",
    "remaining",
    "requests",
    "reset",
    "time",
    "timestamp",
    "uptime",
    "usage",
];

/// Whether two looks differ in more than the figures of a meter.
pub(crate) fn differs(old: &Value, new: &Value) -> bool {
    if old == new {
        return false;
    }
    let (old, new) = (lines(old), lines(new));
    old.len() != new.len()
        || old.iter().zip(&new).any(|(old, new)| {
            let words = old.to_lowercase();
            let mut words = words.split(|character: char| !character.is_alphabetic());
            let meter = words.any(|word| METERS.contains(&word));
            old != new && !(meter && masked(old) == masked(new))
        })
}

/// The lines of all texts in a value.
fn lines(value: &Value) -> Vec<String> {
    match value {
        Value::String(text) => text.lines().map(str::to_owned).collect(),
        Value::Array(items) => items.iter().flat_map(lines).collect(),
        Value::Object(fields) => fields
            .iter()
            .flat_map(|(name, value)| {
                let mut inner = lines(value);
                if let [only] = inner.as_mut_slice() {
                    *only = format!("{name}: {only}");
                }
                inner
            })
            .collect(),
        other => vec![other.to_string()],
    }
}

/// A line with each run of digits as one sign.
fn masked(line: &str) -> String {
    let mut masked = String::new();
    for character in line.chars() {
        if !character.is_ascii_digit() {
            masked.push(character);
        } else if !masked.ends_with('#') {
            masked.push('#');
        }
    }
    masked
}

/// Whether an answer says that nothing was done yet.
pub(crate) fn is_preview(text: &str) -> bool {
    let text = text.to_lowercase();
    [
        "preview",
        "would ",
        "dry run",
        "dry-run",
        "no action",
        "nothing was",
        "nothing has been",
        "nothing is",
        "no changes",
        "not yet",
        "not been",
        "was not",
        "confirm",
        "call again",
        "are you sure",
        "will be ",
        "about to",
        "not executed",
        "simulat",
    ]
    .iter()
    .any(|words| text.contains(words))
}

/// Whether an answer says that it is done.
pub(crate) fn is_done(text: &str) -> bool {
    let text = text.to_lowercase();
    if [
        "no action",
        "will be",
        "confirm",
        "not been",
        "was not",
        "were not",
        "nothing",
        "not yet",
        "would",
        "preview",
        "dry run",
    ]
    .iter()
    .any(|words| text.contains(words))
    {
        return false;
    }
    text.split(|character: char| !character.is_alphanumeric())
        .any(|word| {
            matches!(
                word,
                "done" | "ok" | "success" | "successfully" | "gone" | "sent" | "paid"
            ) || (word.ends_with("ed") && crate::verbs::acts(word).is_some())
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_meter_moves_by_itself() {
        let limit =
            |left: &str| json!([{"text": format!("notes: 3\nlimit core: {left} of 5,000 left")}]);
        assert!(!differs(&limit("4,992"), &limit("4,991")));
        assert!(differs(&json!("n1 milk\nn2 bread"), &json!("n1 milk")));
        assert!(differs(&json!({"balance": 100}), &json!({"balance": 0})));
        assert!(!differs(&json!("now: 09:00:01"), &json!("now: 09:00:02")));
        assert!(!differs(&json!({"remaining": 9}), &json!({"remaining": 8})));
    }

    #[test]
    fn previews_are_told_from_deeds() {
        for text in [
            "PREVIEW - no action taken. Would delete n7. Call again with confirm=true.",
            "This will be deleted; confirm to go on.",
            "Dry run: 1 note",
        ] {
            assert!(is_preview(text) && !is_done(text), "{text}");
        }
        for text in [
            "Deleted n7.",
            "Note n7 was removed",
            "{\"deleted\": true}",
            "Done",
            "Successfully sent.",
        ] {
            assert!(is_done(text) && !is_preview(text), "{text}");
        }
    }
}
