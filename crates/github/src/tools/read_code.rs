//! `read_code`: a file with line numbers, a folder, or the tree below one.
//!
//! The first page pins the commit, so that further pages of the same file or tree fit together
//! even when the branch moves on.

use kit::{
    Answer, Call, Description, Hints, More, Reply, Tool, ToolError,
    answer::{CHARS_PER_TOKEN, Further, HARD_TOKENS},
    input::{Count, Line},
    schema,
    tool::TIMEOUT,
    untrusted,
};
use schemars::JsonSchema;
use seaworthy_kit as kit;
use serde::{Deserialize, Serialize};

use crate::{
    Github,
    contents::{self, Entry, Found, Listing},
    endpoint::Endpoint,
    input::{FilePath, GitRef, Repo},
    model::{Commit, Content},
    shape,
};

/// What a page costs at most, in tokens: code is read in one piece where it can be.
const BUDGET: usize = 4_000;
/// Where a line of a file is cut by itself, in characters.
const LONG_LINE: usize = 500;

/// The definition.
pub(super) const TOOL: Tool<Github> = Tool {
    name: "read_code",
    title: "Read a file, folder or tree",
    description: Description {
        purpose: "Reads a file with line numbers, a folder, or (recursive) the tree below it.",
        arguments: "A range of one line gives all of it.",
        returns: "commit and blob sha, and text or entries with sizes, paged; binary files only by name.",
        effects: "Reads only.",
        not_for: "finding text (search_code), changes (history) or a first look (repo_overview).",
    },
    hints: Hints::READ,
    input: schema::input::<Arguments>,
    timeout: TIMEOUT,
    run: |github, call| Box::pin(run(github, call)),
};

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Arguments {
    /// owner/name
    repo: Repo,
    /// file or folder; default the top
    path: Option<FilePath>,
    /// branch, tag or commit
    #[serde(rename = "ref")]
    at: Option<GitRef>,
    /// list the tree
    recursive: Option<bool>,
    /// first
    start_line: Option<Count<1, 9_999_999>>,
    /// last
    end_line: Option<Count<1, 9_999_999>>,
    /// to go on
    cursor: Option<Line<2000>>,
}

/// Where the next page begins: at which commit, line or entry (from 0), and character of a line.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
struct Position {
    #[serde(rename = "c")]
    commit: Option<String>,
    #[serde(rename = "i")]
    index: usize,
    #[serde(rename = "x")]
    column: usize,
}

/// One call: where to read and from where on.
struct Reading<'a> {
    call: &'a Call,
    arguments: &'a Arguments,
    position: Position,
    /// `commit ...`, or why it could not be read.
    commit: String,
}

async fn run(github: &Github, call: Call) -> Result<Reply, ToolError> {
    let arguments: Arguments = call.parse()?;
    if let (Some(start), Some(end)) = (arguments.start_line, arguments.end_line)
        && end.get() < start.get()
    {
        return Err(ToolError::invalid(
            "end_line is before start_line",
            "give start_line first, or leave end_line out",
        ));
    }
    let mut position: Position = match &arguments.cursor {
        Some(cursor) => call.open_cursor(cursor)?,
        None => Position::default(),
    };
    let (client, repo) = (&github.client, &arguments.repo);
    let path = arguments.path.as_ref().map_or("", FilePath::as_str);
    let asked = position.commit.clone();
    let asked = asked
        .as_deref()
        .or(arguments.at.as_ref().map(GitRef::as_str));
    let (found, commit) = futures::future::join(
        contents::load(client, repo, path, asked),
        head(github, repo, asked),
    )
    .await;
    let found = found?;
    let commit = match commit {
        Ok(commit) => {
            position.commit = Some(commit.clone());
            format!("commit {commit}")
        }
        Err(error) => shape::unread("commit", &error),
    };
    let at = position.commit.clone();
    let at = at.as_deref().or(asked);
    let reading = Reading {
        call: &call,
        arguments: &arguments,
        position,
        commit,
    };
    let answer = match found {
        Found::One(one) if one.kind == "symlink" || one.kind == "submodule" => reading.named(&one),
        Found::One(mut file) => {
            // a link that GitHub followed stands where it was asked for
            path.clone_into(&mut file.path);
            let bytes = contents::bytes(client, repo, &file, at).await?;
            reading.file(&file, &bytes)?
        }
        Found::Folder(entries, tree) => {
            let recursive = arguments.recursive.unwrap_or_default();
            let listing = Listing::of(client, repo, path, at, (entries, tree), recursive).await?;
            reading.folder(path, &listing)?
        }
    };
    Ok(answer.into())
}

/// The commit that `at` names, or that the default branch is at.
async fn head(github: &Github, repo: &Repo, at: Option<&str>) -> Result<String, ToolError> {
    let is_id = |at: &&str| at.len() == 40 && at.bytes().all(|b| b.is_ascii_hexdigit());
    if let Some(id) = at.filter(is_id) {
        return Ok(id.to_owned());
    }
    let endpoint = Endpoint::repo(repo, format!("the last commit of {repo}"), ["commits"])
        .query("per_page", "1")
        .query_opt("sha", at);
    let commits = github.client.get::<Vec<Commit>>(&endpoint).await?.data;
    let id = commits.into_iter().next().map(|commit| commit.sha);
    id.filter(|id| is_id(&id.as_str()))
        .ok_or_else(|| ToolError::internal("GitHub named no commit"))
}

