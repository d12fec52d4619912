//! The sentence that a description lacks, written from the tool's own name and schema. What cannot be
//! known is left blank (`____`).

use std::fmt::Write as _;

use serde_json::Value;

use super::{
    language::{is_plural, singular, third_person},
    names::{Name, Names},
    vocabulary::{ACTING, MASS},
};
use crate::surface::Tool;

/// What cannot be known from outside.
pub(crate) const BLANK: &str = "____";
/// The most parameters or fields that one sentence names.
const NAMED: usize = 8;

/// What a parameter of that name is, nearly everywhere.
const MEANINGS: &[(&str, &str)] = &[
    ("after", "where an earlier answer ended"),
    ("body", "the text"),
    ("branch", "the name of the branch"),
    ("channel_id", "the id of the channel"),
    ("confirm", "true to act, false to see what would happen"),
    ("content", "the text to write"),
    ("count", "how many to return"),
    ("cursor", "where an earlier answer ended"),
    ("direction", "the direction of the order"),
    ("dry_run", "true to see what would happen without doing it"),
    ("email", "the address of the mail"),
    ("end", "where to stop"),
    ("filename", "the name of the file"),
    ("filter", "which to return"),
    ("format", "the format of the answer"),
    ("id", "the id of the {}"),
    ("labels", "the labels, by name"),
    ("lang", "the language, such as en"),
    ("language", "the language, such as en"),
    ("limit", "how many to return"),
    ("max_results", "how many to return"),
    ("message", "the text of the message"),
    ("name", "the name of the {}"),
    ("offset", "how many to leave out first"),
    ("order", "the order of the results"),
    ("owner", "the account that owns the repository"),
    ("page", "which page, from 1"),
    ("page_size", "how many to return"),
    ("page_token", "where an earlier answer ended"),
    ("path", "the path of the {}"),
    ("pattern", "the pattern to look for"),
    ("per_page", "how many to return on one page"),
    ("q", "the text to look for"),
    ("query", "the text to look for"),
    ("repo", "the name of the repository"),
    ("search", "the text to look for"),
    ("since", "the earliest time"),
    ("sort", "what to sort by"),
    ("start", "where to begin"),
    ("start_cursor", "where an earlier answer ended"),
    ("tags", "the tags, by name"),
    ("text", "the text"),
    ("timezone", "the time zone, such as Europe/Rome"),
    ("title", "the title of the {}"),
    ("until", "the latest time"),
    ("uri", "the URI of the {}"),
    ("url", "the address of the {}"),
    ("urls", "the addresses"),
    ("user_id", "the id of the user"),
];

/// What is done, as in "to read a note"; none where the name is a noun, such as `web_search`.
pub(crate) fn deed(name: &Name) -> Option<String> {
    let (at, verb) = (name.verb?, name.verb()?);
    let mut object = name.object().to_vec();
    if at > 0 {
        if ACTING.binary_search(&verb).is_err() {
            return None;
        }
        object = [&name.words[..at], &name.words[at + 1..]].concat();
    }
    let object = noun_phrase(&object);
    Some(format!("{verb} {object}").trim_end().to_owned())
}

/// What is done, in the third person: "Reads a note"; blank where the name has no verb.
pub(crate) fn deed_now(name: &Name) -> String {
    let object = noun_phrase(name.object());
    let verb = name.verb().map_or(BLANK.to_owned(), third_person);
    let mut letters = verb.chars();
    let verb: String = letters
        .next()
        .into_iter()
        .flat_map(char::to_uppercase)
        .chain(letters)
        .collect();
    format!("{verb} {object}").trim_end().to_owned()
}

/// The words of a name as a noun, with an article where it needs one.
pub(crate) fn noun_phrase(words: &[String]) -> String {
    let phrase = words.join(" ");
    let Some((first, last)) = words.first().zip(words.last()) else {
        return phrase;
    };
    let plain = [
        "a", "all", "an", "any", "as", "back", "by", "down", "each", "every", "for", "forward",
        "from", "in", "many", "multiple", "my", "off", "on", "one", "out", "the", "to", "up",
        "with",
    ];
    let article = if plain.contains(&first.as_str())
        || words.iter().any(|word| {
            ["and", "or", "to", "by", "for", "with", "from", "in", "of"].contains(&word.as_str())
        })
        || is_plural(last)
        || MASS.binary_search(&last.as_str()).is_ok()
    {
        return phrase;
    } else if first.starts_with(['a', 'e', 'i', 'o', 'u'])
        && ![
            "user", "uri", "url", "one", "unit", "unique", "uuid", "use", "usage",
        ]
        .iter()
        .any(|word| first.starts_with(word))
    {
        "an"
    } else {
        "a"
    };
    format!("{article} {phrase}")
}

