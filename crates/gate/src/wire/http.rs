//! An endpoint of streamable HTTP: requests with any header and any body, answers bounded.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use base64::{Engine, prelude::BASE64_STANDARD};
use reqwest::{Method, header::HeaderMap};
use serde_json::Value;
use tokio::{sync::Semaphore, time::timeout};
use url::Url;

use super::{Log, Lost};
use crate::{finding::ExchangeId, thresholds};

/// Where a server listens, and how it is asked.
#[derive(Clone, Debug)]
pub struct Endpoint {
    /// The address.
    pub url: Url,
    /// Headers that the user gave, for every request.
    pub headers: Vec<(String, String)>,
    client: reqwest::Client,
    log: Arc<Log>,
    turns: Arc<Semaphore>,
    mirrors: Arc<Mutex<Mirrors>>,
}

/// The headers that mirror arguments (`x-mcp-header`), by tool: the argument and the header.
type Mirrors = BTreeMap<String, Vec<(String, String)>>;

/// An answer of HTTP, read to its end or to its bound.
#[derive(Clone, Debug)]
pub struct HttpAnswer {
    /// The status.
    pub status: u16,
    /// The headers.
    pub headers: HeaderMap,
    /// The body, bounded.
    pub body: Vec<u8>,
    /// The messages in it: the JSON of the body, or of the events of a stream.
    pub messages: Vec<Value>,
    /// Events or a body that claim to be JSON and are not.
    pub noise: Vec<String>,
    /// Its number in the log.
    pub exchange: ExchangeId,
    /// The time to its end.
    pub took: Duration,
}

impl HttpAnswer {
    /// A header's value as text; empty where it is missing.
    pub fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default()
    }

    /// The body as text.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// What it says, in a line, where it is no message of the protocol.
    pub fn gist(&self) -> String {
        let location = self.header("location");
        if (300..400).contains(&self.status) && !location.is_empty() {
            let mut shown: String = location.chars().take(200).collect();
            // its query may repeat ours
            if let Some(query) = shown.find('?') {
                shown.truncate(query);
            }
            return format!("it redirects to {shown}");
        }
        let text = self.text();
        let start: String = text.trim_start().chars().take(200).collect();
        match self.header("content-encoding") {
            "" if start.is_empty() => "an empty body".to_owned(),
            "" => start,
            coding => format!("a body in {coding}, which was not asked for"),
        }
    }

    /// The answer to an id among its messages.
    pub fn answer_to(&self, id: &Value) -> Option<&Value> {
        self.messages.iter().find(|message| {
            &message["id"] == id
                && (message.get("result").is_some() || message.get("error").is_some())
        })
    }
}

/// What a request is made of, beside the user's own headers.
#[derive(Clone, Debug, Default)]
pub struct Request<'a> {
    /// `POST` where it is empty.
    pub method: &'a str,
    /// Another path or query than the endpoint's, such as `/.well-known/x`.
    pub path: Option<&'a str>,
    /// Headers; they replace the user's of the same name. `Host` may be among them.
    pub headers: Vec<(&'a str, String)>,
    /// Further headers, which mirror arguments.
    pub mirrored: Vec<(String, String)>,
    /// Whether the user's headers are left out.
    pub bare: bool,
    /// The body.
    pub body: Vec<u8>,
    /// Read no further than to the answer of this id, where the body is a stream.
    pub until: Option<Value>,
    /// Read nothing of a body that is a stream: it may never end, and nothing is waited for in it.
    pub peek: bool,
}

/// A text as a header carries it: as it is, or in Base64 where that would not come through.
fn header_text(text: &str) -> String {
    let plain = text.bytes().all(|byte| (0x20..0x7f).contains(&byte))
        && text.trim() == text
        && !text.starts_with("=?base64?");
    if plain && !text.is_empty() {
        text.to_owned()
    } else {
        format!("=?base64?{}?=", BASE64_STANDARD.encode(text))
    }
}

