//! Calls from sandboxed code to the host's tools, under a budget of their own.
//!
//! The code sees a module `tools`; what it calls arrives here as a name and JSON. The host decides
//! what exists ([`Tools`]); this file counts calls, bytes and seconds.

use std::sync::{
    Arc,
    atomic::{AtomicU32, AtomicUsize, Ordering},
};

use futures::future::BoxFuture;
use serde::Serialize;
use serde_json::{Map, Value};
use tokio::sync::Semaphore;

use crate::Policy;

/// One call out of the sandbox.
#[derive(Debug, Clone)]
pub struct ToolCall {
    /// Which run it comes from.
    pub run: String,
    /// Its number in the run, from 1.
    pub sequence: u32,
    /// The tool.
    pub tool: String,
    /// Its arguments.
    pub arguments: Map<String, Value>,
}

/// Why a call was not answered; becomes a Python exception with the same words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, thiserror::Error)]
#[error("{message}")]
pub struct Refusal {
    /// A word for the kind of problem, such as `not_found`.
    pub kind: String,
    /// What happened.
    pub message: String,
    /// What to do next.
    pub hint: String,
}

impl Refusal {
    /// A refusal of this kind.
    pub fn new(kind: &str, message: impl Into<String>, hint: impl Into<String>) -> Self {
        Self {
            kind: kind.to_owned(),
            message: message.into(),
            hint: hint.into(),
        }
    }
}

/// What the host offers to sandboxed code. Only tools that change nothing belong here.
pub trait Tools: Send + Sync {
    /// The Python source of the module `tools`. It may use `_call(name, arguments)`, which gives
    /// the answer's data or raises `ToolError`.
    fn module(&self) -> &str;

    /// Answers one call.
    fn call(&self, call: ToolCall) -> BoxFuture<'_, Result<Value, Refusal>>;
}

/// The bridge of one run.
pub(crate) struct Bridge {
    tools: Arc<dyn Tools>,
    run: String,
    calls: AtomicU32,
    bytes: AtomicUsize,
    in_flight: Semaphore,
    policy: Policy,
}

impl Bridge {
    pub(crate) fn new(tools: Arc<dyn Tools>, run: String, policy: &Policy) -> Self {
        Self {
            tools,
            run,
            calls: AtomicU32::new(0),
            bytes: AtomicUsize::new(0),
            in_flight: Semaphore::new(policy.calls_in_flight.max(1)),
            policy: policy.clone(),
        }
    }

    pub(crate) fn module(&self) -> &str {
        self.tools.module()
    }

    /// How many calls were made.
    pub(crate) fn calls(&self) -> u32 {
        self.calls.load(Ordering::Relaxed).min(self.policy.calls)
    }

    /// Answers one call within the budget; the answer is JSON text.
    pub(crate) async fn call(&self, tool: String, arguments: Value) -> Result<String, Refusal> {
        let Value::Object(arguments) = arguments else {
            return Err(Refusal::new(
                "invalid_input",
                "a tool's arguments are keyword arguments",
                "call it as tools.name(key=value)",
            ));
        };
        let sequence = self.calls.fetch_add(1, Ordering::Relaxed).saturating_add(1);
        let max = self.policy.calls;
        if sequence > max {
            // keeps a flood of calls from wrapping the counter
            self.calls.store(max, Ordering::Relaxed);
            return Err(Refusal::new(
                "budget",
                format!("this run has used its {max} tool calls"),
                "print what you have and go on in another run, or ask for larger pages",
            ));
        }
        let call = ToolCall {
            run: self.run.clone(),
            sequence,
            tool,
            arguments,
        };
        let answered = async {
            let _slot = self.in_flight.acquire().await;
            self.tools.call(call).await
        };
        let value = tokio::time::timeout(self.policy.call_wall, answered)
            .await
            .map_err(|_elapsed| {
                let seconds = self.policy.call_wall.as_secs();
                Refusal::new(
                    "timeout",
                    format!("the tool took longer than {seconds} s"),
                    "ask for less (a filter, a smaller page) or try again",
                )
            })??;
        let text = value.to_string();
        if text.len() > self.policy.call_bytes {
            let (size, max) = (text.len(), self.policy.call_bytes);
            return Err(Refusal::new(
                "budget",
                format!("the tool's answer has {size} bytes; at most {max} are passed on"),
                "ask for a smaller page or a narrower filter",
            ));
        }
        let before = self.bytes.fetch_add(text.len(), Ordering::Relaxed);
        if before.saturating_add(text.len()) > self.policy.all_call_bytes {
            let max = self.policy.all_call_bytes;
            return Err(Refusal::new(
                "budget",
                format!("this run's tools have answered with {max} bytes, which is all it gets"),
                "print what you have and go on in another run with a narrower filter",
            ));
        }
        Ok(text)
    }
}
