//! `seaworthy new` as its users meet it: names, folders, answers, what is written and what is not.
//! The projects themselves are built and judged in `real::new_project`.

use std::{path::Path, process::Stdio};

use serde_json::Value;
use tempfile::TempDir;

use crate::programs::command;

pub struct Ran {
    pub code: Option<i32>,
    pub out: String,
    pub err: String,
}

/// Runs `seaworthy new` without a terminal in a folder.
pub async fn new(words: &[&str], folder: &Path) -> Ran {
    let output = command(env!("CARGO_BIN_EXE_seaworthy"))
        .arg("new")
        .args(words)
        .current_dir(folder)
        .env("HOME", folder)
        .stdin(Stdio::null())
        .output()
        .await
        .unwrap();
    Ran {
        code: output.status.code(),
        out: String::from_utf8(output.stdout).unwrap(),
        err: String::from_utf8(output.stderr).unwrap(),
    }
}

fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<_> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

#[tokio::test]
async fn each_language_makes_a_project_and_says_what_is_next() {
    for language in ["python", "rust"] {
        let root = TempDir::new().unwrap();
        let ran = new(&["weekly-notes", "--lang", language, "--yes"], root.path()).await;
        assert_eq!(ran.code, Some(0), "{}", ran.err);
        let project = root.path().join("weekly-notes");
        let said: Vec<_> = ran.out.lines().rev().take(3).collect();
        assert_eq!(
            said,
            [
                "  seaworthy install claude-code --server .",
                "  ./check",
                "  cd weekly-notes"
            ]
        );
        for file in [
            ".env.example",
            ".github/workflows/ci.yml",
            ".gitignore",
            ".seaworthy.toml",
            "CHANGELOG.md",
            "CONTRIBUTING.md",
            "Dockerfile",
            "LICENSE",
            "README.md",
            "SECURITY.md",
            "check",
            "manifest.json",
            "seaworthy.toml",
            "server.json",
            ".git/HEAD",
        ] {
            assert!(project.join(file).exists(), "{language}: {file}");
        }
        let server: Value =
            serde_json::from_str(&std::fs::read_to_string(project.join("server.json")).unwrap())
                .unwrap();
        assert_eq!(server["version"], "0.1.0");
        assert_eq!(server["name"], "io.github.your-account/weekly-notes");
    }
}

#[tokio::test]
async fn every_answer_arrives() {
    let root = TempDir::new().unwrap();
    let words = [
        "tide-log",
        "--lang",
        "python",
        "--path",
        "deep/er",
        "--description",
        "The tides of a harbour.",
        "--version",
        "3.1.4",
        "--owner",
        "harbour",
        "--author",
        "Ada Byron",
        "--with",
        "sandbox",
        "--json",
    ];
    let ran = new(&words, root.path()).await;
    assert_eq!(ran.code, Some(0), "{}", ran.err);
    let made: Value = serde_json::from_str(&ran.out).unwrap();
    assert_eq!(made["path"], "deep/er");
    assert_eq!(made["features"], serde_json::json!(["api", "sandbox"]));
    let read =
        |file: &str| std::fs::read_to_string(root.path().join("deep/er").join(file)).unwrap();
    assert!(read("LICENSE").contains("Ada Byron"));
    let manifest: Value = serde_json::from_str(&read("manifest.json")).unwrap();
    assert_eq!(manifest["name"], "tide-log");
    assert_eq!(manifest["version"], "3.1.4");
    assert_eq!(manifest["description"], "The tides of a harbour");
    assert!(read("src/tide_log/tools/run_python.py").contains("seaworthy"));
    assert!(read(".seaworthy.toml").contains("harbour"));
}

