//! A tool that both reads and writes must be asked about every time, or never.

use std::ops::Range;

use serde_json::Value;

use crate::{
    claims::{self, Deed, deed},
    finding::{ExchangeId, Finding, Place},
    rule::{Basis, Check, Docs, Level, Outcome, Reach, Rule},
    surface::{Surface, Tool},
    thresholds, verbs,
};

pub(super) static RULE: Rule = Rule {
    id: "N09",
    name: "read-write-split",
    summary: "one tool does not both read and write",
    level: Level::Warning,
    basis: Basis::Should,
    reach: Reach::Reads,
    docs: Docs {
        what: "No parameter such as action, operation, mode, command or method offers both values that \
               read (list, get, search) and values that change something (create, update, delete). No name \
               joins both, such as get_or_create or crud_notes, and no description opens with both, such \
               as \"Creates, reads, updates or deletes notes\". A boolean that makes a reading tool change \
               something counts too.",
        why: "Approval and hints are given to tools, not to values of their arguments: a tool that reads \
              and deletes is either asked about at every look, or waved through at every deletion.",
        source: "Review criteria of the Claude connector directory: read and write operations are separate \
                 tools.",
        bad: "\"name\": \"manage_notes\", \"action\": {\"enum\": [\"list\", \"get\", \"create\", \"delete\"]}",
        good: "\"name\": \"find_notes\" with readOnlyHint, and \"name\": \"write_note\" with \"action\": \
               {\"enum\": [\"create\", \"delete\"]}",
        fix: "Split the tool in two: one that reads, with readOnlyHint true, and one that changes.",
    },
    checks: &[Check::Surface(check)],
};

/// Parameters that choose what is done.
const CHOICES: &[&str] = &[
    "action",
    "actions",
    "cmd",
    "command",
    "do",
    "function",
    "intent",
    "job",
    "method",
    "mode",
    "op",
    "operation",
    "operations",
    "ops",
    "request",
    "subcommand",
    "task",
    "verb",
    "what",
];

fn check(surface: &Surface) -> Outcome {
    if surface.tools.is_empty() {
        return Outcome::not_applicable("it lists no tools");
    }
    let exchange = surface
        .walk("tools/list")
        .and_then(|walk| walk.exchanges.first().copied());
    let mut outcome = Outcome::pass();
    for tool in surface.tools.iter().take(thresholds::TOOLS_JUDGED) {
        outcome.findings.extend(judge(tool, exchange));
    }
    if surface.tools.len() > thresholds::TOOLS_JUDGED {
        outcome.unknown(format!(
            "only the first {} tools were looked at",
            thresholds::TOOLS_JUDGED
        ));
    }
    outcome
}

fn judge(tool: &Tool, exchange: Option<ExchangeId>) -> Option<Finding> {
    let (finding, settled) = by_choice(tool);
    if settled {
        return finding.map(|finding| finding.exchange(exchange));
    }
    finding
        .or_else(|| by_name(tool))
        .or_else(|| by_description(tool))
        .or_else(|| by_switch(tool))
        .map(|finding| finding.exchange(exchange))
}

/// By a parameter that chooses what is done; and whether that settles it.
fn by_choice(tool: &Tool) -> (Option<Finding>, bool) {
    for (name, values, schema) in choices(tool) {
        let mut reads = Vec::new();
        let mut acts = Vec::new();
        for value in &values {
            match of_value(value) {
                Some(Deed::Reads) => reads.push(value.as_str()),
                Some(Deed::Acts) => acts.push(value.as_str()),
                None => {}
            }
        }
        if !reads.is_empty() && !acts.is_empty() {
            let finding = RULE
                .finding(
                    Place::Parameter(tool.name.clone(), name.to_owned()),
                    format!(
                        "it both reads ({}) and changes something ({}), as {name} says",
                        reads.join(", "),
                        acts.join(", ")
                    ),
                    format!(
                        "Make two tools: one for {}, with \"readOnlyHint\": true, and one for {}.",
                        reads.join(", "),
                        acts.join(", ")
                    ),
                )
                .text(name, &schema.to_string())
                .key("choice");
            return (Some(finding), true);
        }
        if !acts.is_empty() && acts.len() + 1 >= values.len() {
            return (None, true);
        }
    }
    (None, false)
}

