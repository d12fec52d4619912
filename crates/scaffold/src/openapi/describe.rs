//! What a model reads of a tool: purpose, arguments, what comes back, side effects, when not to use it.

use super::{
    group::{Task, many},
    model::{Model, Operation, Place},
};

/// The name of the argument that names one object: the last part of its path.
pub(super) fn id_name(operation: &Operation, noun: &str) -> String {
    let last = operation.path_inputs().last();
    let words = last.map(|input| input.words.clone()).unwrap_or_default();
    let noun = noun.replace(' ', "_");
    if words.len() == 1 && words[0].len() <= 4 || words.is_empty() {
        return format!("{noun}_{}", words.first().map_or("id", String::as_str));
    }
    words.join("_")
}

/// The description of a tool.
pub(super) fn description(model: &Model, tool: &str, noun: &str, task: &Task) -> String {
    let api = &model.title;
    let words: Vec<String> = noun.split(' ').map(str::to_owned).collect();
    let nouns = many(&words).join(" ");
    let operation = |place: usize| &model.operations[place];
    let access = if model.key.is_some() {
        "over the network with the operator's key"
    } else {
        "over the network"
    };
    let pages = "one line for each behind `| `, and at the end, where there are more, the `cursor` of the next page";
    let parts = "one line for each value behind `| `; where they are cut (at about 8,000 characters), the last line says the `start` of the rest";
    match task {
        Task::Find {
            item: Some(item),
            subs,
            ..
        } => {
            let id = id_name(operation(*item), noun);
            let also = also(model, subs);
            format!(
                "Finds {nouns} of {api}, or reads one of them, {access}. Without `{id}` it lists those that fit the \
                 other arguments, and returns {pages}; with `{id}` it returns that one in full{also}, {parts}. \
                 Changes nothing. Only for {nouns}: to look for anything else use the tool that names it.",
            )
        }
        Task::Find { .. } => {
            let how = tool.split('_').skip(1).collect::<Vec<_>>().join(" ");
            format!(
                "Lists {how} of {api}: those that fit the arguments, {access}. Returns {pages}. Changes nothing. Not \
                 for all values of one: a line has the first of them only.",
            )
        }
        Task::Read { item, subs } => {
            let also = also(model, subs);
            let named = tool.split('_').skip(1).collect::<Vec<_>>().join(" ");
            let by = match operation(*item).path_inputs().last() {
                Some(_) => format!(" that `{}` names", id_name(operation(*item), noun)),
                None => String::new(),
            };
            format!(
                "Reads the {named} of {api}{by}{also}, {access}. Returns {parts}. Changes nothing. Not for searching: \
                 it reads what is named, and nothing else.",
            )
        }
        Task::Act {
            operation: place,
            present,
            confirm,
            destructive,
        } => {
            let acting = operation(*place);
            let mut parts = tool.splitn(2, '_');
            let verb = third(parts.next().unwrap_or_default());
            let object = parts.next().unwrap_or_default().replace('_', " ");
            let object = object
                .strip_prefix("all ")
                .map_or_else(|| format!("one {object}"), |all| format!("all {all}"));
            let summary = acting
                .summary
                .as_ref()
                .filter(|summary| summary.len() > 12)
                .map(|summary| format!(" The API calls this: {summary}."))
                .unwrap_or_default();
            let by = match acting.path_inputs().last() {
                Some(_) => format!(" that `{}` names", id_name(acting, noun)),
                None => String::new(),
            };
            let fields = acting.inputs.iter().any(|input| input.place != Place::Path);
            let sends = if fields {
                ", with the values of the other arguments"
            } else {
                ""
            };
            if *confirm {
                let seen = if present.is_some() {
                    ", the object as it is now"
                } else {
                    ""
                };
                return format!(
                    "DESTRUCTIVE: {verb} {object}{by} in {api} {access}{sends}, which cannot be undone.{summary} With \
                     `confirm` false it only previews, and returns what would be done{seen} and a token; with \
                     `confirm` true and that `confirm_token` it acts once and returns what the API answers, behind \
                     `| `. Not for several at once, and not to look whether something exists.",
                );
            }
            let effect = if *destructive {
                "changes it there: the values that it had are overwritten"
            } else {
                "changes what the API keeps"
            };
            format!(
                "{} {object}{by} in {api} {access}{sends}, and so {effect}.{summary} Returns a line that says so, then \
                 what the API answers, one line for each value behind `| `. Not for trying out: it acts at once.",
                super::group::capital(&verb),
            )
        }
    }
}

fn also(model: &Model, subs: &[usize]) -> String {
    let names: Vec<_> = subs
        .iter()
        .filter_map(|place| model.operations[*place].path.rsplit_once('/'))
        .map(|(_, last)| super::plain::words(last).join(" "))
        .collect();
    match names.as_slice() {
        [] => String::new(),
        [only] => format!(" together with its {only}"),
        [first @ .., last] => format!(" together with its {} and {last}", first.join(", ")),
    }
}

/// A verb as one says it of somebody.
pub(super) fn third(verb: &str) -> String {
    if verb.ends_with(['s', 'x', 'o']) || verb.ends_with("ch") || verb.ends_with("sh") {
        return format!("{verb}es");
    }
    let vowel = verb
        .len()
        .checked_sub(2)
        .and_then(|at| verb.get(at..at + 1))
        .is_some_and(|c| "aeiou".contains(c));
    match verb.strip_suffix('y') {
        Some(stem) if !vowel => format!("{stem}ies"),
        _ => format!("{verb}s"),
    }
}
