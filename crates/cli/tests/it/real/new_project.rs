//! A project from nothing: made, built, through its own whole pipeline, judged by the gate, listed and
//! called by Claude Code; then a part is added to it by an upgrade, and all holds again.
//!
//! Needs what `./check` of a project needs: uv (Python), cargo and cargo-deny (Rust), Node.js with npx,
//! and the guest of the wasm sandbox. Packages come from the registries; what was built stays below
//! `target/tmp`, so that only the first run is slow.

use std::{
    ffi::OsString,
    path::{Path, PathBuf},
    process::{Output, Stdio},
};

use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::time::{Duration, timeout};

use super::{claude_code::Claude, messages_api::Step};
use crate::{
    child::BINARY,
    new::new,
    programs::command,
    toolchain::{kept, registries, tools},
};

/// A build of everything from nothing, on two cores.
const PATIENCE: Duration = Duration::from_secs(900);
const KEY: (&str, &str) = ("WEEKLY_NOTES_API_KEY", "none");

/// A project and the home of whoever works on it.
struct Project {
    root: TempDir,
    language: &'static str,
}

impl Project {
    async fn new(language: &'static str) -> Self {
        let root = TempDir::new().unwrap();
        let words = ["weekly-notes", "--lang", language, "--yes"];
        let ran = new(&words, root.path()).await;
        assert_eq!(ran.code, Some(0), "{}", ran.err);
        let project = Self { root, language };
        if language == "rust" {
            let target = kept("project-rust");
            std::os::unix::fs::symlink(target, project.path().join("target")).unwrap();
        }
        project.commit("new").await;
        project
    }

    fn path(&self) -> PathBuf {
        self.root.path().join("weekly-notes")
    }

    /// Runs a program in the project as its developer would.
    async fn run(&self, program: impl Into<OsString>, words: &[&str]) -> Output {
        let mut command = command(program.into());
        command
            .args(words)
            .current_dir(self.path())
            .stdin(Stdio::null())
            .env("HOME", self.root.path())
            .env("PATH", tools())
            .env("UV_CACHE_DIR", kept("uv-cache"))
            .env("npm_config_cache", kept("npm-cache"))
            .env(KEY.0, KEY.1)
            // what ./check would fetch beyond the registries: known vulnerabilities
            .env(
                "CARGO_NET_OFFLINE",
                if words.contains(&"fetch") {
                    "false"
                } else {
                    "true"
                },
            )
            .env(
                "WEEKLY_NOTES_DATABASE",
                self.root.path().join("notes.sqlite3"),
            );
        for (name, value) in registries() {
            command.env(name, value);
        }
        timeout(PATIENCE, command.output()).await.unwrap().unwrap()
    }

    async fn commit(&self, message: &str) {
        for words in [
            &["add", "--all"] as &[&str],
            &[
                "-c",
                "user.name=Mira",
                "-c",
                "user.email=mira@example.com",
                "commit",
                "--quiet",
                "-m",
                message,
            ],
        ] {
            let output = self.run("git", words).await;
            assert!(output.status.success(), "{output:?}");
        }
    }

    /// The project's own pipeline, whole.
    async fn check(&self) {
        if self.language == "rust" {
            succeeded(&self.run("cargo", &["fetch", "--locked"]).await);
        }
        let said = succeeded(&self.run("./check", &[]).await);
        for step in ["format", "lint", "tests", "inspector", "gate"] {
            assert!(said.contains(&format!("== {step}")), "{step}:\n{said}");
        }
        assert!(said.trim_end().ends_with("Passed."), "{said}");
        // what it left must not be committed
        let status = succeeded(&self.run("git", &["status", "--porcelain"]).await);
        assert_eq!(status, "", "{}", self.language);
    }

    /// The gate finds nothing, whatever it may do.
    async fn judge(&self) {
        for allowed in [
            &["--active"] as &[&str],
            // what the server has is this test's own
            &["--destructive", "--sandboxed"],
        ] {
            let mut words = vec!["check", ".", "--fail-on", "warning", "--json"];
            words.extend(allowed);
            let report: Value =
                serde_json::from_str(&succeeded(&self.run(BINARY, &words).await)).unwrap();
            assert_eq!(
                report["findings"],
                json!([]),
                "{} {allowed:?}",
                self.language
            );
        }
    }
}

fn succeeded(output: &Output) -> String {
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    let complained = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}\n{complained}");
    said
}

const ADD_AND_FIND: &[Step] = &[
    |_| {
        (
            "mcp__weekly-notes__add_note",
            json!({"name": "tides", "content": "High water at six."}),
        )
    },
    |_| ("mcp__weekly-notes__find_notes", json!({"query": "water"})),
];

async fn a_project_holds(language: &'static str) {
    let project = Project::new(language).await;
    project.check().await;
    project.judge().await;

    // installed as its README says, a client uses it
    let claude = Claude::start(ADD_AND_FIND)
        .await
        .with_env(KEY.0, KEY.1)
        .with_env(
            "WEEKLY_NOTES_DATABASE",
            project.root.path().join("notes.sqlite3"),
        );
    let words = ["install", "claude-code", "--server", ".", "--scope", "user"];
    let installed = claude.seaworthy(&words, &project.path()).await;
    let list = claude.run(&["mcp", "list"]).await;
    assert!(
        list.lines()
            .any(|line| line.starts_with("weekly-notes: ") && line.ends_with("✔ Connected")),
        "{installed}\n{list}"
    );
    let allowed = "mcp__weekly-notes__add_note,mcp__weekly-notes__find_notes";
    claude
        .run(&["-p", "keep the tides", "--allowedTools", allowed])
        .await;
    let seen = claude.seen();
    let [_, found] = &seen.results[..] else {
        panic!("{:?}", seen.results);
    };
    assert!(found.contains("tides - High water at six."), "{found}");

    // another part comes by an upgrade, and the project is as sound as before
    let upgraded = project
        .run(BINARY, &["upgrade", "--with", "sandbox", "--yes"])
        .await;
    succeeded(&upgraded);
    project.commit("sandbox").await;
    project.check().await;
    project.judge().await;
}

/// A project is made without a network, and its `./check` says what it lacks.
#[cfg(target_os = "linux")]
#[tokio::test]
async fn without_a_network() {
    for language in ["python", "rust"] {
        let root = TempDir::new().unwrap();
        let alone = |program: &Path, words: &[&str], folder: &Path| {
            let mut command = command("unshare");
            command
                .args(["--user", "--map-root-user", "--net", "--"])
                .arg(program)
                .args(words)
                .current_dir(folder)
                .stdin(Stdio::null())
                .envs(registries())
                .env("HOME", root.path())
                .env("PATH", tools())
                // nothing was fetched before
                .env("CARGO_HOME", root.path().join("cargo"))
                .env("UV_CACHE_DIR", root.path().join("uv"));
            timeout(PATIENCE, command.output())
        };
        let words = ["new", "weekly-notes", "--lang", language, "--yes"];
        let made = alone(Path::new(BINARY), &words, root.path()).await.unwrap();
        succeeded(&made.unwrap());
        let project = root.path().join("weekly-notes");
        let checked = alone(&project.join("check"), &["--fast"], &project).await;
        let checked = checked.unwrap().unwrap();
        assert!(!checked.status.success(), "{language}");
        let complained = String::from_utf8_lossy(&checked.stderr);
        assert!(
            complained.contains("reachable?"),
            "{language}: {complained}"
        );
    }
}

#[tokio::test]
async fn python() {
    a_project_holds("python").await;
}

#[tokio::test]
async fn rust() {
    a_project_holds("rust").await;
}
