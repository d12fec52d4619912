//! Whether a description says what its tool is for.

use super::{
    language::{bases, form_of, is_english, is_stop, singular},
    names::Name,
    sentences::{Text, Word},
    vocabulary::{ACTING, EMPTY, OTHER},
};
use crate::{surface::Tool, thresholds, verbs};

/// Why a description has no purpose.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Lack {
    /// There is none.
    Missing,
    /// It is there to be replaced.
    Placeholder,
    /// It says the name again.
    Repeated,
    /// Its words would fit any tool.
    Vague,
    /// It is a fragment.
    Fragment,
}

/// Whole descriptions that are there to be replaced.
const PLACEHOLDERS: &[&str] = &[
    "a description",
    "a tool",
    "asdf",
    "blah",
    "blah blah",
    "change me",
    "changeme",
    "coming soon",
    "default description",
    "desc",
    "description",
    "description goes here",
    "description here",
    "dummy",
    "empty",
    "example",
    "example description",
    "example tool",
    "fill in",
    "fill me in",
    "fixme",
    "foo",
    "foo bar",
    "goes here",
    "hello world",
    "here",
    "insert description here",
    "mcp tool",
    "n a",
    "na",
    "nil",
    "no description",
    "no description available",
    "no description provided",
    "none",
    "null",
    "object object",
    "placeholder",
    "placeholder description",
    "sample tool",
    "string",
    "tbd",
    "temp",
    "test",
    "test description",
    "test tool",
    "tool",
    "tool description",
    "undefined",
    "unknown",
    "untitled",
    "wip",
    "x",
    "xxx",
    "your description here",
];

/// Phrases that stand in no finished description that is short.
const UNFINISHED: &[&str] = &[
    "add your description here",
    "describe this tool here",
    "description goes here",
    "fixme",
    "insert description",
    "tbd",
    "todo describe",
    "todo document",
    "todo add",
    "todo write",
    "write a description",
    "your description here",
];

/// What a description lacks to say what the tool is for; none where it says it, or where it is not in
/// English and there is more of it than a placeholder.
pub(crate) fn lack(tool: &Tool, name: &Name, text: &Text) -> Option<Lack> {
    let unwritten = unwritten(text);
    if unwritten.is_some() || !is_english(text) {
        return unwritten;
    }
    let plain: Vec<_> = text.words.iter().map(|word| word.lower.as_str()).collect();
    let content = content(text);
    let own: Vec<_> = verbs::words(&tool.name);
    if content.iter().all(|word| repeats(word, name, &own)) {
        return Some(if content.is_empty() && !echoes(&plain, name) {
            Lack::Vague
        } else {
            Lack::Repeated
        });
    }
    if is_beside_the_point(tool, name, text) {
        return Some(Lack::Vague);
    }
    if content.len() + 1 < thresholds::PURPOSE_WORDS || plain.len() <= thresholds::PURPOSE_WORDS {
        let verb = plain.iter().any(|word| is_verb(word));
        if !verb || plain.len() < 2 {
            return Some(Lack::Fragment);
        }
    }
    None
}

/// Words of sentences about who made a tool, when, and how ripe it is.
const ADMINISTRATIVE: &[&str] = &[
    "author",
    "beta",
    "copyright",
    "department",
    "deprecated",
    "experimental",
    "internal",
    "license",
    "licensed",
    "maintained",
    "maintainer",
    "maintainers",
    "owned",
    "owner",
    "owners",
    "release",
    "released",
    "since",
    "stable",
    "team",
    "version",
];
/// Words of sentences that fit any tool: what it takes and returns is in the schema, it reads only.
const FORMAL: &[&str] = &[
    "above",
    "accepts",
    "argument",
    "arguments",
    "array",
    "below",
    "boolean",
    "change",
    "changes",
    "defined",
    "described",
    "following",
    "gives",
    "id",
    "json",
    "list",
    "no",
    "nothing",
    "number",
    "only",
    "parameter",
    "parameters",
    "read",
    "reads",
    "required",
    "requires",
    "return",
    "returns",
    "schema",
    "string",
    "takes",
    "text",
    "type",
    "writes",
];

/// Whether every sentence is about who made the tool, about forms that any tool has, or about what it is
/// not for, and none names what the name does.
fn is_beside_the_point(tool: &Tool, name: &Name, text: &Text) -> bool {
    let named: Vec<_> = name
        .words
        .iter()
        .filter(|word| name.verb() != Some(word.as_str()))
        .map(|word| singular(word))
        .collect();
    let last = text.words.last().map_or(0, |word| word.sentence);
    let is_about = |word: &Word| ADMINISTRATIVE.binary_search(&word.lower.as_str()).is_ok();
    // "Reads text." may be all that there is to say
    if last < 2 && !text.words.iter().any(is_about) {
        return false;
    }
    (0..=last).all(|number| {
        let from = text.words.partition_point(|word| word.sentence < number);
        let to = text.words.partition_point(|word| word.sentence <= number);
        let words = &text.words[from..to];
        let Some(first) = words.first() else {
            return true;
        };
        if words
            .iter()
            .any(|word| named.contains(&singular(&word.lower)))
        {
            return false;
        }
        if first.lower == "not" {
            return true;
        }
        let opens_with_a_deed = is_verb(&first.lower);
        let formal = |word: &Word| {
            is_stop(&word.lower)
                || FORMAL.binary_search(&word.lower.as_str()).is_ok()
                || EMPTY.binary_search(&word.lower.as_str()).is_ok()
                || tool.takes(&word.lower)
        };
        (!opens_with_a_deed && words.iter().any(is_about)) || words.iter().all(formal)
    })
}