/// Parameters that choose what is done, and what can be chosen.
fn choices(tool: &Tool) -> Vec<(&str, Vec<String>, &Value)> {
    let schema = &tool.input_schema;
    let alternatives = ["oneOf", "anyOf", "allOf"]
        .into_iter()
        .flat_map(|keyword| schema[keyword].as_array().into_iter().flatten())
        .take(100);
    let mut choices: Vec<(&str, Vec<String>, &Value)> = Vec::new();
    for part in std::iter::once(schema).chain(alternatives) {
        let part = referred(schema, part);
        for (name, property) in part["properties"].as_object().into_iter().flatten() {
            let last = verbs::words(name).pop().unwrap_or_default();
            let wide = ["kind", "type"].contains(&last.as_str());
            if !CHOICES.contains(&last.as_str()) && !wide {
                continue;
            }
            let property = referred(schema, property);
            let mut values = values(property);
            if values.is_empty() && property["items"].is_object() {
                values = self::values(referred(schema, &property["items"]));
            }
            if values.is_empty() && !wide {
                values = told(property["description"].as_str().unwrap_or_default());
            }
            // a kind of thing is often named like a verb: an order, a post
            if wide {
                values.retain(|value| {
                    verbs::words(value).first().is_some_and(|word| {
                        [
                            "create", "delete", "get", "list", "read", "remove", "search",
                            "update", "write",
                        ]
                        .contains(&word.as_str())
                    })
                });
            }
            match choices.iter_mut().find(|(known, _, _)| known == name) {
                Some((_, known, _)) => known.extend(values),
                None => choices.push((name, values, property)),
            }
        }
    }
    choices
}

fn referred<'a>(root: &'a Value, schema: &'a Value) -> &'a Value {
    schema["$ref"]
        .as_str()
        .and_then(|to| root.pointer(to.strip_prefix('#')?))
        .unwrap_or(schema)
}

fn values(schema: &Value) -> Vec<String> {
    let alternatives = ["anyOf", "oneOf"]
        .into_iter()
        .flat_map(|keyword| schema[keyword].as_array().into_iter().flatten());
    std::iter::once(schema)
        .chain(alternatives)
        .take(100)
        .flat_map(|part| {
            part["enum"]
                .as_array()
                .into_iter()
                .flatten()
                .chain(part.get("const"))
        })
        .filter_map(Value::as_str)
        .take(200)
        .map(str::to_owned)
        .collect()
}

/// Values that a description lists: "One of list, get, create or delete".
fn told(description: &str) -> Vec<String> {
    let mut values = Vec::new();
    for part in description
        .split([',', '|', '/', '(', ')', ':', ';', '"', '\'', '`', '.', '\n'])
        .take(100)
    {
        for part in part.split(" or ").flat_map(|part| part.split(" and ")) {
            let part = part
                .trim()
                .trim_start_matches("or ")
                .trim_start_matches("one of ")
                .trim();
            // a value is one word, or two joined
            if !part.is_empty() && !part.contains(' ') && deed(&part.to_lowercase()).is_some() {
                values.push(part.to_owned());
            }
        }
    }
    values
}

fn of_value(value: &str) -> Option<Deed> {
    let words = verbs::words(value);
    match words.first().map(String::as_str)? {
        // of HTTP
        "head" | "options" => None,
        "rm" | "del" | "mv" | "mkdir" | "add" | "edit" | "new" => Some(Deed::Acts),
        "ls" | "cat" => Some(Deed::Reads),
        first => deed(first).or_else(|| deed(words.last()?).filter(|_| words.len() == 2)),
    }
}

