//! Our own judgement of what a tool does, from its words. Hints are claims, and servers lie: they are
//! never asked here.
//!
//! The two errors are not alike. A tool that reads and is taken for one that acts costs coverage; one
//! that acts and is taken for one that reads is called. So a tool reads only where its name begins with
//! a reading verb (behind the server's own name, if its text begins with one too) and no other word, of the name, the title, the description or the parameters, is an
//! acting verb used as a verb. Many acting verbs are nouns too (order, record, update): beside a name
//! that reads they count only where the sentence uses them as verbs.
//!
//! - `words.rs`: the verbs. To add one, add it there.
//! - `sentence.rs`: which words of a text are used as verbs.

use crate::surface::Tool;

mod sentence;
mod words;

pub use words::{ACTING, DESTROYING, READING};
use words::{ADJUNCTS, EITHER, NOUNS, THINGS};

/// What a tool does, as far as its words tell.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Judgement {
    /// Its name says that it reads, and nothing that it does more: the word.
    Reads(String),
    /// Its words do not tell.
    Unclear,
    /// It acts: the word that says so.
    Acts(String),
}

/// The words of a name: `delete_project`, `deleteProject` and `delete-project` have two.
pub fn words(name: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let characters: Vec<char> = name.chars().collect();
    for (index, character) in characters.iter().enumerate() {
        let before = index.checked_sub(1).and_then(|index| characters.get(index));
        let lower_before =
            before.is_some_and(|before| before.is_lowercase() || before.is_ascii_digit());
        // the last capital of HTMLPage begins a word
        let ends_capitals = before.is_some_and(|before| before.is_uppercase())
            && characters
                .get(index + 1)
                .is_some_and(|after| after.is_lowercase());
        if !character.is_alphanumeric()
            || (character.is_uppercase() && (lower_before || ends_capitals))
        {
            words.push(String::new());
        }
        if character.is_alphanumeric()
            && let Some(word) = words.last_mut()
        {
            word.extend(character.to_lowercase());
        }
    }
    words.retain(|word| !word.is_empty());
    words
}

/// What a tool does, by its name, title, description and parameters.
pub fn judge(tool: &Tool) -> Judgement {
    let reading = reading_word(tool);
    if let Some(word) = in_name(tool, reading.is_some()).into_iter().next() {
        return Judgement::Acts(word);
    }
    let told = told(tool, reading.is_some());
    if let Some((word, _)) = told.into_iter().next() {
        return Judgement::Acts(word);
    }
    if let Some(word) = in_parameters(tool) {
        return Judgement::Acts(word);
    }
    match reading {
        Some(word) if is_english(tool) && !takes_orders(tool) => Judgement::Reads(word),
        _ => Judgement::Unclear,
    }
}

/// Whether what it does cannot be taken back, by its words: it deletes, overwrites, pays, sends, merges.
pub fn is_destructive(tool: &Tool) -> bool {
    destroys(tool).is_some()
}

/// The word that says that what the tool does cannot be taken back.
pub fn destroys(tool: &Tool) -> Option<String> {
    let reading = reading_word(tool).is_some();
    let named = in_name(tool, reading);
    let told = told(tool, reading).into_iter().map(|(word, _)| word);
    named
        .into_iter()
        .chain(told)
        .chain(in_parameters(tool))
        .find(|word| acts(word).is_some_and(|verb| DESTROYING.contains(&verb)))
}

/// The acting verb that a word is a form of.
pub fn acts(word: &str) -> Option<&'static str> {
    ACTING.iter().copied().find(|verb| is_form(word, verb))
}

/// Whether a word is a verb's base form, or its form in -s, -ed or -ing.
fn is_form(word: &str, verb: &str) -> bool {
    if word == verb {
        return true;
    }
    if let Some(end) = word.strip_prefix(verb) {
        let end = match (verb.chars().last(), end.chars().next()) {
            // stopped, running: the last letter is doubled
            (Some(last), Some(first)) if last == first && end.len() > 1 => &end[last.len_utf8()..],
            _ => end,
        };
        if matches!(end, "s" | "es" | "d" | "ed" | "ing") {
            return true;
        }
    }
    if let Some(stem) = verb.strip_suffix('e')
        && word.strip_prefix(stem).is_some_and(|end| end == "ing")
    {
        return true;
    }
    if let Some(stem) = verb.strip_suffix('y')
        && word
            .strip_prefix(stem)
            .is_some_and(|end| matches!(end, "ies" | "ied"))
    {
        return true;
    }
    words::IRREGULAR
        .iter()
        .any(|(form, base)| *form == word && *base == verb)
}

