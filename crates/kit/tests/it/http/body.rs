//! Bodies and heads that are too long, too slow, broken off, or not what their headers say.

use std::{sync::atomic::Ordering, time::Duration};

use serde_json::json;

use super::{
    served::{Served, call, serve},
    wire::{Answer, request},
};
use crate::session::modern;

const LIMIT: usize = 64 * 1024;

async fn small() -> Served {
    serve(|config| config.limits.body = LIMIT).await
}

/// The head of a call with these headers for its body.
fn head(served: &Served, framing: &str) -> String {
    let posted = served.post("mira", &call("noop", json!({})));
    let (head, _) = posted.split_once("\r\n\r\n").unwrap();
    let (head, _length) = head.rsplit_once("\r\n").unwrap();
    format!("{head}\r\n{framing}\r\n\r\n")
}

/// A call of `noop` that is `length` bytes long.
fn long(length: usize) -> String {
    let call = call("noop", json!({})).to_string();
    call.clone() + &" ".repeat(length - call.len())
}

#[tokio::test]
async fn a_body_is_as_long_as_the_limit_at_most() {
    let served = small().await;
    let mut wire = served.wire().await;
    let declared = head(&served, &format!("Content-Length: {}", LIMIT + 1));
    let answer = wire.ask(&declared).await;
    assert_eq!(answer.status, 413, "before a byte of it was sent");
    assert_eq!(answer.header("connection"), Some("close"));
    assert!(wire.ended().await);

    let mut wire = served.wire().await;
    let fits = head(&served, &format!("Content-Length: {LIMIT}")) + &long(LIMIT);
    assert_eq!(wire.ask(fits).await.said(), "ok");

    let mut wire = served.wire().await;
    let chunk = format!("1000\r\n{}\r\n", "x".repeat(0x1000));
    wire.send(head(&served, "Transfer-Encoding: chunked")).await;
    for _ in 0..64 {
        if wire.try_send(&chunk).await.is_err() {
            break;
        }
    }
    let answer = wire.next().await;
    // an end that overtakes the answer is a reset, which takes the answer with it
    if let Some(answer) = answer {
        assert_eq!(answer.status, 413);
        assert_eq!(answer.header("connection"), Some("close"));
    }
    assert!(wire.ended().await);
    served.in_flight(0).await;
}

#[tokio::test]
async fn a_body_that_dawdles_is_not_waited_for() {
    let served = serve(|config| config.limits.read = Duration::from_millis(300)).await;
    for framing in ["Content-Length: 1000", "Transfer-Encoding: chunked"] {
        let mut wire = served.wire().await;
        wire.send(head(&served, framing)).await;
        wire.send(if framing.contains("chunked") {
            "1\r\n{\r\n"
        } else {
            "{"
        })
        .await;
        served.in_flight(1).await;
        let answer = wire.answer().await;
        assert_eq!(answer.status, 408, "{framing}");
        assert!(wire.ended().await, "{framing}");
        served.in_flight(0).await;
    }
}

#[tokio::test]
async fn a_head_that_dawdles_is_not_waited_for() {
    let served = serve(|config| config.limits.head = Duration::from_millis(600)).await;
    for begun in ["", "P", "POST /mcp HTTP/1.1\r\nHost: localhost\r\n"] {
        let mut wire = served.wire().await;
        wire.send(begun).await;
        if let Some(answer) = wire.next().await {
            assert_eq!(answer.status, 408, "{begun}");
        }
        assert!(wire.ended().await, "{begun}");
    }
    let mut rested = served.wire().await;
    let noop = served.post("mira", &call("noop", json!({})));
    assert_eq!(rested.ask(noop).await.said(), "ok");
    assert!(rested.next().await.is_none(), "nor is a second request");
}

#[tokio::test]
async fn a_body_that_breaks_off_calls_nothing() {
    let served = small().await;
    let drain = served.post("mira", &call("drain", json!({})));
    let chunked = head(&served, "Transfer-Encoding: chunked") + "5\r\n{\"jso\r\n";
    for broken in [drain[..drain.len() - 1].to_owned(), chunked] {
        let mut wire = served.wire().await;
        wire.send(&broken).await;
        wire.finish().await;
        if let Some(answer) = wire.next().await {
            assert_eq!(answer.status, 400, "{answer:?}");
        }
        assert!(wire.ended().await);
        served.in_flight(0).await;
    }
    assert_eq!(served.gauge.touched.load(Ordering::SeqCst), 0);
}

#[tokio::test]
async fn a_request_that_has_no_body_has_none_read() {
    let served = small().await;
    let bearer = served.bearer("mira");
    for method in ["GET", "DELETE", "PUT", "HEAD", "OPTIONS"] {
        let headers = [
            ("Authorization", bearer.as_str()),
            ("Accept", "text/event-stream"),
            ("Content-Length", "60000"),
        ];
        let mut wire = served.wire().await;
        wire.send(request(method, "/mcp", &headers, "") + "some of it")
            .await;
        let answer = wire.head().await.unwrap();
        assert!((400..408).contains(&answer.status), "{method}: {answer:?}");
    }
}

