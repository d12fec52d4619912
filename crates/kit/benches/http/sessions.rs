//! Sessions of clients before 2026-07-28 that come and go.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use serde_json::{Value, json};
use tokio::task::JoinSet;

use super::client::{Connection, IN_FLIGHT, request};

/// How many come.
pub const SESSIONS: usize = 10_000;

const VERSION: &str = "2025-11-25";

/// Opens [`SESSIONS`] sessions, [`IN_FLIGHT`] at once, for each of `tokens` in turn. Each calls the
/// tool once; every other one is closed by its client, the rest are left to the server. Answers how
/// long that took.
pub async fn come_and_go(port: u16, tokens: &[String]) -> Duration {
    let next = Arc::new(AtomicUsize::new(0));
    let tokens: Arc<[String]> = tokens.into();
    let mut tasks = JoinSet::new();
    let began = Instant::now();
    for _ in 0..IN_FLIGHT {
        let (next, tokens) = (next.clone(), tokens.clone());
        tasks.spawn(async move {
            let mut connection = Connection::open(port).await;
            loop {
                let number = next.fetch_add(1, Ordering::Relaxed);
                if number >= SESSIONS {
                    return;
                }
                let token = &tokens[number % tokens.len()];
                let closes = number / tokens.len() % 2 == 0;
                one(&mut connection, port, token, closes).await;
            }
        });
    }
    while let Some(done) = tasks.join_next().await {
        done.unwrap();
    }
    began.elapsed()
}

async fn one(connection: &mut Connection, port: u16, token: &str, closes: bool) {
    let client = json!({"name": "load", "version": "1.0.0"});
    let hello = json!({"jsonrpc": "2.0", "id": 0, "method": "initialize", "params":
        {"protocolVersion": VERSION, "capabilities": {}, "clientInfo": client}});
    let opened = connection
        .exchange(request("POST", port, token, "", &hello.to_string()).as_bytes())
        .await;
    assert_eq!(opened.status, 200);
    let session = opened.session.expect("a session");
    let head = format!("MCP-Protocol-Version: {VERSION}\r\nMcp-Session-Id: {session}\r\n");
    let ready = json!({"jsonrpc": "2.0", "method": "notifications/initialized"});
    let noted = connection
        .exchange(request("POST", port, token, &head, &ready.to_string()).as_bytes())
        .await;
    assert_eq!(noted.status, 202);
    let call = json!({"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params":
        {"name": "echo", "arguments": {"text": session}}});
    let answered = connection
        .exchange(request("POST", port, token, &head, &call.to_string()).as_bytes())
        .await;
    assert_eq!(answered.status, 200);
    let answer = message(&answered.body);
    assert_eq!(
        answer["result"]["content"][0]["text"]
            .as_str()
            .map(str::trim_end),
        Some(&*session)
    );
    if closes {
        let gone = connection
            .exchange(request("DELETE", port, token, &head, "").as_bytes())
            .await;
        assert!((200..300).contains(&gone.status), "{}", gone.status);
    }
}

/// The JSON-RPC answer of a body, which is JSON or a stream of events.
fn message(body: &[u8]) -> Value {
    let body = std::str::from_utf8(body).unwrap();
    let events = body.lines().filter_map(|line| line.strip_prefix("data:"));
    let answer = events
        .filter_map(|data| serde_json::from_str::<Value>(data).ok())
        .find(|message| message["id"] == 1);
    answer.unwrap_or_else(|| serde_json::from_str(body).unwrap())
}
