//! Servers that nobody here wrote, pinned, judged as a user would: whole reports as snapshots. Each
//! finding in them was checked by hand and is true; the description of each snapshot says how.
//!
//! They come from npm and the Python package index (`./test` installs them). A test here fails when its
//! server is not there; `./test` names the tests that it leaves out.

use std::{
    path::{Path, PathBuf},
    time::Duration,
};

use insta::assert_snapshot;
use seaworthy_gate::{Command, Options, check_with, report::text};

fn ours(path: &str) -> PathBuf {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    root.canonicalize().unwrap().join(path)
}

fn there(path: &str) -> String {
    let path = ours(path);
    assert!(
        path.exists(),
        "{} is not there: run ./test, which installs it (this test cannot do without)",
        path.display()
    );
    path.to_str().unwrap().to_owned()
}

/// A command that runs a JavaScript file which can reach nothing but loopback.
fn node(file: &str, arguments: &[&str]) -> Command {
    let system = match (std::env::consts::OS, std::env::consts::ARCH) {
        ("linux", "aarch64") => "linux-arm64",
        ("macos", _) => "darwin-arm64",
        _ => "linux-x64",
    };
    let node = there(&format!("target/npm/node_modules/node-{system}/bin/node"));
    let guard = there("tests/real/only_loopback.cjs");
    let mut words = vec![node, "--require".to_owned(), guard, there(file)];
    words.extend(arguments.iter().map(|&word| word.to_owned()));
    Command::new(words).unwrap()
}

fn package(name: &str, file: &str) -> String {
    format!("target/npm/node_modules/@modelcontextprotocol/{name}/{file}")
}

/// The report of a default run, without what changes from run to run or from machine to machine.
async fn judged(command: Command, mut options: Options, secret: &Path) -> String {
    // where the guard of `node` writes what it refused
    options
        .env
        .insert("LOOPBACK_REFUSED".to_owned(), "/dev/null".to_owned());
    let mut report = check_with(command, options).await.unwrap();
    report.took = Duration::ZERO;
    "the server".clone_into(&mut report.target);
    let look = text::Look {
        width: 110,
        ..text::Look::default()
    };
    let page = text::render_as(&report, look);
    let root = ours("");
    page.replace(root.to_str().unwrap(), "[root]/")
        .replace(secret.to_str().unwrap(), "[folder]")
}

fn snapshot(name: &str, checked: &str, report: &str) {
    insta::with_settings!({description => checked, omit_expression => true}, {
        assert_snapshot!(name, report);
    });
}

const NOWHERE: &str = "/nonexistent";

#[tokio::test]
async fn server_everything() {
    let command = node(&package("server-everything", "dist/index.js"), &["stdio"]);
    let report = judged(command, Options::default(), Path::new(NOWHERE)).await;
    snapshot("server_everything", "", &report);
}

#[tokio::test]
async fn server_filesystem() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("notes.txt"), "water the plants\n").unwrap();
    let allowed = folder.path().to_str().unwrap();
    let command = node(&package("server-filesystem", "dist/index.js"), &[allowed]);
    let report = judged(command, Options::default(), folder.path()).await;
    snapshot("server_filesystem", "", &report);
    let left: Vec<_> = std::fs::read_dir(folder.path())
        .unwrap()
        .map(|entry| entry.unwrap().file_name())
        .collect();
    assert_eq!(left, ["notes.txt"], "a default run changes nothing");
}

#[tokio::test]
async fn server_memory() {
    let folder = tempfile::tempdir().unwrap();
    let mut options = Options::default();
    let file = folder.path().join("memory.jsonl");
    options.env.insert(
        "MEMORY_FILE_PATH".to_owned(),
        file.to_str().unwrap().to_owned(),
    );
    let command = node(&package("server-memory", "dist/index.js"), &[]);
    let report = judged(command, options, folder.path()).await;
    snapshot("server_memory", "", &report);
    let kept = std::fs::read_to_string(&file).unwrap_or_default();
    assert_eq!(kept, "", "a default run changes nothing");
}

#[tokio::test]
async fn server_github() {
    let command = node(&package("server-github", "dist/index.js"), &[]);
    let report = judged(command, Options::default(), Path::new(NOWHERE)).await;
    snapshot("server_github", "", &report);
}

#[tokio::test]
async fn minimal_typescript() {
    let folder = tempfile::tempdir().unwrap();
    // beside its packages, where it would stand in a project of its own
    let script = ours("target/npm/minimal_typescript.mjs");
    std::fs::copy(
        there("crates/gate/tests/real/minimal_typescript.mjs"),
        &script,
    )
    .unwrap();
    let report = judged(
        node("target/npm/minimal_typescript.mjs", &[]),
        Options::default(),
        folder.path(),
    )
    .await;
    snapshot("minimal_typescript", "", &report);
}

#[tokio::test]
async fn python_sdk() {
    let python = there("target/tools/venv-mcp/bin/python");
    let server = there("crates/gate/tests/real/minimal_python.py");
    let command = Command::new([python, server]).unwrap();
    let report = judged(command, Options::default(), Path::new(NOWHERE)).await;
    snapshot("python_sdk", "", &report);
}
