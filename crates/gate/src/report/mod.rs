//! What a run found, and how it is told.
//!
//! One file a format. A format takes a [`Report`] and gives a text; it never sees a session, a rule's
//! check or a terminal. To add one: write its file, add it to the list of modules here and to `--format` in the CLI (both sorted), and run the tests.

use std::{collections::BTreeMap, time::Duration};

pub mod html;
pub mod json;
pub mod junit;
pub mod markdown;
pub mod sarif;
pub mod score;
pub mod text;

use crate::{
    finding::{ExchangeId, Finding},
    rule::{Level, Rule},
};

/// The outcome of a run.
#[derive(Clone, Debug)]
pub struct Report {
    /// What was judged, as the user named it: the command, the address, the folder.
    pub target: String,
    /// What the server says of itself.
    pub server: Server,
    /// Every rule of the catalogue, in its order, with its verdict.
    pub judged: Vec<Judged>,
    /// What was said between the gate and the server, as far as findings name it.
    pub exchanges: BTreeMap<ExchangeId, Exchange>,
    /// What the run did to the server.
    pub deeds: Deeds,
    /// The seed that repeats the run.
    pub seed: u64,
    /// How long it took.
    pub took: Duration,
    /// The end of what the server wrote to stderr.
    pub stderr: String,
    /// What the server shows, as the text of `mcp.lock`; none where no server was listed. Credentials
    /// are hidden in it too, so that none is committed.
    pub lock: Option<String>,
    /// Findings of the baseline that were found again, and so are not in [`Report::judged`].
    pub known: Vec<Finding>,
    /// Entries of the baseline that no longer apply: their fingerprints.
    pub stale: Vec<String>,
}

impl Report {
    /// All findings, in the order of the catalogue.
    pub fn findings(&self) -> impl Iterator<Item = &Finding> {
        self.judged.iter().flat_map(|judged| &judged.findings)
    }

    /// The number of findings of that level.
    pub fn count(&self, level: Level) -> usize {
        self.judged
            .iter()
            .map(|judged| {
                judged.further.get(&level).copied().unwrap_or_default()
                    + judged
                        .findings
                        .iter()
                        .filter(|finding| finding.level == level)
                        .count()
            })
            .sum()
    }

    /// Replaces secrets, wherever they stand.
    pub(crate) fn hide(&mut self, secrets: &[String]) {
        let hide = |text: &mut String| {
            for secret in secrets {
                if text.contains(secret.as_str()) {
                    *text = text.replace(secret.as_str(), "[hidden]");
                }
            }
        };
        hide(&mut self.target);
        hide(&mut self.stderr);
        self.lock.iter_mut().for_each(hide);
        hide(&mut self.server.name);
        hide(&mut self.server.version);
        for judged in &mut self.judged {
            judged.unverified.iter_mut().for_each(hide);
            for finding in &mut judged.findings {
                hide(&mut finding.message);
                hide(&mut finding.fix);
                hide(&mut finding.key);
                finding.place.texts().into_iter().for_each(hide);
                for quote in &mut finding.quotes {
                    let before = quote.text.len();
                    hide(&mut quote.text);
                    if quote.text.len() != before {
                        quote.mark = 0..0;
                    }
                }
            }
        }
        for exchange in self.exchanges.values_mut() {
            hide(&mut exchange.sent);
            hide(&mut exchange.received);
            hide(&mut exchange.lost);
        }
    }

    /// Whether a finding weighs at least so much.
    pub fn fails(&self, at: Level) -> bool {
        [Level::Note, Level::Warning, Level::Error]
            .into_iter()
            .any(|level| level >= at && self.count(level) > 0)
    }
}

/// What a server says of itself, and how it was reached.
#[derive(Clone, Debug, Default)]
pub struct Server {
    /// `serverInfo.name`, harmless.
    pub name: String,
    /// `serverInfo.version`, harmless.
    pub version: String,
    /// `stdio` or `http`; empty where only a repository was judged.
    pub transport: String,
    /// The versions of the protocol that it was spoken to in.
    pub protocols: Vec<String>,
    /// How many tools, resources, resource templates and prompts it lists.
    pub tools: usize,
    /// See `tools`.
    pub resources: usize,
    /// See `tools`.
    pub templates: usize,
    /// See `tools`.
    pub prompts: usize,
    /// Tokens of its tool definitions, estimated at four characters each.
    pub definition_tokens: usize,
}

/// A rule and what came of it.
#[derive(Clone, Debug)]
pub struct Judged {
    /// The rule.
    pub rule: &'static Rule,
    /// What came of it.
    pub verdict: Verdict,
    /// What is wrong; not empty for [`Verdict::Found`] alone.
    pub findings: Vec<Finding>,
    /// Findings beyond those, by level: they are counted only.
    pub further: BTreeMap<Level, usize>,
    /// What could not be verified, and why, whatever the verdict.
    pub unverified: Vec<String>,
}

/// What came of a rule.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Verdict {
    /// It holds.
    Passed,
    /// It does not hold.
    Found,
    /// It could not be verified; neither a pass nor a fail. [`Judged::unverified`] says why.
    Unverified,
    /// It does not apply to this server: the reason.
    NotApplicable(String),
    /// It was not asked for: by `--rule`, `--skip`, or switched off in `seaworthy.toml`, with the reason.
    Off(String),
}

impl Verdict {
    /// In one word: `passed`, `found`, `unverified`, `not-applicable`, `off`.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Passed => "passed",
            Self::Found => "found",
            Self::Unverified => "unverified",
            Self::NotApplicable(_) => "not-applicable",
            Self::Off(_) => "off",
        }
    }
}

/// A message to the server and what came back.
#[derive(Clone, Debug, Default)]
pub struct Exchange {
    /// What was sent, harmless and cut; empty where the server spoke first.
    pub sent: String,
    /// What came back, harmless and cut; empty where nothing did.
    pub received: String,
    /// How it ended where nothing came back, such as `no answer within 10 s`.
    pub lost: String,
    /// The time to the answer.
    pub took: Duration,
}

/// What the run did to the server.
#[derive(Clone, Debug, Default)]
pub struct Deeds {
    /// Connections made: processes started, or HTTP sessions.
    pub connections: usize,
    /// Requests sent, by method.
    pub requests: BTreeMap<String, usize>,
    /// Tools called: by name, then by kind of call, such as `missing argument` or `valid`.
    pub calls: BTreeMap<String, BTreeMap<String, usize>>,
    /// Malformed messages sent on purpose.
    pub malformed: usize,
}
