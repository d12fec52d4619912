//! A human who takes their time: what they agreed to must be there still.

use serde_json::{Value, json};
use wiremock::{Mock, MockServer, ResponseTemplate, matchers::method};

use crate::stage::{Session, Stage, token_of};

async fn serve(api: &MockServer, tip: &str, title: &str) {
    let pull = json!({
        "number": 7, "title": title, "state": "open", "mergeable": true, "user": {"login": "ada"},
        "head": {"ref": "fix", "sha": tip, "repo": {"full_name": "o/r"}},
        "base": {"ref": "main", "sha": tip, "repo": {"full_name": "o/r"}},
    });
    for (at, body) in [
        ("", json!({"full_name": "o/r", "default_branch": "main"})),
        (
            "/git/ref/heads/fix",
            json!({"ref": "refs/heads/fix", "object": {"sha": tip}}),
        ),
        ("/pulls/7", pull),
    ] {
        Mock::given(method("GET"))
            .and(wiremock::matchers::path(format!("/repos/o/r{at}")))
            .respond_with(ResponseTemplate::new(200).set_body_json(body))
            .mount(api)
            .await;
    }
}

async fn take_writes(api: &MockServer, times: u64) {
    for verb in ["DELETE", "PUT"] {
        Mock::given(method(verb))
            .respond_with(ResponseTemplate::new(200).set_body_json(json!({"sha": "1"})))
            .expect(if verb == "DELETE" { times } else { 0 })
            .mount(api)
            .await;
    }
}

/// Previews, confirms, and answers yes after `meanwhile`.
async fn yes_after(
    session: &mut Session,
    tool: &str,
    mut arguments: Value,
    meanwhile: impl AsyncFnOnce(),
) -> String {
    let preview = session.call(tool, &arguments).await;
    arguments["confirm"] = true.into();
    arguments["confirm_token"] = token_of(&preview).into();
    session.ask(tool, &arguments).await;
    let question = session.next().await;
    assert_eq!(question["method"], "elicitation/create", "{question}");
    meanwhile().await;
    let yes = json!({"action": "accept", "content": {"approve": true}});
    session
        .send(&json!({"jsonrpc": "2.0", "id": question["id"], "result": yes}))
        .await;
    session.answer().await
}

#[tokio::test]
async fn what_changes_while_the_human_thinks_is_left_alone() {
    let branch = json!({"repo": "o/r", "kind": "branch", "name": "fix"});
    let pull = json!({"repo": "o/r", "number": 7});
    let (old, new) = ("1".repeat(40), "2".repeat(40));
    for (tool, arguments, tip, title) in [
        ("delete_resource", &branch, &new, "Fix"),
        ("merge_pull_request", &pull, &new, "Fix"),
        ("merge_pull_request", &pull, &old, "Fix, and much else"),
    ] {
        let (api, stage) = Stage::scripted().await;
        serve(&api, &old, "Fix").await;
        let mut session = Session::on(stage).await;
        let answer = yes_after(&mut session, tool, arguments.clone(), async || {
            api.reset().await;
            serve(&api, tip, title).await;
            take_writes(&api, 0).await;
        })
        .await;
        assert!(answer.contains("changed since the preview"), "{answer}");
    }
}

#[tokio::test]
async fn what_stays_is_done() {
    let (api, stage) = Stage::scripted().await;
    serve(&api, &"1".repeat(40), "Fix").await;
    take_writes(&api, 1).await;
    let mut session = Session::on(stage).await;
    let branch = json!({"repo": "o/r", "kind": "branch", "name": "fix"});
    let answer = yes_after(&mut session, "delete_resource", branch, async || {}).await;
    assert!(answer.starts_with("Deleted: branch fix"), "{answer}");
}
