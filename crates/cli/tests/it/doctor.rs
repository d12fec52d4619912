//! `seaworthy doctor`: what is right is said to be, what is wrong is named with its remedy, and each server
//! is met as its client would meet it.

use std::time::{Duration, Instant};

use axum::{Json, Router, http::StatusCode, routing::get};
use seaworthy_clients::CLIENTS;
use serde_json::{Value, json};
use tokio::net::TcpListener;

use crate::{
    child::BINARY,
    machine::{Machine, Ran, TOKEN},
    over_http::{self, Serving},
    upstream::Upstream,
};

/// The lines of a section, as `level subject: what`.
fn lines(report: &Value, section: &str) -> Vec<String> {
    let lines = report["lines"].as_array().unwrap().iter();
    lines
        .filter(|line| line["section"] == section)
        .map(|line| {
            let text = |name: &str| line[name].as_str().unwrap_or_default().to_owned();
            if text("level") == "problem" {
                assert!(!text("remedy").is_empty(), "no remedy: {line}");
            }
            format!("{} {}: {}", text("level"), text("subject"), text("what"))
        })
        .collect()
}

#[track_caller]
fn has(lines: &[String], start: &str, part: &str) {
    let found = lines
        .iter()
        .any(|line| line.starts_with(start) && line.contains(part));
    assert!(found, "no {start}...{part} in {lines:#?}");
}

async fn doctor(machine: &Machine, words: &[&str], variables: &[(&str, &str)]) -> Ran {
    let words: Vec<_> = ["doctor", "--json"].iter().chain(words).copied().collect();
    let ran = machine.run_with(&words, variables).await;
    assert!(!ran.out.contains(TOKEN), "{}", ran.out);
    ran
}

#[tokio::test]
async fn every_client_that_was_installed_for_is_healthy() {
    let machine = Machine::new();
    let file = machine.write("token", TOKEN);
    let by_file = format!("GITHUB_TOKEN_FILE={}", file.display());
    for client in CLIENTS {
        let mut words = vec!["install", client.name, "--scope", "user"];
        if client.environment == seaworthy_clients::Environment::None {
            words.extend(["--env", by_file.as_str()]);
        }
        let ran = machine.run(&words).await;
        assert_eq!(ran.code, Some(0), "{}", ran.err);
    }
    let ran = doctor(
        &machine,
        &["--offline", "--timeout", "60"],
        &[("GITHUB_TOKEN", TOKEN)],
    )
    .await;
    let report = ran.json();
    assert_eq!(
        (ran.code, &report["healthy"]),
        (Some(0), &json!(true)),
        "{report:#}"
    );
    has(&lines(&report, "binary"), "ok seaworthy", BINARY);
    has(&lines(&report, "token"), "ok GITHUB_TOKEN", "set");
    let met: Vec<_> = report["lines"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|line| line["section"] == "servers")
        .collect();
    assert_eq!(met.len(), CLIENTS.len(), "{met:#?}");
    for (line, client) in met.iter().zip(CLIENTS) {
        assert_eq!(line["client"], client.name);
        assert!(line["tools"].as_u64().unwrap() > 10, "{line}");
    }
    // for people
    let ran = machine
        .run_with(
            &["doctor", "--offline", "--no-handshake"],
            &[("GITHUB_TOKEN", TOKEN)],
        )
        .await;
    assert_eq!(ran.code, Some(0), "{}", ran.err);
    assert!(ran.out.ends_with("Nothing is wrong.\n"), "{}", ran.out);
    assert!(
        !ran.out.contains(TOKEN) && ran.err.is_empty(),
        "{}",
        ran.err
    );
}

#[tokio::test]
async fn a_server_gets_what_its_client_passes_on_and_no_more() {
    // Codex passes no token on that is not named, and Gemini none that is not referred to
    let machine = Machine::new();
    let entry = json!({"command": BINARY, "args": ["serve", "github"]});
    let json = json!({"mcpServers": {"github": entry}}).to_string();
    machine.write("home/.claude.json", &json);
    machine.write("home/.gemini/settings.json", &json);
    let toml =
        format!("[mcp_servers.github]\ncommand = {BINARY:?}\nargs = [\"serve\", \"github\"]\n");
    machine.write("home/.codex/config.toml", &toml);
    let ran = doctor(&machine, &["--offline"], &[("GITHUB_TOKEN", TOKEN)]).await;
    assert_eq!(ran.code, Some(1));
    let lines = lines(&ran.json(), "servers");
    has(&lines, "ok claude-code, user, github", "tools");
    has(
        &lines,
        "problem codex, user, github",
        "GITHUB_TOKEN is not set",
    );
    has(
        &lines,
        "problem gemini, user, github",
        "GITHUB_TOKEN is not set",
    );
}

