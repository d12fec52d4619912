//! What a tool is: its definition as data, and one function.
//!
//! A product keeps one file a tool, each with a `const TOOL: Tool<Product>`, and one sorted list.
//! [`Description`] makes sure that no part of a description is forgotten.

use std::{borrow::Cow, sync::Arc, time::Duration};

use futures::future::BoxFuture;
use rmcp::model::{self, JsonObject, ToolAnnotations};

use crate::{Call, Reply, ToolError, auth::Scope};

/// What a model must know to choose a tool and to call it; each part one or two short sentences.
#[derive(Debug, Clone, Copy)]
pub struct Description {
    /// What the tool is for.
    pub purpose: &'static str,
    /// What the arguments mean together, where their own descriptions do not say it.
    pub arguments: &'static str,
    /// What comes back; continues "Returns ...".
    pub returns: &'static str,
    /// What it changes, sends or reads that is sensitive.
    pub effects: &'static str,
    /// When not to use it, and the tool to use instead; continues "Not for ...".
    pub not_for: &'static str,
}

impl Description {
    /// The text that the model reads.
    pub fn text(&self) -> String {
        format!(
            "{} {} Returns {} {} Not for {}",
            self.purpose, self.arguments, self.returns, self.effects, self.not_for
        )
    }
}

/// The four hints of the protocol (`ToolAnnotations`), each given explicitly because an absent
/// one means the worst (MCP 2026-07-28).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "the protocol has four hints")]
pub struct Hints {
    /// It changes nothing.
    pub read_only: bool,
    /// It can destroy.
    pub destructive: bool,
    /// A second identical call changes nothing more.
    pub idempotent: bool,
    /// It reaches things outside this server.
    pub open_world: bool,
}

impl Hints {
    /// Reads from outside, changes nothing.
    pub const READ: Self = Self {
        read_only: true,
        destructive: false,
        idempotent: true,
        open_world: true,
    };
    /// Adds or edits; what it does can be undone by the same means.
    pub const WRITE: Self = Self {
        read_only: false,
        destructive: false,
        idempotent: false,
        open_world: true,
    };
    /// Does what cannot be undone by the same means.
    pub const DESTRUCTIVE: Self = Self {
        destructive: true,
        ..Self::WRITE
    };
}

/// The function behind a tool.
pub type Run<P> = for<'a> fn(&'a P, Call) -> BoxFuture<'a, Result<Reply, ToolError>>;

/// A tool of the product `P`.
pub struct Tool<P: 'static> {
    /// Its public name; the stem of its file.
    pub name: &'static str,
    /// Its name for people.
    pub title: &'static str,
    /// Its description, part by part.
    pub description: Description,
    /// Its annotation hints.
    pub hints: Hints,
    /// What a caller over HTTP needs; who started a stdio server needs nothing.
    pub scope: Scope,
    /// Its input schema, usually `schema::input::<Arguments>`.
    pub input: fn() -> JsonObject,
    /// The schema of its data, usually `schema::output::<Data>`, where code may call it. Only a
    /// tool that changes nothing has one: it answers with [`Reply::Data`] where
    /// [`Call::wants_data`].
    pub output: Option<fn() -> JsonObject>,
    /// How long a call may take, waiting for a human included.
    pub timeout: Duration,
    /// The function.
    pub run: Run<P>,
}

/// How long a call takes at most where nobody is asked.
pub const TIMEOUT: Duration = Duration::from_secs(60);
/// How long a call takes at most that asks a human.
pub const TIMEOUT_WITH_HUMAN: Duration = Duration::from_secs(360);

impl<P> Tool<P> {
    /// The definition as the protocol lists it.
    pub fn definition(&self) -> model::Tool {
        let hints = ToolAnnotations::new()
            .read_only(self.hints.read_only)
            .destructive(self.hints.destructive)
            .idempotent(self.hints.idempotent)
            .open_world(self.hints.open_world);
        model::Tool::new(
            self.name,
            Cow::<'static, str>::Owned(self.description.text()),
            Arc::new((self.input)()),
        )
        .with_title(self.title)
        .with_annotations(hints)
    }
}

/// What a definition costs a conversation: the estimated tokens of name, description and input
/// schema, which is what clients show the model.
pub fn visible_tokens(definition: &model::Tool) -> usize {
    let schema = serde_json::to_string(&definition.input_schema).unwrap_or_default();
    let description = definition.description.as_deref().unwrap_or_default();
    (definition.name.chars().count() + description.chars().count() + schema.chars().count())
        .div_ceil(crate::answer::CHARS_PER_TOKEN)
}
