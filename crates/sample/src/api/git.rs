//! The git database: blobs, trees and commits.

use serde_json::{Value, json};

use super::refs;
use super::repos::{base64, decode};
use crate::ORIGIN;
use crate::git::{Commit, Flat, Leaf, Signature};
use crate::reply::{Answer, Problem, Reply};
use crate::request::text;
use crate::shape::git;
use crate::state::{Scope, VIEWER};
use crate::time;

/// The most entries a recursive tree shows before it says that it is cut.
const MOST_ENTRIES: usize = 100_000;

/// Everything below `/git`.
pub(super) fn route(scope: &mut Scope<'_>, rest: &[&str]) -> Answer {
    match (scope.call.method.as_str(), rest) {
        ("GET", ["blobs", sha]) => blob(scope, sha),
        ("POST", ["blobs"]) => put_blob(scope),
        ("GET", ["trees", reference @ ..]) => tree(scope, &reference.join("/")),
        ("POST", ["trees"]) => put_tree(scope),
        ("GET", ["commits", sha]) => {
            let commit = scope.repo.git.commit(sha).ok_or_else(Problem::not_found)?;
            Ok(Reply::json(git::raw_commit(scope.repo, commit)))
        }
        ("POST", ["commits"]) => put_commit(scope),
        (_, ["ref" | "refs" | "matching-refs", ..]) => refs::route(scope, rest),
        _ => Err(Problem::not_found()),
    }
}

fn link(scope: &Scope<'_>, kind: &str, sha: &str) -> String {
    format!("{ORIGIN}/repos/{}/git/{kind}/{sha}", scope.repo.full_name())
}

fn blob(scope: &Scope<'_>, sha: &str) -> Answer {
    let bytes = scope.repo.git.blob(sha).ok_or_else(Problem::not_found)?;
    if scope.call.accepts("raw") {
        return Ok(Reply::raw(
            bytes.to_vec(),
            "application/vnd.github.raw+json; charset=utf-8",
        ));
    }
    Ok(Reply::json(json!({
        "sha": sha,
        "node_id": crate::shape::node_id("B", bytes.len() as u64),
        "size": bytes.len(),
        "url": link(scope, "blobs", sha),
        "content": base64(bytes),
        "encoding": "base64",
    })))
}

fn put_blob(scope: &mut Scope<'_>) -> Answer {
    let given = scope.call.json()?;
    let content = text(&given, "content");
    let content = content.ok_or_else(|| Problem::field("Blob", "content", "missing_field"))?;
    let bytes = match text(&given, "encoding") {
        Some("base64") => {
            decode(content).ok_or_else(|| Problem::new(422, "content is not valid Base64"))?
        }
        _ => content.as_bytes().to_vec(),
    };
    scope.clock.tick();
    let sha = scope.repo.git.put_blob(bytes);
    let url = link(scope, "blobs", &sha);
    Ok(Reply::created(json!({"sha": sha, "url": url})))
}

fn tree(scope: &Scope<'_>, reference: &str) -> Answer {
    let store = &scope.repo.git;
    let commit = scope
        .repo
        .resolve(reference)
        .and_then(|sha| store.commit(&sha));
    let sha = commit.map_or(reference, |commit| commit.tree.as_str());
    store.tree(sha).ok_or_else(Problem::not_found)?;
    // Any value means yes, even 0 and false.
    let mut entries = if scope.call.query("recursive").is_some() {
        recursive(scope, sha, "")
    } else {
        let entries = store.tree(sha).unwrap_or_default();
        entries
            .iter()
            .map(|entry| git::tree_entry(scope.repo, &entry.name, &entry.leaf))
            .collect()
    };
    let truncated = entries.len() > MOST_ENTRIES;
    entries.truncate(MOST_ENTRIES);
    Ok(Reply::json(tree_value(scope, sha, &entries, truncated)))
}

fn tree_value(scope: &Scope<'_>, sha: &str, entries: &[Value], truncated: bool) -> Value {
    let url = link(scope, "trees", sha);
    json!({"sha": sha, "url": url, "tree": entries, "truncated": truncated})
}

/// A folder directly before what is in it, as git walks.
fn recursive(scope: &Scope<'_>, tree: &str, folder: &str) -> Vec<Value> {
    let mut out = Vec::new();
    for entry in scope.repo.git.tree(tree).unwrap_or_default() {
        let path = git::join(folder, entry);
        out.push(git::tree_entry(scope.repo, &path, &entry.leaf));
        if entry.is_tree() {
            out.extend(recursive(scope, &entry.leaf.sha, &path));
        }
    }
    out
}