/// Why nobody wrote a description, if so.
pub(crate) fn unwritten(text: &Text) -> Option<Lack> {
    if text.raw.trim().is_empty() {
        return Some(Lack::Missing);
    }
    let plain: Vec<_> = text
        .words
        .iter()
        .take(thresholds::UNFINISHED_WORDS + 1)
        .map(|word| word.lower.as_str())
        .collect();
    // punctuation only is one too
    (plain.is_empty() || is_placeholder(text, &plain.join(" "))).then_some(Lack::Placeholder)
}

fn is_placeholder(text: &Text, joined: &str) -> bool {
    if PLACEHOLDERS.binary_search(&joined).is_ok() {
        return true;
    }
    let padded = format!(" {joined} ");
    if text.words.len() <= thresholds::UNFINISHED_WORDS
        && UNFINISHED
            .iter()
            .any(|phrase| padded.contains(&format!(" {phrase} ")))
    {
        return true;
    }
    if joined.starts_with("lorem ipsum") {
        return true;
    }
    // "TODO: ..." and "TODO", but not "TODO list" or "Todo items"
    let Some(first) = text.words.first().filter(|word| word.raw == "TODO") else {
        return false;
    };
    text.raw[first.at.end..]
        .trim_start()
        .starts_with([':', '-', '(', '.', '!', '/'])
        || text.words.len() < 2
}

/// The number of words before the boilerplate of generators: "Error Responses:\n400: Bad request", as
/// converters of `OpenAPI` write it.
pub(crate) fn before_boilerplate(text: &Text) -> usize {
    text.words
        .iter()
        .position(|word| {
            word.raw.eq_ignore_ascii_case("error")
                && text.raw[word.at.end..]
                    .trim_start()
                    .get(..10)
                    .is_some_and(|next| next.eq_ignore_ascii_case("responses:"))
        })
        .unwrap_or(text.words.len())
}

/// The words that mean something, without the boilerplate of generators.
fn content(text: &Text) -> Vec<String> {
    let mut words = Vec::new();
    for word in &text.words[..before_boilerplate(text)] {
        for part in verbs::words(word.raw) {
            let empty = bases(&part)
                .iter()
                .any(|base| EMPTY.binary_search(&base.as_str()).is_ok());
            if !is_stop(&part) && !empty {
                words.push(part);
            }
        }
    }
    words
}

/// Whether the text has any word of the name.
fn echoes(plain: &[&str], name: &Name) -> bool {
    plain.iter().any(|word| {
        bases(word)
            .iter()
            .any(|base| name.words.iter().any(|own| own == base))
    })
}

/// Whether a word says no more than the name does.
fn repeats(word: &str, name: &Name, own: &[String]) -> bool {
    let forms = bases(word);
    if own.iter().any(|own| {
        forms.contains(own)
            || singular(own) == singular(word)
            || bases(own).iter().any(|base| forms.contains(base))
    }) {
        return true;
    }
    // get, retrieve and fetch say the same; so do add and create
    let Some(verb) = name.verb() else {
        return matches!(
            word,
            "get" | "gets" | "retrieve" | "retrieves" | "return" | "returns"
        );
    };
    SAME.iter().any(|group| {
        group.contains(&verb) && forms.iter().any(|form| group.contains(&form.as_str()))
    })
}

/// Verbs that say the same in a name and a description.
pub(crate) const SAME: &[&[&str]] = &[
    &[
        "fetch", "get", "list", "load", "obtain", "read", "retrieve", "return", "show", "view",
        "display",
    ],
    &["find", "search", "lookup", "query", "look"],
    &["add", "create", "insert", "make", "new"],
    &["delete", "remove", "erase"],
    &["update", "edit", "modify", "change"],
    &["exec", "execute", "run"],
];

fn is_verb(word: &str) -> bool {
    verbs::acts(word).is_some()
        || form_of(word, verbs::READING).is_some()
        || form_of(word, OTHER).is_some()
        || form_of(word, ACTING).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn placeholders_are_sorted() {
        assert!(PLACEHOLDERS.is_sorted());
        assert!(ADMINISTRATIVE.is_sorted());
        assert!(FORMAL.is_sorted());
    }
}
