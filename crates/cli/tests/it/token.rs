//! `seaworthy token new`.

use serde_json::Value;

use crate::{child::BINARY, programs::command};

async fn token(arguments: &[&str]) -> (Option<i32>, String, String) {
    let output = command(BINARY)
        .args(["token", "new"])
        .args(arguments)
        .output();
    let output = output.await.unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (
        output.status.code(),
        text(output.stdout),
        text(output.stderr),
    )
}

#[tokio::test]
async fn a_token_is_shown_once_and_its_line_holds_its_digest() {
    let (code, out, err) = token(&[
        "mira",
        "--scopes",
        "write,read",
        "--expires",
        "2999-12-31",
        "--json",
    ])
    .await;
    assert_eq!((code, err.as_str()), (Some(0), ""));
    let made: Value = serde_json::from_str(&out).unwrap();
    let (secret, line) = (
        made["token"].as_str().unwrap(),
        made["line"].as_str().unwrap(),
    );
    assert!(
        secret.starts_with("seaworthy_") && secret.len() == 53,
        "{secret}"
    );
    assert!(
        line.starts_with("mira:") && line.ends_with(":read,write:3000-01-01T00:00:00Z"),
        "{line}"
    );
    assert!(!line.contains(secret));
    let (_, other, _) = token(&["mira", "--json"]).await;
    assert_ne!(other, out);
}

#[tokio::test]
async fn with_a_file_stdout_is_the_token_alone() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("tokens");
    let path = file.to_str().unwrap();
    for name in ["a", "b"] {
        let (code, out, err) = token(&[name, "--token-file", path]).await;
        assert_eq!(code, Some(0), "{err}");
        assert_eq!(out.lines().count(), 1);
    }
    let list = std::fs::read_to_string(&file).unwrap();
    assert_eq!(list.lines().count(), 2, "{list}");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        assert_eq!(file.metadata().unwrap().permissions().mode() & 0o777, 0o600);
    }
    // a name that is there already leaves the file as it was
    let (code, out, err) = token(&["a", "--token-file", path]).await;
    assert_eq!((code, out.as_str()), (Some(2), ""), "{err}");
    assert!(err.contains("names a a second time"), "{err}");
    assert_eq!(std::fs::read_to_string(&file).unwrap(), list);
}

#[tokio::test]
async fn what_makes_no_token_says_so() {
    for (arguments, said) in [
        (&["a b"][..], "no name of 1 to 64"),
        (&["a", "--scopes", "admin"], "no scope \"admin\""),
        (&["a", "--scopes", ""], "opens nothing"),
        (&["a", "--expires", "yesterday"], "no time to come"),
        (&["a", "--expires", "2020-01-01"], "no time to come"),
        (&["a", "--expires", "99999999999999d"], "no time to come"),
        (
            &["a", "--token-file", "/nonexistent/tokens"],
            "/nonexistent/tokens",
        ),
    ] {
        let (code, out, err) = token(arguments).await;
        assert_eq!((code, out.as_str()), (Some(2), ""), "{arguments:?}: {err}");
        assert!(err.contains(said), "{arguments:?}: {err}");
    }
}