#[tokio::test]
async fn nothing_is_read_of_a_body_before_the_token_is_known() {
    let served = small().await;
    let mut wire = served.wire().await;
    let headers = [("Expect", "100-continue"), ("Content-Length", "60000")];
    let answer = wire.ask(request("POST", "/mcp", &headers, "")).await;
    assert_eq!(answer.status, 401, "and not 100");
    let invited = head(&served, "Content-Length: 1000\r\nExpect: 100-continue");
    let mut wire = served.wire().await;
    wire.send(invited).await;
    assert_eq!(wire.head().await.unwrap().status, 100);
    wire.send(long(1_000)).await;
    assert_eq!(wire.answer().await.said(), "ok");
}

#[tokio::test]
async fn a_head_is_bounded_in_bytes_and_lines() {
    let served = small().await;
    let token = served.bearer("mira");
    let big = "x".repeat(80_000);
    let many = "X: y\r\n".repeat(500);
    for head in [
        format!("GET /mcp HTTP/1.1\r\nHost: localhost\r\nX: {big}\r\n\r\n"),
        format!("GET /{big} HTTP/1.1\r\nHost: localhost\r\n\r\n"),
        format!("{big} /mcp HTTP/1.1\r\nHost: localhost\r\n\r\n"),
        format!("GET /mcp HTTP/1.1\r\nHost: localhost\r\nAuthorization: {token}\r\n{many}\r\n"),
    ] {
        let mut wire = served.wire().await;
        let _ = wire.try_send(&head).await;
        if let Some(answer) = wire.next().await {
            assert!([400, 414, 431].contains(&answer.status), "{answer:?}");
        }
        assert!(wire.ended().await);
    }
    assert_eq!(served.call("mira", "noop", json!({})).await.said(), "ok");
}

fn assert_mismatch(answer: &Answer, what: &str) {
    assert_eq!(answer.status, 400, "{what}: {answer:?}");
    assert_eq!(answer.reply()["error"]["code"], -32020, "{what}");
}

#[tokio::test]
async fn headers_that_say_something_else_than_the_body_are_refused() {
    let served = small().await;
    let drain = served.post("mira", &call("drain", json!({})));
    for (right, wrong) in [
        ("Mcp-Method: tools/call\r\n", ""),
        ("Mcp-Method: tools/call", "Mcp-Method: tools/list"),
        ("Mcp-Method: tools/call", "Mcp-Method: TOOLS/CALL"),
        (
            "Mcp-Method: tools/call",
            "Mcp-Method: tools/call\r\nMcp-Method: tools/call",
        ),
        (
            "Mcp-Method: tools/call",
            "Mcp-Method: tools/call\r\nMcp-Method: tools/list",
        ),
        ("Mcp-Name: drain\r\n", ""),
        ("Mcp-Name: drain", "Mcp-Name: noop"),
        ("Mcp-Name: drain", "Mcp-Name: drain\r\nMcp-Name: noop"),
        ("Mcp-Name: drain", "Mcp-Name: =?base64?bm9vcA==?="),
        ("Mcp-Name: drain", "Mcp-Name: =?base64?%%%?="),
        ("Mcp-Protocol-Version: 2026-07-28\r\n", ""),
        (
            "Mcp-Protocol-Version: 2026-07-28",
            "Mcp-Protocol-Version: 2025-11-25",
        ),
        (
            "Mcp-Protocol-Version: 2026-07-28",
            "Mcp-Protocol-Version: 2099-01-01",
        ),
    ] {
        assert!(drain.contains(right));
        assert_mismatch(&served.ask(drain.replace(right, wrong)).await, wrong);
    }
    let read = json!({"jsonrpc": "2.0", "id": 1, "method": "resources/read", "params": {"uri": "tank://x"}});
    let read = served.post("mira", &modern(read, json!({})));
    let other = read.replace("Mcp-Name: tank://x", "Mcp-Name: tank://y");
    assert_mismatch(&served.ask(other).await, "uri");
    assert_eq!(served.gauge.touched.load(Ordering::SeqCst), 0);
    let encoded = drain.replace("Mcp-Name: drain", "Mcp-Name: =?base64?ZHJhaW4=?=");
    assert!(served.ask(encoded).await.said().starts_with("PREVIEW"));
}

#[tokio::test]
async fn a_body_is_json_and_says_so() {
    let served = small().await;
    let noop = served.post("mira", &call("noop", json!({})));
    for (wrong, status) in [
        ("Content-Type: text/plain", 415),
        ("Content-Type: application/x-www-form-urlencoded", 415),
        ("Content-Type: multipart/form-data; boundary=x", 415),
        ("X: y", 415),
    ] {
        let answer = served
            .ask(noop.replace("Content-Type: application/json", wrong))
            .await;
        assert_eq!(answer.status, status, "{wrong}");
    }
    let deep = "[".repeat(10_000);
    for body in ["", "{", "\0", "[]", "null", "\u{feff}", &deep] {
        let framing = format!("Content-Length: {}", body.len());
        let answer = served.ask(head(&served, &framing) + body).await;
        assert!(
            [400, 415, 422].contains(&answer.status),
            "{body}: {answer:?}"
        );
    }
}
