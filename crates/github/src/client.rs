//! The only file that talks HTTP.
//!
//! Rules it keeps (reference: GitHub's REST API documentation, version 2026-03-10):
//! * the token goes to the API's own origin and nowhere else; redirects are followed by hand;
//! * a request, its redirects and its retries share one time limit;
//! * a change follows a redirect to the new name of its repository only, not to another thing;
//! * `Link` URLs are opaque and held to that origin;
//! * a GET is retried a little on 5xx and broken connections, nothing else ever is;
//! * no limit is slept through: it becomes an error that says when to come back;
//! * answers are cached by identity, URL and `Accept`, and revalidated by `ETag` (a 304 is free);
//! * writes are paced to one a second, and at most [`CONCURRENT`] requests are open at once.

use std::{
    fmt,
    num::NonZeroU32,
    sync::{Arc, Mutex, OnceLock, PoisonError},
    time::{Duration, Instant},
};

use bytes::{Bytes, BytesMut};
use governor::{DefaultDirectRateLimiter, Quota, RateLimiter};
use http::{HeaderMap, HeaderName, HeaderValue, Method, Request, Response, StatusCode, header};
use kit::{ToolError, audit::now, meter};
use moka::sync::Cache;
use seaworthy_kit as kit;
use serde::de::DeserializeOwned;
use serde_json::Value;
use tokio::sync::Semaphore;
use url::Url;

use crate::{
    endpoint::Endpoint,
    failure::{self, Failed, Fault},
};

/// The public API.
pub const PUBLIC_API: &str = "https://api.github.com";
/// The API version that is asked for.
pub const API_VERSION: &str = "2026-03-10";
/// Requests that are open at once; GitHub's own bound is 100 for all of a user's programs.
const CONCURRENT: usize = 8;
/// The largest answer that is read, in bytes.
const MAX_BODY: usize = 32 * 1024 * 1024;
/// The largest answer that is cached, in bytes, and all of them together.
const MAX_CACHED: usize = 1024 * 1024;
const CACHE_BYTES: u64 = 16 * 1024 * 1024;
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
const REQUEST_TIMEOUT: Duration = Duration::from_secs(25);
const RETRIES: u32 = 2;
const REDIRECTS: u32 = 3;
/// How long a refused token is not tried again: repeating a 401 makes GitHub refuse even valid
/// ones for a while.
const REFUSED_SECONDS: u64 = 60;

/// A GitHub token. It is never shown.
#[derive(Clone)]
pub struct Token(HeaderValue);

impl Token {
    /// Checks that the text can be a token: 8 to 2,048 letters, digits, `_`, `-`, `.`. GitHub gives
    /// no length; installation tokens and JSON Web Tokens have 500 characters and more.
    ///
    /// # Errors
    /// What is wrong, without the text itself.
    pub fn parse(text: &str) -> Result<Self, &'static str> {
        if !(8..=2_048).contains(&text.len()) {
            return Err("is not 8 to 2,048 characters long");
        }
        if !text
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b"_-.".contains(&b))
        {
            return Err(
                "has characters that no token has (quotes, blanks, line breaks, an unfilled ${...}?)",
            );
        }
        // a JSON Web Token needs the scheme `Bearer`; every other token works with `token`
        let scheme = if text.contains('.') {
            "Bearer"
        } else {
            "token"
        };
        let mut value = HeaderValue::from_str(&format!("{scheme} {text}"))
            .map_err(|_| "cannot be sent in a header")?;
        value.set_sensitive(true);
        Ok(Self(value))
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token(...)")
    }
}

/// Answers requests inside this process, in place of the network.
pub type InProcess = Arc<dyn Fn(Request<Vec<u8>>) -> Response<Vec<u8>> + Send + Sync>;

enum Upstream {
    Network(OnceLock<reqwest::Client>),
    InProcess(InProcess),
}

