//! The tools that the suite offers to sandboxed code, with a count of what came.

use std::{
    sync::{
        Mutex,
        atomic::{AtomicUsize, Ordering::SeqCst},
    },
    time::Duration,
};

use futures::future::BoxFuture;
use seaworthy_sandbox::{Refusal, ToolCall, Tools};
use serde_json::{Value, json};
use tokio::sync::Notify;

/// `tools.name(key=value)` for any name.
const MODULE: &str = r#"
"""The suite's tools."""
def __getattr__(name):
    if name.startswith("__"):
        raise AttributeError(name)
    return lambda **arguments: _call(name, arguments)
"#;

/// The tools of one run.
#[derive(Default)]
pub(crate) struct HostTools {
    /// The run and the number of each call that came.
    pub(crate) calls: Mutex<Vec<(String, u32)>>,
    /// Calls that are being answered.
    now: AtomicUsize,
    /// The most of them at one time.
    pub(crate) most: AtomicUsize,
    /// Told by the tool `mark`: the code has come this far.
    pub(crate) marked: Notify,
}

impl HostTools {
    async fn answer(&self, call: ToolCall) -> Result<Value, Refusal> {
        let number = |key: &str| call.arguments.get(key).and_then(Value::as_u64).unwrap_or(0);
        match call.tool.as_str() {
            "echo" => Ok(Value::Object(call.arguments)),
            "sequence" => Ok(json!(call.sequence)),
            "text" => Ok(Value::String(
                "x".repeat(usize::try_from(number("bytes")).unwrap_or(0)),
            )),
            "sleep" => {
                tokio::time::sleep(Duration::from_millis(number("ms"))).await;
                Ok(json!("slept"))
            }
            "mark" => {
                self.marked.notify_one();
                Ok(Value::Null)
            }
            "fail" => Err(Refusal::new(
                "not_found",
                "there is no issue 7",
                "look with find_items first",
            )),
            other => Err(Refusal::new(
                "not_found",
                format!("there is no tool {other:.40}"),
                "look at help(tools)",
            )),
        }
    }
}

/// Counts a call down again however it ends.
struct Counted<'a>(&'a AtomicUsize);

impl Drop for Counted<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, SeqCst);
    }
}

impl Tools for HostTools {
    fn module(&self) -> &'static str {
        MODULE
    }

    fn call(&self, call: ToolCall) -> BoxFuture<'_, Result<Value, Refusal>> {
        Box::pin(async move {
            let now = self.now.fetch_add(1, SeqCst) + 1;
            self.most.fetch_max(now, SeqCst);
            let _counted = Counted(&self.now);
            if let Ok(mut calls) = self.calls.lock() {
                calls.push((call.run.clone(), call.sequence));
            }
            self.answer(call).await
        })
    }
}
