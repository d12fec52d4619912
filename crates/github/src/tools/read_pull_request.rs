//! `read_pull_request`: a pull request, its files, reviews, comments and CI under one budget.
//!
//! Without `part` it is the overview (`overview.rs`); a part alone has the whole budget and is
//! paged to its end.

use futures::future::join;
use kit::{
    Answer, Call, Description, Hints, More, Reply, Tool, ToolError,
    answer::{Further, PAGE_TOKENS},
    auth::Scope,
    data::fitting,
    input::{Count, Line, PageSize},
    schema,
    tool::TIMEOUT,
    untrusted::{clean, one_line},
};
use schemars::JsonSchema;
use seaworthy_kit as kit;
use serde::Deserialize;

use crate::{
    Github,
    changes::{self, LISTED},
    checks::Checks,
    conversation::{self, Page, Place, SECTIONS, Section},
    endpoint::Endpoint,
    input::{FilePath, Repo},
    model::{ChangedFile, Pull},
    output,
    overview::{self, TOKENS, told, write_body},
    page::{List, Position},
    pull_output::{PartItem, PullHead, PullRequest},
    shape,
};

pub(super) const DEFAULT_PAGE: usize = 50;
/// What one comment or diff takes of its part, in characters.
const COMMENT_SHARE: usize = 2_000;
const DIFF_SHARE: usize = 5_000;
/// Pages of comments that one call reads at most.
const REQUESTS: usize = 6;

