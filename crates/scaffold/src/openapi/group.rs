//! Operations joined to tasks, one tool each, in groups of what belongs together.
//!
//! A reading task joins the list, the single object and what hangs on it; an acting task is one verb,
//! and one that cannot be undone reads the object for its preview. What joins nothing mirrors an
//! endpoint, and says so.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    model::{Model, Operation},
    plain::{plural, singular, snake, words},
    verbs::{READING, REVERSIBLE, VERBS},
};

/// How many lists that hang on an object are read with it.
const SUBS: usize = 3;
/// Parts of a path that name no thing, sorted.
const PREFIXES: &[&str] = &["api", "public", "rest"];
/// The tools that every project has, which no tool of an API may be called.
const TAKEN: &[&str] = &[
    "add_note",
    "delete_note",
    "find_notes",
    "import_issue",
    "read_note",
    "run_python",
];

/// Tools that belong together.
#[derive(Debug)]
pub struct Group {
    /// Its name: lower case and hyphens.
    pub name: String,
    /// Its tools, the reading ones first.
    pub proposals: Vec<Proposal>,
}

/// A tool that could be made.
#[derive(Debug)]
pub struct Proposal {
    /// Its name.
    pub tool: String,
    /// What a person reads for it.
    pub title: String,
    /// What a model reads of it.
    pub description: String,
    /// The operations that it calls, as `GET /pets/{}`.
    pub calls: Vec<String>,
    /// Whether it only reads.
    pub reads: bool,
    /// Another tool of the group, which one that mirrors an endpoint could be joined with.
    beside: Option<String>,
    pub(super) task: Task,
    /// What it is about, one of them.
    pub(super) noun: String,
}

/// What a tool does. Numbers are places among the model's operations.
#[derive(Clone, Debug)]
pub(super) enum Task {
    /// Lists; with the id of one, reads that one and what hangs on it.
    Find {
        list: usize,
        item: Option<usize>,
        subs: Vec<usize>,
    },
    /// Reads one object and what hangs on it.
    Read { item: usize, subs: Vec<usize> },
    /// Acts; `present` reads the object first.
    Act {
        operation: usize,
        present: Option<usize>,
        /// Whether it previews.
        confirm: bool,
        /// Whether it overwrites or removes something.
        destructive: bool,
    },
}

impl Proposal {
    /// Whether it does no more than one endpoint.
    pub fn mirrors(&self) -> bool {
        self.calls.len() == 1
    }

    /// What to do about a tool that mirrors an endpoint; none for others.
    pub fn warning(&self) -> Option<String> {
        let call = self.calls.first().filter(|_| self.mirrors())?;
        let other = match &self.beside {
            Some(other) => format!(
                "join it with {other}, or with the calls that come before and after it in a task"
            ),
            None => "join it with the calls that come before and after it in a task".to_owned(),
        };
        Some(format!(
            "{} mirrors {call}: {other}; keep it where that one call is the task",
            self.tool
        ))
    }

    /// The better a tool is to begin with, the smaller.
    pub(super) fn rank(&self) -> (u8, usize, String) {
        let kind = match (&self.task, self.mirrors()) {
            (Task::Find { .. } | Task::Read { .. }, false) => 0,
            (Task::Find { .. }, true) => 1,
            (Task::Read { .. }, true) => 3,
            (Task::Act { .. }, false) => 2,
            (Task::Act { confirm: false, .. }, true) => 4,
            (Task::Act { .. }, true) => 5,
        };
        (
            kind,
            self.calls
                .first()
                .map_or(0, |call| call.matches('/').count()),
            self.tool.clone(),
        )
    }
}

/// What the groups are made with.
struct Maker<'a> {
    model: &'a Model,
    /// The operations by path and method.
    by: BTreeMap<&'a str, BTreeMap<&'static str, usize>>,
    /// How many paths end in the same words.
    nouns: BTreeMap<Vec<String>, usize>,
    taken: BTreeSet<String>,
    groups: BTreeMap<String, Vec<Proposal>>,
}

