//! What a deletion would destroy, looked up before it is done.
//!
//! Each kind of thing has one function that finds it and makes a [`Doomed`] of it: the preview, the
//! state that a confirmation is bound to, and the one request that deletes it.

use futures::future::{join, join4, try_join};
use kit::{Answer, ErrorKind, ToolError, untrusted::one_line};
use seaworthy_kit as kit;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::{
    client::Client,
    endpoint::Endpoint,
    git,
    input::{FilePath, GitRef, Repo},
    model::{Commit, Pull, Repository, User, nullable},
    shape,
};

/// Tokens that a preview's details take; its own lines make it a full page.
const DETAILS: usize = 1_700;

/// What would be deleted.
pub(crate) struct Doomed {
    /// As in "delete ...".
    pub(crate) what: String,
    /// What a confirmation is bound to.
    pub(crate) state: String,
    pub(crate) details: Answer,
    pub(crate) endpoint: Endpoint,
    pub(crate) body: Option<Value>,
    /// What can still be done about it afterwards.
    pub(crate) undo: String,
}

fn invalid_name(reason: &str) -> ToolError {
    ToolError::invalid(
        format!("invalid argument name: {reason}"),
        "give the branch, the file's path, the release's tag, or for a repository its owner/name",
    )
}

fn parsed_ref(name: &str) -> Result<GitRef, ToolError> {
    GitRef::parse(name).map_err(|reason| invalid_name(&reason))
}

async fn read_repository(client: &Client, repo: &Repo) -> Result<Repository, ToolError> {
    let endpoint = Endpoint::repo(repo, format!("repository {repo}"), [""; 0]);
    Ok(client.get(&endpoint).await?.data)
}

/// A branch, and the pull requests that it would take along.
pub(crate) async fn branch(client: &Client, repo: &Repo, name: &str) -> Result<Doomed, ToolError> {
    let parsed = parsed_ref(name)?;
    let name = git::branch_name(&parsed);
    let (about, tip) =
        try_join(read_repository(client, repo), git::tip(client, repo, name)).await?;
    // where names differ by their case only, one can be taken for the other
    let is_default = about.default_branch.eq_ignore_ascii_case(name);
    if about.default_branch.is_empty() || is_default {
        let why = if is_default {
            format!("{name} is the default branch of {repo}")
        } else {
            format!("GitHub did not say which branch of {repo} is the default one")
        };
        return Err(ToolError::new(
            ErrorKind::Refused,
            format!("nothing was done: {why}"),
            "name another branch; to retire this one, the user makes another branch the default on GitHub first",
        )
        .because("this tool never deletes a default branch"));
    }
    let sha = tip.ok_or_else(|| git::no_branch(repo, name))?;
    let details = branch_details(client, repo, &about, name, &sha).await;
    Ok(Doomed {
        what: format!("branch {name} of {repo} at {}", shape::short(&sha)),
        undo: format!(
            "it was at {sha}; while GitHub keeps that commit, the user can push it back to a branch"
        ),
        state: format!("{} {} {sha}", about.full_name, about.default_branch),
        details,
        endpoint: Endpoint::repo(
            repo,
            format!("branch {name} of {repo}"),
            ["git", "refs", "heads"],
        )
        .join(name),
        body: None,
    })
}

