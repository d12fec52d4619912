//! What a tool is: its definition, and the function behind it, on a server's state `S`.

use std::{sync::Arc, time::Duration};

use futures_util::future::BoxFuture;
use rmcp::model::{self, JsonObject, ToolAnnotations};

use super::{ToolError, guard};

/// How long a call takes at most.
pub const TIMEOUT: Duration = Duration::from_mins(1);

/// The hints of the protocol, each given because an absent one means the worst.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[expect(clippy::struct_excessive_bools, reason = "the protocol has four hints")]
pub struct Hints {
    /// It changes nothing.
    pub read_only: bool,
    /// It can destroy.
    pub destructive: bool,
    /// A second call with the same arguments changes nothing more.
    pub idempotent: bool,
    /// It reaches things outside this server.
    pub open_world: bool,
}

/// The function behind a tool, which parses its arguments itself and gives the answer's text.
pub enum Run<S> {
    /// One that blocks, as the store does: it runs on a thread, and holds up no other call.
    Blocking(fn(&S, JsonObject) -> Result<String, ToolError>),
    /// One that waits, as for a network.
    Async(fn(Arc<S>, JsonObject) -> BoxFuture<'static, Result<String, ToolError>>),
}

/// A tool.
pub struct Tool<S: 'static> {
    /// Its public name; the stem of its file.
    pub name: &'static str,
    /// Its name for people.
    pub title: &'static str,
    /// Purpose, arguments, what comes back, side effects, and when not to use it.
    pub description: &'static str,
    /// Its hints.
    pub hints: Hints,
    /// How long a call may take.
    pub timeout: Duration,
    /// Its input schema, [`super::schema::input`] of its arguments.
    pub input: fn() -> JsonObject,
    /// The function.
    pub run: Run<S>,
}

impl<S: Send + Sync> Tool<S> {
    /// The definition as clients see it.
    pub fn definition(&self) -> model::Tool {
        let hints = ToolAnnotations::new()
            .read_only(self.hints.read_only)
            .destructive(self.hints.destructive)
            .idempotent(self.hints.idempotent)
            .open_world(self.hints.open_world);
        model::Tool::new(self.name, self.description, Arc::new((self.input)()))
            .with_title(self.title)
            .with_annotations(hints)
    }

    /// Calls it.
    ///
    /// # Errors
    /// The tool's own, or that it panicked on its thread.
    pub async fn call(&self, state: Arc<S>, arguments: JsonObject) -> Result<String, ToolError> {
        match self.run {
            Run::Async(run) => run(state, arguments).await,
            Run::Blocking(run) => tokio::task::spawn_blocking(move || run(&state, arguments))
                .await
                .unwrap_or_else(|_| Err(guard::failed(self.name))),
        }
    }
}