/// Writes configurations with all that can be wrong in them.
#[cfg(unix)]
fn flawed(machine: &Machine) {
    let unrunnable = machine.write("unrunnable", "text");
    let claude = json!({"mcpServers": {
        "gone": {"command": "/nonexistent/seaworthy", "args": ["serve", "github"]},
        "bare": {"command": "no-such-program-at-all"},
        "relative": {"command": "./server"},
        "unrunnable": {"command": unrunnable},
        "secret": {"command": BINARY, "args": ["serve", "github", "--sample"], "env": {"GITHUB_TOKEN": TOKEN}},
        "unset": {"command": BINARY, "args": ["serve", "github", "--sample"], "env": {"X": "${NOT_SET}"}},
        "typeless": {"url": "http://127.0.0.1:1/mcp"},
        "far": {"type": "http", "url": "https://mcp.example.com/mcp"},
        "dead": {"type": "http", "url": "http://127.0.0.1:1/mcp"},
        "old": {"type": "sse", "url": "http://127.0.0.1:1/sse"},
        "ends": {"command": "/bin/sh", "args": ["-c", "echo $SECRET_KEY is wrong >&2; exit 3"], "env": {"SECRET_KEY": "${HIDDEN}"}},
        "twice": {"command": "/bin/true"},
    }});
    machine.write("home/.claude.json", &claude.to_string());
    machine.write(
        "project/.mcp.json",
        &json!({"mcpServers": {"twice": {"command": "/bin/false"}}}).to_string(),
    );
    machine.write("home/.cursor/mcp.json", "{ broken");
    machine.write(
        "home/.codex/config.toml",
        "[mcp_servers.both]\ncommand = \"x\"\nurl = \"http://x\"\n",
    );
    machine.write(
        "project/.codex/config.toml",
        "[mcp_servers.shared]\ncommand = \"/bin/true\"\n",
    );
    machine.write(
        "home/.gemini/settings.json",
        "{\"mcpServers\": {\"off\": {\"command\": \"/bin/true\"}}}",
    );
}

#[cfg(unix)]
#[tokio::test]
async fn what_is_wrong_with_entries_is_named() {
    let machine = Machine::new();
    flawed(&machine);
    let variables = [("HIDDEN", "hidden-hidden-hidden")];
    let ran = doctor(&machine, &["--offline", "--timeout", "10"], &variables).await;
    assert_eq!(ran.code, Some(1));
    assert!(!ran.out.contains("hidden-hidden"), "{}", ran.out);
    let report = ran.json();
    let clients = lines(&report, "clients");
    for (start, part) in [
        ("problem claude-code, user, gone", "is not there"),
        ("problem claude-code, user, bare", "not on PATH"),
        ("problem claude-code, user, relative", "no whole path"),
        ("problem claude-code, user, unrunnable", "cannot be run"),
        (
            "problem claude-code, user, secret",
            "env GITHUB_TOKEN stands in",
        ),
        (
            "problem claude-code, user, unset",
            "NOT_SET, which is not set",
        ),
        ("problem claude-code, user, typeless", "\"type\": \"http\""),
        ("note claude-code, user, old", "SSE"),
        (
            "problem claude-code, twice",
            "project and user, and they differ",
        ),
        ("problem claude-code, project, twice", "waits for approval"),
        ("problem cursor", "not valid JSON"),
        ("problem codex, user, both", "does not start at all"),
        (
            "problem codex, project, shared",
            "does not trust this project",
        ),
        ("note gemini, user, off", "does not trust this folder"),
    ] {
        has(&clients, start, part);
    }
    let gone = report["lines"]
        .as_array()
        .unwrap()
        .iter()
        .find(|line| line["name"] == "gone")
        .unwrap();
    assert_eq!(
        gone["remedy"],
        "seaworthy install claude-code --scope user --name gone --force writes it anew, with this program"
    );
    let servers = lines(&report, "servers");
    has(&servers, "ok claude-code, user, secret", "tools");
    has(&servers, "note claude-code, user, far", "another machine");
    has(
        &servers,
        "problem claude-code, user, dead",
        "cannot be reached",
    );
    has(
        &servers,
        "problem claude-code, user, ends",
        "it said: (hidden) is wrong",
    );
    has(&servers, "problem claude-code, user, twice", "gone");
    assert!(
        !servers.iter().any(|line| line.contains("user, gone")),
        "{servers:?}"
    );
}

