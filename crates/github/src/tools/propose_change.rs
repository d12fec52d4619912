//! `propose_change`: commit files to a branch and open a pull request for it.
//!
//! How the commit is made is in `commit.rs`.

use futures::future::try_join3;
use http::Method;
use kit::{
    Answer, Call, Description, ErrorKind, Hints, Reply, Tool, ToolError,
    auth::Scope,
    confirm::{Change, Consent, Decision},
    input::{Line, List, Text},
    schema,
    tool::TIMEOUT_WITH_HUMAN,
    untrusted::one_line,
};
use schemars::JsonSchema;
use seaworthy_kit as kit;
use serde::Deserialize;
use serde_json::json;

use crate::{
    Github,
    commit::{self, FileChange, Plan, Target},
    endpoint::Endpoint,
    git,
    input::{GitRef, Repo},
    model::{Pull, Repository},
    shape,
};

/// Tokens that the preview's details take; its own lines make it a full page.
const DETAILS: usize = 1_700;

const GUESSED: &str = "Note: GitHub lists only a part of so large a tree; files outside that part are written as plain, not executable.";

/// The definition.
pub(super) const TOOL: Tool<Github> = Tool {
    name: "propose_change",
    title: "Propose a change",
    description: Description {
        purpose: "Commits text files to a branch and opens its pull request if there is none.",
        arguments: "files=[] only opens it. The default branch needs a preview and its token instead.",
        returns: "the commit and the pull request.",
        effects: "Makes a missing branch, never forces (audited).",
        not_for: "binary files or merging (merge_pull_request).",
    },
    hints: Hints::WRITE,
    scope: Scope::Write,
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
    /// to commit to
    branch: GitRef,
    /// to branch off
    base: Option<GitRef>,
    /// path and new content, or delete
    files: List<FileChange, 50>,
    /// of the commit
    message: Option<Text<5_000>>,
    /// default message
    title: Option<Line<256>>,
    /// of the PR
    body: Option<Text<60_000>>,
    /// open as draft
    draft: Option<bool>,
    /// act on a preview
    #[serde(default)]
    confirm: bool,
    /// the preview's
    confirm_token: Option<Line<200>>,
}

/// What there is before the change.
struct Before {
    /// The repository as it is called now.
    full_name: String,
    default_branch: String,
    /// The tip of the branch, or of the base that it shall be made from.
    parent: String,
    /// Whether the branch has to be made.
    is_new: bool,
    /// The branch that a pull request goes into.
    base: String,
    /// The open pull request of the branch.
    pull: Option<Pull>,
}

impl Before {
    fn is_default(&self, branch: &str) -> bool {
        // a default branch that is not known might be this one
        self.default_branch.is_empty() || self.default_branch == branch
    }
}

async fn run(github: &Github, call: Call) -> Result<Reply, ToolError> {
    let arguments: Arguments = call.parse()?;
    let branch = git::branch_name(&arguments.branch);
    check(&arguments)?;
    let before = look(github, &arguments, branch).await?;
    check_target(&arguments, &before, branch)?;
    let mut answer = Answer::new();
    if arguments.files.is_empty() {
        open_pull(github, &call, &arguments, &before, None, &mut answer).await?;
        return Ok(answer.into());
    }
    let target = Target {
        repo: &arguments.repo,
        branch,
        parent: &before.parent,
        is_new: before.is_new,
    };
    let plan = Plan::new(&github.client, target, &arguments.files).await?;
    if before.is_default(branch)
        && let Decision::Reply(reply) = ask(&call, &arguments, &before, target, &plan).await?
    {
        return Ok(reply);
    }
    call.progress(1, 3, "what there is was read").await;
    let message = arguments.message.as_deref().unwrap_or_default();
    let sha = plan.write(&github.client, &call, target, message).await?;
    let made = if before.is_new {
        format!(
            ", new from {} at {}",
            before.base,
            shape::short(&before.parent)
        )
    } else {
        String::new()
    };
    answer.line(format!(
        "Committed: {} on {branch} of {}{made}, as {sha}.",
        plan.counts(),
        arguments.repo
    ));
    if plan.guessed {
        answer.line(GUESSED);
    }
    if before.is_default(branch) {
        answer.line("Next: diagnose_ci with this branch as ref shows whether it passes.");
        return Ok(answer.into());
    }
    call.progress(2, 3, "the commit is on its branch").await;
    open_pull(github, &call, &arguments, &before, Some(&sha), &mut answer).await?;
    Ok(answer.into())
}

