//! What the read-only tools give to code: typed data, beside the lines that a model reads.
//!
//! Here are the types that several tools share; each tool's own stand in its file. They are made
//! from `model.rs`, as the lines are, and their schemas become the stubs `sandbox://tools.pyi`. A
//! field is named as GitHub names it where it has a name, and is null where there is nothing.

use kit::data::excerpt;
use schemars::JsonSchema;
use seaworthy_kit as kit;
use serde::Serialize;

use crate::{
    checks::Outcome,
    model::{self, User},
};

/// What an item of a list holds of its body, in characters.
const BODY_IN_LIST: usize = 4_000;
/// What any one text holds, in characters; GitHub's own have 65,536 at most, diffs apart.
pub(crate) const TEXT: usize = 70_000;

/// The login of a user; none where the account is gone.
pub(crate) fn login(user: Option<&User>) -> Option<String> {
    user.map(|user| user.login.clone())
        .filter(|login| !login.is_empty())
}

/// Nothing in place of an empty text.
pub(crate) fn some(text: &str) -> Option<String> {
    (!text.is_empty()).then(|| text.to_owned())
}

fn logins(users: &[User]) -> Vec<String> {
    users.iter().filter_map(|user| login(Some(user))).collect()
}

fn names(labels: &[model::Label]) -> Vec<String> {
    labels.iter().map(|label| label.name.clone()).collect()
}

#[derive(Debug, Clone, Copy, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[schemars(inline)]
pub(crate) enum ItemKind {
    Issue,
    Pull,
}

/// An issue or pull request.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Item {
    /// owner/name
    pub(crate) repo: Option<String>,
    pub(crate) number: u64,
    pub(crate) kind: ItemKind,
    pub(crate) title: String,
    /// open or closed
    pub(crate) state: String,
    /// completed, `not_planned`, duplicate or reopened
    pub(crate) state_reason: Option<String>,
    pub(crate) draft: bool,
    pub(crate) locked: bool,
    /// login
    pub(crate) author: Option<String>,
    pub(crate) labels: Vec<String>,
    /// logins
    pub(crate) assignees: Vec<String>,
    pub(crate) milestone: Option<String>,
    /// how many
    pub(crate) comments: u64,
    /// in lists the first 4,000 characters
    pub(crate) body: String,
    /// ISO 8601, as 2026-11-20T12:00:00Z
    pub(crate) created_at: String,
    /// the last change, comments included
    pub(crate) updated_at: String,
    pub(crate) closed_at: Option<String>,
    pub(crate) merged_at: Option<String>,
    pub(crate) url: String,
}

impl Item {
    /// The item with the beginning of its body.
    pub(crate) fn of(issue: &model::Issue) -> Self {
        Self::with_body(issue, 0, BODY_IN_LIST)
    }

    /// The item with the body from character `start`, at most `max` characters.
    pub(crate) fn with_body(issue: &model::Issue, start: usize, max: usize) -> Self {
        let pull = issue.pull_request.as_ref();
        let repo = issue.repository_url.rsplit_once("/repos/");
        Self {
            repo: repo.map(|(_, repo)| repo.to_owned()),
            number: issue.number,
            kind: if pull.is_some() {
                ItemKind::Pull
            } else {
                ItemKind::Issue
            },
            title: issue.title.clone(),
            state: issue.state.clone(),
            state_reason: issue.state_reason.clone(),
            draft: issue.draft,
            locked: issue.locked,
            author: login(issue.user.as_ref()),
            labels: names(&issue.labels),
            assignees: logins(&issue.assignees),
            milestone: issue.milestone.as_ref().map(|one| one.title.clone()),
            comments: issue.comments,
            body: excerpt(&issue.body, start, max).to_owned(),
            created_at: issue.created_at.clone(),
            updated_at: issue.updated_at.clone(),
            closed_at: issue.closed_at.clone(),
            merged_at: pull.and_then(|pull| pull.merged_at.clone()),
            url: issue.html_url.clone(),
        }
    }
}

/// A comment on an issue.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Comment {
    pub(crate) id: u64,
    /// login
    pub(crate) author: Option<String>,
    /// owner, member, contributor, none, ...
    pub(crate) association: String,
    pub(crate) created_at: String,
    pub(crate) body: String,
}

impl Comment {
    /// The comment with its text from character `start`.
    pub(crate) fn from(comment: &model::Comment, start: usize) -> Self {
        Self {
            id: comment.id,
            author: login(comment.user.as_ref()),
            association: comment.author_association.to_ascii_lowercase(),
            created_at: comment.created_at.clone(),
            body: excerpt(&comment.body, start, TEXT).to_owned(),
        }
    }
}

/// A commit.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Commit {
    pub(crate) sha: String,
    pub(crate) message: String,
    /// login
    pub(crate) author: Option<String>,
    /// the author's name in git
    pub(crate) author_name: Option<String>,
    pub(crate) date: Option<String>,
}

impl Commit {
    pub(crate) fn of(commit: &model::Commit) -> Self {
        let git = commit.commit.author.as_ref();
        Self {
            sha: commit.sha.clone(),
            message: excerpt(&commit.commit.message, 0, TEXT).to_owned(),
            author: login(commit.author.as_ref()),
            author_name: git.and_then(|git| some(&git.name)),
            date: git.and_then(|git| some(&git.date)),
        }
    }
}

/// A file that was changed.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct ChangedFile {
    pub(crate) path: String,
    /// before it was renamed
    pub(crate) previous_path: Option<String>,
    /// added, removed, modified, renamed, ...
    pub(crate) status: String,
    pub(crate) additions: u64,
    pub(crate) deletions: u64,
    /// the first 70,000 characters of the diff, where diffs were asked for; None of binary files
    pub(crate) patch: Option<String>,
}

impl ChangedFile {
    /// The file without its diff.
    pub(crate) fn of(file: &model::ChangedFile) -> Self {
        Self {
            path: file.filename.clone(),
            previous_path: file.previous_filename.clone(),
            status: file.status.clone(),
            additions: file.additions,
            deletions: file.deletions,
            patch: None,
        }
    }

    /// The file with its diff from character `start`.
    pub(crate) fn with_patch(file: &model::ChangedFile, start: usize) -> Self {
        let patch = file.patch.as_deref();
        Self {
            patch: patch.map(|patch| excerpt(patch, start, TEXT).to_owned()),
            ..Self::of(file)
        }
    }
}

/// A release.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Release {
    pub(crate) tag: String,
    pub(crate) name: String,
    pub(crate) draft: bool,
    pub(crate) prerelease: bool,
    pub(crate) published_at: Option<String>,
}

impl Release {
    pub(crate) fn of(release: &model::Release) -> Self {
        Self {
            tag: release.tag_name.clone(),
            name: release.name.clone(),
            draft: release.draft,
            prerelease: release.prerelease,
            published_at: some(&release.published_at),
        }
    }
}

/// A check run or commit status.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Check {
    pub(crate) name: String,
    /// failed, running or passed
    pub(crate) outcome: Outcome,
    /// GitHub's word, such as success or `timed_out`
    pub(crate) conclusion: String,
    /// of a check run; in GitHub Actions also the job's
    pub(crate) id: Option<u64>,
}

/// An entry of a folder or tree.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct TreeEntry {
    pub(crate) path: String,
    /// file, dir, link or submodule
    pub(crate) kind: String,
    /// bytes, of files
    pub(crate) size: u64,
}
