//! What GitHub answers, as far as the tools read it. Every field may be missing or null: an API
//! that adds, drops or empties one must not break a tool.

use serde::{Deserialize, Deserializer};

/// Reads null as the default.
pub(crate) fn nullable<'de, D, T>(deserializer: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: Default + Deserialize<'de>,
{
    Ok(Option::deserialize(deserializer)?.unwrap_or_default())
}

/// A user, organisation or app.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct User {
    /// The login.
    #[serde(deserialize_with = "nullable")]
    pub login: String,
}

/// A label.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Label {
    /// Its name.
    #[serde(deserialize_with = "nullable")]
    pub name: String,
    /// What it is for.
    #[serde(deserialize_with = "nullable")]
    pub description: String,
}

/// A milestone.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Milestone {
    /// Its title.
    #[serde(deserialize_with = "nullable")]
    pub title: String,
}

/// What an issue that is a pull request says of it.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct PullLink {
    /// When it was merged.
    pub merged_at: Option<String>,
}

/// An issue, or the issue side of a pull request.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Issue {
    /// Its number.
    pub number: u64,
    /// Its title.
    #[serde(deserialize_with = "nullable")]
    pub title: String,
    /// Its text.
    #[serde(deserialize_with = "nullable")]
    pub body: String,
    /// `open` or `closed`.
    #[serde(deserialize_with = "nullable")]
    pub state: String,
    /// Why it is closed.
    pub state_reason: Option<String>,
    /// Its author; none when the account is gone.
    pub user: Option<User>,
    /// Its labels.
    #[serde(deserialize_with = "nullable")]
    pub labels: Vec<Label>,
    /// Who works on it.
    #[serde(deserialize_with = "nullable")]
    pub assignees: Vec<User>,
    /// Its milestone.
    pub milestone: Option<Milestone>,
    /// How many comments it has.
    #[serde(deserialize_with = "nullable")]
    pub comments: u64,
    /// Whether it is locked.
    #[serde(deserialize_with = "nullable")]
    pub locked: bool,
    /// Whether it is a draft pull request.
    #[serde(deserialize_with = "nullable")]
    pub draft: bool,
    /// When it was made.
    #[serde(deserialize_with = "nullable")]
    pub created_at: String,
    /// When it changed last.
    #[serde(deserialize_with = "nullable")]
    pub updated_at: String,
    /// When it was closed.
    pub closed_at: Option<String>,
    /// Present on pull requests.
    pub pull_request: Option<PullLink>,
    /// The API address of its repository (search answers only this).
    #[serde(deserialize_with = "nullable")]
    pub repository_url: String,
    /// Its page.
    #[serde(deserialize_with = "nullable")]
    pub html_url: String,
}

/// A comment on an issue or pull request.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Comment {
    /// Its id.
    pub id: u64,
    /// Its author.
    pub user: Option<User>,
    /// Its text.
    #[serde(deserialize_with = "nullable")]
    pub body: String,
    /// When it was made.
    #[serde(deserialize_with = "nullable")]
    pub created_at: String,
    /// What the author is to the repository.
    #[serde(deserialize_with = "nullable")]
    pub author_association: String,
}

/// A repository.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Repository {
    /// `owner/name`.
    #[serde(deserialize_with = "nullable")]
    pub full_name: String,
    /// What it is, by its owner.
    #[serde(deserialize_with = "nullable")]
    pub description: String,
    /// The branch that is meant when none is named.
    #[serde(deserialize_with = "nullable")]
    pub default_branch: String,
    /// Whether it is private.
    #[serde(deserialize_with = "nullable")]
    pub private: bool,
    /// Whether it is read-only.
    #[serde(deserialize_with = "nullable")]
    pub archived: bool,
    /// Whether it is a fork.
    #[serde(deserialize_with = "nullable")]
    pub fork: bool,
    /// Its main language.
    #[serde(deserialize_with = "nullable")]
    pub language: String,
    /// Its topics.
    #[serde(deserialize_with = "nullable")]
    pub topics: Vec<String>,
    /// Its stars.
    #[serde(deserialize_with = "nullable")]
    pub stargazers_count: u64,
    /// Its forks.
    #[serde(deserialize_with = "nullable")]
    pub forks_count: u64,
    /// Its open issues and pull requests together.
    #[serde(deserialize_with = "nullable")]
    pub open_issues_count: u64,
    /// Its licence.
    pub license: Option<License>,
    /// When it was pushed to last.
    #[serde(deserialize_with = "nullable")]
    pub pushed_at: String,
    /// When it changed last.
    #[serde(deserialize_with = "nullable")]
    pub updated_at: String,
}

