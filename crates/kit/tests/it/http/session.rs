//! Sessions belong to who opened them, are few, and end.

use std::{sync::atomic::Ordering, time::Duration};

use serde_json::json;

use super::{
    served::{Served, serve, until},
    wire::Answer,
};
use crate::session::{initialize, modern};

async fn ping(served: &Served, who: &str, session: &str) -> Answer {
    let ping = json!({"jsonrpc": "2.0", "id": 1, "method": "ping"});
    served.ask(served.in_session(who, session, &ping)).await
}

#[tokio::test]
async fn another_ones_session_is_as_one_that_is_not() {
    let served = serve(|_| {}).await;
    let session = served.session("mira", json!({})).await;
    let unknown = "00000000-0000-4000-8000-000000000000";
    let noop = crate::session::call(1, "noop", json!({}));
    let cancel =
        json!({"jsonrpc": "2.0", "method": "notifications/cancelled", "params": {"requestId": 1}});
    let reply = json!({"jsonrpc": "2.0", "id": 1, "result": {"action": "accept"}});
    let list = modern(
        json!({"jsonrpc": "2.0", "id": 1, "method": "tools/list", "params": {}}),
        json!({}),
    );
    for version in ["2025-11-25", "2026-07-28", "2099-01-01", "x", ""] {
        let mut pairs = Vec::new();
        for message in [&noop, &cancel, &reply, &initialize("2025-11-25", json!({}))] {
            pairs.push([&session, unknown].map(|id| served.in_session("noor", id, message)));
        }
        for method in ["GET", "DELETE", "PUT"] {
            pairs.push([&session, unknown].map(|id| served.of_session(method, "noor", id)));
        }
        pairs.push([&session, unknown].map(|id| {
            let asked = served.post("noor", &list);
            let named = format!("Mcp-Session-Id: {id}\r\nAccept");
            asked.replace("Accept", &named)
        }));
        for [foreign, unknown] in pairs {
            let said = |asked: String| {
                let old = "Mcp-Protocol-Version: 2025-11-25";
                served.ask(asked.replace(old, &format!("Mcp-Protocol-Version: {version}")))
            };
            let (foreign, unknown) = (said(foreign.clone()).await, said(unknown).await);
            assert_eq!(foreign.status, unknown.status, "{version}: {foreign:?}");
            assert_eq!(foreign.body, unknown.body, "{version}");
            let modern = foreign.text().contains("\"tools\"");
            let refused = [400, 404].contains(&foreign.status);
            // what is of no session at all: a list, or a notification that nobody waits for
            let harmless = modern || (foreign.status == 202 && version == "2026-07-28");
            assert!(refused || harmless, "{version}: {foreign:?}");
            assert!(
                version != "2025-11-25" || modern || foreign.status == 404,
                "{foreign:?}"
            );
        }
    }
    assert_eq!(
        ping(&served, "mira", &session).await.status,
        200,
        "it is still there"
    );
    assert_eq!(served.app.sessions(), 1);
}

#[tokio::test]
async fn a_session_named_twice_or_oddly_is_none() {
    let served = serve(|_| {}).await;
    let mine = served.session("mira", json!({})).await;
    let theirs = served.session("noor", json!({})).await;
    let noop = crate::session::call(1, "noop", json!({}));
    for (first, second) in [(&mine, &theirs), (&theirs, &mine), (&mine, &mine)] {
        let asked = served.in_session("mira", first, &noop);
        let twice = asked.replace("Accept", &format!("Mcp-Session-Id: {second}\r\nAccept"));
        let answer = served.ask(twice).await;
        assert!([400, 404].contains(&answer.status), "{answer:?}");
    }
    for odd in [
        theirs.to_uppercase(),
        format!("{theirs},{mine}"),
        format!("\"{theirs}\""),
        format!("{theirs}\u{e9}"),
        "\u{e9}".to_owned(),
        String::new(),
        "x".repeat(10_000),
    ] {
        let answer = served.ask(served.in_session("mira", &odd, &noop)).await;
        assert!([400, 404].contains(&answer.status), "{odd}: {answer:?}");
    }
}

