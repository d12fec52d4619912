//! A server that mirrors an API's endpoints leaves the work of joining them to the model.

use std::collections::{BTreeMap, BTreeSet};

use crate::{
    finding::Place,
    rule::{Basis, Check, Docs, Level, Outcome, Reach, Rule},
    surface::{Surface, Tool},
    text::{language::singular, names::Names},
    thresholds, verbs,
};

pub(super) static RULE: Rule = Rule {
    id: "D08",
    name: "endpoint-mirror",
    summary: "the surface is tasks, not CRUD endpoints",
    level: Level::Note,
    basis: Basis::Heuristic,
    reach: Reach::Reads,
    docs: Docs {
        what: "Looks for the marks of an API mirrored endpoint by endpoint: several nouns that each have tools to \
               list, get, create, update or delete them, or one with nearly all of the tools; methods and paths in \
               descriptions (\"GET /repos/{owner}\"); operation ids as names (\"API-post-search\"); most tools named so.",
        why: "Endpoints are made for programs, which join five answers for nothing. A model pays for each call \
              and each answer in tokens and mistakes. A tool per task (\"why does CI fail?\") does the joining in \
              code.",
        source: "Anthropic, Writing effective tools for agents: tools should match tasks, not wrap every endpoint.",
        bad: "get_issue, list_issues, create_issue, update_issue, get_label, list_labels, create_label, ...",
        good: "find_issues (with labels in each line), read_issue (with comments and links), write_issue (action: \
               create, edit, close, label)",
        fix: "Ask what people want done, and offer one tool for each of these. Join what is always read together; \
              fold writes to one thing into one tool.",
    },
    checks: &[Check::Surface(check)],
};

/// What a verb does to an endpoint's resource.
const OPERATIONS: &[(&str, &str)] = &[
    ("add", "create"),
    ("create", "create"),
    ("delete", "delete"),
    ("destroy", "delete"),
    ("edit", "update"),
    ("fetch", "read"),
    ("find", "list"),
    ("get", "read"),
    ("index", "list"),
    ("insert", "create"),
    ("list", "list"),
    ("modify", "update"),
    ("patch", "update"),
    ("post", "create"),
    ("put", "update"),
    ("query", "list"),
    ("read", "read"),
    ("remove", "delete"),
    ("retrieve", "read"),
    ("search", "list"),
    ("show", "read"),
    ("update", "update"),
    ("view", "read"),
];
const METHODS: [&str; 5] = ["GET", "POST", "PUT", "PATCH", "DELETE"];

/// The tools that work on one noun, by what they do to it.
#[derive(Default)]
struct Family<'a> {
    operations: BTreeSet<&'static str>,
    tools: Vec<(&'static str, &'a str)>,
}

fn check(surface: &Surface) -> Outcome {
    let tools = &surface.tools[..surface.tools.len().min(thresholds::TOOLS_JUDGED)];
    if tools.len() < 2 {
        return Outcome::not_applicable("it lists fewer than two tools");
    }
    let names = Names::of(&surface.tools);
    let mut families: BTreeMap<String, Family> = BTreeMap::new();
    for tool in tools {
        let named = operation(&names.read(tool).words);
        // `noteCreate`, `noteUpdate`: the word that all share is the thing
        if let Some((operation, noun)) = named.or_else(|| operation(&verbs::words(&tool.name))) {
            let family = families.entry(noun).or_default();
            family.operations.insert(operation);
            family.tools.push((operation, &tool.name));
        }
    }
    let paths: Vec<_> = tools
        .iter()
        .filter_map(|tool| Some((tool, path(&tool.description)?)))
        .collect();
    let signs = signs(tools, &families, paths.len());
    if signs.is_empty() {
        return Outcome::pass();
    }
    let largest = families
        .iter()
        .max_by_key(|(_, family)| (family.operations.len(), family.tools.len()));
    let fix = largest.map_or_else(
        || {
            "Offer a tool for each task that people have, which calls the endpoints itself."
                .to_owned()
        },
        |(noun, family)| task(noun, family),
    );
    let message = format!("the tools mirror endpoints: {}", signs.join(", and "));
    let mut finding = RULE.finding(Place::Server, message, fix);
    if let Some((tool, at)) = paths.first() {
        finding = finding.quote("description", &tool.description, at.clone());
    }
    finding.into()
}