/// A licence.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct License {
    /// Its SPDX identifier.
    #[serde(deserialize_with = "nullable")]
    pub spdx_id: String,
}

/// One end of a pull request.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct End {
    /// The branch.
    #[serde(rename = "ref", deserialize_with = "nullable")]
    pub branch: String,
    /// The commit.
    #[serde(deserialize_with = "nullable")]
    pub sha: String,
    /// The repository; none when the fork is gone.
    pub repo: Option<Repository>,
}

/// A pull request.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Pull {
    /// Its number.
    pub number: u64,
    /// Its title.
    #[serde(deserialize_with = "nullable")]
    pub title: String,
    /// Its text.
    #[serde(deserialize_with = "nullable")]
    pub body: String,
    /// `open` or `closed`.
    #[serde(deserialize_with = "nullable")]
    pub state: String,
    /// Whether it is a draft.
    #[serde(deserialize_with = "nullable")]
    pub draft: bool,
    /// Whether it is merged.
    #[serde(deserialize_with = "nullable")]
    pub merged: bool,
    /// Whether it can be merged; none while GitHub works it out.
    pub mergeable: Option<bool>,
    /// `clean`, `dirty`, `blocked`, `behind`, `unstable`, `draft`, `unknown`.
    #[serde(deserialize_with = "nullable")]
    pub mergeable_state: String,
    /// Its author.
    pub user: Option<User>,
    /// Its labels.
    #[serde(deserialize_with = "nullable")]
    pub labels: Vec<Label>,
    /// Who shall review it.
    #[serde(deserialize_with = "nullable")]
    pub requested_reviewers: Vec<User>,
    /// What shall be merged.
    #[serde(deserialize_with = "nullable")]
    pub head: End,
    /// What it shall be merged into.
    #[serde(deserialize_with = "nullable")]
    pub base: End,
    /// Lines added.
    #[serde(deserialize_with = "nullable")]
    pub additions: u64,
    /// Lines removed.
    #[serde(deserialize_with = "nullable")]
    pub deletions: u64,
    /// Files changed.
    #[serde(deserialize_with = "nullable")]
    pub changed_files: u64,
    /// Commits.
    #[serde(deserialize_with = "nullable")]
    pub commits: u64,
    /// When it was made.
    #[serde(deserialize_with = "nullable")]
    pub created_at: String,
    /// When it changed last.
    #[serde(deserialize_with = "nullable")]
    pub updated_at: String,
    /// When it was merged.
    pub merged_at: Option<String>,
}

/// One result of CI on a commit.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct CheckRun {
    /// Its id; for GitHub Actions also the job's.
    pub id: u64,
    /// Its name.
    #[serde(deserialize_with = "nullable")]
    pub name: String,
    /// `queued`, `in_progress`, `completed`.
    #[serde(deserialize_with = "nullable")]
    pub status: String,
    /// `success`, `failure`, `neutral`, `cancelled`, `skipped`, `timed_out`, `action_required`.
    #[serde(deserialize_with = "nullable")]
    pub conclusion: String,
    /// The app that made it: `github-actions`, or some other CI.
    pub app: Option<App>,
    /// What the app says of it.
    #[serde(deserialize_with = "nullable")]
    pub output: CheckOutput,
}

/// The check runs of a commit.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct CheckRuns {
    /// How many there are.
    pub total_count: u64,
    /// Those of this page.
    #[serde(deserialize_with = "nullable")]
    pub check_runs: Vec<CheckRun>,
}

