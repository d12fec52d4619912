//! Whether the arguments of a tool are explained, by its description or by their own.

use serde_json::Value;

use super::{
    language::{bases, is_stop, singular},
    sentences::Text,
};
use crate::{surface::Tool, verbs};

/// Words of a parameter's description that explain nothing.
const FILLER: &[&str] = &[
    "arg",
    "argument",
    "array",
    "bool",
    "boolean",
    "description",
    "field",
    "float",
    "input",
    "int",
    "integer",
    "number",
    "object",
    "optional",
    "param",
    "parameter",
    "required",
    "str",
    "string",
    "tbd",
    "todo",
    "value",
];

/// Words without a meaning of their own that point at one: "its number", "what to do".
const POINTING: &[&str] = &[
    "how", "its", "their", "what", "when", "where", "which", "who", "whose", "your",
];

/// The parameters that nothing explains, the required ones first.
pub(crate) fn unexplained(tool: &Tool, text: &Text) -> Vec<String> {
    let mut unexplained: Vec<_> = tool
        .parameters()
        .filter(|(name, schema)| {
            !is_described(name, schema, &tool.input_schema, 3)
                && !is_mentioned(name, text)
                && !has_its_values(schema, text)
        })
        .map(|(name, _)| name.to_owned())
        .collect();
    let required: Vec<_> = tool.required().collect();
    unexplained.sort_by_key(|name| !required.contains(&name.as_str()));
    unexplained
}

/// Whether a parameter has a description that says something, by itself, through a `$ref` within the
/// schema, or in one of its alternatives.
fn is_described(name: &str, schema: &Value, root: &Value, depth: usize) -> bool {
    if says_something(name, schema) {
        return true;
    }
    if depth == 0 {
        return false;
    }
    let target = schema["$ref"]
        .as_str()
        .and_then(|reference| root.pointer(reference.strip_prefix('#')?));
    let alternatives = ["anyOf", "oneOf", "allOf"]
        .iter()
        .filter_map(|key| schema[*key].as_array())
        .flatten();
    target
        .into_iter()
        .chain(alternatives)
        .any(|schema| is_described(name, schema, root, depth - 1))
}

/// Whether a text names most of the values that a parameter allows, which explains it.
fn has_its_values(schema: &Value, text: &Text) -> bool {
    let Some(values) = schema["enum"].as_array() else {
        return false;
    };
    let told = values
        .iter()
        .filter_map(Value::as_str)
        .filter(|value| {
            let value = singular(&value.to_lowercase());
            text.words
                .iter()
                .any(|word| word.lower == value || bases(&word.lower).contains(&value))
        })
        .count();
    told > 1 && told * 2 >= values.len()
}

/// Whether a parameter's own description says more than its name. "The id of the channel" does, of
/// `channel_id`: there is no more to say.
pub(crate) fn says_something(name: &str, schema: &Value) -> bool {
    let Some(description) = schema["description"].as_str() else {
        return false;
    };
    let own: Vec<_> = verbs::words(name)
        .iter()
        .map(|word| singular(word))
        .collect();
    let words = verbs::words(description);
    if own.len() > 1 && words.iter().any(|word| word == "of") {
        return true;
    }
    words.iter().any(|word| {
        let meaning = !is_stop(word) || POINTING.contains(&word.as_str());
        meaning && FILLER.binary_search(&word.as_str()).is_err() && !own.contains(&singular(word))
    })
}

/// Whether a text speaks of a parameter: its name as it is, or the words of it one after the other.
pub(crate) fn is_mentioned(name: &str, text: &Text) -> bool {
    let lower = name.to_lowercase();
    if name.chars().count() == 1 {
        // "a" is an article too
        return text.words.iter().enumerate().any(|(at, word)| {
            let listed = text
                .after(at, 1)
                .is_some_and(|next| ["and", "is"].contains(&next.lower.as_str()));
            word.raw.eq_ignore_ascii_case(name)
                && (word.marked || !matches!(lower.as_str(), "a" | "i") || listed)
        });
    }
    let words: Vec<_> = verbs::words(name)
        .iter()
        .map(|word| singular(word))
        .collect();
    text.words.iter().enumerate().any(|(at, word)| {
        if word.lower == lower {
            return true;
        }
        !words.is_empty()
            && words.iter().enumerate().all(|(offset, part)| {
                text.words.get(at + offset).is_some_and(|other| {
                    other.sentence == word.sentence && singular(&other.lower) == *part
                })
            })
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_says_the_name_again_explains_nothing() {
        assert!(FILLER.is_sorted());
        for (name, description, says) in [
            ("query", "The query", false),
            ("query", "query string (required)", false),
            ("branchName", "Name of the branch", true),
            ("branchName", "Branch name", false),
            ("number", "its number", true),
            ("id", "The id of the note", true),
            ("limit", "How many to return at most", true),
            ("repo", "Repository name", true),
            ("city", "", false),
        ] {
            assert_eq!(
                says_something(name, &json!({"description": description})),
                says,
                "{description}"
            );
        }
        assert!(!says_something("x", &json!(true)));
    }

    #[test]
    fn a_mention_is_the_name_or_its_words() {
        for (name, text, mentioned) in [
            ("limit", "`limit` is how many", true),
            ("start_index", "from the start index on", true),
            ("pageSize", "The page sizes", true),
            ("city", "Weather of cities", true),
            ("city", "Weather of a town", false),
            ("a", "Adds a number", false),
            ("a", "Adds a and b", true),
            ("b", "Adds a and b", true),
            ("a", "Adds 'a' to it", true),
        ] {
            assert_eq!(
                is_mentioned(name, &Text::read(text)),
                mentioned,
                "{name}: {text}"
            );
        }
    }
}
