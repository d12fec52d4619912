//! Merging: what stands in the way, and the three ways to do it.

use serde_json::json;

use super::pulls::find;
use crate::git::{Commit, Flat};
use crate::items::{Item, Pull, What};
use crate::reply::{Answer, Problem, Reply};
use crate::request::text;
use crate::runs::Job;
use crate::state::{Repo, Scope, VIEWER};

/// Where a pull request stands.
pub(super) enum Standing {
    /// Closed: GitHub no longer computes it.
    Unknown,
    /// Not ready for review.
    Draft,
    /// Both branches changed these files.
    Dirty,
    /// Something required is missing; the sentence says what.
    Blocked(String),
    /// Checks are running.
    Unstable,
    /// Nothing in the way.
    Clean,
}

impl Standing {
    /// GitHub's `mergeable`: whether the texts fit together.
    pub(super) fn mergeable(&self) -> Option<bool> {
        match self {
            Self::Unknown => None,
            Self::Dirty => Some(false),
            _ => Some(true),
        }
    }

    /// GitHub's `mergeable_state`.
    pub(super) fn name(&self) -> &'static str {
        match self {
            Self::Unknown => "unknown",
            Self::Draft => "draft",
            Self::Dirty => "dirty",
            Self::Blocked(_) => "blocked",
            Self::Unstable => "unstable",
            Self::Clean => "clean",
        }
    }

    /// Why a merge is refused.
    fn refusal(&self) -> Option<&str> {
        match self {
            Self::Unknown => Some("Pull Request is not mergeable"),
            Self::Draft => Some("Pull Request is still a draft"),
            Self::Dirty => Some("Pull Request has merge conflicts"),
            Self::Blocked(why) => Some(why),
            Self::Unstable | Self::Clean => None,
        }
    }
}

/// Where a pull request stands now.
pub(super) fn standing(repo: &Repo, item: &Item, pull: &Pull) -> Standing {
    let base = repo
        .branches
        .get(&pull.base_ref)
        .map(String::as_str)
        .unwrap_or_default();
    if !item.open {
        return Standing::Unknown;
    }
    if repo.git.merge(base, &pull.head_sha).is_err() {
        return Standing::Dirty;
    }
    if pull.draft {
        return Standing::Draft;
    }
    let verdicts = pull.verdicts();
    if verdicts
        .iter()
        .any(|(_, state)| *state == "CHANGES_REQUESTED")
    {
        return Standing::Blocked("Changes have been requested by a reviewer.".to_owned());
    }
    let runs = repo.runs.iter().filter(|run| run.sha == pull.head_sha);
    let jobs: Vec<&Job> = runs.flat_map(|run| &run.jobs).collect();
    if let Some(job) = jobs.iter().find(|job| job.failed()) {
        return Standing::Blocked(format!(
            "Required status check \"{}\" is failing.",
            job.name
        ));
    }
    if jobs.iter().any(|job| job.conclusion.is_none()) {
        Standing::Unstable
    } else {
        Standing::Clean
    }
}