/// One commit status, the older form of a check.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct CommitStatus {
    /// What it is about.
    #[serde(deserialize_with = "nullable")]
    pub context: String,
    /// `success`, `failure`, `error`, `pending`.
    #[serde(deserialize_with = "nullable")]
    pub state: String,
    /// A word more.
    #[serde(deserialize_with = "nullable")]
    pub description: String,
}

/// The statuses of a commit together.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct CombinedStatus {
    /// Each of them.
    #[serde(deserialize_with = "nullable")]
    pub statuses: Vec<CommitStatus>,
}

/// Who made a commit, as git knows it.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Signature {
    /// The name.
    #[serde(deserialize_with = "nullable")]
    pub name: String,
    /// When.
    #[serde(deserialize_with = "nullable")]
    pub date: String,
}

/// The git side of a commit.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct GitCommit {
    /// Its message.
    #[serde(deserialize_with = "nullable")]
    pub message: String,
    /// Its author.
    pub author: Option<Signature>,
}

/// A commit.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Commit {
    /// Its id.
    #[serde(deserialize_with = "nullable")]
    pub sha: String,
    /// Its git side.
    #[serde(deserialize_with = "nullable")]
    pub commit: GitCommit,
    /// Its author's account.
    pub author: Option<User>,
}

/// A file that a pull request or comparison changes.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct ChangedFile {
    /// Its path.
    #[serde(deserialize_with = "nullable")]
    pub filename: String,
    /// Its path before, when renamed.
    pub previous_filename: Option<String>,
    /// `added`, `removed`, `modified`, `renamed`, ...
    #[serde(deserialize_with = "nullable")]
    pub status: String,
    /// Lines added.
    #[serde(deserialize_with = "nullable")]
    pub additions: u64,
    /// Lines removed.
    #[serde(deserialize_with = "nullable")]
    pub deletions: u64,
    /// The diff; none for binary files and large ones.
    pub patch: Option<String>,
}

/// A page of search results.
#[derive(Debug, Clone, Deserialize)]
#[serde(default, bound(deserialize = "T: Deserialize<'de>"))]
pub struct SearchPage<T> {
    /// All matches, also those that search does not give.
    pub total_count: u64,
    /// Whether GitHub gave up before it had looked everywhere.
    pub incomplete_results: bool,
    /// Those of this page.
    pub items: Vec<T>,
}

impl<T> Default for SearchPage<T> {
    fn default() -> Self {
        Self {
            total_count: 0,
            incomplete_results: false,
            items: Vec::new(),
        }
    }
}

/// A release.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Release {
    /// Its id.
    pub id: u64,
    /// Its tag.
    #[serde(deserialize_with = "nullable")]
    pub tag_name: String,
    /// Its title.
    #[serde(deserialize_with = "nullable")]
    pub name: String,
    /// Whether only its authors see it yet.
    #[serde(deserialize_with = "nullable")]
    pub draft: bool,
    /// Whether it is marked as not ready.
    #[serde(deserialize_with = "nullable")]
    pub prerelease: bool,
    /// When it was published.
    #[serde(deserialize_with = "nullable")]
    pub published_at: String,
}

/// A file, folder, symbolic link or submodule, as the contents API gives it.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Content {
    /// `file`, `dir`, `symlink`, `submodule`.
    #[serde(rename = "type", deserialize_with = "nullable")]
    pub kind: String,
    /// Its name.
    #[serde(deserialize_with = "nullable")]
    pub name: String,
    /// Its path.
    #[serde(deserialize_with = "nullable")]
    pub path: String,
    /// Its blob or tree.
    #[serde(deserialize_with = "nullable")]
    pub sha: String,
    /// Its size in bytes.
    #[serde(deserialize_with = "nullable")]
    pub size: u64,
    /// A file's content, encoded; empty over 1 MB.
    #[serde(deserialize_with = "nullable")]
    pub content: String,
    /// `base64`, or `none` over 1 MB.
    #[serde(deserialize_with = "nullable")]
    pub encoding: String,
    /// Where a symbolic link leads.
    #[serde(deserialize_with = "nullable")]
    pub target: String,
    /// Where a submodule's repository is.
    #[serde(deserialize_with = "nullable")]
    pub submodule_git_url: String,
    /// What a folder holds.
    #[serde(deserialize_with = "nullable")]
    pub entries: Vec<Self>,
}

