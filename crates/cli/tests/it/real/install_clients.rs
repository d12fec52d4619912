//! What we install, seen by the clients themselves: Claude Code, Codex and Gemini CLI from npm, offline.
//! Each has its own HOME and a proxy on loopback; the server that they start never asks its API.

use std::process::Stdio;

use serde_json::{Value, json};
use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader},
    process::Command,
    time::{Duration, timeout},
};

use super::messages_api::MessagesApi;
use crate::{
    child::BINARY,
    machine::{Machine, Ran, TOKEN},
    programs::{command, node, npm},
};

const PATIENCE: Duration = Duration::from_secs(120);

/// A client, in the environment of a user who has a token.
fn client(machine: &Machine, program: &str, proxy: &str) -> Command {
    let mut command = if program == "claude" {
        command(npm("@anthropic-ai/claude-code/bin/claude.exe"))
    } else {
        let mut node = command(node());
        node.arg(match program {
            "codex" => npm("@openai/codex/bin/codex.js"),
            _ => npm("@google/gemini-cli/bundle/gemini.js"),
        });
        node
    };
    machine.settle(&mut command);
    command
        .env("GITHUB_TOKEN", TOKEN)
        .env("TERM", "xterm")
        .env("CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC", "1")
        .env("DISABLE_AUTOUPDATER", "1")
        .env("DISABLE_ERROR_REPORTING", "1")
        .env("DISABLE_TELEMETRY", "1")
        .env("GEMINI_CLI_TRUST_WORKSPACE", "true")
        .env("HTTP_PROXY", proxy)
        .env("HTTPS_PROXY", proxy)
        .env("NO_PROXY", "127.0.0.1,localhost");
    command
}

/// Runs a client to its end.
async fn run(machine: &Machine, program: &str, proxy: &str, words: &[&str]) -> Ran {
    let output = client(machine, program, proxy).args(words).output();
    let output = timeout(PATIENCE, output).await.unwrap().unwrap();
    Ran {
        code: output.status.code(),
        out: String::from_utf8(output.stdout).unwrap(),
        err: String::from_utf8(output.stderr).unwrap(),
    }
}

async fn install(machine: &Machine, words: &[&str]) {
    let words: Vec<_> = ["install"].iter().chain(words).copied().collect();
    let ran = machine.run_with(&words, &[("GITHUB_TOKEN", TOKEN)]).await;
    assert_eq!(ran.code, Some(0), "{}", ran.err);
}

/// What the doctor says of our servers: all is well.
async fn doctor(machine: &Machine, client: &str) {
    let words = ["doctor", "--offline", "--client", client, "--json"];
    let ran = machine.run_with(&words, &[("GITHUB_TOKEN", TOKEN)]).await;
    assert_eq!(ran.code, Some(0), "{}{}", ran.out, ran.err);
}

#[tokio::test]
async fn claude_code_connects_to_what_is_installed_in_each_scope() {
    let machine = Machine::new();
    let strangers = MessagesApi::start(&[]).await;
    install(
        &machine,
        &["claude-code", "--scope", "user", "--name", "mine"],
    )
    .await;
    install(
        &machine,
        &["claude-code", "--scope", "local", "--name", "here"],
    )
    .await;
    doctor(&machine, "claude-code").await;
    install(
        &machine,
        &["claude-code", "--scope", "project", "--name", "ours"],
    )
    .await;
    let list = run(&machine, "claude", &strangers.url, &["mcp", "list"]).await;
    let line = |name: &str| {
        let start = format!("{name}: {BINARY} serve github");
        let found = list.out.lines().find(|line| line.starts_with(&start));
        found.unwrap_or_else(|| panic!("no {start} in {}", list.out))
    };
    assert!(line("mine").ends_with("✔ Connected"), "{}", list.out);
    assert!(line("here").ends_with("✔ Connected"), "{}", list.out);
    // a project's servers wait for approval, as the doctor says too
    assert!(line("ours").contains("Pending approval"), "{}", list.out);
    let words = [
        "doctor",
        "--offline",
        "--no-handshake",
        "--client",
        "claude-code",
    ];
    let said = machine.run_with(&words, &[("GITHUB_TOKEN", TOKEN)]).await;
    assert!(said.out.contains("waits for approval"), "{}", said.out);
    assert_eq!(strangers.seen().strangers, [] as [&str; 0]);

    for name in ["mine", "here", "ours"] {
        let ran = machine
            .run(&["uninstall", "claude-code", "--name", name])
            .await;
        assert_eq!(ran.code, Some(0), "{}", ran.err);
    }
    let list = run(&machine, "claude", &strangers.url, &["mcp", "list"]).await;
    assert!(
        list.out.contains("No MCP servers configured"),
        "{}",
        list.out
    );
    assert!(!list.out.contains("diagnostics"), "{}", list.out);
}

