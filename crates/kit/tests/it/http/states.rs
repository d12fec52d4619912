//! What a client hands back: cursors, confirm tokens, request state. Changed, used twice, or used
//! by another principal.

use std::sync::atomic::Ordering;

use serde_json::{Value, json};

use super::{
    served::{Served, serve, until},
    wire::Answer,
};
use crate::session::{self, modern};

fn after(text: &str, mark: &str) -> String {
    let (_, rest) = text.split_once(mark).unwrap_or_else(|| panic!("{text}"));
    rest.split_whitespace().next().unwrap().to_owned()
}

/// The sealed text with one character changed, here and there, cut short and made longer.
fn tampered(sealed: &str) -> Vec<String> {
    let mut changed: Vec<_> = [0, 1, sealed.len() / 2, sealed.len() - 8]
        .into_iter()
        .map(|at| {
            let other = if &sealed[at..=at] == "A" { "B" } else { "A" };
            format!("{}{other}{}", &sealed[..at], &sealed[at + 1..])
        })
        .collect();
    changed.push(sealed[..sealed.len() - 4].to_owned());
    changed.push(format!("{sealed}AAAA"));
    changed.push(format!("{sealed}="));
    changed.push(sealed.to_uppercase());
    changed.push(String::new());
    changed
}

async fn preview(served: &Served, who: &str) -> String {
    let preview = served.call(who, "drain", json!({})).await.said();
    after(&preview, "confirm_token=")
}

fn confirm(token: &str) -> Value {
    json!({"confirm": true, "confirm_token": token})
}

fn drained(served: &Served) -> usize {
    served.gauge.drained.load(Ordering::SeqCst)
}

#[tokio::test]
async fn a_cursor_continues_its_own_list_for_its_own_principal() {
    let served = serve(|_| {}).await;
    let first = served.call("mira", "pages", json!({})).await.said();
    let cursor = after(&first, "cursor=");
    let with = |who: &'static str, cursor: &str| {
        let arguments = json!({"cursor": cursor});
        let served = &served;
        async move { served.call(who, "pages", arguments).await.said() }
    };
    let session = served.session("mira", json!({})).await;
    let message = session::call(1, "pages", json!({"cursor": cursor}));
    let in_session = served
        .ask(served.in_session("mira", &session, &message))
        .await;
    assert!(in_session.said().starts_with("item 1\n"), "in either era");
    assert!(with("mira", &cursor).await.starts_with("item 1\n"));
    assert!(
        with("mira", &cursor).await.starts_with("item 1\n"),
        "as often as one likes"
    );
    for who in ["noor", "reader"] {
        assert!(
            with(who, &cursor).await.contains("other arguments"),
            "{who}"
        );
    }
    let other = json!({"cursor": cursor, "of": "x"});
    assert!(
        served
            .call("mira", "pages", other)
            .await
            .said()
            .contains("other arguments")
    );
    for changed in tampered(&cursor) {
        let refused = with("mira", &changed).await;
        assert!(
            refused.contains("not one of this server's"),
            "{changed}: {refused}"
        );
    }
    let token = preview(&served, "mira").await;
    assert!(
        with("mira", &token)
            .await
            .contains("not one of this server's")
    );
}

#[tokio::test]
async fn a_confirm_token_works_once_for_its_own_principal() {
    let served = serve(|_| {}).await;
    let token = preview(&served, "mira").await;
    let with = |who: &'static str, token: &str| {
        let arguments = confirm(token);
        let served = &served;
        async move { served.call(who, "drain", arguments).await.said() }
    };
    assert!(with("noor", &token).await.contains("nothing was done"));
    for changed in tampered(&token) {
        let refused = with("mira", &changed).await;
        assert!(
            refused.contains("not one of this server's"),
            "{changed}: {refused}"
        );
    }
    let cursor = after(
        &served.call("mira", "pages", json!({})).await.said(),
        "cursor=",
    );
    assert!(
        with("mira", &cursor)
            .await
            .contains("not one of this server's")
    );
    assert_eq!(drained(&served), 0);
    assert_eq!(with("mira", &token).await, "drained");
    assert!(with("mira", &token).await.contains("used before"));
    let session = served.session("mira", json!({})).await;
    let again = session::call(1, "drain", confirm(&token));
    let again = served
        .ask(served.in_session("mira", &session, &again))
        .await;
    assert!(again.said().contains("used before"), "nor in a session");
    assert_eq!(drained(&served), 1);
    let log = std::fs::read_to_string(served.audit.path().join("audit.jsonl")).unwrap();
    assert!(
        log.contains("mira as tester") && !log.contains(&token),
        "{log}"
    );
}

