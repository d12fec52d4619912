//! Commits, changed files, trees and references.

use serde_json::{Value, json};

use super::{brief, node_id};
use crate::ORIGIN;
use crate::git::changes::Change;
use crate::git::{Commit, Entry, Leaf, Signature};
use crate::state::{Repo, Users};
use crate::time::format;

/// A commit as lists show it.
pub(crate) fn commit(known: &Users, repo: &Repo, commit: &Commit) -> Value {
    let name = repo.full_name();
    let account = |who: &Signature| known.find(&who.login).map(brief);
    json!({
        "sha": commit.sha,
        "node_id": node_id("C", u64::from_str_radix(&commit.sha[..12], 16).unwrap_or(0)),
        "url": format!("{ORIGIN}/repos/{name}/commits/{}", commit.sha),
        "html_url": format!("{ORIGIN}/{name}/commit/{}", commit.sha),
        "commit": {
            "url": format!("{ORIGIN}/repos/{name}/git/commits/{}", commit.sha),
            "author": signature(&commit.author),
            "committer": signature(&commit.committer),
            "message": commit.message,
            "tree": tree_link(&name, &commit.tree),
            "comment_count": 0,
            "verification": {"verified": false, "reason": "unsigned", "signature": null, "payload": null},
        },
        "author": account(&commit.author),
        "committer": account(&commit.committer),
        "parents": parents(&name, commit),
    })
}

/// A commit as git sees it.
pub(crate) fn raw_commit(repo: &Repo, commit: &Commit) -> Value {
    let name = repo.full_name();
    json!({
        "sha": commit.sha,
        "url": format!("{ORIGIN}/repos/{name}/git/commits/{}", commit.sha),
        "html_url": format!("{ORIGIN}/{name}/commit/{}", commit.sha),
        "author": signature(&commit.author),
        "committer": signature(&commit.committer),
        "message": commit.message,
        "tree": tree_link(&name, &commit.tree),
        "parents": parents(&name, commit),
    })
}

fn signature(who: &Signature) -> Value {
    json!({"name": who.name, "email": who.email, "date": format(who.at)})
}

fn tree_link(name: &str, sha: &str) -> Value {
    json!({"sha": sha, "url": format!("{ORIGIN}/repos/{name}/git/trees/{sha}")})
}

fn parents(name: &str, commit: &Commit) -> Value {
    let link = |sha: &String| {
        json!({
            "sha": sha,
            "url": format!("{ORIGIN}/repos/{name}/commits/{sha}"),
            "html_url": format!("{ORIGIN}/{name}/commit/{sha}"),
        })
    };
    commit.parents.iter().map(link).collect()
}

/// A changed file.
pub(crate) fn change(repo: &Repo, at: &str, change: &Change) -> Value {
    let (name, path) = (repo.full_name(), &change.path);
    let mut value = json!({
        "sha": change.sha,
        "filename": path,
        "status": change.status,
        "additions": change.additions,
        "deletions": change.deletions,
        "changes": change.additions + change.deletions,
        "blob_url": format!("{ORIGIN}/{name}/blob/{at}/{path}"),
        "raw_url": format!("{ORIGIN}/{name}/raw/{at}/{path}"),
        "contents_url": format!("{ORIGIN}/repos/{name}/contents/{path}?ref={at}"),
    });
    if let Some(patch) = &change.patch {
        value["patch"] = patch.as_str().into();
    }
    if let Some(previous) = &change.previous {
        value["previous_filename"] = previous.as_str().into();
    }
    value
}

/// A branch or tag as `git/refs` shows it.
pub(crate) fn reference(repo: &Repo, name: &str, sha: &str) -> Value {
    let full = repo.full_name();
    json!({
        "ref": format!("refs/{name}"),
        "node_id": node_id("REF", u64::from_str_radix(&sha[..12], 16).unwrap_or(0)),
        "url": format!("{ORIGIN}/repos/{full}/git/refs/{name}"),
        "object": {
            "type": "commit",
            "sha": sha,
            "url": format!("{ORIGIN}/repos/{full}/git/commits/{sha}"),
        },
    })
}

/// A line of a tree.
pub(crate) fn tree_entry(repo: &Repo, path: &str, leaf: &Leaf) -> Value {
    let (kind, folder) = if leaf.is_tree() {
        ("tree", "trees")
    } else {
        ("blob", "blobs")
    };
    let mut value = json!({
        "path": path,
        "mode": leaf.mode,
        "type": kind,
        "sha": leaf.sha,
        "url": format!("{ORIGIN}/repos/{}/git/{folder}/{}", repo.full_name(), leaf.sha),
    });
    if let Some(bytes) = repo.git.blob(&leaf.sha) {
        value["size"] = bytes.len().into();
    }
    value
}

/// What `contents` says about a file or folder, without what is in it.
pub(crate) fn content(repo: &Repo, at: &str, path: &str, leaf: &Leaf) -> Value {
    let name = repo.full_name();
    let (kind, page, store) = if leaf.is_tree() {
        ("dir", "tree", "trees")
    } else {
        ("file", "blob", "blobs")
    };
    let url = format!("{ORIGIN}/repos/{name}/contents/{path}?ref={at}");
    let html = format!("{ORIGIN}/{name}/{page}/{at}/{path}");
    let git = format!("{ORIGIN}/repos/{name}/git/{store}/{}", leaf.sha);
    let raw = (kind == "file").then(|| format!("{ORIGIN}/{name}/raw/{at}/{path}"));
    json!({
        "type": kind,
        "name": path.rsplit('/').next(),
        "path": path,
        "sha": leaf.sha,
        "size": repo.git.blob(&leaf.sha).map_or(0, <[u8]>::len),
        "url": url,
        "html_url": html,
        "git_url": git,
        "download_url": raw,
        "_links": {"self": url, "html": html, "git": git},
    })
}

/// The full path of an entry.
pub(crate) fn join(folder: &str, entry: &Entry) -> String {
    let folder = folder.trim_matches('/');
    if folder.is_empty() {
        entry.name.clone()
    } else {
        format!("{folder}/{}", entry.name)
    }
}
