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

/// A file of this repository that `./test` brings.
pub(crate) fn there(path: &str) -> String {
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

/// The report of a default run, without what changes from run to run or from machine to machine: times,
/// what was done how often, and what a slow or busy machine leaves unverified (with the scores, which count
/// only what was judged).
async fn judged(command: Command, mut options: Options, folder: &Path) -> String {
    // where the guard of `node` writes what it refused
    options
        .env
        .insert("LOOPBACK_REFUSED".to_owned(), "/dev/null".to_owned());
    let mut report = check_with(command, options).await.unwrap();
    report.took = Duration::ZERO;
    "the server".clone_into(&mut report.target);
    for judged in &mut report.judged {
        judged.unverified.clear();
    }
    // nothing is wrapped: a path that differs would move every line after it
    let look = text::Look {
        width: 100_000,
        ..text::Look::default()
    };
    let page = text::render_as(&report, look);
    let page = page.split("\ndid to the server:").next().unwrap();
    let root = ours("");
    let page = page
        .replace(root.to_str().unwrap(), "[root]/")
        .replace(folder.to_str().unwrap(), "[folder]");
    // which request came first is chance
    let mut parts = page.split("\"id\":");
    let first = parts.next().unwrap().to_owned();
    parts.fold(first, |page, part| {
        let rest = part.trim_start_matches(|digit: char| digit.is_ascii_digit());
        format!("{page}\"id\":N{rest}")
    })
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
    snapshot(
        "server_everything",
        "Checked by hand: each quoted answer was seen again with a request typed into the server (server/discover, resources/read of an unknown dynamic URI, a made-up cursor, get-env with the canary in its environment); gzip-file-as-resource does fetch an http address in `data`; each quoted description and schema was read beside its finding.",
        &report,
    );
}

#[tokio::test]
async fn server_filesystem() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("notes.txt"), "water the plants\n").unwrap();
    let allowed = folder.path().to_str().unwrap();
    let command = node(&package("server-filesystem", "dist/index.js"), &[allowed]);
    let report = judged(command, Options::default(), folder.path()).await;
    snapshot(
        "server_filesystem",
        "Checked by hand: server/discover and a made-up cursor were sent; the ENOENT answers were seen again with a file that is not there; each quoted description and schema was read: the lists have no limit, parameters have no descriptions, and list_directory_with_sizes differs from list_directory in a few words.",
        &report,
    );
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
    snapshot(
        "server_memory",
        "Checked by hand: server/discover and a made-up cursor were sent; search_nodes returns every node that matches; each quoted description and schema was read; nothing says whether a deletion can be undone.",
        &report,
    );
    let kept = std::fs::read_to_string(&file).unwrap_or_default();
    assert_eq!(kept, "", "a default run changes nothing");
}

#[tokio::test]
async fn server_github() {
    let command = node(&package("server-github", "dist/index.js"), &[]);
    let report = judged(command, Options::default(), Path::new(NOWHERE)).await;
    snapshot(
        "server_github",
        "Checked by hand: an unknown tool and a call without arguments answer -32603; with no network the tools say `fetch failed` and no more; 26 tools are listed without annotations; each quoted description and schema was read.",
        &report,
    );
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
    snapshot(
        "minimal_typescript",
        "Checked by hand: version 1999-01-01 was sent twice over one connection, before and after a good request; a made-up cursor gives the whole list; the rest is what a first server lacks, and was written so on purpose.",
        &report,
    );
}

#[tokio::test]
async fn python_sdk() {
    let python = there("target/tools/venv-mcp/bin/python");
    let server = there("crates/gate/tests/real/minimal_python.py");
    let command = Command::new([python, server]).unwrap();
    let report = judged(command, Options::default(), Path::new(NOWHERE)).await;
    snapshot(
        "python_sdk",
        "Checked by hand: an unknown prompt answers code 0; a plain exception becomes `Error executing tool` (the SDK's habit); a made-up cursor gives the whole list; the rest is what a first server lacks, and was written so on purpose.",
        &report,
    );
}
