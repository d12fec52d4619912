//! What the program makes of its environment, before it serves anything.

use std::{ffi::OsStr, process::Stdio};

use crate::{child::BINARY, programs::command};

const TOKEN: (&str, &str) = ("GITHUB_TOKEN", "not-a-real-token");

/// Starts `serve github FLAGS` and hangs up at once; the exit code and stderr.
async fn start(flags: &[&str], variables: &[(&str, &OsStr)]) -> (Option<i32>, String) {
    let folder = tempfile::TempDir::new().unwrap();
    let mut command = command(BINARY);
    command.args(["serve", "github"]).args(flags);
    command.env("HOME", folder.path());
    command.envs(variables.iter().copied()).stdin(Stdio::null());
    let output = command.output().await.unwrap();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    (output.status.code(), said)
}

#[tokio::test]
async fn an_empty_variable_is_as_good_as_none() {
    let none = [
        ("GITHUB_TOKEN", OsStr::new("")),
        ("GH_TOKEN", OsStr::new("")),
    ];
    let (code, said) = start(&[], &none).await;
    assert_eq!(code, Some(2));
    assert!(said.contains("GITHUB_TOKEN is not set"), "{said}");
    let second = [
        ("GITHUB_TOKEN", OsStr::new("")),
        ("GH_TOKEN", OsStr::new(TOKEN.1)),
    ];
    assert_eq!(start(&[], &second).await, (Some(0), String::new()));
}

#[tokio::test]
async fn without_a_token_means_that_none_is_looked_at() {
    let bad = [("GITHUB_TOKEN", OsStr::new("x"))];
    assert_eq!(start(&["--anonymous"], &bad).await.0, Some(0));
    assert_eq!(start(&[], &bad).await.0, Some(2));
}

#[tokio::test]
async fn a_folder_is_no_audit_log() {
    let folder = tempfile::TempDir::new().unwrap();
    let log = [
        (TOKEN.0, OsStr::new(TOKEN.1)),
        ("SEAWORTHY_AUDIT_LOG", folder.path().as_os_str()),
    ];
    let (code, said) = start(&[], &log).await;
    assert_eq!(code, Some(2));
    assert!(said.contains("SEAWORTHY_AUDIT_LOG is a folder"), "{said}");
}

#[tokio::test]
async fn the_website_is_not_taken_for_the_api() {
    let website = [
        (TOKEN.0, OsStr::new(TOKEN.1)),
        ("GITHUB_API_URL", OsStr::new("https://github.com")),
    ];
    let (code, said) = start(&[], &website).await;
    assert_eq!(code, Some(2));
    assert!(said.contains("is the website, not the API"), "{said}");
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn an_address_that_is_no_text_does_not_become_the_public_one() {
    use std::os::unix::ffi::OsStrExt;
    for name in ["GITHUB_API_URL", "GITHUB_TOKEN", "SEAWORTHY_LOG"] {
        let bad = [
            (TOKEN.0, OsStr::new(TOKEN.1)),
            (name, OsStr::from_bytes(b"https://\xff")),
        ];
        let (code, said) = start(&[], &bad).await;
        assert_eq!(code, Some(2));
        assert!(said.contains(&format!("{name} is not UTF-8")), "{said}");
    }
}