fn check(arguments: &Arguments) -> Result<(), ToolError> {
    if shape::has_hidden(arguments.branch.as_str()) {
        return Err(ToolError::invalid(
            "invalid argument branch: has invisible characters",
            "give a name that people can read",
        ));
    }
    let has_message = arguments
        .message
        .as_ref()
        .is_some_and(|message| !message.trim().is_empty());
    if arguments.files.is_empty() && arguments.title.is_none() {
        return Err(ToolError::invalid(
            "there are neither files to commit nor a title for a pull request",
            "give files and message; or files=[] and a title to open a pull request of a branch that exists",
        ));
    }
    if !arguments.files.is_empty() && !has_message {
        return Err(ToolError::invalid(
            "a commit needs a message",
            "say in message what the change does and why",
        ));
    }
    commit::check(&arguments.files)
}

fn check_target(arguments: &Arguments, before: &Before, branch: &str) -> Result<(), ToolError> {
    let repo = &arguments.repo;
    if before.is_default(branch) {
        let for_pull = arguments.base.is_some()
            || arguments.title.is_some()
            || arguments.body.is_some()
            || arguments.draft == Some(true);
        if for_pull {
            return Err(ToolError::invalid(
                format!("{branch} is the default branch of {repo}: no pull request goes from it"),
                "choose another branch name; or leave out base, title, body and draft to commit to it directly",
            ));
        }
    } else if arguments.confirm_token.is_some() {
        return Err(ToolError::new(
            ErrorKind::Conflict,
            format!("nothing was done: {branch} is not the default branch of {repo}"),
            "look with repo_overview which branch is; call again without confirm and confirm_token to commit to this one with a pull request",
        )
        .because("another branch was made the default one since the preview, or the token is for another call"));
    } else if before.default_branch.eq_ignore_ascii_case(branch) {
        return Err(ToolError::new(
            ErrorKind::Refused,
            format!(
                "nothing was done: {branch} is the name of {repo}'s default branch in another case"
            ),
            format!(
                "give {} to commit to the default branch, or choose another name",
                one_line(&before.default_branch, 255)
            ),
        )
        .because("where names differ by their case only, one can be taken for the other"));
    } else if before.base == branch {
        return Err(ToolError::invalid(
            "base and branch are the same",
            "give the branch that the change shall go into as base",
        ));
    }
    if arguments.files.is_empty() && before.is_new {
        return Err(git::no_branch(repo, branch));
    }
    Ok(())
}

/// Reads what there is: default branch, tips, an open pull request.
async fn look(github: &Github, arguments: &Arguments, branch: &str) -> Result<Before, ToolError> {
    let (client, repo) = (&github.client, &arguments.repo);
    let about = Endpoint::repo(repo, format!("repository {repo}"), [""; 0]);
    let pulls = Endpoint::repo(
        repo,
        format!("the open pull requests of {branch}"),
        ["pulls"],
    )
    .query("state", "open")
    .query("head", format!("{}:{branch}", repo.owner))
    .query("per_page", "50");
    let (about, tip, pulls) = try_join3(
        client.get::<Repository>(&about),
        async {
            git::tip(client, repo, branch)
                .await
                .map_err(empty_repository)
        },
        client.get::<Vec<Pull>>(&pulls),
    )
    .await?;
    let default_branch = about.data.default_branch;
    let asked = arguments.base.as_ref().map(git::branch_name);
    let base = asked.unwrap_or(&default_branch).to_owned();
    let is_new = tip.is_none();
    let parent = match tip {
        Some(tip) => tip,
        None => git::tip(client, repo, &base)
            .await
            .map_err(empty_repository)?
            .ok_or_else(|| git::no_branch(repo, &base))?,
    };
    // a fork may have a branch of the same name
    let full_name = about.data.full_name;
    let is_its = |pull: &Pull| {
        let from = pull.head.repo.as_ref().map(|repo| repo.full_name.as_str());
        pull.head.branch == branch
            && pull.state == "open"
            && from.is_none_or(|from| from == full_name)
            && asked.is_none_or(|base| pull.base.branch == base)
    };
    let pull = pulls.data.into_iter().find(is_its);
    Ok(Before {
        full_name,
        default_branch,
        parent,
        is_new,
        base,
        pull,
    })
}

