//! How long a new server takes: `seaworthy new` itself, a Python project from that command to its
//! first answered call, and the cold start of both languages' servers.
//!
//! `cargo bench -p seaworthy --bench new_project` needs uv and the package registries (for the first
//! run; what is measured are later ones) and fails when a promise does not hold: `new` under 100 ms, a
//! first answered call in Python within 5 s, a cold start of a release build in Rust within 5 ms.
#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    unreachable_pub,
    reason = "a benchmark"
)]

#[path = "../tests/it/programs.rs"]
#[expect(dead_code, reason = "shared with the tests")]
mod programs;
#[expect(dead_code, reason = "shared with another benchmark")]
mod server;

use std::{
    ffi::OsString,
    path::{Path, PathBuf},
    process::Stdio,
    time::{Duration, Instant},
};

use programs::{command, ours};
use serde_json::json;
use server::Server;
use tempfile::TempDir;
use tokio::process::Command;

const RUNS: usize = 20;
const NEW_WITHIN: Duration = Duration::from_millis(100);
const FIRST_CALL_WITHIN: Duration = Duration::from_secs(5);
const RUST_STARTS_WITHIN: Duration = Duration::from_millis(5);
const NAME: &str = "weekly-notes";

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let mut kept = true;
    let mut promise = |what: &str, taken: Duration, within: Option<Duration>| {
        let millis = taken.as_secs_f64() * 1_000.0;
        let bound = within.map_or_else(String::new, |within| {
            kept &= taken <= within;
            let verdict = if taken <= within { "ok" } else { "TOO SLOW" };
            format!("  (at most {} ms: {verdict})", within.as_millis())
        });
        println!("{what:<52}{millis:>10.1} ms{bound}");
    };
    for language in ["python", "rust"] {
        let taken = median_of(RUNS, async || {
            let root = TempDir::new().unwrap();
            let began = Instant::now();
            new(language, root.path()).await;
            began.elapsed()
        })
        .await;
        promise(&format!("new --lang {language}"), taken, Some(NEW_WITHIN));
    }

    // the first run fills the cache of packages
    first_call().await;
    let taken = median_of(3, first_call).await;
    promise(
        "python: new to first answered call",
        taken,
        Some(FIRST_CALL_WITHIN),
    );

    let root = TempDir::new().unwrap();
    new("python", root.path()).await;
    sync(root.path()).await;
    let script = root.path().join(NAME).join(".venv/bin").join(NAME);
    let taken = median_of(RUNS, async || cold_start(&script, root.path()).await).await;
    promise("python: cold start to tools/list", taken, None);

    let root = TempDir::new().unwrap();
    new("rust", root.path()).await;
    let server = build(root.path()).await;
    let taken = median_of(RUNS, async || cold_start(&server, root.path()).await).await;
    promise(
        "rust: cold start to tools/list",
        taken,
        Some(RUST_STARTS_WITHIN),
    );
    assert!(kept, "a promise does not hold");
}

async fn median_of(runs: usize, mut run: impl AsyncFnMut() -> Duration) -> Duration {
    let mut taken = Vec::new();
    for _ in 0..runs {
        taken.push(run().await);
    }
    taken.sort();
    taken[runs / 2]
}

async fn new(language: &str, root: &Path) {
    let status = command(env!("CARGO_BIN_EXE_seaworthy"))
        .args(["new", NAME, "--lang", language, "--yes"])
        .current_dir(root)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .status()
        .await
        .unwrap();
    assert!(status.success());
}

/// From `seaworthy new` to the answer of a tool.
async fn first_call() -> Duration {
    let root = TempDir::new().unwrap();
    let began = Instant::now();
    new("python", root.path()).await;
    sync(root.path()).await;
    let script = root.path().join(NAME).join(".venv/bin").join(NAME);
    let mut server = start(&script, root.path());
    server.tools().await;
    server
        .call(
            "add_note",
            &json!({"name": "tides", "content": "high at six"}),
        )
        .await;
    began.elapsed()
}

async fn sync(root: &Path) {
    let mut uv = command("uv");
    uv.args(["sync", "--locked", "--quiet"])
        .current_dir(root.join(NAME));
    succeed(&mut uv).await;
}

async fn build(root: &Path) -> PathBuf {
    let target = kept("project-rust");
    let mut cargo = command("cargo");
    cargo
        .args(["build", "--release", "--locked", "--quiet"])
        .current_dir(root.join(NAME))
        .env("CARGO_TARGET_DIR", &target);
    succeed(&mut cargo).await;
    target.join("release").join(NAME)
}

#[expect(clippy::disallowed_methods, reason = "a benchmark")]
async fn succeed(tool: &mut Command) {
    let own = [ours("target/tools/bin"), ours("target/tools/venv/bin")];
    let path = std::env::var_os("PATH").unwrap();
    let path = std::env::join_paths(own.into_iter().chain(std::env::split_paths(&path))).unwrap();
    tool.env("UV_CACHE_DIR", kept("uv-cache")).env("PATH", path);
    // what finds the toolchain and the registries
    let passed: Vec<(OsString, OsString)> = std::env::vars_os()
        .filter(|(name, _)| {
            let name = name.to_string_lossy();
            ["HOME", "CARGO_HOME", "RUSTUP_", "SSL_CERT_", "UV_"]
                .iter()
                .any(|prefix| name.starts_with(prefix))
        })
        .collect();
    let status = tool.envs(passed).stdin(Stdio::null()).status().await;
    assert!(status.unwrap().success(), "{tool:?}");
}

/// A folder that later runs find again.
fn kept(name: &str) -> PathBuf {
    let folder = ours("target/tmp").join(name);
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

async fn cold_start(program: &Path, root: &Path) -> Duration {
    let began = Instant::now();
    let mut server = start(program, root);
    assert!(server.tools().await.len() >= 4);
    began.elapsed()
}

fn start(program: &Path, root: &Path) -> Server {
    let mut command = command(program);
    command
        .env("WEEKLY_NOTES_API_KEY", "none")
        .env("WEEKLY_NOTES_DATABASE", root.join("notes.sqlite3"));
    Server::start(command)
}