/// What the contents API answers: a folder comes as a bare list where the API does not know the
/// `object` media type. The list stands first because an empty one would also read as an object.
#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
pub enum Contents {
    /// A folder's entries.
    Listing(Vec<Content>),
    /// Anything else, or a folder with its sha.
    One(Box<Content>),
}

/// One entry of a git tree.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct TreeEntry {
    /// Its path below the tree.
    #[serde(deserialize_with = "nullable")]
    pub path: String,
    /// `120000` for a symbolic link.
    #[serde(deserialize_with = "nullable")]
    pub mode: String,
    /// `blob`, `tree`, `commit` (a submodule).
    #[serde(rename = "type", deserialize_with = "nullable")]
    pub kind: String,
    /// Its size in bytes, of blobs.
    #[serde(deserialize_with = "nullable")]
    pub size: u64,
}

/// A git tree.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Tree {
    /// Its entries.
    #[serde(deserialize_with = "nullable")]
    pub tree: Vec<TreeEntry>,
    /// Whether GitHub left entries out.
    #[serde(deserialize_with = "nullable")]
    pub truncated: bool,
}

/// What lies between two commits.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Comparison {
    /// `ahead`, `behind`, `diverged`, `identical`.
    #[serde(deserialize_with = "nullable")]
    pub status: String,
    /// Commits that only the head has.
    #[serde(deserialize_with = "nullable")]
    pub ahead_by: u64,
    /// Commits that only the base has.
    #[serde(deserialize_with = "nullable")]
    pub behind_by: u64,
    /// All commits from base to head.
    #[serde(deserialize_with = "nullable")]
    pub total_commits: u64,
    /// Where the two parted.
    pub merge_base_commit: Option<Commit>,
    /// The commits of this page, oldest first.
    #[serde(deserialize_with = "nullable")]
    pub commits: Vec<Commit>,
    /// The files, on the first page only and 300 at most.
    #[serde(deserialize_with = "nullable")]
    pub files: Vec<ChangedFile>,
}

/// Where a search result matched.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct TextMatch {
    /// The text around the match.
    #[serde(deserialize_with = "nullable")]
    pub fragment: String,
}

/// A file that a search found.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct FoundFile {
    /// Its path.
    #[serde(deserialize_with = "nullable")]
    pub path: String,
    /// Where it is.
    #[serde(deserialize_with = "nullable")]
    pub repository: Repository,
    /// Where it matched.
    #[serde(deserialize_with = "nullable")]
    pub text_matches: Vec<TextMatch>,
}

/// A commit that a search found.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct FoundCommit {
    /// The commit.
    #[serde(flatten)]
    pub commit: Commit,
    /// Where it is.
    #[serde(deserialize_with = "nullable")]
    pub repository: Repository,
    /// Where it matched.
    #[serde(deserialize_with = "nullable")]
    pub text_matches: Vec<TextMatch>,
}

/// An app.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct App {
    /// Its name in addresses.
    #[serde(deserialize_with = "nullable")]
    pub slug: String,
}

/// What an app says of its check.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct CheckOutput {
    /// One line.
    #[serde(deserialize_with = "nullable")]
    pub title: String,
    /// The rest.
    #[serde(deserialize_with = "nullable")]
    pub summary: String,
}

/// An event in the life of an issue.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct TimelineEvent {
    /// `closed`, `cross-referenced`, `referenced`, ...
    #[serde(deserialize_with = "nullable")]
    pub event: String,
    /// Who did it.
    pub actor: Option<User>,
    /// The commit that did it.
    pub commit_id: Option<String>,
    /// What refers to the issue.
    pub source: Option<EventSource>,
}

