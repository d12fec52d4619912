//! `read_issue`: an issue, what it is linked with, and its comments, oldest first.
//!
//! One page holds a share of each: the body and every comment are cut by themselves, so that no
//! long text starves the rest, and each cut names the arguments that read on (`start`, `comment`).

use futures::future::join;
use kit::{
    Answer, Call, Description, Hints, Reply, Tool, ToolError,
    answer::{Further, PAGE_TOKENS},
    auth::Scope,
    input::{Count, Line, PageSize},
    schema,
    tool::TIMEOUT,
    untrusted::{clean, one_line},
};
use schemars::JsonSchema;
use seaworthy_kit as kit;
use serde::{Deserialize, Serialize};

use crate::{
    Github,
    endpoint::Endpoint,
    input::Repo,
    model::{Comment, Issue},
    output::{self, Item, TEXT},
    page::{self, List, Position},
    shape,
    timeline::{Link, Timeline},
};

pub(super) const DEFAULT_PAGE: usize = 20;
/// What the body takes of the first page, and a comment of any page, in characters.
const BODY_SHARE: usize = 3_000;
const COMMENT_SHARE: usize = 1_200;

/// The definition.
pub(super) const TOOL: Tool<Github> = Tool {
    name: "read_issue",
    title: "Read an issue",
    description: Description {
        purpose: "Reads an issue, its comments, and the issues, pull requests and commits linked to it.",
        arguments: "start reads on in a cut body or comment.",
        returns: "state, labels, body, links and comments, oldest first, paged.",
        effects: "Reads only.",
        not_for: "a pull request's diff, reviews or CI (read_pull_request), or finding issues (find_items).",
    },
    hints: Hints::READ,
    scope: Scope::Read,
    input: schema::input::<Arguments>,
    output: Some(schema::output::<IssuePage>),
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
    /// id; this comment alone
    comment: Option<Count<1, 999_999_999_999>>,
    /// character to read on from
    start: Option<Count<0, 1_000_000>>,
    /// comments a page
    page_size: Option<PageSize>,
    /// to go on
    cursor: Option<Line<2000>>,
}

/// An issue with a page of its comments, oldest first.
#[derive(Debug, Serialize, JsonSchema)]
struct IssuePage {
    /// on the first page; None with comment, which gives that comment alone
    issue: Option<Item>,
    /// on the first page
    links: Vec<Link>,
    /// comments
    items: Vec<output::Comment>,
    total: Option<u64>,
    cursor: Option<String>,
    /// what could not be read, and why
    unread: Vec<String>,
}

impl IssuePage {
    fn of(
        call: &Call,
        arguments: &Arguments,
        issue: Option<&Issue>,
        comments: Option<&List<Comment>>,
    ) -> Result<Self, ToolError> {
        let size = call.page_size(arguments.page_size, DEFAULT_PAGE);
        let data = |list: &List<Comment>| {
            list.data(call, size, |comment| output::Comment::from(comment, 0))
        };
        let (items, cursor) = comments.map(data).transpose()?.unwrap_or_default();
        let start = arguments.start();
        Ok(Self {
            issue: issue.map(|issue| Item::with_body(issue, start, TEXT)),
            links: Vec::new(),
            items,
            total: issue.map(|issue| issue.comments),
            cursor,
            unread: Vec::new(),
        })
    }
}

impl Arguments {
    fn start(&self) -> usize {
        self.start.map_or(0, |start| {
            usize::try_from(start.get()).unwrap_or(usize::MAX)
        })
    }
}

async fn run(github: &Github, call: Call) -> Result<Reply, ToolError> {
    let arguments: Arguments = call.parse()?;
    let start = arguments.start.map(|_| arguments.start());
    let alone = arguments.comment.is_some() || start.is_some();
    if alone && arguments.cursor.is_some() {
        return Err(ToolError::invalid(
            "cursor pages through the comments, comment and start read on in one text",
            "give cursor alone, or comment and start without it",
        ));
    }
    match (arguments.comment, start, &arguments.cursor) {
        (Some(id), start, _) => {
            read_comment(github, &call, &arguments, id.get(), start.unwrap_or(0)).await
        }
        (None, Some(start), _) => read_body(github, &call, &arguments, start).await,
        (None, None, Some(cursor)) => {
            let position = Position::of(&call, Some(cursor))?;
            let endpoint = issue_endpoint(&arguments);
            let (issue, comments) = join(
                github.client.get::<Issue>(&endpoint),
                comments(github, &call, &arguments, &position),
            )
            .await;
            let mut comments = comments?;
            if call.wants_data() {
                let mut data = IssuePage::of(&call, &arguments, None, Some(&comments))?;
                data.total = issue.ok().map(|issue| issue.data.comments);
                return Reply::data(&data);
            }
            // the total is a service, not worth a failure
            comments.total = issue.ok().map(|issue| issue.data.comments);
            let mut answer = call.answer(PAGE_TOKENS);
            answer.line(format!(
                "Comments of {}#{}, from number {}:",
                arguments.repo,
                arguments.number.get(),
                position.seen() + 1
            ));
            write_comments(&mut answer, &call, &arguments, &comments, true)?;
            Ok(answer.into())
        }
        (None, None, None) => first_page(github, &call, &arguments).await,
    }
}

