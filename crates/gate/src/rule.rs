//! What a rule is: data, documentation, and functions that judge.
//!
//! A rule lives in a file of its own under `rules/`, named after it. What its checks may look at is
//! in their type: a [`Check::Surface`] sees what the server lists and nothing else, a
//! [`Check::Live`] may talk to the server, a [`Check::Project`] reads the repository.

use std::collections::BTreeMap;

use futures::future::BoxFuture;
use serde::Serialize;

use crate::{
    finding::{Finding, Place},
    live::Live,
    project::Project,
    surface::Surface,
};

/// How much a finding weighs, lightest first.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// Worth knowing; nothing breaks.
    Note,
    /// Costs users something, or breaks with some clients.
    Warning,
    /// Breaks the protocol, loses or leaks something, or misleads a model.
    Error,
}

impl Level {
    /// As it is written: `note`, `warning`, `error`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Note => "note",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }

    /// The level of that name.
    pub fn named(name: &str) -> Option<Self> {
        [Self::Note, Self::Warning, Self::Error]
            .into_iter()
            .find(|level| level.name() == name)
    }
}

/// What a rule rests on.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Basis {
    /// A MUST of the specification.
    Must,
    /// A SHOULD of the specification, or a stated requirement of a client or directory.
    Should,
    /// Judgement: tuned on real servers, and it can err.
    Heuristic,
}

impl Basis {
    /// As people write it: `MUST`, `SHOULD`, `heuristic`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Must => "MUST",
            Self::Should => "SHOULD",
            Self::Heuristic => "heuristic",
        }
    }
}

/// What a rule can do to the server that it judges.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Reach {
    /// It reads listings or files; it calls no tool.
    Reads,
    /// It sends calls that cannot act: invalid arguments, and tools that read by our own judgement.
    Calls,
    /// It needs `--active`: valid calls of tools that read.
    Active,
    /// It needs `--destructive`: calls that would act if the server is wrong.
    Destructive,
}

/// What `--explain` and `docs/rules.md` say of a rule. Plain text; `bad` and `good` are code.
#[derive(Clone, Copy, Debug)]
pub struct Docs {
    /// What is checked, and how: one paragraph.
    pub what: &'static str,
    /// Why it matters: one paragraph.
    pub why: &'static str,
    /// Where that is said: section of the specification, standard, study, or what was measured.
    pub source: &'static str,
    /// A short example that is flagged.
    pub bad: &'static str,
    /// The same, mended.
    pub good: &'static str,
    /// How to mend it: one paragraph.
    pub fix: &'static str,
}

/// One way in which a rule judges. A rule may have several.
#[derive(Clone, Copy)]
pub enum Check {
    /// From the listings alone.
    Surface(fn(&Surface) -> Outcome),
    /// By talking to the server.
    Live(for<'a> fn(&'a Live) -> BoxFuture<'a, Outcome>),
    /// By looking at all that was said, when every other check is done.
    After(for<'a> fn(&'a Live) -> BoxFuture<'a, Outcome>),
    /// By looking at all that was said, when even those are done, as they may ask for more: it asks nothing.
    Last(for<'a> fn(&'a Live) -> BoxFuture<'a, Outcome>),
    /// By reading the repository that the server lives in.
    Project(for<'a> fn(&'a Project) -> BoxFuture<'a, Outcome>),
}

/// A rule of the catalogue.
#[derive(Clone, Copy)]
pub struct Rule {
    /// Its id, such as `P01`: area and number, stable for ever.
    pub id: &'static str,
    /// Its name, such as `stdout-only-protocol`; with underscores, the stem of its file.
    pub name: &'static str,
    /// What must hold: one sentence without a full stop.
    pub summary: &'static str,
    /// The level of its findings, where one does not say another.
    pub level: Level,
    /// What it rests on.
    pub basis: Basis,
    /// What it can do to the server.
    pub reach: Reach,
    /// Its documentation.
    pub docs: Docs,
    /// How it judges.
    pub checks: &'static [Check],
}

impl Rule {
    /// A finding of this rule: where, what is wrong (a phrase, lower case), and what to change.
    pub fn finding(
        &'static self,
        place: Place,
        message: impl Into<String>,
        fix: impl Into<String>,
    ) -> Finding {
        Finding::new(self, place, &message.into(), &fix.into())
    }

