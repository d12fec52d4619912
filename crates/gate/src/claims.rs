//! What a tool's name and description say that it does: its verbs, and whether they stand as verbs.
//!
//! [`crate::verbs`] errs towards "acts", as calls depend on it; here findings do, so what is unclear
//! counts as nothing: `list_orders` orders nothing, and "Never deletes" deletes nothing.

use crate::{surface::Tool, verbs};

/// Verbs that change something wherever they are the verb of a tool.
const ACTS: &[&str] = &[
    "approve",
    "assign",
    "ban",
    "cancel",
    "deactivate",
    "delete",
    "deploy",
    "destroy",
    "disable",
    "erase",
    "grant",
    "install",
    "invite",
    "kill",
    "modify",
    "move",
    "overwrite",
    "pay",
    "publish",
    "purge",
    "reboot",
    "refund",
    "reject",
    "rename",
    "restart",
    "revoke",
    "save",
    "send",
    "submit",
    "suspend",
    "terminate",
    "transfer",
    "trash",
    "uninstall",
    "unsubscribe",
    "update",
    "upload",
    "upsert",
    "wipe",
    "withdraw",
    "write",
];

/// Verbs that change something, unless they stand for reckoning: "add two numbers".
const MAY_RECKON: &[&str] = &[
    "add", "append", "archive", "clear", "close", "create", "drop", "edit", "insert", "merge",
    "post", "push", "put", "register", "remove", "reopen", "replace", "reset", "restore", "set",
    "store", "truncate", "unlock",
];

/// Objects of such reckoning.
const RECKONED: &[&str] = &[
    "background",
    "chart",
    "color",
    "colour",
    "date",
    "dates",
    "decimal",
    "diagram",
    "dict",
    "diff",
    "draft",
    "duplicates",
    "embedding",
    "embeddings",
    "estimate",
    "expression",
    "expressions",
    "filter",
    "fraction",
    "fractions",
    "graph",
    "hash",
    "html",
    "image",
    "integers",
    "itinerary",
    "json",
    "link",
    "list",
    "lists",
    "map",
    "markdown",
    "matrices",
    "matrix",
    "mermaid",
    "number",
    "numbers",
    "object",
    "operands",
    "outline",
    "palette",
    "plan",
    "plot",
    "polynomials",
    "preview",
    "prompt",
    "qr",
    "query",
    "quote",
    "regex",
    "report",
    "route",
    "sequence",
    "signature",
    "slug",
    "snippet",
    "string",
    "strings",
    "sum",
    "summary",
    "svg",
    "template",
    "text",
    "texts",
    "thumbnail",
    "timeline",
    "uuid",
    "values",
    "vector",
    "vectors",
    "whitespace",
];

/// Verbs after which nothing brings the thing back.
const DESTROYS: &[&str] = &[
    "delete",
    "destroy",
    "erase",
    "overwrite",
    "purge",
    "truncate",
    "wipe",
];

/// Verbs that take something away.
const REMOVES: &[&str] = &[
    "clear",
    "deactivate",
    "drop",
    "empty",
    "kill",
    "remove",
    "reset",
    "revoke",
    "terminate",
    "trash",
    "uninstall",
];

/// Verbs of names that read, beside [`verbs::READING`].
const READS: &[&str] = &[
    "analyse",
    "analyze",
    "browse",
    "calc",
    "calculate",
    "compute",
    "convert",
    "detect",
    "download",
    "echo",
    "estimate",
    "evaluate",
    "extract",
    "format",
    "lint",
    "load",
    "monitor",
    "parse",
    "plan",
    "predict",
    "recommend",
    "render",
    "scan",
    "select",
    "simulate",
    "suggest",
    "tail",
    "tell",
    "test",
    "trace",
    "translate",
    "verify",
    "watch",
    "whoami",
];

/// Words after which what follows is told of, not done.
const TOLD: &[&str] = &[
    "how", "if", "that", "what", "when", "where", "whether", "which", "who", "whom", "whose", "why",
];

/// Words that deny what follows.
const DENIALS: &[&str] = &[
    "cannot", "doesn", "doesnt", "don", "dont", "neither", "never", "no", "nor", "not", "nothing",
    "without", "won",
];

