//! The HTTP mode, on a port of this machine.

use std::time::Duration;

use reqwest::{Method, RequestBuilder, StatusCode, header};
use rmcp::{
    service::{ClientLifecycleMode, ClientServiceExt},
    transport::{
        StreamableHttpClientTransport, streamable_http_client::StreamableHttpClientTransportConfig,
    },
};
use rustls::crypto::ring;
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::{
    io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader},
    net::TcpStream,
    process::Child,
};

use acme_notes::{kit::transport::http, settings};

use crate::support::{Client, PATIENCE, call, eras, modern, program};

const TOKEN: &str = "an-invented-token-of-32-characters";

struct Listening {
    /// `http://HOST:PORT`.
    origin: String,
    process: Child,
    client: reqwest::Client,
    _folder: TempDir,
}

impl Listening {
    async fn new() -> Self {
        // all clients of this process, the SDK's too, take the one that is installed
        let _ = ring::default_provider().install_default();
        let folder = tempfile::tempdir().unwrap();
        let mut process = program(folder.path())
            .args(["--http", "127.0.0.1:0"])
            .env(settings::HTTP_TOKEN, TOKEN)
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(process.stderr.take().unwrap()).lines();
        let line = tokio::time::timeout(PATIENCE, lines.next_line()).await;
        let line = line.unwrap().unwrap().unwrap();
        let (_, url) = line.split_once("listens on ").unwrap();
        Self {
            origin: url.strip_suffix(http::PATH).unwrap().to_owned(),
            process,
            client: reqwest::Client::builder().no_proxy().build().unwrap(),
            _folder: folder,
        }
    }

    /// A client with the token.
    async fn client(&self, era: ClientLifecycleMode) -> Client {
        let url = format!("{}{}", self.origin, http::PATH);
        let config = StreamableHttpClientTransportConfig::with_uri(url).auth_header(TOKEN);
        let transport = StreamableHttpClientTransport::with_client(self.client.clone(), config);
        ().serve_with_lifecycle(transport, era).await.unwrap()
    }

    /// A request that lists the tools, without the token.
    fn bare(&self) -> RequestBuilder {
        let url = format!("{}{}", self.origin, http::PATH);
        self.client
            .post(url)
            .header(header::ACCEPT, "application/json, text/event-stream")
            .header(header::CONTENT_TYPE, "application/json")
            .header("mcp-protocol-version", "2026-07-28")
            .header("mcp-method", "tools/list")
            .body(modern(1, "tools/list", json!({})).to_string())
    }

    /// The same with the token.
    fn request(&self) -> RequestBuilder {
        self.bare().bearer_auth(TOKEN)
    }
}

async fn status(request: RequestBuilder) -> StatusCode {
    request.send().await.unwrap().status()
}

#[tokio::test]
async fn a_client_with_the_token_is_served() {
    let listening = Listening::new().await;
    for (era, name) in eras().into_iter().zip(["a", "b"]) {
        let client = listening.client(era).await;
        assert!(client.list_all_tools().await.unwrap().len() >= 4);
        let note = json!({"name": name, "content": "text"});
        let (added, is_error) = call(&client, "add_note", note).await;
        assert!(!is_error, "{added}");
        let (found, _) = call(&client, "find_notes", json!({})).await;
        assert!(found.contains(&format!("| {name} - text")), "{found}");
    }
}

#[tokio::test]
async fn nobody_else_is() {
    let listening = Listening::new().await;
    assert_eq!(status(listening.request()).await, StatusCode::OK);
    let basic = format!("Basic {TOKEN}");
    let longer = format!("Bearer {TOKEN}x");
    let query = format!("{}{}?access_token={TOKEN}", listening.origin, http::PATH);
    for request in [
        listening.bare(),
        listening.bare().bearer_auth("wrong"),
        listening.bare().header(header::AUTHORIZATION, basic),
        listening.bare().header(header::AUTHORIZATION, longer),
        listening
            .request()
            .header(header::AUTHORIZATION, "Bearer wrong"),
        listening.client.post(query),
        listening.client.get(format!("{}/", listening.origin)),
        listening
            .client
            .get(format!("{}/metrics", listening.origin)),
    ] {
        let answer = request.send().await.unwrap();
        assert_eq!(answer.status(), StatusCode::UNAUTHORIZED);
        let challenge = answer.headers()[header::WWW_AUTHENTICATE].to_str().unwrap();
        let metadata = format!("{}{}", listening.origin, http::METADATA_PATH);
        assert_eq!(
            challenge,
            format!("Bearer resource_metadata=\"{metadata}\"")
        );
        let body = answer.text().await.unwrap();
        assert!(
            body.contains(settings::HTTP_TOKEN) && !body.contains(TOKEN),
            "{body}"
        );
    }
}

