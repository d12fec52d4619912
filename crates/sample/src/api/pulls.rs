//! Pull requests, read.

use super::{issues, merge, pull_writes, reviews};
use crate::git::changes::{Change, unified};
use crate::items::{Item, Pull};
use crate::page;
use crate::reply::{Answer, Problem, Reply};
use crate::shape::{self, git, pull};
use crate::state::{Repo, Scope};

/// The most files a diff may have; above, GitHub sends readers to `/files`.
const MOST_FILES: usize = 300;

/// Everything below `/pulls`.
pub(super) fn route(scope: &mut Scope<'_>, rest: &[&str]) -> Answer {
    match (scope.call.method.as_str(), rest) {
        ("GET", ["pulls"]) => list(scope),
        ("POST", ["pulls"]) => pull_writes::create(scope),
        ("GET", ["pulls", number]) => one(scope, number),
        ("PATCH", ["pulls", number]) => pull_writes::edit(scope, number),
        ("GET", ["pulls", number, "files"]) => {
            let (_, found) = find(scope.repo, number)?;
            let files = changes(scope.repo, found);
            page::list(scope.call, files, |file| {
                git::change(scope.repo, &found.head_sha, &file)
            })
        }
        ("GET", ["pulls", number, "commits"]) => {
            let (_, found) = find(scope.repo, number)?;
            let mut commits = scope.repo.git.ahead(&found.base_sha, &found.head_sha);
            commits.reverse();
            page::list(scope.call, commits, |commit| {
                git::commit(scope.users, scope.repo, commit)
            })
        }
        ("GET", ["pulls", number, "merge"]) => {
            let (_, found) = find(scope.repo, number)?;
            found
                .merged
                .as_ref()
                .map(|_| Reply::no_content())
                .ok_or_else(Problem::not_found)
        }
        ("PUT", ["pulls", number, "merge"]) => merge::merge(scope, number),
        ("GET", ["pulls", number, "requested_reviewers"]) => {
            let (_, found) = find(scope.repo, number)?;
            let users = shape::users(scope.users, &found.reviewers);
            Ok(Reply::json(
                serde_json::json!({"users": users, "teams": []}),
            ))
        }
        (_, ["pulls", number, "reviews", rest @ ..]) => reviews::route(scope, number, rest),
        ("GET", ["pulls", "comments", id]) => reviews::line_comment(scope, id),
        (_, ["pulls", number, "comments"]) => reviews::line_comments(scope, number),
        _ => Err(Problem::not_found()),
    }
}

/// A pull request by number; an issue's number is not found.
pub(super) fn find<'a>(repo: &'a Repo, number: &str) -> Result<(&'a Item, &'a Pull), Problem> {
    let item = repo.item(number)?;
    item.pull
        .as_ref()
        .map(|pull| (item, pull))
        .ok_or_else(Problem::not_found)
}

/// What a pull request changes: from where it left its base to its head.
pub(super) fn changes(repo: &Repo, pull: &Pull) -> Vec<Change> {
    let fork = repo.git.merge_base(&pull.base_sha, &pull.head_sha);
    let old = fork
        .map(|commit| repo.git.flatten(&commit.tree))
        .unwrap_or_default();
    repo.git.changes(&old, &repo.git.files(&pull.head_sha))
}

fn list(scope: &Scope<'_>) -> Answer {
    let call = scope.call;
    let state = call.query("state").unwrap_or("open");
    let head = call
        .query("head")
        .map(|head| head.rsplit(':').next().unwrap_or(head));
    let base = call.query("base");
    let keeps = |item: &&Item| {
        item.pull.as_ref().is_some_and(|pull| {
            (state == "all" || (state == "open") == item.open)
                && head.is_none_or(|head| pull.head_ref == head)
                && base.is_none_or(|base| pull.base_ref == base)
        })
    };
    let items: Vec<&Item> = scope.repo.items.values().filter(keeps).collect();
    page::list(call, issues::sorted(call, items), |item| {
        let write = |found| pull::pull(scope.users, scope.repo, item, found);
        item.pull.as_ref().map(write).into()
    })
}

fn one(scope: &Scope<'_>, number: &str) -> Answer {
    let (item, found) = find(scope.repo, number)?;
    let changes = changes(scope.repo, found);
    if scope.call.accepts("diff") {
        if changes.len() > MOST_FILES {
            let message = "Sorry, the diff exceeded the maximum number of files (300). \
                           Consider using 'List pull requests files' API or locally cloning the repository instead.";
            return Err(Problem::new(406, message));
        }
        let diff = unified(&changes).into_bytes();
        return Ok(Reply::raw(
            diff,
            "application/vnd.github.diff; charset=utf-8",
        ));
    }
    Ok(Reply::json(whole(scope, item, found, &changes)))
}

/// A pull request with everything only a single one shows.
pub(super) fn whole(
    scope: &Scope<'_>,
    item: &Item,
    found: &Pull,
    changes: &[Change],
) -> serde_json::Value {
    let mut value = pull::pull(scope.users, scope.repo, item, found);
    let standing = merge::standing(scope.repo, item, found);
    let merge = (standing.mergeable(), standing.name());
    let mut details = pull::details(scope.users, item, found, changes, merge);
    details["commits"] = scope
        .repo
        .git
        .ahead(&found.base_sha, &found.head_sha)
        .len()
        .into();
    if let (Some(value), Some(details)) = (value.as_object_mut(), details.as_object_mut()) {
        value.append(details);
    }
    value
}
