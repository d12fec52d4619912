//! Two-phase confirm with a human behind the client, in both eras.

use std::sync::atomic::Ordering;

use seaworthy_kit::transport::stdio::MAX_IN_FLIGHT;
use serde_json::{Value, json};

use crate::session::{Raw, call, modern, text};

fn token(preview: &str) -> String {
    let (_, rest) = preview.split_once("confirm_token=").unwrap();
    rest.split_whitespace().next().unwrap().to_owned()
}

fn confirm(token: &str) -> Value {
    json!({"confirm": true, "confirm_token": token})
}

async fn preview(raw: &mut Raw) -> String {
    let preview = raw.call(1, "drain", json!({})).await;
    assert!(
        preview.starts_with("PREVIEW - no action taken. Would drain the tank."),
        "{preview}"
    );
    assert_eq!(raw.gauge.drained.load(Ordering::SeqCst), 0);
    token(&preview)
}

#[tokio::test]
async fn without_a_human_the_token_is_enough_once() {
    let mut raw = Raw::session(json!({})).await;
    let token = preview(&mut raw).await;
    assert_eq!(raw.call(2, "drain", confirm(&token)).await, "drained");
    let again = raw.call(3, "drain", confirm(&token)).await;
    assert!(again.contains("used before"), "{again}");
    assert_eq!(raw.gauge.drained.load(Ordering::SeqCst), 1);
    let log = std::fs::read_to_string(raw.audit.path().join("audit.jsonl")).unwrap();
    assert_eq!(log.lines().count(), 2, "{log}");
}

#[tokio::test]
async fn a_changed_object_is_refused() {
    let mut raw = Raw::session(json!({})).await;
    let token = preview(&mut raw).await;
    raw.gauge.level.store(5, Ordering::SeqCst);
    let refused = raw.call(2, "drain", confirm(&token)).await;
    assert!(refused.contains("changed since the preview"), "{refused}");
    assert_eq!(raw.gauge.drained.load(Ordering::SeqCst), 0);
}

#[tokio::test]
async fn in_a_session_the_human_is_asked_and_final() {
    for (action, content, drained) in [
        ("accept", json!({"approve": true}), 1),
        ("accept", json!({"approve": false}), 0),
        ("accept", json!({"approve": "true"}), 0),
        ("decline", Value::Null, 0),
        ("cancel", Value::Null, 0),
    ] {
        let mut raw = Raw::session(json!({"elicitation": {}})).await;
        let token = preview(&mut raw).await;
        raw.send(&call(2, "drain", confirm(&token))).await;
        let question = raw.next().await;
        assert_eq!(question["method"], "elicitation/create", "{question}");
        assert_eq!(
            question["params"]["requestedSchema"]["properties"]["approve"]["type"],
            "boolean"
        );
        let mut result = json!({"action": action});
        if !content.is_null() {
            result["content"] = content;
        }
        raw.send(&json!({"jsonrpc": "2.0", "id": question["id"], "result": result}))
            .await;
        let answer = text(&raw.reply(2).await);
        assert_eq!(
            raw.gauge.drained.load(Ordering::SeqCst),
            drained,
            "{action}: {answer}"
        );
        let again = raw.call(3, "drain", confirm(&token)).await;
        assert!(again.contains("used before"), "{again}");
        assert_eq!(raw.gauge.drained.load(Ordering::SeqCst), drained);
    }
}

