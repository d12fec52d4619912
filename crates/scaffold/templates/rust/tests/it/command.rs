//! The command: its options, and starts that must fail, loudly.

use std::{path::Path, process::Output};

use tokio::process::Command;

use acme_notes::{NAME, VERSION, settings};

use crate::support::program;

async fn run(command: &mut Command) -> (i32, String, String) {
    let Output {
        status,
        stdout,
        stderr,
    } = command.output().await.unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (status.code().unwrap(), text(stdout), text(stderr))
}

/// A start that must fail with exit code 2 and one line on stderr.
async fn refused(command: &mut Command) -> String {
    let (code, stdout, stderr) = run(command).await;
    assert_eq!((code, &*stdout), (2, ""), "{stderr}");
    assert_eq!(stderr.lines().count(), 1, "{stderr}");
    assert!(stderr.starts_with(NAME), "{stderr}");
    stderr
}

#[tokio::test]
async fn version_and_help_need_no_settings() {
    let there = Path::new(".");
    let said = run(program(there).env_clear().arg("--version")).await;
    assert_eq!(said, (0, format!("{NAME} {VERSION}\n"), String::new()));
    let (code, help, _) = run(program(there).env_clear().arg("--help")).await;
    assert!(code == 0 && help.contains("--http ADDR:PORT"), "{help}");
}

#[tokio::test]
async fn wrong_options_are_told() {
    let there = Path::new(".");
    for wrong in ["--no-such", "word"] {
        let said = refused(program(there).arg(wrong)).await;
        assert!(said.contains("see --help"), "{said}");
    }
    let said = refused(program(there).arg("--http")).await;
    assert!(said.contains("--http"), "{said}");
}

#[tokio::test]
async fn a_wrong_setting_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let start = || program(folder.path());
    let said = refused(start().env(settings::LOG, "loud")).await;
    assert!(said.contains(settings::LOG), "{said}");
    let said = refused(start().env(settings::DATABASE, folder.path())).await;
    assert!(
        said.contains(settings::DATABASE) && said.contains("set it to"),
        "{said}"
    );
    // seaworthy:begin api|key
    let said = refused(start().env_remove(settings::API_KEY)).await;
    assert!(
        said.contains(settings::API_KEY) && said.contains("is not set"),
        "{said}"
    );
    // seaworthy:end api|key
}

#[tokio::test]
async fn http_needs_a_token_and_an_address() {
    let folder = tempfile::tempdir().unwrap();
    let start = |address: &str, token: &str| {
        let mut command = program(folder.path());
        command.args(["--http", address]);
        command.env(settings::HTTP_TOKEN, token);
        command
    };
    let long = "t".repeat(32);
    let said = refused(&mut start("127.0.0.1:0", "")).await;
    assert!(said.contains("is not set, and --http needs it"), "{said}");
    let said = refused(&mut start("127.0.0.1:0", "short")).await;
    assert!(said.contains("fewer than 32 characters"), "{said}");
    let said = refused(&mut start("nonsense", &long)).await;
    assert!(said.contains("is not ADDR:PORT"), "{said}");
    // an address of the documentation's network, which no machine has
    let said = refused(&mut start("192.0.2.1:1", &long)).await;
    assert!(said.contains("cannot listen on 192.0.2.1:1"), "{said}");
}
