//! What speaks for and against a merge: reviews, checks, how far the base has moved on.
//!
//! Each part is read by itself; one that cannot be read says so and leaves the others alone.

use std::collections::BTreeMap;

use futures::future::join4;
use kit::{Call, ToolError, untrusted::one_line};
use seaworthy_kit as kit;
use serde::Deserialize;

use crate::{
    client::Client,
    endpoint::Endpoint,
    input::Repo,
    model::{CheckRun, CheckRuns, CombinedStatus, Pull, User, nullable},
    page::{self, Position},
    shape,
};

/// Reviews and checks that are read at most, and named at most in one line.
const READ: usize = 500;
const NAMED: usize = 8;

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
struct Review {
    user: Option<User>,
    #[serde(deserialize_with = "nullable")]
    state: String,
    #[serde(deserialize_with = "nullable")]
    author_association: String,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
struct Comparison {
    #[serde(deserialize_with = "nullable")]
    behind_by: u64,
}

/// What was found of a pull request.
#[derive(Debug, Default)]
pub(crate) struct Gates {
    draft: bool,
    conflicts: bool,
    approved: Vec<String>,
    changes_requested: Vec<String>,
    passed: usize,
    failing: Vec<String>,
    pending: Vec<String>,
    behind: u64,
    /// What could not be read, one line each.
    unread: Vec<String>,
}

impl Gates {
    /// Looks at everything that bears on merging `pull`.
    pub(crate) async fn read(client: &Client, call: &Call, repo: &Repo, pull: &Pull) -> Self {
        let (reviews, runs, statuses, behind) = join4(
            reviews(client, call, repo, pull.number),
            check_runs(client, repo, &pull.head.sha),
            statuses(client, repo, &pull.head.sha),
            behind(client, repo, pull),
        )
        .await;
        let mut gates = Self {
            draft: pull.draft,
            conflicts: pull.mergeable == Some(false),
            ..Self::default()
        };
        match reviews {
            Ok((reviews, complete)) => {
                gates.add_reviews(reviews);
                if !complete {
                    gates.unread.push(format!("reviews after the first {READ}"));
                }
            }
            Err(error) => gates.miss("reviews", &error),
        }
        match runs {
            Ok((runs, total)) => {
                let left = total.saturating_sub(runs.len() as u64);
                gates.add_runs(runs);
                if left > 0 {
                    gates.unread.push(shape::count(left, "further check"));
                }
            }
            Err(error) => gates.miss("checks", &error),
        }
        match statuses {
            Ok(statuses) => gates.add_statuses(statuses),
            Err(error) => gates.miss("commit statuses", &error),
        }
        match behind {
            Ok(behind) => gates.behind = behind,
            Err(error) => gates.miss("the distance to the base", &error),
        }
        gates
    }

    fn miss(&mut self, part: &str, error: &ToolError) {
        self.unread
            .push(format!("{part}: {}", one_line(&error.what, 200)));
    }

    /// The last verdict of each reviewer counts; a plain comment takes none back.
    fn add_reviews(&mut self, reviews: Vec<Review>) {
        let mut last = BTreeMap::new();
        for review in reviews {
            if matches!(
                review.state.as_str(),
                "APPROVED" | "CHANGES_REQUESTED" | "DISMISSED"
            ) {
                last.insert(shape::at(review.user.as_ref()), review);
            }
        }
        for (mut who, review) in last {
            // anybody can approve in a public repository
            if !matches!(
                review.author_association.as_str(),
                "" | "OWNER" | "MEMBER" | "COLLABORATOR"
            ) {
                who.push_str(" (not a member)");
            }
            match review.state.as_str() {
                "APPROVED" => self.approved.push(who),
                "CHANGES_REQUESTED" => self.changes_requested.push(who),
                _ => {}
            }
        }
    }

    fn add_runs(&mut self, runs: Vec<CheckRun>) {
        for run in runs {
            let name = one_line(&run.name, 80);
            match (run.status.as_str(), run.conclusion.as_str()) {
                ("completed", "success" | "neutral" | "skipped") => self.passed += 1,
                ("completed", _) => self.failing.push(name),
                _ => self.pending.push(name),
            }
        }
        self.failing.sort();
    }

    fn add_statuses(&mut self, statuses: CombinedStatus) {
        for status in statuses.statuses {
            let name = one_line(&status.context, 80);
            match status.state.as_str() {
                "success" => self.passed += 1,
                "pending" => self.pending.push(name),
                _ => self.failing.push(name),
            }
        }
        self.failing.sort();
    }