fn empty_repository(mut error: ToolError) -> ToolError {
    if error.kind == ErrorKind::Conflict {
        error.cause = "the repository has no commit yet".into();
        error.next =
            "ask the user to push a first commit, or to add a README on GitHub; then call again"
                .into();
    }
    error
}

/// Asks before a commit to the default branch.
async fn ask(
    call: &Call,
    arguments: &Arguments,
    before: &Before,
    target: Target<'_>,
    plan: &Plan,
) -> Result<Decision, ToolError> {
    let Target {
        repo,
        branch,
        parent,
        ..
    } = target;
    let mut details = Answer::with_tokens(DETAILS);
    details.line(format!("branch: {branch}, the default branch, at {parent}"));
    let message = arguments.message.as_deref().unwrap_or_default();
    details.line(format!("commit: \"{}\"", one_line(message, 200)));
    let written = details.lines(&plan.lines, plan.lines.len(), Clone::clone);
    if written < plan.lines.len() {
        details.line(format!("and {} more files", plan.lines.len() - written));
    }
    if plan.guessed {
        details.line(GUESSED);
    }
    details.line(
        "note: no pull request is opened, so nobody reviews it; another branch name opens one",
    );
    let what = format!(
        "commit to {branch}, the default branch of {repo}, without a pull request: {}",
        plan.counts()
    );
    let consent = Consent {
        confirm: arguments.confirm,
        token: arguments.confirm_token.as_deref(),
    };
    let change = Change {
        what: &what,
        state: &format!("{} {parent}", before.full_name),
        details,
    };
    call.confirm(consent, change).await
}

/// Opens the pull request, or says which one there is. `commit` is what was just committed.
async fn open_pull(
    github: &Github,
    call: &Call,
    arguments: &Arguments,
    before: &Before,
    commit: Option<&str>,
    answer: &mut Answer,
) -> Result<(), ToolError> {
    let (repo, branch) = (&arguments.repo, git::branch_name(&arguments.branch));
    if let Some(pull) = &before.pull {
        answer.line(format!(
            "Pull request: #{} \"{}\" into {} was open already; its title and text stay as they are.",
            pull.number,
            one_line(&pull.title, 100),
            pull.base.branch
        ));
        answer.line(format!(
            "Next: read_pull_request number={} shows it.",
            pull.number
        ));
        return Ok(());
    }
    let message = arguments.message.as_deref().unwrap_or_default();
    let title = match &arguments.title {
        Some(title) => (**title).to_owned(),
        None => one_line(message.trim().lines().next().unwrap_or_default(), 256),
    };
    let draft = arguments.draft == Some(true);
    let body = json!({
        "title": title, "head": branch, "base": before.base, "draft": draft,
        "body": arguments.body.as_deref().unwrap_or_default(),
    });
    let subject = format!("the pull request of {branch} in {repo}");
    let endpoint = Endpoint::repo(repo, subject, ["pulls"]);
    let what = format!(
        "open a pull request in {repo} from {branch} into {}",
        before.base
    );
    let sending = github
        .client
        .send::<Pull>(Method::POST, &endpoint, Some(&body));
    let pull = call
        .audited(&what, sending)
        .await
        .map_err(|error| not_opened(error, branch, commit))?;
    let as_draft = if draft { " as a draft" } else { "" };
    answer.line(format!(
        "Opened: pull request #{} \"{}\" into {}{as_draft}.",
        pull.number,
        one_line(&title, 100),
        before.base
    ));
    answer.line(format!(
        "Next: read_pull_request number={} shows it and its checks.",
        pull.number
    ));
    Ok(())
}

/// Says what was done before the pull request failed, and how to go on from there.
fn not_opened(mut error: ToolError, branch: &str, commit: Option<&str>) -> ToolError {
    let said = error.what.to_ascii_lowercase();
    if said.contains("draft") {
        error.next = "call again with draft=false".into();
    } else if said.contains("no commits between") {
        error.next = "commit something to the branch first, or choose another base".into();
    }
    if let Some(commit) = commit {
        error.what = format!(
            "commit {commit} is on {branch}, but the pull request was not opened: {}",
            error.what
        );
        error.next = format!(
            "{}; to open only the pull request, call with files=[], the same branch and a title",
            error.next
        );
    }
    error
}
