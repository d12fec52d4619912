//! Requests that a proxy may frame in one way and this server in another, and characters that end
//! a line for one of them.

use serde_json::json;

use super::{
    served::{Served, call, serve},
    wire::Answer,
};

/// Everything that the server answers to `bytes` until it hangs up or has nothing more to say.
async fn all(served: &Served, bytes: &str) -> Vec<Answer> {
    let mut wire = served.wire().await;
    let _ = wire.try_send(bytes).await;
    wire.finish().await;
    let mut answers = Vec::new();
    while let Some(answer) = wire.next().await {
        answers.push(answer);
    }
    answers
}

/// A call of `noop` whose body has other framing and other bytes.
fn framed(served: &Served, framing: &str, body: &str) -> String {
    let posted = served.post("mira", &call("noop", json!({})));
    let (head, _) = posted.split_once("\r\n\r\n").unwrap();
    let (head, _length) = head.rsplit_once("\r\n").unwrap();
    format!("{head}\r\n{framing}\r\n\r\n{body}")
}

/// The body of a call of `noop`, as one chunk and the end.
fn chunked() -> String {
    let body = call("noop", json!({})).to_string();
    format!("{:x}\r\n{body}\r\n0\r\n\r\n", body.len())
}

#[tokio::test]
async fn framing_that_can_be_read_in_two_ways_is_refused() {
    let served = serve(|_| {}).await;
    let body = call("noop", json!({})).to_string();
    let length = body.len();
    for framing in [
        format!("Content-Length: {length}\r\nContent-Length: {}", length + 1),
        format!("Content-Length: {length}, {}", length + 1),
        format!("Content-Length: +{length}"),
        format!("Content-Length: -{length}"),
        format!("Content-Length: 0x{length:x}"),
        format!("Content-Length: {length} {length}"),
        format!("Content-Length : {length}"),
        format!("Content-Length: 99999999999999999999{length}"),
        "Content-Length: ".to_owned(),
        "Transfer-Encoding: chunked, identity".to_owned(),
        "Transfer-Encoding: xchunked".to_owned(),
        "Transfer-Encoding: identity".to_owned(),
        "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity".to_owned(),
        "Transfer-Encoding : chunked".to_owned(),
        "Transfer-Encoding:\x0bchunked".to_owned(),
        "Transfer-Encoding:\r\n chunked".to_owned(),
        " Transfer-Encoding: chunked".to_owned(),
        "X: y\rTransfer-Encoding: chunked".to_owned(),
    ] {
        for body in [body.clone(), chunked()] {
            let answers = all(&served, &framed(&served, &framing, &body)).await;
            let refused = answers
                .iter()
                .all(|answer| (400..500).contains(&answer.status));
            assert!(refused && answers.len() <= 1, "{framing:?}: {answers:?}");
        }
    }
}

/// Where a body has a length and chunks, the chunks count and nothing after them is a request: a
/// proxy that goes by the length would have let another client's request pass for the rest (RFC
/// 9112, section 6.1).
#[tokio::test]
async fn after_chunks_that_have_a_length_the_connection_ends() {
    let served = serve(|_| {}).await;
    let next = served.post("mira", &call("big", json!({})));
    for framing in [
        "Transfer-Encoding: chunked\r\nContent-Length: 4",
        "Content-Length: 4\r\nTransfer-Encoding: chunked",
        "Content-Length: 9999\r\nTransfer-Encoding: chunked",
    ] {
        let asked = framed(&served, framing, &chunked()) + &next;
        let answers = all(&served, &asked).await;
        assert!(answers.len() <= 1, "{framing}: {answers:?}");
        if let Some(answer) = answers.first()
            && answer.status == 200
        {
            assert_eq!(answer.said(), "ok");
            assert_eq!(answer.header("connection"), Some("close"), "{framing}");
        }
    }
    let asked = framed(&served, "Transfer-Encoding: chunked", &chunked()) + &next;
    let answers = all(&served, &asked).await;
    assert_eq!(answers.len(), 2, "chunks alone are fine");
    assert_eq!(answers[0].said(), "ok");
}

#[tokio::test]
async fn chunks_that_are_none_end_the_request() {
    let served = serve(|_| {}).await;
    let body = call("noop", json!({})).to_string();
    let length = body.len();
    for chunks in [
        format!("ffffffffffffffff\r\n{body}\r\n0\r\n\r\n"),
        format!("10000000000000000{length:x}\r\n{body}\r\n0\r\n\r\n"),
        format!("-{length:x}\r\n{body}\r\n0\r\n\r\n"),
        format!("0x{length:x}\r\n{body}\r\n0\r\n\r\n"),
        format!("{length:x}\r\n{body}xx0\r\n\r\n"),
        format!("{length:x};{}\r\n{body}\r\n0\r\n\r\n", "x".repeat(100_000)),
        format!("{:x}\r\n{body}\r\n0\r\n\r\n", length - 1),
        format!(
            "{length:x}\r\n{body}\r\n0\r\n{}\r\n",
            "X: y\r\n".repeat(2_000)
        ),
        "\r\n".to_owned(),
        "zz\r\n".to_owned(),
    ] {
        let framed = framed(&served, "Transfer-Encoding: chunked", &chunks);
        let answers = all(&served, &framed).await;
        let refused = answers
            .iter()
            .all(|answer| (400..500).contains(&answer.status));
        assert!(refused && answers.len() <= 1, "{chunks:.100}: {answers:?}");
    }
    served.in_flight(0).await;
}

