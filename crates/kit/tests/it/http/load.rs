//! Calls in flight: each principal has a share, who goes away takes its calls along, and a stop
//! lets them finish.

use std::{sync::atomic::Ordering, time::Duration};

use seaworthy_kit::transport::http::Config;
use serde_json::{Value, json};
use tokio::{net::TcpStream, time::timeout};

use super::{
    served::{Served, call, people, serve, start, until},
    wire::{PATIENCE, Wire, request},
};
use crate::{session, tank::server};

/// So many calls of `wait` by `who`, each on its own connection.
async fn waiting(served: &Served, who: &str, calls: usize) -> Vec<Wire> {
    let before = served.gauge.running.load(Ordering::SeqCst);
    let mut wires = Vec::new();
    for _ in 0..calls {
        let mut wire = served.wire().await;
        wire.send(served.post(who, &call("wait", json!({})))).await;
        wires.push(wire);
    }
    served.running(before + calls).await;
    wires
}

fn few(config: &mut Config) {
    config.limits.in_flight = 5;
    config.limits.in_flight_per_principal = 3;
}

#[tokio::test]
async fn a_principal_has_its_share_and_no_more() {
    let served = serve(few).await;
    let mut mira = waiting(&served, "mira", 3).await;
    let refused = served.call("mira", "noop", json!({})).await;
    assert_eq!(refused.status, 429);
    assert!(refused.header("retry-after").is_some());
    assert_eq!(served.call("noor", "noop", json!({})).await.said(), "ok");
    let noor = waiting(&served, "noor", 2).await;
    for (who, status) in [("noor", 503), ("reader", 503), ("mira", 429)] {
        let refused = served.call(who, "noop", json!({})).await;
        assert_eq!(refused.status, status, "{who}");
        assert!(refused.header("retry-after").is_some());
    }
    assert_eq!(served.app.in_flight(), 5);
    let healthy = served.ask(request("GET", "/healthz", &[], "")).await;
    assert_eq!(healthy.status, 200, "a full server is a healthy one");
    served.gauge.may_end.add_permits(5);
    for wire in mira
        .iter_mut()
        .chain(&mut noor.into_iter().collect::<Vec<_>>())
    {
        assert_eq!(wire.answer().await.said(), "waited");
    }
    served.in_flight(0).await;
    assert_eq!(served.call("mira", "noop", json!({})).await.said(), "ok");
}

#[tokio::test]
async fn a_principal_at_its_bound_slows_nobody_down() {
    let (server, gauge, audit) = server();
    let tank = (server.with_concurrency(4), gauge, audit);
    let served = start(tank, &people(), None, few).await;
    let _mira = waiting(&served, "mira", 3).await;
    for _ in 0..20 {
        assert_eq!(served.call("noor", "noop", json!({})).await.said(), "ok");
        assert_eq!(served.call("mira", "noop", json!({})).await.status, 429);
    }
}

#[tokio::test]
async fn who_hangs_up_takes_the_call_along() {
    let served = serve(few).await;
    let silent = waiting(&served, "mira", 1).await;
    drop(silent);
    served.running(0).await;
    served.in_flight(0).await;

    // one that has begun to answer by a stream
    let mut slow = call("slow", json!({}));
    slow["params"]["_meta"]["progressToken"] = json!("p");
    let mut streaming = served.wire().await;
    streaming.send(served.post("mira", &slow)).await;
    let head = streaming.head().await.unwrap();
    assert_eq!(head.header("content-type"), Some("text/event-stream"));
    assert!(!streaming.chunk().await.is_empty());
    served.running(1).await;
    drop(streaming);
    served.running(0).await;
    served.in_flight(0).await;
}

fn cancel(id: u64) -> Value {
    json!({"jsonrpc": "2.0", "method": "notifications/cancelled", "params": {"requestId": id}})
}

