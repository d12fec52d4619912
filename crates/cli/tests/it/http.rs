//! `serve github --http`: who may ask, what is refused at the start, tokens that change, the end.

use rustix::process::Signal;
use serde_json::json;

use crate::{
    over_http::{Modern, Serving, folder, refused, serve, token},
    programs::request,
};

const HARBOR: &str = "tidewatch/harbor";

#[tokio::test]
async fn a_token_opens_what_its_scopes_say_and_nothing_else() {
    let folder = folder();
    let (server, all) = Serving::sample(folder.path()).await;
    let everything = Modern::new(&server.url, &all).tools().await;
    assert_eq!(everything.len(), 15);
    // a token of its own in the running server's list, after a SIGHUP
    let reader = token(folder.path(), "reader", "read");
    let reader = Modern::new(&server.url, &reader);
    assert_eq!(reader.request("tools/list", json!({})).await.status, 401);
    let mut server = server;
    server.signal(Signal::HUP);
    assert!(server.says().await.contains("2 tokens are valid now"));
    let readable = reader.tools().await;
    assert_eq!(readable.len(), 9, "{readable:?}");
    assert!(!readable.contains(&"run_python".to_owned()));
    let found = reader.call("find_items", json!({"repo": HARBOR})).await;
    assert!(
        found.text().starts_with("Items of tidewatch/harbor, open:"),
        "{found:?}"
    );
    for (tool, scope) in [
        ("write_issue", "write"),
        ("merge_pull_request", "destructive"),
        ("run_python", "sandbox"),
    ] {
        let refused = reader.call(tool, json!({})).await;
        assert_eq!(refused.status, 403, "{refused:?}");
        let challenge = refused.headers["www-authenticate"].to_str().unwrap();
        assert!(
            challenge.contains("insufficient_scope") && challenge.contains(scope),
            "{challenge}"
        );
    }
}

#[tokio::test]
async fn a_token_that_was_taken_off_the_list_opens_nothing() {
    let folder = folder();
    let (mut server, token) = Serving::sample(folder.path()).await;
    let client = Modern::new(&server.url, &token);
    assert_eq!(client.tools().await.len(), 15);
    std::fs::write(folder.path().join("tokens"), "nonsense\n").unwrap();
    server.signal(Signal::HUP);
    let said = server.says().await;
    assert!(
        said.contains("the tokens stay as they were") && said.contains("line 1"),
        "{said}"
    );
    assert_eq!(client.tools().await.len(), 15);
    std::fs::write(folder.path().join("tokens"), "# nobody\n").unwrap();
    server.signal(Signal::HUP);
    assert!(server.says().await.contains("0 tokens are valid now"));
    assert_eq!(client.request("tools/list", json!({})).await.status, 401);
}

#[tokio::test]
async fn what_makes_no_safe_server_does_not_start() {
    let folder = folder();
    token(folder.path(), "tester", "read");
    let tokens = folder.path().join("tokens");
    let tokens = ["--sample", "--token-file", tokens.to_str().unwrap()];
    let with = |flags: &[&str]| serve(&[&tokens[..], flags].concat(), folder.path());
    let mut everywhere = crate::programs::command(crate::child::BINARY);
    everywhere
        .args(["serve", "github", "--http", "0.0.0.0:0"])
        .args(tokens);
    let unsampled = |flags: &[&str]| serve(&[&tokens[1..], flags].concat(), folder.path());
    for (command, said) in [
        (
            serve(&["--sample"], folder.path()),
            "no server over HTTP without authentication",
        ),
        (
            everywhere,
            "without TLS every token crosses the network in the clear",
        ),
        (with(&["--allowed-origin", "example.com"]), "is no origin"),
        (with(&["--public-url", "mcp.example.com"]), "is no URL"),
        (
            with(&["--tls-cert", "/nonexistent", "--tls-key", "/nonexistent"]),
            "could not be read",
        ),
        (
            with(&["--shared", "http://localhost"]),
            "no address of a Redis or Valkey server",
        ),
        (
            with(&["--oidc-issuer", "http://id.example.com", "--audience", "x"]),
            "not an https address",
        ),
        (
            with(&["--oidc-issuer", "https://id.example.com"]),
            "--audience",
        ),
        (
            unsampled(&["--credentials", "/nonexistent"]),
            "could not be read",
        ),
        (
            // or the sample's audit log would have what was done to the real thing
            with(&["--credentials", "/nonexistent"]),
            "cannot be used with",
        ),
        (
            serve(&["--sample", "--token-file", "/nonexistent"], folder.path()),
            "could not be read",
        ),
    ] {
        let shown = format!("{command:?}");
        let (code, error) = refused(command).await;
        assert_eq!(code, Some(2), "{shown}: {error}");
        assert!(error.contains(said), "{shown}: {error}");
    }
    let mut bad = with(&[]);
    bad.env("SEAWORTHY_SEAL_KEY", "secret-but-short");
    let (code, error) = refused(bad).await;
    assert_eq!(code, Some(2));
    assert!(
        error.contains("SEAWORTHY_SEAL_KEY") && !error.contains("secret-but-short"),
        "{error}"
    );
}

#[tokio::test]
async fn plain_http_to_other_machines_is_said_to_be_so() {
    let folder = folder();
    token(folder.path(), "tester", "read");
    let tokens = folder.path().join("tokens");
    // loopback by another family counts as loopback
    let mut command = crate::programs::command(crate::child::BINARY);
    command
        .args([
            "serve",
            "github",
            "--sample",
            "--http",
            "[::1]:0",
            "--token-file",
        ])
        .arg(&tokens)
        .env("SEAWORTHY_STATE", folder.path());
    let server = Serving::start(command).await;
    assert!(server.url.starts_with("http://[::1]:"), "{}", server.url);
}