#[cfg(unix)]
#[tokio::test]
async fn mute_servers_cost_their_time_once_and_are_ended() {
    let machine = Machine::new();
    let pids = machine.folder("bin").join("pids");
    let mute = format!("echo $$ >> {}; sleep 600 & wait", pids.display());
    let entry = json!({"command": "/bin/sh", "args": ["-c", mute]});
    let all: serde_json::Map<_, _> = (0..4)
        .map(|at| (format!("mute{at}"), entry.clone()))
        .collect();
    machine.write("home/.claude.json", &json!({"mcpServers": all}).to_string());
    let begun = Instant::now();
    let ran = doctor(&machine, &["--offline", "--timeout", "3"], &[]).await;
    assert_eq!(ran.code, Some(1));
    // at once, and not one after another: that would take twelve seconds and the goodbyes
    assert!(
        begun.elapsed() < Duration::from_secs(12),
        "{:?}",
        begun.elapsed()
    );
    assert_eq!(lines(&ran.json(), "servers").len(), 4);
    let pids = std::fs::read_to_string(pids).unwrap();
    assert_eq!(pids.lines().count(), 4);
    #[cfg(target_os = "linux")]
    for pid in pids.lines() {
        assert!(
            !std::path::Path::new("/proc").join(pid).exists(),
            "{pid} still runs"
        );
    }
}

#[tokio::test]
async fn a_server_over_http_on_this_machine_is_met_with_its_token() {
    let folder = over_http::folder();
    let (server, token) = Serving::sample(folder.path()).await;
    let machine = Machine::new();
    let entry = |variable: &str| json!({"type": "http", "url": server.url, "headers": {"Authorization": format!("Bearer ${{{variable}}}")}});
    let all = json!({"mcpServers": {"right": entry("RIGHT"), "wrong": entry("WRONG")}});
    machine.write("home/.claude.json", &all.to_string());
    let variables = [("RIGHT", token.as_str()), ("WRONG", "seaworthy_wrong")];
    let ran = doctor(&machine, &["--offline"], &variables).await;
    assert_eq!(ran.code, Some(1));
    assert!(!ran.out.contains(&token));
    let lines = lines(&ran.json(), "servers");
    has(&lines, "ok claude-code, user, right", "tools");
    has(&lines, "problem claude-code, user, wrong", "HTTP 401");
}

#[tokio::test]
async fn the_api_is_asked_about_the_token() {
    let upstream = Upstream::start().await;
    let machine = Machine::new();
    let variables = [
        ("GITHUB_TOKEN", TOKEN),
        ("GITHUB_API_URL", upstream.url.as_str()),
    ];
    let ran = doctor(&machine, &[], &variables).await;
    assert_eq!(ran.code, Some(0), "{}", ran.out);
    let lines = lines(&ran.json(), "token");
    has(&lines, "ok GITHUB_TOKEN", "set");
    has(&lines, &format!("ok {}", upstream.url), "reachable");
    has(&lines, "ok rate limit", "requests left");
    has(
        &lines,
        "ok rights",
        "classic personal access token; scopes repo, read:org",
    );
    has(&lines, "ok user", "@");
}

