//! What a hostile or broken client sends: no input may hang the server, kill it, or lose a
//! later call.

use std::time::Duration;

use seaworthy_kit::transport::stdio::{MAX_IN_FLIGHT, MAX_LINE};
use serde_json::{Value, json};
use tokio::time::timeout;

use crate::session::{Raw, call, initialize, text};

/// A line and the code that it is answered with, if it is answered.
fn malformed() -> Vec<(Vec<u8>, Option<i64>)> {
    let deep = format!(
        "{{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":{}1{}}}",
        "[".repeat(5_000),
        "]".repeat(5_000)
    );
    vec![
        (b"not json".to_vec(), Some(-32700)),
        (b"{\"jsonrpc\":\"2.0\",\"id\":1".to_vec(), Some(-32700)),
        (b"\xff\xfe\x00\x80".to_vec(), Some(-32700)),
        (deep.into_bytes(), Some(-32700)),
        (b"\"text\"".to_vec(), Some(-32600)),
        (b"42".to_vec(), Some(-32600)),
        (b"null".to_vec(), Some(-32600)),
        (b"{}".to_vec(), Some(-32600)),
        (b"[{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"ping\"}]".to_vec(), Some(-32600)),
        (b"{\"jsonrpc\":\"1.0\",\"id\":91,\"method\":\"ping\"}".to_vec(), Some(-32600)),
        (b"{\"jsonrpc\":\"2.0\",\"id\":null,\"method\":\"ping\"}".to_vec(), Some(-32600)),
        (b"{\"jsonrpc\":\"2.0\",\"id\":{},\"method\":\"ping\"}".to_vec(), Some(-32600)),
        (b"{\"jsonrpc\":\"2.0\",\"id\":92,\"method\":7}".to_vec(), Some(-32600)),
        (b"{\"jsonrpc\":\"2.0\",\"id\":93,\"method\":\"nope\"}".to_vec(), Some(-32601)),
        (b"{\"jsonrpc\":\"2.0\",\"id\":94,\"method\":\"tools/call\"}".to_vec(), Some(-32602)),
        (b"{\"jsonrpc\":\"2.0\",\"id\":95,\"method\":\"tools/call\",\"params\":{\"name\":5}}".to_vec(), Some(-32602)),
        (b"{\"jsonrpc\":\"2.0\",\"id\":96,\"method\":\"tools/call\",\"params\":{\"name\":\"nope\"}}".to_vec(), Some(-32602)),
        (b"{\"jsonrpc\":\"2.0\",\"id\":97,\"method\":\"tools/list\",\"params\":{\"cursor\":\"zzz\"}}".to_vec(), Some(-32602)),
        (b"{\"jsonrpc\":\"2.0\",\"id\":98,\"result\":{}}".to_vec(), None),
        (b"{\"jsonrpc\":\"2.0\",\"id\":99,\"error\":{\"code\":1,\"message\":\"x\"}}".to_vec(), None),
        (b"{\"jsonrpc\":\"2.0\",\"method\":\"notifications/nope\"}".to_vec(), None),
        (b"{\"jsonrpc\":\"2.0\",\"method\":\"notifications/cancelled\",\"params\":7}".to_vec(), None),
        (b"{\"jsonrpc\":\"2.0\",\"method\":\"notifications/cancelled\",\"params\":{\"requestId\":12345}}".to_vec(), None),
        (b"".to_vec(), None),
        (b"   \t ".to_vec(), None),
        (b"\xEF\xBB\xBF".to_vec(), None),
    ]
}

#[tokio::test]
async fn malformed_lines_are_answered_and_lose_nothing() {
    let mut raw = Raw::session(json!({})).await;
    for (index, (line, code)) in malformed().into_iter().enumerate() {
        raw.bytes(&line).await;
        raw.bytes(b"\n").await;
        if let Some(code) = code {
            let answer = raw.next().await;
            assert_eq!(
                answer["error"]["code"],
                code,
                "{} -> {answer}",
                String::from_utf8_lossy(&line)
            );
        }
        let id = 1_000 + index as u64;
        assert_eq!(
            raw.call(id, "noop", json!({})).await,
            "ok",
            "{}",
            String::from_utf8_lossy(&line)
        );
    }
}

#[tokio::test]
async fn malformed_lines_before_the_handshake_do_not_end_it() {
    let mut raw = Raw::fresh();
    for (line, code) in malformed() {
        raw.bytes(&line).await;
        raw.bytes(b"\n").await;
        if code.is_some() {
            raw.next().await;
        }
    }
    raw.send(&json!({"jsonrpc": "2.0", "method": "notifications/initialized"}))
        .await;
    raw.send(&initialize("2025-11-25", json!({}))).await;
    raw.reply(0).await;
    assert_eq!(raw.call(1, "noop", json!({})).await, "ok");
}

