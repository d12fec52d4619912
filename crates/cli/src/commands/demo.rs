//! `seaworthy demo`: the whole story on sample data, told by driving the real server.
//!
//! The server runs as a child process, as every MCP client would start it, and each chapter
//! checks what it shows: a demo that does not hold exits non-zero.

use std::{cell::OnceCell, fmt, io::Write};

use rmcp::{
    RoleClient, ServiceExt,
    model::{CallToolRequestParams, JsonObject},
    service::RunningService,
    transport::TokioChildProcess,
};
use seaworthy_kit::{answer::tokens, tool::visible_tokens};
use seaworthy_sample::{FAILING_PR, READY_PR, REPO};
use serde_json::{Value, json};

use crate::failure::Failure;

/// The branch of the pull request that is ready to be merged.
const READY_BRANCH: &str = "perf/station-cache";

/// Shows the whole story on built-in sample data: no account, no network
///
/// Starts the GitHub server as a child process and drives it as an MCP client would. Exits with 1
/// if any step does not hold.
#[derive(Debug, clap::Args)]
#[command(
    verbatim_doc_comment,
    after_help = "Example:\n  seaworthy demo --full | less"
)]
pub(crate) struct Arguments {
    /// Print every answer whole
    #[arg(long)]
    full: bool,
}

pub(crate) fn run(arguments: &Arguments) -> Result<(), Failure> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .map_err(|error| Failure::failed("the runtime could not start", error))?;
    let failed = runtime.block_on(tell(arguments.full))?;
    if failed == 0 {
        return Ok(());
    }
    Err(Failure::failed(
        format_args!("{failed} steps of the demo did not hold"),
        "they are marked above; please report them",
    ))
}

async fn tell(full: bool) -> Result<usize, Failure> {
    let folder = tempfile::tempdir()
        .map_err(|error| Failure::failed("no temporary folder could be made", error))?;
    let audit = folder.path().join("audit.jsonl");
    let mut story = Story::new(full);
    let server = Server::start(&["--sample"], &audit).await?;
    tools(&mut story, &server).await?;
    failing_pull_request(&mut story, &server).await?;
    let paged = paging(&mut story, &server).await?;
    errors(&mut story, &server, &audit).await?;
    merge(&mut story, &server).await?;
    let written = std::fs::read_to_string(&audit).unwrap_or_default();
    story.check(
        written.contains("merge_pull_request") && written.contains("\"outcome\":\"ok\""),
        &format!(
            "the audit log has {} lines, one before and one after each write",
            written.lines().count()
        ),
    );
    python(&mut story, &server, paged).await?;
    server.stop().await;
    match story.unwritten.into_inner() {
        Some(error) => Err(Failure::failed("stdout could not be written", error)),
        None => Ok(story.failed),
    }
}

async fn tools(story: &mut Story, server: &Server) -> Result<(), Failure> {
    story.chapter("The tools, and what they cost a conversation");
    let tools = server.client.list_all_tools().await.map_err(broken)?;
    for tool in &tools {
        let read_only = tool
            .annotations
            .as_ref()
            .and_then(|hints| hints.read_only_hint)
            == Some(true);
        let destructive = tool
            .annotations
            .as_ref()
            .and_then(|hints| hints.destructive_hint)
            == Some(true);
        let kind = match (read_only, destructive) {
            (true, _) => "reads",
            (false, true) => "destroys (previews first)",
            (false, false) => "writes",
        };
        let title = tool.title.as_deref().unwrap_or_default();
        story.say(format_args!("   {:<20} {title}, {kind}", tool.name));
    }
    let cost: usize = tools.iter().map(visible_tokens).sum();
    story.check(
        cost <= 3_500,
        &format!("{} tools for {cost} tokens", tools.len()),
    );
    Ok(())
}

async fn failing_pull_request(story: &mut Story, server: &Server) -> Result<(), Failure> {
    story.chapter("A failing pull request: what is it, and why does it fail?");
    let number = json!({"repo": REPO, "number": FAILING_PR});
    let pull = story
        .call(server, "read_pull_request", number.clone(), 12)
        .await?;
    story.check(
        !pull.failed && pull.text.contains("fail"),
        "files, reviews, comments and CI in one answer",
    );
    let cause = story.call(server, "diagnose_ci", number, 24).await?;
    story.check(
        cause.text.contains("panicked")
            || cause.text.contains("FAILED")
            || cause.text.contains("error"),
        &format!(
            "the first error of a long log, found for {} tokens",
            tokens(&cause.text)
        ),
    );
    Ok(())
}

