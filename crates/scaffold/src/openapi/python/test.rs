//! `tests/unit/tools/test_NAME.py`: a tool against a stand-in for the API.

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

/// The file's text.
pub(super) fn file(
    module: &str,
    classes: &[Class<'_>],
    proposal: &Proposal,
    arguments: &Arguments<'_>,
) -> String {
    let mut test = Test {
        classes,
        arguments,
        replies: Map::new(),
        given: Map::new(),
    };
    for argument in &arguments.list {
        if argument.required || argument.input.place == Place::Body {
            let value = example(&argument.input.kind);
            let value = match argument.input.kind {
                Kind::Array | Kind::Object => json!(value.to_string()),
                _ => value,
            };
            test.given.insert(argument.name.clone(), value);
        }
    }
    let mut body = String::new();
    let mut needs_token = false;
    match &proposal.task {
        Task::Find { list, item, subs } => {
            if let Some(class) = class(classes, *list)
                && let Some(list) = &class.operation.list
            {
                body.push_str(&test.lists(class.operation, list));
            }
            if let (Some(item), Some(id)) = (item, &arguments.id) {
                body.push_str(&test.reads(*item, subs, Some(id), &proposal.noun));
            }
        }
        Task::Read { item, subs } => body.push_str(&test.reads(*item, subs, None, &proposal.noun)),
        Task::Act {
            operation,
            present,
            confirm,
            ..
        } => {
            needs_token = *confirm;
            body.push_str(&test.acts(*operation, *present, *confirm, &proposal.tool));
        }
    }
    let mut text = format!(
        "\"\"\"`{}` against a stand-in for the API.\"\"\"\n\nfrom typing import Any\n\n",
        proposal.tool
    );
    if needs_token {
        text.push_str(&format!(
            "import pytest\n\nfrom {module}.errors import RefusedError\n"
        ));
    }
    text.push_str(&format!("from {module}.tool import State\n"));
    let import = format!("from {module}.tools.{} import TOOL\n", proposal.tool);
    if import.len() > 101 {
        text.push_str(&format!(
            "from {module}.tools.{} import (\n    TOOL,\n)\n",
            proposal.tool
        ));
    } else {
        text.push_str(&import);
    }
    text.push_str("\nfrom stubs import serving\n");
    if needs_token {
        text.push_str("from support import token_of\n");
    }
    text.push_str(&format!(
        "\nREPLIES: dict[str, Any] = {}\nARGUMENTS: dict[str, Any] = {}\n",
        literal::value(&Value::Object(test.replies), 0),
        literal::value(&Value::Object(test.given), 0)
    ));
    text.push_str(&body);
    text
}

struct Test<'a, 'b> {
    classes: &'b [Class<'a>],
    arguments: &'b Arguments<'a>,
    replies: Map<String, Value>,
    given: Map<String, Value>,
}

impl Test<'_, '_> {
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

    fn lists(&mut self, operation: &Operation, list: &List) -> String {
        let call = self.call(operation);
        let paging = &list.paging;
        let first_field = if paging.last.is_empty() {
            list.fields
                .first()
                .cloned()
                .unwrap_or_else(|| "id".to_owned())
        } else {
            paging.last.clone()
        };
        let item = |value: &str| json!({ first_field.as_str(): value });
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
        self.replies.insert(call, reply);
        let then = match (
            &paging.style,
            paging.position.and_then(|at| operation.inputs.get(at)),
        ) {
            (Style::None, _) | (_, None) => {
                "    assert \"two\" in second\n    assert \"MORE AVAILABLE\" not in second\n"
                    .to_owned()
            }
            (style, Some(input)) => {
                let expected = match style {
                    Style::Cursor if paging.last.is_empty() => "further".to_owned(),
                    Style::Cursor => "one".to_owned(),
                    _ => (paging.first + 1).to_string(),
                };
                format!(
                    "    name = {}\n    assert asked[1].query[name] == [{}]\n    assert \"| \" in second\n",
                    literal::string(&input.wire),
                    literal::string(&expected)
                )
            }
        };
        format!(
            "\n\nasync def test_it_lists_by_pages(state: State) -> None:\n    \
             async with serving(state, REPLIES) as (stubbed, asked):\n        \
             first = await TOOL.call(stubbed, {{**ARGUMENTS, \"page_size\": 1}})\n        \
             cursor = first.rsplit(\"cursor=\", 1)[1]\n        \
             again = {{**ARGUMENTS, \"page_size\": 1, \"cursor\": cursor}}\n        \
             second = await TOOL.call(stubbed, again)\n    \
             assert first.startswith(\"| \")\n    assert \"one\" in first\n    assert len(asked) == 2\n{then}"
        )
    }