/// All tools that an API allows, in groups sorted by name.
pub(super) fn groups(model: &Model) -> Vec<Group> {
    let mut by: BTreeMap<&str, BTreeMap<&'static str, usize>> = BTreeMap::new();
    for (place, operation) in model.operations.iter().enumerate() {
        by.entry(operation.path.as_str())
            .or_default()
            .insert(operation.method, place);
    }
    let mut nouns: BTreeMap<Vec<String>, usize> = BTreeMap::new();
    let collections: BTreeSet<&str> = by.keys().map(|path| collection(path)).collect();
    for path in &collections {
        *nouns.entry(own_words(path)).or_default() += 1;
    }
    let mut maker = Maker {
        model,
        by,
        nouns,
        taken: TAKEN.iter().map(|name| (*name).to_owned()).collect(),
        groups: BTreeMap::new(),
    };
    let consumed = maker.consumed();
    for path in &collections {
        maker.read(path, &consumed);
    }
    for path in maker.by.keys().copied().collect::<Vec<_>>() {
        maker.act(path);
    }
    maker
        .groups
        .into_iter()
        .map(|(name, mut proposals)| {
            let joined = proposals
                .iter()
                .find(|one| one.reads && !one.mirrors())
                .map(|one| one.tool.clone());
            for proposal in &mut proposals {
                proposal.beside = joined.clone().filter(|tool| *tool != proposal.tool);
            }
            proposals.sort_by_key(Proposal::rank);
            Group { name, proposals }
        })
        .collect()
}

/// The path of the list that an object is in; a path that ends in no parameter is its own.
fn collection(path: &str) -> &str {
    match path.rsplit_once('/') {
        Some((before, last)) if last.contains("{}") && !before.is_empty() => before,
        _ => path,
    }
}

fn is_item(path: &str) -> bool {
    collection(path) != path
}

/// The words of a path's last literal part.
fn own_words(path: &str) -> Vec<String> {
    literals(path)
        .last()
        .map(|part| words(part))
        .unwrap_or_default()
}

fn literals(path: &str) -> Vec<&str> {
    let parts = path
        .split('/')
        .filter(|part| !part.is_empty() && !part.contains("{}"));
    let named: Vec<_> = parts.clone().filter(|part| !is_prefix(part)).collect();
    if named.is_empty() {
        parts.collect()
    } else {
        named
    }
}

/// Whether a part of a path is `api`, `v2` or the like.
fn is_prefix(part: &str) -> bool {
    let version = part
        .strip_prefix('v')
        .is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()) && rest.len() <= 8);
    version || PREFIXES.contains(&part.to_lowercase().as_str())
}

impl<'a> Maker<'a> {
    fn get(&self, path: &str) -> Option<usize> {
        self.by.get(path)?.get("GET").copied()
    }

