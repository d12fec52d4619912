//! `history`: what changed between two refs, or the last commits and releases.
//!
//! GitHub pages the commits of a comparison but gives its files with the first page only, 300 at
//! most; so a cursor counts commits and files apart, and the first page is read again for files.

use futures::future::join;
use kit::{
    Answer, Call, Description, ErrorKind, Hints, More, Reply, Tool, ToolError,
    answer::{Further, PAGE_TOKENS},
    auth::Scope,
    data::fitting,
    input::{Line, PageSize},
    schema,
    tool::TIMEOUT,
    untrusted::one_line,
};
use schemars::JsonSchema;
use seaworthy_kit as kit;
use serde::{Deserialize, Serialize};

use crate::{
    Github,
    client::Fetched,
    endpoint::Endpoint,
    input::{FilePath, GitRef, Repo},
    model::{ChangedFile, Commit, Comparison, Release, Repository},
    output,
    page::{self, Position},
    shape,
};

pub(super) const DEFAULT_PAGE: usize = 20;
/// Commits that GitHub is asked for at a time.
const PER_PAGE: usize = 100;
/// Files of a comparison that GitHub gives at most.
const FILE_CEILING: usize = 300;
/// What a page with diffs costs at most, in tokens.
const DIFF_BUDGET: usize = 4_000;
/// Room that the next diff needs to be begun at all, in characters.
const DIFF_ROOM: usize = 800;

/// The definition.
pub(super) const TOOL: Tool<Github> = Tool {
    name: "history",
    title: "What changed",
    description: Description {
        purpose: "Tells what changed between two refs, or without base the last commits and releases.",
        arguments: "path narrows it: with base to its diffs, else to its commits.",
        returns: "a line for each commit and each changed file with its added and removed lines, paged.",
        effects: "Reads only.",
        not_for: "a pull request (read_pull_request) or a file's content (read_code).",
    },
    hints: Hints::READ,
    scope: Scope::Read,
    input: schema::input::<Arguments>,
    output: Some(schema::output::<History>),
    timeout: TIMEOUT,
    run: |github, call| Box::pin(run(github, call)),
};

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Arguments {
    /// owner/name
    repo: Repo,
    /// older branch, tag or sha
    base: Option<GitRef>,
    /// newer; default the default branch
    head: Option<GitRef>,
    /// file or folder
    path: Option<FilePath>,
    /// items a page
    page_size: Option<PageSize>,
    /// to go on
    cursor: Option<Line<2000>>,
}

/// Commits: of a comparison oldest first, else newest first.
#[derive(Debug, Serialize, JsonSchema)]
struct History {
    /// with base
    comparison: Option<CompareSummary>,
    /// the last five, without base, head and path
    releases: Vec<output::Release>,
    /// commits; with base and path none
    items: Vec<output::Commit>,
    /// of a comparison
    total: Option<u64>,
    /// of a comparison, 300 at most; with path those there, with their diffs
    files: Vec<output::ChangedFile>,
    cursor: Option<String>,
    unread: Vec<String>,
}

/// How two refs stand to each other.
#[derive(Debug, Serialize, JsonSchema)]
struct CompareSummary {
    /// ahead, behind, diverged or identical
    status: String,
    ahead_by: u64,
    behind_by: u64,
    /// sha
    merge_base: Option<String>,
}

/// Where the next page of a comparison begins: after how many commits and files, and at which
/// character of the next file's diff.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
struct Spot {
    #[serde(rename = "c")]
    commits: usize,
    #[serde(rename = "f")]
    files: usize,
    #[serde(rename = "x")]
    column: usize,
}

async fn run(github: &Github, call: Call) -> Result<Reply, ToolError> {
    let arguments: Arguments = call.parse()?;
    let Some(base) = &arguments.base else {
        return list(github, &call, &arguments).await;
    };
    let spot: Spot = match &arguments.cursor {
        Some(cursor) => call.open_cursor(cursor)?,
        None => Spot::default(),
    };
    let head = match &arguments.head {
        Some(head) => head.to_string(),
        None => default_branch(github, &arguments.repo).await?,
    };
    let mut comparison =
        compare(github, &arguments.repo, base.as_str(), &head, spot.commits).await?;
    let title = format!("{base}...{head}");
    let path = arguments.path.as_ref();
    let path = path.map(|path| path.as_str().trim_matches('/'));
    if call.wants_data() {
        let size = call.page_size(arguments.page_size, DEFAULT_PAGE);
        return data_of_comparison(&call, path.unwrap_or_default(), &comparison, &spot, size);
    }
    let answer = match path {
        Some(path) if !path.is_empty() => diffs(&call, &title, path, &comparison, &spot)?,
        _ => {
            let size = call.page_size(arguments.page_size, DEFAULT_PAGE);
            overview(&call, &title, &mut comparison, &spot, size)?
        }
    };
    Ok(answer.into())
}

