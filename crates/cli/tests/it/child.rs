//! The server as a child process behind the SDK's client, with or without a human at the client.

use std::sync::{Arc, Mutex, PoisonError};

use rmcp::{
    ClientHandler, ErrorData, RoleClient, ServiceExt,
    model::{
        CallToolRequestParams, ClientCapabilities, ClientConfig, ElicitRequestParams, ElicitResult,
        ElicitationAction, Implementation, JsonObject, ProtocolVersion,
    },
    service::{ClientLifecycleMode, ClientServiceExt, RequestContext, RunningService},
    transport::TokioChildProcess,
};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::process::Command;

use crate::programs::command;

/// The program.
pub const BINARY: &str = env!("CARGO_BIN_EXE_seaworthy");

/// `seaworthy serve github FLAGS`, its audit log in `folder`.
pub fn serve(flags: &[&str], folder: &TempDir) -> Command {
    let mut command = command(BINARY);
    command
        .args(["serve", "github"])
        .args(flags)
        .env("SEAWORTHY_AUDIT_LOG", folder.path().join("audit.jsonl"));
    command
}

/// How the client opens the session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Era {
    /// `initialize`, as up to 2025-11-25.
    Handshake,
    /// 2026-07-28: `server/discover`, and `_meta` with every request.
    Modern,
}

/// The client's side of a session.
#[derive(Debug, Clone, Default)]
pub struct Host {
    /// What the human answers when asked; without one the client cannot ask.
    human: Option<ElicitationAction>,
    /// What the human was asked.
    asked: Arc<Mutex<Vec<String>>>,
}

impl ClientHandler for Host {
    fn get_info(&self) -> ClientConfig {
        let capabilities = if self.human.is_some() {
            ClientCapabilities::builder().enable_elicitation().build()
        } else {
            ClientCapabilities::default()
        };
        ClientConfig::new(capabilities, Implementation::new("tests", "1"))
    }

    async fn create_elicitation(
        &self,
        request: ElicitRequestParams,
        _context: RequestContext<RoleClient>,
    ) -> Result<ElicitResult, ErrorData> {
        let question = serde_json::to_value(&request).unwrap()["message"].to_string();
        locked(&self.asked).push(question);
        let action = self.human.clone().unwrap();
        let approves = action == ElicitationAction::Accept;
        let answer = ElicitResult::new(action);
        Ok(if approves {
            answer.with_content(json!({"approve": true}))
        } else {
            answer
        })
    }
}

fn locked<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A running server and its client. The server ends when this is dropped.
pub struct Session {
    pub client: RunningService<RoleClient, Host>,
    pub host: Host,
    folder: TempDir,
}

impl Session {
    /// The server on its sample data.
    pub async fn sample() -> Self {
        Self::start(&["--sample"], &[], Era::Handshake, None).await
    }

    /// The server on the API at `url`.
    pub async fn on(url: &str, token: &str) -> Self {
        let environment = [("GITHUB_API_URL", url), ("GITHUB_TOKEN", token)];
        Self::start(&[], &environment, Era::Handshake, None).await
    }

    /// The server with these flags and environment, behind a client of this era and human.
    pub async fn start(
        flags: &[&str],
        environment: &[(&str, &str)],
        era: Era,
        human: Option<ElicitationAction>,
    ) -> Self {
        let folder = TempDir::new().unwrap();
        let mut command = serve(flags, &folder);
        command.envs(environment.iter().copied());
        let transport = TokioChildProcess::new(command).unwrap();
        let host = Host {
            human,
            ..Host::default()
        };
        let client = match era {
            Era::Handshake => host.clone().serve(transport).await.unwrap(),
            Era::Modern => {
                let preferred_versions = vec![ProtocolVersion::V_2026_07_28];
                let lifecycle = ClientLifecycleMode::Discover { preferred_versions };
                host.clone()
                    .serve_with_lifecycle(transport, lifecycle)
                    .await
                    .unwrap()
            }
        };
        Self {
            client,
            host,
            folder,
        }
    }

    /// The names of the tools, as listed.
    pub async fn tools(&self) -> Vec<String> {
        let tools = self.client.list_all_tools().await.unwrap();
        tools.into_iter().map(|tool| tool.name.into()).collect()
    }

    /// Calls a tool.
    pub async fn call(&self, tool: &str, arguments: Value) -> Outcome {
        let arguments: JsonObject = serde_json::from_value(arguments).unwrap();
        let request = CallToolRequestParams::new(tool.to_owned()).with_arguments(arguments);
        let result = self.client.call_tool(request).await.unwrap();
        let block = result.content.first().and_then(|block| block.as_text());
        Outcome {
            text: block.unwrap().text.clone(),
            is_error: result.is_error == Some(true),
        }
    }

    /// Calls a tool that must succeed.
    pub async fn good(&self, tool: &str, arguments: Value) -> String {
        let outcome = self.call(tool, arguments).await;
        assert!(!outcome.is_error, "{tool}: {}", outcome.text);
        outcome.text
    }

    /// Calls a tool that must answer with an instruction.
    pub async fn bad(&self, tool: &str, arguments: Value) -> String {
        let outcome = self.call(tool, arguments).await;
        assert!(outcome.is_error, "{tool}: {}", outcome.text);
        assert!(outcome.text.starts_with("ERROR: "), "{}", outcome.text);
        assert!(outcome.text.contains("\nNEXT: "), "{}", outcome.text);
        outcome.text
    }

    /// Previews with `arguments` and gives the arguments that confirm.
    pub async fn preview(&self, tool: &str, arguments: Value) -> (String, Value) {
        let preview = self.good(tool, arguments.clone()).await;
        assert!(
            preview.starts_with("PREVIEW - no action taken."),
            "{preview}"
        );
        let mut confirming = arguments;
        confirming["confirm"] = true.into();
        confirming["confirm_token"] = after(&preview, "confirm_token=").into();
        (preview, confirming)
    }

    /// The questions that the human was asked.
    pub fn asked(&self) -> Vec<String> {
        locked(&self.host.asked).clone()
    }

    /// What was recorded of the writes.
    pub fn audit(&self) -> String {
        std::fs::read_to_string(self.folder.path().join("audit.jsonl")).unwrap_or_default()
    }
}

/// What a call came to.
#[derive(Debug)]
pub struct Outcome {
    pub text: String,
    pub is_error: bool,
}

/// The word after the last `mark`.
pub fn after(text: &str, mark: &str) -> String {
    let (_, rest) = text
        .rsplit_once(mark)
        .unwrap_or_else(|| panic!("no {mark} in: {text}"));
    let end = rest.find(|c: char| c.is_whitespace() || c == ';');
    rest[..end.unwrap_or(rest.len())].to_owned()
}
