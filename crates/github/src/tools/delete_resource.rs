//! `delete_resource`: delete a branch, file, release or repository, after a preview of what
//! would be lost.
//!
//! What that is, kind by kind, is looked up in `losses.rs`.

use http::Method;
use kit::{
    Answer, Call, Description, Hints, Reply, Tool, ToolError,
    auth::Scope,
    confirm::{Change, Consent, Decision},
    input::Line,
    schema,
    tool::TIMEOUT_WITH_HUMAN,
    untrusted::one_line,
};
use schemars::JsonSchema;
use seaworthy_kit as kit;
use serde::Deserialize;
use serde_json::Value;

use crate::{
    Github, git,
    input::{GitRef, Repo},
    losses, shape,
};

/// The definition.
pub(super) const TOOL: Tool<Github> = Tool {
    name: "delete_resource",
    title: "Delete a branch, file, release or repository",
    description: Description {
        purpose: "Deletes one branch, file, release or repository.",
        arguments: "Preview first, then confirm=true with its token.",
        returns: "what would be lost, then what was deleted.",
        effects: "Destroys for good (audited); never the default branch.",
        not_for: "closing issues (write_issue) or several files (propose_change).",
    },
    hints: Hints::DESTRUCTIVE,
    scope: Scope::Destructive,
    input: schema::input::<Arguments>,
    output: None,
    timeout: TIMEOUT_WITH_HUMAN,
    run: |github, call| Box::pin(run(github, call)),
};

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Arguments {
    /// owner/name
    repo: Repo,
    /// of what
    kind: Kind,
    /// branch, path, tag, or owner/name typed again
    name: Line<1024>,
    /// of a file, default the default one
    branch: Option<GitRef>,
    /// of a file's commit
    message: Option<Line<256>>,
    /// act on a preview
    #[serde(default)]
    confirm: bool,
    /// the preview's
    confirm_token: Option<Line<200>>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
enum Kind {
    Branch,
    File,
    Release,
    Repository,
}

async fn run(github: &Github, call: Call) -> Result<Reply, ToolError> {
    let arguments: Arguments = call.parse()?;
    if arguments.kind != Kind::File && (arguments.branch.is_some() || arguments.message.is_some()) {
        return Err(ToolError::invalid(
            "branch and message go with kind=file only",
            "leave them out; a branch to delete is given by name",
        ));
    }
    let branch = arguments.branch.as_ref().map_or("", GitRef::as_str);
    if shape::has_hidden(&arguments.name) || shape::has_hidden(branch) {
        return Err(ToolError::invalid(
            "invalid argument: name or branch has invisible characters, which no preview can show",
            "check the name; if it is really called so, ask the user to delete it on GitHub",
        ));
    }
    let doomed = find(github, &arguments).await?;
    let what = format!("delete {}", doomed.what);
    let consent = Consent {
        confirm: arguments.confirm,
        token: arguments.confirm_token.as_deref(),
    };
    let change = Change {
        what: &what,
        state: &doomed.state,
        details: doomed.details,
    };
    if let Decision::Reply(reply) = call.confirm(consent, change).await? {
        return Ok(reply);
    }
    if call.asked_in_session() {
        // the human took their time: what they agreed to must be there still
        let now = find(github, &arguments).await?;
        Call::unchanged(&doomed.state, &now.state)?;
    }
    let sending =
        github
            .client
            .send::<Value>(Method::DELETE, &doomed.endpoint, doomed.body.as_ref());
    let answered = call.audited(&what, sending).await?;
    let mut answer = Answer::new();
    answer.line(format!("Deleted: {}.", doomed.what));
    if let Some(sha) = answered["commit"]["sha"].as_str() {
        answer.line(format!("Commit: {}", one_line(sha, 64)));
    }
    answer.line(format!("Undo: {}", doomed.undo));
    Ok(answer.into())
}

/// What would be deleted.
async fn find(github: &Github, arguments: &Arguments) -> Result<losses::Doomed, ToolError> {
    let (client, repo) = (&github.client, &arguments.repo);
    match arguments.kind {
        Kind::Branch => losses::branch(client, repo, &arguments.name).await,
        Kind::File => {
            let branch = arguments.branch.as_ref().map(git::branch_name);
            losses::file(
                client,
                repo,
                &arguments.name,
                branch,
                arguments.message.as_deref(),
            )
            .await
        }
        Kind::Release => losses::release(client, repo, &arguments.name).await,
        Kind::Repository => losses::repository(client, repo, &arguments.name).await,
    }
}
