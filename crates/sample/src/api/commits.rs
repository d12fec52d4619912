//! Commits, their checks, and what lies between two of them.

use serde_json::json;

use super::actions;
use crate::git::Commit;
use crate::git::changes::{Change, unified};
use crate::page;
use crate::reply::{Answer, Problem, Reply};
use crate::shape::git;
use crate::state::Scope;
use crate::time;

/// Everything below `/commits` and `/compare`. References may hold slashes.
pub(super) fn route(scope: &Scope<'_>, rest: &[&str]) -> Answer {
    if scope.call.method != "GET" {
        return Err(Problem::not_found());
    }
    match rest {
        ["commits"] => list(scope),
        ["commits", reference @ .., "check-runs"] => {
            let sha = resolve(scope, &reference.join("/"))?.sha.clone();
            actions::checks(scope, &sha)
        }
        ["commits", reference @ .., "status"] => status(scope, &reference.join("/")),
        ["commits", reference @ .., "statuses"] => {
            resolve(scope, &reference.join("/"))?;
            Ok(Reply::json(json!([])))
        }
        ["commits", sha, "pulls"] => pulls(scope, sha),
        ["commits", reference @ ..] => one(scope, &reference.join("/")),
        ["compare", ends @ ..] => compare(scope, &ends.join("/")),
        _ => Err(Problem::not_found()),
    }
}

fn resolve<'a>(scope: &'a Scope<'_>, reference: &str) -> Result<&'a Commit, Problem> {
    let sha = scope.repo.resolve(reference);
    sha.and_then(|sha| scope.repo.git.commit(&sha))
        .ok_or_else(|| Problem::new(422, format!("No commit found for SHA: {reference}")))
}

fn list(scope: &Scope<'_>) -> Answer {
    let call = scope.call;
    let start = call.query("sha").unwrap_or("main");
    let head = scope.repo.resolve(start).ok_or_else(Problem::not_found)?;
    let date = |name, otherwise| call.query(name).and_then(time::parse).unwrap_or(otherwise);
    let (since, until) = (date("since", i64::MIN), date("until", i64::MAX));
    let author = call.query("author").map(str::to_lowercase);
    let mut commits = scope.repo.git.log(&head);
    commits.retain(|commit| (since..=until).contains(&commit.committer.at));
    if let Some(author) = author {
        commits.retain(|commit| {
            let who = &commit.author;
            who.login.to_lowercase() == author || who.email.to_lowercase() == author
        });
    }
    if let Some(path) = call.query("path") {
        commits.retain(|commit| touches(scope, commit, path.trim_matches('/')));
    }
    page::list(call, commits, |commit| {
        git::commit(scope.users, scope.repo, commit)
    })
}

/// Whether a commit changed what is at a path, compared with its first parent.
fn touches(scope: &Scope<'_>, commit: &Commit, path: &str) -> bool {
    let now = scope.repo.git.at(&commit.tree, path);
    let parent = commit
        .parents
        .first()
        .and_then(|sha| scope.repo.git.commit(sha));
    let before = parent.and_then(|parent| scope.repo.git.at(&parent.tree, path));
    now != before
}

fn changes(scope: &Scope<'_>, commit: &Commit) -> Vec<Change> {
    let parent = commit.parents.first().map(|sha| scope.repo.git.files(sha));
    let old = parent.unwrap_or_default();
    scope
        .repo
        .git
        .changes(&old, &scope.repo.git.flatten(&commit.tree))
}

fn one(scope: &Scope<'_>, reference: &str) -> Answer {
    let commit = resolve(scope, reference)?;
    if scope.call.accepts("sha") {
        let sha = commit.sha.clone().into_bytes();
        return Ok(Reply::raw(sha, "application/vnd.github.sha; charset=utf-8"));
    }
    let changes = changes(scope, commit);
    if scope.call.accepts("diff") {
        let diff = unified(&changes).into_bytes();
        return Ok(Reply::raw(
            diff,
            "application/vnd.github.diff; charset=utf-8",
        ));
    }
    let (added, removed) = totals(&changes);
    let mut value = git::commit(scope.users, scope.repo, commit);
    value["stats"] = json!({"total": added + removed, "additions": added, "deletions": removed});
    let write = |change| git::change(scope.repo, &commit.sha, change);
    value["files"] = changes.iter().take(300).map(write).collect();
    Ok(Reply::json(value))
}