/// Before 2026-07-28 hanging up does not cancel (MCP 2025-11-25, transports: "SHOULD NOT be
/// interpreted as the client cancelling its request"), so the call keeps its place: else a client
/// could begin any number of them.
#[tokio::test]
async fn in_a_session_who_hangs_up_still_has_the_call_in_flight() {
    let served = serve(few).await;
    let session = served.session("mira", json!({})).await;
    for id in 0..3 {
        let mut wire = served.wire().await;
        let wait = session::call(id, "wait", json!({}));
        wire.send(served.in_session("mira", &session, &wait)).await;
        assert_eq!(wire.head().await.unwrap().status, 200);
    }
    served.running(3).await;
    served.in_flight(3).await;
    assert_eq!(served.call("mira", "noop", json!({})).await.status, 429);
    assert_eq!(served.call("noor", "noop", json!({})).await.said(), "ok");
    // what makes room needs none
    let told = served.in_session("mira", &session, &cancel(0));
    assert_eq!(served.ask(&told).await.status, 202);
    served.running(2).await;
    served.in_flight(2).await;
    let ended = served
        .ask(served.of_session("DELETE", "mira", &session))
        .await;
    assert_eq!(ended.status, 202);
    served.running(0).await;
    served.in_flight(0).await;
}

#[tokio::test]
async fn in_a_session_a_cancelled_call_stops() {
    let served = serve(few).await;
    let session = served.session("mira", json!({})).await;
    let mut wire = served.wire().await;
    wire.send(served.in_session("mira", &session, &session::call(7, "wait", json!({}))))
        .await;
    served.running(1).await;
    let theirs = served.session("noor", json!({})).await;
    served
        .ask(served.in_session("noor", &theirs, &cancel(7)))
        .await;
    assert_eq!(
        served.gauge.running.load(Ordering::SeqCst),
        1,
        "not by somebody else"
    );
    let told = served
        .ask(served.in_session("mira", &session, &cancel(7)))
        .await;
    assert_eq!(told.status, 202);
    served.running(0).await;
    served.in_flight(0).await;
}

#[tokio::test]
async fn a_stop_lets_calls_finish_and_begins_none() {
    let served = serve(|_| {}).await;
    let session = served.session("mira", json!({})).await;
    let mut stream = served.wire().await;
    stream
        .send(served.of_session("GET", "mira", &session))
        .await;
    assert_eq!(stream.head().await.unwrap().status, 200);
    let mut resting = served.wire().await;
    let noop = served.post("mira", &call("noop", json!({})));
    assert_eq!(resting.ask(&noop).await.said(), "ok");
    let mut calling = waiting(&served, "mira", 1).await;
    let mut in_session = served.wire().await;
    let wait = session::call(1, "wait", json!({}));
    in_session
        .send(served.in_session("mira", &session, &wait))
        .await;
    served.running(2).await;
    // one that sends its second request while the first is worked on
    calling[0].send(&noop).await;

    served.stop.cancel();
    until("it no longer listens", || {
        std::net::TcpStream::connect_timeout(&served.address, Duration::from_millis(100)).is_err()
    })
    .await;
    assert!(resting.next().await.is_none(), "who rests is told to go");
    assert!(!served.ended.is_finished(), "two calls are in flight");
    served.gauge.may_end.add_permits(2);
    assert_eq!(calling[0].answer().await.said(), "waited");
    if let Some(second) = calling[0].next().await {
        assert_eq!(second.status, 503);
    }
    assert_eq!(in_session.answer().await.said(), "waited");
    while !stream.chunk().await.is_empty() {}
    let Served { ended, app, .. } = served;
    timeout(PATIENCE, ended)
        .await
        .expect("it ends")
        .unwrap()
        .unwrap();
    assert_eq!(app.in_flight(), 0);
}

#[tokio::test]
async fn a_stop_waits_no_longer_than_it_may() {
    let served = serve(|config| config.limits.drain = Duration::from_millis(300)).await;
    let mut calling = waiting(&served, "mira", 1).await;
    let half_open = TcpStream::connect(served.address).await.unwrap();
    served.stop.cancel();
    let Served { ended, gauge, .. } = served;
    timeout(PATIENCE, ended)
        .await
        .expect("it ends")
        .unwrap()
        .unwrap();
    let cut = calling[0].next().await;
    assert!(cut.is_none_or(|answer| answer.status >= 500));
    until("the call is dropped", || {
        gauge.running.load(Ordering::SeqCst) == 0
    })
    .await;
    drop(half_open);
}