#[tokio::test]
async fn a_bad_token_an_expiry_and_an_api_that_is_away_are_told() {
    let refusing = Router::new().fallback(|| async {
        (
            StatusCode::UNAUTHORIZED,
            Json(json!({"message": "Bad credentials"})),
        )
    });
    let limits =
        json!({"resources": {"core": {"limit": 5000, "remaining": 0, "reset": 2_000_000_000}}});
    let expiring = Router::new()
        .route(
            "/rate_limit",
            get(move || async move {
                let headers = [
                    (
                        "github-authentication-token-expiration",
                        "2020-01-01 00:00:00 UTC",
                    ),
                    ("date", "Sun, 06 Nov 1994 08:49:37 GMT"),
                ];
                (headers, Json(limits))
            }),
        )
        .fallback(|| async { StatusCode::FORBIDDEN });
    let mut urls = Vec::new();
    for router in [refusing, expiring] {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        urls.push(format!("http://{}", listener.local_addr().unwrap()));
        tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
    }
    urls.push("http://127.0.0.1:1".to_owned());
    let machine = Machine::new();
    for (url, said) in urls.iter().zip([
        &[("problem http", "refused")][..],
        &[
            ("problem expiry", "it expired at 2020-01-01"),
            ("problem rate limit", "0 of 5000"),
            ("problem clock", "ahead of GitHub's"),
        ],
        &[("problem http", "could not connect")],
    ]) {
        let variables = [("GITHUB_TOKEN", TOKEN), ("GITHUB_API_URL", url.as_str())];
        let ran = doctor(&machine, &["--timeout", "5"], &variables).await;
        assert_eq!(ran.code, Some(1), "{}", ran.out);
        for (start, part) in said {
            has(&lines(&ran.json(), "token"), start, part);
        }
    }
}

#[cfg(unix)]
#[tokio::test]
async fn another_version_on_the_path_is_a_problem() {
    let machine = Machine::new();
    machine.script("bin/seaworthy", "echo seaworthy 0.0.1");
    let ran = doctor(&machine, &["--offline"], &[]).await;
    assert_eq!(ran.code, Some(1));
    has(
        &lines(&ran.json(), "binary"),
        "problem PATH",
        "version 0.0.1",
    );
    std::fs::remove_file(machine.folder("bin").join("seaworthy")).unwrap();
    std::os::unix::fs::symlink(BINARY, machine.folder("bin").join("seaworthy")).unwrap();
    let ran = doctor(&machine, &["--offline"], &[]).await;
    assert_eq!(ran.code, Some(0), "{}", ran.out);
    has(&lines(&ran.json(), "binary"), "ok PATH", "is this one");
}

#[tokio::test]
async fn a_sandbox_that_was_asked_for_and_is_not_there_is_a_problem() {
    let machine = Machine::new();
    for (name, said) in [
        ("docker", "problem docker"),
        ("none", "problem SEAWORTHY_SANDBOX"),
    ] {
        let variables = [
            ("SEAWORTHY_SANDBOX", name),
            ("DOCKER_HOST", "unix:///nonexistent/docker.sock"),
        ];
        let ran = doctor(&machine, &["--offline"], &variables).await;
        assert_eq!(ran.code, Some(1), "{}", ran.out);
        let lines = lines(&ran.json(), "sandbox");
        has(&lines, said, "");
        has(&lines, "note e2b", "not asked");
    }
}

#[tokio::test]
async fn in_the_home_itself_an_entry_is_there_once() {
    let machine = Machine::new();
    let ran = machine.run(&["install", "cursor", "--scope", "user"]).await;
    assert_eq!(ran.code, Some(0), "{}", ran.err);
    let home = machine.home();
    let words = ["--offline", "--project", home.to_str().unwrap()];
    let ran = doctor(&machine, &words, &[("GITHUB_TOKEN", TOKEN)]).await;
    assert_eq!(ran.code, Some(0), "{}", ran.out);
    assert_eq!(lines(&ran.json(), "clients").len(), 1, "{}", ran.out);
}

#[tokio::test]
async fn wrong_use_is_refused() {
    let machine = Machine::new();
    for words in [
        &["doctor", "--project", "/nonexistent"][..],
        &["doctor", "--offline", "--remote"],
        &["doctor", "--timeout", "0"],
        &["doctor", "--client", "emacs"],
    ] {
        let ran = machine.run(words).await;
        assert_eq!(ran.code, Some(2), "{words:?}: {}", ran.out);
    }
}
