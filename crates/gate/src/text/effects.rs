//! What a tool does to the world, as its name and schema show it.

use serde_json::Value;

use super::{
    language::form_of,
    names::Name,
    phrases,
    private::{PRIVATE, Private},
    sentences::Text,
    vocabulary::{ACTING, HANDLING, NOUNISH},
};
use crate::{surface::Tool, verbs};

/// Something that a description must disclose.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) enum Effect {
    /// It changes something: the verb that says so, and where it stands.
    Change(String, Sign),
    /// It reaches the network: the sign.
    Network(Sign),
    /// It reads what is nobody's business: what, and the sign.
    Sensitive(&'static Private, Sign),
}

/// Where an effect shows.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) enum Sign {
    /// In the name.
    Name,
    /// In a parameter: its name.
    Parameter(String),
    /// In `annotations.destructiveHint`.
    Hint,
}

/// Words of a name that say: this reaches the network.
const NET_NAMES: &[&str] = &[
    "browse", "crawl", "curl", "download", "http", "https", "internet", "scrape", "web", "webpage",
    "website", "wget",
];
/// Parameters that name something on the network.
const NET_PARAMETERS: &[&str] = &[
    "endpoint",
    "href",
    "url",
    "urls",
    "webhook",
    "webhook_url",
    "website",
];
/// Verbs of tools that take such a parameter as data and leave it alone.
const KEEPING: &[&str] = &[
    "add",
    "bookmark",
    "build",
    "change",
    "create",
    "decode",
    "delete",
    "edit",
    "encode",
    "find",
    "format",
    "generate",
    "hash",
    "insert",
    "list",
    "make",
    "match",
    "modify",
    "normalize",
    "parse",
    "put",
    "register",
    "remove",
    "save",
    "search",
    "set",
    "shorten",
    "store",
    "tag",
    "update",
    "validate",
    "write",
];
/// Parameters that only tools which act have.
const ACTING_PARAMETERS: &[&str] = &["confirm", "confirmed", "delete", "dryrun", "overwrite"];
/// Parameters whose allowed values are what is done.
const ACTIONS: &[&str] = &[
    "action",
    "cmd",
    "command",
    "do",
    "mode",
    "op",
    "operation",
    "subcommand",
    "verb",
];
/// Nouns that are gone for good when something is dropped or reset.
const LASTING: &[&str] = &[
    "all",
    "collection",
    "column",
    "data",
    "database",
    "db",
    "everything",
    "index",
    "schema",
    "table",
    "workspace",
];
/// Things that can be put back when they are removed.
const REPLACEABLE: &[&str] = &[
    "assignee",
    "bookmark",
    "breakpoint",
    "cache",
    "console",
    "favorite",
    "favourite",
    "filter",
    "focus",
    "highlight",
    "label",
    "mark",
    "member",
    "override",
    "permission",
    "reaction",
    "role",
    "screen",
    "selection",
    "star",
    "subscriber",
    "tag",
    "terminal",
    "watcher",
];

/// What the description of a tool must disclose, by its name and schema.
pub(crate) fn effects(tool: &Tool, name: &Name, text: &Text) -> Vec<Effect> {
    let mut effects = Vec::new();
    // `queue_length` and `book_flight`: the description tells which of them it is, unless it hides it
    let hides = text
        .words
        .first()
        .is_some_and(|word| form_of(&word.lower, HANDLING).is_some());
    if let Some(verb) = name.acts.as_ref().filter(|_| !name.ambiguous || hides) {
        effects.push(Effect::Change(verb.clone(), Sign::Name));
    } else if let Some((verb, parameter)) = acting_parameter(tool) {
        effects.push(Effect::Change(verb, Sign::Parameter(parameter)));
    } else if tool.destructive == Some(true) && tool.read_only != Some(true) {
        effects.push(Effect::Change("change".to_owned(), Sign::Hint));
    }
    effects.extend(network(tool, name).map(Effect::Network));
    effects.extend(private(tool, name));
    effects
}