    /// The area that the rule belongs to, by the letter of its id.
    pub fn area(&self) -> Area {
        Area::of(self.id)
    }
}

impl std::fmt::Debug for Rule {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {}", self.id, self.name)
    }
}

impl PartialEq for Rule {
    fn eq(&self, other: &Self) -> bool {
        self.id == other.id
    }
}

impl Eq for Rule {}

/// A group of rules, with a score of its own.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Area {
    /// B: how it behaves.
    Behaviour,
    /// D: tool descriptions.
    Descriptions,
    /// G: pages and sizes.
    Growth,
    /// H: streamable HTTP.
    Http,
    /// N: names and schemas.
    Names,
    /// P: the protocol.
    Protocol,
    /// R: the repository.
    Repository,
    /// X: security.
    Security,
}

impl Area {
    /// All of them, in the order of reports.
    pub const ALL: [Self; 8] = [
        Self::Protocol,
        Self::Growth,
        Self::Http,
        Self::Names,
        Self::Descriptions,
        Self::Security,
        Self::Behaviour,
        Self::Repository,
    ];

    fn of(id: &str) -> Self {
        match id.as_bytes().first() {
            Some(b'B') => Self::Behaviour,
            Some(b'D') => Self::Descriptions,
            Some(b'G') => Self::Growth,
            Some(b'H') => Self::Http,
            Some(b'N') => Self::Names,
            Some(b'P') => Self::Protocol,
            Some(b'R') => Self::Repository,
            _ => Self::Security,
        }
    }

    /// As people read it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Behaviour => "behaviour",
            Self::Descriptions => "descriptions",
            Self::Growth => "pages and sizes",
            Self::Http => "HTTP",
            Self::Names => "names and schemas",
            Self::Protocol => "protocol",
            Self::Repository => "repository",
            Self::Security => "security",
        }
    }
}

/// What a check found, and what it could not look at.
#[derive(Debug, Default)]
pub struct Outcome {
    /// What is wrong.
    pub findings: Vec<Finding>,
    /// What could not be verified, and why: one phrase each. Neither a pass nor a fail.
    pub unverified: Vec<String>,
    /// Why the rule has nothing to say about this server, if so.
    pub not_applicable: Option<String>,
    /// Credentials that it came upon: nothing of the report may show them, whatever rule it is of.
    pub secrets: Vec<String>,
}

impl Outcome {
    /// Nothing is wrong.
    pub fn pass() -> Self {
        Self::default()
    }

    /// It could not be verified, because of this.
    pub fn unverified(why: impl Into<String>) -> Self {
        Self {
            unverified: vec![why.into()],
            ..Self::default()
        }
    }

    /// The rule does not apply, because of this.
    pub fn not_applicable(why: impl Into<String>) -> Self {
        Self {
            not_applicable: Some(why.into()),
            ..Self::default()
        }
    }

    /// Adds a finding.
    pub fn find(&mut self, finding: Finding) {
        self.findings.push(finding);
    }

    /// Adds things that could not be verified, each with why: those of one reason in one phrase.
    pub fn unknown_each(&mut self, each: impl IntoIterator<Item = (String, String)>) {
        let mut by_reason: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for (thing, why) in each {
            by_reason.entry(why).or_default().push(thing);
        }
        for (why, mut things) in by_reason {
            things.dedup();
            let more = things.len().saturating_sub(5);
            let some = things[..things.len() - more].join(", ");
            let more = if more > 0 {
                format!(" and {more} more")
            } else {
                String::new()
            };
            self.unknown(format!("{some}{more}: {why}"));
        }
    }

    /// Adds something that could not be verified.
    pub fn unknown(&mut self, why: impl Into<String>) {
        self.unverified.push(why.into());
    }
}

impl From<Vec<Finding>> for Outcome {
    fn from(findings: Vec<Finding>) -> Self {
        Self {
            findings,
            ..Self::default()
        }
    }
}

impl From<Finding> for Outcome {
    fn from(finding: Finding) -> Self {
        vec![finding].into()
    }
}