fn totals(changes: &[Change]) -> (usize, usize) {
    let added = changes.iter().map(|change| change.additions).sum();
    (added, changes.iter().map(|change| change.deletions).sum())
}

/// The combined status of the older API: nothing in this repository reports there.
fn status(scope: &Scope<'_>, reference: &str) -> Answer {
    let commit = resolve(scope, reference)?;
    Ok(Reply::json(json!({
        "state": "pending",
        "statuses": [],
        "total_count": 0,
        "sha": commit.sha,
        "repository": crate::shape::repo::brief(scope.users, scope.repo),
        "url": format!("{}/repos/{}/commits/{}/status", crate::ORIGIN, scope.repo.full_name(), commit.sha),
    })))
}

fn pulls(scope: &Scope<'_>, sha: &str) -> Answer {
    let sha = &resolve(scope, sha)?.sha;
    let of = |pull: &crate::items::Pull| {
        pull.head_sha == *sha
            || pull
                .merged
                .as_ref()
                .is_some_and(|(_, _, merge)| merge == sha)
    };
    let items = scope.repo.items.values();
    let found: Vec<_> = items
        .filter_map(|item| Some((item, item.pull.as_ref()?)))
        .collect();
    let found = found.into_iter().filter(|(_, pull)| of(pull)).collect();
    page::list(scope.call, found, |(item, pull)| {
        crate::shape::pull::pull(scope.users, scope.repo, item, pull)
    })
}

fn compare(scope: &Scope<'_>, ends: &str) -> Answer {
    let (base, head) = ends.split_once("...").ok_or_else(Problem::not_found)?;
    let local = |name: &str| name.rsplit(':').next().unwrap_or_default().to_owned();
    let find = |name: &str| {
        let sha = scope.repo.resolve(&local(name));
        sha.and_then(|sha| scope.repo.git.commit(&sha))
            .ok_or_else(Problem::not_found)
    };
    let (base, head) = (find(base)?, find(head)?);
    let store = &scope.repo.git;
    let fork = store
        .merge_base(&base.sha, &head.sha)
        .ok_or_else(|| Problem::new(404, "No common ancestor between the two commits"))?;
    let mut ahead = store.ahead(&base.sha, &head.sha);
    let behind = store.ahead(&head.sha, &base.sha).len();
    ahead.reverse();
    let status = match (ahead.len(), behind) {
        (0, 0) => "identical",
        (_, 0) => "ahead",
        (0, _) => "behind",
        _ => "diverged",
    };
    let changes = store.changes(&store.flatten(&fork.tree), &store.flatten(&head.tree));
    if scope.call.accepts("diff") {
        let diff = unified(&changes).into_bytes();
        return Ok(Reply::raw(
            diff,
            "application/vnd.github.diff; charset=utf-8",
        ));
    }
    let total = ahead.len();
    let write = |commit| git::commit(scope.users, scope.repo, commit);
    let page = page::Page::of(scope.call);
    let commits: serde_json::Value = page.cut(ahead).map(write).collect();
    // Files come with the first page only.
    let shown = if page.number == 1 { 300 } else { 0 };
    let files = changes
        .iter()
        .take(shown)
        .map(|change| git::change(scope.repo, &head.sha, change));
    let name = scope.repo.full_name();
    Ok(Reply::json(json!({
        "url": format!("{}/repos/{name}/compare/{ends}", crate::ORIGIN),
        "html_url": format!("{}/{name}/compare/{ends}", crate::ORIGIN),
        "status": status,
        "ahead_by": total,
        "behind_by": behind,
        "total_commits": total,
        "base_commit": write(base),
        "merge_base_commit": write(fork),
        "commits": commits,
        "files": files.collect::<serde_json::Value>(),
    }))
    .header("link", page.link(scope.call, total)))
}