/// Answers what the pages cost together, in tokens.
async fn paging(story: &mut Story, server: &Server) -> Result<usize, Failure> {
    story.chapter("240 open issues, a page at a time");
    let mut arguments = json!({"repo": REPO, "kind": "issue", "page_size": 50});
    let first = story
        .call(server, "find_items", arguments.clone(), 6)
        .await?;
    let (mut pages, mut seen, mut cost) = (0, 0, 0);
    let mut page = first.text;
    loop {
        pages += 1;
        seen += page.lines().filter(|line| line.starts_with('#')).count();
        cost += tokens(&page);
        let Some((_, cursor)) = page.rsplit_once("cursor=").filter(|_| pages < 20) else {
            break;
        };
        arguments["cursor"] = cursor.split_whitespace().next().unwrap_or_default().into();
        page = server.call("find_items", arguments.clone()).await?.text;
    }
    story.check(
        seen == 240,
        &format!("{seen} issues on {pages} pages for {cost} tokens, each page within its budget"),
    );
    Ok(cost)
}

async fn errors(
    story: &mut Story,
    server: &Server,
    audit: &std::path::Path,
) -> Result<(), Failure> {
    story.chapter("When it goes wrong: what the model reads");
    let wrong = story
        .call(
            server,
            "read_issue",
            json!({"repo": REPO, "number": 999_999}),
            5,
        )
        .await?;
    story.check(
        wrong.is_error("was not found"),
        "a wrong number: missing, or invisible to this token",
    );
    for (fault, sign, meaning) in [
        (
            "expired-token",
            "GITHUB_TOKEN",
            "an expired token: which variable, and who can renew it",
        ),
        ("rate-limit", "wait", "a rate limit: when to come back"),
    ] {
        let faulty = Server::start(&["--sample", "--sample-fault", fault], audit).await?;
        let error = story
            .call(&faulty, "find_items", json!({"repo": REPO}), 5)
            .await?;
        story.check(error.is_error(sign), meaning);
        faulty.stop().await;
    }
    Ok(())
}

async fn merge(story: &mut Story, server: &Server) -> Result<(), Failure> {
    story.chapter("Merging: a preview, a changed head, a confirmation");
    let pull = json!({"repo": REPO, "number": READY_PR});
    let confirm = |token: &str| json!({"repo": REPO, "number": READY_PR, "confirm": true, "confirm_token": token});
    let preview = story
        .call(server, "merge_pull_request", pull.clone(), 14)
        .await?;
    story.check(
        preview.text.starts_with("PREVIEW - no action taken"),
        "nothing happened yet",
    );
    let push = json!({"repo": REPO, "branch": READY_BRANCH, "message": "Say how long an entry lives",
        "files": [{"path": "docs/cache.md", "content": "Entries live for an hour.\n"}]});
    let pushed = story.call(server, "propose_change", push, 4).await?;
    story.check(!pushed.failed, "meanwhile somebody pushes to the branch");
    let refused = story
        .call(server, "merge_pull_request", confirm(preview.token()), 4)
        .await?;
    story.check(
        refused.is_error("changed since the preview"),
        "the old token no longer merges",
    );
    let fresh = server.call("merge_pull_request", pull).await?;
    let merged = story
        .call(server, "merge_pull_request", confirm(fresh.token()), 4)
        .await?;
    story.check(!merged.failed, "a fresh preview and its token do");
    let replay = server
        .call("merge_pull_request", confirm(fresh.token()))
        .await?;
    story.check(replay.failed, "and the token works once");
    Ok(())
}

/// What the code of the agent does not get out of.
const SOCKET: &str = "\
import socket
socket.create_connection((\"127.0.0.1\", 80))";

/// The question of chapter 3, asked by code.
const QUIET_ISSUES: &str = include_str!("../../../github/code/quiet_issues.py");

async fn python(story: &mut Story, server: &Server, paged: usize) -> Result<(), Failure> {
    story.chapter("Code of the agent, in a sandbox");
    let sum = "print(sum(n * n for n in range(1_000_000)))";
    let first = story.run_python(server, sum).await?;
    if first.is_error("") {
        // no sandbox could be had: the text says why, and what to do
        story.not_shown("run_python, a blocked socket and code mode");
        return Ok(());
    }
    story.check(
        !first.failed && first.text.contains("333332833333500000"),
        "Python runs",
    );
    let socket = story.run_python(server, SOCKET).await?;
    story.check(
        socket.failed && socket.text.contains("the sandbox has no network"),
        "and reaches nothing outside",
    );
    story.chapter("Code mode: the same 240 issues, asked by code");
    let quiet = story.run_python(server, QUIET_ISSUES).await?;
    let cost = tokens(&json!({ "code": QUIET_ISSUES }).to_string()) + tokens(&quiet.text);
    story.check(
        quiet.text.contains("80 of 240") && cost < 500 && cost * 10 < paged,
        &format!(
            "one call for {cost} tokens, its code included; {paged} for the pages of chapter 3"
        ),
    );
    Ok(())
}

fn broken(error: impl std::fmt::Display) -> Failure {
    Failure::failed("the server broke off", error)
}

/// The server as a child process, and the client that drives it.
struct Server {
    client: RunningService<RoleClient, ()>,
}

/// What a call came to.
struct Outcome {
    text: String,
    failed: bool,
}

impl Outcome {
    fn is_error(&self, sign: &str) -> bool {
        self.failed && self.text.contains(sign) && self.text.contains("NEXT:")
    }

    fn token(&self) -> &str {
        let rest = self
            .text
            .rsplit_once("confirm_token=")
            .map_or("", |(_, rest)| rest);
        rest.split_whitespace().next().unwrap_or_default()
    }
}

impl Server {
    #[expect(
        clippy::disallowed_methods,
        reason = "the demo starts its server as a client does"
    )]
    async fn start(flags: &[&str], audit: &std::path::Path) -> Result<Self, Failure> {
        let program = std::env::current_exe().map_err(broken)?;
        let mut command = tokio::process::Command::new(program);
        command
            .args(["serve", "github"])
            .args(flags)
            .env("SEAWORTHY_AUDIT_LOG", audit);
        let transport = TokioChildProcess::new(command).map_err(broken)?;
        let client = ().serve(transport).await.map_err(broken)?;
        Ok(Self { client })
    }

    async fn call(&self, tool: &str, arguments: Value) -> Result<Outcome, Failure> {
        let arguments: JsonObject = match arguments {
            Value::Object(arguments) => arguments,
            _ => JsonObject::new(),
        };
        let request = CallToolRequestParams::new(tool.to_owned()).with_arguments(arguments);
        let result = self.client.call_tool(request).await.map_err(broken)?;
        let text = result.content.first().and_then(|block| block.as_text());
        Ok(Outcome {
            text: text.map(|text| text.text.clone()).unwrap_or_default(),
            failed: result.is_error == Some(true),
        })
    }

    async fn stop(self) {
        // the story is told; how the child ends no longer matters
        let _ = self.client.cancel().await;
    }
}

