//! One commit of several files, by way of git's own objects: either the branch gets all of it or
//! nothing. The branch is moved without force, so that nobody's push is lost in between.

use std::collections::{BTreeMap, BTreeSet};

use futures::future::{try_join, try_join_all};
use http::Method;
use kit::{Call, ErrorKind, ToolError, input::Text, untrusted::one_line};
use schemars::JsonSchema;
use seaworthy_kit as kit;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::{
    client::Client,
    contents::{self, Found},
    endpoint::Endpoint,
    git::{CommitObject, Entry, Object, Tree},
    input::{FilePath, Repo},
    shape,
};

/// Characters that all files of one commit have together at most.
const ALL_FILES: usize = 2_000_000;
const FILE: &str = "100644";
const EXECUTABLE: &str = "100755";
const LINK: &str = "120000";
const FOLDER: &str = "040000";
const SUBMODULE: &str = "160000";

// an argument: a doc comment would go into the schema
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct FileChange {
    path: FilePath,
    content: Option<Text<200_000>>,
    delete: Option<bool>,
}

impl FileChange {
    fn deletes(&self) -> bool {
        self.delete == Some(true)
    }
}

/// The branch that a commit goes to.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Target<'a> {
    pub(crate) repo: &'a Repo,
    pub(crate) branch: &'a str,
    /// The commit that the new one follows.
    pub(crate) parent: &'a str,
    /// Whether the branch has to be made.
    pub(crate) is_new: bool,
}

/// Refuses what can be seen to be wrong without looking at the repository.
pub(crate) fn check(files: &[FileChange]) -> Result<(), ToolError> {
    let mut paths = BTreeSet::new();
    let mut length = 0;
    for (index, file) in files.iter().enumerate() {
        let path = file.path.as_str();
        let wrong = match (&file.content, file.deletes()) {
            _ if shape::has_hidden(path) => "path has invisible characters",
            _ if path.is_empty() || path.ends_with('/') => "path must name a file",
            _ if !paths.insert(path) => "path is there twice",
            (Some(_), true) => "has both content and delete=true",
            (None, false) => "has neither content nor delete=true",
            (content, _) => {
                length += content.as_ref().map_or(0, |text| text.chars().count());
                continue;
            }
        };
        return Err(ToolError::invalid(
            format!("invalid argument files[{index}]: {wrong}"),
            "correct it and call again; nothing was done",
        ));
    }
    if length > ALL_FILES {
        return Err(ToolError::invalid(
            format!("the files have {length} characters together; at most {ALL_FILES} are allowed"),
            "commit them in several calls to the same branch; each adds a commit",
        ));
    }
    Ok(())
}

/// What a commit does, file by file.
#[derive(Debug, Default)]
pub(crate) struct Plan {
    base_tree: String,
    entries: Vec<Value>,
    /// A line for each file: `edit: src/lib.rs, 120 -> 140 bytes`.
    pub(crate) lines: Vec<String>,
    added: u64,
    edited: u64,
    deleted: u64,
    /// Whether the present state of a file could not be looked up.
    pub(crate) guessed: bool,
}

impl Plan {
    /// Holds `files` against the tree of the parent commit.
    pub(crate) async fn new(
        client: &Client,
        target: Target<'_>,
        files: &[FileChange],
    ) -> Result<Self, ToolError> {
        let Target { repo, parent, .. } = target;
        let subject = format!("commit {parent} of {repo}");
        let commit = Endpoint::repo(repo, subject, ["git", "commits", parent]);
        let subject = format!("the files of {repo}");
        let tree = Endpoint::repo(repo, subject, ["git", "trees", parent]).query("recursive", "1");
        let (commit, tree) = try_join(
            client.get::<CommitObject>(&commit),
            client.get::<Tree>(&tree),
        )
        .await?;
        let mut tree = tree.data;
        if tree.truncated {
            let unlisted = unlisted(client, target, &tree, files).await?;
            tree.tree.extend(unlisted);
        }
        Self::against(&tree, commit.data.tree.sha, files)
    }