fn by_name(tool: &Tool) -> Option<Finding> {
    let words = verbs::words(&tool.name);
    let has = |wanted: &str| words.iter().any(|word| word == wanted);
    let place = Place::Tool(tool.name.clone());
    let fix = "Split it in two: one that reads, with \"readOnlyHint\": true, and one that changes.";
    if has("crud") {
        return Some(
            RULE.finding(
                place,
                "the name says that it creates, reads, updates and deletes",
                fix,
            )
            .key("name"),
        );
    }
    let verbs = claims::of_name(&tool.name);
    let mut kinds: Vec<_> = verbs
        .iter()
        .filter_map(|verb| Some((deed(verb)?, verb)))
        .collect();
    // `read_write_file`
    if let [.., (_, last)] = kinds.as_slice()
        && let Some(at) = words.iter().position(|word| word == *last)
        && let Some(next) = words.get(at + 1)
        && matches!(
            (last.as_str(), next.as_str()),
            ("read" | "get", "write" | "set") | ("write" | "set", "read" | "get")
        )
        && let Some(other) = deed(next)
    {
        kinds.push((other, next));
    }
    let read = kinds.iter().find(|(kind, _)| *kind == Deed::Reads);
    let act = kinds.iter().find(|(kind, _)| *kind == Deed::Acts);
    if let (Some((_, read)), Some((_, act))) = (read, act)
        && !is_one_deed(read, act)
    {
        return Some(
            RULE.finding(
                place,
                format!("the name says that it both reads (\"{read}\") and changes something (\"{act}\")"),
                fix,
            )
            .key("name"),
        );
    }
    let manages = ["administer", "control", "handle", "manage", "manager"]
        .iter()
        .any(|word| has(word));
    // where it says what it does, its words decide
    let said = claims::acts(&tool.description);
    let first = claims::words(&tool.description);
    let reads = first
        .iter()
        .take(30)
        .any(|(word, _)| claims::base(word).is_some_and(|verb| deed(&verb) == Some(Deed::Reads)));
    (manages && (reads || said.is_empty())).then(|| {
        RULE.finding(
            Place::Tool(tool.name.clone()),
            "the name says that it manages something, which is both reading and changing",
            fix,
        )
        .text("description", &tool.description)
        .key("name")
    })
}

/// "Find and replace" is one deed.
fn is_one_deed(read: &str, act: &str) -> bool {
    matches!(act, "replace")
        || matches!(
            (read, act),
            ("copy" | "load", _) | ("check", "book" | "in" | "out")
        )
}

/// Phrases that say it outright, in lower case.
const OUTRIGHT: &[&str] = &[
    "(crud)",
    "any sql",
    "arbitrary sql",
    "create, read, update",
    "creates, reads, updates",
    "crud operation",
    "get or set",
    "gets or sets",
    "read and write access",
    "read, write",
    "reads and writes",
    "select, insert",
];

/// Words before such a phrase that deny it.
const DENIALS: &[&str] = &["needs", "never", "no", "not", "requires", "without"];

fn by_description(tool: &Tool) -> Option<Finding> {
    let (at, message) = outright(&tool.description).or_else(|| opening(&tool.description))?;
    Some(
        RULE.finding(
            Place::Tool(tool.name.clone()),
            message,
            "Split it in two: one that reads, with \"readOnlyHint\": true, and one that changes.",
        )
        .quote("description", &tool.description, at)
        .key("description"),
    )
}

fn outright(text: &str) -> Option<(Range<usize>, String)> {
    let lower = text.to_ascii_lowercase();
    OUTRIGHT.iter().find_map(|phrase| {
        let at = lower.find(phrase)?;
        let denied = claims::words(&lower[..at])
            .iter()
            .rev()
            .take(4)
            .any(|(word, _)| DENIALS.contains(&word.as_str()));
        (!denied).then(|| {
            (
                at..at + phrase.len(),
                format!("the description says \"{phrase}\""),
            )
        })
    })
}

