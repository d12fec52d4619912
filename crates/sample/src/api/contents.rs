//! Files and folders by path: read, written, deleted.

use serde_json::{Value, json};

use super::repos::{base64, decode};
use crate::git::{Commit, Flat, Leaf};
use crate::reply::{Answer, Problem, Reply};
use crate::request::text;
use crate::shape::git::{self, join};
use crate::state::{Scope, VIEWER};

/// Above this size a file comes without its content.
const LARGE: usize = 1_024 * 1_024;

/// Everything below `/contents`.
pub(super) fn route(scope: &mut Scope<'_>, path: &str) -> Answer {
    match scope.call.method.as_str() {
        "GET" => read(scope, path),
        "PUT" => write(scope, path),
        "DELETE" => delete(scope, path),
        _ => Err(Problem::not_found()),
    }
}

/// The README of the root folder.
pub(super) fn readme(scope: &Scope<'_>) -> Answer {
    read(scope, "README.md")
}

fn read(scope: &Scope<'_>, path: &str) -> Answer {
    let reference = scope.call.query("ref").unwrap_or("main");
    let found = scope.repo.resolve(reference);
    let commit = found
        .and_then(|sha| scope.repo.git.commit(&sha))
        .ok_or_else(|| Problem::new(404, format!("No commit found for the ref {reference}")))?;
    let leaf = scope
        .repo
        .git
        .at(&commit.tree, path)
        .ok_or_else(Problem::not_found)?;
    let Some(bytes) = scope.repo.git.blob(&leaf.sha) else {
        return Ok(Reply::json(folder(scope, reference, path, &leaf)));
    };
    if scope.call.accepts("raw") {
        return Ok(Reply::raw(
            bytes.to_vec(),
            "application/vnd.github.raw+json; charset=utf-8",
        ));
    }
    let mut value = git::content(scope.repo, reference, path, &leaf);
    let large = bytes.len() > LARGE;
    value["encoding"] = if large { "none" } else { "base64" }.into();
    value["content"] = if large { String::new() } else { base64(bytes) }.into();
    Ok(Reply::json(value))
}

/// A folder as an array, or as an object with entries where the `Accept` header asks for one.
fn folder(scope: &Scope<'_>, reference: &str, path: &str, leaf: &Leaf) -> Value {
    let entries = scope.repo.git.tree(&leaf.sha).unwrap_or_default();
    let write = |entry| git::content(scope.repo, reference, &join(path, entry), &entry.leaf);
    let entries: Value = entries.iter().map(write).collect();
    if scope.call.accepts("object") {
        let mut value = git::content(scope.repo, reference, path, leaf);
        value["entries"] = entries;
        return value;
    }
    entries
}

/// What a write needs: where, on what, and with which words.
struct Change {
    branch: String,
    head: String,
    files: Flat,
    message: String,
}

fn change(scope: &Scope<'_>, path: &str, given: &Value) -> Result<Change, Problem> {
    let branch = text(given, "branch").unwrap_or("main");
    let branch = branch.strip_prefix("refs/heads/").unwrap_or(branch);
    let head = scope.repo.branches.get(branch).cloned();
    let head = head.ok_or_else(|| Problem::new(404, format!("Branch {branch} not found")))?;
    let message = text(given, "message").filter(|message| !message.trim().is_empty());
    let message = message
        .ok_or_else(|| Problem::new(422, "Invalid request.\n\n\"message\" wasn't supplied."))?;
    if path.is_empty() || path.split('/').any(|part| part.is_empty() || part == "..") {
        return Err(Problem::new(
            422,
            "path contains a malformed path component",
        ));
    }
    let files = scope.repo.git.files(&head);
    Ok(Change {
        branch: branch.to_owned(),
        head,
        files,
        message: message.to_owned(),
    })
}

/// The sha given must be the one of the file as it is now.
fn check_sha(given: &Value, path: &str, now: &Leaf) -> Result<(), Problem> {
    match text(given, "sha") {
        None => Err(Problem::new(
            422,
            "Invalid request.\n\n\"sha\" wasn't supplied.",
        )),
        Some(sha) if sha != now.sha => {
            Err(Problem::new(409, format!("{path} does not match {sha}")))
        }
        Some(_) => Ok(()),
    }
}

fn write(scope: &mut Scope<'_>, path: &str) -> Answer {
    let given = scope.call.json()?;
    let mut change = change(scope, path, &given)?;
    let content = text(&given, "content")
        .ok_or_else(|| Problem::new(422, "Invalid request.\n\n\"content\" wasn't supplied."))?;
    let bytes = decode(content).ok_or_else(|| Problem::new(422, "content is not valid Base64"))?;
    let exists = change.files.get(path).cloned();
    if let Some(now) = &exists {
        check_sha(&given, path, now)?;
    }
    let sha = scope.repo.git.put_blob(bytes);
    let leaf = Leaf {
        sha,
        ..exists.clone().unwrap_or_else(|| Leaf::file(String::new()))
    };
    change.files.insert(path.to_owned(), leaf.clone());
    let branch = change.branch.clone();
    let commit = commit(scope, change)?;
    let content = git::content(scope.repo, &branch, path, &leaf);
    let value = json!({"content": content, "commit": commit});
    Ok(if exists.is_some() {
        Reply::json(value)
    } else {
        Reply::created(value)
    })
}

fn delete(scope: &mut Scope<'_>, path: &str) -> Answer {
    let mut given = scope.call.json()?;
    // GitHub takes these in the query as well, because some clients send no body with DELETE.
    for name in ["message", "sha", "branch"] {
        if let Some(value) = scope.call.query(name) {
            given[name] = value.into();
        }
    }
    let mut change = change(scope, path, &given)?;
    let now = change.files.get(path).ok_or_else(Problem::not_found)?;
    check_sha(&given, path, now)?;
    change.files.remove(path);
    let commit = commit(scope, change)?;
    Ok(Reply::json(json!({"content": null, "commit": commit})))
}

fn commit(scope: &mut Scope<'_>, change: Change) -> Result<Value, Problem> {
    let at = scope.clock.tick();
    let tree = scope.repo.git.put_tree(&change.files);
    let who = scope.users.signature(VIEWER, at);
    let sha = scope.repo.git.put_commit(Commit {
        sha: String::new(),
        tree,
        parents: vec![change.head],
        author: who.clone(),
        committer: who,
        message: change.message,
    });
    scope.repo.move_branch(&change.branch, &sha, at);
    let commit = scope.repo.git.commit(&sha).ok_or_else(Problem::not_found)?;
    Ok(git::raw_commit(scope.repo, commit))
}