    fn reads(&mut self, item: usize, subs: &[usize], id: Option<&str>, noun: &str) -> String {
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
        let value = id
            .and_then(|id| {
                self.arguments
                    .list
                    .iter()
                    .find(|argument| argument.name == id)
            })
            .map(|argument| literal::value(&example(&argument.input.kind), 0));
        let arguments = match (id, value) {
            (Some(id), Some(value)) => format!("{{**ARGUMENTS, {}: {value}}}", literal::string(id)),
            _ => "ARGUMENTS".to_owned(),
        };
        let calls = literal::value(&json!(calls), 4);
        format!(
            "\n\nasync def test_it_reads_in_full(state: State) -> None:\n    \
             arguments = {arguments}\n    \
             async with serving(state, REPLIES) as (stubbed, asked):\n        \
             answer = await TOOL.call(stubbed, arguments)\n    \
             calls = {calls}\n    \
             assert [one.call for one in asked] == calls\n    \
             assert answer.startswith({})\n    \
             assert all(line.startswith(\"| \") for line in answer.split(\"\\n\")[1:])\n",
            literal::string(&format!("FOUND {noun}."))
        )
    }

    fn acts(
        &mut self,
        operation: usize,
        present: Option<usize>,
        confirm: bool,
        tool: &str,
    ) -> String {
        let Some(acting) = class(self.classes, operation) else {
            return String::new();
        };
        let call = self.call(acting.operation);
        self.replies.insert(call.clone(), json!({"name": "text"}));
        if let Some(present) = present
            .filter(|_| confirm)
            .and_then(|present| class(self.classes, present))
        {
            let call = self.call(present.operation);
            self.replies.insert(call, json!({"name": "present"}));
        }
        let mut body = Map::new();
        for (at, input) in acting.operation.inputs.iter().enumerate() {
            if input.place == Place::Body
                && self
                    .arguments
                    .for_input(acting.operation, at, true)
                    .is_some()
            {
                body.insert(input.wire.clone(), example(&input.kind));
            }
        }
        let body = if body.is_empty() {
            Value::Null
        } else {
            Value::Object(body)
        };
        let check = if body.is_null() {
            "    assert asked[-1].body is None\n".to_owned()
        } else {
            format!(
                "    body = {}\n    assert asked[-1].body == body\n",
                literal::value(&body, 4)
            )
        };
        let call = literal::string(&call);
        if confirm {
            return format!(
                "\n\nasync def test_it_previews_then_acts_once(state: State) -> None:\n    \
                 call = {call}\n    \
                 async with serving(state, REPLIES) as (stubbed, asked):\n        \
                 preview = await TOOL.call(stubbed, ARGUMENTS)\n        \
                 assert call not in [one.call for one in asked]\n        \
                 token = token_of(preview)\n        \
                 again = {{**ARGUMENTS, \"confirm\": True, \"confirm_token\": token}}\n        \
                 answer = await TOOL.call(stubbed, again)\n        \
                 assert asked[-1].call == call\n        \
                 with pytest.raises(RefusedError, match=\"used before\"):\n            \
                 await TOOL.call(stubbed, again)\n    \
                 assert preview.startswith(\"PREVIEW - no action taken.\")\n    \
                 assert answer.startswith({})\n    \
                 assert [one.call for one in asked].count(call) == 1\n",
                literal::string(&format!("Done: {tool}."))
            );
        }
        format!(
            "\n\nasync def test_it_acts(state: State) -> None:\n    \
             async with serving(state, REPLIES) as (stubbed, asked):\n        \
             answer = await TOOL.call(stubbed, ARGUMENTS)\n    \
             assert answer.startswith({})\n    \
             assert asked[-1].call == {call}\n{check}",
            literal::string(&format!("Done: {tool}."))
        )
    }
}
