//! `seaworthy sandbox`: what is ready, and how to get there.

use crate::{child::BINARY, programs::command};

async fn sandbox(arguments: &[&str], variables: &[(&str, &str)]) -> (Option<i32>, String, String) {
    let output = command(BINARY)
        .arg("sandbox")
        .args(arguments)
        .envs(variables.iter().copied())
        .output()
        .await
        .unwrap();
    (
        output.status.code(),
        String::from_utf8(output.stdout).unwrap(),
        String::from_utf8(output.stderr).unwrap(),
    )
}

#[tokio::test]
async fn the_status_names_every_backend_and_its_remedy() {
    let folder = tempfile::tempdir().unwrap();
    let nowhere = [
        ("SEAWORTHY_CACHE", folder.path().to_str().unwrap()),
        ("DOCKER_HOST", "unix:///nonexistent/docker.sock"),
    ];
    let (code, told, _) = sandbox(&["status", "--json"], &nowhere).await;
    assert_eq!(code, Some(0));
    let rows: Vec<serde_json::Value> = told
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let names: Vec<_> = rows
        .iter()
        .map(|row| row["backend"].as_str().unwrap())
        .collect();
    assert_eq!(names, ["docker", "e2b", "wasm"]);
    for row in rows {
        assert_eq!(row["available"], false, "{row}");
        assert!(!row["remedy"].as_str().unwrap().is_empty(), "{row}");
        assert_eq!(row["default"], row["backend"] == "wasm");
    }
}

#[tokio::test]
async fn a_set_up_that_cannot_be_done_says_what_is_missing() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path().to_str().unwrap();
    let bare = [("SEAWORTHY_CACHE", folder), ("PATH", folder)];
    let (code, told, said) = sandbox(&["setup"], &bare).await;
    assert_eq!((code, told.as_str()), (Some(2), ""));
    assert!(said.contains("no Python 3.10 or newer with pip"), "{said}");
    assert!(said.contains("--sandbox docker"), "{said}");
}

#[tokio::test]
async fn a_backend_without_a_set_up_is_told_apart() {
    let (code, _, said) = sandbox(&["setup", "--backend", "e2b"], &[]).await;
    assert_eq!(code, Some(2));
    assert!(said.contains("choose wasm or docker"), "{said}");
}

mod wasm {
    use super::*;

    #[tokio::test]
    async fn the_set_up_is_done_once_and_the_status_knows() {
        let (code, told, said) = sandbox(&["setup"], &[]).await;
        assert_eq!(code, Some(0), "{said}");
        assert!(told.starts_with("the wasm sandbox is ready: "), "{told}");
        let (code, again, said) = sandbox(&["setup"], &[]).await;
        assert_eq!((code, again, said.as_str()), (Some(0), told, ""));
        let (_, told, _) = sandbox(&["status"], &[]).await;
        assert!(
            told.contains("wasm    ready (used where none is named)"),
            "{told}"
        );
    }
}