/// An answer of the API.
#[derive(Debug, Clone)]
pub struct Fetched<T> {
    /// The body.
    pub data: T,
    /// Where the list goes on, for [`Client::get_link`]; relative to the API's origin.
    pub next: Option<String>,
    /// The number of the last page, where GitHub tells it.
    pub last_page: Option<u64>,
    /// The headers.
    pub headers: HeaderMap,
}

/// What is asked.
struct Question<'a> {
    method: Method,
    url: Url,
    body: Vec<u8>,
    etag: Option<HeaderValue>,
    endpoint: &'a Endpoint,
}

#[derive(Clone)]
struct Raw {
    status: StatusCode,
    headers: HeaderMap,
    body: Bytes,
}

/// The client. Cheap to make: connections, TLS and the cache are set up by the first request.
pub struct Client {
    base: Url,
    token: Option<Token>,
    upstream: Upstream,
    timeout: Duration,
    open: Semaphore,
    pace: DefaultDirectRateLimiter,
    cache: OnceLock<Cache<[u8; 32], Arc<Raw>>>,
    refused_until: Mutex<u64>,
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Client({})", self.base)
    }
}

impl Client {
    /// A client for the API at `base`, over the network.
    ///
    /// # Errors
    /// `base` is no http(s) URL.
    pub fn new(base: &str, token: Option<Token>) -> Result<Self, &'static str> {
        Self::with(base, token, Upstream::Network(OnceLock::new()))
    }

    /// A client whose requests `answer` answers.
    ///
    /// # Errors
    /// `base` is no http(s) URL.
    pub fn in_process(
        base: &str,
        token: Option<Token>,
        answer: InProcess,
    ) -> Result<Self, &'static str> {
        Self::with(base, token, Upstream::InProcess(answer))
    }

    fn with(base: &str, token: Option<Token>, upstream: Upstream) -> Result<Self, &'static str> {
        let mut base = Url::parse(base.trim_end_matches('/')).map_err(|_| "is not a URL")?;
        if !matches!(base.scheme(), "http" | "https") || base.host_str().is_none() {
            return Err("is not an http or https URL");
        }
        if !base.username().is_empty() || base.password().is_some() {
            return Err("has credentials in it; give them by GITHUB_TOKEN");
        }
        base.set_query(None);
        base.set_fragment(None);
        Ok(Self {
            base,
            token,
            upstream,
            timeout: REQUEST_TIMEOUT,
            open: Semaphore::new(CONCURRENT),
            pace: RateLimiter::direct(
                Quota::per_second(NonZeroU32::MIN).allow_burst(NonZeroU32::MIN.saturating_add(4)),
            ),
            cache: OnceLock::new(),
            refused_until: Mutex::new(0),
        })
    }

    /// Gives up on a request, its redirects and retries included, after `timeout` on the wire;
    /// 25 s unless told otherwise.
    #[must_use]
    pub fn with_timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// Whether requests carry a token.
    pub fn has_token(&self) -> bool {
        self.token.is_some()
    }

    /// What sort of token requests carry, by the prefix that GitHub gives each sort.
    pub fn token_kind(&self) -> &'static str {
        let Some(Token(value)) = &self.token else {
            return "none";
        };
        let text = value.to_str().unwrap_or_default();
        // an installation token may have a JSON Web Token inside: ghs_APPID_JWT
        let prefix = |prefix: &str| {
            text.split_once(' ')
                .is_some_and(|(_, token)| token.starts_with(prefix))
        };
        match () {
            () if prefix("github_pat_") => "fine-grained personal access token",
            () if prefix("ghp_") => "classic personal access token",
            () if prefix("gho_") => "token of an OAuth app for a user",
            () if prefix("ghu_") => "token of a GitHub App for a user",
            () if prefix("ghs_") => "installation token of a GitHub App",
            () if text.starts_with("Bearer ") => "JSON Web Token of a GitHub App",
            () => "token of an unknown sort",
        }
    }

    /// The API's address, for people.
    pub fn base(&self) -> &str {
        self.base.as_str().trim_end_matches('/')
    }

    /// GETs JSON.
    ///
    /// # Errors
    /// Everything that can go wrong, as an instruction; see [`failure`].
    pub async fn get<T: DeserializeOwned>(
        &self,
        endpoint: &Endpoint,
    ) -> Result<Fetched<T>, ToolError> {
        let url = self.url(endpoint);
        let raw = self.fetch(&url, endpoint).await?;
        self.parsed(raw, endpoint)
    }

    /// GETs the JSON that a `Link` of an earlier answer points at; `endpoint` says what it is about.
    ///
    /// # Errors
    /// As [`Self::get`].
    pub async fn get_link<T: DeserializeOwned>(
        &self,
        link: &str,
        endpoint: &Endpoint,
    ) -> Result<Fetched<T>, ToolError> {
        let url = self
            .base
            .join(link)
            .ok()
            .filter(|url| link.starts_with('/') && url.origin() == self.base.origin())
            .ok_or_else(|| Failed::by(Fault::ForeignLink, endpoint))?;
        let raw = self.fetch(&url, endpoint).await?;
        self.parsed(raw, endpoint)
    }

    /// GETs bytes: a raw file, a diff, a log. A redirect to another host (GitHub keeps logs and
    /// archives elsewhere) is followed without the token.
    ///
    /// # Errors
    /// As [`Self::get`].
    pub async fn get_bytes(&self, endpoint: &Endpoint) -> Result<Bytes, ToolError> {
        let url = self.url(endpoint);
        Ok(self.fetch(&url, endpoint).await?.body)
    }

    /// Sends a change: POST, PUT, PATCH or DELETE. Never retried. An empty answer reads as `null`.
    ///
    /// # Errors
    /// As [`Self::get`].
    pub async fn send<T: DeserializeOwned>(
        &self,
        method: Method,
        endpoint: &Endpoint,
        body: Option<&Value>,
    ) -> Result<T, ToolError> {
        if matches!(self.upstream, Upstream::Network(_)) {
            self.pace.until_ready().await;
        }
        let body = body.map(Value::to_string).unwrap_or_default();
        let question = Question {
            method,
            url: self.url(endpoint),
            body: body.into_bytes(),
            etag: None,
            endpoint,
        };
        let mut left = self.timeout;
        let mut raw = self.follow(&question, &mut left).await?;
        if raw.body.is_empty() {
            raw.body = Bytes::from_static(b"null");
        }
        self.parsed(raw, endpoint).map(|fetched| fetched.data)
    }

    fn url(&self, endpoint: &Endpoint) -> Url {
        let mut url = self.base.clone();
        let path = format!(
            "{}{}",
            self.base.path().trim_end_matches('/'),
            endpoint.path
        );
        url.set_path(&path);
        url.set_query((!endpoint.query.is_empty()).then_some(&endpoint.query));
        url
    }

    fn parsed<T: DeserializeOwned>(
        &self,
        raw: Raw,
        endpoint: &Endpoint,
    ) -> Result<Fetched<T>, ToolError> {
        let data = serde_json::from_slice(&raw.body)
            .map_err(|_| Failed::by(Fault::InvalidJson, endpoint))?;
        let links = links(&raw.headers);
        let next = match links.iter().find(|(rel, _)| rel == "next") {
            Some((_, url)) => Some(
                self.own(url)
                    .ok_or_else(|| Failed::by(Fault::ForeignLink, endpoint))?,
            ),
            None => None,
        };
        let last_page = links
            .iter()
            .find(|(rel, _)| rel == "last")
            .and_then(|(_, url)| page_number(url));
        Ok(Fetched {
            data,
            next,
            last_page,
            headers: raw.headers,
        })
    }

    /// Path and query of a URL on the API's own origin.
    fn own(&self, url: &str) -> Option<String> {
        let url = self.base.join(url).ok()?;
        if url.origin() != self.base.origin() {
            return None;
        }
        Some(match url.query() {
            Some(query) => format!("{}?{query}", url.path()),
            None => url.path().to_owned(),
        })
    }

    /// A GET through the cache, with retries.
    async fn fetch(&self, url: &Url, endpoint: &Endpoint) -> Result<Raw, ToolError> {
        let key = self.cache_key(url, endpoint.accept);
        let cache = self.cache.get_or_init(|| {
            Cache::builder()
                .max_capacity(CACHE_BYTES)
                .weigher(|_, raw: &Arc<Raw>| {
                    u32::try_from(raw.body.len() + 1024).unwrap_or(u32::MAX)
                })
                .time_to_live(Duration::from_secs(3600))
                .build()
        });
        let cached = cache.get(&key);
        let etag = cached
            .as_ref()
            .and_then(|raw| raw.headers.get(header::ETAG).cloned());
        let question = Question {
            method: Method::GET,
            url: url.clone(),
            body: Vec::new(),
            etag,
            endpoint,
        };
        let mut left = self.timeout;
        let mut attempt = 0;
        let raw = loop {
            let failed = match self.follow(&question, &mut left).await {
                Ok(raw) => break raw,
                Err(failed) => failed,
            };
            attempt += 1;
            let pause = backoff(attempt);
            // a retry that could not end in time helps nobody
            if attempt > RETRIES || !failed.passing || pause >= left {
                return Err(failed.into());
            }
            left -= pause;
            tokio::time::sleep(pause).await;
        };
        if raw.status == StatusCode::NOT_MODIFIED
            && let Some(cached) = cached
        {
            meter::cache_hit();
            return Ok(freshened(&cached, &raw));
        }
        if raw.headers.contains_key(header::ETAG) && raw.body.len() <= MAX_CACHED {
            cache.insert(key, Arc::new(raw.clone()));
        }
        Ok(raw)
    }

    fn cache_key(&self, url: &Url, accept: &str) -> [u8; 32] {
        let token = self
            .token
            .as_ref()
            .map_or(&b""[..], |token| token.0.as_bytes());
        kit::seal::digest(&[token, url.as_str().as_bytes(), accept.as_bytes()])
    }

    /// One request and its redirects, as long as there is time `left`; waiting for a free slot
    /// costs none. Off the API's origin the token stays behind, and only raw bytes are asked for
    /// there.
    async fn follow(&self, question: &Question<'_>, left: &mut Duration) -> Result<Raw, Failed> {
        let endpoint = question.endpoint;
        let failed = |fault| Failed::by(fault, endpoint);
        if self.token.is_some()
            && now()
                < *self
                    .refused_until
                    .lock()
                    .unwrap_or_else(PoisonError::into_inner)
        {
            return Err(failed(Fault::TokenRefused));
        }
        let _open = self.open.acquire().await;
        let mut url = question.url.clone();
        let mut away = false;
        for _ in 0..=REDIRECTS {
            let begun = Instant::now();
            let exchange = self.exchange(self.request(question, &url));
            let raw = tokio::time::timeout(*left, exchange).await;
            *left = left.saturating_sub(begun.elapsed());
            let raw = raw.unwrap_or(Err(Fault::TimedOut)).map_err(failed)?;
            if !matches!(raw.status.as_u16(), 301 | 302 | 307 | 308) {
                return self.judged(raw, away, question);
            }
            let target = raw
                .headers
                .get(header::LOCATION)
                .and_then(|location| location.to_str().ok())
                .and_then(|location| url.join(location).ok())
                .ok_or_else(|| failed(Fault::BadRedirect))?;
            let foreign = target.origin() != self.base.origin();
            let downgraded = self.base.scheme() == "https" && target.scheme() != "https";
            let may_leave = endpoint.leaves_origin && question.method == Method::GET;
            // nor does another host send the token to a place of its choice
            if downgraded || foreign && !may_leave || away && !foreign {
                return Err(failed(Fault::ForeignRedirect));
            }
            // a renamed branch or a transferred issue is another thing than the one to change
            if question.method != Method::GET && !self.is_only_renamed(&question.url, &target) {
                return Err(failed(Fault::Moved));
            }
            away = foreign;
            url = target;
        }
        Err(failed(Fault::BadRedirect))
    }

    /// Whether both addresses name the same thing of one repository, whatever that is called.
    fn is_only_renamed(&self, before: &Url, after: &Url) -> bool {
        let base = self.base.path().trim_end_matches('/');
        let within = |url: &Url| {
            let mut parts = url.path().strip_prefix(base)?.split('/').skip(1);
            let names = match parts.next()? {
                "repos" => 2,
                "repositories" => 1,
                _ => return None,
            };
            let rest: Vec<_> = parts.skip(names).map(str::to_owned).collect();
            Some((rest, url.query().map(str::to_owned)))
        };
        within(before).is_some_and(|thing| within(after) == Some(thing))
    }

    /// The answer, or the failure that it is. `away`: another host than the API gave it.
    fn judged(&self, mut raw: Raw, away: bool, question: &Question<'_>) -> Result<Raw, Failed> {
        if away {
            // nor do its ETags and links mean anything to the API
            raw.headers = HeaderMap::new();
            return if raw.status.is_success() {
                Ok(raw)
            } else {
                Err(failure::from_storage(raw.status, question.endpoint))
            };
        }
        if raw.status.is_success()
            || raw.status == StatusCode::NOT_MODIFIED && question.etag.is_some()
        {
            return Ok(raw);
        }
        if raw.status == StatusCode::UNAUTHORIZED && self.token.is_some() {
            *self
                .refused_until
                .lock()
                .unwrap_or_else(PoisonError::into_inner) = now() + REFUSED_SECONDS;
        }
        Err(failure::from_answer(
            raw.status,
            &raw.headers,
            &self.without_token(raw.body),
            question.endpoint,
            self.token.is_some(),
            now(),
        ))
    }

    /// The body of an error, in which a proxy may have repeated the request's headers.
    fn without_token(&self, body: Bytes) -> Bytes {
        let sent = self.token.as_ref().map(|token| token.0.to_str());
        let Some((_, token)) = sent.and_then(Result::ok).and_then(|t| t.split_once(' ')) else {
            return body;
        };
        match String::from_utf8_lossy(&body) {
            text if text.contains(token) => text.replace(token, "(the token)").into(),
            _ => body,
        }
    }

    fn request(&self, question: &Question<'_>, url: &Url) -> Request<Vec<u8>> {
        let mut request = Request::new(question.body.clone());
        *request.method_mut() = question.method.clone();
        // a Url is always a valid Uri; should it not be, the request fails as unreachable
        *request.uri_mut() = url.as_str().parse().unwrap_or_default();
        let has_body = !request.body().is_empty();
        let headers = request.headers_mut();
        headers.insert(
            header::USER_AGENT,
            HeaderValue::from_static(concat!("seaworthy/", env!("CARGO_PKG_VERSION"))),
        );
        headers.insert(
            header::ACCEPT,
            HeaderValue::from_static(question.endpoint.accept),
        );
        if url.origin() == self.base.origin() {
            headers.insert(
                HeaderName::from_static("x-github-api-version"),
                HeaderValue::from_static(API_VERSION),
            );
            if let Some(token) = &self.token {
                headers.insert(header::AUTHORIZATION, token.0.clone());
            }
            if let Some(etag) = &question.etag {
                headers.insert(header::IF_NONE_MATCH, etag.clone());
            }
        }
        if has_body {
            headers.insert(
                header::CONTENT_TYPE,
                HeaderValue::from_static("application/json"),
            );
        }
        request
    }

    async fn exchange(&self, request: Request<Vec<u8>>) -> Result<Raw, Fault> {
        let began = Instant::now();
        let method = request.method().clone();
        let result = match &self.upstream {
            Upstream::InProcess(answer) => {
                let (parts, body) = answer(request).into_parts();
                Ok(Raw {
                    status: parts.status,
                    headers: parts.headers,
                    body: body.into(),
                })
            }
            Upstream::Network(network) => over_network(network, request).await,
        };
        let left = |raw: &Raw| {
            raw.headers
                .get("x-ratelimit-remaining")?
                .to_str()
                .ok()?
                .parse()
                .ok()
        };
        meter::upstream(result.as_ref().ok().and_then(left));
        let status = result.as_ref().map(|raw| raw.status.as_u16());
        // never the address: it holds names, queries and, of a log, a signature
        tracing::debug!(%method, ?status, ms = began.elapsed().as_millis(), "request");
        result
    }
}