#[tokio::test]
async fn ones_own_oldest_makes_room_and_nobody_elses() {
    let served = serve(|config| config.limits.sessions_per_principal = 2).await;
    let theirs = served.session("noor", json!({})).await;
    let first = served.session("mira", json!({})).await;
    let second = served.session("mira", json!({})).await;
    assert_eq!(ping(&served, "mira", &first).await.status, 200, "used last");
    let third = served.session("mira", json!({})).await;
    assert_eq!(ping(&served, "mira", &second).await.status, 404);
    let stream = served.of_session("GET", "mira", &second);
    assert_eq!(served.ask(stream).await.status, 404);
    for kept in [&first, &third] {
        assert_eq!(ping(&served, "mira", kept).await.status, 200);
    }
    assert_eq!(ping(&served, "noor", &theirs).await.status, 200);
    for _ in 0..20 {
        served.session("mira", json!({})).await;
    }
    assert_eq!(ping(&served, "noor", &theirs).await.status, 200);
    assert_eq!(served.app.sessions(), 3);
}

#[tokio::test]
async fn all_together_are_bounded_too() {
    let served = serve(|config| config.limits.sessions = 3).await;
    let mut sessions = Vec::new();
    for who in ["mira", "noor", "reader", "writer"] {
        sessions.push((who, served.session(who, json!({})).await));
    }
    assert_eq!(served.app.sessions(), 3);
    let (who, oldest) = &sessions[0];
    assert_eq!(ping(&served, who, oldest).await.status, 404);
    for (who, kept) in &sessions[1..] {
        assert_eq!(ping(&served, who, kept).await.status, 200);
    }
}

#[tokio::test]
async fn a_session_that_makes_room_ends_with_its_calls_and_streams() {
    let served = serve(|config| config.limits.sessions_per_principal = 1).await;
    let session = served.session("mira", json!({})).await;
    let mut stream = served.wire().await;
    stream
        .send(served.of_session("GET", "mira", &session))
        .await;
    assert_eq!(stream.head().await.unwrap().status, 200);
    let mut calling = served.wire().await;
    let slow = crate::session::call(1, "slow", json!({}));
    calling
        .send(served.in_session("mira", &session, &slow))
        .await;
    served.running(1).await;
    served.session("mira", json!({})).await;
    served.running(0).await;
    served.in_flight(0).await;
    while !stream.chunk().await.is_empty() {}
}

#[tokio::test]
async fn a_session_ends_by_its_owner_or_by_resting() {
    let served = serve(|config| config.limits.session_idle = Duration::from_secs(1)).await;
    let session = served.session("mira", json!({})).await;
    let ended = served
        .ask(served.of_session("DELETE", "mira", &session))
        .await;
    assert_eq!(ended.status, 202, "{ended:?}");
    assert_eq!(ping(&served, "mira", &session).await.status, 404);
    assert_eq!(served.app.sessions(), 0);

    let session = served.session("mira", json!({})).await;
    until("it rests too long", || served.app.sessions() == 0).await;
    assert_eq!(ping(&served, "mira", &session).await.status, 404);
}

#[tokio::test]
async fn the_end_of_a_session_is_the_end_of_its_calls() {
    let served = serve(|_| {}).await;
    let session = served.session("mira", json!({})).await;
    let mut wire = served.wire().await;
    let slow = crate::session::call(1, "slow", json!({}));
    wire.send(served.in_session("mira", &session, &slow)).await;
    served.running(1).await;
    let ended = served
        .ask(served.of_session("DELETE", "mira", &session))
        .await;
    assert_eq!(ended.status, 202);
    served.running(0).await;
    served.in_flight(0).await;
    assert_eq!(served.gauge.running.load(Ordering::SeqCst), 0);
}

#[tokio::test]
async fn a_session_is_no_bearer_of_rights() {
    let served = serve(|_| {}).await;
    let session = served.session("mira", json!({})).await;
    let noop = crate::session::call(1, "noop", json!({}));
    let bearer = format!("Authorization: {}\r\n", served.bearer("mira"));
    let asked = served
        .in_session("mira", &session, &noop)
        .replace(&bearer, "");
    assert_eq!(served.ask(asked).await.status, 401);
}