fn subject(arguments: &Arguments) -> String {
    format!("issue {}#{}", arguments.repo, arguments.number.get())
}

fn issue_endpoint(arguments: &Arguments) -> Endpoint {
    let number = arguments.number.get().to_string();
    Endpoint::repo(
        &arguments.repo,
        subject(arguments),
        ["issues", number.as_str()],
    )
    .hint("check the number; find_items lists the issues of a repository")
}

async fn comments(
    github: &Github,
    call: &Call,
    arguments: &Arguments,
    position: &Position,
) -> Result<List<Comment>, ToolError> {
    let number = arguments.number.get().to_string();
    let size = call.page_size(arguments.page_size, DEFAULT_PAGE);
    let subject = format!("the comments of {}", subject(arguments));
    let path = ["issues", number.as_str(), "comments"];
    let endpoint =
        Endpoint::repo(&arguments.repo, subject, path).query("per_page", size.to_string());
    page::gather::<Vec<Comment>>(&github.client, &endpoint, position, size - 1, |_| true).await
}

async fn first_page(
    github: &Github,
    call: &Call,
    arguments: &Arguments,
) -> Result<Reply, ToolError> {
    let endpoint = issue_endpoint(arguments);
    let start = Position::default();
    let (issue, (comments, links)) = join(
        github.client.get::<Issue>(&endpoint),
        join(
            comments(github, call, arguments, &start),
            Timeline::read(&github.client, &arguments.repo, arguments.number.get()),
        ),
    )
    .await;
    let issue = issue?.data;
    if call.wants_data() {
        return first_data(call, arguments, &issue, comments, links);
    }
    let mut answer = call.answer(PAGE_TOKENS);
    write_head(&mut answer, arguments, &issue);
    match links {
        Ok(timeline) => {
            for link in timeline.lines(arguments.number.get()) {
                answer.line(link);
            }
        }
        Err(error) => {
            answer.line(format!("links could not be read: {}", error.what));
        }
    }
    let lonely = matches!(&comments, Ok(comments) if comments.items.is_empty());
    let share = if lonely { answer.room() } else { BODY_SHARE };
    write_body(&mut answer, &issue, 0, share)?;
    match comments {
        Ok(comments) if comments.items.is_empty() => {
            answer.line("no comments");
        }
        Ok(mut comments) => {
            comments.total = Some(issue.comments);
            write_comments(&mut answer, call, arguments, &comments, false)?;
        }
        Err(error) => {
            answer.line(format!("comments could not be read: {}", error.what));
        }
    }
    Ok(answer.into())
}

/// The first page as data.
fn first_data(
    call: &Call,
    arguments: &Arguments,
    issue: &Issue,
    comments: Result<List<Comment>, ToolError>,
    timeline: Result<Timeline, ToolError>,
) -> Result<Reply, ToolError> {
    let list = comments.as_ref().ok();
    let mut data = IssuePage::of(call, arguments, Some(issue), list)?;
    if let Err(error) = comments {
        data.unread.push(shape::unread("comments", &error));
    }
    match timeline {
        Ok(timeline) => {
            data.links = timeline.links();
            data.unread
                .extend(timeline.gap().map(|gap| format!("links: {gap}")));
        }
        Err(error) => data.unread.push(shape::unread("links", &error)),
    }
    Reply::data(&data)
}