/// What the first sentence opens with: "Gets, adds or removes labels", "Shows a note and deletes it".
fn opening(text: &str) -> Option<(Range<usize>, String)> {
    let (from, sentence) = claims::sentences(text)
        .into_iter()
        .find(|(_, sentence)| !sentence.trim().is_empty())?;
    let mut verbs: Vec<(Deed, String, Range<usize>)> = Vec::new();
    for (at, (word, range)) in claims::words(sentence).iter().enumerate().take(12) {
        if matches!(word.as_str(), "and" | "or" | "then" | "also") && at > 0 {
            continue;
        }
        // "Lists orders" has one verb: what comes without a comma or "and" is its object
        let before = sentence[..range.start].trim_end().to_ascii_lowercase();
        let joined = [",", "/", "&", "+", " and", " or", " then", " also"]
            .iter()
            .any(|end| before.ends_with(end));
        let verb = claims::base(word).and_then(|verb| Some((deed(&verb)?, verb)));
        let (true, Some((kind, verb))) = (verbs.is_empty() || joined, verb) else {
            break;
        };
        verbs.push((kind, verb, from + range.start..from + range.end));
    }
    let begins = verbs.first()?.2.start;
    let say = |read: &str, act: &str| {
        format!(
            "the description says that it both reads (\"{read}\") and changes something (\"{act}\")"
        )
    };
    let read = verbs.iter().find(|(kind, _, _)| *kind == Deed::Reads)?;
    let act = verbs
        .iter()
        .find(|(kind, verb, _)| *kind == Deed::Acts && !is_one_deed(&read.1, verb));
    if let Some(act) = act {
        let at = read.2.start.min(act.2.start)..read.2.end.max(act.2.end);
        return Some((at, say(&read.1, &act.1)));
    }
    let later = claims::acts(text).into_iter().find(|said| {
        said.at.start < from + sentence.len()
            && [
                "create",
                "delete",
                "edit",
                "modify",
                "overwrite",
                "remove",
                "update",
            ]
            .contains(&said.verb.as_str())
    })?;
    (read.2.start == begins).then(|| (later.at, say(&read.1, &later.verb)))
}