    fn against(tree: &Tree, base_tree: String, files: &[FileChange]) -> Result<Self, ToolError> {
        let there: BTreeMap<_, _> = tree
            .tree
            .iter()
            .map(|entry| (entry.path.as_str(), entry))
            .collect();
        let mut plan = Self {
            base_tree,
            ..Self::default()
        };
        for (index, file) in files.iter().enumerate() {
            plan.add(file, &there, tree.truncated).map_err(|wrong| {
                ToolError::invalid(
                    format!("invalid argument files[{index}]: {} {wrong}", file.path),
                    "correct the path (read_code lists what is there) and call again; nothing was done",
                )
            })?;
        }
        Ok(plan)
    }

    fn add(
        &mut self,
        file: &FileChange,
        there: &BTreeMap<&str, &Entry>,
        truncated: bool,
    ) -> Result<(), &'static str> {
        let path = file.path.as_str();
        let entry = there.get(path);
        let mode = match entry.map(|entry| entry.mode.as_str()) {
            Some(FOLDER) => return Err("is a folder, not a file"),
            Some(SUBMODULE) => return Err("is a submodule, not a file"),
            Some(LINK) if !file.deletes() => return Err("is a symbolic link; delete it first"),
            Some(EXECUTABLE) => EXECUTABLE,
            _ => FILE,
        };
        // git would drop the file to make room for a folder of its name
        let mut above = path.match_indices('/').map(|(at, _)| &path[..at]);
        if above.any(|above| there.get(above).is_some_and(|entry| entry.mode != FOLDER)) {
            return Err("is below something that is a file");
        }
        // of an unlisted file it is not known whether it is executable
        self.guessed |= truncated && entry.is_none_or(|entry| entry.mode.is_empty());
        let shown = one_line(path, 150);
        let Some(content) = &file.content else {
            if entry.is_none() {
                return Err("is not there to be deleted");
            }
            self.deleted += 1;
            self.lines.push(format!("delete: {shown}"));
            self.entries
                .push(json!({"path": path, "mode": mode, "type": "blob", "sha": null}));
            return Ok(());
        };
        let bytes = content.len();
        if let Some(entry) = entry {
            self.edited += 1;
            let before = entry.size.unwrap_or_default();
            self.lines.push(format!(
                "edit: {shown}, {before} -> {}",
                shape::count(bytes as u64, "byte")
            ));
        } else {
            self.added += 1;
            self.lines.push(format!(
                "add: {shown}, {}",
                shape::count(bytes as u64, "byte")
            ));
        }
        self.entries
            .push(json!({"path": path, "mode": mode, "type": "blob", "content": &**content}));
        Ok(())
    }

    /// `2 files added, 1 file deleted`.
    pub(crate) fn counts(&self) -> String {
        [
            (self.added, "added"),
            (self.edited, "edited"),
            (self.deleted, "deleted"),
        ]
        .into_iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, verb)| format!("{} {verb}", shape::count(count, "file")))
        .collect::<Vec<_>>()
        .join(", ")
    }

    /// Makes the commit and puts the branch on it. Until the last step no branch changes.
    pub(crate) async fn write(
        &self,
        client: &Client,
        call: &Call,
        target: Target<'_>,
        message: &str,
    ) -> Result<String, ToolError> {
        let commit = self.write_objects(client, call, target, message).await?;
        move_branch(client, call, target, &commit)
            .await
            .map_err(unchanged)?;
        Ok(commit)
    }

    async fn write_objects(
        &self,
        client: &Client,
        call: &Call,
        target: Target<'_>,
        message: &str,
    ) -> Result<String, ToolError> {
        let Target {
            repo,
            branch,
            parent,
            ..
        } = target;
        let subject = format!("the files for {branch} of {repo}");
        let endpoint = Endpoint::repo(repo, subject, ["git", "trees"])
            .hint("the token may not write here (contents), or not below .github/workflows (workflows); get_context shows what it may");
        let body = json!({"base_tree": self.base_tree, "tree": self.entries});
        let what = format!("make a tree in {repo}: {}", self.counts());
        let sending = client.send::<Object>(Method::POST, &endpoint, Some(&body));
        let tree = call.audited(&what, sending).await.map_err(unchanged)?;
        if tree.sha == self.base_tree {
            if target.is_new {
                return Err(ToolError::invalid(
                    format!(
                        "nothing was committed and no branch was made: what {branch} would branch off from has exactly this content already"
                    ),
                    "compare your files with it (read_code); nothing is left to do if the change is there already",
                ));
            }
            return Err(ToolError::invalid(
                format!("nothing was committed: {branch} has exactly this content already"),
                "if only the pull request is missing, call again with files=[] and a title",
            ));
        }
        let subject = format!("the commit for {branch} of {repo}");
        let endpoint = Endpoint::repo(repo, subject, ["git", "commits"]);
        let body = json!({"message": message, "tree": tree.sha, "parents": [parent]});
        let what = format!("make a commit in {repo} on top of {parent}");
        let sending = client.send::<Object>(Method::POST, &endpoint, Some(&body));
        let commit = call.audited(&what, sending).await.map_err(unchanged)?;
        Ok(commit.sha)
    }
}