async fn default_branch(github: &Github, repo: &Repo) -> Result<String, ToolError> {
    let endpoint = Endpoint::repo(repo, format!("the repository {repo}"), [""; 0]);
    let repository = github.client.get::<Repository>(&endpoint).await?.data;
    Ok(repository.default_branch)
}

/// The comparison with its files and, of its commits, those that follow the first `given`.
async fn compare(
    github: &Github,
    repo: &Repo,
    base: &str,
    head: &str,
    given: usize,
) -> Result<Comparison, ToolError> {
    let range = format!("{base}...{head}");
    let page = |number: usize| {
        Endpoint::repo(repo, format!("the comparison {range} in {repo}"), ["compare", &range])
            .query("per_page", PER_PAGE.to_string())
            .query("page", number.to_string())
            .hint("base and head must be branches, tags or commits of this repository; history without refs names the last commits and releases")
    };
    let number = given / PER_PAGE + 1;
    let (first, further) = (page(1), page(number));
    let mut comparison = if number == 1 {
        github.client.get::<Comparison>(&first).await?.data
    } else {
        let (files, commits) = futures::future::try_join(
            github.client.get::<Comparison>(&first),
            github.client.get::<Comparison>(&further),
        )
        .await?;
        Comparison {
            files: files.data.files,
            ..commits.data
        }
    };
    // an API that does not page comparisons gives all it has at once
    let before = if comparison.commits.len() > PER_PAGE {
        given
    } else {
        given % PER_PAGE
    };
    let before = before.min(comparison.commits.len());
    comparison.commits.drain(..before);
    let at_least = (given + comparison.commits.len()) as u64;
    comparison.total_commits = comparison.total_commits.max(at_least);
    Ok(comparison)
}

/// A page of the comparison as data: commits and files, or the diffs at `path`.
fn data_of_comparison(
    call: &Call,
    path: &str,
    comparison: &Comparison,
    spot: &Spot,
    size: usize,
) -> Result<Reply, ToolError> {
    let diffs = !path.is_empty();
    let all: Vec<_> = if diffs {
        files_at(comparison, path)
    } else {
        comparison.files.iter().collect()
    };
    let rest = &all[spot.files.min(all.len())..];
    let files = rest.iter().take(size);
    let mut files: Vec<_> = if diffs {
        files
            .map(|file| output::ChangedFile::with_patch(file, 0))
            .collect()
    } else {
        files.map(|file| output::ChangedFile::of(file)).collect()
    };
    files.truncate(fitting(&files, size));
    let commits = comparison.commits.iter().take(if diffs { 0 } else { size });
    let mut items: Vec<_> = commits.map(output::Commit::of).collect();
    items.truncate(fitting(&items, size));
    let next = Spot {
        commits: spot.commits + items.len(),
        files: spot.files + files.len(),
        column: 0,
    };
    let total = usize::try_from(comparison.total_commits).unwrap_or(usize::MAX);
    // GitHub may give fewer commits than it counts
    let further = !diffs && !items.is_empty() && next.commits < total;
    let cursor = (further || next.files < all.len()).then(|| call.seal_cursor(&next));
    let parted = comparison.merge_base_commit.as_ref();
    Reply::data(&History {
        comparison: Some(CompareSummary {
            status: comparison.status.clone(),
            ahead_by: comparison.ahead_by,
            behind_by: comparison.behind_by,
            merge_base: parted.map(|commit| commit.sha.clone()),
        }),
        releases: Vec::new(),
        items,
        total: Some(comparison.total_commits),
        files,
        cursor: cursor.transpose()?,
        unread: Vec::new(),
    })
}

/// The changed files at or below `path`.
fn files_at<'a>(comparison: &'a Comparison, path: &str) -> Vec<&'a ChangedFile> {
    let below = format!("{path}/");
    let is_there = |name: &str| name == path || name.starts_with(&below);
    let files = comparison.files.iter();
    files
        .filter(|file| {
            is_there(&file.filename) || file.previous_filename.as_deref().is_some_and(is_there)
        })
        .collect()
}