/// What shows that the tools mirror endpoints; empty where it is not enough.
fn signs(tools: &[Tool], families: &BTreeMap<String, Family>, paths: usize) -> Vec<String> {
    #[expect(clippy::cast_precision_loss, reason = "numbers of tools")]
    let is_most = |part: usize| part as f64 / tools.len() as f64 >= thresholds::MIRROR_SHARE;
    let crud: usize = families.values().map(|family| family.tools.len()).sum();
    let with = |operations: usize| {
        families
            .iter()
            .filter(move |(_, family)| family.operations.len() >= operations)
    };
    let mirrored: Vec<_> = with(thresholds::MIRROR_OPERATIONS).collect();
    let whole =
        with(thresholds::MIRROR_OPERATIONS + 1).any(|(_, family)| is_most(family.tools.len()));
    let mostly = tools.len() >= thresholds::MIRROR_TOOLS
        && with(2).count() >= thresholds::MIRROR_PAIRS
        && is_most(crud);
    let ids = tools
        .iter()
        .filter(|tool| is_operation_id(&tool.name))
        .count();
    let generated = ids >= thresholds::MIRROR_NOUNS && is_most(ids);
    let documented = paths >= thresholds::MIRROR_NOUNS;
    if mirrored.len() < thresholds::MIRROR_NOUNS && !whole && !mostly && !generated && !documented {
        return Vec::new();
    }
    let shown = if mirrored.is_empty() && mostly {
        with(2).collect()
    } else {
        mirrored
    };
    let mut signs = Vec::new();
    if !shown.is_empty() {
        let nouns: Vec<_> = shown
            .iter()
            .take(5)
            .map(|(noun, family)| {
                let operations: Vec<_> = family.operations.iter().copied().collect();
                format!("{noun} ({})", operations.join(", "))
            })
            .collect();
        signs.push(format!(
            "tools by operation on one thing: {}",
            nouns.join("; ")
        ));
    }
    if mostly {
        signs.push(format!(
            "{crud} of {} names are an operation and a thing",
            tools.len()
        ));
    }
    if generated {
        signs.push(format!("{ids} names are operation ids"));
    }
    if documented {
        signs.push(format!("{paths} descriptions name a method and a path"));
    }
    signs
}

/// What a name does to what: `list_issues` lists an issue.
fn operation(words: &[String]) -> Option<(&'static str, String)> {
    // the first of several: `API-get-user`, `issues_create`
    let (at, operation) = words.iter().enumerate().take(2).find_map(|(at, word)| {
        let found = OPERATIONS
            .binary_search_by_key(&word.as_str(), |(verb, _)| verb)
            .ok()?;
        Some((at, OPERATIONS[found].1))
    })?;
    let noun: Vec<_> = words
        .iter()
        .enumerate()
        .filter(|(place, _)| *place != at)
        .map(|(_, word)| word.as_str())
        .take_while(|word| !["by", "for", "with", "in", "from", "to", "of"].contains(word))
        .filter(|word| {
            ![
                "a", "an", "the", "all", "new", "multiple", "single", "details", "info",
            ]
            .contains(word)
        })
        .map(singular)
        .collect();
    (!noun.is_empty()).then(|| (operation, noun.join(" ")))
}

/// Where a description names a method and a path.
fn path(description: &str) -> Option<std::ops::Range<usize>> {
    METHODS.iter().find_map(|method| {
        description.match_indices(method).find_map(|(at, _)| {
            let rest = description[at + method.len()..].trim_start_matches([' ', '`', ':', '*']);
            let start = description.len() - rest.len();
            let length = rest
                .find(|character: char| character.is_whitespace() || character == '`')
                .unwrap_or(rest.len());
            let path = &rest[..length];
            let clean = !description[..at].ends_with(char::is_alphanumeric);
            (clean && path.starts_with('/') && path.len() > 2).then_some(at..start + length)
        })
    })
}

/// Whether a name looks like the operation id of an API's description.
fn is_operation_id(name: &str) -> bool {
    let words = verbs::words(name);
    let path = words.iter().any(|word| {
        word == "api"
            || word == "endpoint"
            || (word.len() == 2
                && word.starts_with('v')
                && word.ends_with(|last: char| last.is_ascii_digit()))
    });
    let method = words.iter().take(2).any(|word| {
        METHODS
            .iter()
            .any(|method| method.eq_ignore_ascii_case(word))
    });
    name.contains('/')
        || (path && words.len() > 2)
        || (method && words.len() > 3 && words.iter().any(|word| word == "by"))
}

/// What to offer instead of the tools of one thing.
fn task(noun: &str, family: &Family) -> String {
    let snake = noun.replace(' ', "_");
    let of = |reading: bool| -> Vec<&str> {
        family
            .tools
            .iter()
            .filter(|(operation, _)| matches!(*operation, "list" | "read") == reading)
            .map(|(_, name)| *name)
            .take(4)
            .collect()
    };
    let (reads, writes) = (of(true), of(false));
    let mut parts = Vec::new();
    if reads.len() > 1 {
        parts.push(format!(
            "one find_{snake} for {}, whose answer holds what is read next anyway",
            reads.join(" and ")
        ));
    }
    if writes.len() > 1 {
        parts.push(format!(
            "one write_{snake} with an action for {}",
            writes.join(", ")
        ));
    }
    if parts.is_empty() {
        return format!(
            "Offer tasks: a tool that does with a {noun} what people ask for, and makes the calls to the endpoints itself."
        );
    }
    format!("Offer tasks, such as {}.", parts.join(", and "))
}