impl Reading<'_> {
    /// What is not read itself: a symbolic link to no file, a submodule.
    fn named(&self, one: &Content) -> Answer {
        let path = untrusted::one_line(&one.path, 300);
        let mut answer = Answer::new();
        if one.kind == "symlink" {
            let target = untrusted::one_line(&one.target, 300);
            answer.line(format!(
                "link {path} leads to {target}, which is no file of this repository."
            ));
        } else {
            let origin = untrusted::one_line(&one.submodule_git_url, 300);
            answer.line(format!("submodule {path}: commit {} of another repository, {origin}; read it there with read_code.", one.sha));
        }
        answer.line(&self.commit);
        answer
    }

    fn file(&self, file: &Content, bytes: &[u8]) -> Result<Answer, ToolError> {
        let path = untrusted::one_line(&file.path, 300);
        let size = shape::bytes(bytes.len() as u64);
        let mut answer = Answer::with_tokens(BUDGET);
        let Some((text, remark)) = contents::text(bytes) else {
            answer
                .line(format!("file {path}: {size}, binary, not shown"))
                .line(format!("{}, blob {}", self.commit, file.sha));
            return Ok(answer);
        };
        let total = text.lines().count();
        let count = match total {
            0 => "empty".to_owned(),
            1 => "1 line".to_owned(),
            _ => format!("{} lines", shape::grouped(total as u64)),
        };
        answer
            .line(format!("file {path}: {size}, {count}"))
            .line(format!("{}, blob {}", self.commit, file.sha));
        if !remark.is_empty() {
            answer.line(format!("note: {remark}"));
        }
        let line = |count: Option<Count<1, 9_999_999>>| {
            count.map(|count| usize::try_from(count.get()).unwrap_or(usize::MAX))
        };
        let start = line(self.arguments.start_line).map_or(0, |line| line - 1);
        if start > 0 && start >= total {
            return Err(ToolError::invalid(
                format!("{path} has {count}; start_line is past its end"),
                "give a smaller start_line, or leave it out",
            ));
        }
        let end = line(self.arguments.end_line).map_or(total, |line| line.min(total));
        let first = start.max(self.position.index).min(end);
        // only what an answer can hold: a list of all lines may take many times the file's size
        let range: Vec<_> = text
            .lines()
            .skip(first)
            .take((end - first).min(HARD_TOKENS * CHARS_PER_TOKEN))
            .collect();
        match range.as_slice() {
            [long] if end - start == 1 && long.chars().count() > LONG_LINE => {
                self.long_line(&mut answer, first + 1, long)?;
            }
            range => self.lines(&mut answer, first, end, range)?,
        }
        Ok(answer)
    }

    fn lines(
        &self,
        answer: &mut Answer,
        first: usize,
        end: usize,
        lines: &[&str],
    ) -> Result<(), ToolError> {
        // bytes before characters: counting is for the few lines that may be too long
        let is_long = |line: &&str| line.len() > LONG_LINE && line.chars().count() > LONG_LINE;
        if lines.iter().any(is_long) {
            answer.line(format!("note: lines are cut at {LONG_LINE} characters; start_line and end_line of one line give it in full"));
        }
        let shown = answer.numbered(first + 1, lines.iter().copied(), LONG_LINE);
        if first + shown < end {
            let more = self.go_on(end - first - shown, first + shown, 0)?;
            answer.more(more);
        }
        Ok(())
    }

    fn long_line(&self, answer: &mut Answer, number: usize, text: &str) -> Result<(), ToolError> {
        let from = self.position.column;
        answer.line(format!(
            "line {number} from character {}, of {}:",
            shape::grouped(from as u64 + 1),
            shape::grouped(untrusted::clean(text).text.chars().count() as u64)
        ));
        let quoted = answer.quote(text, from, usize::MAX);
        if quoted.is_cut() {
            let more = self.go_on(quoted.total - quoted.end, number - 1, quoted.end)?;
            answer.more(more);
        }
        Ok(())
    }

    fn folder(&self, path: &str, listing: &Listing) -> Result<Answer, ToolError> {
        let entries = &listing.entries;
        let mut answer = Answer::new();
        let name = match path.trim_end_matches('/') {
            "" => "(top)",
            path => path,
        };
        let count = shape::grouped(entries.len() as u64);
        if self.arguments.recursive.unwrap_or_default() {
            let size: u64 = entries.iter().map(|entry| entry.size).sum();
            let files = if entries.len() == 1 { "file" } else { "files" };
            answer.line(format!(
                "tree {name}: {count} {files}, {}",
                shape::bytes(size)
            ));
        } else {
            let entries = if entries.len() == 1 {
                "entry"
            } else {
                "entries"
            };
            answer.line(format!("folder {name}: {count} {entries}"));
        }
        answer.line(&self.commit);
        if listing.truncated {
            answer.line("truncated: GitHub left entries out, this is too large for one listing; call again with path=SUB-FOLDER to see all of one part");
        }
        let first = self.position.index.min(entries.len());
        let rest = &entries[first..];
        let shown = answer.lines(rest, rest.len(), entry_line);
        if shown < rest.len() {
            let more = self.go_on(rest.len() - shown, first + shown, 0)?;
            answer.more(more);
        } else if listing.truncated {
            answer.more(More::by(
                Further::Unknown,
                "GitHub lists no more at once; call again with path=SUB-FOLDER",
            ));
        }
        Ok(answer)
    }

    fn go_on(&self, left: usize, index: usize, column: usize) -> Result<More, ToolError> {
        let next = Position {
            commit: self.position.commit.clone(),
            index,
            column,
        };
        let cursor = self.call.seal_cursor(&next)?;
        Ok(More::at(Further::Exactly(left as u64), &cursor))
    }
}

fn entry_line(entry: &Entry) -> String {
    let path = untrusted::one_line(&entry.path, 300);
    match entry.kind {
        "dir" => format!("dir {path}/"),
        "file" => format!("file {path} {}", shape::bytes(entry.size)),
        kind => format!("{kind} {path}"),
    }
}
