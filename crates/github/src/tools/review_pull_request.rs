//! `review_pull_request`: one review with its line comments, sent at once.
//!
//! GitHub answers a comment outside the diff with a 422 that names neither comment nor line, so
//! the places are checked against the diff first.

use futures::future::try_join;
use http::Method;
use kit::{
    Answer, Call, Description, ErrorKind, Hints, Reply, Tool, ToolError,
    auth::Scope,
    input::{Count, List, Text},
    schema,
    tool::TIMEOUT,
    untrusted::one_line,
};
use schemars::JsonSchema;
use seaworthy_kit as kit;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::{
    Github,
    diff::{self, ChangedFiles, Place},
    endpoint::Endpoint,
    input::{FilePath, Repo},
    model::{Pull, nullable},
    shape,
};

/// The definition.
pub(super) const TOOL: Tool<Github> = Tool {
    name: "review_pull_request",
    title: "Review a pull request",
    description: Description {
        purpose: "Sends one review of a pull request, with comments on its diff.",
        arguments: "side=left means lines of the old file.",
        returns: "the review's id and head.",
        effects: "Publishes at once in the user's name (audited).",
        not_for: "plain comments (write_issue) or merging (merge_pull_request).",
    },
    hints: Hints::WRITE,
    scope: Scope::Write,
    input: schema::input::<Arguments>,
    output: None,
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
    /// default comment
    event: Option<Event>,
    /// of the review
    body: Option<Text<60_000>>,
    /// body on path's line, or from `start_line`
    #[serde(default)]
    comments: List<LineComment, 50>,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct LineComment {
    path: FilePath,
    line: Count<1, 9_999_999>,
    /// default right
    side: Option<Side>,
    start_line: Option<Count<1, 9_999_999>>,
    body: Text<60_000>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum Event {
    Comment,
    Approve,
    RequestChanges,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
enum Side {
    Left,
    Right,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Sent {
    #[serde(deserialize_with = "nullable")]
    id: u64,
}

impl Event {
    fn api_name(self) -> &'static str {
        match self {
            Self::Comment => "COMMENT",
            Self::Approve => "APPROVE",
            Self::RequestChanges => "REQUEST_CHANGES",
        }
    }

    /// As in "the review ... o/r#7".
    fn verb(self) -> &'static str {
        match self {
            Self::Comment => "comments on",
            Self::Approve => "approves",
            Self::RequestChanges => "requests changes to",
        }
    }
}

impl LineComment {
    fn place(&self) -> Place<'_> {
        Place {
            path: self.path.as_str(),
            side: match self.side {
                Some(Side::Left) => diff::Side::Left,
                _ => diff::Side::Right,
            },
            start: self.start(),
            line: self.line.get(),
        }
    }

    /// The first line, where it differs from the last.
    fn start(&self) -> Option<u64> {
        let start = self.start_line?.get();
        (start != self.line.get()).then_some(start)
    }

    fn json(&self) -> Value {
        let side = match self.side {
            Some(Side::Left) => "LEFT",
            _ => "RIGHT",
        };
        let mut comment = json!({
            "path": self.path.as_str(), "line": self.line.get(), "side": side, "body": &*self.body,
        });
        if let Some(start) = self.start() {
            comment["start_line"] = start.into();
            comment["start_side"] = side.into();
        }
        comment
    }
}

async fn run(github: &Github, call: Call) -> Result<Reply, ToolError> {
    let arguments: Arguments = call.parse()?;
    let event = arguments.event.unwrap_or(Event::Comment);
    check(&arguments, event)?;
    let (repo, number) = (&arguments.repo, arguments.number.get());
    let pull = Endpoint::repo(
        repo,
        format!("pull request {repo}#{number}"),
        ["pulls", &number.to_string()],
    )
    .hint("find_items kind=pull lists what there is; an issue's number is not a pull request's");
    let paths: Vec<_> = arguments.comments.iter().map(|c| c.path.as_str()).collect();
    let files = async {
        if paths.is_empty() {
            return Ok(ChangedFiles::default());
        }
        ChangedFiles::read(&github.client, repo, number, &paths).await
    };
    let (pull, files) = try_join(github.client.get::<Pull>(&pull), files).await?;
    check_places(&arguments, &files)?;
    let head = pull.data.head.sha.as_str();
    let sent = send(github, &call, &arguments, event, head).await?;
    let with = match arguments.comments.len() as u64 {
        0 => String::new(),
        n => format!(", with {}", shape::count(n, "line comment")),
    };
    let mut answer = Answer::new();
    answer.line(format!(
        "Sent: review {} {} {repo}#{number} \"{}\" by {}{with}, at head {}.",
        sent.id,
        event.verb(),
        one_line(&pull.data.title, 100),
        shape::at(pull.data.user.as_ref()),
        shape::short(head),
    ));
    answer.line(match event {
        _ if pull.data.state == "closed" => "Note: this pull request is closed already.",
        Event::Approve => "Next: merge_pull_request previews its merge.",
        _ => "Next: read_pull_request part=comments shows what came of it.",
    });
    Ok(answer.into())
}

fn check(arguments: &Arguments, event: Event) -> Result<(), ToolError> {
    let has_body = arguments
        .body
        .as_ref()
        .is_some_and(|body| !body.trim().is_empty());
    let needs_body = match event {
        Event::Comment => arguments.comments.is_empty(),
        Event::RequestChanges => true,
        Event::Approve => false,
    };
    if needs_body && !has_body {
        return Err(ToolError::invalid(
            format!("a review that {} a pull request needs a body", event.verb()),
            "say in body what the review is about, and call again",
        ));
    }
    for (index, comment) in arguments.comments.iter().enumerate() {
        let wrong = if comment.path.as_str().is_empty() {
            "path is empty"
        } else if comment.body.trim().is_empty() {
            "body is empty"
        } else if comment
            .start_line
            .is_some_and(|start| start.get() > comment.line.get())
        {
            "start_line is after line"
        } else {
            continue;
        };
        return Err(ToolError::invalid(
            format!("invalid argument comments[{index}]: {wrong}"),
            "correct the comment and call again; nothing was sent",
        ));
    }
    Ok(())
}

/// Refuses comments on lines that the diff does not show, all of them at once.
fn check_places(arguments: &Arguments, files: &ChangedFiles) -> Result<(), ToolError> {
    let objections: Vec<_> = arguments
        .comments
        .iter()
        .enumerate()
        .filter_map(|(index, comment)| {
            let objection = files.objection(comment.place())?;
            Some(format!("comments[{index}] {objection}"))
        })
        .collect();
    if objections.is_empty() {
        return Ok(());
    }
    Err(ToolError::invalid(
        format!(
            "nothing was sent; outside the diff: {}",
            objections.join("; ")
        ),
        "move these comments to lines that the diff shows, or say it in body; read_pull_request part=diff shows the diff",
    )
    .because("GitHub takes line comments only on lines that a pull request's diff shows"))
}

async fn send(
    github: &Github,
    call: &Call,
    arguments: &Arguments,
    event: Event,
    head: &str,
) -> Result<Sent, ToolError> {
    let (repo, number) = (&arguments.repo, arguments.number.get());
    let endpoint = Endpoint::repo(
        repo,
        format!("the review of {repo}#{number}"),
        ["pulls", &number.to_string(), "reviews"],
    );
    let comments: Vec<_> = arguments.comments.iter().map(LineComment::json).collect();
    let mut review = json!({"event": event.api_name(), "comments": comments});
    if !head.is_empty() {
        review["commit_id"] = head.into();
    }
    if let Some(body) = &arguments.body {
        review["body"] = (**body).into();
    }
    let what = format!(
        "send a review that {} {repo}#{number} at {} with {}",
        event.verb(),
        shape::short(head),
        shape::count(comments.len() as u64, "line comment")
    );
    let sending = github.client.send(Method::POST, &endpoint, Some(&review));
    call.audited(&what, sending).await.map_err(explained)
}

/// Gives the two refusals that have nothing to do with the text their own next move.
fn explained(mut error: ToolError) -> ToolError {
    if error.kind != ErrorKind::InvalidInput {
        return error;
    }
    let said = error.what.to_ascii_lowercase();
    if said.contains("your own pull request") {
        error.kind = ErrorKind::Refused;
        error.cause =
            "GitHub lets nobody approve, or request changes of, what they proposed".into();
        error.next =
            "send it with event=comment, or ask the user for somebody else's review".into();
    } else if said.contains("pending review") {
        error.kind = ErrorKind::Conflict;
        error.cause = "the user began a review on GitHub and did not submit it".into();
        error.next = "ask the user to submit or discard it on GitHub, then call again".into();
    }
    error
}