/// The rest of a request that was refused before its body was read must not be the next request.
#[tokio::test]
async fn a_body_that_nobody_read_is_no_request() {
    let served = serve(|config| config.limits.body = 4_096).await;
    let inner = served.post("mira", &call("noop", json!({})));
    let bearer = format!("Authorization: {}", served.bearer("mira"));
    let outer = framed(&served, &format!("Content-Length: {}", inner.len()), &inner);
    for refused in [
        outer.replacen(&bearer, "Authorization: Bearer wrong", 1),
        outer.replacen(&bearer, "X: y", 1),
        outer.replacen("Host: localhost", "Host: evil.example", 1),
        outer.replacen("POST /mcp", "POST /mcp?x", 1),
        outer.replacen("POST /mcp", "POST /nope", 1),
        outer.replacen("POST /mcp", "GET /healthz", 1),
        outer.replacen("POST /mcp", "GET /mcp", 1),
        outer.replacen("POST /mcp", "DELETE /mcp", 1),
        outer
            .replacen("Accept:", "Mcp-Session-Id: x\r\nAccept:", 1)
            .replacen("POST", "GET", 1),
        outer.replacen("application/json, text", "text", 1),
    ] {
        let answers = all(&served, &refused).await;
        assert_eq!(answers.len(), 1, "{refused}: {answers:?}");
        assert!(
            !answers[0].text().contains("\"ok\""),
            "{refused}: {answers:?}"
        );
    }
    let long = framed(
        &served,
        "Content-Length: 5000",
        &(inner.clone() + &" ".repeat(5_000)),
    );
    let answers = all(&served, &(long + &inner)).await;
    assert!(answers.len() <= 1, "{answers:?}");
    assert!(
        answers.iter().all(|answer| answer.status == 413),
        "{answers:?}"
    );
}

#[tokio::test]
async fn a_header_is_one_line() {
    let served = serve(|_| {}).await;
    let noop = served.post("mira", &call("noop", json!({})));
    for (name, bad) in [
        ("a bare CR", "X: a\rMcp-Name: drain"),
        ("a NUL", "X: a\0b"),
        ("a folded line", "X: a\r\n b"),
        ("a bell", "X: a\x07b"),
        ("a delete", "X: a\x7fb"),
        ("no colon", "X"),
        ("an empty name", ": a"),
        ("a blank in a name", "X Y: a"),
        ("a CR in a name", "X\r: a"),
        ("a NUL in a name", "X\0: a"),
    ] {
        let answers = all(
            &served,
            &noop.replace("Accept:", &format!("{bad}\r\nAccept:")),
        )
        .await;
        let refused = answers.iter().all(|answer| answer.status == 400);
        assert!(refused && answers.len() <= 1, "{name}: {answers:?}");
    }
    for (name, bad) in [
        ("CRLF", "localhost\r\nHost: evil.example"),
        ("LF", "localhost\nHost: evil.example"),
        ("CR", "localhost\rHost: evil.example"),
        ("encoded CRLF", "localhost%0d%0aX-Injected: 1"),
    ] {
        let answers = all(
            &served,
            &noop.replace("Host: localhost", &format!("Host: {bad}")),
        )
        .await;
        let refused = answers
            .iter()
            .all(|answer| [400, 403].contains(&answer.status));
        assert!(refused && answers.len() <= 1, "{name}: {answers:?}");
        for answer in answers {
            assert!(answer.header("x-injected").is_none(), "{name}");
        }
    }
    for line in [
        "POST /mcp\r\n",
        "POST /mcp HTTP/2.0\r\n",
        "POST /mcp HTTP/1.1 x\r\n",
        "POST /mcp\0 HTTP/1.1\r\n",
        "POST  /mcp HTTP/1.1\r\n",
        "PO ST /mcp HTTP/1.1\r\n",
        "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    ] {
        let answers = all(&served, &noop.replace("POST /mcp HTTP/1.1\r\n", line)).await;
        let refused = answers
            .iter()
            .all(|answer| (400..506).contains(&answer.status));
        assert!(refused && answers.len() <= 1, "{line:?}: {answers:?}");
    }
}

#[tokio::test]
async fn requests_in_one_go_are_answered_in_order() {
    let served = serve(|_| {}).await;
    let mut wire = served.wire().await;
    let mut asked = String::new();
    for id in 0..50 {
        let mut call = call("noop", json!({}));
        call["id"] = json!(id);
        asked += &served.post(if id % 2 == 0 { "mira" } else { "writer" }, &call);
    }
    wire.send(asked).await;
    for id in 0..50 {
        let answer = wire.answer().await;
        if id % 2 == 0 {
            assert_eq!(answer.reply()["id"], id);
            assert_eq!(answer.said(), "ok");
        } else {
            assert_eq!(answer.status, 403, "each has a token of its own");
        }
    }
}
