//! What is judged, and how.

use std::{collections::BTreeMap, path::PathBuf, sync::Arc, time::Duration};

use serde_json::Value;
use url::Url;

use crate::{
    rule::{Level, Rule},
    thresholds,
    wire::Era,
};

/// What is judged.
#[derive(Clone, Debug)]
pub enum Target {
    /// A command that speaks MCP on its stdin and stdout.
    Command(Command),
    /// An endpoint of streamable HTTP.
    Url(Url),
    /// A repository, and the command that starts its server, where one is known.
    Project(PathBuf, Option<Command>),
}

/// How a server is started.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Command {
    /// The program: a path, or a name to be looked up.
    pub program: String,
    /// Its arguments.
    pub arguments: Vec<String>,
}

impl Command {
    /// A program and its arguments, the program first.
    ///
    /// # Errors
    /// None where there is no program.
    pub fn new<I, S>(words: I) -> Option<Self>
    where
        I: IntoIterator<Item = S>,
        S: Into<String>,
    {
        let mut words = words.into_iter().map(Into::into);
        Some(Self {
            program: words.next().filter(|program| !program.is_empty())?,
            arguments: words.collect(),
        })
    }
}

impl std::fmt::Display for Command {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}", self.program)?;
        for argument in &self.arguments {
            write!(f, " {argument}")?;
        }
        Ok(())
    }
}

/// What a run may do to the server.
#[derive(Clone, Copy, Debug, Default, Eq, Ord, PartialEq, PartialOrd)]
pub enum Permission {
    /// Only what cannot act.
    #[default]
    Safe,
    /// Also valid calls of tools that read: `--active`.
    Active,
    /// Also what would act if the server is wrong: `--destructive`.
    Destructive,
}

/// How a run goes.
#[derive(Clone)]
pub struct Options {
    /// The environment of a started server, beside the little that every program needs.
    pub env: BTreeMap<String, String>,
    /// Where it is started; the current folder, or the project's.
    pub cwd: Option<PathBuf>,
    /// Headers of every HTTP request.
    pub headers: Vec<(String, String)>,
    /// The only era to speak; both where none is given.
    pub era: Option<Era>,
    /// How long an answer is waited for.
    pub timeout: Duration,
    /// How many rules talk to the server at once.
    pub jobs: usize,
    /// What the run may do.
    pub permission: Permission,
    /// The seed of generated values.
    pub seed: u64,
    /// Arguments that are valid, by tool.
    pub examples: BTreeMap<String, Vec<Value>>,
    /// The only rules to judge by (id or name); all where it is empty.
    pub only: Vec<&'static Rule>,
    /// Rules that are switched off, with the reason.
    pub off: Vec<(&'static Rule, String)>,
    /// Levels that replace the rules' own, for all findings of that rule.
    pub levels: Vec<(&'static Rule, Level)>,
    /// The recorded surface to compare with (`mcp.lock`); none where there is none.
    pub lock: Option<String>,
    /// How the project's tests are started, where the project says so.
    pub test_command: Option<Command>,
    /// Told as the run goes on.
    pub progress: Option<Arc<dyn Fn(Progress) + Send + Sync>>,
}

impl Options {
    /// Values that must appear in no report: those of variables and headers, if they are long enough
    /// to be secrets. Of a header with a scheme (`Bearer x`), the part after it too, and as it looks in
    /// an address.
    pub(crate) fn secrets(&self) -> Vec<String> {
        let headers = self.headers.iter().map(|(_, value)| value.as_str());
        let parts = headers
            .clone()
            .filter_map(|value| value.split_once(' '))
            .map(|(_, rest)| rest);
        let mut secrets: Vec<_> = self
            .env
            .values()
            .map(String::as_str)
            .chain(headers)
            .chain(parts)
            .filter(|value| value.len() >= thresholds::SECRET_CHARS)
            .flat_map(|value| {
                let encoded: String =
                    url::form_urlencoded::byte_serialize(value.as_bytes()).collect();
                [value.to_owned(), encoded]
            })
            .collect();
        // the longest first, so that none leaves the end of another
        secrets.sort_by(|one, other| other.len().cmp(&one.len()).then(one.cmp(other)));
        secrets.dedup();
        secrets
    }
}

impl From<Command> for Target {
    fn from(command: Command) -> Self {
        Self::Command(command)
    }
}

impl From<Url> for Target {
    fn from(url: Url) -> Self {
        Self::Url(url)
    }
}

impl Default for Options {
    fn default() -> Self {
        Self {
            env: BTreeMap::new(),
            cwd: None,
            headers: Vec::new(),
            era: None,
            timeout: thresholds::ANSWER,
            jobs: 4,
            permission: Permission::Safe,
            seed: 1,
            examples: BTreeMap::new(),
            only: Vec::new(),
            off: Vec::new(),
            levels: Vec::new(),
            lock: None,
            test_command: None,
            progress: None,
        }
    }
}

impl std::fmt::Debug for Options {
    // values of variables and headers are secrets
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Options")
            .field("env", &self.env.keys())
            .field(
                "headers",
                &self
                    .headers
                    .iter()
                    .map(|(name, _)| name)
                    .collect::<Vec<_>>(),
            )
            .field("permission", &self.permission)
            .field("timeout", &self.timeout)
            .finish_non_exhaustive()
    }
}

/// What is going on.
#[derive(Clone, Copy, Debug)]
pub enum Progress {
    /// The server is being started or connected to.
    Connecting,
    /// Its lists are being read.
    Listing,
    /// So many of so many rules are done; the one that was just finished.
    Judged(usize, usize, &'static Rule),
}
