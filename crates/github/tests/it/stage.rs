//! Where the tests happen: a GitHub server over a scripted or a sample API, tools called by name.

use std::{path::PathBuf, sync::Arc, time::Duration};

use seaworthy_github::{Client, Github, Selection, Token, client::InProcess};
use seaworthy_kit::{
    Call, Reply, Server, audit::AuditLog, call::Safeguards, seal::Sealer, spent::Spent,
    telemetry::Settings, transport::stdio::serve_on,
};
use seaworthy_sandbox::Sandbox;
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader, DuplexStream, Lines};
use tokio_util::sync::CancellationToken;
use wiremock::MockServer;

/// The token that every request must carry.
pub const TOKEN: &str = "ghp_test0123456789";

pub struct Stage {
    pub github: Github,
    safeguards: Arc<Safeguards>,
    folder: tempfile::TempDir,
}

impl Stage {
    pub fn on(client: Client) -> Self {
        Self::with(client, &Selection::default())
    }

    fn with(client: Client, selection: &Selection) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let safeguards = Safeguards {
            sealer: Sealer::random().unwrap(),
            spent: Spent::default(),
            audit: AuditLog::at(folder.path().join("audit.jsonl")),
            settings: Settings::default(),
        };
        Self {
            github: Github::new(client, selection).unwrap(),
            safeguards: Arc::new(safeguards),
            folder,
        }
    }

    /// A server whose API the test scripts.
    pub async fn scripted() -> (MockServer, Self) {
        let api = MockServer::start().await;
        let client = Client::new(&api.uri(), Some(Token::parse(TOKEN).unwrap())).unwrap();
        (api, Self::on(client))
    }

    /// A server over the built-in sample.
    pub fn sample() -> Self {
        Self::sample_with(&Selection::default())
    }

    /// A server over the built-in sample with the selected tools.
    pub fn sample_with(selection: &Selection) -> Self {
        let sample = seaworthy_sample::Sample::new();
        let answer: InProcess = Arc::new(move |request| sample.respond(request));
        let token = Token::parse(TOKEN).unwrap();
        let client = Client::in_process(seaworthy_sample::ORIGIN, Some(token), answer).unwrap();
        Self::with(client, selection)
    }

    /// The same server with this sandbox.
    pub fn with_sandbox(self, sandbox: Arc<Sandbox>) -> Self {
        Self {
            github: self.github.with_sandbox(sandbox),
            ..self
        }
    }

    /// Calls a tool; `Err` is the text of an `isError` result.
    pub async fn call(&self, tool: &str, arguments: Value) -> Result<String, String> {
        let tool = self.github.tool(tool).unwrap();
        let Value::Object(arguments) = arguments else {
            panic!("arguments are an object")
        };
        let call = Call::detached(
            tool.name,
            arguments,
            "github:tester",
            self.safeguards.clone(),
        );
        match (tool.run)(&self.github, call).await {
            Ok(Reply::Answer(answer)) => Ok(answer.into_text()),
            Ok(Reply::AskHuman(_)) => panic!("a detached call asks nobody"),
            Ok(Reply::Failed(answer)) => Err(answer.into_text()),
            Ok(Reply::Data(_)) => panic!("a model gets lines"),
            Err(error) => Err(error.text()),
        }
    }

    pub fn audit_path(&self) -> PathBuf {
        self.folder.path().join("audit.jsonl")
    }

    /// The audit log's entries.
    pub fn audit(&self) -> Vec<Value> {
        std::fs::read_to_string(self.audit_path())
            .unwrap_or_default()
            .lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect()
    }
}

/// A stage behind its protocol, for a client of 2025-11-25 that can ask its human.
pub struct Session {
    input: DuplexStream,
    output: Lines<BufReader<DuplexStream>>,
    pub id: u64,
    /// What goes with every request.
    pub meta: Value,
    _folder: tempfile::TempDir,
}

impl Session {
    pub async fn on(stage: Stage) -> Self {
        let safeguards = Arc::into_inner(stage.safeguards).unwrap();
        let mut session = Self::before_hello(stage.github, safeguards, stage.folder);
        let hello = json!({"jsonrpc": "2.0", "id": 0, "method": "initialize", "params": {
            "protocolVersion": "2025-11-25", "capabilities": {"elicitation": {}},
            "clientInfo": {"name": "t", "version": "1"}}});
        session.send(&hello).await;
        session.next().await;
        let ready = json!({"jsonrpc": "2.0", "method": "notifications/initialized"});
        session.send(&ready).await;
        session
    }

    /// A stage behind its protocol, for a client of 2026-07-28: no hello, `_meta` instead.
    pub fn modern(stage: Stage) -> Self {
        let safeguards = Arc::into_inner(stage.safeguards).unwrap();
        let mut session = Self::before_hello(stage.github, safeguards, stage.folder);
        session.meta = json!({
            "io.modelcontextprotocol/protocolVersion": "2026-07-28",
            "io.modelcontextprotocol/clientInfo": {"name": "t", "version": "1"},
            "io.modelcontextprotocol/clientCapabilities": {},
        });
        session
    }

    fn before_hello(github: Github, safeguards: Safeguards, folder: tempfile::TempDir) -> Self {
        let server = Server::new(github, safeguards);
        let (input, server_input) = tokio::io::duplex(64 * 1024);
        let (server_output, output) = tokio::io::duplex(64 * 1024);
        tokio::spawn(serve_on(
            server,
            server_input,
            server_output,
            CancellationToken::new(),
        ));
        let output = BufReader::new(output).lines();
        Self {
            input,
            output,
            id: 0,
            meta: json!({}),
            _folder: folder,
        }
    }

    pub async fn send(&mut self, message: &Value) {
        let line = format!("{message}\n");
        self.input.write_all(line.as_bytes()).await.unwrap();
    }

    /// The next message from the server.
    pub async fn next(&mut self) -> Value {
        let line = tokio::time::timeout(Duration::from_secs(20), self.output.next_line());
        let line = line.await.unwrap().unwrap().unwrap();
        serde_json::from_str(&line).unwrap()
    }

    /// Calls a tool and waits for nothing.
    pub async fn ask(&mut self, tool: &str, arguments: &Value) {
        self.id += 1;
        let call = json!({"jsonrpc": "2.0", "id": self.id, "method": "tools/call",
            "params": {"name": tool, "arguments": arguments, "_meta": self.meta}});
        self.send(&call).await;
    }

    /// The text that the next message brings.
    pub async fn answer(&mut self) -> String {
        let answer = self.next().await;
        let text = answer["result"]["content"][0]["text"].as_str();
        text.unwrap_or_else(|| panic!("{answer}")).to_owned()
    }

    pub async fn call(&mut self, tool: &str, arguments: &Value) -> String {
        self.ask(tool, arguments).await;
        self.answer().await
    }
}

/// The text after `cursor=` of an answer that was cut.
pub fn cursor_of(answer: &str) -> &str {
    let (_, cursor) = answer.rsplit_once("cursor=").unwrap();
    cursor.split_whitespace().next().unwrap()
}

/// The value of `confirm_token=` in a preview.
pub fn token_of(preview: &str) -> &str {
    let (_, token) = preview.rsplit_once("confirm_token=").unwrap();
    token.split_whitespace().next().unwrap()
}

/// An issue as GitHub answers it.
pub fn issue(number: u64, title: &str) -> Value {
    json!({
        "number": number, "title": title, "body": "text", "state": "open",
        "user": {"login": "ada"}, "labels": [{"name": "bug"}], "comments": 3,
        "created_at": "2026-01-02T03:04:05Z", "updated_at": "2026-11-02T03:04:05Z",
    })
}