async fn over_network(
    network: &OnceLock<reqwest::Client>,
    request: Request<Vec<u8>>,
) -> Result<Raw, Fault> {
    let client = if let Some(client) = network.get() {
        client
    } else {
        let built = build_network_client()?;
        network.get_or_init(|| built)
    };
    let request = reqwest::Request::try_from(request).map_err(|_| Fault::Unreachable)?;
    let mut response = client
        .execute(request)
        .await
        .map_err(|error| classify(&error))?;
    let (status, headers) = (response.status(), response.headers().clone());
    if response
        .content_length()
        .is_some_and(|length| length > MAX_BODY as u64)
    {
        return Err(Fault::TooLarge);
    }
    let mut body = BytesMut::new();
    while let Some(chunk) = response.chunk().await.map_err(|error| classify(&error))? {
        if body.len() + chunk.len() > MAX_BODY {
            return Err(Fault::TooLarge);
        }
        body.extend_from_slice(&chunk);
    }
    Ok(Raw {
        status,
        headers,
        body: body.freeze(),
    })
}

/// The cached answer with what a 304 says anew (RFC 9111, section 3.2): limits, links, scopes.
fn freshened(cached: &Raw, not_modified: &Raw) -> Raw {
    let mut fresh = cached.clone();
    let new = &not_modified.headers;
    let is_of_the_body = |name: &HeaderName| {
        name.as_str().starts_with("content-") || name == header::TRANSFER_ENCODING
    };
    for name in new.keys().filter(|name| !is_of_the_body(name)) {
        fresh.headers.remove(name);
        for value in new.get_all(name) {
            fresh.headers.append(name.clone(), value.clone());
        }
    }
    fresh
}

