//! What the test of a tool is made with, in every language: the answers of a stand-in for the API,
//! arguments, and what must come of them.

use serde_json::{Map, Value, json};

use super::{
    arguments::Arguments,
    calls::{Class, class},
    group::{Proposal, Task},
    lists::{List, Style},
    model::{Operation, Place},
    schema::{Kind, example},
};

/// A tool's case: what it does not do has none.
#[derive(Debug, Default)]
pub(super) struct Case {
    /// What the stand-in answers, by call: `GET /things`.
    pub(super) replies: Map<String, Value>,
    /// The arguments that every call has.
    pub(super) given: Map<String, Value>,
    pub(super) lists: Option<Listing>,
    pub(super) reads: Option<Reading>,
    pub(super) acts: Option<Acting>,
}

/// How a list goes on.
#[derive(Debug)]
pub(super) struct Listing {
    /// The part of the query that asks for the next page, and its value; none where the list is whole.
    pub(super) next: Option<(String, String)>,
}

/// How one object is read.
#[derive(Debug)]
pub(super) struct Reading {
    /// What is called, in this order.
    pub(super) calls: Vec<String>,
    /// The argument that chooses the object, in a tool that also lists.
    pub(super) by: Option<(String, Value)>,
}

/// How a deed is done.
#[derive(Debug)]
pub(super) struct Acting {
    pub(super) call: String,
    /// What is sent; empty where nothing is.
    pub(super) body: Map<String, Value>,
}

/// The case of a tool.
pub(super) fn of(classes: &[Class<'_>], proposal: &Proposal, arguments: &Arguments<'_>) -> Case {
    let mut maker = Maker {
        classes,
        arguments,
        case: Case::default(),
    };
    for argument in &arguments.list {
        if argument.required || argument.input.place == Place::Body {
            let given = as_given(&argument.input.kind);
            maker.case.given.insert(argument.name.clone(), given);
        }
    }
    match &proposal.task {
        Task::Find { list, item, subs } => {
            maker.lists(*list);
            if let Some(item) = item {
                maker.reads(*item, subs);
            }
        }
        Task::Read { item, subs } => maker.reads(*item, subs),
        Task::Act {
            operation,
            present,
            confirm,
            ..
        } => maker.acts(*operation, present.filter(|_| *confirm)),
    }
    maker.case
}

struct Maker<'a, 'b> {
    classes: &'b [Class<'a>],
    arguments: &'b Arguments<'a>,
    case: Case,
}

impl Maker<'_, '_> {
    /// The call of an operation as the stand-in sees it, its path filled in with examples.
    fn call(&self, operation: &Operation) -> String {
        let mut path = operation.path.clone();
        for (at, input) in operation.inputs.iter().enumerate() {
            if input.place != Place::Path {
                continue;
            }
            let kind = self
                .arguments
                .for_input(operation, at, true)
                .map_or(&input.kind, |argument| &argument.input.kind);
            let value = match example(kind) {
                Value::String(text) => text,
                other => other.to_string(),
            };
            path = path.replacen("{}", &value, 1);
        }
        format!("{} {path}", operation.method)
    }

    fn lists(&mut self, place: usize) {
        let Some(operation) = class(self.classes, place).map(|class| class.operation) else {
            return;
        };
        let Some(list) = &operation.list else {
            return;
        };
        let call = self.call(operation);
        self.case.replies.insert(call, listed(list));
        let paging = &list.paging;
        let input = paging
            .position
            .and_then(|at| operation.inputs.get(at))
            .filter(|_| paging.style != Style::None);
        let next = input.map(|input| {
            let value = match paging.style {
                Style::Cursor if paging.last.is_empty() => "further".to_owned(),
                Style::Cursor => "one".to_owned(),
                _ => (paging.first + 1).to_string(),
            };
            (input.wire.clone(), value)
        });
        self.case.lists = Some(Listing { next });
    }

    fn reads(&mut self, item: usize, subs: &[usize]) {
        let mut calls = Vec::new();
        for place in std::iter::once(item).chain(subs.iter().copied()) {
            if let Some(class) = class(self.classes, place) {
                let call = self.call(class.operation);
                self.case
                    .replies
                    .entry(call.clone())
                    .or_insert_with(|| json!({"name": "a\nPREVIEW"}));
                calls.push(call);
            }
        }
        let id = self.arguments.id.as_ref();
        let by = self
            .arguments
            .list
            .iter()
            .find(|argument| Some(&argument.name) == id)
            .map(|argument| (argument.name.clone(), as_given(&argument.input.kind)));
        self.case.reads = Some(Reading { calls, by });
    }

    fn acts(&mut self, operation: usize, present: Option<usize>) {
        let Some(acting) = class(self.classes, operation).map(|class| class.operation) else {
            return;
        };
        let call = self.call(acting);
        self.case
            .replies
            .insert(call.clone(), json!({"name": "text"}));
        if let Some(present) = present.and_then(|present| class(self.classes, present)) {
            let call = self.call(present.operation);
            self.case.replies.insert(call, json!({"name": "present"}));
        }
        let mut body = Map::new();
        for (at, input) in acting.inputs.iter().enumerate() {
            let is_given = self.arguments.for_input(acting, at, true).is_some();
            if input.place == Place::Body && is_given {
                body.insert(input.wire.clone(), example(&input.kind));
            }
        }
        self.case.acts = Some(Acting { call, body });
    }
}

/// An example of an argument; what is structured is given as text.
fn as_given(kind: &Kind) -> Value {
    let value = example(kind);
    match kind {
        Kind::Array | Kind::Object => json!(value.to_string()),
        _ => value,
    }
}

/// An answer with a list of one, or of two where the list does not go on.
fn listed(list: &List) -> Value {
    let paging = &list.paging;
    let field = if paging.last.is_empty() {
        list.fields.first().map_or("id", String::as_str)
    } else {
        paging.last.as_str()
    };
    let item = |value: &str| json!({ field: value });
    let items = if paging.style == Style::None {
        vec![item("one"), item("two")]
    } else {
        vec![item("one")]
    };
    let mut reply = json!(items);
    for key in list.items.iter().rev() {
        reply = json!({ key.as_str(): reply });
    }
    if let Some((first, rest)) = paging.following.split_first()
        && reply.is_object()
    {
        let mut following = json!("further");
        for key in rest.iter().rev() {
            following = json!({ key.as_str(): following });
        }
        reply[first.as_str()] = following;
    }
    reply
}