async fn branch_details(
    client: &Client,
    repo: &Repo,
    about: &Repository,
    name: &str,
    sha: &str,
) -> Answer {
    // the owner as GitHub spells it now
    let owner = about
        .full_name
        .split_once('/')
        .map_or(repo.owner.as_str(), |(owner, _)| owner);
    let default = about.default_branch.as_str();
    let commit = Endpoint::repo(repo, "the last commit", ["commits", sha]);
    let ends = format!("{default}...{sha}");
    let compare = Endpoint::repo(
        repo,
        "the comparison with the default branch",
        ["compare", &ends],
    )
    .query("per_page", "1");
    let pulls = |end: &str, value: &str| {
        Endpoint::repo(repo, "the open pull requests", ["pulls"])
            .query("state", "open")
            .query(end, value)
            .query("per_page", "50")
    };
    let (from, into) = (
        pulls("head", &format!("{owner}:{name}")),
        pulls("base", name),
    );
    let (commit, compared, from, into) = join4(
        client.get::<Commit>(&commit),
        client.get::<Value>(&compare),
        client.get::<Vec<Pull>>(&from),
        client.get::<Vec<Pull>>(&into),
    )
    .await;
    let mut details = Answer::with_tokens(DETAILS);
    details.line(format!("branch: {name} of {repo} at {sha}"));
    details.line(match commit {
        Ok(commit) => format!("last commit: {}", commit_line(&commit.data)),
        Err(error) => unread("last commit", &error),
    });
    details.line(match compared {
        Ok(compared) => ahead_line(default, compared.data["ahead_by"].as_u64()),
        Err(error) => unread("ahead", &error),
    });
    let label = "open pull requests from it";
    details.line(match from {
        Ok(from) => pulls_line(
            label,
            from.data.iter().filter(|pull| pull.head.branch == name),
        ),
        Err(error) => unread(label, &error),
    });
    let label = "open pull requests into it";
    details.line(match into {
        Ok(into) => pulls_line(
            label,
            into.data.iter().filter(|pull| pull.base.branch == name),
        ),
        Err(error) => unread(label, &error),
    });
    details
}

fn ahead_line(default: &str, ahead: Option<u64>) -> String {
    match ahead {
        Some(0) => format!("ahead: of {default} by nothing, all its commits are there"),
        Some(n) => format!(
            "ahead: of {default} by {} that may be nowhere else",
            shape::count(n, "commit")
        ),
        None => "ahead: not told".to_owned(),
    }
}

fn commit_line(commit: &Commit) -> String {
    let author = commit.commit.author.clone().unwrap_or_default();
    format!(
        "{} {} by {}, {}",
        shape::short(&commit.sha),
        shape::quoted(
            commit.commit.message.lines().next().unwrap_or_default(),
            120
        ),
        one_line(&author.name, 60),
        shape::day(&author.date)
    )
}

fn pulls_line<'a>(label: &str, pulls: impl Iterator<Item = &'a Pull>) -> String {
    let named: Vec<_> = pulls
        .map(|pull| format!("#{} {}", pull.number, shape::quoted(&pull.title, 80)))
        .collect();
    match named.len() {
        0 => format!("{label}: none"),
        n if n > 10 => format!(
            "{label}: {} and {} more; deleting closes them",
            named[..10].join(", "),
            n - 10
        ),
        _ => format!("{label}: {}; deleting closes them", named.join(", ")),
    }
}

