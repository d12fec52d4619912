//! `read_code`: a file with line numbers, a folder, or the tree below one.
//!
//! The first page pins the commit, so that further pages of the same file or tree fit together
//! even when the branch moves on.

use kit::{
    Answer, Call, Description, Hints, More, Reply, Tool, ToolError,
    answer::{CHARS_PER_TOKEN, Further, HARD_TOKENS},
    auth::Scope,
    data,
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
    output::{self, TreeEntry},
    shape,
};

/// What a page costs at most, in tokens: code is read in one piece where it can be.
pub(super) const BUDGET: usize = 4_000;
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
    scope: Scope::Read,
    input: schema::input::<Arguments>,
    output: Some(schema::output::<Code>),
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

/// A file's text, or a folder's entries in items.
#[derive(Debug, Default, Serialize, JsonSchema)]
struct Code {
    /// file, link, submodule, folder or tree
    kind: String,
    path: String,
    /// sha
    commit: Option<String>,
    /// sha
    blob: Option<String>,
    /// bytes
    size: u64,
    /// without line numbers; None of what is no text
    text: Option<String>,
    /// of the text in this page
    first_line: u64,
    /// of the whole file
    lines: u64,
    /// where a link leads, or a submodule's repository
    target: Option<String>,
    /// what is odd about it, such as its encoding
    note: Option<String>,
    items: Vec<TreeEntry>,
    /// of items
    total: u64,
    /// GitHub left entries out
    truncated: bool,
    cursor: Option<String>,
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
    if call.wants_data() {
        return Reply::data(&reading.data(github, path, at, found).await?);
    }
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
    /// All of it as data.
    async fn data(
        &self,
        github: &Github,
        path: &str,
        at: Option<&str>,
        found: Found,
    ) -> Result<Code, ToolError> {
        let (client, repo) = (&github.client, &self.arguments.repo);
        let data = Code {
            path: path.to_owned(),
            commit: self.position.commit.clone(),
            ..Code::default()
        };
        match found {
            Found::One(one) if one.kind == "symlink" || one.kind == "submodule" => {
                let link = one.kind == "symlink";
                Ok(Code {
                    kind: if link { "link" } else { "submodule" }.to_owned(),
                    target: Some(if link {
                        one.target
                    } else {
                        one.submodule_git_url
                    }),
                    blob: Some(one.sha),
                    ..data
                })
            }
            Found::One(mut file) => {
                path.clone_into(&mut file.path);
                let bytes = contents::bytes(client, repo, &file, at).await?;
                self.text_data(data, &file, &bytes)
            }
            Found::Folder(entries, tree) => {
                let recursive = self.arguments.recursive.unwrap_or_default();
                let listing =
                    Listing::of(client, repo, path, at, (entries, tree), recursive).await?;
                let total = listing.entries.len();
                let size = listing.entries.iter().map(|entry| entry.size).sum();
                let first = self.position.index.min(total);
                let rest = listing.entries.into_iter().skip(first);
                let mut items: Vec<_> = rest
                    .map(|entry| TreeEntry {
                        path: entry.path,
                        kind: entry.kind.to_owned(),
                        size: entry.size,
                    })
                    .collect();
                items.truncate(data::fitting(&items, items.len()));
                let next = first + items.len();
                Ok(Code {
                    kind: if recursive { "tree" } else { "folder" }.to_owned(),
                    size,
                    items,
                    total: total as u64,
                    truncated: listing.truncated,
                    cursor: self.cursor((next < total).then_some((next, 0)))?,
                    ..data
                })
            }
        }
    }

    /// A file as data: its lines from the first on, as many as have room. A line that has none is
    /// given in pieces.
    fn text_data(&self, data: Code, file: &Content, bytes: &[u8]) -> Result<Code, ToolError> {
        let data = Code {
            kind: "file".to_owned(),
            blob: Some(file.sha.clone()),
            size: bytes.len() as u64,
            ..data
        };
        let Some((text, remark)) = contents::text(bytes) else {
            return Ok(Code {
                note: Some("binary".to_owned()),
                ..data
            });
        };
        let total = text.lines().count();
        let (first, end) = self.range(&file.path, total)?;
        let mut lines = text.split_inclusive('\n').skip(first).take(end - first);
        let mut part = String::new();
        let mut next = (first, 0);
        if let Some(line) = lines.next() {
            let rest = data::excerpt(line, self.position.column, usize::MAX);
            part.push_str(data::excerpt(rest, 0, data::BYTES / 6));
            let column = self.position.column + part.chars().count();
            next = if part.len() < rest.len() {
                (first, column)
            } else {
                (first + 1, 0)
            };
        }
        if next.1 == 0 {
            // as JSON a character may take six bytes
            let mut room = data::BYTES.saturating_sub(data::bytes(&part));
            for line in lines {
                let Some(left) = room.checked_sub(data::bytes(&line)) else {
                    break;
                };
                room = left;
                part.push_str(line);
                next.0 += 1;
            }
        }
        Ok(Code {
            text: Some(part),
            first_line: first as u64 + 1,
            lines: total as u64,
            note: output::some(remark),
            cursor: self.cursor((next.0 < end).then_some(next))?,
            ..data
        })
    }

    fn cursor(&self, next: Option<(usize, usize)>) -> Result<Option<String>, ToolError> {
        let sealed = next.map(|(index, column)| {
            self.call.seal_cursor(&Position {
                commit: self.position.commit.clone(),
                index,
                column,
            })
        });
        sealed.transpose()
    }

    /// The first line that was asked for, from 0.
    fn start(&self) -> usize {
        self.arguments.start_line.map_or(0, |line| {
            usize::try_from(line.get() - 1).unwrap_or(usize::MAX)
        })
    }

    /// The lines to give, from 0: the first, and the one after the last.
    fn range(&self, path: &str, total: usize) -> Result<(usize, usize), ToolError> {
        let start = self.start();
        if start > 0 && start >= total {
            return Err(ToolError::invalid(
                format!("{path} has {}; start_line is past its end", count(total)),
                "give a smaller start_line, or leave it out",
            ));
        }
        let end = self.arguments.end_line.map_or(total, |line| {
            usize::try_from(line.get()).map_or(total, |line| line.min(total))
        });
        Ok((start.max(self.position.index).min(end), end))
    }

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
        let mut answer = self.call.answer(BUDGET);
        let Some((text, remark)) = contents::text(bytes) else {
            answer
                .line(format!("file {path}: {size}, binary, not shown"))
                .line(format!("{}, blob {}", self.commit, file.sha));
            return Ok(answer);
        };
        let total = text.lines().count();
        answer
            .line(format!("file {path}: {size}, {}", count(total)))
            .line(format!("{}, blob {}", self.commit, file.sha));
        if !remark.is_empty() {
            answer.line(format!("note: {remark}"));
        }
        let (first, end) = self.range(&path, total)?;
        let start = self.start();
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

/// `empty`, `1 line`, `1,200 lines`.
fn count(lines: usize) -> String {
    match lines {
        0 => "empty".to_owned(),
        1 => "1 line".to_owned(),
        _ => format!("{} lines", shape::grouped(lines as u64)),
    }
}
