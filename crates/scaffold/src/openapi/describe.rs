//! What a model reads of a tool: purpose, arguments, what comes back, side effects, when not to use it.
//!
//! Texts name what sets a tool apart (fields, arguments), so that those of two tools are not nearly the
//! same (rule D07 of the gate).

use super::{
    group::{Task, capital, many},
    lists::Style,
    model::{Model, Operation, Place},
    names,
    plain::{self, singular},
};

/// How many arguments or fields a text names.
const NAMED: usize = 6;

/// The words of what the last parameter of a path names, one of them.
fn owner(operation: &Operation) -> Vec<String> {
    let before = operation
        .path
        .rsplit_once("{}")
        .map_or("", |(before, _)| before);
    let part = before
        .split('/')
        .rfind(|part| !part.is_empty() && !part.contains("{}"));
    let mut words = plain::words(part.unwrap_or_default());
    if let Some(last) = words.last_mut() {
        *last = singular(last);
    }
    words
}

/// The words of the argument that names one object: the last part of its path.
pub(super) fn id_words(operation: &Operation) -> Vec<String> {
    let last = operation.path_inputs().last();
    let words = last.map(|input| input.words.clone()).unwrap_or_default();
    let owner = owner(operation);
    match words.as_slice() {
        [] => [owner, vec!["id".to_owned()]].concat(),
        // an id of something that the path alone names
        [only] if only.len() <= 4 && !owner.contains(only) => [owner, words].concat(),
        _ => words,
    }
}

/// The description of a tool.
#[expect(clippy::too_many_lines, reason = "three texts")]
pub(super) fn description(model: &Model, tool: &str, noun: &str, task: &Task) -> String {
    let words: Vec<String> = noun.split(' ').map(str::to_owned).collect();
    let nouns = many(&words).join(" ");
    let operation = |place: usize| &model.operations[place];
    let access = if model.key.is_some() {
        "over the network with the operator's key"
    } else {
        "over the network"
    };
    let api = &model.place;
    match task {
        Task::Find { list, item, subs } => {
            let listing = operation(*list);
            let filters = filters(listing);
            let line = line(listing);
            let Some(item) = item else {
                let how = tool
                    .split('_')
                    .skip(1)
                    .map(|word| {
                        if word == "everything" {
                            "what there is"
                        } else {
                            word
                        }
                    })
                    .collect::<Vec<_>>()
                    .join(" ");
                return format!(
                    "Lists {how} of {api}{}, {access}. Returns one line for each{line} behind `| `; where there are \
                     more, the last line has the `cursor` of the next page. Changes nothing. Not for all values of \
                     one {noun}: a line has the first of them only.",
                    filters
                        .map(|filters| format!(" that fit {filters}"))
                        .unwrap_or_default(),
                );
            };
            let id = names::argument(&id_words(operation(*item)));
            format!(
                "Finds {nouns} of {api}, or reads one in full, {access}. Without `{id}` it lists those{}, and returns \
                 one line for each{line} behind `| `, and the `cursor` of the next page where there are more; with \
                 `{id}` it returns that {noun}{}, one value a line, and the `start` of the rest where it is cut. \
                 Changes nothing. Not for anything but {nouns}.",
                filters.map_or_else(
                    || " that there are".to_owned(),
                    |filters| format!(" that fit {filters}")
                ),
                also(model, subs),
            )
        }
        Task::Read { item, subs } => {
            let named = tool.split('_').skip(1).collect::<Vec<_>>().join(" ");
            let reading = operation(*item);
            let by = match reading.path_inputs().last() {
                Some(_) => format!(" that `{}` names", names::argument(&id_words(reading))),
                None => String::new(),
            };
            let filters = filters(reading)
                .map(|filters| format!(", for {filters}"))
                .unwrap_or_default();
            format!(
                "Reads the {named} of {api}{by}{}{filters}, {access}. Returns one value a line behind `| `; where \
                 they are cut (at about 8,000 characters), the last line has the `start` of the rest. Changes \
                 nothing. Not for looking for {nouns} that are not known yet.",
                also(model, subs),
            )
        }
        Task::Act {
            operation: place,
            present,
            confirm,
            destructive,
        } => act(
            model,
            operation(*place),
            tool,
            present.is_some(),
            *confirm,
            *destructive,
            access,
        ),
    }
}

