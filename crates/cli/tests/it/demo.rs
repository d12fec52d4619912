//! `seaworthy demo` holds, tells itself apart from failure, and is what the README says.

use std::{collections::HashSet, path::Path, process::Command};

fn demo(flags: &[&str]) -> (String, Option<i32>) {
    let output = Command::new(env!("CARGO_BIN_EXE_seaworthy"))
        .arg("demo")
        .args(flags)
        .env("SEAWORTHY_CACHE", env!("CARGO_TARGET_TMPDIR"))
        .output()
        .unwrap();
    (
        String::from_utf8(output.stdout).unwrap(),
        output.status.code(),
    )
}

#[test]
fn every_step_holds_and_no_colour_goes_into_a_pipe() {
    let (story, code) = demo(&[]);
    assert_eq!(code, Some(0), "{story}");
    assert!(!story.contains("DOES NOT HOLD"), "{story}");
    assert!(!story.contains('\u{1b}'), "colours are for terminals");
    assert!(
        story
            .lines()
            .filter(|line| line.starts_with("   ok "))
            .count()
            >= 15,
        "{story}"
    );
}

#[test]
fn without_a_sandbox_the_rest_still_runs_and_the_step_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_seaworthy"))
        .arg("demo")
        .env("SEAWORTHY_CACHE", folder.path())
        // neither Python nor uv: the set-up cannot be done
        .env("PATH", folder.path())
        .env("SEAWORTHY_SANDBOX", "wasm")
        .output()
        .unwrap();
    let story = String::from_utf8(output.stdout).unwrap();
    assert_eq!(output.status.code(), Some(0), "{story}");
    assert!(
        story.contains("not shown run_python, a blocked socket and code mode"),
        "{story}"
    );
    assert!(story.contains("seaworthy sandbox setup"), "{story}");
    assert!(story.contains("MORE AVAILABLE"), "{story}");
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_said_and_no_panic() {
    let full = std::fs::OpenOptions::new().write(true).open("/dev/full");
    let output = Command::new(env!("CARGO_BIN_EXE_seaworthy"))
        .arg("demo")
        .stdout(full.unwrap())
        .output()
        .unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(said.contains("stdout could not be written"), "{said}");
}

#[test]
fn the_readme_shows_what_it_prints() {
    let readme = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../README.md");
    let readme = std::fs::read_to_string(readme).unwrap();
    let (_, rest) = readme.split_once("<!-- demo -->\n```text\n").unwrap();
    let (shown, _) = rest.split_once("\n```").unwrap();
    let (story, _) = demo(&["--full"]);
    let printed: HashSet<_> = story.lines().map(str::trim).collect();
    for line in shown.lines().map(str::trim) {
        let told = line.is_empty() || line == "..." || line.starts_with('$');
        assert!(
            told || printed.contains(line),
            "the demo does not print: {line}"
        );
    }
}
