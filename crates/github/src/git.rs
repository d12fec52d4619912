//! Git's own objects through the API: refs, trees, commits.

use kit::{ErrorKind, ToolError, untrusted::one_line};
use seaworthy_kit as kit;
use serde::Deserialize;

use crate::{
    client::Client,
    endpoint::Endpoint,
    input::{GitRef, Repo},
    model::nullable,
};

/// An object as others point at it.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Object {
    /// Its id.
    #[serde(deserialize_with = "nullable")]
    pub(crate) sha: String,
}

/// A branch or tag.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
struct Reference {
    /// `refs/heads/main`.
    #[serde(rename = "ref", deserialize_with = "nullable")]
    name: String,
    #[serde(deserialize_with = "nullable")]
    object: Object,
}

/// A commit as git knows it.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(crate) struct CommitObject {
    /// Its id.
    #[serde(deserialize_with = "nullable")]
    pub(crate) sha: String,
    /// Its files.
    #[serde(deserialize_with = "nullable")]
    pub(crate) tree: Object,
}

/// A tree, with everything below it.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Tree {
    /// Its entries.
    #[serde(deserialize_with = "nullable")]
    pub(crate) tree: Vec<Entry>,
    /// Whether GitHub left entries out (past 100,000 of them or 7 MB).
    #[serde(deserialize_with = "nullable")]
    pub(crate) truncated: bool,
}

/// An entry of a tree.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Entry {
    /// Its path from the root.
    #[serde(deserialize_with = "nullable")]
    pub(crate) path: String,
    /// `100644`, `100755`, `120000` (link), `040000` (folder), `160000` (submodule).
    #[serde(deserialize_with = "nullable")]
    pub(crate) mode: String,
    /// Bytes, of a file.
    pub(crate) size: Option<u64>,
}

/// The branch that is meant by `name` or `refs/heads/name`.
pub(crate) fn branch_name(branch: &GitRef) -> &str {
    let name = branch.as_str();
    name.strip_prefix("refs/heads/").unwrap_or(name)
}

/// The commit at the tip of a branch; none when there is no such branch.
pub(crate) async fn tip(
    client: &Client,
    repo: &Repo,
    branch: &str,
) -> Result<Option<String>, ToolError> {
    let endpoint = Endpoint::repo(
        repo,
        format!("branch {branch} of {repo}"),
        ["git", "ref", "heads"],
    )
    .join(branch);
    match client.get::<Reference>(&endpoint).await {
        Ok(found) if found.data.object.sha.is_empty() => Err(ToolError::new(
            ErrorKind::Upstream,
            format!("GitHub did not say where branch {branch} of {repo} is"),
            "call again once; if it stays so, check GITHUB_API_URL",
        )),
        // the answer for a renamed branch is that of its new name, which may be the default one
        Ok(found) if found.data.name.strip_prefix("refs/heads/") != Some(branch) => {
            let other = one_line(found.data.name.trim_start_matches("refs/heads/"), 255);
            Err(ToolError::new(
                ErrorKind::Refused,
                format!("nothing was done: asked for branch {branch} of {repo}, GitHub answered with \"{other}\""),
                "ask the user which branch is meant, then call again with the name that it has now",
            )
            .because("the branch was renamed, or is spelt otherwise"))
        }
        Ok(found) => Ok(Some(found.data.object.sha)),
        Err(error) if error.kind == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// That there is no such branch.
pub(crate) fn no_branch(repo: &Repo, branch: &str) -> ToolError {
    ToolError::new(
        ErrorKind::NotFound,
        format!("branch {branch} of {repo} was not found"),
        "check the spelling (case matters); repo_overview names the default branch",
    )
    .because("it does not exist, was deleted, or this token cannot see it")
}