#[tokio::test]
async fn health_is_open_and_the_resource_describes_itself() {
    let folder = folder();
    let (server, token) = Serving::sample(folder.path()).await;
    let client = Modern::new(&server.url, &token);
    assert_eq!(
        client.get("/healthz", false).await,
        (200, "ok\n".to_owned())
    );
    assert_eq!(
        client.get("/readyz", false).await,
        (200, "ready\n".to_owned())
    );
    let (status, document) = client
        .get("/.well-known/oauth-protected-resource/mcp", false)
        .await;
    assert_eq!(status, 200);
    assert!(document.contains(&server.url), "{document}");
    assert_eq!(client.get("/metrics", false).await.0, 401);
    let found = client.call("find_items", json!({"repo": HARBOR})).await;
    assert!(!found.is_error());
    let (status, metrics) = client.get("/metrics", true).await;
    assert_eq!(status, 200);
    assert!(metrics.contains("find_items"), "{metrics}");
}

#[tokio::test]
async fn a_server_that_is_told_to_stop_finishes_and_ends() {
    let folder = folder();
    let (mut server, token) = Serving::sample(folder.path()).await;
    let client = Modern::new(&server.url, &token);
    assert_eq!(client.tools().await.len(), 15);
    server.signal(Signal::TERM);
    assert!(server.ended().await.success());
    assert!(client.try_request("tools/list", json!({})).await.is_err());
}

#[tokio::test]
async fn each_principal_acts_with_their_own_token() {
    let folder = folder();
    let github = crate::upstream::Upstream::start().await;
    let (mira, jonas, eve) = (
        token(folder.path(), "mira", "read"),
        token(folder.path(), "jonas", "read"),
        token(folder.path(), "eve", "read"),
    );
    std::fs::write(folder.path().join("jonas"), "token-of-jonas\n").unwrap();
    let jonas_file = folder.path().join("jonas");
    let credentials = format!("mira=TOKEN_OF_MIRA\njonas=file:{}\n", jonas_file.display());
    std::fs::write(folder.path().join("credentials"), credentials).unwrap();
    let (tokens, credentials) = (
        folder.path().join("tokens"),
        folder.path().join("credentials"),
    );
    let flags = [
        "--token-file",
        tokens.to_str().unwrap(),
        "--credentials",
        credentials.to_str().unwrap(),
    ];
    let mut command = serve(&flags, folder.path());
    command
        .env("GITHUB_API_URL", &github.url)
        .env("TOKEN_OF_MIRA", "token-of-mira");
    let server = Serving::start(command).await;
    for (token, theirs) in [(&mira, "token-of-mira"), (&jonas, "token-of-jonas")] {
        let client = Modern::new(&server.url, token);
        let found = client.call("find_items", json!({"repo": HARBOR})).await;
        assert!(!found.is_error(), "{found:?}");
        let seen = github.authorizations();
        assert_eq!(seen.last().unwrap(), &format!("token {theirs}"));
        assert!(
            !seen.iter().any(|seen| seen.contains(token.as_str())),
            "no bearer goes upstream"
        );
    }
    let before = github.authorizations().len();
    let client = Modern::new(&server.url, &eve);
    let found = client.call("find_items", json!({"repo": HARBOR})).await;
    let said = found.body["error"]["message"].as_str().unwrap();
    assert!(
        said.contains("eve has no credentials of their own here"),
        "{found:?}"
    );
    assert_eq!(github.authorizations().len(), before, "nobody was asked");
}

#[tokio::test]
async fn the_wrong_way_to_ask_says_the_right_one() {
    let folder = folder();
    let (server, token) = Serving::sample(folder.path()).await;
    let (status, body) = request(
        "POST",
        &format!("{}?access_token={token}", server.url),
        None,
        None,
    )
    .await;
    assert_eq!(status, 400);
    let said = body["error"]["message"].as_str().unwrap();
    assert!(
        said.contains("Authorization: Bearer") && !said.contains(&token),
        "{said}"
    );
    let (status, body) = request("POST", &server.url, None, None).await;
    assert_eq!(status, 401);
    assert!(
        body["error"]["message"]
            .as_str()
            .unwrap()
            .contains("no bearer token"),
        "{body}"
    );
}

#[tokio::test]
async fn a_log_for_machines_is_json_line_by_line_and_holds_no_secret() {
    let folder = folder();
    let token = token(folder.path(), "tester", "read");
    let tokens = folder.path().join("tokens");
    let flags = ["--sample", "--token-file", tokens.to_str().unwrap()];
    let mut command = serve(&flags, folder.path());
    command.args(["--log-format", "json", "--log-level", "trace"]);
    let mut server = Serving::start(command).await;
    let client = Modern::new(&server.url, &token);
    assert!(
        !client
            .call("find_items", json!({"repo": HARBOR}))
            .await
            .is_error()
    );
    let stranger = Modern::new(&server.url, "seaworthy_of-a-stranger");
    assert_eq!(stranger.request("tools/list", json!({})).await.status, 401);
    server.signal(Signal::TERM);
    server.ended().await;
    let (mut lines, mut calls) = (0, 0);
    loop {
        let line = server.says().await;
        if line.is_empty() {
            break;
        }
        let said: serde_json::Value =
            serde_json::from_str(&line).unwrap_or_else(|_| panic!("{line}"));
        lines += 1;
        calls += usize::from(said["message"] == "call" && said["tool"] == "find_items");
        for secret in [token.as_str(), "of-a-stranger", HARBOR] {
            assert!(!line.contains(secret), "{line}");
        }
    }
    assert!(lines >= 2 && calls == 1, "{lines} lines, {calls} calls");
}