impl Endpoint {
    /// An endpoint.
    ///
    /// # Errors
    /// The reason why there can be no client.
    pub fn new(url: Url, headers: Vec<(String, String)>, log: Arc<Log>) -> Result<Self, Lost> {
        // whoever came first has installed one
        let _ = rustls::crypto::ring::default_provider().install_default();
        let mut builder = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::custom(stay))
            .connect_timeout(thresholds::CONNECT)
            .pool_idle_timeout(thresholds::HTTP_IDLE)
            .no_gzip();
        if reach(&url) == Reach::Machine {
            // a proxy would be asked for its own loopback
            builder = builder.no_proxy();
        }
        let client = builder
            .build()
            .map_err(|error| Lost::Network(describe(&error)))?;
        Ok(Self {
            url,
            headers,
            client,
            log,
            turns: Arc::new(Semaphore::new(thresholds::HTTP_AT_ONCE)),
            mirrors: Arc::default(),
        })
    }

    /// Learns from a page of `tools/list` which arguments are mirrored in headers.
    pub(super) fn learn_mirrors(&self, result: &Value) {
        let mut mirrors = self.mirrors.lock().unwrap_or_else(PoisonError::into_inner);
        let tools = result["tools"].as_array().into_iter().flatten();
        for tool in tools.take(thresholds::TOOLS_JUDGED) {
            let properties = tool["inputSchema"]["properties"].as_object();
            let found: Vec<(String, String)> = properties
                .into_iter()
                .flatten()
                .filter_map(|(name, schema)| {
                    let header = format!("Mcp-Param-{}", schema["x-mcp-header"].as_str()?);
                    let fits = reqwest::header::HeaderName::from_bytes(header.as_bytes()).is_ok();
                    fits.then(|| (name.clone(), header))
                })
                .collect();
            if let Some(name) = tool["name"].as_str().filter(|_| !found.is_empty()) {
                mirrors.insert(name.to_owned(), found);
            }
        }
    }

    /// The headers that mirror the arguments of a call (2026-07-28, streamable HTTP). Values that are
    /// too long for a header are left out.
    pub(super) fn mirrored(&self, message: &Value) -> Vec<(String, String)> {
        if message["method"] != "tools/call" {
            return Vec::new();
        }
        let params = &message["params"];
        let mirrors = self.mirrors.lock().unwrap_or_else(PoisonError::into_inner);
        let known = params["name"].as_str().and_then(|name| mirrors.get(name));
        known
            .into_iter()
            .flatten()
            .filter_map(|(name, header)| {
                let value = match &params["arguments"][name] {
                    Value::String(text) => header_text(text),
                    value @ (Value::Number(_) | Value::Bool(_)) => value.to_string(),
                    _ => return None,
                };
                (value.len() <= thresholds::HEADER_BYTES).then(|| (header.clone(), value))
            })
            .collect()
    }

    /// Sends a request and reads the answer within `patience`, which begins when it is its turn: only
    /// so many are under way at once.
    ///
    /// # Errors
    /// Why there is none.
    pub async fn send(&self, request: Request<'_>, patience: Duration) -> Result<HttpAnswer, Lost> {
        if let Some(lost) = self.log.exhausted() {
            return Err(lost);
        }
        let answer = self.farewell(request, patience).await;
        match &answer {
            Ok(_) => self.log.answered(),
            Err(Lost::Silent(_)) => self.log.silent(),
            Err(Lost::Flood(_)) => self.log.flooded(),
            Err(_) => {}
        }
        answer
    }

    /// Sends a request even to a server that is asked no more.
    pub(super) async fn farewell(
        &self,
        request: Request<'_>,
        patience: Duration,
    ) -> Result<HttpAnswer, Lost> {
        // it is never closed, and without a turn it would still be sent
        let _turn = self.turns.acquire().await.ok();
        let exchange = self.log.sent(&self.describe(&request));
        let begun = Instant::now();
        let answer = timeout(patience, self.exchange(request, exchange, begun + patience))
            .await
            .unwrap_or(Err(Lost::Silent(patience)));
        match &answer {
            Ok(answer) => {
                let mut shown = format!("HTTP {}\n", answer.status).into_bytes();
                for (name, value) in &answer.headers {
                    shown.extend_from_slice(name.as_str().as_bytes());
                    shown.extend_from_slice(b": ");
                    shown.extend_from_slice(value.as_bytes());
                    shown.push(b'\n');
                }
                shown.push(b'\n');
                shown.extend_from_slice(&answer.body);
                self.log.received(exchange, &shown, begun.elapsed());
            }
            Err(lost) => self.log.lost(exchange, &lost.to_string(), begun.elapsed()),
        }
        answer
    }

    fn describe(&self, request: &Request<'_>) -> Vec<u8> {
        let method = if request.method.is_empty() {
            "POST"
        } else {
            request.method
        };
        let path = request.path.unwrap_or(self.url.path());
        // the values of a query may be secrets, in an encoding in which nobody would find them again
        let mut text = match path.split_once('?') {
            Some((path, query)) => {
                let names: Vec<_> = query
                    .split('&')
                    .map(|pair| pair.split('=').next().unwrap_or_default())
                    .map(|name| format!("{name}=[hidden]"))
                    .collect();
                format!("{method} {path}?{}\n", names.join("&"))
            }
            None => format!("{method} {path}\n"),
        };
        for (name, value) in &request.headers {
            text.push_str(&format!("{name}: {value}\n"));
        }
        for (name, value) in &request.mirrored {
            text.push_str(&format!("{name}: {value}\n"));
        }
        let mut bytes = text.into_bytes();
        bytes.push(b'\n');
        bytes.extend_from_slice(&request.body);
        bytes
    }

    /// Sends a request; what is left is to read its body.
    async fn begin(&self, request: Request<'_>) -> Result<reqwest::Response, Lost> {
        let method = match request.method {
            "" => Method::POST,
            name => Method::from_bytes(name.as_bytes())
                .map_err(|_| Lost::Network(format!("{name} is no method")))?,
        };
        let mut url = match request.path {
            Some(path) => self
                .url
                .join(path)
                .map_err(|error| Lost::Network(error.to_string()))?,
            None => self.url.clone(),
        };
        if url.origin() != self.url.origin() {
            return Err(Lost::Network("it is another host's address".to_owned()));
        }
        if request.bare {
            let _ = url.set_username("");
            let _ = url.set_password(None);
            if request.path.is_none() {
                leave_out_secrets(&mut url);
            }
        }
        let mut builder = self.client.request(method, url).body(request.body);
        if !request.bare {
            for (name, value) in &self.headers {
                let replaced = request
                    .headers
                    .iter()
                    .any(|(other, _)| other.eq_ignore_ascii_case(name));
                if !replaced {
                    builder = builder.header(name, value);
                }
            }
        }
        for (name, value) in request.headers {
            builder = builder.header(name, value);
        }
        for (name, value) in request.mirrored {
            builder = builder.header(name, value);
        }
        builder.send().await.map_err(|error| {
            let how = describe(&error);
            if error.is_connect() {
                Lost::Unreachable(how)
            } else {
                Lost::Network(how)
            }
        })
    }

    async fn exchange(
        &self,
        mut request: Request<'_>,
        exchange: ExchangeId,
        over: Instant,
    ) -> Result<HttpAnswer, Lost> {
        let begun = Instant::now();
        let until = request.until.take();
        let peek = request.peek;
        let mut response = self.begin(request).await?;
        let status = response.status().as_u16();
        let headers = response.headers().clone();
        let stream = headers
            .get("content-type")
            .and_then(|value| value.to_str().ok())
            .is_some_and(|value| {
                let kind = value.split(';').next().unwrap_or_default().trim();
                kind.eq_ignore_ascii_case("text/event-stream")
            });
        let mut body = Vec::new();
        let mut events = Events::default();
        let mut looked_at = 0;
        loop {
            if stream && peek {
                break;
            }
            let chunk = match timeout(
                over.saturating_duration_since(Instant::now()),
                response.chunk(),
            )
            .await
            {
                Ok(chunk) => chunk.map_err(|error| Lost::Network(describe(&error)))?,
                // what came of a stream that is never closed is still an answer
                Err(_) if stream && until.is_none() => None,
                Err(_) => return Err(Lost::Silent(begun.elapsed())),
            };
            let Some(chunk) = chunk else { break };
            body.extend_from_slice(&chunk);
            if body.len() > thresholds::MESSAGE_BYTES {
                return Err(Lost::Flood(format!(
                    "it answered with more than {} MiB",
                    thresholds::MESSAGE_BYTES >> 20
                )));
            }
            if stream {
                events.feed(&chunk);
                if events.messages.len() + events.noise.len() > thresholds::UNASKED {
                    return Err(Lost::Flood(format!(
                        "it answered with more than {} events",
                        thresholds::UNASKED
                    )));
                }
                let new = &events.messages[looked_at..];
                looked_at = events.messages.len();
                if let Some(id) = &until
                    && new
                        .iter()
                        .any(|message| &message["id"] == id && message.get("method").is_none())
                {
                    break;
                }
            }
        }
        if !stream && !body.is_empty() {
            let objects = memchr::memchr_iter(b'{', &body).count();
            let parsed = (objects <= thresholds::MESSAGE_OBJECTS)
                .then(|| super::lean::parse(&body))
                .flatten();
            match parsed {
                Some(message) => events.messages.push(message),
                None => events
                    .noise
                    .push(String::from_utf8_lossy(&body[..body.len().min(500)]).into_owned()),
            }
        }
        Ok(HttpAnswer {
            status,
            headers,
            body,
            messages: events.messages,
            noise: events.noise,
            exchange,
            took: begun.elapsed(),
        })
    }
}

