//! A raw client, line by line, so that a test can send what no SDK would; and what a session does
//! at its edges: both eras, cancellation, progress, the end of input, a stop.

use std::{
    sync::{Arc, atomic::Ordering},
    time::Duration,
};

use seaworthy_kit::transport::{Ending, stdio::serve_on};
use serde_json::{Value, json};
use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader, DuplexStream, Lines},
    task::JoinHandle,
    time::timeout,
};
use tokio_util::sync::CancellationToken;

use crate::tank::{Gauge, server};

const PATIENCE: Duration = Duration::from_secs(20);

/// A client on the other end of a server's stdio.
pub struct Raw {
    pub input: Option<DuplexStream>,
    output: Lines<BufReader<DuplexStream>>,
    pub gauge: Arc<Gauge>,
    pub stop: CancellationToken,
    pub ended: JoinHandle<Ending>,
    pub audit: tempfile::TempDir,
}

impl Raw {
    /// A server that has seen nothing yet.
    pub fn fresh() -> Self {
        let (server, gauge, audit) = server();
        let (input, server_input) = tokio::io::duplex(64 * 1024);
        let (server_output, output) = tokio::io::duplex(64 * 1024);
        let stop = CancellationToken::new();
        let inside = stop.clone();
        let ended = tokio::spawn(async move {
            serve_on(server, server_input, server_output, inside)
                .await
                .unwrap()
        });
        Self {
            input: Some(input),
            output: BufReader::new(output).lines(),
            gauge,
            stop,
            ended,
            audit,
        }
    }

    /// A session of 2025-11-25 whose client has `capabilities`.
    pub async fn session(capabilities: Value) -> Self {
        let mut raw = Self::fresh();
        raw.send(&initialize("2025-11-25", capabilities)).await;
        raw.reply(0).await;
        raw.send(&json!({"jsonrpc": "2.0", "method": "notifications/initialized"}))
            .await;
        raw
    }

    pub async fn bytes(&mut self, bytes: &[u8]) {
        self.input.as_mut().unwrap().write_all(bytes).await.unwrap();
    }

    pub async fn send(&mut self, message: &Value) {
        self.bytes(format!("{message}\n").as_bytes()).await;
    }

    /// The next message from the server.
    pub async fn next(&mut self) -> Value {
        let line = timeout(PATIENCE, self.output.next_line())
            .await
            .unwrap()
            .unwrap()
            .unwrap();
        serde_json::from_str(&line).unwrap()
    }

    /// The reply to request `id`, past everything else.
    pub async fn reply(&mut self, id: u64) -> Value {
        loop {
            let message = self.next().await;
            if message["id"] == id && message.get("method").is_none() {
                return message;
            }
        }
    }

    /// Calls a tool in a session and gives its text.
    pub async fn call(&mut self, id: u64, tool: &str, arguments: Value) -> String {
        self.send(&call(id, tool, arguments)).await;
        text(&self.reply(id).await)
    }
}

pub fn initialize(version: &str, capabilities: Value) -> Value {
    json!({"jsonrpc": "2.0", "id": 0, "method": "initialize", "params": {
        "protocolVersion": version, "capabilities": capabilities,
        "clientInfo": {"name": "raw", "version": "1"}}})
}

pub fn call(id: u64, tool: &str, arguments: Value) -> Value {
    json!({"jsonrpc": "2.0", "id": id, "method": "tools/call",
        "params": {"name": tool, "arguments": arguments}})
}

/// The same request as a client of 2026-07-28 sends it.
pub fn modern(mut request: Value, capabilities: Value) -> Value {
    request["params"]["_meta"] = json!({
        "io.modelcontextprotocol/protocolVersion": "2026-07-28",
        "io.modelcontextprotocol/clientInfo": {"name": "raw", "version": "1"},
        "io.modelcontextprotocol/clientCapabilities": capabilities,
    });
    request
}

pub fn text(reply: &Value) -> String {
    reply["result"]["content"][0]["text"]
        .as_str()
        .unwrap_or_else(|| panic!("{reply}"))
        .to_owned()
}

#[tokio::test]
async fn every_handshake_version_is_served() {
    for version in ["2024-11-05", "2025-03-26", "2025-06-18", "2025-11-25"] {
        let mut raw = Raw::fresh();
        raw.send(&initialize(version, json!({}))).await;
        assert_eq!(raw.reply(0).await["result"]["protocolVersion"], version);
        assert_eq!(raw.call(1, "noop", json!({})).await, "ok");
    }
}

