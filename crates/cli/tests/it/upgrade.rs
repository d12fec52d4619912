//! `seaworthy upgrade` on projects of git: what is refused, shown, written and undone.

use std::{
    path::{Path, PathBuf},
    process::Stdio,
};

use seaworthy_scaffold::{
    Answers, Feature, Language, Name, Tree, folder, record, render, template::Template,
};
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
    assert!(ran.err.contains("1 file has uncommitted"), "{}", ran.err);
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

/// A project as the version before the newest template made it, committed.
async fn made_before(language: Language, root: &TempDir) -> (PathBuf, Tree, Tree) {
    let template = Template::of(language);
    let answers = Answers {
        language,
        name: Name::parse("weekly-notes").unwrap(),
        description: "Notes of the week".to_owned(),
        version: "0.1.0".to_owned(),
        owner: "harbour".to_owned(),
        author: "Mira".to_owned(),
        year: 2026,
        features: [Feature::Api].into(),
        api: None,
    };
    let before = render(template, template.version - 1, &answers).unwrap();
    let newest = render(template, template.version, &answers).unwrap();
    let project = root.path().join(language.as_str());
    folder::write(&project, &before).unwrap();
    git(&project, &["init", "--quiet"]).await;
    commit(&project).await;
    (project, before, newest)
}

async fn commit(project: &Path) {
    git(project, &["add", "--all"]).await;
    git(project, &["commit", "--quiet", "-m", "mine"]).await;
}

fn read(project: &Path, path: &str) -> String {
    std::fs::read_to_string(project.join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// A text with lines of its owner's all over.
fn edited(text: &str, path: &str) -> String {
    let mut edited = String::new();
    for (at, line) in text.split_inclusive('\n').enumerate() {
        if at % 7 == 3 {
            edited.push_str(&format!("mine: {path} {at}\n"));
        }
        edited.push_str(line);
    }
    edited.push_str("mine: the last line\n");
    edited
}

#[tokio::test]
async fn a_project_of_the_previous_version_loses_no_edit() {
    for language in Language::ALL {
        let root = TempDir::new().unwrap();
        let (project, before, newest) = made_before(language, &root).await;
        // every file gets lines of its owner's, all over; one is removed, one is added
        let edits: Vec<_> = before
            .iter()
            .filter(|(path, _)| path.as_str() != record::FILE)
            .map(|(path, file)| (path.as_str(), edited(&file.text, path)))
            .collect();
        for (path, text) in &edits {
            std::fs::write(project.join(path), text).unwrap();
        }
        std::fs::remove_file(project.join("CONTRIBUTING.md")).unwrap();
        std::fs::write(project.join("own.txt"), "own\n").unwrap();
        commit(&project).await;

        let ran = upgrade(&["--yes"], &project).await;
        assert!(matches!(ran.code, Some(0 | 1)), "{}{}", ran.out, ran.err);
        assert_eq!(
            ran.out.contains("CONFLICT"),
            ran.code == Some(1),
            "{}",
            ran.out
        );
        for (path, text) in &edits {
            if *path == "CONTRIBUTING.md" {
                assert!(!project.join(path).exists(), "{language}: {path} came back");
                continue;
            }
            let now = read(&project, path);
            for line in text.lines().filter(|line| line.starts_with("mine: ")) {
                assert!(
                    now.lines().any(|have| have == line),
                    "{language} {path}: {line}"
                );
            }
            if before.get(*path) == newest.get(*path) {
                assert_eq!(now, *text, "{language} {path}");
            }
        }
        assert_eq!(read(&project, "own.txt"), "own\n");
        // what the newest has is there, whatever the owner did beside it
        for (path, file) in &newest {
            if before.get(path) == Some(file) || path == record::FILE {
                continue;
            }
            let now = read(&project, path);
            for line in file.text.lines() {
                assert!(
                    now.lines().any(|have| have == line),
                    "{language} {path}: {line}"
                );
            }
        }
        assert_eq!(read(&project, record::FILE), newest[record::FILE].text);
        // and all of it can be taken back
        let ran = upgrade(&["--undo", "--force"], &project).await;
        assert_eq!(ran.code, Some(0), "{}", ran.err);
        for (path, text) in edits.iter().filter(|(path, _)| *path != "CONTRIBUTING.md") {
            assert_eq!(read(&project, path), *text, "{language} {path}");
        }
    }
}

#[tokio::test]
async fn edits_beside_those_of_the_template_are_merged_without_a_word() {
    for language in Language::ALL {
        let root = TempDir::new().unwrap();
        let (project, before, newest) = made_before(language, &root).await;
        // far from what changed: at the beginning of a file
        let mut edited = 0;
        for (path, file) in &before {
            let changed = newest.get(path).is_some_and(|new| new != file);
            if changed && path != record::FILE {
                std::fs::write(project.join(path), format!("# mine\n{}", file.text)).unwrap();
                edited += 1;
            }
        }
        assert!(edited > 0, "{language}: the newest version changes no file");
        commit(&project).await;
        let ran = upgrade(&["--yes"], &project).await;
        assert_eq!(ran.code, Some(0), "{}{}", ran.out, ran.err);
        for (path, file) in &newest {
            let old = before.get(path);
            let mine = old.is_some_and(|old| old != file) && path != record::FILE;
            let wanted = format!("{}{}", if mine { "# mine\n" } else { "" }, file.text);
            assert_eq!(read(&project, path), wanted, "{language} {path}");
        }
        commit(&project).await;
        let ran = upgrade(&[], &project).await;
        assert!(ran.out.starts_with("Nothing to do"), "{}", ran.out);
    }
}

#[tokio::test]
async fn what_both_changed_waits_for_the_owner() {
    for language in Language::ALL {
        let root = TempDir::new().unwrap();
        let (project, _, newest) = made_before(language, &root).await;
        // the newest has a file of that name too
        std::fs::write(project.join(".editorconfig"), "root = false\n").unwrap();
        commit(&project).await;
        let ran = upgrade(&["--yes"], &project).await;
        assert_eq!(ran.code, Some(1), "{}{}", ran.out, ran.err);
        assert!(ran.out.contains("CONFLICT  .editorconfig"), "{}", ran.out);
        let text = read(&project, ".editorconfig");
        assert!(
            text.starts_with("<<<<<<< yours\nroot = false\n=======\n"),
            "{text}"
        );
        let version = Template::of(language).version;
        assert!(
            text.ends_with(&format!(">>>>>>> template {version}\n")),
            "{text}"
        );
        assert!(
            text.contains(newest[".editorconfig"].text.as_str()),
            "{text}"
        );
        // the tree is not clean now: a second run is refused, and nothing happens to it
        let ran = upgrade(&["--yes"], &project).await;
        assert!(
            ran.code == Some(2) || ran.out.starts_with("Nothing to do"),
            "{}",
            ran.out
        );
        assert_eq!(read(&project, ".editorconfig"), text);
    }
}