/// The thing that a tool is about, in the singular; blank where its name has none.
pub(crate) fn thing(name: &Name) -> String {
    let last = name
        .verb
        .is_some_and(|at| at > 0 && at + 1 == name.words.len());
    if last
        && name
            .verb()
            .is_some_and(|verb| ["find", "lookup", "query", "search"].contains(&verb))
    {
        return "result".to_owned();
    }
    let mut words = name.object().to_vec();
    if let Some(cut) = words.iter().position(|word| {
        ["by", "for", "with", "from", "in", "of", "to", "and"].contains(&word.as_str())
    }) {
        words.truncate(cut);
    }
    if let Some(last) = words.last_mut() {
        *last = singular(last);
    }
    words.retain(|word| !["a", "all", "an", "multiple", "my", "the"].contains(&word.as_str()));
    if words.is_empty() {
        BLANK.to_owned()
    } else {
        words.join(" ")
    }
}

/// The sentence that explains parameters: "`query` is the text to look for; `limit` is how many to
/// return (1 to 50)."
pub(crate) fn arguments(tool: &Tool, name: &Name, wanted: &[String]) -> String {
    let mut parts: Vec<_> = wanted
        .iter()
        .take(NAMED)
        .map(|parameter| {
            let schema = &tool.input_schema["properties"][parameter.as_str()];
            argument(tool, name, parameter, schema)
        })
        .collect();
    if wanted.len() > NAMED {
        parts.push(format!("and so on for the other {}", wanted.len() - NAMED));
    }
    format!("{}.", parts.join("; "))
}

fn argument(tool: &Tool, name: &Name, parameter: &str, schema: &Value) -> String {
    let mut text = format!("`{parameter}` is {}", meaning(name, parameter, schema));
    // the ends of a type's range are no bounds
    let number = |key: &str| {
        schema
            .get(key)
            .filter(|value| value.as_f64().is_some_and(|number| number.abs() < 1e12))
    };
    if let Some(values) = schema["enum"].as_array() {
        let values: Vec<_> = values.iter().take(NAMED).map(plain).collect();
        let _ = write!(text, " (one of {})", values.join(", "));
    } else if let (Some(low), Some(high)) = (number("minimum"), number("maximum")) {
        let _ = write!(text, " ({low} to {high})");
    } else if let Some(high) = number("maximum") {
        let _ = write!(text, " (at most {high})");
    } else if let Some(low) = number("minimum") {
        let _ = write!(text, " (at least {low})");
    }
    match schema.get("default").filter(|value| !value.is_null()) {
        Some(value) if plain(value).len() <= 40 => {
            let _ = write!(text, ", {} where it is not given", plain(value));
        }
        _ if !tool.required().any(|required| required == parameter) => text.push_str(", optional"),
        _ => {}
    }
    text
}

fn meaning(name: &Name, parameter: &str, schema: &Value) -> String {
    let words = crate::verbs::words(parameter);
    let snake = words.join("_");
    if let Ok(at) = MEANINGS.binary_search_by(|(known, _)| known.cmp(&snake.as_str())) {
        return MEANINGS[at].1.replace("{}", &thing(name));
    }
    if let Some((last, first)) = words.split_last()
        && !first.is_empty()
    {
        let of = first.join(" ");
        match last.as_str() {
            "date" | "id" | "name" | "path" | "time" | "title" => {
                return format!("the {last} of the {of}");
            }
            "ids" | "names" | "paths" => return format!("the {last} of the {of}s"),
            "url" | "uri" => return format!("the address of the {of}"),
            "number" => return format!("the number of the {of}"),
            "timezone" => return format!("the {of} time zone, such as Europe/Rome"),
            _ => {}
        }
    }
    if schema["enum"].is_array() {
        return BLANK.to_owned();
    }
    match schema["type"].as_str() {
        Some("boolean") => format!("true to {BLANK}"),
        Some("integer" | "number") => format!("the number of {BLANK}"),
        Some("array") => format!("the list of {BLANK}"),
        _ => BLANK.to_owned(),
    }
}

fn plain(value: &Value) -> String {
    value
        .as_str()
        .map_or_else(|| value.to_string(), str::to_owned)
}

