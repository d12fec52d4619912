//! Streamable HTTP for both protocol eras on one endpoint, `/mcp`, behind bearer tokens.
//!
//! The SDK speaks the protocol: 2026-07-28 without sessions and with JSON answers, older
//! versions with sessions. Around it stands what a server on a network needs:
//!
//! ```text
//! listen.rs     connections: how many, how slow, TLS, the orderly end
//! cors.rs       what pages of allowed origins may do and see
//! admission.rs  Host, Origin, bearer token; failed attempts are limited
//! endpoint.rs   /mcp: body limit, scopes, calls in flight, sessions
//! in_flight.rs  how many calls a principal and all together may have open
//! held.rs       a body that holds a place until it is read
//! session.rs    sessions belong to their principal, are few and expire
//! refusal.rs    what a request that is not served gets to read
//! site.rs       /healthz, /readyz, /metrics, RFC 9728 metadata
//! tls.rs        certificate and key
//! ```
//!
//! Order matters: what costs nothing is checked first, and nothing is read of a body before the
//! token is known. To add a check, put it where its cost belongs and give it a test in
//! `tests/it/http/`.

use std::{fmt, sync::Arc, time::Duration};

use axum::Router;
use rmcp::{
    ServerHandler,
    transport::streamable_http_server::{StreamableHttpServerConfig, StreamableHttpService},
};
use tokio_util::sync::CancellationToken;

use crate::auth::{Authenticator, Scope};

mod admission;
mod cors;
mod endpoint;
mod held;
mod in_flight;
pub mod listen;
mod refusal;
pub mod session;
mod site;
pub mod tls;

pub use listen::{Address, serve};
pub use tls::{Tls, TlsError};

/// The path of the endpoint.
pub const PATH: &str = "/mcp";
/// Where its metadata is (RFC 9728, section 3.1).
pub const METADATA: &str = "/.well-known/oauth-protected-resource/mcp";

/// What bounds the server. All of it is per process.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// The longest body, in bytes.
    pub body: usize,
    /// Sessions of clients before 2026-07-28; past it the one that rested longest is closed, and its
    /// client opens another when it next asks. Each holds about 100 KB, nearly all of it the SDK's
    /// channels. Also the streams that such clients hold open to be told things.
    pub sessions: usize,
    /// The same for each principal.
    pub sessions_per_principal: usize,
    /// How long a session may rest.
    pub session_idle: Duration,
    /// Calls at once; one more is told to come back.
    pub in_flight: usize,
    /// The same for each principal.
    pub in_flight_per_principal: usize,
    /// Connections; past it one is closed that is not at work, rather one that had no token.
    pub connections: usize,
    /// How long a connection may take to send the head of a request, idle time included.
    pub head: Duration,
    /// How long a body may take.
    pub read: Duration,
    /// How long a client may take to read what waits for it.
    pub write: Duration,
    /// How long calls in flight may go on when the server is told to stop.
    pub drain: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            body: 4 * 1024 * 1024,
            sessions: 96,
            sessions_per_principal: 48,
            session_idle: Duration::from_secs(900),
            in_flight: 256,
            in_flight_per_principal: 64,
            connections: 2_048,
            head: Duration::from_secs(30),
            read: Duration::from_secs(20),
            write: Duration::from_secs(30),
            drain: Duration::from_secs(25),
        }
    }
}

/// Which scope a request needs, by its method and, for `tools/call`, the tool's name; `None` where
/// any principal may ask.
pub type Required = Arc<dyn Fn(&str, Option<&str>) -> Option<Scope> + Send + Sync>;

/// Metrics as OpenMetrics text, for `/metrics`; see [`crate::telemetry::prometheus`].
pub type Metrics = Arc<dyn Fn() -> String + Send + Sync>;

/// How the server is reached and by whom.
#[derive(Clone)]
pub struct Config {
    /// Who may ask.
    pub authenticator: Arc<Authenticator>,
    /// The scope of each request.
    pub required: Required,
    /// Values of `Host`, with or without a port, besides this machine's own names.
    pub allowed_hosts: Vec<String>,
    /// Values of `Origin`. Browsers send it; any other is refused.
    pub allowed_origins: Vec<String>,
    /// The address of the endpoint as clients know it, where it is not what `Host` says.
    pub public_url: Option<String>,
    /// Whether clients reach this process by TLS.
    pub tls: bool,
    /// What bounds it.
    pub limits: Limits,
    /// What `/metrics` shows, if anything.
    pub metrics: Option<Metrics>,
}

impl fmt::Debug for Config {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Config")
            .field("authenticator", &self.authenticator)
            .field("allowed_hosts", &self.allowed_hosts)
            .field("allowed_origins", &self.allowed_origins)
            .field("public_url", &self.public_url)
            .field("limits", &self.limits)
            .finish_non_exhaustive()
    }
}

impl Config {
    /// The configuration with nothing but loopback names allowed and any principal let in.
    pub fn new(authenticator: Arc<Authenticator>) -> Self {
        Self {
            authenticator,
            required: Arc::new(|_, _| None),
            allowed_hosts: Vec::new(),
            allowed_origins: Vec::new(),
            public_url: None,
            tls: false,
            limits: Limits::default(),
            metrics: None,
        }
    }
}

/// A server behind its endpoint, ready to be listened for.
#[derive(Clone)]
pub struct App {
    router: Router,
    shared: Arc<Shared>,
}

/// What all requests share.
struct Shared {
    config: Config,
    in_flight: Arc<in_flight::InFlight>,
    /// Streams that a session's client holds open.
    streams: Arc<in_flight::InFlight>,
    sessions: Arc<session::Sessions>,
    failures: admission::Failures,
    /// Cancelled when the server is told to stop: it is no longer ready.
    stopping: CancellationToken,
    /// Cancelled when calls in flight have had their time: streams end.
    ending: CancellationToken,
}

impl App {
    /// Puts `handler` behind the endpoint.
    pub fn new<H: ServerHandler + Clone + Sync>(handler: H, config: Config) -> Self {
        let limits = config.limits;
        let sessions = Arc::new(session::Sessions::new(&limits));
        let ending = CancellationToken::new();
        let mut speech = StreamableHttpServerConfig::default()
            // both are checked before anything else, by admission.rs
            .disable_allowed_hosts();
        speech.json_response = true;
        speech.max_request_body_bytes = limits.body;
        speech.cancellation_token = ending.clone();
        let factory = move || Ok(handler.clone());
        let service = StreamableHttpService::new(factory, sessions.clone(), speech);
        let shared = Arc::new(Shared {
            in_flight: in_flight::InFlight::new(limits.in_flight, limits.in_flight_per_principal),
            streams: in_flight::InFlight::new(limits.sessions, limits.sessions_per_principal),
            sessions,
            failures: admission::Failures::new(),
            stopping: CancellationToken::new(),
            ending,
            config,
        });
        let router = site::router(&shared).merge(endpoint::router(service, &shared));
        let router = cors::around(router, &shared.config.allowed_origins);
        Self { router, shared }
    }

    /// The same with something in front of all its routes.
    #[must_use]
    pub fn wrapped(mut self, wrap: impl FnOnce(Router) -> Router) -> Self {
        self.router = wrap(self.router);
        self
    }

    /// Calls that are being worked on.
    pub fn in_flight(&self) -> usize {
        self.shared.in_flight.count()
    }

    /// Sessions that are open.
    pub fn sessions(&self) -> usize {
        self.shared.sessions.count()
    }
}

impl fmt::Debug for App {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "App({:?})", self.shared.config)
    }
}
