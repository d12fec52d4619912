//! The load: a lean HTTP/1.1 client and rounds of requests through it.
//!
//! One connection for each request in flight, kept alive. A request is bytes made once, into which
//! only its number is written; each answer is read to its end and checked: the status, the number,
//! the text. A wrong one ends the program.

use std::{
    borrow::Cow,
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    time::{Duration, Instant},
};

use serde::Deserialize;
use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    task::JoinSet,
};

/// Requests in flight.
pub const IN_FLIGHT: usize = 32;
/// The first number: all have eight digits, so that a request keeps its length.
const FIRST: u32 = 10_000_000;
/// What stands in a request where its number goes.
const NUMBER: &str = "12345678";

/// A response, read to its end.
pub struct Response {
    pub status: u16,
    pub session: Option<String>,
    pub body: Vec<u8>,
}

/// A connection that stays open.
pub struct Connection {
    stream: TcpStream,
    received: Vec<u8>,
}

impl Connection {
    pub async fn open(port: u16) -> Self {
        let stream = TcpStream::connect(("127.0.0.1", port)).await.unwrap();
        stream.set_nodelay(true).unwrap();
        Self {
            stream,
            received: Vec::with_capacity(8 * 1024),
        }
    }

    /// Sends a request and reads its response.
    pub async fn exchange(&mut self, request: &[u8]) -> Response {
        self.stream.write_all(request).await.unwrap();
        self.received.clear();
        loop {
            let read = self.stream.read_buf(&mut self.received).await.unwrap();
            assert!(
                read > 0,
                "the server hung up: {}",
                String::from_utf8_lossy(&self.received)
            );
            if let Some(response) = parse(&self.received) {
                return response;
            }
        }
    }
}

fn find(bytes: &[u8], what: &[u8]) -> Option<usize> {
    bytes.windows(what.len()).position(|window| window == what)
}

/// The response that `bytes` are, if they are all of one.
fn parse(bytes: &[u8]) -> Option<Response> {
    let end = find(bytes, b"\r\n\r\n")?;
    let head = std::str::from_utf8(&bytes[..end]).unwrap();
    let rest = &bytes[end + 4..];
    let mut lines = head.split("\r\n");
    let status = lines.next().unwrap().split(' ').nth(1).unwrap();
    let (mut length, mut chunked, mut session) = (0, false, None);
    for line in lines {
        let (name, value) = line.split_once(':').unwrap();
        let value = value.trim();
        if name.eq_ignore_ascii_case("content-length") {
            length = value.parse().unwrap();
        } else if name.eq_ignore_ascii_case("transfer-encoding") {
            chunked = value.eq_ignore_ascii_case("chunked");
        } else if name.eq_ignore_ascii_case("mcp-session-id") {
            session = Some(value.to_owned());
        }
    }
    let body = if chunked {
        unchunk(rest)?
    } else {
        rest.get(..length)?.to_owned()
    };
    Some(Response {
        status: status.parse().unwrap(),
        session,
        body,
    })
}

/// A chunked body without its chunks (RFC 9112, section 7.1), if all of it is there.
fn unchunk(mut rest: &[u8]) -> Option<Vec<u8>> {
    let mut body = Vec::new();
    loop {
        let line = find(rest, b"\r\n")?;
        let size = std::str::from_utf8(&rest[..line]).unwrap();
        let size = usize::from_str_radix(size, 16).unwrap();
        let data = &rest[line + 2..];
        body.extend_from_slice(data.get(..size)?);
        rest = data.get(size + 2..)?;
        if size == 0 {
            return Some(body);
        }
    }
}

/// What is asked over and over, and what must come back.
#[derive(Clone)]
pub struct Question {
    request: Vec<u8>,
    numbers: Vec<usize>,
    answers: fn(&Message<'_>, &str) -> bool,
}

impl Question {
    /// The tool `echo`, with a text of the size of a short question.
    pub fn echo(port: u16, token: &str) -> Self {
        let text = format!("{NUMBER}: when is high water at berth 7, and how high will it be?");
        let params = json!({"name": "echo", "arguments": {"text": text}});
        Self::new(port, token, "tools/call", params, |message, number| {
            let text = message.text();
            text.starts_with(number) && text.trim_end().ends_with("how high will it be?")
        })
    }

    /// The list of tools.
    pub fn list(port: u16, token: &str) -> Self {
        Self::new(port, token, "tools/list", json!({}), |message, _| {
            message.result.tools.is_some()
        })
    }