fn build_network_client() -> Result<reqwest::Client, Fault> {
    // an error means that a provider is installed already, which is as good
    let _ = rustls::crypto::ring::default_provider().install_default();
    reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .connect_timeout(CONNECT_TIMEOUT)
        .build()
        .map_err(|_| Fault::NoTls)
}

fn classify(error: &reqwest::Error) -> Fault {
    // a connection that is not made in time is not made
    if error.is_connect() {
        Fault::Unreachable
    } else if error.is_timeout() {
        Fault::TimedOut
    } else {
        Fault::Broken
    }
}

/// 200 ms, then 400 ms, each with up to as much again at random.
fn backoff(attempt: u32) -> Duration {
    let base = 100_u64 << attempt;
    let mut random = [0; 2];
    // without randomness the retries of several clients may meet; that is no reason to fail
    let _ = kit::seal::random(&mut random);
    let jitter = u64::from(u16::from_le_bytes(random)) * base / 65_536;
    Duration::from_millis(base + jitter)
}

/// The relations and URLs of the `Link` headers (RFC 8288).
fn links(headers: &HeaderMap) -> Vec<(String, String)> {
    headers
        .get_all(header::LINK)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .filter_map(|link| {
            let (url, parameters) = link.trim().strip_prefix('<')?.split_once('>')?;
            let relation = parameters
                .split(';')
                .find_map(|parameter| parameter.trim().strip_prefix("rel="))?;
            Some((relation.trim_matches('"').to_owned(), url.to_owned()))
        })
        .collect()
}

fn page_number(url: &str) -> Option<u64> {
    let query = url.split_once('?')?.1;
    query
        .split('&')
        .find_map(|pair| pair.strip_prefix("page="))
        .and_then(|page| page.parse().ok())
}
