//! What we ask of others we hold ourselves to: our server, on stdio and over HTTP, and our repository,
//! by all sixty rules, with nothing above a note.

use serde_json::Value;
use tempfile::TempDir;

use crate::{
    check::{Ran, check},
    child::BINARY,
    over_http::Serving,
    programs::ours,
};

/// Everything that this run found, in words, if it is more than notes.
fn above_note(ran: &Ran) -> Vec<String> {
    let report: Value = serde_json::from_str(&ran.out)
        .unwrap_or_else(|error| panic!("{error}: {}{}", ran.out, ran.err));
    assert_eq!(report["rules"].as_array().unwrap().len(), 60);
    report["findings"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|finding| finding["level"] != "note")
        .map(|finding| {
            let (rule, place) = (&finding["rule"], &finding["place"]["text"]);
            format!("{rule} {place}: {}", finding["message"])
        })
        .collect()
}

async fn ourselves(words: &[&str], folder: &TempDir) {
    let ran = check(&[&["--json"], words].concat(), folder).await;
    assert_eq!(above_note(&ran), [] as [&str; 0]);
    assert_eq!(ran.code, Some(0), "{}", ran.err);
}

#[tokio::test]
async fn the_github_server_is_seaworthy() {
    let folder = tempfile::tempdir().unwrap();
    let state = format!("SEAWORTHY_STATE={}", folder.path().display());
    let serve = ["--env", &state, "--", BINARY, "serve", "github", "--sample"];
    for more in [
        &[] as &[&str],
        &["--active"],
        &["--destructive", "--sandboxed"],
    ] {
        ourselves(&[more, &serve].concat(), &folder).await;
    }
}

#[tokio::test]
async fn its_http_mode_is_too() {
    let folder = tempfile::tempdir().unwrap();
    let (serving, token) = Serving::sample(folder.path()).await;
    let header = format!("Authorization: Bearer {token}");
    let words = ["--active", "--header", &header, &serving.url];
    ourselves(&words, &folder).await;
}

#[tokio::test]
async fn so_is_the_repository() {
    let folder = tempfile::tempdir().unwrap();
    let state = format!("SEAWORTHY_STATE={}", folder.path().display());
    let root = ours("");
    let words = [
        "--env",
        &state,
        root.to_str().unwrap(),
        "--",
        BINARY,
        "serve",
        "github",
        "--sample",
    ];
    ourselves(&words, &folder).await;
}