#[tokio::test]
async fn a_line_without_end_is_dropped_and_said_so() {
    let mut raw = Raw::session(json!({})).await;
    let chunk = vec![b'x'; 64 * 1024];
    for _ in 0..=(3 * MAX_LINE / chunk.len()) {
        raw.bytes(&chunk).await;
    }
    raw.bytes(b"\n").await;
    let answer = raw.next().await;
    assert!(
        answer["error"]["message"]
            .as_str()
            .unwrap()
            .contains("exceeds"),
        "{answer}"
    );
    assert_eq!(raw.call(1, "noop", json!({})).await, "ok");
}

#[tokio::test]
async fn a_message_in_pieces_is_one_message() {
    let mut raw = Raw::session(json!({})).await;
    for byte in format!("{}\r\n", call(5, "noop", json!({}))).into_bytes() {
        raw.bytes(&[byte]).await;
    }
    assert_eq!(text(&raw.reply(5).await), "ok");
}

#[tokio::test]
async fn the_same_id_twice_in_flight_is_answered_twice() {
    let mut raw = Raw::session(json!({})).await;
    let twice = format!("{0}\n{0}\n{0}\n", call(5, "noop", json!({})));
    raw.bytes(twice.as_bytes()).await;
    for _ in 0..3 {
        assert_eq!(text(&raw.reply(5).await), "ok");
    }
}

#[tokio::test]
async fn a_panic_answers_and_leaks_nothing() {
    let mut raw = Raw::session(json!({})).await;
    raw.send(&call(1, "panic", json!({}))).await;
    let reply = raw.reply(1).await;
    assert_eq!(reply["result"]["isError"], true);
    assert!(!text(&reply).contains("disco"), "{reply}");
    assert_eq!(raw.call(2, "noop", json!({})).await, "ok");
}

#[tokio::test]
async fn replies_that_nobody_reads_stop_the_calls_and_then_all_arrive() {
    let mut raw = Raw::session(json!({})).await;
    // 30 KB each: the pipe holds two, the writer 64, the rest must wait unworked
    let mut input = raw.input.take().unwrap();
    let calls = 3 * MAX_IN_FLIGHT as u64;
    let writer = tokio::spawn(async move {
        for id in 1..=calls {
            let line = format!("{}\n", call(id, "big", json!({})));
            tokio::io::AsyncWriteExt::write_all(&mut input, line.as_bytes())
                .await
                .unwrap();
        }
        input
    });
    tokio::time::sleep(Duration::from_millis(300)).await;
    let mut seen: Vec<u64> = Vec::new();
    for _ in 1..=calls {
        let reply: Value = raw.next().await;
        seen.push(reply["id"].as_u64().unwrap());
    }
    seen.sort_unstable();
    assert_eq!(seen, (1..=calls).collect::<Vec<_>>());
    raw.input = Some(writer.await.unwrap());
    assert_eq!(raw.call(9_999, "noop", json!({})).await, "ok");
}

#[tokio::test]
async fn a_cancellation_gets_through_a_full_server() {
    let mut raw = Raw::session(json!({})).await;
    let calls = MAX_IN_FLIGHT as u64 + 50;
    for id in 1..=calls {
        raw.send(&call(id, "slow", json!({}))).await;
    }
    for id in 1..=calls {
        let cancel = json!({"jsonrpc": "2.0", "method": "notifications/cancelled", "params": {"requestId": id}});
        raw.send(&cancel).await;
    }
    let answered = timeout(Duration::from_secs(10), raw.call(9_999, "noop", json!({}))).await;
    assert_eq!(answered.expect("the server is free again"), "ok");
}

#[tokio::test]
async fn ten_thousand_hostile_messages_later_every_call_is_answered() {
    let lines = malformed();
    let mut raw = Raw::session(json!({})).await;
    // a fixed linear congruential generator: the same messages in every run
    let mut seed: u64 = 0x5EA_0FF;
    let mut random = move |below: usize| {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        usize::try_from(seed >> 33).unwrap() % below
    };
    for round in 0..100_u64 {
        for _ in 0..100 {
            let mut line = lines[random(lines.len())].0.clone();
            match random(4) {
                0 if !line.is_empty() => {
                    let at = random(line.len());
                    line[at] = u8::try_from(random(256)).unwrap();
                }
                1 => line.truncate(random(line.len() + 1)),
                2 => line.extend_from_within(..),
                _ => {}
            }
            line.retain(|byte| *byte != b'\n');
            line.push(b'\n');
            raw.bytes(&line).await;
            // what it answers is not looked at, but must be read
            while let Ok(message) = timeout(Duration::ZERO, raw.next()).await {
                assert!(message.is_object());
            }
        }
        assert_eq!(raw.call(1_000_000 + round, "noop", json!({})).await, "ok");
    }
}
