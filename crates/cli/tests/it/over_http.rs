//! The server over HTTP as a child process, and what a client of either era sends it.

use std::{
    path::Path,
    process::{ExitStatus, Stdio},
    time::Duration,
};

use seaworthy_kit::auth::{Scopes, tokens::mint};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::{
    io::{AsyncBufReadExt, BufReader},
    process::{Child, ChildStderr, Command},
    time::timeout,
};

use crate::{child::BINARY, programs::command};

pub const PATIENCE: Duration = Duration::from_secs(30);
pub const MODERN: &str = "2026-07-28";

/// A token of `name`, and its line in `folder/tokens`.
pub fn token(folder: &Path, name: &str, scopes: &str) -> String {
    let minted = mint(name, Scopes::parse(scopes).unwrap(), None).unwrap();
    let file = folder.join("tokens");
    let before = std::fs::read_to_string(&file).unwrap_or_default();
    std::fs::write(&file, format!("{before}{}\n", minted.line)).unwrap();
    minted.token.expose().to_owned()
}

/// `seaworthy serve github --http 127.0.0.1:0 FLAGS`, its state in `folder`.
pub fn serve(flags: &[&str], folder: &Path) -> Command {
    let mut command = command(BINARY);
    command
        .args(["serve", "github", "--http", "127.0.0.1:0"])
        .args(flags)
        .env("SEAWORTHY_STATE", folder)
        .stdin(Stdio::null());
    command
}

/// A running server. It is killed when this is dropped.
pub struct Serving {
    /// Its endpoint.
    pub url: String,
    pub child: Child,
    stderr: BufReader<ChildStderr>,
}

impl Serving {
    /// Starts `command` and waits for the line that says where it serves.
    pub async fn start(mut command: Command) -> Self {
        let mut child = command.stderr(Stdio::piped()).spawn().unwrap();
        let mut stderr = BufReader::new(child.stderr.take().unwrap());
        let mut said = String::new();
        let url = loop {
            let mut line = String::new();
            let read = timeout(PATIENCE, stderr.read_line(&mut line)).await;
            assert_ne!(read.unwrap().unwrap(), 0, "it did not start: {said}");
            said.push_str(&line);
            if let Some((_, rest)) = line.split_once("serving ") {
                break rest.split(' ').next().unwrap().to_owned();
            }
        };
        Self { url, child, stderr }
    }

    /// On sample data, with one token of all scopes.
    pub async fn sample(folder: &Path) -> (Self, String) {
        let token = token(folder, "tester", "read,write,destructive,sandbox");
        let file = folder.join("tokens");
        let flags = ["--sample", "--token-file", file.to_str().unwrap()];
        (Self::start(serve(&flags, folder)).await, token)
    }

    /// The next line on stderr.
    pub async fn says(&mut self) -> String {
        let mut line = String::new();
        let read = timeout(PATIENCE, self.stderr.read_line(&mut line)).await;
        read.unwrap().unwrap();
        line
    }

    /// Sends a signal.
    pub fn signal(&self, signal: rustix::process::Signal) {
        let id = i32::try_from(self.child.id().unwrap()).unwrap();
        let id = rustix::process::Pid::from_raw(id).unwrap();
        rustix::process::kill_process(id, signal).unwrap();
    }

    pub async fn ended(&mut self) -> ExitStatus {
        timeout(PATIENCE, self.child.wait()).await.unwrap().unwrap()
    }
}

/// A server that does not start: its exit code and what it said.
pub async fn refused(mut command: Command) -> (Option<i32>, String) {
    let output = timeout(PATIENCE, command.output()).await.unwrap().unwrap();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    (output.status.code(), said)
}

/// A client of 2026-07-28.
#[derive(Clone)]
pub struct Modern {
    pub url: String,
    pub token: String,
    http: reqwest::Client,
}

/// What came back.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub headers: reqwest::header::HeaderMap,
    pub body: Value,
}

impl Answer {
    /// The text of a tool's result.
    pub fn text(&self) -> &str {
        let text = &self.body["result"]["content"][0]["text"];
        text.as_str().unwrap_or_else(|| panic!("{self:?}"))
    }

    pub fn is_error(&self) -> bool {
        self.body["result"]["isError"] == true
    }
}

impl Modern {
    pub fn new(url: &str, token: &str) -> Self {
        // an error means that a provider is installed already, which is as good
        let _ = rustls::crypto::ring::default_provider().install_default();
        let http = reqwest::Client::builder().no_proxy().timeout(PATIENCE);
        Self {
            url: url.to_owned(),
            token: token.to_owned(),
            http: http.build().unwrap(),
        }
    }

    /// The same client with a connection for each request.
    pub fn without_keep_alive(mut self) -> Self {
        let http = reqwest::Client::builder().no_proxy().timeout(PATIENCE);
        self.http = http.pool_max_idle_per_host(0).build().unwrap();
        self
    }

    /// One request; an error where the connection failed.
    pub async fn try_request(&self, method: &str, params: Value) -> Result<Answer, reqwest::Error> {
        let mut params = params;
        params["_meta"] = json!({
            "io.modelcontextprotocol/protocolVersion": MODERN,
            "io.modelcontextprotocol/clientInfo": {"name": "tests", "version": "1"},
            "io.modelcontextprotocol/clientCapabilities": {},
        });
        let mut request = self
            .http
            .post(&self.url)
            .header("authorization", format!("Bearer {}", self.token))
            .header("accept", "application/json, text/event-stream")
            .header("mcp-protocol-version", MODERN)
            .header("mcp-method", method);
        if let Some(name) = params["name"].as_str() {
            request = request.header("mcp-name", name.to_owned());
        }
        let body = json!({"jsonrpc": "2.0", "id": 1, "method": method, "params": params});
        let response = request
            .header("content-type", "application/json")
            .body(body.to_string())
            .send()
            .await?;
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let body = response.bytes().await?;
        Ok(Answer {
            status,
            headers,
            body: serde_json::from_slice(&body).unwrap_or_default(),
        })
    }

    pub async fn request(&self, method: &str, params: Value) -> Answer {
        self.try_request(method, params).await.unwrap()
    }

    pub async fn call(&self, tool: &str, arguments: Value) -> Answer {
        self.request("tools/call", json!({"name": tool, "arguments": arguments}))
            .await
    }

    /// The names of the tools that are listed.
    pub async fn tools(&self) -> Vec<String> {
        let listed = self.request("tools/list", json!({})).await;
        let tools = listed.body["result"]["tools"].as_array();
        let tools = tools.unwrap_or_else(|| panic!("{listed:?}"));
        let name = |tool: &Value| tool["name"].as_str().unwrap().to_owned();
        tools.iter().map(name).collect()
    }

    /// A plain GET of another path of this server.
    pub async fn get(&self, path: &str, authorized: bool) -> (u16, String) {
        let mut request = self.http.get(self.url.replace("/mcp", path));
        if authorized {
            request = request.header("authorization", format!("Bearer {}", self.token));
        }
        let response = request.send().await.unwrap();
        (response.status().as_u16(), response.text().await.unwrap())
    }
}

/// A folder for one test.
pub fn folder() -> TempDir {
    tempfile::tempdir().unwrap()
}