    /// A tool without arguments, whose answer is some text.
    pub fn tool(port: u16, token: &str, name: &str) -> Self {
        let params = json!({"name": name, "arguments": {}});
        Self::new(port, token, "tools/call", params, |message, _| {
            !message.text().is_empty()
        })
    }

    /// A complete request of 2026-07-28.
    fn new(
        port: u16,
        token: &str,
        method: &str,
        mut params: Value,
        answers: fn(&Message<'_>, &str) -> bool,
    ) -> Self {
        params["_meta"] = json!({
            "io.modelcontextprotocol/protocolVersion": "2026-07-28",
            "io.modelcontextprotocol/clientInfo": {"name": "load", "version": "1.0.0"},
            "io.modelcontextprotocol/clientCapabilities": {},
        });
        let name = params["name"].as_str();
        let name = name.map_or_else(String::new, |name| format!("Mcp-Name: {name}\r\n"));
        let more = format!("MCP-Protocol-Version: 2026-07-28\r\nMcp-Method: {method}\r\n{name}");
        let number: u32 = NUMBER.parse().unwrap();
        let body = json!({"jsonrpc": "2.0", "id": number, "method": method, "params": params});
        let request = request("POST", port, token, &more, &body.to_string());
        let numbers = request.match_indices(NUMBER).map(|(at, _)| at).collect();
        Self {
            request: request.into_bytes(),
            numbers,
            answers,
        }
    }

    fn number(&mut self, number: &str) -> &[u8] {
        for at in &self.numbers {
            self.request[*at..*at + NUMBER.len()].copy_from_slice(number.as_bytes());
        }
        &self.request
    }

    fn check(&self, response: &Response, number: &str) {
        let message: Result<Message<'_>, _> = serde_json::from_slice(&response.body);
        let right = response.status == 200
            && message.is_ok_and(|message| {
                message.id.to_string() == number && (self.answers)(&message, number)
            });
        assert!(
            right,
            "request {number}: {} {}",
            response.status,
            String::from_utf8_lossy(&response.body)
        );
    }
}

/// The bytes of a request; `more` are lines of its head.
pub fn request(method: &str, port: u16, token: &str, more: &str, body: &str) -> String {
    format!(
        "{method} /mcp HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nAuthorization: Bearer {token}\r\n\
         Content-Type: application/json\r\nAccept: application/json, text/event-stream\r\n\
         {more}Content-Length: {}\r\n\r\n{body}",
        body.len()
    )
}

/// As much of an answer as is checked.
#[derive(Deserialize)]
struct Message<'a> {
    id: u32,
    #[serde(borrow)]
    result: Outcome<'a>,
}

#[derive(Deserialize)]
struct Outcome<'a> {
    #[serde(borrow, default)]
    content: Vec<Content<'a>>,
    #[serde(borrow)]
    tools: Option<&'a serde_json::value::RawValue>,
}

#[derive(Deserialize)]
struct Content<'a> {
    #[serde(borrow)]
    text: Cow<'a, str>,
}

impl Message<'_> {
    fn text(&self) -> &str {
        self.result.content.first().map_or("", |first| &first.text)
    }
}

/// What one round showed.
#[derive(Clone, Copy)]
pub struct Round {
    pub count: usize,
    pub rate: f64,
    pub p50: Duration,
    pub p99: Duration,
    pub max: Duration,
}

/// Asks `question` for so long with [`IN_FLIGHT`] requests in flight.
pub async fn round(port: u16, question: &Question, lasting: Duration) -> Round {
    let mut connections = Vec::new();
    for _ in 0..IN_FLIGHT {
        connections.push(Connection::open(port).await);
    }
    let next = Arc::new(AtomicU32::new(FIRST));
    let mut tasks = JoinSet::new();
    let began = Instant::now();
    for mut connection in connections {
        let (mut question, next) = (question.clone(), next.clone());
        tasks.spawn(async move {
            let mut times = Vec::with_capacity(8 * 1024);
            while began.elapsed() < lasting {
                let number = next.fetch_add(1, Ordering::Relaxed).to_string();
                let sent = Instant::now();
                let response = connection.exchange(question.number(&number)).await;
                question.check(&response, &number);
                times.push(sent.elapsed());
            }
            times
        });
    }
    let mut times = Vec::new();
    while let Some(done) = tasks.join_next().await {
        times.extend(done.unwrap());
    }
    let took = began.elapsed();
    times.sort_unstable();
    Round {
        count: times.len(),
        rate: times.len() as f64 / took.as_secs_f64(),
        p50: times[times.len() / 2],
        p99: times[times.len() * 99 / 100],
        max: times[times.len() - 1],
    }
}