fn act(
    model: &Model,
    acting: &Operation,
    tool: &str,
    present: bool,
    confirm: bool,
    destructive: bool,
    access: &str,
) -> String {
    let api = &model.place;
    let (verb, object) = tool.split_once('_').unwrap_or((tool, "thing"));
    let (verb, object) = (third(verb), object.replace('_', " "));
    let several = object.strip_prefix("all ");
    let is_many = object
        .rsplit(' ')
        .next()
        .is_some_and(|word| singular(word) != word);
    let what = match several {
        Some(all) => format!("all {all}"),
        None if is_many => format!("the {object}"),
        None => format!("one {object}"),
    };
    let owner = owner(acting);
    let by = match acting.path_inputs().last() {
        Some(_) => {
            let id = names::argument(&id_words(acting));
            let is_own = owner
                .last()
                .is_some_and(|owner| object.split(' ').any(|word| word == owner));
            let how = if is_own { "that" } else { "under what" };
            format!(" {how} `{id}` names")
        }
        None => String::new(),
    };
    let with = filters(acting)
        .map(|fields| format!(", with {fields}"))
        .unwrap_or_default();
    let summary = acting
        .summary
        .as_ref()
        .filter(|summary| summary.len() > 12)
        .map(|summary| format!(" The API calls this: {summary}."))
        .unwrap_or_default();
    if confirm {
        let seen = if present {
            ", the object as it is now"
        } else {
            ""
        };
        return format!(
            "DESTRUCTIVE: {verb} {what}{by} in {api}{with}, {access}, which cannot be undone.{summary} With `confirm` \
             false it only previews, and returns what would be done{seen} and a token; with `confirm` true and that \
             `confirm_token` it acts once and returns what the API answers, behind `| `. Not for looking whether \
             there {}.",
            if is_many {
                format!("are such {}", several.unwrap_or(&object))
            } else {
                format!("is such {}", article(&object))
            },
        );
    }
    let effect = if destructive {
        "the values that it had are overwritten"
    } else {
        "this changes what the API keeps"
    };
    format!(
        "{} {what}{by} in {api}{with}, {access}; {effect}.{summary} Returns a line that says so, then what the API \
         answers, one value a line behind `| `. Not for trying out: it acts at once.",
        capital(&verb),
    )
}

fn article(noun: &str) -> String {
    let an = noun.starts_with(['a', 'e', 'i', 'o', 'u']);
    format!("{} {noun}", if an { "an" } else { "a" })
}

/// The arguments besides the path and the paging, as a text names them.
fn filters(operation: &Operation) -> Option<String> {
    let paging = operation.list.as_ref().map(|list| &list.paging);
    let is_paging = |at: usize| {
        paging.is_some_and(|paging| {
            paging.size == Some(at) || paging.position == Some(at) && paging.style != Style::None
        })
    };
    let names: Vec<_> = operation
        .inputs
        .iter()
        .enumerate()
        .filter(|(at, input)| input.place != Place::Path && !is_paging(*at))
        .map(|(_, input)| names::argument(&input.words))
        .collect();
    list(&names, true)
}

/// What a line of a list shows.
fn line(operation: &Operation) -> String {
    let fields = operation
        .list
        .as_ref()
        .map(|list| list.fields.as_slice())
        .unwrap_or_default();
    let names: Vec<_> = fields
        .iter()
        .map(|field| plain::words(field).join(" "))
        .filter(|name| !name.is_empty())
        .collect();
    if names.is_empty() {
        return String::new();
    }
    format!(" ({})", names.join(", "))
}

fn list(names: &[String], marked: bool) -> Option<String> {
    let mark = if marked { "`" } else { "" };
    let named: Vec<_> = names
        .iter()
        .take(NAMED)
        .map(|name| format!("{mark}{name}{mark}"))
        .collect();
    let rest = if names.len() > NAMED {
        " and others"
    } else {
        ""
    };
    match named.as_slice() {
        [] => None,
        [only] => Some(only.clone()),
        _ if !rest.is_empty() => Some(format!("{}{rest}", named.join(", "))),
        [first @ .., last] => Some(format!("{} and {last}", first.join(", "))),
    }
}

fn also(model: &Model, subs: &[usize]) -> String {
    let names: Vec<_> = subs
        .iter()
        .filter_map(|place| model.operations[*place].path.rsplit_once('/'))
        .map(|(_, last)| plain::words(last).join(" "))
        .collect();
    list(&names, false)
        .map(|names| format!(" together with its {names}"))
        .unwrap_or_default()
}

/// A verb as one says it of somebody.
pub(super) fn third(verb: &str) -> String {
    if verb.ends_with(['s', 'x', 'o']) || verb.ends_with("ch") || verb.ends_with("sh") {
        return format!("{verb}es");
    }
    let vowel = verb
        .len()
        .checked_sub(2)
        .and_then(|at| verb.get(at..=at))
        .is_some_and(|c| "aeiou".contains(c));
    match verb.strip_suffix('y') {
        Some(stem) if !vowel => format!("{stem}ies"),
        _ => format!("{verb}s"),
    }
}
