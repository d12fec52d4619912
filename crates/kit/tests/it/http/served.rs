//! A server on a port of loopback, its principals, and requests as MCP clients send them.

use std::{collections::HashMap, io, net::SocketAddr, sync::Arc, sync::atomic::Ordering};

use seaworthy_kit::{
    Server,
    auth::{Authenticator, Scopes, Tokens, tokens},
    transport::http::{App, Config, Tls, serve as serve_http},
};
use serde_json::{Value, json};
use tokio::{net::TcpListener, task::JoinHandle, time::timeout};
use tokio_util::sync::CancellationToken;

use super::wire::{Answer, PATIENCE, Wire, request};
use crate::{
    session::{initialize, modern},
    tank::{Gauge, Tank, server},
};

/// Who has a token, and its scopes.
pub const PEOPLE: [(&str, &str); 5] = [
    ("guest", "sandbox"),
    ("mira", "read,write,destructive"),
    ("noor", "read,write,destructive"),
    ("reader", "read"),
    ("writer", "write"),
];

/// A running server.
pub struct Served {
    pub address: SocketAddr,
    pub app: App,
    pub gauge: Arc<Gauge>,
    pub authenticator: Arc<Authenticator>,
    pub stop: CancellationToken,
    pub ended: JoinHandle<io::Result<()>>,
    /// The folder of its audit log.
    pub audit: tempfile::TempDir,
    tokens: Arc<HashMap<&'static str, String>>,
}

/// A server as `change` configures it.
pub async fn serve(change: impl FnOnce(&mut Config)) -> Served {
    start(server(), &people(), None, change).await
}

/// A list of tokens for [`PEOPLE`], and the tokens.
pub fn people() -> (String, Arc<HashMap<&'static str, String>>) {
    let mut list = String::new();
    let mut tokens = HashMap::new();
    for (name, scopes) in PEOPLE {
        let minted = tokens::mint(name, Scopes::parse(scopes).unwrap(), None).unwrap();
        list += &format!("{}\n", minted.line);
        tokens.insert(name, minted.token.expose().to_owned());
    }
    (list, Arc::new(tokens))
}

/// Serves a tank of the test's own.
pub async fn start(
    (server, gauge, audit): (Server<Tank>, Arc<Gauge>, tempfile::TempDir),
    (list, tokens): &(String, Arc<HashMap<&'static str, String>>),
    tls: Option<Arc<Tls>>,
    change: impl FnOnce(&mut Config),
) -> Served {
    let server = Arc::new(server.behind_auth());
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let listed = Tokens::parse(list).unwrap();
    let mut config = Config::new(Arc::new(Authenticator::new(Some(listed), None).unwrap()));
    config.required = server.required();
    config.tls = tls.is_some();
    change(&mut config);
    let authenticator = config.authenticator.clone();
    let app = App::new(server, config);
    let stop = CancellationToken::new();
    let ended = tokio::spawn(serve_http(listener, tls, app.clone(), stop.clone()));
    Served {
        address,
        app,
        gauge,
        authenticator,
        stop,
        ended,
        audit,
        tokens: tokens.clone(),
    }
}

impl Served {
    pub async fn wire(&self) -> Wire {
        Wire::open(self.address).await
    }

    pub fn token(&self, who: &str) -> &str {
        &self.tokens[who]
    }

    /// `Bearer TOKEN` of `who`.
    pub fn bearer(&self, who: &str) -> String {
        format!("Bearer {}", self.token(who))
    }

    /// One request on a connection of its own.
    pub async fn ask(&self, request: impl AsRef<[u8]>) -> Answer {
        self.wire().await.ask(request).await
    }

    /// `message` of `who` as a request.
    pub fn post(&self, who: &str, message: &Value) -> String {
        posted(&self.bearer(who), message)
    }

    /// A call without a session.
    pub async fn call(&self, who: &str, tool: &str, arguments: Value) -> Answer {
        self.ask(self.post(who, &call(tool, arguments))).await
    }

    /// Opens a session; gives its id.
    pub async fn session(&self, who: &str, capabilities: Value) -> String {
        let hello = initialize("2025-11-25", capabilities);
        let opened = self.ask(self.post(who, &hello)).await;
        let id = opened.header("mcp-session-id").expect("a session");
        let ready = json!({"jsonrpc": "2.0", "method": "notifications/initialized"});
        let told = self.ask(self.in_session(who, id, &ready)).await;
        assert_eq!(told.status, 202, "{told:?}");
        id.to_owned()
    }

    /// `message` in a session.
    pub fn in_session(&self, who: &str, session: &str, message: &Value) -> String {
        let bearer = self.bearer(who);
        let headers = [
            ("Authorization", bearer.as_str()),
            ("Mcp-Session-Id", session),
            ("Mcp-Protocol-Version", "2025-11-25"),
            ("Accept", "application/json, text/event-stream"),
            ("Content-Type", "application/json"),
        ];
        request("POST", "/mcp", &headers, &message.to_string())
    }

    /// The stream of a session (`GET`), or its end (`DELETE`).
    pub fn of_session(&self, method: &str, who: &str, session: &str) -> String {
        let bearer = self.bearer(who);
        let headers = [
            ("Authorization", bearer.as_str()),
            ("Mcp-Session-Id", session),
            ("Mcp-Protocol-Version", "2025-11-25"),
            ("Accept", "text/event-stream"),
        ];
        request(method, "/mcp", &headers, "")
    }

    /// Waits until so many calls run.
    pub async fn running(&self, calls: usize) {
        until("calls run", || {
            self.gauge.running.load(Ordering::SeqCst) == calls
        })
        .await;
    }

    /// Waits until so many places are taken.
    pub async fn in_flight(&self, calls: usize) {
        until("calls are in flight", || self.app.in_flight() == calls).await;
    }
}

/// Waits until `holds`.
pub async fn until(what: &str, holds: impl Fn() -> bool) {
    let waiting = async {
        while !holds() {
            tokio::time::sleep(std::time::Duration::from_millis(5)).await;
        }
    };
    assert!(timeout(PATIENCE, waiting).await.is_ok(), "never: {what}");
}

/// A call of 2026-07-28 by a client that cannot ask a human.
pub fn call(tool: &str, arguments: Value) -> Value {
    modern(crate::session::call(1, tool, arguments), json!({}))
}

/// A message as a request. One with `_meta` says by its headers what it is, as clients of
/// 2026-07-28 do.
pub fn posted(authorization: &str, message: &Value) -> String {
    let mut headers = vec![
        ("Authorization", authorization),
        ("Accept", "application/json, text/event-stream"),
        ("Content-Type", "application/json"),
    ];
    let params = &message["params"];
    let version = &params["_meta"]["io.modelcontextprotocol/protocolVersion"];
    if let Some(version) = version.as_str() {
        headers.push(("Mcp-Protocol-Version", version));
        headers.push(("Mcp-Method", message["method"].as_str().unwrap()));
        if let Some(name) = params["name"].as_str().or(params["uri"].as_str()) {
            headers.push(("Mcp-Name", name));
        }
    }
    request("POST", "/mcp", &headers, &message.to_string())
}
