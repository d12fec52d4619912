//! Floods of connections: half-open, resting, never reading. A client with a token is served
//! meanwhile.

use std::time::Duration;

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use serde_json::json;
use tokio::{
    net::{TcpSocket, TcpStream},
    time::timeout,
};

use super::{
    served::{Served, call, serve, until},
    wire::{PATIENCE, Wire, request},
};

const FLOOD: usize = 10_000;

/// Lets this process hold both ends of a flood.
fn allow_files() {
    let needed = FLOOD as u64 + 4_096;
    let Rlimit { current, maximum } = getrlimit(Resource::Nofile);
    if current.is_some_and(|current| current < needed) {
        let current = Some(maximum.map_or(needed, |maximum| maximum.min(needed)));
        setrlimit(Resource::Nofile, Rlimit { current, maximum }).unwrap();
    }
    let current = getrlimit(Resource::Nofile).current;
    assert!(
        current.is_none_or(|current| current >= needed),
        "this test opens {needed} files; the hard limit (ulimit -Hn) allows {maximum:?}"
    );
}

async fn assert_served(served: &Served, what: &str) {
    let answer = served.call("mira", "noop", json!({})).await;
    assert_eq!(answer.said(), "ok", "{what}");
}

#[tokio::test]
async fn ten_thousand_half_open_connections_keep_nobody_out() {
    allow_files();
    let served = serve(|_| {}).await;
    let noop = served.post("mira", &call("noop", json!({})));
    let mut old = served.wire().await;
    assert_eq!(old.ask(&noop).await.said(), "ok");
    let mut flood = Vec::with_capacity(FLOOD);
    for at in 0..FLOOD {
        let stream = TcpStream::connect(served.address).await.unwrap();
        if at % 2 == 0 {
            // one that was closed for a newer one may refuse it
            let _ = stream.try_write(b"POST /mcp HTTP/1.1\r\nHost: localhost\r\nX: ");
        }
        flood.push(stream);
        if at % 500 == 0 {
            assert_served(&served, "a new client").await;
            assert_eq!(
                old.ask(&noop).await.said(),
                "ok",
                "one that was there before"
            );
        }
    }
    assert_eq!(flood.len(), FLOOD);
    assert_served(&served, "a new client in the full flood").await;
    assert_eq!(old.ask(&noop).await.said(), "ok");
}

#[tokio::test]
async fn connections_that_asked_without_a_token_and_rest_keep_nobody_out() {
    let served = serve(|config| config.limits.connections = 8).await;
    for asked in [
        request("GET", "/healthz", &[], ""),
        request("GET", "/mcp", &[], ""),
        request("POST", "/mcp", &[("Authorization", "Bearer x y")], "{}"),
    ] {
        let mut resting = Vec::new();
        for _ in 0..20 {
            let mut wire = served.wire().await;
            wire.ask(&asked).await;
            resting.push(wire);
        }
        assert_served(&served, &asked).await;
    }
}

#[tokio::test]
async fn a_connection_with_a_token_rests_in_peace_while_others_come_and_go() {
    let served = serve(|config| config.limits.connections = 8).await;
    let noop = served.post("mira", &call("noop", json!({})));
    let mut known = served.wire().await;
    assert_eq!(known.ask(&noop).await.said(), "ok");
    let mut calling = served.wire().await;
    calling
        .send(served.post("noor", &call("wait", json!({}))))
        .await;
    served.running(1).await;
    let health = request("GET", "/healthz", &[], "");
    let mut resting = Vec::new();
    for _ in 0..50 {
        let mut wire = served.wire().await;
        wire.ask(&health).await;
        resting.push(wire);
        resting.push(served.wire().await);
    }
    assert_eq!(known.ask(&noop).await.said(), "ok", "an idle one");
    served.gauge.may_end.add_permits(1);
    assert_eq!(calling.answer().await.said(), "waited", "one at work");
}

#[tokio::test]
async fn when_all_connections_are_at_work_another_is_turned_away_and_may_come_again() {
    let served = serve(|config| config.limits.connections = 4).await;
    let mut calling = Vec::new();
    for _ in 0..4 {
        let mut wire = served.wire().await;
        wire.send(served.post("mira", &call("wait", json!({}))))
            .await;
        calling.push(wire);
    }
    served.running(4).await;
    let mut turned_away = served.wire().await;
    assert!(turned_away.ended().await);
    served.gauge.may_end.add_permits(4);
    for wire in &mut calling {
        assert_eq!(wire.answer().await.said(), "waited");
    }
    assert_served(&served, "now that they rest").await;
}

/// A connection that takes in a few kilobytes and no more.
async fn narrow(served: &Served) -> Wire {
    let socket = TcpSocket::new_v4().unwrap();
    socket.set_recv_buffer_size(4_096).unwrap();
    Wire::over(socket.connect(served.address).await.unwrap())
}

#[tokio::test]
async fn a_client_that_does_not_read_is_dropped() {
    let served = serve(|config| config.limits.write = Duration::from_millis(300)).await;
    let big = served.post("mira", &call("big", json!({})));
    let mut wire = narrow(&served).await;
    // nobody reads: answers of 12 MB fit no buffer
    let dropped = async {
        let mut asked = big.repeat(400).into_bytes();
        while wire.try_send(&asked).await.is_ok() {
            tokio::time::sleep(Duration::from_millis(20)).await;
            asked = b"\n".to_vec();
        }
    };
    assert!(timeout(PATIENCE, dropped).await.is_ok(), "it is dropped");
    until("its call is over", || served.app.in_flight() == 0).await;
    assert_served(&served, "the others").await;
}

#[tokio::test]
async fn a_client_that_reads_slowly_but_reads_gets_everything() {
    let served = serve(|config| config.limits.write = Duration::from_secs(5)).await;
    let big = served.post("mira", &call("big", json!({})));
    let mut wire = narrow(&served).await;
    wire.send(big.repeat(20)).await;
    for _ in 0..20 {
        tokio::time::sleep(Duration::from_millis(10)).await;
        assert_eq!(wire.answer().await.said().len(), 30_000);
    }
}

/// Streams are bounded as calls are: else one principal's would use up all connections.
#[tokio::test]
async fn one_principals_streams_leave_room_for_another() {
    let served = serve(|config| {
        config.limits.connections = 64;
        config.limits.sessions_per_principal = 4;
    })
    .await;
    let session = served.session("mira", json!({})).await;
    let mut streams = Vec::new();
    let mut refused = 0;
    for _ in 0..80 {
        let mut wire = served.wire().await;
        let _ = wire
            .try_send(served.of_session("GET", "mira", &session))
            .await;
        if wire.head().await.is_none_or(|head| head.status != 200) {
            refused += 1;
        }
        streams.push(wire);
    }
    assert!(refused >= 70, "{refused}");
    assert_eq!(served.call("noor", "noop", json!({})).await.said(), "ok");
    drop(streams);
    let again = async {
        loop {
            let mut wire = served.wire().await;
            wire.send(served.of_session("GET", "mira", &session)).await;
            if wire.head().await.is_some_and(|head| head.status == 200) {
                break;
            }
        }
    };
    let again = timeout(PATIENCE, again).await;
    assert!(again.is_ok(), "streams that ended make room");
}