#[tokio::test]
async fn the_metadata_says_what_the_resource_is() {
    let listening = Listening::new().await;
    let url = format!("{}{}", listening.origin, http::METADATA_PATH);
    let answer = listening.client.get(url).send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::OK);
    let metadata: Value = serde_json::from_str(&answer.text().await.unwrap()).unwrap();
    assert_eq!(
        metadata["resource"],
        format!("{}{}", listening.origin, http::PATH)
    );
    assert_eq!(metadata["bearer_methods_supported"], json!(["header"]));
}

#[tokio::test]
async fn pages_of_other_sites_are_refused() {
    let listening = Listening::new().await;
    let from = |origin: &str| listening.request().header(header::ORIGIN, origin);
    for foreign in [
        "https://evil.example",
        "http://127.0.0.1.evil.example",
        "null",
    ] {
        assert_eq!(
            status(from(foreign)).await,
            StatusCode::FORBIDDEN,
            "{foreign}"
        );
    }
    for own in [&*listening.origin, "http://localhost:3000"] {
        assert_eq!(status(from(own)).await, StatusCode::OK, "{own}");
    }
    for foreign in ["evil.example", "evil.example:80", "127.0.0.1.evil.example"] {
        let request = listening.request().header(header::HOST, foreign);
        assert!(status(request).await.is_client_error(), "{foreign}");
    }
}

#[tokio::test]
async fn there_are_no_sessions_to_fill_the_memory() {
    let listening = Listening::new().await;
    let hello = json!({"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": {
        "protocolVersion": "2025-11-25", "capabilities": {},
        "clientInfo": {"name": "test", "version": "1"}}});
    let url = format!("{}{}", listening.origin, http::PATH);
    let request = listening
        .client
        .post(&url)
        .header(header::ACCEPT, "application/json, text/event-stream")
        .header(header::CONTENT_TYPE, "application/json")
        .bearer_auth(TOKEN)
        .body(hello.to_string());
    let answer = request.send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::OK);
    assert!(!answer.headers().contains_key("mcp-session-id"));
    for method in [Method::GET, Method::DELETE, Method::PUT] {
        let request = listening.client.request(method, &url).bearer_auth(TOKEN);
        assert_eq!(status(request).await, StatusCode::METHOD_NOT_ALLOWED);
    }
}

#[tokio::test]
async fn bodies_are_bounded() {
    let listening = Listening::new().await;
    let huge = vec![b' '; http::BODY_LIMIT + 1];
    let refused = status(listening.request().body(huge)).await;
    assert_eq!(refused, StatusCode::PAYLOAD_TOO_LARGE);
    let refused = status(listening.request().body("{")).await;
    assert!(refused.is_client_error(), "{refused}");
    assert_eq!(status(listening.request()).await, StatusCode::OK);
}

#[tokio::test]
async fn a_head_is_bounded_and_rubbish_is_survived() {
    let listening = Listening::new().await;
    let address = listening.origin.strip_prefix("http://").unwrap();
    let long = format!("GET / HTTP/1.1\r\nx: {}", "x".repeat(1024 * 1024));
    for rubbish in [&long, "\0\0\0\r\n\r\n", "GET / HTTP/9\r\n\r\n"] {
        let mut stream = TcpStream::connect(address).await.unwrap();
        // the server may hang up before all is written
        let _ = stream.write_all(rubbish.as_bytes()).await;
        let mut answer = Vec::new();
        let reading = stream.read_to_end(&mut answer);
        // a reset is an end too
        let _ = tokio::time::timeout(PATIENCE, reading).await.unwrap();
        assert!(!answer.starts_with(b"HTTP/1.1 2"));
    }
    assert_eq!(status(listening.request()).await, StatusCode::OK);
}

#[cfg(unix)]
#[tokio::test]
async fn sigterm_ends_it_even_with_a_connection_open() {
    let mut listening = Listening::new().await;
    let address = listening.origin.strip_prefix("http://").unwrap();
    let idle = TcpStream::connect(address).await.unwrap();
    assert_eq!(status(listening.request()).await, StatusCode::OK);
    let id = listening.process.id().unwrap().to_string();
    let mut kill = tokio::process::Command::new("kill");
    assert!(kill.arg(id).status().await.unwrap().success());
    let ended = tokio::time::timeout(Duration::from_secs(10), listening.process.wait()).await;
    assert!(ended.unwrap().unwrap().success());
    drop(idle);
}