#[tokio::test]
async fn of_many_that_confirm_at_once_one_does() {
    let served = serve(|_| {}).await;
    let token = preview(&served, "mira").await;
    let all = (0..40).map(|_| served.call("mira", "drain", confirm(&token)));
    let answers: Vec<Answer> = futures::future::join_all(all).await;
    let done = answers.iter().filter(|answer| answer.said() == "drained");
    assert_eq!(done.count(), 1);
    assert_eq!(drained(&served), 1);
}

/// A confirmed call of a client that can ask its human, with the state that it was given.
fn answered(token: &str, state: &str, action: &str) -> Value {
    let elicits = json!({"elicitation": {"form": {}}});
    let mut call = modern(session::call(1, "drain", confirm(token)), elicits);
    if !state.is_empty() {
        call["params"]["requestState"] = json!(state);
        call["params"]["inputResponses"] =
            json!({"approve": {"action": action, "content": {"approve": true}}});
    }
    call
}

#[tokio::test]
async fn request_state_is_its_principals_and_works_once() {
    let served = serve(|_| {}).await;
    let token = preview(&served, "mira").await;
    let asked = served
        .ask(served.post("mira", &answered(&token, "", "")))
        .await
        .reply();
    assert_eq!(asked["result"]["resultType"], "input_required", "{asked}");
    let state = asked["result"]["requestState"].as_str().unwrap();
    let with = |who: &'static str, state: &str| {
        let message = answered(&token, state, "accept");
        let served = &served;
        async move { served.ask(served.post(who, &message)).await.said() }
    };
    assert!(with("noor", state).await.contains("nothing was done"));
    for changed in tampered(state) {
        if changed.is_empty() {
            continue;
        }
        let refused = with("mira", &changed).await;
        assert!(
            refused.contains("not one of this server's"),
            "{changed}: {refused}"
        );
    }
    let fresh = preview(&served, "mira").await;
    let refused = with("mira", &fresh).await;
    assert!(
        refused.contains("not one of this server's"),
        "a token is no state: {refused}"
    );
    let out_of_scope = served
        .ask(served.post("reader", &answered(&token, state, "accept")))
        .await;
    assert_eq!(out_of_scope.status, 403);
    assert_eq!(drained(&served), 0);
    assert_eq!(with("mira", state).await, "drained");
    assert!(with("mira", state).await.contains("used before"));
    assert_eq!(drained(&served), 1);
}

#[tokio::test]
async fn a_human_is_asked_in_the_session_that_asked_and_answers_there() {
    let served = serve(|_| {}).await;
    let session = served.session("mira", json!({"elicitation": {}})).await;
    let token = preview(&served, "mira").await;
    let mut calling = served.wire().await;
    let message = session::call(7, "drain", confirm(&token));
    calling
        .send(served.in_session("mira", &session, &message))
        .await;
    assert_eq!(calling.head().await.unwrap().status, 200);
    let question = loop {
        let event = String::from_utf8(calling.chunk().await).unwrap();
        let data = event.lines().filter_map(|line| line.strip_prefix("data:"));
        let messages = data.filter_map(|data| serde_json::from_str::<Value>(data).ok());
        if let Some(asked) = messages
            .into_iter()
            .find(|m| m["method"] == "elicitation/create")
        {
            break asked;
        }
    };
    let yes = json!({"jsonrpc": "2.0", "id": question["id"], "result": {"action": "accept", "content": {"approve": true}}});
    let foreign = served.session("noor", json!({"elicitation": {}})).await;
    let answer = served.ask(served.in_session("noor", &session, &yes)).await;
    assert_eq!(answer.status, 404, "not by another principal");
    served.ask(served.in_session("noor", &foreign, &yes)).await;
    let elsewhere = served.session("mira", json!({"elicitation": {}})).await;
    served
        .ask(served.in_session("mira", &elsewhere, &yes))
        .await;
    assert_eq!(drained(&served), 0);
    let answer = served.ask(served.in_session("mira", &session, &yes)).await;
    assert_eq!(answer.status, 202);
    until("it is done", || drained(&served) == 1).await;
}
