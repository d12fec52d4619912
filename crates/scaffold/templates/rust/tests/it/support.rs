//! What tests share: the program, started in a folder of its own, and clients of it.

use std::{path::Path, process::Stdio, time::Duration};

use rmcp::{
    RoleClient,
    model::{CallToolRequestParams, CallToolResult, ContentBlock, JsonObject, ProtocolVersion},
    service::{ClientLifecycleMode, ClientServiceExt, RunningService},
};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::process::{Child, Command};

use acme_notes::settings;

const PROGRAM: &str = env!("CARGO_BIN_EXE_acme-notes");
/// How long anything may take.
pub(crate) const PATIENCE: Duration = Duration::from_mins(2);

/// A client of the program.
pub(crate) type Client = RunningService<RoleClient, ()>;

/// Both eras of the protocol.
pub(crate) fn eras() -> [ClientLifecycleMode; 2] {
    let preferred_versions = vec![ProtocolVersion::V_2026_07_28];
    [
        ClientLifecycleMode::Initialize,
        ClientLifecycleMode::Discover { preferred_versions },
    ]
}

/// The program with its notes in a folder and hardly anything of this process's environment.
pub(crate) fn program(folder: &Path) -> Command {
    let mut command = Command::new(PROGRAM);
    command
        .env_clear()
        .env(settings::DATABASE, folder.join("notes.sqlite3"))
        // seaworthy:begin api|key
        .env(settings::API_KEY, "an-invented-key")
        // seaworthy:end api|key
        // seaworthy:begin openapi
        .env(settings::API_URL, "http://127.0.0.1:9")
        // seaworthy:end openapi
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true);
    // a sandbox prepares itself once for each home
    for name in ["HOME", "PATH", "SEAWORTHY_CACHE", "SYSTEMROOT"] {
        if let Some(value) = std::env::var_os(name) {
            command.env(name, value);
        }
    }
    command
}

/// A program on stdio and a client of it.
pub(crate) struct Served {
    pub(crate) client: Client,
    pub(crate) folder: TempDir,
    _process: Child,
}

impl Served {
    /// Starts both.
    pub(crate) async fn new(era: ClientLifecycleMode) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut process = program(folder.path()).spawn().unwrap();
        let pipes = (
            process.stdout.take().unwrap(),
            process.stdin.take().unwrap(),
        );
        let client = ().serve_with_lifecycle(pipes, era).await.unwrap();
        Self {
            client,
            folder,
            _process: process,
        }
    }

    /// Starts both, in the older era.
    pub(crate) async fn legacy() -> Self {
        Self::new(ClientLifecycleMode::Initialize).await
    }

    /// Calls a tool that must succeed.
    pub(crate) async fn tell(&self, tool: &'static str, arguments: Value) -> String {
        let (text, is_error) = call(&self.client, tool, arguments).await;
        assert!(!is_error, "{tool}: {text}");
        text
    }

    /// Calls a tool that must refuse, with the next move.
    pub(crate) async fn refuse(&self, tool: &'static str, arguments: Value) -> String {
        let (text, is_error) = call(&self.client, tool, arguments).await;
        assert!(is_error, "{tool}: {text}");
        assert!(text.contains(" - ") && text.contains("; next: "), "{text}");
        assert!(text.len() < 2_000 && !text.contains('\n'), "{text}");
        text
    }
}

/// Calls a tool; tells the text, and whether it is an error.
pub(crate) async fn call(client: &Client, tool: &'static str, arguments: Value) -> (String, bool) {
    let request = CallToolRequestParams::new(tool).with_arguments(object(arguments));
    let result = tokio::time::timeout(PATIENCE, client.call_tool(request)).await;
    let result = result.unwrap().unwrap();
    let is_error = result.is_error == Some(true);
    (text_of(result), is_error)
}

fn text_of(result: CallToolResult) -> String {
    match result.content.into_iter().next() {
        Some(ContentBlock::Text(text)) => text.text,
        other => panic!("{other:?}"),
    }
}

/// The object that a value is.
pub(crate) fn object(value: Value) -> JsonObject {
    match value {
        Value::Object(object) => object,
        other => panic!("{other}"),
    }
}

/// The token of a preview.
pub(crate) fn token_of(preview: &str) -> String {
    let (_, rest) = preview.split_once("confirm_token=").unwrap();
    rest.split_whitespace().next().unwrap().to_owned()
}

/// A request of the protocol of 2026-07-28, in which each says who asks.
pub(crate) fn modern(id: u64, method: &str, mut params: Value) -> Value {
    params["_meta"] = json!({
        "io.modelcontextprotocol/protocolVersion": "2026-07-28",
        "io.modelcontextprotocol/clientCapabilities": {},
    });
    json!({"jsonrpc": "2.0", "id": id, "method": method, "params": params})
}