/// What refers to an issue.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct EventSource {
    /// An issue or pull request.
    pub issue: Option<Issue>,
}

/// A review of a pull request.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Review {
    /// Its id.
    #[serde(deserialize_with = "nullable")]
    pub id: u64,
    /// Who reviewed.
    pub user: Option<User>,
    /// What was said.
    #[serde(deserialize_with = "nullable")]
    pub body: String,
    /// `APPROVED`, `CHANGES_REQUESTED`, `COMMENTED`, `DISMISSED`, `PENDING`.
    #[serde(deserialize_with = "nullable")]
    pub state: String,
    /// When.
    #[serde(deserialize_with = "nullable")]
    pub submitted_at: String,
    /// The head that was reviewed.
    #[serde(deserialize_with = "nullable")]
    pub commit_id: String,
}

/// A comment on a line of a pull request.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct LineComment {
    /// Its id.
    #[serde(deserialize_with = "nullable")]
    pub id: u64,
    /// Who wrote it.
    pub user: Option<User>,
    /// What was written.
    #[serde(deserialize_with = "nullable")]
    pub body: String,
    /// The file.
    #[serde(deserialize_with = "nullable")]
    pub path: String,
    /// The line; none when the diff has moved on.
    pub line: Option<u64>,
    /// The line at the time of writing.
    pub original_line: Option<u64>,
    /// `LEFT` is the old file.
    #[serde(deserialize_with = "nullable")]
    pub side: String,
    /// The comment that began the thread.
    pub in_reply_to_id: Option<u64>,
    /// When it was made.
    #[serde(deserialize_with = "nullable")]
    pub created_at: String,
}

/// A run of a workflow.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct WorkflowRun {
    /// Its id.
    #[serde(deserialize_with = "nullable")]
    pub id: u64,
    /// The workflow's name.
    #[serde(deserialize_with = "nullable")]
    pub name: String,
    /// `queued`, `in_progress`, `completed`, `waiting`, ...
    #[serde(deserialize_with = "nullable")]
    pub status: String,
    /// As of a check run, or `startup_failure`.
    #[serde(deserialize_with = "nullable")]
    pub conclusion: String,
    /// What started it.
    #[serde(deserialize_with = "nullable")]
    pub event: String,
    /// The commit.
    #[serde(deserialize_with = "nullable")]
    pub head_sha: String,
}

/// The runs of a commit.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct WorkflowRuns {
    /// Those of this page.
    #[serde(deserialize_with = "nullable")]
    pub workflow_runs: Vec<WorkflowRun>,
}

/// A job of a workflow run.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Job {
    /// Its id; also the id of its check run.
    #[serde(deserialize_with = "nullable")]
    pub id: u64,
    /// Its name.
    #[serde(deserialize_with = "nullable")]
    pub name: String,
    /// The workflow's name.
    #[serde(deserialize_with = "nullable")]
    pub workflow_name: String,
    /// Which attempt of the run it belongs to.
    #[serde(deserialize_with = "nullable")]
    pub run_attempt: u64,
    /// As of a check run.
    #[serde(deserialize_with = "nullable")]
    pub status: String,
    /// As of a check run.
    #[serde(deserialize_with = "nullable")]
    pub conclusion: String,
    /// Its steps.
    #[serde(deserialize_with = "nullable")]
    pub steps: Vec<Step>,
}

/// The jobs of a run.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Jobs {
    /// Those of this page.
    #[serde(deserialize_with = "nullable")]
    pub jobs: Vec<Job>,
}

/// A step of a job.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Step {
    /// Its name.
    #[serde(deserialize_with = "nullable")]
    pub name: String,
    /// Its place.
    #[serde(deserialize_with = "nullable")]
    pub number: u64,
    /// As of a check run.
    #[serde(deserialize_with = "nullable")]
    pub conclusion: String,
    /// When it began.
    #[serde(deserialize_with = "nullable")]
    pub started_at: String,
    /// When it ended.
    #[serde(deserialize_with = "nullable")]
    pub completed_at: String,
}
