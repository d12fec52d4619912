//! `repo_overview`: what a repository is, in one call.
//!
//! The repository itself is asked for first and the rest at once: a wrong name or token then
//! costs one request, and a refused token is not sent five times more.

use std::collections::BTreeMap;

use futures::future::join5;
use kit::{
    Answer, Call, Description, ErrorKind, Hints, Reply, Tool, ToolError,
    auth::Scope,
    data::excerpt,
    schema,
    tool::TIMEOUT,
    untrusted::{clean, head, one_line},
};
use schemars::JsonSchema;
use seaworthy_kit as kit;
use serde::{Deserialize, Serialize, de::DeserializeOwned};

use crate::{
    Github,
    contents::{self, Found},
    endpoint::Endpoint,
    input::{GitRef, Repo},
    model::{Commit, Content, Release, Repository},
    output::{self, TEXT, TreeEntry},
    shape,
};

/// Characters of the readme, of the owner's description, of the names at the top, and of the line
/// that says how to read on.
const README: usize = 4_000;
const DESCRIPTION: usize = 400;
const TOP: usize = 1_200;
const CUT_LINE: usize = 640;
/// Languages and topics that are named.
const LANGUAGES: usize = 6;
const TOPICS: usize = 12;

/// The definition.
pub(super) const TOOL: Tool<Github> = Tool {
    name: "repo_overview",
    title: "Understand a repository",
    description: Description {
        purpose: "Gives a first look at a repository.",
        arguments: "ref chooses a branch, tag or commit.",
        returns: "description, state, languages, counts, topics, latest release, top-level files, last 5 commits, the readme's beginning.",
        effects: "Reads only.",
        not_for: "reading on (read_code), more commits (history) or finding repositories (search_code).",
    },
    hints: Hints::READ,
    scope: Scope::Read,
    input: schema::input::<Arguments>,
    output: Some(schema::output::<Overview>),
    timeout: TIMEOUT,
    run: |github, call| Box::pin(run(github, call)),
};

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Arguments {
    /// owner/name
    repo: Repo,
    /// default the default branch
    #[serde(rename = "ref")]
    at: Option<GitRef>,
}

/// A repository at a glance.
#[derive(Debug, Serialize, JsonSchema)]
struct Overview {
    /// owner/name; another than asked for where it was renamed
    repo: String,
    description: String,
    private: bool,
    archived: bool,
    fork: bool,
    default_branch: String,
    /// SPDX identifier
    license: Option<String>,
    topics: Vec<String>,
    stars: u64,
    forks: u64,
    /// issues and pull requests
    open_items: u64,
    pushed_at: Option<String>,
    /// bytes of each
    languages: BTreeMap<String, u64>,
    latest_release: Option<output::Release>,
    /// the top folder
    top: Vec<TreeEntry>,
    /// the last five
    commits: Vec<output::Commit>,
    readme: Option<String>,
    unread: Vec<String>,
}

/// What was read of a repository, or why it was not.
struct Parts {
    repository: Repository,
    languages: Result<BTreeMap<String, u64>, ToolError>,
    release: Result<Release, ToolError>,
    readme: Result<Content, ToolError>,
    commits: Result<Vec<Commit>, ToolError>,
    top: Result<Found, ToolError>,
}

impl Overview {
    fn of(asked: &Repo, parts: Parts) -> Self {
        let repository = parts.repository;
        let mut unread = Vec::new();
        // GitHub answers 404 and 409 where there is nothing yet
        let mut told = |part: &str, error: &ToolError| {
            if !matches!(error.kind, ErrorKind::NotFound | ErrorKind::Conflict) {
                unread.push(shape::unread(part, error));
            }
        };
        let languages = parts
            .languages
            .inspect_err(|error| told("languages", error));
        let release = parts
            .release
            .inspect_err(|error| told("latest release", error));
        let readme = parts.readme.inspect_err(|error| told("readme", error));
        let commits = parts
            .commits
            .inspect_err(|error| told("last commits", error));
        let top = parts
            .top
            .inspect_err(|error| told("top-level files", error));
        let text = readme.ok().and_then(|readme| contents::inline(&readme));
        let text = text.and_then(|bytes| contents::text(&bytes));
        let name = repository.full_name;
        Self {
            repo: output::some(&name).unwrap_or_else(|| asked.to_string()),
            description: repository.description,
            private: repository.private,
            archived: repository.archived,
            fork: repository.fork,
            default_branch: repository.default_branch,
            license: repository
                .license
                .and_then(|one| output::some(&one.spdx_id)),
            topics: repository.topics,
            stars: repository.stargazers_count,
            forks: repository.forks_count,
            open_items: repository.open_issues_count,
            pushed_at: output::some(&repository.pushed_at),
            languages: languages.unwrap_or_default(),
            latest_release: release.ok().as_ref().map(output::Release::of),
            top: match top {
                Ok(Found::Folder(entries, _)) => entries
                    .into_iter()
                    .map(contents::Entry::from)
                    .map(|entry| TreeEntry {
                        path: entry.path,
                        kind: entry.kind.to_owned(),
                        size: entry.size,
                    })
                    .collect(),
                _ => Vec::new(),
            },
            commits: commits.iter().flatten().map(output::Commit::of).collect(),
            readme: text.map(|(text, _)| excerpt(&text, 0, TEXT).to_owned()),
            unread,
        }
    }
}