/// A switch that makes a reading tool change something.
fn by_switch(tool: &Tool) -> Option<Finding> {
    if !claims::name_reads(&tool.name) {
        return None;
    }
    tool.parameters().find_map(|(name, schema)| {
        let first = verbs::words(name).into_iter().next()?;
        let asks = [
            "create",
            "delete",
            "mark",
            "overwrite",
            "purge",
            "remove",
            "update",
            "write",
        ]
        .contains(&first.as_str());
        (schema["type"] == "boolean" && asks).then(|| {
            RULE.finding(
                Place::Parameter(tool.name.clone(), name.to_owned()),
                "the tool reads, and with this switch it changes something",
                "Move what the switch does into a tool of its own.",
            )
            .text(name, &schema.to_string())
            .key("switch")
        })
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn found(name: &str, description: &str, properties: &Value) -> bool {
        let tool = Tool::read(
            &json!({"name": name, "description": description,
                "inputSchema": {"type": "object", "properties": properties}}),
            1,
        );
        judge(&tool, None).is_some()
    }

    const BOTH: &[(&str, &str, &str)] = &[
        (
            "notes",
            "Works with notes.",
            r#"{"action": {"enum": ["list", "get", "create", "delete"]}}"#,
        ),
        (
            "notes",
            "Works with notes.",
            r#"{"operation": {"type": "string", "description": "One of list, read, create, delete."}}"#,
        ),
        (
            "notes",
            "Works with notes.",
            r#"{"noteAction": {"anyOf": [{"const": "read_note"}, {"const": "delete_note"}]}}"#,
        ),
        (
            "api_call",
            "Calls the API.",
            r#"{"method": {"enum": ["GET", "POST", "DELETE"]}}"#,
        ),
        (
            "issue",
            "Issues.",
            r#"{"operations": {"type": "array", "items": {"enum": ["get", "update"]}}}"#,
        ),
        (
            "issue",
            "Issues.",
            r#"{"type": {"enum": ["get_issue", "create_issue"]}}"#,
        ),
        ("crud_notes", "Notes.", "{}"),
        ("get_or_create_user", "Finds a user.", "{}"),
        ("read_write_file", "A file.", "{}"),
        ("manage_labels", "Manages labels.", "{}"),
        ("notes", "Creates, reads, updates or deletes notes.", "{}"),
        ("notes", "Read and write notes.", "{}"),
        (
            "labels",
            "Lists, adds and removes labels of an issue.",
            "{}",
        ),
        ("config", "Gets or sets a configuration value.", "{}"),
        ("message", "Shows a message and deletes it.", "{}"),
        ("database", "Executes any SQL statement.", "{}"),
        (
            "read_messages",
            "Reads messages.",
            r#"{"mark_as_read": {"type": "boolean"}}"#,
        ),
    ];

    #[test]
    fn tools_that_read_and_write_are_found() {
        let wrong: Vec<_> = BOTH
            .iter()
            .filter(|(name, description, properties)| {
                !found(
                    name,
                    description,
                    &serde_json::from_str(properties).unwrap(),
                )
            })
            .collect();
        assert!(wrong.is_empty(), "{wrong:#?}");
    }

    const ONE: &[(&str, &str, &str)] = &[
        (
            "write_issue",
            "Creates, edits, comments on, closes, reopens, labels or assigns an issue.",
            r#"{"action": {"enum": ["create", "edit", "comment", "close", "reopen"]}}"#,
        ),
        (
            "review",
            "Sends one review.",
            r#"{"event": {"enum": ["APPROVE", "REQUEST_CHANGES", "COMMENT"]}}"#,
        ),
        (
            "manage_subscription",
            "Ignores, watches or deletes a subscription.",
            r#"{"action": {"enum": ["ignore", "subscribe", "delete"]}}"#,
        ),
        ("list_orders", "Lists orders and posts of a shop.", "{}"),
        (
            "search_and_replace",
            "Searches and replaces a text in a file.",
            "{}",
        ),
        (
            "find_notes",
            "Finds notes. Do not use it to create or delete them.",
            r#"{"sort": {"enum": ["created", "updated"]}}"#,
        ),
        (
            "get_history",
            "Lists commits, merges and updates of a branch.",
            r#"{"mode": {"enum": ["brief", "full"]}}"#,
        ),
        (
            "edit_file",
            "Makes line-based edits to a text file. Returns a diff.",
            r#"{"dryRun": {"type": "boolean"}}"#,
        ),
        (
            "create_directory",
            "Create a new directory or ensure a directory exists.",
            "{}",
        ),
        (
            "get_note",
            "Reads a note.",
            r#"{"include_deleted": {"type": "boolean"}}"#,
        ),
        ("read_graph", "Read the entire knowledge graph", "{}"),
        ("manage_members", "Adds or removes members of a team.", "{}"),
        (
            "convert",
            "Converts a unit.",
            r#"{"kind": {"enum": ["order", "post", "share"]}}"#,
        ),
        (
            "run_query",
            "Runs a read-only query. It needs no read and write access.",
            "{}",
        ),
        ("move_file", "Move or rename files and directories.", "{}"),
        (
            "find_items",
            "Finds issues and pull requests of a repository, or anywhere by query.",
            "{}",
        ),
    ];

    #[test]
    fn tools_that_do_one_are_not() {
        let wrong: Vec<_> = ONE
            .iter()
            .filter(|(name, description, properties)| {
                found(
                    name,
                    description,
                    &serde_json::from_str(properties).unwrap(),
                )
            })
            .collect();
        assert!(wrong.is_empty(), "{wrong:#?}");
    }
}