/// What stands at the paths of `files` that a cut list of the tree does not name. A file written
/// to the path of a folder would take the place of everything in it.
async fn unlisted(
    client: &Client,
    target: Target<'_>,
    tree: &Tree,
    files: &[FileChange],
) -> Result<Vec<Entry>, ToolError> {
    let listed: BTreeSet<_> = tree.tree.iter().map(|entry| entry.path.as_str()).collect();
    let paths = files.iter().map(|file| file.path.as_str());
    let looks = paths
        .filter(|path| !listed.contains(path))
        .map(|path| async move {
            let (mode, size) =
                match contents::load(client, target.repo, path, Some(target.parent)).await {
                    Ok(Found::Folder(..)) => (FOLDER, None),
                    Ok(Found::One(one)) => match one.kind.as_str() {
                        "symlink" => (LINK, None),
                        "submodule" => (SUBMODULE, None),
                        _ => ("", Some(one.size)),
                    },
                    Err(error) if error.kind == ErrorKind::NotFound => return Ok(None),
                    Err(error) => return Err(error),
                };
            Ok(Some(Entry {
                path: path.to_owned(),
                mode: mode.to_owned(),
                size,
            }))
        });
    Ok(try_join_all(looks).await?.into_iter().flatten().collect())
}

async fn move_branch(
    client: &Client,
    call: &Call,
    target: Target<'_>,
    commit: &str,
) -> Result<(), ToolError> {
    let Target { repo, branch, .. } = target;
    let subject = format!("branch {branch} of {repo}");
    let (what, method, endpoint, body) = if target.is_new {
        let endpoint = Endpoint::repo(repo, subject.clone(), ["git", "refs"]);
        let body = json!({"ref": format!("refs/heads/{branch}"), "sha": commit});
        (
            format!("make {subject} at {commit}"),
            Method::POST,
            endpoint,
            body,
        )
    } else {
        let endpoint = Endpoint::repo(repo, subject.clone(), ["git", "refs", "heads"]).join(branch);
        let body = json!({"sha": commit, "force": false});
        (
            format!("move {subject} to {commit}"),
            Method::PATCH,
            endpoint,
            body,
        )
    };
    let sending = client.send::<Value>(method, &endpoint, Some(&body));
    call.audited(&what, sending).await.map_err(not_moved)?;
    Ok(())
}

fn unchanged(mut error: ToolError) -> ToolError {
    // after these it is not known whether GitHub did it
    if !matches!(error.kind, ErrorKind::Timeout | ErrorKind::Upstream) {
        error.what = format!("no branch was changed: {}", error.what);
    }
    error
}

/// Why a branch could not be moved, with the next move.
fn not_moved(mut error: ToolError) -> ToolError {
    let said = error.what.to_ascii_lowercase();
    if said.contains("fast forward") || said.contains("fast-forward") {
        error.kind = ErrorKind::Conflict;
        error.cause = "somebody pushed to the branch in between".into();
        error.next = "call again: the commit is then made on top of their push; look with read_code whether it still fits".into();
    } else if said.contains("already exists") {
        error.kind = ErrorKind::Conflict;
        error.cause = "somebody made the branch in between".into();
        error.next = "call again to commit to it, or choose another branch name".into();
    } else if said.contains("protected") || said.contains("rule") {
        error.kind = ErrorKind::Forbidden;
        error.cause = "a rule of the repository protects the branch".into();
        error.next = "call again with another branch name, so that a pull request is opened".into();
    }
    error
}