async fn run(github: &Github, call: Call) -> Result<Reply, ToolError> {
    let Arguments { repo, at } = call.parse()?;
    let at = at.as_ref().map(GitRef::as_str);
    let endpoint = |what: &str, segments: &[&str]| {
        Endpoint::repo(&repo, format!("the {what} of {repo}"), segments)
    };
    let last = match at {
        Some(at) => Endpoint::repo(&repo, format!("{at} of {repo}"), ["commits"]),
        None => endpoint("commit list", &["commits"]),
    };
    let whole = Endpoint::repo(&repo, format!("the repository {repo}"), [""; 0])
        .hint("check owner and name; search_code with kind=repositories finds a repository, get_context says who the token is");
    let repository = github.client.get::<Repository>(&whole).await?.data;
    let (languages, release, readme, commits, top) = join5(
        get::<BTreeMap<String, u64>>(github, endpoint("language list", &["languages"])),
        get::<Release>(github, endpoint("latest release", &["releases", "latest"])),
        get::<Content>(
            github,
            endpoint("readme", &["readme"]).query_opt("ref", at),
        ),
        get::<Vec<Commit>>(
            github,
            last
                .query("per_page", "5")
                .query_opt("sha", at)
                .hint("ref must be an existing branch, tag or commit; leave it out for the default branch"),
        ),
        contents::load(&github.client, &repo, "", at),
    )
    .await;
    if let (Some(_), Err(error)) = (at, &commits)
        && matches!(error.kind, ErrorKind::NotFound | ErrorKind::InvalidInput)
    {
        return Err(error.clone());
    }
    if call.wants_data() {
        let parts = Parts {
            repository,
            languages,
            release,
            readme,
            commits,
            top,
        };
        return Reply::data(&Overview::of(&repo, parts));
    }
    let mut answer = Answer::new();
    state(&mut answer, &repo, &repository);
    answer.line(match &languages {
        Ok(languages) => format!("languages: {}", percent(languages)),
        Err(error) => shape::unread("languages", error),
    });
    answer.line(match &release {
        Ok(release) => format!("latest release: {}", shape::release(release)),
        Err(error) if error.kind == ErrorKind::NotFound => "latest release: none".to_owned(),
        Err(error) => shape::unread("latest release", error),
    });
    // GitHub answers 409 where there is no commit yet
    let empty = match &commits {
        Ok(commits) => commits.is_empty(),
        Err(error) => error.kind == ErrorKind::Conflict,
    };
    answer.line(top_line(top, empty));
    match &commits {
        _ if empty => {
            answer.line("last commits: none, the repository is empty");
        }
        Ok(commits) => {
            answer.line("last commits:");
            answer.lines(commits, 5, shape::commit_line);
        }
        Err(error) => {
            answer.line(shape::unread("last commits", error));
        }
    }
    readme_part(&mut answer, readme, at);
    Ok(answer.into())
}

async fn get<T: DeserializeOwned>(github: &Github, endpoint: Endpoint) -> Result<T, ToolError> {
    let fetched = github.client.get::<T>(&endpoint).await?;
    Ok(fetched.data)
}