/// An error of the client with its causes, without the address, which may hold a secret.
fn describe(error: &reqwest::Error) -> String {
    let mut text = String::new();
    let mut cause: Option<&dyn std::error::Error> = Some(error);
    while let Some(error) = cause {
        let said = error.to_string();
        let said = said
            .split(" for url (")
            .next()
            .unwrap_or_default()
            .to_owned();
        if !text.ends_with(&said) {
            if !text.is_empty() {
                text.push_str(": ");
            }
            text.push_str(&said);
        }
        cause = error.source();
    }
    text
}

/// Follows a redirection that keeps the method (307, 308) within the same origin, as `/mcp` to `/mcp/`
/// with some frameworks. Others are answers like any: a token must not wander to another host.
fn stay(attempt: reqwest::redirect::Attempt<'_>) -> reqwest::redirect::Action {
    let before = attempt.previous();
    let same = before
        .last()
        .is_some_and(|last| last.origin() == attempt.url().origin());
    let keeps = matches!(attempt.status().as_u16(), 307 | 308);
    if same && keeps && before.len() <= 3 {
        attempt.follow()
    } else {
        attempt.stop()
    }
}

/// Whether a parameter, header or variable of that name is there to let its bearer in.
pub fn is_named_like_a_secret(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    ["key", "token", "secret", "auth", "password"]
        .iter()
        .any(|part| name.contains(part))
}