#[tokio::test]
async fn what_cannot_be_is_refused_with_the_reason_and_nothing_is_left() {
    let root = TempDir::new().unwrap();
    std::fs::create_dir(root.path().join("full")).unwrap();
    std::fs::write(root.path().join("full/mine"), "mine").unwrap();
    std::fs::write(root.path().join("file"), "mine").unwrap();
    let long = "a".repeat(200);
    for (words, reason) in [
        (&[] as &[&str], "a name is needed"),
        (&["my notes"], "try: seaworthy new my-notes"),
        (&["Notizen"], "the capital N"),
        (
            &["notizbuch-für-zwei"],
            "try: seaworthy new notizbuch-fur-zwei",
        ),
        (&["ノート"], "only a-z"),
        (&["class"], "a keyword of Python"),
        (&["fn"], "a keyword of Rust"),
        (&["json"], "Python's standard library"),
        (&["mcp"], "the project depends on"),
        (&[&long], "200 characters"),
        (&["../evil"], "only a-z"),
        (&[""], "a name is needed"),
        (&["ok-name", "--path", "full"], "not empty"),
        (&["ok-name", "--path", "file"], "is no folder"),
        (&["ok-name", "--path", "file/below"], "file/below"),
        (&["ok-name", "--version", "one"], "MAJOR.MINOR.PATCH"),
        (
            &["ok-name", "--description", "say \"hi\""],
            "the description holds",
        ),
        (&["ok-name", "--owner", "a b"], "no account"),
        (&["ok-name", "--lang", "cobol"], "invalid value"),
    ] {
        let ran = new(words, root.path()).await;
        assert!(matches!(ran.code, Some(1 | 2)), "{words:?}: {}", ran.out);
        assert!(ran.err.contains(reason), "{words:?}: {}", ran.err);
        assert_eq!(ran.out, "", "{words:?}");
        assert_eq!(names(root.path()), ["file", "full"], "{words:?}");
        assert_eq!(names(&root.path().join("full")), ["mine"], "{words:?}");
    }
}

/// Root may write anywhere: then the folder is made unwritable for everybody.
#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_folder_that_cannot_be_written_is_an_error_and_stays_empty() {
    let ran = new(&["ok-name", "--path", "/proc/ok-name"], Path::new("/")).await;
    assert_eq!(ran.code, Some(1), "{}", ran.out);
    assert!(ran.err.contains("could not be written"), "{}", ran.err);
    assert!(ran.err.contains("nothing was left behind"), "{}", ran.err);
}

#[tokio::test]
async fn a_project_in_a_repository_gets_none_of_its_own() {
    let root = TempDir::new().unwrap();
    std::fs::create_dir(root.path().join(".git")).unwrap();
    let made = command("git")
        .args(["init", "--quiet"])
        .current_dir(root.path())
        .status()
        .await
        .unwrap();
    assert!(made.success());
    let ran = new(&["weekly-notes", "--yes"], root.path()).await;
    assert_eq!(ran.code, Some(0), "{}", ran.err);
    assert!(!root.path().join("weekly-notes/.git").exists());
}

#[tokio::test]
async fn a_path_with_blanks_is_quoted_in_the_next_command() {
    let root = TempDir::new().unwrap();
    let ran = new(
        &["weekly-notes", "--yes", "--path", "my folder"],
        root.path(),
    )
    .await;
    assert!(ran.out.contains("  cd 'my folder'\n"), "{}", ran.out);
}

#[tokio::test]
async fn a_project_is_installed_as_it_is_made() {
    for (language, last) in [
        ("rust", "cargo build --release"),
        ("python", "seaworthy doctor"),
    ] {
        let root = TempDir::new().unwrap();
        let words = [
            "weekly-notes",
            "--lang",
            language,
            "--yes",
            "--install",
            "cursor",
        ];
        let ran = new(&words, root.path()).await;
        // without uv a Python server could not be started, and the project is there all the same
        assert!(root.path().join("weekly-notes/check").exists());
        if ran.code == Some(0) {
            assert!(ran.out.contains(&format!("  {last}\n")), "{}", ran.out);
            let file = root.path().join(".cursor/mcp.json");
            let written = std::fs::read_to_string(file).unwrap();
            assert!(written.contains("\"weekly-notes\""), "{written}");
            assert!(written.contains("${env:WEEKLY_NOTES_API_KEY}"), "{written}");
        } else {
            assert_eq!(language, "python", "{}", ran.err);
            assert!(ran.err.contains("uv is not on PATH"), "{}", ran.err);
        }
    }
}