    /// How the reviews and the checks stand, two lines.
    pub(crate) fn lines(&self) -> [String; 2] {
        let mut reviews = Vec::new();
        for (verdict, who) in [
            ("approved by", &self.approved),
            ("changes requested by", &self.changes_requested),
        ] {
            if !who.is_empty() {
                reviews.push(format!("{verdict} {}", named(who)));
            }
        }
        let mut checks = Vec::new();
        if self.passed > 0 {
            checks.push(format!("{} passed", self.passed));
        }
        for (state, names) in [("failing", &self.failing), ("pending", &self.pending)] {
            if !names.is_empty() {
                checks.push(format!("{} {state} ({})", names.len(), named(names)));
            }
        }
        let or_none = |parts: Vec<String>| {
            if parts.is_empty() {
                "none".to_owned()
            } else {
                parts.join("; ")
            }
        };
        [
            format!("reviews: {}", or_none(reviews)),
            format!("checks: {}", or_none(checks)),
        ]
    }

    /// The gates that are not met, or could not be looked at, one line each.
    pub(crate) fn unmet(&self) -> Vec<String> {
        let mut unmet: Vec<String> = self.forbidding().into_iter().map(str::to_owned).collect();
        for (gate, names) in [
            ("changes requested by", &self.changes_requested),
            ("failing checks:", &self.failing),
            ("pending checks:", &self.pending),
        ] {
            if !names.is_empty() {
                unmet.push(format!("{gate} {}", named(names)));
            }
        }
        if self.behind > 0 {
            unmet.push(format!(
                "behind its base by {}",
                shape::count(self.behind, "commit")
            ));
        }
        unmet.extend(
            self.unread
                .iter()
                .map(|part| format!("could not read {part}")),
        );
        unmet
    }

    /// What GitHub merges in no case.
    pub(crate) fn forbidding(&self) -> Vec<&'static str> {
        let mut forbidding = Vec::new();
        if self.draft {
            forbidding.push("it is a draft");
        }
        if self.conflicts {
            forbidding.push("it conflicts with its base");
        }
        forbidding
    }

    /// What a confirmation depends on: who is for it and who against, what fails, and what could
    /// not be looked at (the part, not why).
    pub(crate) fn state(&self) -> String {
        let unread = self.unread.iter().map(|part| part.split(':').next());
        format!(
            "{:?} {:?} {:?} {:?}",
            self.approved,
            self.changes_requested,
            self.failing,
            unread.collect::<Vec<_>>()
        )
    }
}

fn named(names: &[String]) -> String {
    let mut text = names
        .iter()
        .take(NAMED)
        .map(String::as_str)
        .collect::<Vec<_>>()
        .join(", ");
    if names.len() > NAMED {
        text.push_str(&format!(" and {} more", names.len() - NAMED));
    }
    text
}

async fn reviews(
    client: &Client,
    call: &Call,
    repo: &Repo,
    number: u64,
) -> Result<(Vec<Review>, bool), ToolError> {
    let endpoint = Endpoint::repo(
        repo,
        format!("the reviews of {repo}#{number}"),
        ["pulls", &number.to_string(), "reviews"],
    )
    .query("per_page", "100");
    let found =
        page::gather::<Vec<Review>>(client, &endpoint, &Position::default(), READ, |_| true)
            .await?;
    let complete = found.more(call, found.items.len())?.is_none();
    Ok((found.items, complete))
}

async fn check_runs(
    client: &Client,
    repo: &Repo,
    sha: &str,
) -> Result<(Vec<CheckRun>, u64), ToolError> {
    let endpoint = Endpoint::repo(
        repo,
        "the checks of the head",
        ["commits", sha, "check-runs"],
    )
    .query("per_page", "100");
    let found =
        page::gather::<CheckRuns>(client, &endpoint, &Position::default(), READ, |_| true).await?;
    let total = found.total.unwrap_or_default();
    Ok((found.items, total))
}

async fn statuses(client: &Client, repo: &Repo, sha: &str) -> Result<CombinedStatus, ToolError> {
    let endpoint = Endpoint::repo(
        repo,
        "the commit statuses of the head",
        ["commits", sha, "status"],
    )
    .query("per_page", "100");
    Ok(client.get(&endpoint).await?.data)
}

async fn behind(client: &Client, repo: &Repo, pull: &Pull) -> Result<u64, ToolError> {
    let ends = format!("{}...{}", pull.base.branch, pull.head.sha);
    let endpoint = Endpoint::repo(repo, "the comparison of base and head", ["compare", &ends])
        .query("per_page", "1");
    let compared = client.get::<Comparison>(&endpoint).await?;
    Ok(compared.data.behind_by)
}