    fn of(&self, place: usize) -> &'a Operation {
        &self.model.operations[place]
    }

    fn lists(&self, place: usize) -> bool {
        self.of(place).list.is_some()
    }

    /// Whether one tool can list and read: nothing but the id tells the two apart.
    fn are_one(&self, list: usize, item: usize) -> bool {
        let (list, item) = (self.of(list), self.of(item));
        !list.needs_more()
            && !item.needs_more()
            && item.path_inputs().count() == list.path_inputs().count() + 1
    }

    /// What a path is about, one of them: in front of it what it hangs on, where others end alike.
    fn noun(&self, path: &str) -> Vec<String> {
        let mut noun = own_words(path);
        let is_shared = self.nouns.get(&noun).is_some_and(|count| *count > 1);
        let parts = literals(path);
        if is_shared && let Some(parent) = parts.len().checked_sub(2).and_then(|at| parts.get(at)) {
            let mut whole = words(parent);
            one(&mut whole);
            whole.append(&mut noun);
            noun = whole;
        }
        one(&mut noun);
        if noun.is_empty() {
            noun.push("thing".to_owned());
        }
        noun
    }

    /// Lists that hang on an object and are read with it: by the object's path.
    fn consumed(&self) -> BTreeMap<String, Vec<usize>> {
        let mut consumed: BTreeMap<String, Vec<usize>> = BTreeMap::new();
        for (&path, methods) in &self.by {
            let Some((parent, last)) = path.rsplit_once('/') else {
                continue;
            };
            let Some(&get) = methods.get("GET") else {
                continue;
            };
            let item = format!("{path}/{{}}");
            let is_sub = is_item(parent)
                && !last.contains("{}")
                && self
                    .get(parent)
                    .is_some_and(|item| !self.of(item).needs_more())
                && self.get(&item).is_none()
                && !self.of(get).needs_more();
            let subs = consumed.get(parent).map_or(0, Vec::len);
            if is_sub && subs < SUBS {
                consumed.entry(parent.to_owned()).or_default().push(get);
            }
        }
        consumed
    }

    fn read(&mut self, path: &str, consumed: &BTreeMap<String, Vec<usize>>) {
        let list = self
            .get(path)
            .filter(|get| !consumed.values().flatten().any(|sub| sub == get));
        let item_path = format!("{path}/{{}}");
        let item = self.get(&item_path).or_else(|| {
            // a last part such as {}.json
            self.by
                .keys()
                .find(|other| collection(other) == path && is_item(other))
                .and_then(|other| self.get(other))
        });
        let subs = consumed.get(&item_path).cloned().unwrap_or_default();
        let noun = match Self::special(path) {
            Some(_) => self.noun(collection(
                path.rsplit_once('/').map_or("", |(parent, _)| parent),
            )),
            None => self.noun(path),
        };
        if let Some(list) = list {
            if !self.lists(list) {
                let mut whole = own_words(path);
                if self.nouns.get(&whole).is_some_and(|count| *count > 1) {
                    whole.clone_from(&noun);
                }
                let name = Self::special(path).unwrap_or_else(|| joined("read", &whole));
                self.propose(
                    path,
                    &name,
                    &noun,
                    Task::Read {
                        item: list,
                        subs: Vec::new(),
                    },
                );
            } else if let Some(item) = item.filter(|item| self.are_one(list, *item)) {
                let name = joined("find", &many(&noun));
                return self.propose(
                    path,
                    &name,
                    &noun,
                    Task::Find {
                        list,
                        item: Some(item),
                        subs,
                    },
                );
            } else {
                let name = Self::special(path).unwrap_or_else(|| joined("find", &many(&noun)));
                self.propose(
                    path,
                    &name,
                    &noun,
                    Task::Find {
                        list,
                        item: None,
                        subs: Vec::new(),
                    },
                );
            }
        }
        if let Some(item) = item {
            let name = joined("read", &noun);
            self.propose(path, &name, &noun, Task::Read { item, subs });
        }
    }

    /// The name of a reading tool whose path ends in a verb: `/pets/findByStatus`.
    fn special(path: &str) -> Option<String> {
        let own = own_words(path);
        let verb = own
            .first()
            .filter(|verb| READING.contains(&verb.as_str()))?;
        let parent = path
            .rsplit_once('/')
            .map_or("", |(parent, _)| collection(parent));
        let mut about = own_words(parent);
        if own[1..].iter().any(|word| about.contains(word)) {
            about.clear();
        }
        let verb = if *verb == "list" || *verb == "filter" {
            "find"
        } else {
            verb
        };
        let mut rest = many(&about);
        rest.extend(own[1..].iter().cloned());
        if rest.is_empty() {
            rest.push("everything".to_owned());
        }
        Some(joined(verb, &rest))
    }

    fn act(&mut self, path: &'a str) {
        let methods = self.by.get(path).cloned().unwrap_or_default();
        let item = is_item(path);
        let noun = self.noun(collection(path));
        for (method, place) in methods {
            let present = self
                .get(path)
                .filter(|present| !self.of(*present).needs_more());
            let act = |confirm, destructive, present| Task::Act {
                operation: place,
                present,
                confirm,
                destructive,
            };
            match method {
                "DELETE" if item => {
                    self.propose(
                        path,
                        &joined("delete", &noun),
                        &noun,
                        act(true, true, present),
                    );
                }
                "DELETE" => {
                    let name = if self.get(path).is_some_and(|get| self.lists(get)) {
                        joined("delete_all", &many(&noun))
                    } else {
                        joined("delete", &noun)
                    };
                    self.propose(path, &name, &noun, act(true, true, None));
                }
                "PATCH" => {
                    self.propose(
                        path,
                        &joined("update", &noun),
                        &noun,
                        act(false, true, None),
                    );
                }
                "PUT" => {
                    self.propose(
                        path,
                        &joined("replace", &noun),
                        &noun,
                        act(true, true, present),
                    );
                }
                "POST" => self.post(path, place, &noun),
                _ => {}
            }
        }
    }

    #[expect(
        clippy::too_many_lines,
        reason = "the cases exclude each other in this order"
    )]
    fn post(&mut self, path: &'a str, place: usize, noun: &[String]) {
        if let Some(name) = Self::special(path) {
            let task = if self.lists(place) {
                Task::Find {
                    list: place,
                    item: None,
                    subs: Vec::new(),
                }
            } else {
                Task::Read {
                    item: place,
                    subs: Vec::new(),
                }
            };
            let noun = self.noun(collection(
                path.rsplit_once('/').map_or("", |(parent, _)| parent),
            ));
            return self.propose(path, &name, &noun, task);
        }
        if let Some(custom) = self.custom(path, place) {
            return self.propose(path, &custom.0, &custom.1, custom.2);
        }
        let own = own_words(path);
        let ends_in_verb = own
            .first()
            .is_some_and(|word| VERBS.contains(&word.as_str()));
        let below = format!("{path}/{{}}");
        let is_collection = !ends_in_verb
            && (self.get(path).is_some()
                || self.by.contains_key(below.as_str())
                || own.last().is_some_and(|word| singular(word) != *word));
        if is_item(path) || is_collection {
            let verb = if is_item(path) { "update" } else { "create" };
            let destructive = is_item(path);
            let task = Task::Act {
                operation: place,
                present: None,
                confirm: false,
                destructive,
            };
            return self.propose(path, &joined(verb, noun), noun, task);
        }
        let parent = path.rsplit_once('/').map_or("", |(parent, _)| parent);
        let present = if is_item(parent) {
            self.get(parent)
                .filter(|present| !self.of(*present).needs_more())
        } else {
            None
        };
        let about = if literals(path).len() > 1 {
            self.noun(collection(parent))
        } else {
            Vec::new()
        };
        let id = &self.of(place).id;
        let (verb, name) = if ends_in_verb {
            (own[0].clone(), joined(&own.join("_"), &about))
        } else if let Some(verb) = id.first().filter(|verb| VERBS.contains(&verb.as_str())) {
            (verb.clone(), joined(verb, &[about, own].concat()))
        } else {
            (
                "submit".to_owned(),
                joined("submit", &[about, own].concat()),
            )
        };
        let confirm = !REVERSIBLE.contains(&verb.as_str());
        let present = present.filter(|_| confirm);
        let noun = if is_item(parent) {
            self.noun(collection(parent))
        } else {
            noun.to_vec()
        };
        self.propose(
            path,
            &name,
            &noun,
            Task::Act {
                operation: place,
                present,
                confirm,
                destructive: confirm,
            },
        );
    }

    /// The action of a path that ends in `:verb`, as `/events:purge` and `/servers/{}:restart`: its name,
    /// what it is about, and its task.
    fn custom(&self, path: &str, place: usize) -> Option<(String, Vec<String>, Task)> {
        let (object, verb) = path
            .rsplit_once(':')
            .filter(|(_, verb)| !verb.contains(['/', '{']))?;
        let noun = self.noun(collection(object));
        let about = if is_item(object) {
            noun.clone()
        } else {
            many(&noun)
        };
        let verb = words(verb);
        let confirm = !verb
            .first()
            .is_some_and(|verb| REVERSIBLE.contains(&verb.as_str()));
        let present = self
            .get(object)
            .filter(|present| confirm && is_item(object) && !self.of(*present).needs_more());
        let task = Task::Act {
            operation: place,
            present,
            confirm,
            destructive: confirm,
        };
        (!verb.is_empty()).then(|| (joined(&verb.join("_"), &about), noun, task))
    }

    fn propose(&mut self, path: &str, name: &str, noun: &[String], task: Task) {
        let mut tool: String = name.chars().take(56).collect();
        if TAKEN.contains(&tool.as_str()) {
            tool.push_str("_of_api");
        }
        let base = tool.clone();
        let mut number = 2;
        while !self.taken.insert(tool.clone()) {
            tool = format!("{base}_{number}");
            number += 1;
        }
        let places: Vec<usize> = match &task {
            Task::Find { list, item, subs } => [*list]
                .into_iter()
                .chain(*item)
                .chain(subs.iter().copied())
                .collect(),
            Task::Read { item, subs } => [*item].into_iter().chain(subs.iter().copied()).collect(),
            Task::Act {
                operation, present, ..
            } => (*present).into_iter().chain([*operation]).collect(),
        };
        let calls: Vec<_> = places.iter().map(|place| self.of(*place).call()).collect();
        let tag = places
            .first()
            .and_then(|place| self.of(*place).tag.as_deref());
        let mut group = words(tag.unwrap_or_default());
        if group.is_empty() {
            group = literals(path)
                .first()
                .map(|part| words(part))
                .unwrap_or_default();
        }
        let group = if group.is_empty() {
            "other".to_owned()
        } else {
            group.join("-")
        };
        let noun = noun.join(" ");
        let title = capital(&tool.replace('_', " "));
        let reads = !matches!(task, Task::Act { .. });
        self.groups.entry(group).or_default().push(Proposal {
            description: super::describe::description(self.model, name, &noun, &task),
            tool,
            title,
            calls,
            reads,
            beside: None,
            task,
            noun,
        });
    }
}

/// The last word as one of its kind.
fn one(words: &mut [String]) {
    if let Some(last) = words.last_mut() {
        *last = singular(last);
    }
}

/// The last word as several of its kind.
pub(super) fn many(words: &[String]) -> Vec<String> {
    let mut words = words.to_vec();
    if let Some(last) = words.last_mut() {
        *last = plural(last);
    }
    words
}

fn joined(verb: &str, words: &[String]) -> String {
    if words.is_empty() {
        return snake(&[verb.to_owned()], "call");
    }
    format!("{}_{}", snake(&[verb.to_owned()], "call"), words.join("_"))
}

/// The text with a capital at its start.
pub(super) fn capital(text: &str) -> String {
    let mut rest = text.chars();
    rest.next()
        .map(|first| first.to_ascii_uppercase().to_string() + rest.as_str())
        .unwrap_or_default()
}
