//! What the names of a server's tools say: a verb, and what it is done to.

use std::{
    cell::Cell,
    collections::{HashMap, HashSet},
    ops::Range,
};

use super::{
    language::singular,
    vocabulary::{ACTING, NOUNISH, OTHER},
};
use crate::{surface::Tool, thresholds, verbs};

/// Words of `verbs::READING` that are nouns behind another word.
const READING_NOUNS: &[&str] = &["history", "info", "stat", "stats", "status", "summary"];
/// Nouns that are verbs where a name begins with them.
const FIRST_VERBS: &[&str] = &[
    "email", "empty", "install", "invite", "merge", "move", "post", "push", "put", "refund",
    "register", "reply", "reset", "run", "schedule", "set", "share", "transfer", "trash", "upload",
];
/// Verbs that do not make two tools alike.
const PLAIN_VERBS: &[&str] = &[
    "add", "create", "delete", "fetch", "get", "list", "read", "remove", "retrieve", "set", "show",
    "update",
];
/// Words before a verb that make a question or a rehearsal of it.
const ASKING: &[&str] = &[
    "can", "dry", "has", "how", "is", "should", "what", "when", "where", "why",
];

/// What a name says.
#[derive(Clone, Debug, Default)]
pub(crate) struct Name {
    /// Its words, without the service's name in front.
    pub words: Vec<String>,
    /// The index of the verb among them.
    pub verb: Option<usize>,
    /// The verb that says that the tool acts, where one is certain enough to call it an error.
    pub acts: Option<String>,
    /// Whether that verb may as well be a noun: `queue_job`, `queue_length`.
    pub ambiguous: bool,
}

impl Name {
    /// Reads a name; where it begins with the service's, without that.
    pub(crate) fn read(name: &str, service: Option<&str>) -> Self {
        let mut words = verbs::words(name);
        if words.len() > 1 && service == words.first().map(String::as_str) {
            words.remove(0);
        }
        let verb = verb(&words);
        let acts = acts(&words, verb);
        let ambiguous = acts.as_deref().is_some_and(|verb| {
            NOUNISH.binary_search(&verb).is_ok() && !FIRST_VERBS.contains(&verb)
        });
        Self {
            words,
            verb,
            acts,
            ambiguous,
        }
    }

    /// The verb.
    pub(crate) fn verb(&self) -> Option<&str> {
        Some(self.words.get(self.verb?)?.as_str())
    }

    /// Whether the verb is one that reads.
    pub(crate) fn reads(&self) -> bool {
        self.acts.is_none()
            && self
                .verb()
                .is_some_and(|verb| verbs::READING.contains(&verb))
    }

    /// What the verb is done to: the words after it, or those before a verb that is last.
    pub(crate) fn object(&self) -> &[String] {
        match self.verb {
            Some(at) if at + 1 < self.words.len() => &self.words[at + 1..],
            Some(at) => &self.words[..at],
            None => &self.words,
        }
    }

    /// Whether a word, in the singular or the plural, is part of the name.
    pub(crate) fn has(&self, word: &str) -> bool {
        let wanted = singular(word);
        self.words.iter().any(|own| singular(own) == wanted)
    }
}

/// The names of all tools of a server.
#[derive(Debug, Default)]
pub(crate) struct Names<'a> {
    tools: &'a [Tool],
    service: Option<String>,
    candidates: Vec<Name>,
    known: HashSet<&'a str>,
    left: Cell<usize>,
}

impl<'a> Names<'a> {
    /// Reads the names.
    pub(crate) fn of(tools: &'a [Tool]) -> Self {
        let service = service(tools);
        let candidates = tools
            .iter()
            .take(thresholds::SIBLINGS)
            .map(|tool| Name::read(&tool.name, service.as_deref()))
            .collect();
        Self {
            tools,
            service,
            candidates,
            known: tools.iter().map(|tool| tool.name.as_str()).collect(),
            left: Cell::new(thresholds::PROPOSALS),
        }
    }

    /// What the name of a tool says.
    pub(crate) fn read(&self, tool: &Tool) -> Name {
        Name::read(&tool.name, self.service.as_deref())
    }

    /// The tool that is most easily taken for this one, by the words of the names. After
    /// `thresholds::PROPOSALS` times there is none: nobody reads so many.
    pub(crate) fn sibling(&self, tool: &Tool) -> Option<(&'a Tool, &Name)> {
        self.left.set(self.left.get().checked_sub(1)?);
        let own = self.read(tool);
        let mut best = None;
        let mut most = 0;
        for (other, name) in self.tools.iter().zip(&self.candidates) {
            if other.name == tool.name || other.name.is_empty() {
                continue;
            }
            let shared = name
                .object()
                .iter()
                .filter(|word| {
                    own.object()
                        .iter()
                        .any(|one| singular(one) == singular(word))
                })
                .count();
            let further = name.object().len().max(own.object().len()) - shared;
            let verb = own.verb().filter(|verb| !PLAIN_VERBS.contains(verb));
            let verb = usize::from(verb.is_some() && verb == name.verb());
            let kind = usize::from(
                own.reads() == name.reads() && own.acts.is_some() == name.acts.is_some(),
            );
            let score = (shared * 8 + verb * 6 + kind * 3).saturating_sub(further);
            if score > most && (shared > 0 || verb > 0) {
                most = score;
                best = Some((other, name));
            }
        }
        best
    }