/// Words with which an object begins.
const DETERMINERS: &[&str] = &[
    "a", "all", "an", "and", "another", "any", "each", "every", "existing", "it", "its", "itself",
    "multiple", "new", "one", "or", "several", "single", "some", "specific", "the", "their",
    "them", "these", "this", "those", "two", "your",
];

/// Words that come after a noun rather than after a verb: "Updates are shown first".
const AFTER_NOUNS: &[&str] = &[
    "are", "by", "can", "come", "for", "from", "has", "have", "in", "is", "made", "may", "must",
    "of", "on", "only", "that", "to", "was", "were", "which", "will", "with",
];

/// Plurals that are as often nouns as verbs.
const NOUNS: &[&str] = &[
    "adds",
    "approves",
    "archives",
    "assigns",
    "closes",
    "deploys",
    "drops",
    "edits",
    "grants",
    "installs",
    "invites",
    "merges",
    "moves",
    "pays",
    "posts",
    "puts",
    "pushes",
    "refunds",
    "rejects",
    "resets",
    "sets",
    "stores",
    "transfers",
    "updates",
    "uploads",
];

/// What a verb does.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Deed {
    /// It reads.
    Reads,
    /// It changes something.
    Acts,
}

/// What a verb in its base form does, where that is plain.
pub(crate) fn deed(verb: &str) -> Option<Deed> {
    if ACTS.contains(&verb) || MAY_RECKON.contains(&verb) || verbs::ACTING.contains(&verb) {
        Some(Deed::Acts)
    } else if verbs::READING.contains(&verb) || READS.contains(&verb) || verb == "see" {
        Some(Deed::Reads)
    } else {
        None
    }
}

/// The base form of a verb in the third person.
pub(crate) fn base(word: &str) -> Option<String> {
    let known = |verb: &str| deed(verb).map(|_| verb.to_owned());
    known(word)
        .or_else(|| {
            word.strip_suffix("ies")
                .and_then(|stem| known(&format!("{stem}y")))
        })
        .or_else(|| word.strip_suffix("es").and_then(known))
        .or_else(|| word.strip_suffix('s').and_then(known))
}

/// The words of a text, and where each is.
pub(crate) fn words(text: &str) -> Vec<(String, std::ops::Range<usize>)> {
    let mut words: Vec<(String, std::ops::Range<usize>)> = Vec::new();
    let mut open = false;
    for (at, character) in text.char_indices() {
        if !character.is_alphanumeric() {
            open = false;
            continue;
        }
        let end = at + character.len_utf8();
        match words.last_mut() {
            Some((word, range)) if open => {
                word.extend(character.to_lowercase());
                range.end = end;
            }
            _ => words.push((character.to_lowercase().collect(), at..end)),
        }
        open = true;
    }
    words
}

/// The sentences of a text, each with where it begins. A dot within a name or a number ends none.
pub(crate) fn sentences(text: &str) -> Vec<(usize, &str)> {
    let mut sentences = Vec::new();
    let mut from = 0;
    let mut characters = text.char_indices().peekable();
    while let Some((at, character)) = characters.next() {
        let next = characters.peek().map(|(_, next)| *next);
        let ends = match character {
            '\n' | ';' | '!' | '?' => true,
            '.' => next.is_none_or(char::is_whitespace),
            _ => false,
        };
        if ends {
            sentences.push((from, &text[from..at]));
            from = at + character.len_utf8();
        }
    }
    sentences.push((from, &text[from..]));
    sentences
}

/// Where a text says that something is done.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Said {
    /// The verb, in its base form.
    pub(crate) verb: String,
    /// Where it stands in the text.
    pub(crate) at: std::ops::Range<usize>,
}

/// The verb of a name, in its base form, and any others that it is joined to: `get_and_delete_note`.
/// A prefix that is no verb is passed over: `github_delete_repo`.
pub(crate) fn of_name(name: &str) -> Vec<String> {
    let words = verbs::words(name);
    let Some(first) = words.iter().position(|word| deed(word).is_some()) else {
        return Vec::new();
    };
    // a verb after two other words is more likely a noun: `pull_request_review`
    if first > 1 && first + 1 == words.len() && deed(&words[first]) != Some(Deed::Acts) {
        return Vec::new();
    }
    let mut verbs = vec![words[first].clone()];
    for pair in words[first..].windows(2) {
        if matches!(pair[0].as_str(), "and" | "or" | "then" | "n") && deed(&pair[1]).is_some() {
            verbs.push(pair[1].clone());
        }
    }
    verbs
}