#[tokio::test]
async fn the_modern_era_needs_no_handshake() {
    let mut raw = Raw::fresh();
    raw.send(&modern(
        json!({"jsonrpc": "2.0", "id": 1, "method": "server/discover"}),
        json!({}),
    ))
    .await;
    let discovered = raw.reply(1).await;
    let versions = discovered["result"]["supportedVersions"]
        .as_array()
        .unwrap();
    assert!(versions.contains(&json!("2026-07-28")), "{discovered}");
    raw.send(&modern(call(2, "noop", json!({})), json!({})))
        .await;
    let reply = raw.reply(2).await;
    assert_eq!(text(&reply), "ok");
    assert_eq!(reply["result"]["resultType"], "complete");
    raw.send(&modern(
        json!({"jsonrpc": "2.0", "id": 3, "method": "tools/list", "params": {}}),
        json!({}),
    ))
    .await;
    let listed = raw.reply(3).await;
    assert_eq!(listed["result"]["cacheScope"], "private");
    assert!(listed["result"]["ttlMs"].as_u64().unwrap() > 0);
    raw.send(&modern(json!({"jsonrpc": "2.0", "id": 4, "method": "resources/read", "params": {"uri": "tank://x"}}), json!({}))).await;
    assert_eq!(raw.reply(4).await["error"]["code"], -32602);
}

#[tokio::test]
async fn an_unknown_modern_version_is_refused_with_the_list() {
    let mut raw = Raw::fresh();
    let mut request = modern(
        json!({"jsonrpc": "2.0", "id": 1, "method": "tools/list", "params": {}}),
        json!({}),
    );
    request["params"]["_meta"]["io.modelcontextprotocol/protocolVersion"] = json!("2099-01-01");
    raw.send(&request).await;
    let refused = raw.reply(1).await;
    assert_eq!(refused["error"]["code"], -32022, "{refused}");
    raw.send(&initialize("2025-11-25", json!({}))).await;
    raw.reply(0).await;
    assert_eq!(raw.call(2, "noop", json!({})).await, "ok");
}

#[tokio::test]
async fn cancelling_stops_the_work_and_the_reply() {
    let mut raw = Raw::session(json!({})).await;
    raw.send(&call(7, "slow", json!({}))).await;
    while raw.gauge.running.load(Ordering::SeqCst) == 0 {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    raw.send(
        &json!({"jsonrpc": "2.0", "method": "notifications/cancelled", "params": {"requestId": 7}}),
    )
    .await;
    while raw.gauge.running.load(Ordering::SeqCst) > 0 {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    raw.send(&call(8, "noop", json!({}))).await;
    assert_eq!(
        raw.next().await["id"],
        8,
        "nothing is said of the cancelled call"
    );
}

#[tokio::test]
async fn progress_goes_to_who_asked() {
    let mut raw = Raw::session(json!({})).await;
    let mut request = call(1, "slow", json!({}));
    request["params"]["_meta"] = json!({"progressToken": "p"});
    raw.send(&request).await;
    let progress = raw.next().await;
    assert_eq!(progress["method"], "notifications/progress");
    assert_eq!(progress["params"]["progressToken"], "p");
}

#[tokio::test]
async fn the_end_of_input_answers_what_is_in_flight() {
    let mut raw = Raw::session(json!({})).await;
    for id in 1..=200 {
        raw.send(&call(id, "noop", json!({}))).await;
    }
    drop(raw.input.take());
    let mut seen: Vec<u64> = Vec::new();
    for _ in 1..=200 {
        seen.push(raw.next().await["id"].as_u64().unwrap());
    }
    seen.sort_unstable();
    assert_eq!(seen, (1..=200).collect::<Vec<_>>());
    assert_eq!(
        timeout(PATIENCE, raw.ended).await.unwrap().unwrap(),
        Ending::Closed
    );
}

#[tokio::test]
async fn a_stop_ends_a_busy_server_at_once() {
    let mut raw = Raw::session(json!({})).await;
    raw.send(&call(1, "slow", json!({}))).await;
    while raw.gauge.running.load(Ordering::SeqCst) == 0 {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    raw.stop.cancel();
    let ended = timeout(Duration::from_secs(1), raw.ended).await;
    assert_eq!(ended.expect("within a second").unwrap(), Ending::Stopped);
}

#[tokio::test]
async fn a_closed_output_ends_the_server() {
    let Raw {
        mut input,
        output,
        ended,
        ..
    } = Raw::session(json!({})).await;
    drop(output);
    let request = format!("{}\n", call(1, "noop", json!({})));
    input
        .as_mut()
        .unwrap()
        .write_all(request.as_bytes())
        .await
        .unwrap();
    let ended = timeout(Duration::from_secs(1), ended).await;
    assert_eq!(ended.expect("within a second").unwrap(), Ending::Closed);
}