fn write_head(answer: &mut Answer, arguments: &Arguments, issue: &Issue) {
    answer.line(format!(
        "Issue {}#{} ({}): {}",
        arguments.repo,
        arguments.number.get(),
        shape::state(issue),
        one_line(&issue.title, 256)
    ));
    let mut about = format!(
        "by {}, made {}, changed {}",
        shape::at(issue.user.as_ref()),
        shape::day(&issue.created_at),
        shape::day(&issue.updated_at)
    );
    if let Some(closed) = &issue.closed_at {
        about.push_str(&format!(", closed {}", shape::day(closed)));
    }
    about.push_str(&format!(", {}", shape::count(issue.comments, "comment")));
    if !issue.labels.is_empty() {
        let labels = one_line(&shape::labels(&issue.labels), 300);
        about.push_str(&format!(", labels {labels}"));
    }
    if !issue.assignees.is_empty() {
        let people = issue.assignees.iter().map(|user| shape::at(Some(user)));
        let people = people.collect::<Vec<_>>().join(" ");
        about.push_str(&format!(", assigned to {}", one_line(&people, 300)));
    }
    if let Some(milestone) = &issue.milestone {
        about.push_str(&format!(", milestone {}", one_line(&milestone.title, 80)));
    }
    if issue.locked {
        about.push_str(", locked");
    }
    answer.line(about);
    if issue.pull_request.is_some() {
        answer.line(
            "This is a pull request: read_pull_request gives its files, diff, reviews and CI.",
        );
    }
}

fn write_body(
    answer: &mut Answer,
    issue: &Issue,
    start: usize,
    share: usize,
) -> Result<(), ToolError> {
    let author = shape::at(issue.user.as_ref());
    if issue.body.trim().is_empty() {
        answer.line("body: empty");
        return Ok(());
    }
    let total = clean(&issue.body).text.chars().count();
    if start >= total {
        return Err(shape::past_end(start, total));
    }
    let from = if start > 0 {
        format!(", from character {start}")
    } else {
        String::new()
    };
    answer.line(format!("body by {author}{from}:"));
    shape::quote(answer, &issue.body, start, share, |end| {
        format!("start={end}")
    });
    Ok(())
}

async fn read_body(
    github: &Github,
    call: &Call,
    arguments: &Arguments,
    start: usize,
) -> Result<Reply, ToolError> {
    let issue = github
        .client
        .get::<Issue>(&issue_endpoint(arguments))
        .await?
        .data;
    if call.wants_data() {
        return Reply::data(&IssuePage::of(call, arguments, Some(&issue), None)?);
    }
    let mut answer = call.answer(PAGE_TOKENS);
    write_head(&mut answer, arguments, &issue);
    write_body(&mut answer, &issue, start, usize::MAX)?;
    Ok(answer.into())
}

async fn read_comment(
    github: &Github,
    call: &Call,
    arguments: &Arguments,
    id: u64,
    start: usize,
) -> Result<Reply, ToolError> {
    let subject = format!("comment {id} of {}", subject(arguments));
    let path = ["issues", "comments", &id.to_string()];
    let endpoint = Endpoint::repo(&arguments.repo, subject, path)
        .hint("call again without comment: each comment is shown with its id (review comments are read with read_pull_request)");
    let comment = github.client.get::<Comment>(&endpoint).await?.data;
    if call.wants_data() {
        let mut data = IssuePage::of(call, arguments, None, None)?;
        data.items.push(output::Comment::from(&comment, start));
        return Reply::data(&data);
    }
    let total = clean(&comment.body).text.chars().count();
    if start > 0 && start >= total {
        return Err(shape::past_end(start, total));
    }
    let mut answer = call.answer(PAGE_TOKENS);
    answer.line(shape::comment_head(&comment));
    shape::quote(&mut answer, &comment.body, start, usize::MAX, |end| {
        format!("comment={id}, start={end}")
    });
    Ok(answer.into())
}

/// Writes comments while they fit, the first in any case when `forced`, and where to go on.
fn write_comments(
    answer: &mut Answer,
    call: &Call,
    arguments: &Arguments,
    comments: &List<Comment>,
    forced: bool,
) -> Result<(), ToolError> {
    let size = call.page_size(arguments.page_size, DEFAULT_PAGE);
    let mut shown = 0;
    for comment in comments.items.iter().take(size) {
        let head = shape::comment_head(comment);
        let cost = head.chars().count() + 1 + shape::quote_cost(&comment.body, 0, COMMENT_SHARE);
        if cost > answer.room() && !(forced && shown == 0) {
            break;
        }
        answer.line(head);
        shape::quote(answer, &comment.body, 0, COMMENT_SHARE, |end| {
            format!("comment={}, start={end}", comment.id)
        });
        shown += 1;
    }
    answer.count(shown);
    if let Some(mut more) = comments.more(call, shown)? {
        if more.further == Further::Exactly(0) {
            // the total is older than the list
            more.further = Further::Unknown;
        }
        answer.more(more);
    }
    Ok(())
}
