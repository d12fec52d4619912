//! Branches and tags.

use serde_json::{Value, json};

use crate::ORIGIN;
use crate::page;
use crate::reply::{Answer, Problem, Reply};
use crate::request::text;
use crate::shape::git;
use crate::state::Scope;

/// `/branches`, `/branches/{b}` and `/tags`.
pub(super) fn list(scope: &Scope<'_>, rest: &[&str]) -> Answer {
    let here = &*scope.repo;
    match rest {
        ["branches"] => {
            let only = scope.call.query("protected").map(|text| text == "true");
            let branches = here.branches.iter();
            let branches = branches.filter(|(name, _)| {
                only.is_none_or(|protected| here.protected.contains(*name) == protected)
            });
            page::list(scope.call, branches.collect(), |(name, sha)| {
                branch(scope, name, sha)
            })
        }
        ["branches", name @ ..] => {
            let name = name.join("/");
            let sha = here.branches.get(&name);
            let sha = sha.ok_or_else(|| Problem::new(404, "Branch not found"))?;
            let mut value = branch(scope, &name, sha);
            let commit = here.git.commit(sha).ok_or_else(Problem::not_found)?;
            value["commit"] = git::commit(scope.users, here, commit);
            Ok(Reply::json(value))
        }
        _ => page::list(
            scope.call,
            here.tags.iter().rev().collect(),
            |(name, sha)| {
                json!({
                    "name": name,
                    "commit": {"sha": sha, "url": commit_url(scope, sha)},
                    "zipball_url": format!("{ORIGIN}/{}/zipball/{name}", here.full_name()),
                    "node_id": crate::shape::node_id("REF", u64::from_str_radix(&sha[..12], 16).unwrap_or(0)),
                })
            },
        ),
    }
}

fn commit_url(scope: &Scope<'_>, sha: &str) -> String {
    format!("{ORIGIN}/repos/{}/commits/{sha}", scope.repo.full_name())
}

fn branch(scope: &Scope<'_>, name: &str, sha: &str) -> Value {
    let protected = scope.repo.protected.contains(name);
    json!({
        "name": name,
        "commit": {"sha": sha, "url": commit_url(scope, sha)},
        "protected": protected,
        "protection": {"enabled": protected},
    })
}

/// `/git/ref/...`, `/git/refs/...` and `/git/matching-refs/...`.
pub(super) fn route(scope: &mut Scope<'_>, rest: &[&str]) -> Answer {
    let (kind, name) = rest.split_first().ok_or_else(Problem::not_found)?;
    let name = name.join("/");
    match (scope.call.method.as_str(), *kind) {
        ("GET", "ref") => {
            let sha = find(scope, &name).ok_or_else(Problem::not_found)?;
            Ok(Reply::json(git::reference(scope.repo, &name, &sha)))
        }
        ("GET", "refs") if find(scope, &name).is_some() => {
            let sha = find(scope, &name).unwrap_or_default();
            Ok(Reply::json(git::reference(scope.repo, &name, &sha)))
        }
        ("GET", _) => matching(scope, &name),
        ("POST", "refs") if name.is_empty() => create(scope),
        ("PATCH", "refs") => update(scope, &name),
        ("DELETE", "refs") => delete(scope, &name),
        _ => Err(Problem::not_found()),
    }
}

/// The commit of `heads/x` or `tags/x`.
fn find(scope: &Scope<'_>, name: &str) -> Option<String> {
    match name.split_once('/')? {
        ("heads", branch) => scope.repo.branches.get(branch).cloned(),
        ("tags", tag) => scope.repo.tags.get(tag).cloned(),
        _ => None,
    }
}

fn matching(scope: &Scope<'_>, prefix: &str) -> Answer {
    let heads = scope
        .repo
        .branches
        .iter()
        .map(|(name, sha)| (format!("heads/{name}"), sha));
    let tags = scope
        .repo
        .tags
        .iter()
        .map(|(name, sha)| (format!("tags/{name}"), sha));
    let found: Vec<_> = heads
        .chain(tags)
        .filter(|(name, _)| name.starts_with(prefix))
        .collect();
    page::list(scope.call, found, |(name, sha)| {
        git::reference(scope.repo, &name, sha)
    })
}