/// Merges, when the head still is the one the caller looked at.
pub(super) fn merge(scope: &mut Scope<'_>, number: &str) -> Answer {
    let given = scope.call.json()?;
    let (item, pull) = find(scope.repo, number)?;
    if let Some(refusal) = standing(scope.repo, item, pull).refusal() {
        return Err(Problem::new(405, refusal));
    }
    if text(&given, "sha").is_some_and(|sha| sha != pull.head_sha) {
        return Err(Problem::new(
            409,
            "Head branch was modified. Review and try the merge again.",
        ));
    }
    let base = scope
        .repo
        .branches
        .get(&pull.base_ref)
        .cloned()
        .unwrap_or_default();
    let files = scope
        .repo
        .git
        .merge(&base, &pull.head_sha)
        .map_err(|_| Problem::new(405, "Pull Request has merge conflicts"))?;
    let (head, head_ref, base_ref) = (
        pull.head_sha.clone(),
        pull.head_ref.clone(),
        pull.base_ref.clone(),
    );
    let method = text(&given, "merge_method").unwrap_or("merge");
    let (usual, body) = match method {
        "squash" => (format!("{} (#{number})", item.title), item.body.clone()),
        "merge" => {
            let from = format!("{}/{head_ref}", scope.repo.owner);
            (
                format!("Merge pull request #{number} from {from}"),
                Some(item.title.clone()),
            )
        }
        "rebase" => (String::new(), None),
        _ => return Err(Problem::field("PullRequest", "merge_method", "invalid")),
    };
    let title = text(&given, "commit_title").map_or(usual, str::to_owned);
    let body = text(&given, "commit_message")
        .map(str::to_owned)
        .or(body)
        .unwrap_or_default();
    let message = format!("{title}\n\n{body}").trim_end().to_owned();
    let author = item.author.clone();
    let at = scope.clock.tick();
    let sha = match method {
        "squash" => commit(scope, &files, vec![base], &author, message, at),
        "merge" => commit(scope, &files, vec![base, head], VIEWER, message, at),
        _ => rebase(scope, &base, &head, &files, at),
    };
    scope.repo.move_branch(&base_ref, &sha, at);
    let (merged, closed) = (scope.clock.id(), scope.clock.id());
    let item = scope.repo.item_mut(number)?;
    item.event(merged, VIEWER, at, What::Merged(sha.clone()));
    item.event(closed, VIEWER, at, What::Closed);
    item.open = false;
    item.closed = Some((at, VIEWER.to_owned()));
    if let Some(pull) = &mut item.pull {
        pull.merged = Some((at, VIEWER.to_owned(), sha.clone()));
    }
    let body = item.body.clone().unwrap_or_default();
    close_fixed(scope, &body, at);
    Ok(Reply::json(json!({
        "sha": sha, "merged": true, "message": "Pull Request successfully merged",
    })))
}

fn commit(
    scope: &mut Scope<'_>,
    files: &Flat,
    parents: Vec<String>,
    author: &str,
    message: String,
    at: i64,
) -> String {
    let tree = scope.repo.git.put_tree(files);
    scope.repo.git.put_commit(Commit {
        sha: String::new(),
        tree,
        parents,
        author: scope.users.signature(author, at),
        committer: scope.users.signature(VIEWER, at),
        message,
    })
}

/// Puts the commits one after the other on the base; only the last one's files are merged ones.
fn rebase(scope: &mut Scope<'_>, base: &str, head: &str, files: &Flat, at: i64) -> String {
    let mut commits: Vec<Commit> = scope
        .repo
        .git
        .ahead(base, head)
        .into_iter()
        .cloned()
        .collect();
    let last = commits.first().map(|commit| commit.sha.clone());
    commits.reverse();
    let mut tip = base.to_owned();
    for old in commits {
        let tree = if Some(&old.sha) == last.as_ref() {
            scope.repo.git.put_tree(files)
        } else {
            match scope.repo.git.merge(&tip, &old.sha) {
                Ok(files) => scope.repo.git.put_tree(&files),
                Err(_) => old.tree.clone(),
            }
        };
        let committer = scope.users.signature(VIEWER, at);
        tip = scope.repo.git.put_commit(Commit {
            tree,
            parents: vec![tip],
            committer,
            ..old
        });
    }
    tip
}

/// Closes the issues that a merged description says it fixes.
fn close_fixed(scope: &mut Scope<'_>, body: &str, at: i64) {
    let lower = body.to_lowercase();
    let words = ["fixes #", "closes #", "resolves #"];
    for (start, word) in words.iter().flat_map(|word| lower.match_indices(word)) {
        let digits = lower[start + word.len()..]
            .chars()
            .take_while(char::is_ascii_digit);
        let Ok(number) = digits.collect::<String>().parse::<u64>() else {
            continue;
        };
        let id = scope.clock.id();
        let Some(item) = scope.repo.items.get_mut(&number) else {
            continue;
        };
        if item.open && item.pull.is_none() {
            item.open = false;
            item.reason = Some("completed".to_owned());
            item.closed = Some((at, VIEWER.to_owned()));
            item.event(id, VIEWER, at, What::Closed);
        }
    }
}