    /// Where the names of other tools stand in a text; those of one word are words like others.
    pub(crate) fn mentioned(&self, tool: &Tool, text: &str) -> Vec<Range<usize>> {
        let inside = |character: char| character.is_alphanumeric() || "_-./".contains(character);
        let mut found = Vec::new();
        let mut start = 0;
        for piece in text.split(|character| !inside(character)) {
            let name = piece.trim_matches(['-', '.', '/']);
            let from = start + (piece.len() - piece.trim_start_matches(['-', '.', '/']).len());
            start += piece.len();
            start += text[start..].chars().next().map_or(0, char::len_utf8);
            if name != tool.name && self.known.contains(name) && verbs::words(name).len() > 1 {
                found.push(from..from + name.len());
            }
        }
        found
    }
}

/// The word in front of the names that is the service's: one that most tools share.
fn service(tools: &[Tool]) -> Option<String> {
    let mut counts: HashMap<String, usize> = HashMap::new();
    let considered = tools.len().min(thresholds::TOOLS_JUDGED);
    for tool in &tools[..considered] {
        let words = verbs::words(&tool.name);
        if words.len() > 1
            && let Some(first) = words.into_iter().next()
            && OTHER.binary_search(&first.as_str()).is_err()
            && !verbs::READING.contains(&first.as_str())
            && ACTING.binary_search(&first.as_str()).is_err()
        {
            *counts.entry(first).or_default() += 1;
        }
    }
    counts
        .into_iter()
        .find(|(_, shared)| *shared >= thresholds::SERVICE_TOOLS && shared * 2 >= considered)
        .map(|(word, _)| word)
}

fn verb(words: &[String]) -> Option<usize> {
    let known = |at: usize| {
        let word = words[at].as_str();
        let noun =
            at > 0 && (NOUNISH.binary_search(&word).is_ok() || READING_NOUNS.contains(&word));
        !noun
            && (verbs::READING.contains(&word)
                || ACTING.binary_search(&word).is_ok()
                || OTHER.binary_search(&word).is_ok())
    };
    (0..words.len()).find(|at| known(*at))
}

/// The verb by which a name says for certain that the tool acts.
fn acts(words: &[String], verb: Option<usize>) -> Option<String> {
    let first = words.first()?;
    if ASKING.contains(&first.as_str()) {
        return None;
    }
    let reads = verb.is_some_and(|at| verbs::READING.contains(&words[at].as_str()));
    for (at, word) in words.iter().enumerate() {
        if ACTING.binary_search(&word.as_str()).is_err() {
            continue;
        }
        let joined = at > 0 && matches!(words[at - 1].as_str(), "and" | "or" | "then");
        if NOUNISH.binary_search(&word.as_str()).is_ok() {
            // `order_status` and `post_search` read
            let noun = words[at + 1..]
                .iter()
                .any(|word| verbs::READING.contains(&word.as_str()))
                && !matches!(word.as_str(), "set" | "put" | "reset");
            if (at == 0 && !noun) || joined {
                return Some(word.clone());
            }
        } else if joined || !reads || verb.is_some_and(|verb| at <= verb) {
            return Some(word.clone());
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tools(names: &[&str]) -> Vec<Tool> {
        names
            .iter()
            .map(|name| Tool {
                name: (*name).to_owned(),
                ..Tool::default()
            })
            .collect()
    }

    #[test]
    fn only_certain_verbs_act() {
        for (name, acts) in [
            ("delete_project", Some("delete")),
            ("get_and_purge", Some("purge")),
            ("createIssue", Some("create")),
            ("send-email", Some("send")),
            ("set_status", Some("set")),
            ("post_message", Some("post")),
            ("note_delete", Some("delete")),
            ("toggle-logging", Some("toggle")),
            ("order_status", None),
            ("list_orders", None),
            ("post_search", None),
            ("get_delete_policy", None),
            ("list_closed_issues", None),
            ("pull_request", None),
            ("can_delete", None),
            ("weather", None),
            ("search_records", None),
            ("issue_list", None),
            ("job_start", Some("start")),
        ] {
            assert_eq!(Name::read(name, None).acts.as_deref(), acts, "{name}");
        }
    }

    #[test]
    fn the_services_name_is_no_part_of_it() {
        let tools = tools(&["git_add", "git_log", "git_status", "git_show"]);
        let names = Names::of(&tools);
        assert_eq!(names.read(&tools[0]).words, ["add"]);
        assert_eq!(names.read(&tools[0]).acts.as_deref(), Some("add"));
    }

    #[test]
    fn a_sibling_shares_the_noun_before_the_verb() {
        let tools = tools(&["find_notes", "find_users", "read_note", "weather"]);
        let names = Names::of(&tools);
        let sibling = |at: usize| {
            names
                .sibling(&tools[at])
                .map(|(tool, _)| tool.name.as_str())
        };
        assert_eq!(sibling(0), Some("read_note"));
        assert_eq!(sibling(1), Some("find_notes"));
        assert_eq!(sibling(3), None);
        let text = "Use read_notes, `read_note`. Or weather, (find_users); — find_notes-x.";
        let found: Vec<_> = names
            .mentioned(&tools[0], text)
            .into_iter()
            .map(|at| &text[at])
            .collect();
        assert_eq!(found, ["read_note", "find_users"]);
    }
}
