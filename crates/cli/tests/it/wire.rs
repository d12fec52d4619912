//! The server as a child process behind a client that writes and reads lines: it can send what no
//! SDK would, and sees each byte of stdout.

use std::{
    process::{ExitStatus, Stdio},
    time::Duration,
};

use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::{
    io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader, Lines},
    process::{Child, ChildStdin, ChildStdout},
    time::timeout,
};

use crate::child::serve;

const PATIENCE: Duration = Duration::from_secs(20);

/// A running server.
pub struct Wire {
    pub child: Child,
    pub input: Option<ChildStdin>,
    output: Lines<BufReader<ChildStdout>>,
    _folder: TempDir,
}

impl Wire {
    /// A server that has seen nothing yet.
    pub fn fresh(flags: &[&str], environment: &[(&str, &str)]) -> Self {
        let folder = TempDir::new().unwrap();
        let mut child = serve(flags, &folder)
            .envs(environment.iter().copied())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        Self {
            input: child.stdin.take(),
            output: BufReader::new(child.stdout.take().unwrap()).lines(),
            child,
            _folder: folder,
        }
    }

    /// A session of 2025-11-25.
    pub async fn session(flags: &[&str], environment: &[(&str, &str)]) -> Self {
        let mut wire = Self::fresh(flags, environment);
        wire.send(
            &json!({"jsonrpc": "2.0", "id": 0, "method": "initialize", "params": {
            "protocolVersion": "2025-11-25", "capabilities": {},
            "clientInfo": {"name": "wire", "version": "1"}}}),
        )
        .await;
        wire.reply(0).await;
        wire.send(&json!({"jsonrpc": "2.0", "method": "notifications/initialized"}))
            .await;
        wire
    }

    pub async fn bytes(&mut self, bytes: &[u8]) {
        let input = self.input.as_mut().unwrap();
        input.write_all(bytes).await.unwrap();
        input.flush().await.unwrap();
    }

    pub async fn send(&mut self, message: &Value) {
        self.bytes(format!("{message}\n").as_bytes()).await;
    }

    /// The next line of stdout, which must be a message.
    pub async fn next(&mut self) -> Option<Value> {
        let line = timeout(PATIENCE, self.output.next_line())
            .await
            .expect("the server says something")
            .unwrap()?;
        let message: Value = serde_json::from_str(&line)
            .unwrap_or_else(|error| panic!("stdout carries {line:?}: {error}"));
        assert_eq!(message["jsonrpc"], "2.0", "{message}");
        Some(message)
    }

    /// The reply to request `id`, past everything else.
    pub async fn reply(&mut self, id: u64) -> Value {
        loop {
            let message = self.next().await.expect("a reply");
            if message["id"] == id && message.get("method").is_none() {
                return message;
            }
        }
    }

    /// Closes stdin, reads what is still said, and waits for the end.
    pub async fn hang_up(&mut self) -> (Vec<Value>, ExitStatus) {
        drop(self.input.take());
        let mut rest = Vec::new();
        while let Some(message) = self.next().await {
            rest.push(message);
        }
        (rest, self.ended().await)
    }

    /// The exit status, within [`PATIENCE`].
    pub async fn ended(&mut self) -> ExitStatus {
        timeout(PATIENCE, self.child.wait()).await.unwrap().unwrap()
    }

    /// What stderr holds, once the server has ended.
    pub async fn stderr(&mut self) -> String {
        let mut text = String::new();
        let mut stderr = self.child.stderr.take().unwrap();
        stderr.read_to_string(&mut text).await.unwrap();
        text
    }
}

/// A request to call a tool.
pub fn call(id: u64, tool: &str, arguments: Value) -> Value {
    json!({"jsonrpc": "2.0", "id": id, "method": "tools/call",
        "params": {"name": tool, "arguments": arguments}})
}

/// The same request as a client of 2026-07-28 sends it.
pub fn modern(mut request: Value) -> Value {
    request["params"]["_meta"] = json!({
        "io.modelcontextprotocol/protocolVersion": "2026-07-28",
        "io.modelcontextprotocol/clientInfo": {"name": "wire", "version": "1"},
        "io.modelcontextprotocol/clientCapabilities": {},
    });
    request
}

/// The text of a tool's answer.
pub fn text(reply: &Value) -> &str {
    reply["result"]["content"][0]["text"]
        .as_str()
        .unwrap_or_else(|| panic!("{reply}"))
}