/// The sentence that says what comes back.
pub(crate) fn answer(tool: &Tool, name: &Name) -> String {
    if let Some(fields) = tool
        .output_schema
        .as_ref()
        .and_then(|schema| fields(schema, name))
    {
        return fields;
    }
    let thing = thing(name);
    match name.verb() {
        Some(verb) if name.reads() => {
            let many = name.object().iter().any(|word| is_plural(word));
            if many || ["find", "list", "search", "query", "grep"].contains(&verb) {
                format!("Returns one line a {thing}: {BLANK}.")
            } else {
                format!("Returns the {thing}: {BLANK}.")
            }
        }
        Some(_) if name.acts.is_some() && thing != BLANK => {
            format!("Returns what was done to the {thing}: {BLANK}.")
        }
        _ => format!("Returns {BLANK}."),
    }
}

/// The fields of an output schema, in words.
fn fields(schema: &Value, name: &Name) -> Option<String> {
    let properties = schema["properties"].as_object()?;
    if let (1, Some((list, inner))) = (properties.len(), properties.iter().next())
        && let Some(entry) = inner["items"]["properties"].as_object()
    {
        let names: Vec<_> = entry
            .keys()
            .take(NAMED)
            .map(|key| format!("`{key}`"))
            .collect();
        return Some(format!(
            "Returns `{list}`, one entry a {}: {}.",
            thing(name),
            names.join(", ")
        ));
    }
    if properties.is_empty() {
        return None;
    }
    let names: Vec<_> = properties
        .keys()
        .take(NAMED)
        .map(|key| format!("`{key}` ({BLANK})"))
        .collect();
    Some(format!("Returns {}.", names.join(", ")))
}

/// The sentence that says what the tool is not for.
pub(crate) fn limits(tool: &Tool, names: &Names) -> String {
    match names.sibling(tool) {
        Some((other, name)) => match deed(name) {
            Some(deed) => format!("Do not use it to {deed}: use {}.", other.name),
            None => format!(
                "Do not use it for {}: use {}.",
                noun_phrase(&name.words),
                other.name
            ),
        },
        None => format!("Do not use it for {BLANK}."),
    }
}

/// A whole first sentence.
pub(crate) fn purpose(tool: &Tool, name: &Name) -> String {
    let by: Vec<_> = tool
        .required()
        .take(2)
        .map(|parameter| format!("`{parameter}`"))
        .collect();
    let by = if by.is_empty() {
        String::new()
    } else {
        format!(" by {}", by.join(" and "))
    };
    format!("{}{by}, to {BLANK}.", deed_now(name))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn tool(definition: &Value) -> Tool {
        Tool::read(definition, 1)
    }

    #[test]
    fn sentences_come_from_the_schema() {
        let tools = [
            tool(
                &json!({"name": "find_notes", "inputSchema": {"properties": {
                "query": {"type": "string"},
                "limit": {"type": "integer", "minimum": 1, "maximum": 50, "default": 20},
                "state": {"enum": ["open", "closed"]},
                "deep": {"type": "boolean"}}, "required": ["query"]}}),
            ),
            tool(
                &json!({"name": "read_note", "outputSchema": {"properties": {
                "notes": {"type": "array", "items": {"properties": {"id": {}, "text": {}}}}}}}),
            ),
            tool(&json!({"name": "add_user"})),
        ];
        let names = Names::of(&tools);
        let name = |at: usize| names.read(&tools[at]);
        let wanted: Vec<_> = ["query", "limit", "state", "deep"]
            .map(str::to_owned)
            .into();
        assert_eq!(
            arguments(&tools[0], &name(0), &wanted),
            "`query` is the text to look for; `limit` is how many to return (1 to 50), 20 where it is \
             not given; `state` is ____ (one of open, closed), optional; `deep` is true to ____, optional."
        );
        assert_eq!(
            answer(&tools[0], &name(0)),
            "Returns one line a note: ____."
        );
        assert_eq!(
            answer(&tools[1], &name(1)),
            "Returns `notes`, one entry a note: `id`, `text`."
        );
        assert_eq!(
            limits(&tools[0], &names),
            "Do not use it to read a note: use read_note."
        );
        assert_eq!(limits(&tools[2], &names), "Do not use it for ____.");
        assert_eq!(
            purpose(&tools[0], &name(0)),
            "Finds notes by `query`, to ____."
        );
        assert_eq!(deed_now(&name(2)), "Adds a user");
    }

    #[test]
    fn meanings_are_sorted() {
        assert!(MEANINGS.is_sorted_by_key(|(name, _)| *name));
    }
}
