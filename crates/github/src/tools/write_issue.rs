//! `write_issue`: everything that is written to an issue, one action a call.
//!
//! What each action takes is checked before anything is sent; `issue_writes.rs` sends it.

use kit::{
    Answer, Call, Description, Hints, Reply, Tool, ToolError,
    auth::Scope,
    input::{Count, Line, List, Text},
    schema,
    tool::TIMEOUT,
};
use schemars::JsonSchema;
use seaworthy_kit as kit;
use serde::Deserialize;

use crate::{
    Github,
    input::{Label, Login, Repo},
    issue_writes::Writes,
};

/// The definition.
pub(super) const TOOL: Tool<Github> = Tool {
    name: "write_issue",
    title: "Write an issue",
    description: Description {
        purpose: "Creates, edits, comments on, closes, reopens, labels or assigns an issue or pull request.",
        arguments: "create needs title, the others number; edit replaces; close and reopen may carry body as a comment.",
        returns: "what was done, with ids.",
        effects: "Writes at once and notifies people (audited).",
        not_for: "reviews (review_pull_request) or reading (read_issue).",
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
    /// what to do
    action: Action,
    /// its number
    number: Option<Count<1, 9_999_999>>,
    /// of it
    title: Option<Line<256>>,
    /// text
    body: Option<Text<65_536>>,
    /// to add
    #[serde(default)]
    labels: List<Label, 20>,
    /// logins
    #[serde(default)]
    assignees: List<Login, 10>,
    /// labels or logins to take away
    #[serde(default)]
    remove: List<Line<65>, 10>,
    /// of close
    state_reason: Option<Reason>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
enum Action {
    Create,
    Edit,
    Comment,
    Close,
    Reopen,
    Label,
    Assign,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum Reason {
    Completed,
    NotPlanned,
    Duplicate,
}

impl Action {
    fn name(self) -> &'static str {
        match self {
            Self::Create => "create",
            Self::Edit => "edit",
            Self::Comment => "comment",
            Self::Close => "close",
            Self::Reopen => "reopen",
            Self::Label => "label",
            Self::Assign => "assign",
        }
    }

    /// The arguments that the action takes beside repo.
    fn takes(self) -> &'static [&'static str] {
        match self {
            Self::Create => &["title", "body", "labels", "assignees"],
            Self::Edit => &["number", "title", "body"],
            Self::Comment | Self::Reopen => &["number", "body"],
            Self::Close => &["number", "body", "state_reason"],
            Self::Label => &["number", "labels", "remove"],
            Self::Assign => &["number", "assignees", "remove"],
        }
    }
}

impl Reason {
    fn name(self) -> &'static str {
        match self {
            Self::Completed => "completed",
            Self::NotPlanned => "not_planned",
            Self::Duplicate => "duplicate",
        }
    }
}

impl Arguments {
    /// Refuses what the action does not take and what it lacks.
    fn check(&self) -> Result<(), ToolError> {
        let action = self.action.name();
        let given = [
            ("number", self.number.is_some()),
            ("title", self.title.is_some()),
            ("body", self.text().is_some()),
            ("labels", !self.labels.is_empty()),
            ("assignees", !self.assignees.is_empty()),
            ("remove", !self.remove.is_empty()),
            ("state_reason", self.state_reason.is_some()),
        ];
        let has = |name: &str| given.contains(&(name, true));
        let takes = self.action.takes();
        if let Some((name, _)) = given
            .iter()
            .find(|(name, given)| *given && !takes.contains(name))
        {
            return Err(ToolError::invalid(
                format!("action={action} does not take {name}"),
                format!(
                    "leave {name} out, or use the action that takes it; {action} takes {}",
                    takes.join(", ")
                ),
            ));
        }
        let needs: &[&str] = match self.action {
            Action::Create => &["title"],
            Action::Edit => &["title", "body"],
            Action::Comment => &["body"],
            Action::Close | Action::Reopen => &["number"],
            Action::Label => &["labels", "remove"],
            Action::Assign => &["assignees", "remove"],
        };
        if takes.contains(&"number") && !has("number") {
            return Err(ToolError::invalid(
                format!("action={action} needs number"),
                "give the issue's number; find_items finds it",
            ));
        }
        // an empty body is a wish of edit: it clears the text
        let clears = self.action == Action::Edit && self.body.is_some();
        if !clears && !needs.iter().any(|name| has(name)) {
            return Err(ToolError::invalid(
                format!("action={action} needs {}", needs.join(" or ")),
                "give it and call again; nothing was done",
            ));
        }
        Ok(())
    }

    /// The body that says something.
    fn text(&self) -> Option<&str> {
        self.body.as_deref().filter(|body| !body.trim().is_empty())
    }
}

async fn run(github: &Github, call: Call) -> Result<Reply, ToolError> {
    let arguments: Arguments = call.parse()?;
    arguments.check()?;
    let number = arguments.number.map_or(0, Count::get);
    let mut writes = Writes::new(github, &call, &arguments.repo, number);
    match arguments.action {
        Action::Create => {
            let title = arguments.title.as_deref().unwrap_or_default();
            let (labels, people) = (&arguments.labels, &arguments.assignees);
            writes
                .create(title, arguments.text(), labels, people)
                .await?;
        }
        Action::Edit => {
            let (title, body) = (arguments.title.as_deref(), arguments.body.as_deref());
            writes.edit(title, body).await?;
        }
        Action::Comment => writes.comment(arguments.text().unwrap_or_default()).await?,
        Action::Close | Action::Reopen => {
            if let Some(text) = arguments.text() {
                writes.comment(text).await?;
            }
            if arguments.action == Action::Close {
                let reason = arguments.state_reason.map(Reason::name);
                writes.close(reason).await?;
            } else {
                writes.reopen().await?;
            }
        }
        Action::Label => {
            let remove = names(&arguments.remove, "label", Label::parse)?;
            writes.label(&arguments.labels, &remove).await?;
        }
        Action::Assign => {
            let remove = names(&arguments.remove, "login", Login::parse)?;
            writes.assign(&arguments.assignees, &remove).await?;
        }
    }
    let mut answer = Answer::new();
    for line in writes.finish() {
        answer.line(line);
    }
    Ok(answer.into())
}

/// What shall be taken away, as the names of what the action is about.
fn names<T>(
    given: &[Line<65>],
    what: &str,
    parse: impl Fn(&str) -> Result<T, String>,
) -> Result<Vec<T>, ToolError> {
    let parsed = given.iter().map(|name| parse(name));
    parsed.collect::<Result<_, _>>().map_err(|reason| {
        ToolError::invalid(
            format!("invalid argument remove: a {what} {reason}"),
            "correct the argument and call again",
        )
    })
}
