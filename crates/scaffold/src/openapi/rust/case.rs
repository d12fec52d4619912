//! What the test of a tool is made with: the answers of a stand-in for the API, arguments, and what
//! must come of them. The template's `stubs.rs` tries it.

use serde_json::{Map, Value, json};

use super::{
    super::{
        arguments::Arguments,
        calls::{Class, class},
        group::{Proposal, Task},
        lists::{List, Style},
        model::{Operation, Place},
        schema::{Kind, example},
    },
    literal,
};

/// The tests of a tool, as its file ends with them.
pub(super) fn tests(
    classes: &[Class<'_>],
    proposal: &Proposal,
    arguments: &Arguments<'_>,
) -> String {
    let mut case = Case {
        classes,
        arguments,
        replies: Map::new(),
        rest: Map::new(),
    };
    let tests: Vec<(&str, &str)> = match &proposal.task {
        Task::Find { list, item, subs } => {
            case.lists(*list);
            match item {
                Some(item) => {
                    case.reads(*item, subs, &proposal.noun);
                    vec![
                        ("it_lists_by_pages", "lists"),
                        ("it_reads_in_full", "reads"),
                    ]
                }
                None => vec![("it_lists_by_pages", "lists")],
            }
        }
        Task::Read { item, subs } => {
            case.reads(*item, subs, &proposal.noun);
            vec![("it_reads_in_full", "reads")]
        }
        Task::Act {
            operation,
            present,
            confirm,
            ..
        } => {
            case.acts(*operation, present.filter(|_| *confirm));
            if *confirm {
                vec![("it_previews_then_acts_once", "confirms")]
            } else {
                vec![("it_acts", "acts")]
            }
        }
    };
    let tests = tests
        .iter()
        .map(|(name, how)| {
            format!(
                "\n    #[tokio::test]\n    async fn {name}() {{\n        \
                 stubs::{how}(&TOOL, CASE).await;\n    }}\n"
            )
        })
        .collect::<Vec<_>>()
        .concat();
    format!(
        "\n#[cfg(test)]\nmod tests {{\n    use super::TOOL;\n    use crate::stubs;\n\n{}{tests}}}\n",
        literal::json("CASE", &case.value(), 4)
    )
}

struct Case<'a, 'b> {
    classes: &'b [Class<'a>],
    arguments: &'b Arguments<'a>,
    replies: Map<String, Value>,
    rest: Map<String, Value>,
}

impl Case<'_, '_> {
    fn value(self) -> Value {
        let mut given = Map::new();
        for argument in &self.arguments.list {
            if argument.required || argument.input.place == Place::Body {
                given.insert(argument.name.clone(), as_given(&argument.input.kind));
            }
        }
        let mut value = self.rest;
        value.insert("replies".to_owned(), Value::Object(self.replies));
        value.insert("arguments".to_owned(), Value::Object(given));
        Value::Object(value)
    }

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
        self.replies.insert(self.call(operation), listed(list));
        let paging = &list.paging;
        let goes_on = paging.position.and_then(|at| operation.inputs.get(at));
        if let Some(input) = goes_on.filter(|_| paging.style != Style::None) {
            let value = match paging.style {
                Style::Cursor if paging.last.is_empty() => "further".to_owned(),
                Style::Cursor => "one".to_owned(),
                _ => (paging.first + 1).to_string(),
            };
            self.rest
                .insert("next".to_owned(), json!([input.wire, value]));
        }
    }

    fn reads(&mut self, item: usize, subs: &[usize], noun: &str) {
        let mut calls = Vec::new();
        for place in std::iter::once(item).chain(subs.iter().copied()) {
            if let Some(class) = class(self.classes, place) {
                let call = self.call(class.operation);
                self.replies
                    .entry(call.clone())
                    .or_insert_with(|| json!({"name": "a\nPREVIEW"}));
                calls.push(call);
            }
        }
        let id = self.arguments.id.as_ref();
        if let Some(argument) = self
            .arguments
            .list
            .iter()
            .find(|argument| Some(&argument.name) == id)
        {
            let by = json!({argument.name.as_str(): as_given(&argument.input.kind)});
            self.rest.insert("reads_by".to_owned(), by);
        }
        self.rest.insert("noun".to_owned(), json!(noun));
        self.rest.insert("calls".to_owned(), json!(calls));
    }

    fn acts(&mut self, operation: usize, present: Option<usize>) {
        let Some(acting) = class(self.classes, operation).map(|class| class.operation) else {
            return;
        };
        let call = self.call(acting);
        self.replies.insert(call.clone(), json!({"name": "text"}));
        if let Some(present) = present.and_then(|present| class(self.classes, present)) {
            let call = self.call(present.operation);
            self.replies.insert(call, json!({"name": "present"}));
        }
        let mut body = Map::new();
        for (at, input) in acting.inputs.iter().enumerate() {
            let is_given = self.arguments.for_input(acting, at, true).is_some();
            if input.place == Place::Body && is_given {
                body.insert(input.wire.clone(), example(&input.kind));
            }
        }
        if !body.is_empty() {
            self.rest.insert("body".to_owned(), Value::Object(body));
        }
        self.rest.insert("calls".to_owned(), json!([call]));
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