/// A parameter that only tools which act have: the verb, and its name.
fn acting_parameter(tool: &Tool) -> Option<(String, String)> {
    tool.parameters().find_map(|(name, schema)| {
        let plain = verbs::words(name).concat();
        if ACTING_PARAMETERS.contains(&plain.as_str()) && schema["type"] == "boolean" {
            let verb = if plain == "delete" {
                "delete"
            } else {
                "change"
            };
            return Some((verb.to_owned(), name.to_owned()));
        }
        if !ACTIONS.contains(&plain.as_str()) {
            return None;
        }
        let verb = schema["enum"].as_array()?.iter().find_map(|value| {
            let value = value.as_str()?.to_lowercase();
            verbs::words(&value).into_iter().next().filter(|word| {
                ACTING.binary_search(&word.as_str()).is_ok()
                    && (plain != "mode" || NOUNISH.binary_search(&word.as_str()).is_err())
            })
        })?;
        Some((verb, name.to_owned()))
    })
}

fn network(tool: &Tool, name: &Name) -> Option<Sign> {
    let keeps = name.verb().is_some_and(|verb| KEEPING.contains(&verb));
    let named = |list: &[&str]| name.words.iter().any(|word| list.contains(&word.as_str()));
    if named(NET_NAMES) || (!keeps && named(&["url", "urls", "webhook"])) {
        return Some(Sign::Name);
    }
    let parameter = tool.parameters().find(|(parameter, schema)| {
        let snake = verbs::words(parameter).join("_");
        let named = !keeps && NET_PARAMETERS.contains(&snake.as_str());
        let remote = schema["format"] == "uri" || schema["format"] == "url";
        let text = schema["default"].as_str().unwrap_or_default();
        let starts = text.starts_with("http://") || text.starts_with("https://");
        named || (tool.open_world == Some(true) && (remote || starts) && !keeps)
    });
    parameter.map(|(parameter, _)| Sign::Parameter(parameter.to_owned()))
}

fn private(tool: &Tool, name: &Name) -> Option<Effect> {
    // sending mail and creating files is told by the verb
    if name.acts.is_some() {
        return None;
    }
    let joined = format!(" {} ", name.words.join(" "));
    let named = PRIVATE.iter().find(|private| {
        private
            .names
            .iter()
            .any(|words| joined.contains(&format!(" {words} ")))
    });
    if let Some(private) = named {
        return Some(Effect::Sensitive(private, Sign::Name));
    }
    let files = PRIVATE.last()?;
    let reads = matches!(name.verb(), Some("get" | "load" | "open" | "read" | "show"));
    let path = tool.parameters().find(|(parameter, _)| {
        let plain = verbs::words(parameter).concat();
        [
            "path",
            "file",
            "filename",
            "filepath",
            "directory",
            "dir",
            "folder",
        ]
        .contains(&plain.as_str())
    });
    let (path, _) = path.filter(|_| reads)?;
    Some(Effect::Sensitive(files, Sign::Parameter(path.to_owned())))
}

/// The verb by which a tool takes something away for good, if it does.
pub(crate) fn destroys<'a>(tool: &Tool, name: &'a Name, text: &Text) -> Option<&'a str> {
    let verb = name.acts.as_deref()?;
    let has = |list: &[&str]| list.iter().any(|word| name.has(word));
    let from =
        name.words.iter().any(|word| word == "from") || phrases::find(text, "from").is_some();
    let certain = match verb {
        "delete" | "destroy" | "erase" | "expunge" | "purge" | "wipe" | "truncate" => {
            !has(REPLACEABLE)
        }
        "clear" | "empty" | "flush" | "forget" => !has(REPLACEABLE),
        "drop" | "reset" => has(LASTING),
        "remove" => !has(REPLACEABLE) && (!from || tool.destructive == Some(true)),
        _ => false,
    };
    certain.then_some(verb)
}

/// Where a schema lets an action be chosen, the acting ones of its values.
pub(crate) fn acting_values(schema: &Value) -> Vec<String> {
    schema["enum"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .filter(|value| {
            verbs::words(value)
                .first()
                .is_some_and(|word| ACTING.binary_search(&word.as_str()).is_ok())
        })
        .map(str::to_owned)
        .collect()
}