fn unread(label: &str, error: &ToolError) -> String {
    format!("{label}: could not be read: {}", one_line(&error.what, 200))
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Content {
    #[serde(deserialize_with = "nullable")]
    sha: String,
    #[serde(deserialize_with = "nullable")]
    size: u64,
    #[serde(rename = "type", deserialize_with = "nullable")]
    kind: String,
}

/// A file, and the commit on `branch` (the default one when none) that would delete it.
pub(crate) async fn file(
    client: &Client,
    repo: &Repo,
    path: &str,
    branch: Option<&str>,
    message: Option<&str>,
) -> Result<Doomed, ToolError> {
    let path = FilePath::parse(path).map_err(|reason| invalid_name(&reason))?;
    let about = read_repository(client, repo).await?;
    let branch = branch.unwrap_or(&about.default_branch);
    if branch.is_empty() {
        return Err(ToolError::invalid(
            format!("GitHub did not say which branch of {repo} is the default one"),
            "name the file's branch",
        ));
    }
    let subject = format!("file {path} on branch {branch} of {repo}");
    let at = Endpoint::repo(repo, subject.clone(), ["contents"])
        .join(path.as_str())
        .hint("read_code lists what is there; name the branch if it is not the default one");
    let history = Endpoint::repo(repo, "the last change", ["commits"])
        .query("path", path.as_str())
        .query("sha", branch)
        .query("per_page", "1");
    let (content, history) = join(
        client.get::<Value>(&at.clone().query("ref", branch)),
        client.get::<Vec<Commit>>(&history),
    )
    .await;
    let content = one_file(content?.data, &subject)?;
    let on_default = if branch == about.default_branch {
        ", the default branch"
    } else {
        ""
    };
    let mut details = Answer::with_tokens(DETAILS);
    details.line(format!("file: {path} on {branch}{on_default} of {repo}"));
    details.line(format!(
        "size: {}, blob {}",
        shape::count(content.size, "byte"),
        content.sha
    ));
    details.line(match &history {
        Ok(commits) => match commits.data.first() {
            Some(commit) => format!("last change: {}", commit_line(commit)),
            None => "last change: not told".to_owned(),
        },
        Err(error) => unread("last change", error),
    });
    let message = message.map_or_else(|| format!("Delete {path}"), str::to_owned);
    details.line(format!("commit: \"{message}\", directly on {branch}"));
    Ok(Doomed {
        what: format!("{subject}{on_default}"),
        // without the branch, another default branch could take the place of the previewed one
        state: format!("{} {branch}{on_default} {}", about.full_name, content.sha),
        details,
        endpoint: at,
        body: Some(json!({"message": message, "sha": content.sha, "branch": branch})),
        undo:
            "the file stays in the branch's history; read_code with ref= a commit before shows it"
                .to_owned(),
    })
}

fn one_file(content: Value, subject: &str) -> Result<Content, ToolError> {
    let next = "name one file; propose_change deletes several in one commit";
    if content.is_array() {
        return Err(ToolError::invalid(format!("{subject} is a folder"), next));
    }
    let content: Content = serde_json::from_value(content).unwrap_or_default();
    match content.kind.as_str() {
        "" | "file" | "symlink" if !content.sha.is_empty() => Ok(content),
        "dir" | "submodule" => Err(ToolError::invalid(
            format!("{subject} is a {}", content.kind.replace("dir", "folder")),
            next,
        )),
        _ => Err(ToolError::new(
            ErrorKind::Upstream,
            format!("GitHub did not say what {subject} is"),
            "look at it with read_code first",
        )),
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Release {
    #[serde(deserialize_with = "nullable")]
    id: u64,
    #[serde(deserialize_with = "nullable")]
    tag_name: String,
    #[serde(deserialize_with = "nullable")]
    name: String,
    #[serde(deserialize_with = "nullable")]
    body: String,
    #[serde(deserialize_with = "nullable")]
    prerelease: bool,
    #[serde(deserialize_with = "nullable")]
    published_at: String,
    author: Option<User>,
    #[serde(deserialize_with = "nullable")]
    assets: Vec<Asset>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Asset {
    #[serde(deserialize_with = "nullable")]
    id: u64,
    #[serde(deserialize_with = "nullable")]
    name: String,
    #[serde(deserialize_with = "nullable")]
    size: u64,
    #[serde(deserialize_with = "nullable")]
    download_count: u64,
    #[serde(deserialize_with = "nullable")]
    updated_at: String,
}

/// A release, and its assets.
pub(crate) async fn release(client: &Client, repo: &Repo, tag: &str) -> Result<Doomed, ToolError> {
    let parsed = parsed_ref(tag)?;
    let tag = parsed.as_str();
    let subject = format!("release {tag} of {repo}");
    let endpoint = Endpoint::repo(repo, subject.clone(), ["releases", "tags", tag])
        .hint("history lists the releases; a draft has no tag to find it by");
    let release = client.get::<Release>(&endpoint).await?.data;
    if release.id == 0 {
        return Err(ToolError::new(
            ErrorKind::Upstream,
            format!("GitHub did not say which release {subject} is"),
            "call again once",
        ));
    }
    let mut details = Answer::with_tokens(DETAILS);
    let kind = if release.prerelease {
        "pre-release"
    } else {
        "release"
    };
    details.line(format!(
        "{kind}: {} {} by {}, published {}",
        release.tag_name,
        shape::quoted(&release.name, 120),
        shape::at(release.author.as_ref()),
        shape::day(&release.published_at)
    ));
    let downloads: u64 = release
        .assets
        .iter()
        .map(|asset| asset.download_count)
        .sum();
    details.line(format!(
        "assets: {}, downloaded {}; they cannot be brought back",
        shape::grouped(release.assets.len() as u64),
        shape::count(downloads, "time")
    ));
    let listed = details.lines(&release.assets, 20, |asset| {
        format!(
            "asset: {}, {}",
            one_line(&asset.name, 100),
            shape::count(asset.size, "byte")
        )
    });
    if listed < release.assets.len() {
        details.line(format!("and {} more assets", release.assets.len() - listed));
    }
    details.line(format!("tag: {tag} itself stays"));
    // downloads go up by themselves; everything else is what was looked at
    let assets: Vec<_> = release
        .assets
        .iter()
        .map(|asset| (asset.id, asset.size, &asset.updated_at))
        .collect();
    Ok(Doomed {
        what: format!(
            "{subject} with {}",
            shape::count(assets.len() as u64, "asset")
        ),
        state: format!(
            "{} {:?} {:?} {} {assets:?}",
            release.id, release.name, release.body, release.published_at
        ),
        details,
        endpoint: Endpoint::repo(repo, subject, ["releases", &release.id.to_string()]),
        body: None,
        undo: format!("the tag {tag} is still there; a new release can be made from it"),
    })
}

/// A whole repository; `typed` must be its full name.
pub(crate) async fn repository(
    client: &Client,
    repo: &Repo,
    typed: &str,
) -> Result<Doomed, ToolError> {
    let about = read_repository(client, repo).await?;
    let full = about.full_name.as_str();
    if !full.eq_ignore_ascii_case(&repo.to_string()) {
        return Err(ToolError::new(
            ErrorKind::Refused,
            format!("{repo} is now called {}", one_line(full, 160)),
            "if that is the one the user means, call again with its present name as repo and name",
        )
        .because("the repository was renamed or moved"));
    }
    if typed != full {
        return Err(ToolError::invalid(
            "invalid argument name: is not the repository's full name",
            format!("ask the user to confirm the deletion by typing {full}, and give that as name"),
        ));
    }
    let mut details = Answer::with_tokens(DETAILS);
    let mut kind = vec![if about.private { "private" } else { "public" }];
    if about.archived {
        kind.push("archived");
    }
    if about.fork {
        kind.push("a fork");
    }
    details.line(format!("repository: {full}, {}", kind.join(", ")));
    details.line(format!(
        "counts: {}, {}, {} and pull requests",
        shape::count(about.stargazers_count, "star"),
        shape::count(about.forks_count, "fork"),
        shape::count(about.open_issues_count, "open issue"),
    ));
    details.line(format!(
        "last push: {} (default branch {})",
        shape::minute(&about.pushed_at),
        about.default_branch
    ));
    details.line("lost: all code, issues, pull requests, releases, wiki and settings");
    Ok(Doomed {
        what: format!("repository {full} with everything in it"),
        state: format!(
            "{full} {} {} {} {}",
            about.pushed_at, about.default_branch, about.private, about.open_issues_count
        ),
        details,
        endpoint: Endpoint::repo(repo, format!("repository {full}"), [""; 0]),
        body: None,
        undo: "an owner can restore some repositories within 90 days, on GitHub's settings pages"
            .to_owned(),
    })
}
