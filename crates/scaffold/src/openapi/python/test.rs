//! `tests/unit/tools/test_NAME.py`: a tool against a stand-in for the API.

use serde_json::{Value, json};

use super::{
    super::{
        arguments::Arguments,
        calls::Class,
        case::{self, Acting, Listing, Reading},
        group::{Proposal, Task},
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
    let case = case::of(classes, proposal, arguments);
    let needs_token = matches!(proposal.task, Task::Act { confirm: true, .. });
    let mut body = String::new();
    if let Some(lists) = &case.lists {
        body.push_str(&it_lists(lists));
    }
    if let Some(reads) = &case.reads {
        body.push_str(&it_reads(reads, &proposal.noun));
    }
    if let Some(acts) = &case.acts {
        let print = if needs_token { it_confirms } else { it_acts };
        body.push_str(&print(acts, &proposal.tool));
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
        literal::value(&Value::Object(case.replies), 0),
        literal::value(&Value::Object(case.given), 0)
    ));
    text.push_str(&body);
    text
}

fn it_lists(lists: &Listing) -> String {
    let then = match &lists.next {
        None => {
            "    assert \"two\" in second\n    assert \"MORE AVAILABLE\" not in second\n".to_owned()
        }
        Some((name, value)) => format!(
            "    name = {}\n    assert asked[1].query[name] == [{}]\n    assert \"| \" in second\n",
            literal::string(name),
            literal::string(value)
        ),
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

fn it_reads(reads: &Reading, noun: &str) -> String {
    let arguments = match &reads.by {
        Some((name, value)) => format!(
            "{{**ARGUMENTS, {}: {}}}",
            literal::string(name),
            literal::value(value, 0)
        ),
        None => "ARGUMENTS".to_owned(),
    };
    let calls = literal::value(&json!(reads.calls), 4);
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

fn it_confirms(acts: &Acting, tool: &str) -> String {
    format!(
        "\n\nasync def test_it_previews_then_acts_once(state: State) -> None:\n    \
         call = {}\n    \
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
        literal::string(&acts.call),
        literal::string(&format!("Done: {tool}."))
    )
}

fn it_acts(acts: &Acting, tool: &str) -> String {
    let check = if acts.body.is_empty() {
        "    assert asked[-1].body is None\n".to_owned()
    } else {
        format!(
            "    body = {}\n    assert asked[-1].body == body\n",
            literal::value(&Value::Object(acts.body.clone()), 4)
        )
    };
    format!(
        "\n\nasync def test_it_acts(state: State) -> None:\n    \
         async with serving(state, REPLIES) as (stubbed, asked):\n        \
         answer = await TOOL.call(stubbed, ARGUMENTS)\n    \
         assert answer.startswith({})\n    \
         assert asked[-1].call == {}\n{check}",
        literal::string(&format!("Done: {tool}.")),
        literal::string(&acts.call)
    )
}
