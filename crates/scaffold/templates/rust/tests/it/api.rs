//! An API that fails in every way, on a port of this machine.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};

use acme_notes::api::{BODY_LIMIT, Issue, read_issue};
use acme_notes::settings::{API_KEY, API_URL, DATABASE, Settings};

const KEY: &str = "an-invented-key-that-stays-secret";

/// An API that answers each request with the same bytes.
struct Stub {
    settings: Settings,
    heads: Arc<Mutex<Vec<String>>>,
}

impl Stub {
    async fn new(answer: Vec<u8>, delay: Duration) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let heads = Arc::<Mutex<Vec<String>>>::default();
        let seen = heads.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (answer, seen) = (answer.clone(), seen.clone());
                tokio::spawn(async move { serve(stream, &answer, delay, &seen).await });
            }
        });
        Self {
            settings: settings_for(&url),
            heads,
        }
    }

    async fn answering(answer: impl Into<Vec<u8>>) -> Self {
        Self::new(answer.into(), Duration::ZERO).await
    }

    async fn refusal(&self) -> String {
        refusal(&self.settings, Duration::from_secs(10)).await
    }
}

fn settings_for(url: &str) -> Settings {
    let environment = |name: &str| {
        let value = match name {
            API_KEY => KEY,
            API_URL => url,
            DATABASE => "unused",
            _ => return None,
        };
        Some(value.to_owned())
    };
    Settings::load(&environment).unwrap()
}

async fn serve(mut stream: TcpStream, answer: &[u8], delay: Duration, seen: &Mutex<Vec<String>>) {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        match stream.read_u8().await {
            Ok(byte) => head.push(byte),
            Err(_) => return,
        }
    }
    seen.lock().unwrap().push(String::from_utf8(head).unwrap());
    tokio::time::sleep(delay).await;
    // the client may have gone, as it should
    let _ = stream.write_all(answer).await;
    let _ = stream.shutdown().await;
}

fn reply(status: &str, body: &str, headers: &str) -> String {
    let length = body.len();
    format!(
        "HTTP/1.1 {status}\r\nContent-Length: {length}\r\nConnection: close\r\n{headers}\r\n{body}"
    )
}

async fn refusal(settings: &Settings, timeout: Duration) -> String {
    let error = read_issue(settings, "octocat/hello", 7, timeout).await;
    let text = error.unwrap_err().text();
    assert!(text.contains("; next: ") && !text.contains(KEY), "{text}");
    text
}

#[tokio::test]
async fn an_issue_is_read_with_the_key() {
    let body = r#"{"title": "t", "state": "open", "user": {"login": "ann"}, "body": null}"#;
    let stub = Stub::answering(reply("200 OK", body, "")).await;
    let patience = Duration::from_secs(10);
    let issue = read_issue(&stub.settings, "octocat/hello", 7, patience).await;
    let expected = Issue {
        title: "t".to_owned(),
        state: "open".to_owned(),
        author: "ann".to_owned(),
        body: String::new(),
    };
    assert_eq!(issue.unwrap(), expected);
    let heads = stub.heads.lock().unwrap();
    assert!(
        heads[0].starts_with("GET /repos/octocat/hello/issues/7 HTTP/1.1\r\n"),
        "{heads:?}"
    );
    let key = format!("authorization: bearer {KEY}");
    assert!(heads[0].to_lowercase().contains(&key), "{heads:?}");
}

#[tokio::test]
async fn each_failure_has_its_next_move() {
    let deep = "[".repeat(100_000);
    let bare = |status| reply(status, "{}", "");
    let valid_key = format!("valid key into {API_KEY}");
    for (answer, said) in [
        (bare("401 Unauthorized"), &*valid_key),
        (
            bare("403 Forbidden"),
            "the key may not read octocat/hello#7",
        ),
        (
            reply("403 Forbidden", "{}", "X-RateLimit-Remaining: 0\r\n"),
            "rate limit",
        ),
        (bare("404 Not Found"), "there is no issue octocat/hello#7"),
        (bare("410 Gone"), "there is no issue octocat/hello#7"),
        (
            reply("429 Too Many", "{}", "Retry-After: 30\r\n"),
            "wait 30 seconds",
        ),
        (
            reply("429 Too Many", "{}", "Retry-After: evil\r\n"),
            "wait some minutes",
        ),
        (bare("500 Internal Server Error"), "status 500"),
        (reply("200 OK", "<html>", ""), "malformed"),
        (reply("200 OK", "[1]", ""), "malformed"),
        (reply("200 OK", &deep, ""), "malformed"),
        (reply("200 OK", r#"{"title": 7}"#, ""), "malformed"),
        ("nonsense\r\n\r\n".to_owned(), "cannot be reached"),
        (String::new(), "cannot be reached"),
        (
            "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{".to_owned(),
            "cannot be reached",
        ),
    ] {
        let text = Stub::answering(answer).await.refusal().await;
        assert!(text.contains(said), "{said}: {text}");
    }
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    let other = Stub::answering(reply("200 OK", "{}", "")).await;
    let location = format!("Location: {}/repos\r\n", other.settings.api_url);
    let stub = Stub::answering(reply("301 Moved Permanently", "", &location)).await;
    let text = stub.refusal().await;
    assert!(text.contains("new name of the repository"), "{text}");
    assert!(other.heads.lock().unwrap().is_empty());
}

#[tokio::test]
async fn a_slow_api_is_given_up() {
    let stub = Stub::new(reply("200 OK", "{}", "").into(), Duration::from_secs(30)).await;
    let text = refusal(&stub.settings, Duration::from_millis(200)).await;
    assert!(text.contains("did not answer in time"), "{text}");
}

#[tokio::test]
async fn an_oversize_answer_is_cut_off() {
    let whole = reply("200 OK", &" ".repeat(BODY_LIMIT + 1), "");
    let mut chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n".to_owned();
    let chunk = format!("100000\r\n{}\r\n", " ".repeat(0x0010_0000));
    chunked.push_str(&chunk.repeat(3));
    for answer in [whole, chunked] {
        let text = Stub::answering(answer).await.refusal().await;
        assert!(text.contains("too large"), "{text}");
    }
}

#[tokio::test]
async fn nobody_listening_is_told() {
    // a port that was free a moment ago
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let text = refusal(&settings_for(&url), Duration::from_secs(10)).await;
    assert!(text.contains("cannot be reached"), "{text}");
}