/// The comparison's first lines: how the two ends stand to each other.
fn summary(answer: &mut Answer, title: &str, comparison: &Comparison) {
    let ends = match comparison.status.as_str() {
        "identical" => "the two are the same commit".to_owned(),
        _ => format!(
            "{} ahead, {} behind",
            comparison.ahead_by, comparison.behind_by
        ),
    };
    let parted = comparison.merge_base_commit.as_ref();
    let parted = parted.map_or(String::new(), |commit| {
        format!("; they part at {}", shape::short(&commit.sha))
    });
    answer.line(format!("compare {title}: {ends}{parted}"));
}

/// Commits and files, each with half of the room where both need it.
fn overview(
    call: &Call,
    title: &str,
    comparison: &mut Comparison,
    spot: &Spot,
    size: usize,
) -> Result<Answer, ToolError> {
    let mut answer = call.answer(PAGE_TOKENS);
    summary(&mut answer, title, comparison);
    let total = usize::try_from(comparison.total_commits).unwrap_or(usize::MAX);
    let files = &comparison.files[spot.files.min(comparison.files.len())..];
    let half = answer.room() / 2;
    let mut commits = 0;
    if spot.commits < total {
        answer.line(format!(
            "commits {} in all, oldest first:",
            shape::grouped(comparison.total_commits)
        ));
        for commit in comparison.commits.iter().take(size) {
            let full = !files.is_empty() && answer.room() < half;
            if full || !answer.try_line(shape::commit_line(commit)) {
                break;
            }
            commits += 1;
        }
    }
    answer.count(commits);
    let mut left = total.saturating_sub(spot.commits + commits);
    if commits == 0 && left > 0 {
        answer.line(format!(
            "commits: GitHub gives no more of them ({left} are missing); compare with a base nearer to the head"
        ));
        left = 0;
    }
    let mut shown = 0;
    if !files.is_empty() {
        let (added, removed) = lines_of(&comparison.files);
        let count = comparison.files.len();
        answer.line(format!("files {count} changed, +{added} -{removed}:"));
        if count >= FILE_CEILING {
            answer.line("note: GitHub names 300 files at most; compare with a base nearer to the head for the others");
        }
        shown = answer.lines(files, size, file_line);
    }
    left += files.len() - shown;
    if left > 0 {
        let next = Spot {
            commits: spot.commits + commits,
            files: spot.files + shown,
            column: 0,
        };
        let cursor = call.seal_cursor(&next)?;
        answer.more(More::at(Further::Exactly(left as u64), &cursor));
    }
    Ok(answer)
}

fn lines_of(files: &[ChangedFile]) -> (u64, u64) {
    files.iter().fold((0, 0), |(added, removed), file| {
        (added + file.additions, removed + file.deletions)
    })
}

/// `file modified src/lib.rs +10 -2`.
fn file_line(file: &ChangedFile) -> String {
    let before = match &file.previous_filename {
        Some(before) => format!("{} -> ", one_line(before, 200)),
        None => String::new(),
    };
    format!(
        "file {} {before}{} +{} -{}",
        one_line(&file.status, 20),
        one_line(&file.filename, 200),
        file.additions,
        file.deletions
    )
}

/// The diffs of the files at or below `path`.
fn diffs(
    call: &Call,
    title: &str,
    path: &str,
    comparison: &Comparison,
    spot: &Spot,
) -> Result<Answer, ToolError> {
    let files = files_at(comparison, path);
    let mut answer = Answer::with_tokens(DIFF_BUDGET);
    summary(&mut answer, title, comparison);
    answer.line(if files.is_empty() {
        format!("no changed file at {path}")
    } else {
        let files = shape::count(files.len() as u64, "file");
        format!("diffs of {files} at {path}:")
    });
    if comparison.files.len() >= FILE_CEILING {
        answer.line("note: GitHub names 300 files at most, one at this path may be missing; compare with a base nearer to the head");
    }
    let mut next = spot.clone();
    for file in files.iter().skip(spot.files) {
        if next.files > spot.files && answer.room() < DIFF_ROOM {
            break;
        }
        answer.line(file_line(file));
        if let Some(patch) = &file.patch {
            let quoted = answer.quote(patch, next.column, usize::MAX);
            if quoted.is_cut() {
                next.column = quoted.end;
                break;
            }
        } else if file.additions + file.deletions > 0 || file.status != "renamed" {
            answer.line("no diff: GitHub gives none of binary and very large files");
        }
        next.files += 1;
        next.column = 0;
    }
    if next.files < files.len() {
        let left = files.len() - next.files;
        let cursor = call.seal_cursor(&next)?;
        answer.more(More::at(Further::Exactly(left as u64), &cursor));
    }
    Ok(answer)
}

