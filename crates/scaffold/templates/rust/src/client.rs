//! Calls of the API: one bounded request each, and an error for each way that it can fail.
//!
//! `operations.rs` says which requests there are.

use std::time::Duration;

// seaworthy:begin key
use base64::{Engine, prelude::BASE64_STANDARD};
// seaworthy:end key
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use reqwest::{StatusCode, header, redirect};
use rustls::crypto::ring;
use serde::Serialize;
use serde_json::{Map, Value};

// seaworthy:begin key
use crate::credentials::SCHEME;
// seaworthy:end key
use crate::{
    NAME, VERSION,
    kit::{ErrorKind, ToolError, untrusted::one_line},
    settings::{API_URL, Settings},
};

pub use reqwest::Method;

#[cfg(test)]
mod tests;

/// How long a request may take.
pub const TIMEOUT: Duration = Duration::from_secs(15);
/// The longest answer, in bytes.
pub const BODY_LIMIT: usize = 2 * 1024 * 1024;
/// How much of what the API says of a refusal is told, in characters.
const SAID: usize = 200;
/// Where the API may say why it refuses.
const REASONS: [&str; 5] = ["message", "detail", "error_description", "error", "title"];
/// What stands in an address for more than itself (RFC 3986, unreserved characters are left).
const ENCODED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// What the API can be asked for.
pub trait Operation {
    /// The request that asks for it.
    ///
    /// # Errors
    /// A value cannot be part of an address.
    fn request(&self) -> Result<Request, ToolError>;
}