/// Takes what lets its bearer in out of an address's query.
fn leave_out_secrets(url: &mut Url) {
    let kept: Vec<(String, String)> = url
        .query_pairs()
        .filter(|(name, _)| !is_named_like_a_secret(name))
        .map(|(name, value)| (name.into_owned(), value.into_owned()))
        .collect();
    if kept.len() == url.query_pairs().count() {
        return;
    }
    url.set_query(None);
    if !kept.is_empty() {
        url.query_pairs_mut().extend_pairs(kept);
    }
}

/// From where an address can be reached, as far as it says so itself.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Reach {
    /// From this machine alone.
    Machine,
    /// From a network that is not public (RFC 1918, RFC 4193, `.local`, `.internal`).
    Network,
    /// From anywhere.
    World,
}

/// From where an address can be reached, by its host's name or number.
pub fn reach(url: &Url) -> Reach {
    match url.host() {
        Some(url::Host::Domain(name)) => {
            let name = name.to_ascii_lowercase();
            if name == "localhost" || name.ends_with(".localhost") {
                Reach::Machine
            } else if [".local", ".internal", ".lan", ".home.arpa"]
                .iter()
                .any(|end| name.ends_with(end))
            {
                Reach::Network
            } else {
                Reach::World
            }
        }
        Some(url::Host::Ipv4(address)) if address.is_loopback() => Reach::Machine,
        Some(url::Host::Ipv4(address)) if address.is_private() || address.is_link_local() => {
            Reach::Network
        }
        Some(url::Host::Ipv6(address)) if address.is_loopback() => Reach::Machine,
        Some(url::Host::Ipv6(address))
            if address.is_unique_local() || address.is_unicast_link_local() =>
        {
            Reach::Network
        }
        _ => Reach::World,
    }
}