/// The last commits, and on the first page of a question about nothing else the last releases.
async fn list(github: &Github, call: &Call, arguments: &Arguments) -> Result<Reply, ToolError> {
    let (repo, size) = (
        &arguments.repo,
        call.page_size(arguments.page_size, DEFAULT_PAGE),
    );
    let per_page = if call.wants_data() {
        PageSize::DATA_CAP
    } else {
        PageSize::CAP
    };
    let position = Position::of(call, arguments.cursor.as_deref())?;
    let path = arguments
        .path
        .as_ref()
        .map(FilePath::as_str)
        .filter(|path| !path.is_empty());
    let head = arguments.head.as_ref().map(GitRef::as_str);
    let subject = head.unwrap_or("the commit list");
    let commits = Endpoint::repo(repo, format!("{subject} of {repo}"), ["commits"])
        // one size whatever is asked: a position counts items of such pages
        .query("per_page", per_page.to_string())
        .query_opt("sha", head)
        .query_opt("path", path.map(|path| path.trim_end_matches('/')))
        .hint("check repo; head must be one of its branches, tags or commits");
    let commits =
        page::gather::<Vec<Commit>>(&github.client, &commits, &position, size - 1, |_| true);
    let releases = async {
        if path.is_some() || head.is_some() || arguments.cursor.is_some() {
            return None;
        }
        let endpoint = Endpoint::repo(repo, format!("the release list of {repo}"), ["releases"])
            .query("per_page", "5");
        Some(github.client.get::<Vec<Release>>(&endpoint).await)
    };
    let (commits, releases) = join(commits, releases).await;
    if call.wants_data() {
        return data_of_list(call, size, commits, releases);
    }
    let mut answer = call.answer(PAGE_TOKENS);
    match releases {
        Some(Ok(releases)) => {
            for release in &releases.data {
                answer.line(format!("release {}", shape::release(release)));
            }
        }
        Some(Err(error)) if commits.is_ok() => {
            answer.line(shape::unread("releases", &error));
        }
        _ => {}
    }
    let commits = match commits {
        // GitHub's word for a repository without a commit
        Err(error) if error.kind == ErrorKind::Conflict => {
            answer.line(format!("No commits: {repo} is empty."));
            return Ok(answer.into());
        }
        commits => commits?,
    };
    let at = head.map_or(String::new(), |head| format!(" at {head}"));
    let there = path.map_or(String::new(), |path| format!(" that touch {path}"));
    if commits.items.is_empty() && position.seen() == 0 {
        answer.line(format!("No commits of {repo}{at}{there}."));
    } else {
        answer.line(format!("Commits of {repo}{at}{there}, newest first:"));
    }
    let shown = answer.lines(&commits.items, size, shape::commit_line);
    if let Some(more) = commits.more(call, shown)? {
        answer.more(more);
    }
    Ok(answer.into())
}

/// A page of the commits as data.
fn data_of_list(
    call: &Call,
    size: usize,
    commits: Result<page::List<Commit>, ToolError>,
    releases: Option<Result<Fetched<Vec<Release>>, ToolError>>,
) -> Result<Reply, ToolError> {
    let (items, cursor) = match commits {
        // GitHub's word for a repository without a commit
        Err(error) if error.kind == ErrorKind::Conflict => (Vec::new(), None),
        commits => commits?.data(call, size, output::Commit::of)?,
    };
    let mut data = History {
        comparison: None,
        releases: Vec::new(),
        items,
        total: None,
        files: Vec::new(),
        cursor,
        unread: Vec::new(),
    };
    match releases {
        Some(Ok(releases)) => {
            data.releases = releases.data.iter().map(output::Release::of).collect();
        }
        Some(Err(error)) => data.unread.push(shape::unread("releases", &error)),
        None => {}
    }
    Reply::data(&data)
}
