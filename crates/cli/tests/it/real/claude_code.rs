//! Behind Claude Code from npm, offline: its own HOME, a scripted model on loopback, and a proxy
//! (the same listener) that would see every other connection.

use std::{ffi::OsString, path::Path, process::Stdio};

use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::time::{Duration, timeout};

use super::messages_api::{MessagesApi, Seen, Step};
use crate::{
    child::{BINARY, after},
    over_http::{self, Serving},
    programs::{command, npm},
};

const PATIENCE: Duration = Duration::from_secs(90);

/// Claude Code, its home and its model.
pub(super) struct Claude {
    home: TempDir,
    model: MessagesApi,
    environment: Vec<(&'static str, OsString)>,
}

impl Claude {
    pub(super) async fn start(script: &'static [Step]) -> Self {
        Self {
            home: TempDir::new().unwrap(),
            model: MessagesApi::start(script).await,
            environment: Vec::new(),
        }
    }

    /// Sets a variable of its environment.
    pub(super) fn with_env(mut self, name: &'static str, value: impl Into<OsString>) -> Self {
        self.environment.push((name, value.into()));
        self
    }

    /// What its model saw.
    pub(super) fn seen(&self) -> Seen {
        self.model.seen()
    }

    /// Runs `seaworthy ARGUMENTS` for the owner of its home, in a folder; gives its stdout.
    pub(super) async fn seaworthy(&self, arguments: &[&str], folder: &Path) -> String {
        let output = command(BINARY)
            .args(arguments)
            .current_dir(folder)
            .stdin(Stdio::null())
            .env("HOME", self.home.path())
            .output()
            .await
            .unwrap();
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        let complained = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{arguments:?}: {said}{complained}");
        said
    }

    /// Runs `claude ARGUMENTS`, which must succeed; gives its stdout.
    pub(super) async fn run(&self, arguments: &[&str]) -> String {
        let home = self.home.path();
        let output = command(npm("@anthropic-ai/claude-code/bin/claude.exe"))
            .args(arguments)
            .current_dir(home)
            .stdin(Stdio::null())
            .env("HOME", home)
            .env("SEAWORTHY_AUDIT_LOG", home.join("audit.jsonl"))
            .env("ANTHROPIC_BASE_URL", &self.model.url)
            .env("ANTHROPIC_API_KEY", "no-key-at-all")
            .env("CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC", "1")
            .env("DISABLE_AUTOUPDATER", "1")
            .env("DISABLE_ERROR_REPORTING", "1")
            .env("DISABLE_TELEMETRY", "1")
            .env("HTTP_PROXY", &self.model.url)
            .env("HTTPS_PROXY", &self.model.url)
            .env("NO_PROXY", "127.0.0.1")
            .envs(self.environment.iter().map(|(name, value)| (name, value)))
            .output();
        let output = timeout(PATIENCE, output).await.unwrap().unwrap();
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        let complained = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{arguments:?}: {said}{complained}");
        said
    }

    /// Adds our server on its sample data.
    async fn add(&self, name: &str) {
        let add = [
            "mcp", "add", name, "--", BINARY, "serve", "github", "--sample",
        ];
        self.run(&add).await;
    }

    fn audit(&self) -> String {
        std::fs::read_to_string(self.home.path().join("audit.jsonl")).unwrap_or_default()
    }
}

#[tokio::test]
async fn a_server_that_is_added_is_connected() {
    let claude = Claude::start(&[]).await;
    claude.add("github").await;
    // the exit code is 0 whatever the list says
    let list = claude.run(&["mcp", "list"]).await;
    let ours = list.lines().find(|line| line.starts_with("github: "));
    assert!(
        ours.is_some_and(|line| line.ends_with("✔ Connected")),
        "{list}"
    );
    assert_eq!(claude.model.seen().strangers, [] as [&str; 0]);
}

#[tokio::test]
async fn a_server_over_http_is_connected_and_called_and_a_wrong_token_is_not() {
    const FIND: &[Step] = &[|_| {
        (
            "mcp__github__find_items",
            json!({"repo": "tidewatch/harbor", "kind": "pull", "page_size": 2}),
        )
    }];
    let folder = over_http::folder();
    let (server, token) = Serving::sample(folder.path()).await;
    let claude = Claude::start(FIND).await;
    for (name, token) in [("github", token.as_str()), ("stranger", "seaworthy_wrong")] {
        let header = format!("Authorization: Bearer {token}");
        let add = [
            "mcp",
            "add",
            "--transport",
            "http",
            name,
            &server.url,
            "--header",
            &header,
        ];
        claude.run(&add).await;
    }
    // the exit code is 0 whatever the list says
    let list = claude.run(&["mcp", "list"]).await;
    let line = |name: &str| {
        list.lines()
            .find(|line| line.starts_with(name))
            .unwrap_or_default()
    };
    assert!(line("github: ").ends_with("✔ Connected"), "{list}");
    assert!(
        !line("stranger: ").is_empty() && !line("stranger: ").contains("Connected"),
        "{list}"
    );
    let allowed = "mcp__github__find_items";
    claude
        .run(&["-p", "what is open?", "--allowedTools", allowed])
        .await;
    let seen = claude.model.seen();
    assert_eq!(
        seen.strangers,
        [] as [&str; 0],
        "nothing but the model is asked"
    );
    let [found] = &seen.results[..] else {
        panic!("{:?}", seen.results);
    };
    assert!(
        found.contains("#312 PR open: Cache station metadata"),
        "{found}"
    );
}

const SCRIPT: &[Step] = &[
    |_| {
        (
            "mcp__github__find_items",
            json!({"repo": "tidewatch/harbor", "kind": "pull", "page_size": 2}),
        )
    },
    |_| {
        (
            "mcp__github__merge_pull_request",
            json!({"repo": "tidewatch/harbor", "number": 312}),
        )
    },
    |results| {
        let token = after(&results[1], "confirm_token=");
        (
            "mcp__github__merge_pull_request",
            json!({"repo": "tidewatch/harbor", "number": 312,
            "confirm": true, "confirm_token": token}),
        )
    },
];

#[tokio::test]
async fn a_model_finds_items_and_previews_a_merge_that_nobody_approves() {
    let claude = Claude::start(SCRIPT).await;
    claude.add("github").await;
    let allowed = "mcp__github__find_items,mcp__github__merge_pull_request";
    let said = claude
        .run(&[
            "-p",
            "merge what is ready",
            "--allowedTools",
            allowed,
            "--output-format",
            "json",
        ])
        .await;
    let said: Value = serde_json::from_str(&said).unwrap();
    assert_eq!(said["subtype"], "success", "{said}");
    assert_eq!(said["permission_denials"], json!([]), "{said}");

    let seen = claude.model.seen();
    assert_eq!(
        seen.strangers,
        [] as [&str; 0],
        "nothing but the model is asked"
    );
    assert!(
        seen.tools
            .iter()
            .any(|tool| tool["name"] == "mcp__github__read_code")
    );
    let [found, preview, refused] = &seen.results[..] else {
        panic!("{:?}", seen.results);
    };
    assert!(
        found.contains("#312 PR open: Cache station metadata"),
        "{found}"
    );
    assert!(found.contains("MORE AVAILABLE: "), "{found}");
    assert!(
        preview.starts_with("PREVIEW - no action taken."),
        "{preview}"
    );
    // Claude Code says that it can ask a human; without a terminal it answers Cancel, and the
    // token alone does not overrule that
    assert!(refused.starts_with("ERROR: nothing was done"), "{refused}");
    assert_eq!(claude.audit(), "", "nothing was written");
}
