//! A pull request as data: what `read_pull_request` gives to code.

use kit::data::{excerpt, fitting};
use schemars::JsonSchema;
use seaworthy_kit as kit;
use serde::Serialize;

use crate::{
    conversation::{Page, PullComment},
    model::{self, Pull},
    output::{self, Check, TEXT},
    overview::Overview,
    shape,
};

/// A pull request: the overview fills all but items, a part has its list in items.
#[derive(Debug, Default, Serialize, JsonSchema)]
pub(crate) struct PullRequest {
    pub(crate) pull: Option<PullHead>,
    pub(crate) checks: Vec<Check>,
    /// each review's verdict; its text is in comments
    pub(crate) reviews: Vec<Review>,
    pub(crate) files: Vec<output::ChangedFile>,
    pub(crate) comments: Vec<PullComment>,
    /// of the part: files, diff, comments or checks
    pub(crate) items: Vec<PartItem>,
    /// of items, where known
    pub(crate) total: Option<u64>,
    pub(crate) cursor: Option<String>,
    /// parts that could not be read or are longer than this, and why
    pub(crate) unread: Vec<String>,
}

#[derive(Debug, Serialize, JsonSchema)]
#[serde(untagged)]
#[schemars(inline)]
pub(crate) enum PartItem {
    File(output::ChangedFile),
    Comment(PullComment),
    Check(Check),
}

/// A pull request itself.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct PullHead {
    number: u64,
    title: String,
    /// open or closed
    state: String,
    draft: bool,
    merged: bool,
    /// None while GitHub works it out
    mergeable: Option<bool>,
    /// clean, dirty, blocked, behind, unstable, draft, unknown
    mergeable_state: String,
    /// login
    author: Option<String>,
    labels: Vec<String>,
    /// logins
    requested_reviewers: Vec<String>,
    /// branch
    head: String,
    head_sha: String,
    /// owner/name; None when the fork is gone
    head_repo: Option<String>,
    /// branch
    base: String,
    base_sha: String,
    additions: u64,
    deletions: u64,
    changed_files: u64,
    commits: u64,
    body: String,
    created_at: String,
    updated_at: String,
    merged_at: Option<String>,
}

/// A verdict on a pull request.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Review {
    /// login
    author: Option<String>,
    /// approved, `changes_requested`, commented, dismissed, pending
    verdict: String,
    submitted_at: String,
    /// the head that was reviewed
    commit: String,
}

impl PullHead {
    pub(crate) fn of(pull: &Pull, start: usize) -> Self {
        let reviewers = pull.requested_reviewers.iter();
        Self {
            number: pull.number,
            title: pull.title.clone(),
            state: pull.state.clone(),
            draft: pull.draft,
            merged: pull.merged || pull.merged_at.is_some(),
            mergeable: pull.mergeable,
            mergeable_state: pull.mergeable_state.clone(),
            author: output::login(pull.user.as_ref()),
            labels: pull.labels.iter().map(|one| one.name.clone()).collect(),
            requested_reviewers: reviewers
                .filter_map(|one| output::login(Some(one)))
                .collect(),
            head: pull.head.branch.clone(),
            head_sha: pull.head.sha.clone(),
            head_repo: pull.head.repo.as_ref().map(|repo| repo.full_name.clone()),
            base: pull.base.branch.clone(),
            base_sha: pull.base.sha.clone(),
            additions: pull.additions,
            deletions: pull.deletions,
            changed_files: pull.changed_files,
            commits: pull.commits,
            body: excerpt(&pull.body, start, TEXT).to_owned(),
            created_at: pull.created_at.clone(),
            updated_at: pull.updated_at.clone(),
            merged_at: pull.merged_at.clone(),
        }
    }
}

impl PullRequest {
    /// All parts in their first pages; what is longer is named in `unread`.
    pub(crate) fn of(read: Overview) -> Self {
        let mut unread = read.checks.unread.clone();
        let mut data = Self {
            pull: Some(PullHead::of(&read.pull, 0)),
            checks: read.checks.data(),
            ..Self::default()
        };
        match read.files {
            Ok(list) => {
                data.files = list.items.iter().map(output::ChangedFile::of).collect();
                if read.pull.changed_files > data.files.len() as u64 {
                    unread.push("further files: part=files".to_owned());
                }
            }
            Err(error) => unread.push(shape::unread("files", &error)),
        }
        let mut said = Vec::new();
        match read.reviews {
            Ok(reviews) => {
                data.reviews = reviews.data.iter().map(Review::of).collect();
                said.push(Page::of_reviews(reviews.data, reviews.next));
            }
            Err(error) => unread.push(shape::unread("reviews", &error)),
        }
        for (what, page) in [("comments", read.plain), ("line comments", read.lines)] {
            match page {
                Ok(page) => said.push(page),
                Err(error) => unread.push(shape::unread(what, &error)),
            }
        }
        let entries = said.iter().flat_map(|page| &page.entries);
        data.comments = entries.map(|entry| entry.data(0)).collect();
        let fits = fitting(&data.comments, data.comments.len());
        if fits < data.comments.len() || said.iter().any(|page| page.next.is_some()) {
            unread.push("further comments: part=comments".to_owned());
        }
        data.comments.truncate(fits);
        data.unread = unread;
        data
    }
}

impl Review {
    fn of(review: &model::Review) -> Self {
        Self {
            author: output::login(review.user.as_ref()),
            verdict: review.state.to_ascii_lowercase(),
            submitted_at: review.submitted_at.clone(),
            commit: review.commit_id.clone(),
        }
    }
}