/// What the repository itself says.
fn state(answer: &mut Answer, asked: &Repo, repository: &Repository) {
    let mut signs = vec![if repository.private {
        "private"
    } else {
        "public"
    }];
    if repository.fork {
        signs.push("fork");
    }
    if repository.archived {
        signs.push("archived (read-only)");
    }
    let name = one_line(&repository.full_name, 140);
    let renamed = if name.is_empty() || name.eq_ignore_ascii_case(&asked.to_string()) {
        String::new()
    } else {
        format!(" (now {name})")
    };
    let branch = match one_line(&repository.default_branch, 255) {
        branch if branch.is_empty() => "unknown".to_owned(),
        branch => branch,
    };
    answer.line(format!(
        "repository {asked}{renamed}: {}; default branch {branch}",
        signs.join(", ")
    ));
    let license = repository.license.as_ref();
    let license = license.map_or("", |license| license.spdx_id.as_str());
    let license = match license {
        "" => "no licence".to_owned(),
        "NOASSERTION" => "a licence that GitHub does not know".to_owned(),
        id => format!("licence {}", one_line(id, 40)),
    };
    answer.line(format!(
        "facts: {license}, {} stars, {} forks, {} open issues and pull requests, last push {}",
        shape::grouped(repository.stargazers_count),
        shape::grouped(repository.forks_count),
        shape::grouped(repository.open_issues_count),
        match shape::day(&repository.pushed_at) {
            "" => "never",
            day => day,
        }
    ));
    if !repository.topics.is_empty() {
        let topics = repository.topics.iter().take(TOPICS);
        let topics: Vec<_> = topics.map(|topic| one_line(topic, 50)).collect();
        let further = match repository.topics.len().saturating_sub(TOPICS) {
            0 => String::new(),
            n => format!(", and {n} more"),
        };
        answer.line(format!("topics: {}{further}", topics.join(", ")));
    }
    if !repository.description.trim().is_empty() {
        answer.line("description by its owner:");
        answer.quote(&repository.description, 0, DESCRIPTION);
    }
}

/// `Rust 91%, Shell 6%, other 3%`.
fn percent(languages: &BTreeMap<String, u64>) -> String {
    let total: u64 = languages.values().sum();
    if total == 0 {
        return "none".to_owned();
    }
    let share = |bytes: u64| match bytes.saturating_mul(200) / total {
        0 | 1 => "under 1%".to_owned(),
        doubled => format!("{}%", doubled.div_ceil(2)),
    };
    let mut sorted: Vec<_> = languages.iter().collect();
    sorted.sort_by_key(|(_, bytes)| std::cmp::Reverse(**bytes));
    let (named, others) = sorted.split_at(sorted.len().min(LANGUAGES));
    let mut parts: Vec<_> = named
        .iter()
        .map(|(name, bytes)| format!("{} {}", one_line(name, 40), share(**bytes)))
        .collect();
    if !others.is_empty() {
        let bytes = others.iter().map(|(_, bytes)| **bytes).sum();
        parts.push(format!("{} others {}", others.len(), share(bytes)));
    }
    parts.join(", ")
}

/// The names at the top, as many as fit on one bounded line.
fn top_line(top: Result<Found, ToolError>, empty: bool) -> String {
    let entries = match top {
        Ok(Found::Folder(entries, _)) => entries,
        Ok(Found::One(_)) => Vec::new(),
        Err(_) if empty => Vec::new(),
        Err(error) => return shape::unread("top-level files", &error),
    };
    if entries.is_empty() {
        return "top-level files: none".to_owned();
    }
    let total = entries.len();
    let mut line = format!("top-level files ({total}):");
    let mut named = 0;
    for entry in &entries {
        let slash = if entry.kind == "dir" { "/" } else { "" };
        let name = format!(" {}{slash},", one_line(&entry.name, 100));
        if line.chars().count() + name.chars().count() > TOP {
            break;
        }
        line.push_str(&name);
        named += 1;
    }
    line.pop();
    if named < total {
        line.push_str(&format!(
            " and {} more (read_code lists them)",
            total - named
        ));
    }
    line
}

fn readme_part(answer: &mut Answer, readme: Result<Content, ToolError>, at: Option<&str>) {
    let readme = match readme {
        Ok(readme) => readme,
        Err(error) if matches!(error.kind, ErrorKind::NotFound | ErrorKind::Conflict) => {
            answer.line("readme: none");
            return;
        }
        Err(error) => {
            answer.line(shape::unread("readme", &error));
            return;
        }
    };
    let path = one_line(&readme.path, 200);
    let at = at.map_or(String::new(), |at| format!(" ref={at}"));
    let text = contents::inline(&readme).and_then(|bytes| contents::text(&bytes));
    let Some((text, _)) = text else {
        answer.line(format!(
            "readme: {path} has {} and is not shown - read it with read_code path={path}{at}",
            shape::bytes(readme.size)
        ));
        return;
    };
    answer.line(format!("readme {path} by the repository's authors:"));
    // the line that says how to read on must fit below
    let share = README.min(answer.room().saturating_sub(CUT_LINE));
    let quoted = answer.quote(&text, 0, share);
    if quoted.is_cut() {
        let clean = clean(&text).text;
        let line = head(&clean, quoted.end).matches('\n').count() + 1;
        answer.line(format!(
            "[cut: {} of {} characters - read on with read_code path={path} start_line={line}{at}]",
            shape::grouped(quoted.end as u64),
            shape::grouped(quoted.total as u64)
        ));
    }
}
