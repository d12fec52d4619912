//! An endpoint of streamable HTTP: requests with any header and any body, answers bounded.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use reqwest::{Method, header::HeaderMap};
use serde_json::Value;
use tokio::time::timeout;
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
}

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
    /// Whether the user's headers are left out.
    pub bare: bool,
    /// The body.
    pub body: Vec<u8>,
    /// Read no further than to the answer of this id, where the body is a stream.
    pub until: Option<Value>,
}

impl Endpoint {
    /// An endpoint.
    ///
    /// # Errors
    /// The reason why there can be no client.
    pub fn new(url: Url, headers: Vec<(String, String)>, log: Arc<Log>) -> Result<Self, Lost> {
        // whoever came first has installed one
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .connect_timeout(Duration::from_secs(10))
            .build()
            .map_err(|error| Lost::Network(describe(&error)))?;
        Ok(Self {
            url,
            headers,
            client,
            log,
        })
    }

    /// Sends a request and reads the answer within `patience`.
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
        let mut text = format!("{method} {}\n", request.path.unwrap_or(self.url.path()));
        for (name, value) in &request.headers {
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
        let url = match request.path {
            Some(path) => self
                .url
                .join(path)
                .map_err(|error| Lost::Network(error.to_string()))?,
            None => self.url.clone(),
        };
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
        builder
            .send()
            .await
            .map_err(|error| Lost::Network(describe(&error)))
    }

    async fn exchange(
        &self,
        mut request: Request<'_>,
        exchange: ExchangeId,
        over: Instant,
    ) -> Result<HttpAnswer, Lost> {
        let begun = Instant::now();
        let until = request.until.take();
        let mut response = self.begin(request).await?;
        let status = response.status().as_u16();
        let headers = response.headers().clone();
        let stream = headers
            .get("content-type")
            .and_then(|value| value.to_str().ok())
            .is_some_and(|value| value.starts_with("text/event-stream"));
        let mut body = Vec::new();
        let mut events = Events::default();
        let mut looked_at = 0;
        loop {
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
                .then(|| serde_json::from_slice(&body).ok())
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

/// Reads a stream of events (WHATWG HTML, section 9.2.6): their data, as JSON.
#[derive(Debug, Default)]
struct Events {
    line: Vec<u8>,
    data: String,
    messages: Vec<Value>,
    noise: Vec<String>,
}

impl Events {
    fn feed(&mut self, chunk: &[u8]) {
        let mut rest = chunk;
        while let Some(end) = memchr::memchr(b'\n', rest) {
            let mut line = std::mem::take(&mut self.line);
            line.extend_from_slice(&rest[..end]);
            self.take_line(&line);
            rest = &rest[end + 1..];
        }
        self.line.extend_from_slice(rest);
    }

    fn take_line(&mut self, line: &[u8]) {
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        if line.is_empty() {
            let data = std::mem::take(&mut self.data);
            if !data.trim().is_empty() {
                let objects = memchr::memchr_iter(b'{', data.as_bytes()).count();
                let parsed = (objects <= thresholds::MESSAGE_OBJECTS)
                    .then(|| serde_json::from_str(&data).ok())
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
        assert_eq!(events.messages, [serde_json::json!({"a": 1})]);
        assert_eq!(events.noise, ["nonsense"]);
    }
}