fn put_tree(scope: &mut Scope<'_>) -> Answer {
    let given = scope.call.json()?;
    let store = &mut scope.repo.git;
    let mut files = match text(&given, "base_tree") {
        None => Flat::new(),
        Some(base) => {
            let tree = store
                .commit(base)
                .map_or(base, |commit| commit.tree.as_str());
            let known = store.tree(tree).is_some();
            known.then(|| store.flatten(tree)).ok_or_else(|| {
                Problem::new(
                    422,
                    format!("base_tree {base} is not a valid tree or commit"),
                )
            })?
        }
    };
    let entries = given.get("tree").and_then(Value::as_array);
    for entry in entries.ok_or_else(|| Problem::new(422, "Invalid tree info"))? {
        let path = text(entry, "path").filter(|path| !path.is_empty());
        let path = path.ok_or_else(|| Problem::new(422, "tree.path is missing"))?;
        let mode = text(entry, "mode").unwrap_or("100644").to_owned();
        let sha = match (text(entry, "content"), entry.get("sha")) {
            (Some(content), _) => store.put_blob(content.as_bytes().to_vec()),
            (None, Some(Value::String(sha))) if store.contains(sha) => sha.clone(),
            (None, Some(Value::Null)) => {
                if files.remove(path).is_none() {
                    return Err(Problem::new(422, "GitRPC::BadObjectState"));
                }
                continue;
            }
            _ => {
                return Err(Problem::new(
                    422,
                    format!("tree.sha of {path} is not a valid object"),
                ));
            }
        };
        if mode == "040000" {
            for (inside, leaf) in store.flatten(&sha) {
                files.insert(format!("{path}/{inside}"), leaf);
            }
        } else {
            files.insert(path.to_owned(), Leaf { mode, sha });
        }
    }
    let sha = store.put_tree(&files);
    scope.clock.tick();
    let entries = scope.repo.git.tree(&sha).unwrap_or_default().iter();
    let entries = entries.map(|entry| git::tree_entry(scope.repo, &entry.name, &entry.leaf));
    let entries: Vec<Value> = entries.collect();
    Ok(Reply::created(tree_value(scope, &sha, &entries, false)))
}

fn put_commit(scope: &mut Scope<'_>) -> Answer {
    let given = scope.call.json()?;
    let required = |name| {
        text(&given, name).ok_or_else(|| {
            Problem::new(
                422,
                format!("Invalid request.\n\n\"{name}\" wasn't supplied."),
            )
        })
    };
    let (message, tree) = (
        required("message")?.to_owned(),
        required("tree")?.to_owned(),
    );
    let parents = crate::request::texts(&given, "parents").unwrap_or_default();
    if scope.repo.git.tree(&tree).is_none() {
        return Err(Problem::new(422, "Tree SHA does not exist"));
    }
    if parents
        .iter()
        .any(|sha| scope.repo.git.commit(sha).is_none())
    {
        return Err(Problem::new(
            422,
            "Parent SHA does not exist or is not a commit object",
        ));
    }
    let at = scope.clock.tick();
    let author = signature(scope, given.get("author"), at);
    let committer = match given.get("committer") {
        Some(who) => signature(scope, Some(who), at),
        None => author.clone(),
    };
    let commit = Commit {
        sha: String::new(),
        tree,
        parents,
        author,
        committer,
        message,
    };
    let sha = scope.repo.git.put_commit(commit);
    let commit = scope.repo.git.commit(&sha).ok_or_else(Problem::not_found)?;
    Ok(Reply::created(git::raw_commit(scope.repo, commit)))
}

/// Who signs: the token's user, unless the request says otherwise.
fn signature(scope: &Scope<'_>, given: Option<&Value>, at: i64) -> Signature {
    let mut who = scope.users.signature(VIEWER, at);
    let Some(given) = given else { return who };
    if let Some(name) = text(given, "name") {
        name.clone_into(&mut who.name);
    }
    if let Some(email) = text(given, "email") {
        let login = scope.users.by_email(email).map_or("", |user| user.login);
        login.clone_into(&mut who.login);
        email.clone_into(&mut who.email);
    }
    who.at = text(given, "date").and_then(time::parse).unwrap_or(at);
    who
}
