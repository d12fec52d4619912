//! What a conversation pays for this server and for its peers, measured side by side.
//!
//! `cargo bench -p seaworthy --bench peers` starts the npm package `emulate` (a GitHub that nobody
//! here wrote) with 240 issues, 40 of them open, and asks each server the same: its tools, and
//! thirty open issues. Tokens are characters / 4; a tool costs its name, description and input
//! schema, which is what a model sees of it. Needs `target/npm`, which `./test` makes.
//!
//! The npm server has `https://api.github.com` written into it; `tests/real/api_host.cjs` leads
//! its requests to the emulator. A Go `github-mcp-server` is compared when one is on the PATH, but
//! for tools, start and memory only: it lists issues by GraphQL, which the emulator has not.
#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    unreachable_pub,
    reason = "a benchmark"
)]
#![allow(clippy::cast_precision_loss, reason = "figures for people")]

#[path = "../tests/it/real/emulator.rs"]
#[expect(dead_code, reason = "shared with the tests")]
mod emulator;
#[path = "../tests/it/programs.rs"]
mod programs;
mod server;

use std::time::{Duration, Instant};

use emulator::{Emulator, OWNER, REPO};
use programs::{command, node, npm, ours};
use serde_json::{Value, json};
use server::Server;
use tokio::process::Command;

const ISSUES: usize = 240;
const OPEN: usize = 40;
const ASKED_FOR: usize = 30;
const STARTS: usize = 20;

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let emulator = Emulator::start().await;
    fill(&emulator).await;
    let (owner, name) = REPO.split_once('/').unwrap();
    let mut rows = vec![
        measure(
            "seaworthy (this)",
            || seaworthy(emulator.url()),
            Some((
                "find_items",
                json!({"repo": REPO, "kind": "issue", "page_size": ASKED_FOR}),
            )),
        )
        .await,
        measure(
            "npm server-github",
            || typescript(emulator.url()),
            Some((
                "list_issues",
                json!({"owner": owner, "repo": name, "state": "open", "per_page": ASKED_FOR}),
            )),
        )
        .await,
    ];
    let go = on_path("github-mcp-server");
    if let Some(path) = &go {
        let start = || {
            let mut command = command(path);
            command
                .arg("stdio")
                .env("GITHUB_PERSONAL_ACCESS_TOKEN", OWNER);
            command
        };
        rows.push(measure("Go github-mcp-server", start, None).await);
    }
    print(&rows);
    println!(
        "30 issues: seaworthy gives a line each (read_issue gives the text of one), npm all of GitHub's JSON"
    );
    if go.is_none() {
        println!("not compared: Go github-mcp-server (none on the PATH)");
    }
}

fn seaworthy(api: &str) -> Command {
    let mut command = command(env!("CARGO_BIN_EXE_seaworthy"));
    command
        .args(["serve", "github"])
        .env("GITHUB_API_URL", api)
        .env("GITHUB_TOKEN", OWNER)
        .env(
            "SEAWORTHY_AUDIT_LOG",
            std::env::temp_dir().join("peers.jsonl"),
        );
    command
}

fn typescript(api: &str) -> Command {
    let mut command = command(node());
    command
        .arg("--require")
        .arg(ours("tests/real/api_host.cjs"))
        .arg(npm("@modelcontextprotocol/server-github/dist/index.js"))
        .env("API_HOST", api)
        .env("GITHUB_PERSONAL_ACCESS_TOKEN", OWNER);
    command
}

fn on_path(name: &str) -> Option<std::path::PathBuf> {
    #[expect(clippy::disallowed_methods, reason = "a benchmark")]
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path)
        .map(|folder| folder.join(name))
        .find(|file| file.is_file())
}

/// Issues as people write them: a title, some paragraphs, a log, labels.
async fn fill(emulator: &Emulator) {
    for number in 1..=ISSUES {
        let body = format!(
            "### What happened\n\nThe gauge at berth {number} goes silent at night and the display \
             keeps the last height. It began with 0.8.{minor}; before that the same gauge ran for \
             months. Restarting the service helps until the next night.\n\n### What I expected\n\n\
             Heights every six minutes, or at least an error in the log.\n\n### How to see it\n\n\
             1. configure one gauge with `interval = \"6m\"`\n2. wait until 00:06 UTC\n3. ask for \
             `/v1/stations/{number}/heights`\n\n```\n2026-11-0{day}T00:06:00Z WARN gauge{{id={number}}} \
             no sample for 360 s\n2026-11-0{day}T00:12:00Z WARN gauge{{id={number}}} no sample for \
             720 s\n2026-11-0{day}T00:12:01Z INFO http GET /v1/stations/{number}/heights 200 1.2 ms\n```\n\n\
             Version 0.8.{minor}, Debian 13, behind nginx. Happy to test a patch.",
            minor = number % 4,
            day = 1 + number % 9,
        );
        let issue = json!({"title": format!("Gauge at berth {number} stops after midnight"),
            "body": body, "labels": ["bug", format!("area/{}", ["http", "time", "ops"][number % 3])]});
        emulator
            .api("POST", &format!("/repos/{REPO}/issues"), &issue)
            .await;
        if number <= ISSUES - OPEN {
            let closed = json!({"state": "closed"});
            let path = format!("/repos/{REPO}/issues/{number}");
            emulator.api("PATCH", &path, &closed).await;
        }
    }
}

struct Row {
    name: &'static str,
    tools: usize,
    tool_tokens: usize,
    issue_tokens: Option<usize>,
    start: Duration,
    memory: Option<u64>,
}

async fn measure(
    name: &'static str,
    start: impl Fn() -> Command,
    issues: Option<(&str, Value)>,
) -> Row {
    let mut starts = Vec::new();
    for _ in 0..STARTS {
        let began = Instant::now();
        let mut server = Server::start(start());
        server.tools().await;
        starts.push(began.elapsed());
    }
    starts.sort();
    let mut server = Server::start(start());
    let tools = server.tools().await;
    let issue_tokens = match issues {
        Some((tool, arguments)) => {
            let text = server.call(tool, &arguments).await;
            let found = text.matches("stops after midnight").count();
            assert_eq!(found, ASKED_FOR, "{tool} gives thirty issues: {text}");
            Some(text.chars().count().div_ceil(4))
        }
        None => None,
    };
    Row {
        name,
        tools: tools.len(),
        tool_tokens: tools.iter().map(visible).sum::<usize>().div_ceil(4),
        issue_tokens,
        start: starts[starts.len() / 2],
        memory: server.resident(),
    }
}

/// The characters of a tool that a model sees.
fn visible(tool: &Value) -> usize {
    let text = |name: &str| tool[name].as_str().unwrap_or_default().chars().count();
    text("name") + text("description") + tool["inputSchema"].to_string().chars().count()
}

fn print(rows: &[Row]) {
    println!(
        "{:<22}{:>7}{:>20}{:>20}{:>14}{:>12}",
        "server", "tools", "tools/list tokens", "30 issues tokens", "start ms", "RSS MB"
    );
    for row in rows {
        let issues = row.issue_tokens.map_or("-".to_owned(), |n| n.to_string());
        let memory = row.memory.map_or("-".to_owned(), |bytes| {
            format!("{:.1}", bytes as f64 / 1_048_576.0)
        });
        println!(
            "{:<22}{:>7}{:>20}{issues:>20}{:>14.1}{memory:>12}",
            row.name,
            row.tools,
            row.tool_tokens,
            row.start.as_secs_f64() * 1_000.0,
        );
    }
}