/// Whether a verb and what it is done to are mere reckoning.
fn reckons(verb: &str, around: &[String]) -> bool {
    MAY_RECKON.contains(&verb) && around.iter().any(|word| RECKONED.contains(&word.as_str()))
}

/// Whether the verb changes something, as a verb of a tool.
fn is_plain(verb: &str) -> bool {
    ACTS.contains(&verb) || MAY_RECKON.contains(&verb)
}

/// What the description says that the tool changes: verbs that stand as verbs of the tool itself.
pub(crate) fn acts(description: &str) -> Vec<Said> {
    let mut found = Vec::new();
    for (index, (from, sentence)) in sentences(description).into_iter().take(200).enumerate() {
        let words = words(sentence);
        for (at, (word, range)) in words.iter().enumerate().take(200) {
            let Some(verb) = base(word).filter(|verb| is_plain(verb)) else {
                continue;
            };
            let before = &words[..at];
            let next = words.get(at + 1).map_or("", |(word, _)| word.as_str());
            let third = *word != verb;
            let first = before.iter().all(|(word, _)| {
                matches!(
                    word.as_str(),
                    "it" | "this" | "tool" | "also" | "then" | "permanently"
                )
            });
            let joined = third
                && before.last().is_some_and(|(word, _)| {
                    matches!(
                        word.as_str(),
                        "and"
                            | "then"
                            | "also"
                            | "or"
                            | "it"
                            | "tool"
                            | "permanently"
                            | "automatically"
                    )
                });
            let ordered = index == 0
                && !third
                && (is_purpose(before)
                    || is_second(before)
                        && (ACTS.contains(&verb.as_str()) || DETERMINERS.contains(&next)));
            if !(first && (third || index == 0) || joined || ordered) {
                continue;
            }
            let denied = before
                .iter()
                .rev()
                .take(6)
                .any(|(word, _)| DENIALS.contains(&word.as_str()));
            let told = before.iter().any(|(word, _)| TOLD.contains(&word.as_str()));
            let noun = AFTER_NOUNS.contains(&next)
                || (NOUNS.contains(&word.as_str())
                    && !DETERMINERS.contains(&next)
                    && !joined_to_verb(before))
                || sentence[range.end..].starts_with(['(', ':', '/', '_', '-']);
            let around: Vec<String> = words[at..]
                .iter()
                .take(8)
                .map(|(word, _)| word.clone())
                .collect();
            let cached = around.iter().any(|word| word.starts_with("cache"));
            let denied = denied || matches!(next, "nothing" | "no" | "none" | "neither");
            if denied || told || noun || cached || reckons(&verb, &around[..around.len().min(5)]) {
                continue;
            }
            found.push(Said {
                verb,
                at: from + range.start..from + range.end,
            });
        }
    }
    found
}

/// Whether the words before a verb make it the tool's purpose: "Use this tool to", "Lets you".
fn is_purpose(before: &[(String, std::ops::Range<usize>)]) -> bool {
    let (Some((opening, _)), Some((last, _))) = (before.first(), before.last()) else {
        return false;
    };
    matches!(
        opening.as_str(),
        "a" | "allows"
            | "can"
            | "enables"
            | "function"
            | "helper"
            | "it"
            | "lets"
            | "the"
            | "this"
            | "tool"
            | "use"
            | "used"
            | "utility"
            | "will"
    ) && matches!(last.as_str(), "can" | "to" | "will" | "you")
        && before.len() <= 8
        && before.iter().all(|(word, _)| base(word).is_none())
}

/// Whether the words before a verb are another order and its object: "Search for notes and".
fn is_second(before: &[(String, std::ops::Range<usize>)]) -> bool {
    let mut back = before.iter().rev().map(|(word, _)| word.as_str());
    let joins = back
        .find(|word| !matches!(*word, "also" | "completely" | "permanently" | "then"))
        .is_some_and(|word| matches!(word, "and" | "or"));
    joins
        && before.first().is_some_and(|(word, _)| deed(word).is_some())
        && before.iter().all(|(word, _)| {
            !matches!(
                word.as_str(),
                "can" | "could" | "may" | "must" | "to" | "should"
            )
        })
}