// seaworthy:begin key
/// How a request shows a key.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Scheme {
    /// `Authorization: Bearer KEY`.
    Bearer,
    /// `Authorization: Basic`, of `USER:PASSWORD`.
    Basic,
    /// A header of this name.
    Header(&'static str),
    /// A parameter of the query of this name.
    Query(&'static str),
}

impl Scheme {
    /// The request with the key.
    pub fn sign(self, mut request: Request, key: &str) -> Request {
        let authorization = header::AUTHORIZATION.as_str();
        match self {
            Self::Bearer => request.header(authorization, &format!("Bearer {key}")),
            Self::Basic => {
                let encoded = BASE64_STANDARD.encode(key);
                request.header(authorization, &format!("Basic {encoded}"));
            }
            Self::Header(name) => request.header(name, &key),
            Self::Query(name) => request.query(name, &key),
        }
        request
    }
}

// seaworthy:end key
/// A request. What is null is left out of query, headers and body.
#[derive(Clone, Debug)]
pub struct Request {
    method: Method,
    path: String,
    query: Vec<(&'static str, String)>,
    headers: Vec<(&'static str, String)>,
    body: Map<String, Value>,
}

impl Request {
    /// A request for a path, in which `{}` stands for each part that is to come.
    pub fn new(method: Method, path: &str) -> Self {
        Self {
            method,
            path: path.to_owned(),
            query: Vec::new(),
            headers: Vec::new(),
            body: Map::new(),
        }
    }

    /// Puts a value into the path, as one segment or a part of one.
    ///
    /// # Errors
    /// It is empty, or would lead elsewhere.
    pub fn segment(&mut self, value: &str) -> Result<(), ToolError> {
        if ["", ".", ".."].contains(&value) {
            return Err(ToolError::new(
                ErrorKind::InvalidInput,
                "an argument cannot be part of an address",
                "it is empty, or only dots",
                "give it as the API shows it",
            ));
        }
        let encoded = utf8_percent_encode(value, ENCODED).to_string();
        self.path = self.path.replacen("{}", &encoded, 1);
        Ok(())
    }

    /// Adds a parameter of the query; of a list each element.
    pub fn query(&mut self, name: &'static str, value: &impl Serialize) {
        for value in written(value) {
            self.query.push((name, value));
        }
    }

    /// Adds a header.
    pub fn header(&mut self, name: &'static str, value: &impl Serialize) {
        for value in written(value) {
            self.headers.push((name, value));
        }
    }

    /// Adds a field of the body.
    pub fn field(&mut self, name: &str, value: &impl Serialize) {
        if let Ok(value) = serde_json::to_value(value)
            && !value.is_null()
        {
            self.body.insert(name.to_owned(), value);
        }
    }

    fn url(&self, base: &str) -> String {
        let mut url = format!("{base}{}", self.path);
        for (at, (name, value)) in self.query.iter().enumerate() {
            url.push(if at == 0 { '?' } else { '&' });
            url.extend(utf8_percent_encode(name, ENCODED));
            url.push('=');
            url.extend(utf8_percent_encode(value, ENCODED));
        }
        url
    }
}

/// A value as address and header have it: texts as they are, a list one by one.
fn written(value: &impl Serialize) -> Vec<String> {
    let plain = |value: Value| match value {
        Value::Null => None,
        Value::String(text) => Some(text),
        other => Some(other.to_string()),
    };
    match serde_json::to_value(value) {
        Ok(Value::Array(values)) => values.into_iter().filter_map(plain).collect(),
        Ok(value) => plain(value).into_iter().collect(),
        Err(_) => Vec::new(),
    }
}

/// Asks the API; gives its JSON, or null where it answers without a body.
///
/// # Errors
/// Each way to fail has its own, with the next move; none holds the key.
pub async fn send(settings: &Settings, operation: &impl Operation) -> Result<Value, ToolError> {
    ask(settings, operation.request()?, TIMEOUT).await
}

async fn ask(settings: &Settings, request: Request, timeout: Duration) -> Result<Value, ToolError> {
    // seaworthy:begin key
    let request = SCHEME.sign(request, settings.api_key.expose());
    // seaworthy:end key
    let exchange = exchange(settings, &request);
    let got = match tokio::time::timeout(timeout, exchange).await {
        Ok(Ok(got)) => got,
        Ok(Err(error)) if !error.is_timeout() => return Err(unreachable(&error)),
        Ok(Err(_)) | Err(_) => return Err(too_slow(timeout)),
    };
    let Some(body) = got.body else {
        return Err(too_large());
    };
    if !got.status.is_success() {
        return Err(refusal(got.status, &got.headers, &said(&body, settings)));
    }
    if body.trim_ascii().is_empty() {
        return Ok(Value::Null);
    }
    serde_json::from_slice(&body).map_err(|_| malformed())
}

/// What the API answered; no body where it is too large.
struct Got {
    status: StatusCode,
    headers: header::HeaderMap,
    body: Option<Vec<u8>>,
}

async fn exchange(settings: &Settings, request: &Request) -> reqwest::Result<Got> {
    // the first call does it; whoever did it before chose the same
    let _ = ring::default_provider().install_default();
    let client = reqwest::Client::builder()
        // a redirect could carry the key to another host, so none is followed
        .redirect(redirect::Policy::none())
        .user_agent(format!("{NAME}/{VERSION}"))
        .build()?;
    let url = request.url(&settings.api_url);
    let mut builder = client
        .request(request.method.clone(), url)
        .header(header::ACCEPT, "application/json")
        // an answer that unpacks to a thousand times its size would get past the limit
        .header(header::ACCEPT_ENCODING, "identity");
    for (name, value) in &request.headers {
        builder = builder.header(*name, value);
    }
    if !request.body.is_empty() {
        let body = Value::Object(request.body.clone()).to_string();
        let kind = (header::CONTENT_TYPE, "application/json");
        builder = builder.header(kind.0, kind.1).body(body);
    }
    let mut response = builder.send().await?;
    let (status, headers) = (response.status(), response.headers().clone());
    let mut body = Some(Vec::new());
    while let Some(kept) = &mut body
        && let Some(chunk) = response.chunk().await?
    {
        if kept.len() + chunk.len() > BODY_LIMIT {
            body = None;
        } else {
            kept.extend_from_slice(&chunk);
        }
    }
    Ok(Got {
        status,
        headers,
        body,
    })
}

/// What the API says of its refusal, without the key, if it is a text.
fn said(body: &[u8], settings: &Settings) -> String {
    let mut found: Value = serde_json::from_slice(body).unwrap_or_default();
    while let Value::Object(fields) = &mut found {
        let named = |name: &&&str| fields.get(**name).is_some_and(|value| !value.is_null());
        let name = REASONS.iter().find(named);
        found = name
            .and_then(|name| fields.remove(*name))
            .unwrap_or_default();
    }
    match found.as_str() {
        Some(text) if !is_own(text, settings) => {
            format!(" (it says: '{}')", one_line(text, SAID))
        }
        _ => String::new(),
    }
}

/// Whether a text holds what nobody but this server and the API should see.
fn is_own(text: &str, settings: &Settings) -> bool {
    // seaworthy:begin key
    if text.contains(settings.api_key.expose()) {
        return true;
    }
    // seaworthy:end key
    text.contains(&settings.api_url)
}

fn refusal(status: StatusCode, headers: &header::HeaderMap, said: &str) -> ToolError {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let wait = text("retry-after");
    let is_limit = wait.is_some() || text("x-ratelimit-remaining") == Some("0");
    match status {
        StatusCode::FORBIDDEN if is_limit => limited(wait),
        StatusCode::TOO_MANY_REQUESTS => limited(wait),
        StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => ToolError::new(
            ErrorKind::Refused,
            format!("the API refused access (status {})", status.as_u16()),
            format!("the server's key is missing, not valid, or lacks a permission{said}"),
            "ask the user for a key that may do this, and to restart the server with it",
        ),
        StatusCode::NOT_FOUND | StatusCode::GONE => ToolError::new(
            ErrorKind::NotFound,
            "the API has nothing of that kind",
            format!("an id is wrong, or the key may not see it{said}"),
            "list first, and take the id from there",
        ),
        StatusCode::CONFLICT | StatusCode::PRECONDITION_FAILED => ToolError::new(
            ErrorKind::Conflict,
            "the API refused the change",
            format!("the object is not in the state that this needs{said}"),
            "read it again, then decide anew",
        ),
        status if status.is_client_error() => ToolError::new(
            ErrorKind::InvalidInput,
            format!("the API refused the arguments (status {})", status.as_u16()),
            format!("a value is missing, or not one that it takes{said}"),
            "correct the arguments and call again",
        ),
        status if status.is_redirection() => unavailable(
            "the API points to another address",
            "redirects are not followed, for they could take the key along",
            format!("ask the operator to check {API_URL}"),
        ),
        status => unavailable(
            format!("the API answered with status {}", status.as_u16()),
            format!("it has a fault, or is not the API that is expected{said}"),
            format!("try again in a minute, then check {API_URL}"),
        ),
    }
}

fn limited(wait: Option<&str>) -> ToolError {
    let wait = match wait.and_then(|wait| wait.parse::<u32>().ok()) {
        Some(seconds) => format!("{seconds} seconds"),
        None => "some minutes".to_owned(),
    };
    unavailable(
        "the API's rate limit is reached",
        "all requests that are allowed for now were made",
        format!("wait {wait}, then call again"),
    )
}

fn too_slow(timeout: Duration) -> ToolError {
    unavailable(
        "the API did not answer in time",
        format!("it took longer than {} seconds", timeout.as_secs_f32()),
        "try again in a minute; after a change, look first whether it was done",
    )
}

fn unreachable(error: &reqwest::Error) -> ToolError {
    // the error's own text may hold the address or headers, so only its kind is told
    let kind = if error.is_connect() {
        "the connection failed"
    } else {
        "the connection broke"
    };
    let next = format!("check the network and {API_URL}, then try again");
    unavailable("the API cannot be reached", kind, next)
}

fn too_large() -> ToolError {
    unavailable(
        "the API's answer is too large",
        format!("it has more than {} KiB", BODY_LIMIT / 1024),
        "ask for less: a smaller page, or narrower arguments",
    )
}

fn malformed() -> ToolError {
    unavailable(
        "the API's answer is malformed",
        "it is not JSON",
        format!("check that {API_URL} is the base of the API, then try again"),
    )
}

fn unavailable(
    what: impl Into<String>,
    cause: impl Into<String>,
    next: impl Into<String>,
) -> ToolError {
    ToolError::new(ErrorKind::Unavailable, what, cause, next)
}