fn known_commit(scope: &Scope<'_>, given: &Value) -> Result<String, Problem> {
    let sha =
        text(given, "sha").ok_or_else(|| Problem::field("Reference", "sha", "missing_field"))?;
    match scope.repo.git.commit(sha) {
        Some(commit) => Ok(commit.sha.clone()),
        None => Err(Problem::new(422, "Object does not exist")),
    }
}

fn create(scope: &mut Scope<'_>) -> Answer {
    let given = scope.call.json()?;
    let name = text(&given, "ref").and_then(|name| name.strip_prefix("refs/"));
    let name = name.filter(|name| is_valid(name)).ok_or_else(|| {
        Problem::new(
            422,
            "Reference name must start with 'refs/' and be well formed",
        )
    })?;
    let sha = known_commit(scope, &given)?;
    if find(scope, name).is_some() {
        return Err(Problem::new(422, "Reference already exists"));
    }
    let at = scope.clock.tick();
    match name.split_once('/') {
        Some(("tags", tag)) => {
            scope.repo.tags.insert(tag.to_owned(), sha.clone());
        }
        Some((_, branch)) => scope.repo.move_branch(branch, &sha, at),
        None => return Err(Problem::not_found()),
    }
    let value = git::reference(scope.repo, name, &sha);
    let url = value["url"].as_str().map(str::to_owned);
    Ok(Reply::created(value).header("location", url))
}

/// Git's rules for names, as far as they matter here.
fn is_valid(name: &str) -> bool {
    let Some(("heads" | "tags", rest)) = name.split_once('/') else {
        return false;
    };
    let bad = |letter: char| letter.is_whitespace() || "~^:?*[\\".contains(letter);
    !rest.contains(bad)
        && !rest.contains("..")
        && !rest
            .split('/')
            .any(|part| part.is_empty() || part.starts_with('.'))
        && !rest
            .split('/')
            .any(|part| part.strip_suffix(".lock").is_some())
}

fn update(scope: &mut Scope<'_>, name: &str) -> Answer {
    let given = scope.call.json()?;
    let old = find(scope, name).ok_or_else(|| Problem::new(422, "Reference does not exist"))?;
    let sha = known_commit(scope, &given)?;
    let force = given.get("force").and_then(Value::as_bool).unwrap_or(false);
    if !force && !scope.repo.git.is_ancestor(&old, &sha) {
        return Err(Problem::new(422, "Update is not a fast forward"));
    }
    let at = scope.clock.tick();
    match name.split_once('/') {
        Some(("heads", branch)) => scope.repo.move_branch(branch, &sha, at),
        Some((_, tag)) => {
            scope.repo.tags.insert(tag.to_owned(), sha.clone());
        }
        None => return Err(Problem::not_found()),
    }
    Ok(Reply::json(git::reference(scope.repo, name, &sha)))
}

fn delete(scope: &mut Scope<'_>, name: &str) -> Answer {
    find(scope, name).ok_or_else(|| Problem::new(422, "Reference does not exist"))?;
    if name == "heads/main" {
        return Err(Problem::new(422, "Cannot delete the default branch"));
    }
    let at = scope.clock.tick();
    match name.split_once('/') {
        Some(("heads", branch)) => {
            scope.repo.branches.remove(branch);
            close_pulls(scope, branch, at);
        }
        Some((_, tag)) => {
            scope.repo.tags.remove(tag);
        }
        None => {}
    }
    Ok(Reply::no_content())
}

/// A pull request without its branch is closed.
fn close_pulls(scope: &mut Scope<'_>, branch: &str, at: i64) {
    for item in scope.repo.items.values_mut().filter(|item| item.open) {
        let pull = item.pull.as_ref();
        if pull.is_some_and(|pull| pull.head_ref == branch || pull.base_ref == branch) {
            let who = crate::state::VIEWER;
            item.event(scope.clock.id(), who, at, crate::items::What::Closed);
            item.open = false;
            item.closed = Some((at, who.to_owned()));
        }
    }
}