/// What is printed, and how many steps did not hold.
struct Story {
    full: bool,
    chapters: usize,
    failed: usize,
    /// Why stdout could not be written. A reader that has seen enough is no reason.
    unwritten: OnceCell<std::io::Error>,
}

const BOLD: anstyle::Style = anstyle::Style::new().bold();
const DIM: anstyle::Style = anstyle::Style::new().dimmed();
const GOOD: anstyle::Style = anstyle::AnsiColor::Green.on_default();
const BAD: anstyle::Style = anstyle::AnsiColor::Red.on_default().bold();

impl Story {
    fn new(full: bool) -> Self {
        let story = Self {
            full,
            chapters: 0,
            failed: 0,
            unwritten: OnceCell::new(),
        };
        story.say(format_args!(
            "{BOLD}Seaworthy{BOLD:#} on built-in sample data: no account, no network."
        ));
        story
    }

    fn say(&self, text: fmt::Arguments<'_>) {
        match writeln!(anstream::stdout(), "{text}") {
            Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => {
                let _ = self.unwritten.set(error);
            }
            _ => {}
        }
    }

    fn chapter(&mut self, title: &str) {
        self.chapters += 1;
        self.say(format_args!("\n{BOLD}{}. {title}{BOLD:#}", self.chapters));
    }

    fn line(&self, line: &str) {
        let line = if self.full {
            line.to_owned()
        } else {
            seaworthy_kit::untrusted::one_line(line, 150)
        };
        self.say(format_args!("   {line}"));
    }

    /// Calls a tool and shows the call and the first `lines` of its answer.
    async fn call(
        &self,
        server: &Server,
        tool: &str,
        arguments: Value,
        lines: usize,
    ) -> Result<Outcome, Failure> {
        self.say(format_args!("   {DIM}> {tool} {arguments}{DIM:#}"));
        let outcome = server.call(tool, arguments).await?;
        let total = outcome.text.lines().count();
        let head = if self.full { total } else { lines };
        for line in outcome.text.lines().take(head) {
            self.line(line);
        }
        if total > head {
            if let Some(last) = outcome
                .text
                .lines()
                .last()
                .filter(|last| last.starts_with("MORE AVAILABLE"))
            {
                self.say(format_args!(
                    "   {DIM}[{} lines not shown here]{DIM:#}",
                    total - head - 1
                ));
                self.line(last);
            } else {
                self.say(format_args!(
                    "   {DIM}[{} lines not shown here]{DIM:#}",
                    total - head
                ));
            }
        }
        Ok(outcome)
    }

    /// Runs code by `run_python` and shows it with the head of its answer.
    async fn run_python(&self, server: &Server, code: &str) -> Result<Outcome, Failure> {
        for line in code.lines().filter(|line| !line.is_empty()) {
            self.say(format_args!("   {DIM}>>> {line}{DIM:#}"));
        }
        let outcome = server.call("run_python", json!({ "code": code })).await?;
        for line in outcome.text.lines() {
            self.line(line);
        }
        Ok(outcome)
    }

    /// A step that this machine cannot show; no failure of the demo.
    fn not_shown(&self, what: &str) {
        self.say(format_args!(
            "   {BOLD}not shown{BOLD:#} {what}: see above for what is missing"
        ));
    }

    fn check(&mut self, holds: bool, what: &str) {
        if holds {
            self.say(format_args!("   {GOOD}ok{GOOD:#} {what}"));
        } else {
            self.failed += 1;
            self.say(format_args!("   {BAD}DOES NOT HOLD{BAD:#} {what}"));
        }
    }
}
