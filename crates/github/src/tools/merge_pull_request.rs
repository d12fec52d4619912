//! `merge_pull_request`: look at the gates, then merge exactly the commit that was looked at.

use std::time::Duration;

use http::Method;
use kit::{
    Answer, Call, Description, ErrorKind, Hints, Reply, Tool, ToolError,
    auth::Scope,
    confirm::{Change, Consent, Decision},
    input::{Count, Line, Text},
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
    endpoint::Endpoint,
    gates::Gates,
    input::Repo,
    model::{Pull, nullable},
    shape,
};

/// How often, and how long apart, GitHub is asked whether it can merge: it works that out when
/// first asked and answers null meanwhile.
const ASKED: u32 = 4;
const PAUSE: Duration = Duration::from_millis(600);

/// The definition.
pub(super) const TOOL: Tool<Github> = Tool {
    name: "merge_pull_request",
    title: "Merge a pull request",
    description: Description {
        purpose: "Merges a pull request.",
        arguments: "Preview first, then confirm=true with its token.",
        returns: "head, reviews, checks and gates not met, then the merge commit.",
        effects: "Changes the base branch for good (audited); merges only the previewed head.",
        not_for: "reviewing (review_pull_request) or closing (write_issue).",
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
    /// its number
    number: Count<1, 9_999_999>,
    /// default squash
    method: Option<MergeMethod>,
    /// of the commit
    title: Option<Line<256>>,
    /// of the commit
    message: Option<Text<20_000>>,
    /// act on a preview
    #[serde(default)]
    confirm: bool,
    /// the preview's
    confirm_token: Option<Line<200>>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
enum MergeMethod {
    Squash,
    Merge,
    Rebase,
}

impl MergeMethod {
    fn name(self) -> &'static str {
        match self {
            Self::Squash => "squash",
            Self::Merge => "merge",
            Self::Rebase => "rebase",
        }
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Merged {
    #[serde(deserialize_with = "nullable")]
    sha: String,
}

async fn run(github: &Github, call: Call) -> Result<Reply, ToolError> {
    let arguments: Arguments = call.parse()?;
    let method = arguments.method.unwrap_or(MergeMethod::Squash);
    if method == MergeMethod::Rebase && (arguments.title.is_some() || arguments.message.is_some()) {
        return Err(ToolError::invalid(
            "title and message do not go with method=rebase, which keeps each commit's own",
            "leave them out, or use method=squash or merge",
        ));
    }
    let repo = &arguments.repo;
    let pull = read_pull(github, repo, arguments.number.get()).await?;
    refuse_finished(repo, &pull)?;
    let gates = Gates::read(&github.client, &call, repo, &pull).await;
    let what = described(repo, &pull, method, &gates);
    let state = self::state(&pull, &gates);
    if arguments.confirm {
        refuse_forbidden(repo, &pull, &gates)?;
    }
    let consent = Consent {
        confirm: arguments.confirm,
        token: arguments.confirm_token.as_deref(),
    };
    let change = Change {
        what: &what,
        state: &state,
        details: preview(&arguments, &pull, &gates),
    };
    if let Decision::Reply(reply) = call.confirm(consent, change).await? {
        return Ok(reply);
    }
    if call.asked_in_session() {
        // the human took their time: what they agreed to must be there still
        let pull = read_pull(github, repo, arguments.number.get()).await?;
        refuse_finished(repo, &pull)?;
        let gates = Gates::read(&github.client, &call, repo, &pull).await;
        refuse_forbidden(repo, &pull, &gates)?;
        Call::unchanged(&state, &self::state(&pull, &gates))?;
    }
    let merged = merge(github, &call, &arguments, method, &pull).await?;
    let mut answer = Answer::new();
    answer.line(format!(
        "Merged: {repo}#{} into {} by {}, as commit {}.",
        pull.number,
        pull.base.branch,
        method.name(),
        merged.sha
    ));
    let own = |pull: &Pull| {
        let head = pull.head.repo.as_ref()?.full_name.clone();
        Some(head.eq_ignore_ascii_case(&repo.to_string()))
    };
    if own(&pull) == Some(true) {
        answer.line(format!(
            "Next: delete_resource kind=branch name={} removes its branch, if it is no longer needed.",
            pull.head.branch
        ));
    }
    Ok(answer.into())
}

async fn read_pull(github: &Github, repo: &Repo, number: u64) -> Result<Pull, ToolError> {
    let endpoint = Endpoint::repo(
        repo,
        format!("pull request {repo}#{number}"),
        ["pulls", &number.to_string()],
    )
    .hint("find_items kind=pull lists what there is; an issue's number is not a pull request's");
    let mut asked = 1;
    loop {
        let mut pull = github.client.get::<Pull>(&endpoint).await?.data;
        if pull.mergeable.is_some() || pull.state != "open" || asked == ASKED {
            pull.number = number;
            return Ok(pull);
        }
        asked += 1;
        tokio::time::sleep(PAUSE).await;
    }
}

fn refuse_finished(repo: &Repo, pull: &Pull) -> Result<(), ToolError> {
    let (state, next) = if pull.merged || pull.merged_at.is_some() {
        ("merged already", "nothing is left to do")
    } else if pull.state == "closed" {
        (
            "closed",
            "ask the user whether it shall be reopened (write_issue action=reopen)",
        )
    } else if pull.head.sha.is_empty() {
        (
            "without a head commit in GitHub's answer",
            "read_pull_request shows its present state",
        )
    } else {
        return Ok(());
    };
    Err(ToolError::new(
        ErrorKind::Conflict,
        format!("nothing was done: {repo}#{} is {state}", pull.number),
        next,
    ))
}

fn refuse_forbidden(repo: &Repo, pull: &Pull, gates: &Gates) -> Result<(), ToolError> {
    let forbidding = gates.forbidding();
    if forbidding.is_empty() {
        return Ok(());
    }
    Err(ToolError::new(
        ErrorKind::Conflict,
        format!("nothing was done: {repo}#{} cannot be merged: {}", pull.number, forbidding.join("; ")),
        "mend that first (the author marks it ready, or resolves the conflicts by a commit on its branch), then preview again",
    )
    .because("GitHub merges no draft and no pull request with conflicts"))
}

fn described(repo: &Repo, pull: &Pull, method: MergeMethod, gates: &Gates) -> String {
    let unmet = gates.unmet();
    let against = if unmet.is_empty() {
        String::new()
    } else {
        format!(", although: {}", one_line(&unmet.join("; "), 200))
    };
    format!(
        "merge {repo}#{} {} by {} at {} into {} by {}{against}",
        pull.number,
        shape::quoted(&pull.title, 80),
        shape::at(pull.user.as_ref()),
        shape::short(&pull.head.sha),
        pull.base.branch,
        method.name(),
    )
}

/// A comment leaves this as it is; a commit, another base or title (the squashed commit's) or a
/// new verdict does not.
fn state(pull: &Pull, gates: &Gates) -> String {
    let base = pull.base.repo.as_ref();
    let base = base.map_or("", |repo| repo.full_name.as_str());
    format!(
        "{base} {} {} {:?} {}",
        pull.head.sha,
        pull.base.branch,
        pull.title,
        gates.state()
    )
}

fn preview(arguments: &Arguments, pull: &Pull, gates: &Gates) -> Answer {
    let repo = &arguments.repo;
    let mut answer = Answer::new();
    answer.line(format!(
        "pull request: {repo}#{} {} by {}",
        pull.number,
        shape::quoted(&pull.title, 200),
        shape::at(pull.user.as_ref())
    ));
    let from = match &pull.head.repo {
        Some(head) if head.full_name.eq_ignore_ascii_case(&repo.to_string()) => String::new(),
        Some(head) => format!("{}:", head.full_name),
        None => "(a deleted fork):".to_owned(),
    };
    answer.line(format!(
        "head: {from}{} at {}, {}, {}, +{} -{}",
        pull.head.branch,
        pull.head.sha,
        shape::count(pull.commits, "commit"),
        shape::count(pull.changed_files, "file"),
        pull.additions,
        pull.deletions
    ));
    answer.line(format!(
        "base: {} at {}",
        pull.base.branch,
        shape::short(&pull.base.sha)
    ));
    let mergeable = match (pull.mergeable, pull.mergeable_state.as_str()) {
        (None, _) => "not known yet, GitHub is still working it out",
        (_, "") => "not told",
        (_, state) => state,
    };
    answer.line(format!("mergeable: {mergeable}"));
    let words = [
        ("commit title", arguments.title.as_deref()),
        ("commit message", arguments.message.as_deref()),
    ];
    for (name, text) in words {
        if let Some(text) = text {
            answer.line(format!("{name}: {}", shape::quoted(text, 500)));
        }
    }
    for line in gates.lines() {
        answer.line(line);
    }
    let unmet = gates.unmet();
    if unmet.is_empty() {
        answer.line("gates: all met");
    }
    for gate in unmet {
        answer.line(format!("GATE NOT MET: {gate}"));
    }
    answer
}

async fn merge(
    github: &Github,
    call: &Call,
    arguments: &Arguments,
    method: MergeMethod,
    pull: &Pull,
) -> Result<Merged, ToolError> {
    let repo = &arguments.repo;
    let endpoint = Endpoint::repo(
        repo,
        format!("the merge of {repo}#{}", pull.number),
        ["pulls", &pull.number.to_string(), "merge"],
    );
    let mut body = json!({"sha": pull.head.sha, "merge_method": method.name()});
    if let Some(title) = &arguments.title {
        body["commit_title"] = (**title).into();
    }
    if let Some(message) = &arguments.message {
        body["commit_message"] = (**message).into();
    }
    let what = format!(
        "merge {repo}#{} at {} into {} by {}",
        pull.number,
        pull.head.sha,
        pull.base.branch,
        method.name()
    );
    let sending = github.client.send(Method::PUT, &endpoint, Some(&body));
    call.audited(&what, sending).await.map_err(explained)
}

/// The next move after a refusal of GitHub's (405, 409, 422), none of which merges anything.
fn explained(mut error: ToolError) -> ToolError {
    if !matches!(error.kind, ErrorKind::Conflict | ErrorKind::InvalidInput) {
        return error;
    }
    let said = error.what.to_ascii_lowercase();
    error.kind = ErrorKind::Conflict;
    error.what = format!("nothing was merged: {}", error.what);
    error.next = if said.contains("merges are not allowed") || said.contains("merge method") {
        "preview again with another method (squash, merge or rebase)"
    } else if said.contains("modified") || said.contains("changed") {
        "preview again: head or base has moved on since, and nobody has looked at that"
    } else if said.contains("queue") {
        "ask the user to add it to the merge queue on GitHub"
    } else {
        "preview again to see which gate is not met, and mend that; the repository's rules may ask for more than the preview shows"
    }
    .into();
    error
}
