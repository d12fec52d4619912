//! The state of CI on a commit: check runs and the older commit statuses, read together.

use futures::future::join;
use schemars::JsonSchema;
use seaworthy_kit::untrusted::one_line;
use serde::Serialize;

use crate::{
    client::Client,
    endpoint::Endpoint,
    input::Repo,
    model::{CheckRun, CheckRuns, CombinedStatus, CommitStatus},
    output::Check,
    page::{self, Position},
    shape,
};

/// Failing checks that a summary names at most.
const NAMED: usize = 8;

/// How a check stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[schemars(inline)]
pub(crate) enum Outcome {
    /// It failed, was cancelled or timed out.
    Failed,
    /// It has not ended.
    Running,
    /// It succeeded or did not apply.
    Passed,
}

impl Outcome {
    /// The outcome behind a check run's, job's or workflow run's two words.
    pub(crate) fn of(status: &str, conclusion: &str) -> Self {
        match (status, conclusion) {
            (_, "success" | "neutral" | "skipped") => Self::Passed,
            (_, "") => Self::Running,
            _ => Self::Failed,
        }
    }

    fn of_status(state: &str) -> Self {
        match state {
            "success" => Self::Passed,
            "failure" | "error" => Self::Failed,
            _ => Self::Running,
        }
    }

    /// The word for it.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Failed => "failed",
            Self::Running => "running",
            Self::Passed => "passed",
        }
    }
}

/// The checks of one commit, as far as they could be read.
#[derive(Debug, Default)]
pub(crate) struct Checks {
    pub(crate) runs: Vec<CheckRun>,
    pub(crate) statuses: Vec<CommitStatus>,
    /// How many check runs GitHub has, beyond those read.
    left: u64,
    /// What could not be read, and why.
    pub(crate) unread: Vec<String>,
}

impl Checks {
    /// Reads the checks of the commit `sha`. What cannot be read is noted, not an error: a token
    /// may see a pull request and not its checks.
    pub(crate) async fn of(client: &Client, repo: &Repo, sha: &str) -> Self {
        let short = shape::short(sha);
        let runs = Endpoint::repo(
            repo,
            format!("the check runs of {repo}@{short}"),
            ["commits", sha, "check-runs"],
        )
        .query("per_page", "100");
        let status = Endpoint::repo(
            repo,
            format!("the statuses of {repo}@{short}"),
            ["commits", sha, "status"],
        )
        .query("per_page", "100");
        let start = Position::default();
        let (runs, status) = join(
            page::gather::<CheckRuns>(client, &runs, &start, usize::MAX, |_| true),
            client.get::<CombinedStatus>(&status),
        )
        .await;
        let mut checks = Self::default();
        match runs {
            Ok(list) => {
                let read = list.items.len() as u64;
                checks.left = list.total.unwrap_or(read).saturating_sub(read);
                checks.runs = list.items;
            }
            Err(error) => checks
                .unread
                .push(format!("check runs could not be read: {}", error.what)),
        }
        match status {
            Ok(status) => checks.statuses = status.data.statuses,
            Err(error) => checks
                .unread
                .push(format!("statuses could not be read: {}", error.what)),
        }
        checks
    }

    /// Whether there is nothing.
    pub(crate) fn is_empty(&self) -> bool {
        self.runs.is_empty() && self.statuses.is_empty()
    }

    /// Outcome and name of each, the failed first.
    pub(crate) fn all(&self) -> Vec<(Outcome, String)> {
        let runs = self.runs.iter().map(|run| {
            let outcome = Outcome::of(&run.status, &run.conclusion);
            let how = if run.conclusion.is_empty() {
                &run.status
            } else {
                &run.conclusion
            };
            let name = one_line(&run.name, 120);
            (
                outcome,
                format!("{name} ({}, check {})", one_line(how, 30), run.id),
            )
        });
        let statuses = self.statuses.iter().map(|status| {
            let about = match one_line(&status.description, 120) {
                about if about.is_empty() => String::new(),
                about => format!(": {about}"),
            };
            let text = format!("{} (status){about}", one_line(&status.context, 120));
            (Outcome::of_status(&status.state), text)
        });
        let mut all: Vec<_> = runs.chain(statuses).collect();
        all.sort_by_key(|(outcome, _)| *outcome);
        all
    }

    /// The same as data.
    pub(crate) fn data(&self) -> Vec<Check> {
        let runs = self.runs.iter().map(|run| Check {
            name: run.name.clone(),
            outcome: Outcome::of(&run.status, &run.conclusion),
            conclusion: match run.conclusion.as_str() {
                "" => run.status.clone(),
                conclusion => conclusion.to_owned(),
            },
            id: Some(run.id),
        });
        let statuses = self.statuses.iter().map(|status| Check {
            name: status.context.clone(),
            outcome: Outcome::of_status(&status.state),
            conclusion: status.state.clone(),
            id: None,
        });
        let mut all: Vec<_> = runs.chain(statuses).collect();
        all.sort_by_key(|check| check.outcome);
        all
    }

    /// `12 checks: 10 passed, 1 failed, 1 running; failed: build, lint`.
    pub(crate) fn summary(&self) -> String {
        if self.is_empty() {
            return if self.unread.is_empty() {
                "no checks or statuses".to_owned()
            } else {
                "unknown".to_owned()
            };
        }
        let all = self.all();
        let of = |wanted| all.iter().filter(move |(outcome, _)| *outcome == wanted);
        let mut summary = shape::count(all.len() as u64, "check");
        let mut mark = ':';
        for outcome in [Outcome::Passed, Outcome::Failed, Outcome::Running] {
            let count = of(outcome).count();
            if count > 0 {
                summary.push_str(&format!("{mark} {count} {}", outcome.word()));
                mark = ',';
            }
        }
        let names: Vec<_> = of(Outcome::Failed)
            .take(NAMED)
            .map(|(_, name)| one_line(name, 60))
            .collect();
        if !names.is_empty() {
            summary.push_str(&format!("; failed: {}", names.join(", ")));
        }
        if self.left > 0 {
            summary.push_str(&format!("; {} more were not read", self.left));
        }
        summary
    }
}