#[tokio::test]
async fn codex_lists_and_starts_what_is_installed() {
    let machine = Machine::new();
    let strangers = MessagesApi::start(&[]).await;
    install(&machine, &["codex"]).await;
    doctor(&machine, "codex").await;
    let list = run(
        &machine,
        "codex",
        &strangers.url,
        &["mcp", "list", "--json"],
    )
    .await;
    assert_eq!(list.code, Some(0), "{}", list.err);
    let all = list.json();
    let ours = &all[0];
    assert_eq!(all.as_array().unwrap().len(), 1, "{all}");
    assert_eq!(ours["name"], "github");
    assert_eq!(ours["enabled"], true);
    assert_eq!(ours["transport"]["command"], BINARY);
    assert_eq!(ours["transport"]["args"], json!(["serve", "github"]));
    assert_eq!(ours["transport"]["env_vars"], json!(["GITHUB_TOKEN"]));

    let status = codex_status(&machine, &strangers.url).await;
    assert_eq!(status["name"], "github", "{status}");
    assert!(status["tools"].as_object().unwrap().len() > 10, "{status}");
    assert!(status["toolsError"].is_null(), "{status}");

    let ran = machine.run(&["uninstall", "codex"]).await;
    assert_eq!(ran.code, Some(0), "{}", ran.err);
    let list = run(
        &machine,
        "codex",
        &strangers.url,
        &["mcp", "list", "--json"],
    )
    .await;
    assert_eq!(list.json(), json!([]), "{}", list.err);
}

/// What Codex's app server says of the first server, which it starts for that.
async fn codex_status(machine: &Machine, proxy: &str) -> Value {
    let mut child = client(machine, "codex", proxy)
        .arg("app-server")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut input = child.stdin.take().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let info = json!({"clientInfo": {"name": "tests", "title": "tests", "version": "1"}});
    for message in [
        json!({"id": 1, "method": "initialize", "params": info}),
        json!({"method": "initialized"}),
        json!({"id": 2, "method": "mcpServerStatus/list", "params": {}}),
    ] {
        input
            .write_all(format!("{message}\n").as_bytes())
            .await
            .unwrap();
    }
    let answer = async {
        loop {
            let line = lines.next_line().await.unwrap().expect("an answer");
            let message: Value = serde_json::from_str(&line).unwrap();
            if message["id"] == 2 {
                return message["result"]["data"][0].clone();
            }
        }
    };
    let status = timeout(PATIENCE, answer).await.unwrap();
    drop(input);
    // the program behind its starter in Node.js ends with its input
    let ended = timeout(Duration::from_secs(20), child.wait()).await;
    assert!(ended.is_ok(), "codex app-server does not end");
    status
}

#[tokio::test]
async fn gemini_connects_to_what_is_installed() {
    let machine = Machine::new();
    let strangers = MessagesApi::start(&[]).await;
    install(&machine, &["gemini", "--scope", "user", "--name", "mine"]).await;
    install(
        &machine,
        &["gemini", "--scope", "project", "--name", "ours"],
    )
    .await;
    let list = run(&machine, "gemini", &strangers.url, &["mcp", "list"]).await;
    // it lists on stderr, with colours
    let said = format!("{}{}", list.out, list.err);
    for name in ["mine", "ours"] {
        let start = format!("{name}: {BINARY} serve github (stdio) - Connected");
        assert!(said.contains(&start), "{start}: {said}");
    }
    for name in ["mine", "ours"] {
        let ran = machine.run(&["uninstall", "gemini", "--name", name]).await;
        assert_eq!(ran.code, Some(0), "{}", ran.err);
    }
    let list = run(&machine, "gemini", &strangers.url, &["mcp", "list"]).await;
    let said = format!("{}{}", list.out, list.err);
    assert!(said.contains("No MCP servers configured"), "{said}");
}
