//! `seaworthy upgrade` on projects of git: what is refused, shown, written and undone.

use std::{path::Path, process::Stdio};

use tempfile::TempDir;

use crate::{
    new::{Ran, new},
    programs::command,
};

async fn upgrade(words: &[&str], project: &Path) -> Ran {
    let output = command(env!("CARGO_BIN_EXE_seaworthy"))
        .arg("upgrade")
        .args(words)
        .current_dir(project)
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

async fn git(project: &Path, words: &[&str]) {
    let output = command("git")
        .args(["-c", "user.name=Mira", "-c", "user.email=mira@example.com"])
        .args(words)
        .current_dir(project)
        .output()
        .await
        .unwrap();
    assert!(output.status.success(), "{words:?}: {output:?}");
}

async fn project(root: &TempDir) -> std::path::PathBuf {
    let ran = new(&["weekly-notes", "--lang", "python", "--yes"], root.path()).await;
    assert_eq!(ran.code, Some(0), "{}", ran.err);
    root.path().join("weekly-notes")
}

#[tokio::test]
async fn a_new_project_has_nothing_to_do() {
    let root = TempDir::new().unwrap();
    let project = project(&root).await;
    let ran = upgrade(&[], &project).await;
    assert_eq!(ran.code, Some(0), "{}", ran.err);
    assert!(ran.out.starts_with("Nothing to do"), "{}", ran.out);
}

#[tokio::test]
async fn a_part_is_added_shown_first_and_taken_back() {
    let root = TempDir::new().unwrap();
    let project = project(&root).await;
    let with = ["--with", "sandbox"];
    // no commit, nobody to ask: shown, and not written
    let ran = upgrade(&with, &project).await;
    assert_eq!(ran.code, Some(2), "{}", ran.out);
    assert!(ran.err.contains("no commit yet"), "{}", ran.err);
    git(&project, &["add", "--all"]).await;
    git(&project, &["commit", "--quiet", "-m", "first"]).await;
    let ran = upgrade(&with, &project).await;
    assert_eq!(ran.code, Some(2), "{}", ran.out);
    assert!(ran.err.contains("nobody to ask"), "{}", ran.err);
    assert!(
        ran.out.contains("+++ src/weekly_notes/tools/run_python.py"),
        "{}",
        ran.out
    );
    assert!(
        !project
            .join("src/weekly_notes/tools/run_python.py")
            .exists()
    );
    let ran = upgrade(&["--diff", "--with", "sandbox"], &project).await;
    assert_eq!(ran.code, Some(0), "{}", ran.err);
    // the owner's own line, where the template has none
    let readme = project.join("README.md");
    let text = std::fs::read_to_string(&readme).unwrap();
    std::fs::write(&readme, format!("{text}\nMine.\n")).unwrap();
    let ran = upgrade(&["--with", "sandbox", "--yes"], &project).await;
    assert_eq!(ran.code, Some(2), "{}", ran.out);
    assert!(ran.err.contains("1 files have uncommitted"), "{}", ran.err);
    git(&project, &["commit", "--quiet", "-am", "mine"]).await;
    let ran = upgrade(&["--with", "sandbox", "--yes"], &project).await;
    assert_eq!(ran.code, Some(0), "{}{}", ran.out, ran.err);
    assert!(
        project
            .join("src/weekly_notes/tools/run_python.py")
            .exists()
    );
    assert!(
        std::fs::read_to_string(&readme)
            .unwrap()
            .ends_with("\nMine.\n")
    );
    // git does not see what is kept for the way back
    let status = command("git")
        .args(["status", "--porcelain", "--untracked-files=all"])
        .current_dir(&project)
        .output()
        .await
        .unwrap();
    assert!(
        !String::from_utf8(status.stdout)
            .unwrap()
            .contains(".seaworthy/")
    );
    let ran = upgrade(&["--undo"], &project).await;
    assert_eq!(ran.code, Some(0), "{}", ran.err);
    assert!(
        !project
            .join("src/weekly_notes/tools/run_python.py")
            .exists()
    );
    assert_eq!(
        std::fs::read_to_string(&readme).unwrap(),
        format!("{text}\nMine.\n")
    );
    let ran = upgrade(&["--undo"], &project).await;
    assert_eq!(ran.code, Some(1), "{}", ran.out);
}

#[tokio::test]
async fn what_is_no_project_is_said() {
    let root = TempDir::new().unwrap();
    let ran = upgrade(&[], root.path()).await;
    assert_eq!(ran.code, Some(2));
    assert!(ran.err.contains("seaworthy new made"), "{}", ran.err);
    std::fs::write(root.path().join(".seaworthy.toml"), "template = 1").unwrap();
    let ran = upgrade(&[], root.path()).await;
    assert_eq!(ran.code, Some(2));
    assert!(ran.err.contains("cannot be used"), "{}", ran.err);
}
