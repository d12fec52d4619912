//! Lines on stdio as no client of good manners writes them.

use std::process::{ExitStatus, Stdio};

use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};

use crate::support::{PATIENCE, modern, program};

/// Writes lines, closes stdin, and reads all that comes back.
async fn exchange(lines: &[Vec<u8>]) -> (Vec<Value>, ExitStatus) {
    let folder = tempfile::tempdir().unwrap();
    let mut process = program(folder.path())
        .stderr(Stdio::inherit())
        .spawn()
        .unwrap();
    let mut input = process.stdin.take().unwrap();
    let mut output = String::new();
    let mut stdout = process.stdout.take().unwrap();
    let write = async {
        for line in lines {
            input.write_all(line).await.unwrap();
            input.write_all(b"\n").await.unwrap();
        }
        drop(input);
    };
    let talk = async {
        let (read, ()) = tokio::join!(stdout.read_to_string(&mut output), write);
        read.unwrap();
        process.wait().await.unwrap()
    };
    let ended = tokio::time::timeout(PATIENCE, talk).await.unwrap();
    // stdout carries MCP only: every line is a message
    let messages = output
        .lines()
        .map(|line| serde_json::from_str(line).unwrap());
    (messages.collect(), ended)
}

fn line(message: &Value) -> Vec<u8> {
    message.to_string().into_bytes()
}

fn find(messages: &[Value], id: u64) -> &Value {
    let mut found = messages.iter().filter(|message| message["id"] == id);
    let one = found
        .next()
        .unwrap_or_else(|| panic!("no answer {id}: {messages:?}"));
    assert!(found.next().is_none(), "two answers {id}");
    one
}

#[tokio::test]
async fn the_modern_era_needs_no_handshake() {
    let note = json!({"name": "add_note", "arguments": {"name": "a", "content": "text"}});
    let (messages, ended) = exchange(&[
        line(&modern(1, "server/discover", json!({}))),
        line(&modern(2, "tools/list", json!({}))),
        line(&modern(3, "tools/call", note)),
        line(&modern(4, "resources/list", json!({"cursor": "forged"}))),
        line(&modern(5, "no/such", json!({}))),
    ])
    .await;
    assert!(ended.success());
    let versions = find(&messages, 1)["result"]["supportedVersions"].to_string();
    assert!(
        versions.contains("2026-07-28") && versions.contains("2024-11-05"),
        "{versions}"
    );
    assert!(find(&messages, 2)["result"]["tools"].is_array());
    let text = &find(&messages, 3)["result"]["content"][0]["text"];
    assert_eq!(text, "Added note 'a' (4 characters).");
    assert_eq!(find(&messages, 4)["error"]["code"], -32602);
    assert_eq!(find(&messages, 5)["error"]["code"], -32601);
}

#[tokio::test]
async fn every_older_revision_is_spoken() {
    for version in ["2024-11-05", "2025-03-26", "2025-06-18", "2025-11-25"] {
        let hello = json!({"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": {
            "protocolVersion": version, "capabilities": {},
            "clientInfo": {"name": "test", "version": "1"}}});
        let ready = json!({"jsonrpc": "2.0", "method": "notifications/initialized"});
        let list = json!({"jsonrpc": "2.0", "id": 2, "method": "tools/list"});
        let (messages, ended) = exchange(&[line(&hello), line(&ready), line(&list)]).await;
        assert!(ended.success());
        assert_eq!(find(&messages, 1)["result"]["protocolVersion"], version);
        assert!(find(&messages, 2)["result"]["tools"].is_array());
    }
}

#[tokio::test]
async fn nonsense_is_answered_and_survived() {
    let nested = vec![b'['; 100_000];
    let mut long = vec![b' '; 5 * 1024 * 1024];
    long.extend_from_slice(b"{}");
    let (messages, ended) = exchange(&[
        b"not json".to_vec(),
        b"\xff\xfe".to_vec(),
        nested,
        long,
        line(&json!([modern(1, "tools/list", json!({}))])),
        line(&json!({"id": 2, "method": "tools/list"})),
        line(&json!({"jsonrpc": "2.0", "id": null, "method": "tools/list"})),
        line(&json!({"jsonrpc": "2.0", "id": 3, "method": 7})),
        line(&json!({"jsonrpc": "2.0", "method": "notifications/initialized"})),
        Vec::new(),
        line(&modern(4, "tools/call", json!({"name": "no_such_tool"}))),
        line(&modern(5, "tools/call", json!({"name": 7}))),
        line(&modern(6, "tools/list", json!({}))),
    ])
    .await;
    assert!(ended.success());
    let code = |code: i64| {
        let with = |message: &&Value| message["error"]["code"] == code;
        messages.iter().filter(with).count()
    };
    assert_eq!(code(-32700), 3, "{messages:?}");
    assert_eq!(find(&messages, 2)["error"]["code"], -32600);
    assert_eq!(find(&messages, 3)["error"]["code"], -32600);
    assert_eq!(find(&messages, 4)["error"]["code"], -32602);
    assert_eq!(find(&messages, 5)["error"]["code"], -32602);
    assert!(find(&messages, 6)["result"]["tools"].is_array());
}

#[tokio::test]
async fn a_flood_of_requests_is_answered_in_full() {
    let requests: Vec<_> = (0..2_000)
        .map(|id| line(&modern(id, "tools/call", json!({"name": "find_notes"}))))
        .collect();
    let (messages, ended) = exchange(&requests).await;
    assert!(ended.success());
    for id in 0..2_000 {
        assert!(find(&messages, id)["result"]["content"].is_array());
    }
}

#[cfg(unix)]
#[tokio::test]
async fn sigterm_ends_it() {
    let folder = tempfile::tempdir().unwrap();
    let mut process = program(folder.path()).spawn().unwrap();
    let mut input = process.stdin.take().unwrap();
    let mut output = BufReader::new(process.stdout.take().unwrap()).lines();
    let mut hello = line(&modern(1, "server/discover", json!({})));
    hello.push(b'\n');
    input.write_all(&hello).await.unwrap();
    output.next_line().await.unwrap().unwrap();
    let id = process.id().unwrap().to_string();
    let mut kill = tokio::process::Command::new("kill");
    assert!(kill.arg(id).status().await.unwrap().success());
    let ended = tokio::time::timeout(PATIENCE, process.wait()).await;
    assert!(ended.unwrap().unwrap().success());
}