/// The definition.
pub(super) const TOOL: Tool<Github> = Tool {
    name: "read_pull_request",
    title: "Read a pull request",
    description: Description {
        purpose: "Reads a pull request: state, CI, reviews, body, files, all comments, diff.",
        arguments: "start reads on in a cut text.",
        returns: "all in brief, or one part in full, paged.",
        effects: "Reads only.",
        not_for: "CI logs (diagnose_ci) or issues (read_issue).",
    },
    hints: Hints::READ,
    scope: Scope::Read,
    input: schema::input::<Arguments>,
    output: Some(schema::output::<PullRequest>),
    timeout: TIMEOUT,
    run: |github, call| Box::pin(run(github, call)),
};

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Arguments {
    /// owner/name
    repo: Repo,
    /// its number
    number: Count<1, 9_999_999>,
    /// default overview
    part: Option<Part>,
    /// only this file's diff
    path: Option<FilePath>,
    /// only this one, as line:42
    comment: Option<Line<40>>,
    /// character to read on from
    start: Option<Count<0, 40_000_000>>,
    /// items a page
    page_size: Option<PageSize>,
    /// to go on
    cursor: Option<Line<2000>>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
enum Part {
    Overview,
    Files,
    Diff,
    Comments,
    Checks,
}

impl Arguments {
    fn number(&self) -> u64 {
        self.number.get()
    }

    fn start(&self) -> usize {
        self.start.map_or(0, |start| {
            usize::try_from(start.get()).unwrap_or(usize::MAX)
        })
    }

    fn size(&self, call: &Call) -> usize {
        call.page_size(self.page_size, DEFAULT_PAGE)
    }

    fn subject(&self) -> String {
        format!("pull request {}#{}", self.repo, self.number())
    }

    fn pull(&self) -> Endpoint {
        Endpoint::repo(
            &self.repo,
            self.subject(),
            ["pulls", &self.number().to_string()],
        )
        .hint("check the number: find_items with kind=pull lists pull requests; an issue is read with read_issue")
    }

    /// The part that is meant; `comment` and `path` mean theirs.
    fn part(&self) -> Result<Part, ToolError> {
        let refuse = |what, next| Err(ToolError::invalid(what, next));
        let implied = match (&self.comment, &self.path) {
            (Some(_), Some(_)) => {
                return refuse("comment and path were both given", "give one of them");
            }
            (Some(_), None) => Some(Part::Comments),
            (None, Some(_)) => Some(Part::Diff),
            (None, None) => None,
        };
        let part = implied.or(self.part).unwrap_or(Part::Overview);
        if self.part.is_some_and(|given| given != part) {
            return refuse(
                "comment goes with part=comments, path with part=diff",
                "leave part out",
            );
        }
        if self.start.is_some() && implied.is_none() && part != Part::Overview {
            return refuse(
                "start reads on in one text, and part names a list",
                "give start with comment, with path, or alone for the body; give cursor to page",
            );
        }
        if self.cursor.is_some() && (part == Part::Overview || self.comment.is_some()) {
            return refuse(
                "there is no cursor here: the overview is one page",
                "give cursor with the part that it came from",
            );
        }
        Ok(part)
    }
}

async fn run(github: &Github, call: Call) -> Result<Reply, ToolError> {
    let arguments: Arguments = call.parse()?;
    match arguments.part()? {
        Part::Overview if arguments.start() > 0 => body(github, &call, &arguments).await,
        Part::Overview => {
            let (repo, number) = (&arguments.repo, arguments.number());
            let read = overview::read(&github.client, repo, number, &arguments.pull()).await?;
            if call.wants_data() {
                return Reply::data(&PullRequest::of(read));
            }
            Ok(overview::write(read, repo, number)?.into())
        }
        Part::Files => files(github, &call, &arguments).await,
        Part::Diff if arguments.path.is_some() => one_diff(github, &call, &arguments).await,
        Part::Diff => diffs(github, &call, &arguments).await,
        Part::Comments => match &arguments.comment {
            Some(key) => one_comment(github, &call, &arguments, key).await,
            None => comments(github, &call, &arguments).await,
        },
        Part::Checks => checks(github, &call, &arguments).await,
    }
}

async fn body(github: &Github, call: &Call, arguments: &Arguments) -> Result<Reply, ToolError> {
    let pull = github.client.get::<Pull>(&arguments.pull()).await?.data;
    if call.wants_data() {
        return Reply::data(&PullRequest {
            pull: Some(PullHead::of(&pull, arguments.start())),
            ..PullRequest::default()
        });
    }
    let mut answer = call.answer(PAGE_TOKENS);
    answer.line(format!(
        "Body of {}, from character {}:",
        arguments.subject(),
        arguments.start()
    ));
    write_body(&mut answer, &pull, arguments.start(), usize::MAX)?;
    Ok(answer.into())
}

/// A page of the files, and the pull request for its head and its number of files.
async fn page_of_files(
    github: &Github,
    call: &Call,
    arguments: &Arguments,
) -> Result<(Pull, List<ChangedFile>), ToolError> {
    let position = Position::of(call, arguments.cursor.as_deref())?;
    let pull = arguments.pull();
    let (pull, files) = join(
        github.client.get::<Pull>(&pull),
        changes::list(
            &github.client,
            &arguments.repo,
            arguments.number(),
            &position,
            arguments.size(call),
            |_| true,
        ),
    )
    .await;
    let (pull, mut files) = (pull?.data, files?);
    let listed = pull.changed_files.min(LISTED);
    files.total = (listed >= files.given(files.items.len())).then_some(listed);
    Ok((pull, files))
}

/// A page of the files as data.
fn data_of_files(
    call: &Call,
    arguments: &Arguments,
    files: &List<ChangedFile>,
    file: impl Fn(&ChangedFile) -> output::ChangedFile,
) -> Result<Reply, ToolError> {
    let (items, cursor) =
        files.data(call, arguments.size(call), |one| PartItem::File(file(one)))?;
    Reply::data(&PullRequest {
        items,
        total: files.total,
        cursor,
        ..PullRequest::default()
    })
}

/// Says what follows the files that were shown: a page, or what GitHub does not list.
fn end_of_files(
    answer: &mut Answer,
    call: &Call,
    pull: &Pull,
    files: &List<ChangedFile>,
    shown: usize,
) -> Result<(), ToolError> {
    if let Some(more) = files.more(call, shown)? {
        answer.more(more);
    } else if let Some(cap) = changes::cap(pull.changed_files) {
        answer.line(cap);
    }
    Ok(())
}

async fn files(github: &Github, call: &Call, arguments: &Arguments) -> Result<Reply, ToolError> {
    let (pull, files) = page_of_files(github, call, arguments).await?;
    if call.wants_data() {
        return data_of_files(call, arguments, &files, output::ChangedFile::of);
    }
    let mut answer = call.answer(TOKENS);
    answer.line(format!(
        "Files of {}: {}",
        arguments.subject(),
        pull.changed_files.max(files.given(files.items.len()))
    ));
    let shown = answer.lines(&files.items, arguments.size(call), changes::line);
    end_of_files(&mut answer, call, &pull, &files, shown)?;
    Ok(answer.into())
}

async fn diffs(github: &Github, call: &Call, arguments: &Arguments) -> Result<Reply, ToolError> {
    let (pull, files) = page_of_files(github, call, arguments).await?;
    if call.wants_data() {
        let with_patch = |file: &ChangedFile| output::ChangedFile::with_patch(file, 0);
        return data_of_files(call, arguments, &files, with_patch);
    }
    let mut answer = call.answer(TOKENS);
    answer.line(format!(
        "Diffs of {} at {}:",
        arguments.subject(),
        one_line(&pull.head.sha, 64)
    ));
    if files.items.is_empty() {
        answer.line("no files changed");
    }
    let mut shown = 0;
    for file in files.items.iter().take(arguments.size(call)) {
        let patch = file.patch.as_deref().unwrap_or_default();
        let cost = shape::quote_cost(patch, 0, DIFF_SHARE) + 400;
        if shown > 0 && cost > answer.room() {
            break;
        }
        changes::write_diff(&mut answer, file, 0, DIFF_SHARE);
        shown += 1;
    }
    answer.count(shown);
    end_of_files(&mut answer, call, &pull, &files, shown)?;
    Ok(answer.into())
}

/// The diff of one file: from the list of files, else cut out of the whole diff.
async fn one_diff(github: &Github, call: &Call, arguments: &Arguments) -> Result<Reply, ToolError> {
    let path = arguments.path.as_ref().map_or("", FilePath::as_str);
    let position = Position::of(call, arguments.cursor.as_deref())?;
    let found = changes::list(
        &github.client,
        &arguments.repo,
        arguments.number(),
        &position,
        0,
        |file| file.filename == path,
    )
    .await?;
    let mut answer = call.answer(TOKENS);
    let Some(file) = found.items.first() else {
        if let Some(more) = found.more(call, 0)? {
            if call.wants_data() {
                return data_of_files(call, arguments, &found, output::ChangedFile::of);
            }
            answer.line("not found among the files read so far");
            answer.more(more);
            return Ok(answer.into());
        }
        return Err(ToolError::invalid(
            format!("{path} is not a changed file of {}", arguments.subject()),
            "call with part=files, which lists the changed files",
        ));
    };
    let mut file = file.clone();
    if file.patch.is_none() {
        file.patch = told(
            &mut answer,
            "the whole diff",
            changes::from_whole_diff(&github.client, &arguments.pull(), path).await,
        )
        .flatten();
    }
    if call.wants_data() {
        let file = output::ChangedFile::with_patch(&file, arguments.start());
        return Reply::data(&PullRequest {
            items: vec![PartItem::File(file)],
            total: Some(1),
            ..PullRequest::default()
        });
    }
    if let Some(patch) = &file.patch {
        let total = clean(patch).text.chars().count();
        if arguments.start() >= total.max(1) {
            return Err(shape::past_end(arguments.start(), total));
        }
    }
    changes::write_diff(&mut answer, &file, arguments.start(), usize::MAX);
    Ok(answer.into())
}

async fn one_comment(
    github: &Github,
    call: &Call,
    arguments: &Arguments,
    key: &str,
) -> Result<Reply, ToolError> {
    let (section, id) = Section::of_key(key)?;
    let entry = section
        .one(&github.client, &arguments.repo, arguments.number(), id)
        .await?;
    let start = arguments.start();
    if call.wants_data() {
        return Reply::data(&PullRequest {
            items: vec![PartItem::Comment(entry.data(start))],
            total: Some(1),
            ..PullRequest::default()
        });
    }
    let total = clean(&entry.body).text.chars().count();
    if start > 0 && start >= total {
        return Err(shape::past_end(start, total));
    }
    let mut answer = call.answer(TOKENS);
    answer.line(&entry.head);
    shape::quote(&mut answer, &entry.body, start, usize::MAX, |end| {
        format!("comment={}, start={end}", entry.key)
    });
    Ok(answer.into())
}

async fn comments(github: &Github, call: &Call, arguments: &Arguments) -> Result<Reply, ToolError> {
    let mut place: Place = match &arguments.cursor {
        Some(cursor) => call.open_cursor(cursor)?,
        None => Place::default(),
    };
    if call.wants_data() {
        return data_of_comments(github, call, arguments, place).await;
    }
    let mut answer = call.answer(TOKENS);
    answer.line(format!("Comments of {}:", arguments.subject()));
    let (mut shown, mut tried, mut failures) = (0, 0, Vec::new());
    while let Some(section) = SECTIONS.get(place.section) {
        if tried == REQUESTS {
            answer.more(More::at(Further::Unknown, &call.seal_cursor(&place)?));
            return Ok(answer.into());
        }
        tried += 1;
        let link = place.link.as_deref();
        let page = section
            .page(&github.client, &arguments.repo, arguments.number(), link)
            .await;
        let page = page.unwrap_or_else(|error| {
            failures.push(error);
            Page::default()
        });
        let rest = page.entries.get(place.offset..).unwrap_or_default();
        let open = &rest[..rest.len().min(arguments.size(call) - shown)];
        let written = conversation::write(&mut answer, open, COMMENT_SHARE, 0, shown == 0);
        shown += written;
        if written < rest.len() {
            place.offset += written;
            let further = Further::AtLeast((rest.len() - written) as u64);
            answer.more(More::at(further, &call.seal_cursor(&place)?));
            break;
        }
        place = Place {
            section: place.section + usize::from(page.next.is_none()),
            link: page.next,
            offset: 0,
        };
    }
    if tried == failures.len()
        && let Some(error) = failures.pop()
    {
        return Err(error);
    }
    for error in &failures {
        answer.line(format!("some could not be read: {}", error.what));
    }
    if shown == 0 && failures.is_empty() {
        answer.line("no comments");
    }
    Ok(answer.into())
}

/// A page of the comments as data; a section that cannot be read is told and passed over.
async fn data_of_comments(
    github: &Github,
    call: &Call,
    arguments: &Arguments,
    mut place: Place,
) -> Result<Reply, ToolError> {
    let size = arguments.size(call);
    let mut data = PullRequest::default();
    let (mut items, mut failures) = (Vec::new(), Vec::new());
    for _ in 0..REQUESTS {
        let Some(section) = SECTIONS.get(place.section) else {
            break;
        };
        let (link, number) = (place.link.as_deref(), arguments.number());
        let page = section.page(&github.client, &arguments.repo, number, link);
        let page = page.await.unwrap_or_else(|error| {
            failures.push(error);
            Page::default()
        });
        let rest = page.entries.get(place.offset..).unwrap_or_default();
        let before = items.len();
        items.extend(rest.iter().take(size - before).map(|entry| entry.data(0)));
        items.truncate(fitting(&items, size));
        let taken = items.len() - before;
        if taken < rest.len() {
            place.offset += taken;
            break;
        }
        place = Place {
            section: place.section + usize::from(page.next.is_none()),
            link: page.next,
            offset: 0,
        };
    }
    if failures.len() == SECTIONS.len()
        && let Some(error) = failures.pop()
    {
        return Err(error);
    }
    let unread = failures.iter();
    data.unread = unread
        .map(|error| shape::unread("some comments", error))
        .collect();
    data.items = items.into_iter().map(PartItem::Comment).collect();
    if place.section < SECTIONS.len() {
        data.cursor = Some(call.seal_cursor(&place)?);
    }
    Reply::data(&data)
}

async fn checks(github: &Github, call: &Call, arguments: &Arguments) -> Result<Reply, ToolError> {
    // the head may move between two pages: the cursor holds the commit
    let (sha, offset) = if let Some(cursor) = &arguments.cursor {
        call.open_cursor::<(String, usize)>(cursor)?
    } else {
        let pull = github.client.get::<Pull>(&arguments.pull()).await?.data;
        (pull.head.sha, 0)
    };
    let checks = Checks::of(&github.client, &arguments.repo, &sha).await;
    if call.wants_data() {
        let all = checks.data();
        let total = all.len();
        let items = all.into_iter().skip(offset).take(arguments.size(call));
        let items: Vec<_> = items.map(PartItem::Check).collect();
        let next = offset + items.len();
        let cursor = (next < total).then(|| call.seal_cursor(&(sha, next)));
        return Reply::data(&PullRequest {
            items,
            total: Some(total as u64),
            cursor: cursor.transpose()?,
            unread: checks.unread,
            ..PullRequest::default()
        });
    }
    let all = checks.all();
    let mut answer = call.answer(TOKENS);
    answer.line(format!(
        "CI of {} at {}: {}",
        arguments.subject(),
        one_line(&sha, 64),
        checks.summary()
    ));
    for unread in &checks.unread {
        answer.line(unread);
    }
    let rest = all.get(offset..).unwrap_or_default();
    let shown = answer.lines(rest, arguments.size(call), |(outcome, name)| {
        format!("{}: {name}", outcome.word())
    });
    if shown < rest.len() {
        let cursor = call.seal_cursor(&(sha, offset + shown))?;
        let further = Further::Exactly((rest.len() - shown) as u64);
        answer.more(More::at(further, &cursor));
    }
    Ok(answer.into())
}