/// Whether a word of a name says that it reads.
fn reads(word: &str) -> bool {
    READING.contains(&word)
        || word.strip_suffix('s').is_some_and(|base| {
            READING.contains(&base) || READING.contains(&base.trim_end_matches('e'))
        })
}

/// The word of the name that says that it reads: the first; or the second behind a word that is no verb
/// (`slack_list_channels`), where the description begins with such a verb too.
fn reading_word(tool: &Tool) -> Option<String> {
    let named = words(last_part(&tool.name));
    let first = named.first()?;
    if reads(first) {
        return Some(first.clone());
    }
    if let Some(word) = told_to_read(tool) {
        return Some(word);
    }
    let second = named.get(1).filter(|word| {
        matches!(
            word.as_str(),
            "count"
                | "describe"
                | "fetch"
                | "find"
                | "get"
                | "list"
                | "lookup"
                | "read"
                | "search"
                | "show"
                | "view"
        )
    })?;
    let said = first_word(tool)
        .is_some_and(|word| reads(&word) || matches!(word.as_str(), "return" | "returns"));
    (acts(first).is_none() && said).then(|| second.clone())
}

/// The first word of the description.
fn first_word(tool: &Tool) -> Option<String> {
    let begin: String = tool.description.chars().take(60).collect();
    words(&begin).into_iter().next()
}

/// The word of the description that says that a tool reads whose name has no verb at all
/// (`monthly_mean`): it begins with it, says in words that it only reads, and its hint agrees. A hint
/// alone would not do, and neither would its absence.
fn told_to_read(tool: &Tool) -> Option<String> {
    const ONLY: &[&str] = &[
        "reads only",
        "read only",
        "only reads",
        "read-only",
        "changes nothing",
    ];
    let word = first_word(tool).filter(|word| reads(word))?;
    let named = words(&tool.name);
    let nouns = named.len() > 1 && named.iter().all(|word| acts(word).is_none());
    let text: String = tool.description.chars().take(sentence::LONGEST).collect();
    let text = text.to_lowercase();
    let only = ONLY.iter().any(|phrase| text.contains(phrase));
    (nouns && only && tool.read_only == Some(true)).then_some(word)
}

/// The name without the server's own prefix: `notes.find`, `notes__find`, `notes/find`.
fn last_part(name: &str) -> &str {
    let after = |separator: &str| {
        name.rsplit_once(separator)
            .map(|(_, last)| last)
            .filter(|last| !last.is_empty())
    };
    after("__")
        .or_else(|| after("/"))
        .or_else(|| after("."))
        .or_else(|| after(":"))
        .unwrap_or(name)
}

/// The acting words of a name. Behind a reading verb, words that are nouns or adjectives as often are
/// none, unless something joins them to it as a second verb.
fn in_name(tool: &Tool, reading: bool) -> Vec<String> {
    let all = words(&tool.name);
    let said = first_word(tool).is_some_and(|word| reads(&word));
    let mut found = Vec::new();
    let mut joined = false;
    for (index, word) in all.iter().enumerate() {
        if matches!(
            word.as_str(),
            "and" | "or" | "then" | "n" | "plus" | "after" | "by" | "while" | "with"
        ) {
            joined = index > 0;
            continue;
        }
        let next = all.get(index + 1).map(String::as_str);
        // check out, check in, sign off: the particle makes the verb
        let phrasal = matches!(
            (word.as_str(), next),
            ("check" | "sign" | "log", Some("in" | "out" | "off"))
                | ("get", Some("rid"))
                | ("look", Some("after"))
                | ("read", Some("out" | "off"))
        );
        if phrasal {
            found.push(format!("{word} {}", next.unwrap_or_default()));
            continue;
        }
        let Some(verb) = acts(word) else { continue };
        // read_archive_notes: a thing, where the text begins with reading too
        let thing = said && word == verb && THINGS.contains(&verb);
        let harmless = reading && index > 0 && !joined && (thing || is_noun(word, verb));
        if !harmless {
            found.push(word.clone());
        }
    }
    found
}