/// Reads a stream of events (WHATWG HTML, section 9.2.6): their data, as JSON.
#[derive(Debug, Default)]
struct Events {
    line: Vec<u8>,
    after_return: bool,
    data: String,
    messages: Vec<Value>,
    noise: Vec<String>,
}

impl Events {
    fn feed(&mut self, chunk: &[u8]) {
        for byte in chunk {
            let after_return = std::mem::replace(&mut self.after_return, *byte == b'\r');
            match byte {
                b'\n' if after_return => {}
                b'\n' | b'\r' => {
                    let line = std::mem::take(&mut self.line);
                    self.take_line(line.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&line));
                }
                byte => self.line.push(*byte),
            }
        }
    }

    fn take_line(&mut self, line: &[u8]) {
        if line.is_empty() {
            let data = std::mem::take(&mut self.data);
            if !data.trim().is_empty() {
                let objects = memchr::memchr_iter(b'{', data.as_bytes()).count();
                let parsed = (objects <= thresholds::MESSAGE_OBJECTS)
                    .then(|| super::lean::parse(data.as_bytes()))
                    .flatten();
                match parsed {
                    Some(message) => self.messages.push(message),
                    None => self.noise.push(data.chars().take(500).collect()),
                }
            }
        } else if let Some(data) = line.strip_prefix(b"data:") {
            let data = data.strip_prefix(b" ").unwrap_or(data);
            if !self.data.is_empty() {
                self.data.push('\n');
            }
            self.data.push_str(&String::from_utf8_lossy(data));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn events_are_read_across_chunks() {
        let mut events = Events::default();
        events.feed(b": hello\r\ndata: {\"a\":\r\ndata: 1}\r\n\r\nevent: x\nda");
        events.feed(b"ta: nonsense\n\ndata:\n\n");
        events.feed(b"data: 2\r\rdata: 3\r");
        events.feed(b"\n\r\n");
        assert_eq!(
            events.messages,
            [serde_json::json!({"a": 1}), 2.into(), 3.into()]
        );
        assert_eq!(events.noise, ["nonsense"]);
    }

    #[test]
    fn what_an_address_says_of_its_reach() {
        let of = |text: &str| reach(&Url::parse(text).unwrap());
        for own in [
            "http://localhost:1/",
            "http://127.9.9.9/",
            "http://[::1]/",
            "http://a.localhost/",
        ] {
            assert_eq!(of(own), Reach::Machine, "{own}");
        }
        for near in [
            "http://10.1.2.3/",
            "http://192.168.0.1/",
            "http://[fd00::1]/",
            "http://nas.local/",
        ] {
            assert_eq!(of(near), Reach::Network, "{near}");
        }
        for far in [
            "http://localhost.evil.example/",
            "http://128.0.0.1/",
            "https://mcp.example/",
        ] {
            assert_eq!(of(far), Reach::World, "{far}");
        }
    }
}