#[tokio::test]
async fn without_a_session_the_human_is_asked_by_input_required() {
    let elicits = json!({"elicitation": {"form": {}}});
    let mut raw = Raw::fresh();
    raw.send(&modern(call(1, "drain", json!({})), elicits.clone()))
        .await;
    let token = token(&text(&raw.reply(1).await));
    raw.send(&modern(call(2, "drain", confirm(&token)), elicits.clone()))
        .await;
    let asked = raw.reply(2).await;
    assert_eq!(asked["result"]["resultType"], "input_required", "{asked}");
    assert_eq!(
        asked["result"]["inputRequests"]["approve"]["method"],
        "elicitation/create"
    );
    let state = asked["result"]["requestState"].as_str().unwrap();

    let answered = |id: u64, state: &str, action: &str| {
        let mut request = modern(call(id, "drain", confirm(&token)), elicits.clone());
        request["params"]["requestState"] = json!(state);
        request["params"]["inputResponses"] =
            json!({"approve": {"action": action, "content": {"approve": true}}});
        request
    };
    let mut forged = state.to_owned();
    forged.replace_range(0..1, if state.starts_with('A') { "B" } else { "A" });
    raw.send(&answered(3, &forged, "accept")).await;
    assert!(text(&raw.reply(3).await).contains("not one of this server's"));
    assert_eq!(raw.gauge.drained.load(Ordering::SeqCst), 0);

    raw.send(&answered(4, state, "accept")).await;
    assert_eq!(text(&raw.reply(4).await), "drained");
    raw.send(&answered(5, state, "accept")).await;
    assert!(text(&raw.reply(5).await).contains("used before"));
    assert_eq!(raw.gauge.drained.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn a_modern_decline_is_final() {
    let elicits = json!({"elicitation": {}});
    let mut raw = Raw::fresh();
    raw.send(&modern(call(1, "drain", json!({})), elicits.clone()))
        .await;
    let token = token(&text(&raw.reply(1).await));
    raw.send(&modern(call(2, "drain", confirm(&token)), elicits.clone()))
        .await;
    let asked = raw.reply(2).await;
    let mut request = modern(call(3, "drain", confirm(&token)), elicits.clone());
    request["params"]["requestState"] = asked["result"]["requestState"].clone();
    request["params"]["inputResponses"] = json!({"approve": {"action": "decline"}});
    raw.send(&request).await;
    assert!(text(&raw.reply(3).await).contains("declined"));
    request["id"] = json!(4);
    request["params"]["inputResponses"] =
        json!({"approve": {"action": "accept", "content": {"approve": true}}});
    raw.send(&request).await;
    assert!(text(&raw.reply(4).await).contains("used before"));
    assert_eq!(raw.gauge.drained.load(Ordering::SeqCst), 0);
}

#[tokio::test]
async fn nobody_is_asked_who_did_not_declare_it() {
    let mut raw = Raw::fresh();
    raw.send(&modern(call(1, "drain", json!({})), json!({})))
        .await;
    let token = token(&text(&raw.reply(1).await));
    raw.send(&modern(call(2, "drain", confirm(&token)), json!({})))
        .await;
    assert_eq!(text(&raw.reply(2).await), "drained");
}

#[tokio::test]
async fn a_client_that_no_longer_declares_a_human_is_not_asked_again() {
    let mut raw = Raw::fresh();
    raw.send(&modern(call(1, "drain", json!({})), json!({})))
        .await;
    let token = token(&text(&raw.reply(1).await));
    let elicits = json!({"elicitation": {}});
    raw.send(&modern(call(2, "drain", confirm(&token)), elicits))
        .await;
    let asked = raw.reply(2).await;
    let mut request = modern(call(3, "drain", confirm(&token)), json!({}));
    request["params"]["requestState"] = asked["result"]["requestState"].clone();
    raw.send(&request).await;
    let refused = text(&raw.reply(3).await);
    assert!(refused.contains("could not be asked"), "{refused}");
    assert_eq!(raw.gauge.drained.load(Ordering::SeqCst), 0);
}

#[tokio::test]
async fn a_change_that_was_cancelled_while_it_waited_is_not_made() {
    let mut raw = Raw::session(json!({})).await;
    let token = preview(&mut raw).await;
    let slow = 100..100 + MAX_IN_FLIGHT as u64;
    for id in slow.clone() {
        raw.send(&call(id, "slow", json!({}))).await;
    }
    raw.send(&call(2, "drain", confirm(&token))).await;
    for id in [2].into_iter().chain(slow) {
        raw.send(
            &json!({"jsonrpc": "2.0", "method": "notifications/cancelled",
            "params": {"requestId": id}}),
        )
        .await;
    }
    assert_eq!(raw.call(3, "noop", json!({})).await, "ok");
    // the token is unspent, too
    assert_eq!(raw.gauge.drained.load(Ordering::SeqCst), 0);
    assert_eq!(raw.call(4, "drain", confirm(&token)).await, "drained");
    assert_eq!(raw.gauge.drained.load(Ordering::SeqCst), 1);
}