fn joined_to_verb(before: &[(String, std::ops::Range<usize>)]) -> bool {
    matches!(before.first(), Some((word, _)) if base(word).is_some())
}

/// The verb of a tool's name that says it changes something. Verbs that may reckon count only where the
/// description says so too.
pub(crate) fn name_acts(tool: &Tool) -> Option<String> {
    let words = verbs::words(&tool.name);
    let said = acts(&tool.description);
    of_name(&tool.name).into_iter().find(|verb| {
        is_plain(verb)
            && !reckons(verb, &words)
            && (ACTS.contains(&verb.as_str()) || said.iter().any(|said| said.verb == *verb))
    })
}

/// Whether a verb destroys (`Some(true)`), or at least takes away (`Some(false)`).
pub(crate) fn destroys(verb: &str) -> Option<bool> {
    if DESTROYS.contains(&verb) {
        Some(true)
    } else if REMOVES.contains(&verb) {
        Some(false)
    } else {
        None
    }
}

/// Whether the name says that it reads, and nothing else.
pub(crate) fn name_reads(name: &str) -> bool {
    let verbs = of_name(name);
    !verbs.is_empty() && verbs.iter().all(|verb| deed(verb) == Some(Deed::Reads))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tool(name: &str, description: &str) -> Tool {
        Tool {
            name: name.to_owned(),
            description: description.to_owned(),
            ..Tool::default()
        }
    }

    #[test]
    fn names_that_act_are_told_from_names_with_such_nouns() {
        for acting in [
            "delete_project",
            "deleteProject",
            "github_delete_repo",
            "get_and_delete_note",
            "send_email",
            "notion-update-page",
            "purge_queue",
            "batch_delete",
            "publish",
            "users.delete",
            "find_or_update",
        ] {
            assert!(name_acts(&tool(acting, "")).is_some(), "{acting}");
        }
        for reading in [
            "list_orders",
            "get_post",
            "search_archive",
            "get_updates",
            "list_commits",
            "read_record",
            "preview_delete",
            "validate_write",
            "get_delete_log",
            "check_update",
            "history",
            "run_python",
            "simulate_transfer",
            "add_numbers",
            "remove_background",
            "create_chart",
            "weather",
            "open_nodes",
            "query_store",
            "dry_run",
            "get_deleted_items",
        ] {
            assert_eq!(name_acts(&tool(reading, "")), None, "{reading}");
        }
        assert!(name_acts(&tool("create_note", "Creates a note.")).is_some());
        assert!(name_acts(&tool("add_numbers", "Adds two numbers.")).is_none());
        assert!(name_acts(&tool("add", "Adds two numbers and returns the sum.")).is_none());
    }

    #[test]
    fn deeds_of_descriptions_are_told_from_mentions() {
        for (text, verb) in [
            ("Deletes a note.", "delete"),
            ("Delete a note by its id", "delete"),
            ("Shows a note and deletes it.", "delete"),
            ("Reads the queue. It also removes what was read.", "remove"),
            ("Lists notes. Updates the access time of each.", "update"),
            ("Fetches the page, then saves it to disk.", "save"),
            (
                "Gets the report and marks it as read, and archives the old one.",
                "archive",
            ),
            (
                "Shows a note. This tool permanently deletes it afterwards.",
                "delete",
            ),
        ] {
            assert!(
                acts(text).iter().any(|said| said.verb == verb),
                "{text}: {:?}",
                acts(text)
            );
        }
        for text in [
            "Never deletes anything.",
            "Lists notes. It does not delete or update them.",
            "Updates are shown newest first.",
            "Posts by one author, newest first.",
            "Lists the users and the admin who deletes them.",
            "Shows which job archives and deletes the logs.",
            "Finds notes. Set limit to at most 50. Add a cursor to go on.",
            "Explains how a merge updates and deletes files.",
            "Reads a note. Do not use it to write: write_note does that.",
            "Adds two numbers.",
            "Looks up a name and saves the answer in a cache.",
            "Returns what was sent and deleted.",
            "Reads only; nothing is changed and it deletes nothing.",
            "Updates: the newest first.",
            "Check the permission to create or delete files.",
            "Use this tool to find notes to delete.",
            "List users who can create and delete repositories.",
            "Use this to see what to update next.",
            "Search notes and archive entries by word.",
        ] {
            assert_eq!(acts(text), [], "{text}");
        }
    }
}