/// Whether a form of an acting verb is as likely a noun or an adjective.
fn is_noun(word: &str, verb: &str) -> bool {
    if word == verb {
        return NOUNS.contains(&verb);
    }
    if word.ends_with("ing") {
        return ADJUNCTS.contains(&word);
    }
    if word.ends_with('s') {
        // plural: orders, updates, imports
        return NOUNS.contains(&verb) || EITHER.contains(&verb);
    }
    // -ed: closed, deleted, archived
    true
}

/// The acting verbs of the title and the description, with the sentence.
fn told(tool: &Tool, reading: bool) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let title = tool.title.as_deref().unwrap_or_default();
    for (text, is_title) in [(title, true), (tool.description.as_str(), false)] {
        if is_title && text == tool.name {
            continue;
        }
        let text: String = text.chars().take(sentence::LONGEST).collect();
        for sentence in sentence::sentences(&text) {
            for verb in sentence::verbs(sentence, reading) {
                found.push((verb, sentence.to_owned()));
            }
        }
    }
    found
}

/// Parameters that choose what is done (`action: get | delete`), or switch a deed on (`mark_read`).
fn in_parameters(tool: &Tool) -> Option<String> {
    for (name, schema) in tool.parameters() {
        let parts = words(name);
        let (first, last) = (parts.first()?, parts.last()?);
        if matches!(
            last.as_str(),
            "action" | "operation" | "op" | "mode" | "command" | "verb" | "method"
        ) {
            let choices = schema["enum"]
                .as_array()
                .into_iter()
                .flatten()
                .filter_map(|value| value.as_str());
            for choice in choices {
                let choice = words(choice);
                if let Some(word) = choice
                    .first()
                    .filter(|word| acts(word).is_some_and(|verb| *word == verb))
                {
                    return Some(word.clone());
                }
            }
        }
        let switch = schema["type"] == "boolean";
        if switch && acts(first).is_some_and(|verb| verb == first && !NOUNS.contains(&verb)) {
            return Some(first.clone());
        }
    }
    None
}

/// Whether it does what an argument says: a query language, a program, a method.
fn takes_orders(tool: &Tool) -> bool {
    tool.parameters().any(|(name, _)| {
        words(name).last().is_some_and(|last| {
            matches!(
                last.as_str(),
                "sql"
                    | "code"
                    | "script"
                    | "command"
                    | "cmd"
                    | "shell"
                    | "statement"
                    | "mutation"
                    | "method"
                    | "action"
                    | "operation"
            )
        }) && !tool.description.is_empty()
            || matches!(name, "sql" | "command" | "cmd" | "script" | "method")
    })
}

/// Whether the words can be judged: an English text, or a name of ASCII letters alone.
fn is_english(tool: &Tool) -> bool {
    const COMMON: &[&str] = &[
        "a", "all", "an", "and", "as", "at", "by", "do", "for", "from", "in", "is", "it", "of",
        "on", "one", "only", "or", "that", "the", "this", "to", "use", "with",
    ];
    let letters = |text: &str| {
        let all = text
            .chars()
            .filter(|character| character.is_alphabetic())
            .count();
        let foreign = text
            .chars()
            .filter(|character| character.is_alphabetic() && !character.is_ascii())
            .count();
        (all, foreign)
    };
    if letters(&tool.name).1 > 0 {
        return false;
    }
    let (all, foreign) = letters(&tool.description);
    if foreign * 5 > all {
        return false;
    }
    let spoken: Vec<String> = tool
        .description
        .split(|character: char| !character.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .take(400)
        .map(str::to_lowercase)
        .collect();
    let shown = |word: &String| {
        COMMON.contains(&word.as_str()) || reads(word) || word == "returns" || word == "return"
    };
    spoken.len() < 3 || spoken.iter().any(shown)
}

#[cfg(test)]
mod tests;
