//! What is sent to see whether a server survives it: calls, and messages that are none.

use std::collections::VecDeque;

use serde_json::{Map, Value, json};

use crate::{
    calls::{Call, CallKind, Calls, is_confirmation},
    live::Live,
    options::Permission,
    schema::{Inputs, deep, hostile},
    surface::Tool,
    thresholds,
    verbs::{self, Judgement},
    wire::Lost,
};

/// A call.
#[derive(Clone, Debug)]
pub(crate) struct Case {
    pub(crate) tool: String,
    /// What is odd about it.
    pub(crate) what: String,
    pub(crate) arguments: Value,
    /// Plain arguments, where silence could be the tool's habit: it is to answer a call with these.
    pub(crate) plain: Option<Value>,
}

/// The calls that are made: a fixed number, spread over the tools. Tools that killed the server in the
/// shared calls, or did not answer there, get that one call again and no others; slow ones, whose silence
/// would tell nothing, get none.
pub(crate) fn cases(live: &Live, calls: &Calls) -> Vec<Case> {
    let most = if live.options.permission >= Permission::Active {
        thresholds::FUZZ_CALLS_ACTIVE
    } else {
        thresholds::FUZZ_CALLS
    };
    let mut queues: Vec<VecDeque<Case>> = live
        .surface
        .tools
        .iter()
        .filter(|tool| tool.only_in.is_none())
        .filter(|tool| {
            calls
                .calls
                .iter()
                .all(|call| call.tool != tool.name || call.outcome.is_ok())
        })
        .take(most)
        .map(|tool| of_tool(live, calls, tool).into())
        .collect();
    let mut cases: Vec<Case> = calls
        .calls
        .iter()
        .filter_map(|call| of_call(live, calls, call))
        .collect();
    while cases.len() < most && queues.iter().any(|queue| !queue.is_empty()) {
        for queue in &mut queues {
            cases.extend(queue.pop_front());
        }
    }
    cases.truncate(most);
    cases
}

/// A shared call to which the server gave no answer, to be seen alone. Calls that are wrong in the way
/// that `bad-arguments` judges are found there.
fn of_call(live: &Live, calls: &Calls, call: &Call) -> Option<Case> {
    let lost = call.outcome.as_ref().err()?;
    let bound = matches!(call.kind, CallKind::Boundary(_));
    if call.forbidden && !bound {
        return None;
    }
    let silent = matches!(lost, Lost::Silent(_));
    let tool = live.surface.tool(&call.tool)?;
    // what acts is not done twice, and the silence of a plain call may be the work that it does
    if !(lost.is_death() || silent && bound) || matches!(verbs::judge(tool), Judgement::Acts(_)) {
        return None;
    }
    let what = match &call.kind {
        CallKind::Boundary(name) if call.forbidden => format!("{name} beyond a bound"),
        CallKind::Boundary(name) => format!("{name} at a bound"),
        CallKind::UnknownArgument => "an argument that its schema does not know".to_owned(),
        kind => format!("{} arguments", kind.name()),
    };
    Some(Case {
        tool: call.tool.clone(),
        what,
        arguments: call.arguments.clone(),
        plain: silent.then(|| calls.arguments(live, tool)).flatten(),
    })
}

fn of_tool(live: &Live, calls: &Calls, tool: &Tool) -> Vec<Case> {
    let Ok(inputs) = Inputs::of(&tool.input_schema, live.options.seed) else {
        return Vec::new();
    };
    let case = |what: String, arguments: Value| Case {
        tool: tool.name.clone(),
        what,
        arguments,
        plain: None,
    };
    if live
        .may_call(tool, &CallKind::Boundary(String::new()))
        .is_err()
    {
        // nothing sensible can be done with this
        let spoilt: Map<String, Value> = inputs
            .required()
            .into_iter()
            .filter(|name| !is_confirmation(name) && inputs.argument(name)["type"] == "string")
            .map(|name| (name, deep()))
            .collect();
        let spoilt = Value::Object(spoilt);
        let forbidden = inputs.forbids(&spoilt) && spoilt != json!({});
        return forbidden
            .then(|| case("deep nesting in its arguments".to_owned(), spoilt))
            .into_iter()
            .collect();
    }
    let Some(Value::Object(plain)) = calls.arguments(live, tool) else {
        return Vec::new();
    };
    let mut cases = Vec::new();
    let mut by_argument: Vec<VecDeque<(&'static str, Value)>> = Vec::new();
    let names: Vec<String> = inputs
        .arguments()
        .into_iter()
        .filter(|name| !is_confirmation(name))
        .take(20)
        .collect();
    for name in &names {
        by_argument.push(hostile(&inputs.argument(name)).into());
    }
    let bounds: Vec<_> = inputs.boundaries();
    let mut bounds = bounds
        .into_iter()
        .filter(|sample| !is_confirmation(&sample.argument));
    // hostile values of all arguments in turn, with the bounds between
    while by_argument.iter().any(|queue| !queue.is_empty())
        && cases.len() < thresholds::FUZZ_CALLS_ACTIVE
    {
        for (name, queue) in names.iter().zip(&mut by_argument) {
            if let Some((what, value)) = queue.pop_front() {
                let mut arguments = plain.clone();
                arguments.insert(name.clone(), value);
                cases.push(case(format!("{what} as {name}"), Value::Object(arguments)));
            }
        }
        for sample in bounds.by_ref().take(names.len()) {
            cases.push(case(
                format!("{} at a bound", sample.argument),
                sample.arguments,
            ));
        }
    }
    cases.extend(
        bounds.map(|sample| case(format!("{} at a bound", sample.argument), sample.arguments)),
    );
    if live.options.permission >= Permission::Active {
        let random = inputs.random(20).into_iter();
        cases.extend(
            random.map(|arguments| case("valid arguments by chance".to_owned(), arguments)),
        );
    }
    cases
}

/// Lines that are no message, or a broken one.
const LINES: &[(&str, &str)] = &[
    (
        "broken JSON",
        "{\"jsonrpc\": \"2.0\", \"id\": 7001, \"method\":",
    ),
    ("a line that is no JSON", "hello"),
    (
        "a lone surrogate",
        r#"{"jsonrpc":"2.0","id":7002,"method":"ping","params":{"a":"\udc00"}}"#,
    ),
    ("an empty object", "{}"),
    ("a number", "42"),
    ("null", "null"),
    ("a text", "\"ping\""),
    ("an empty batch", "[]"),
    (
        "a batch",
        r#"[{"jsonrpc":"2.0","id":7003,"method":"ping"},{"jsonrpc":"2.0","id":7004,"method":"ping"}]"#,
    ),
    (
        "another version of JSON-RPC",
        r#"{"jsonrpc":"1.0","id":7005,"method":"ping"}"#,
    ),
    (
        "a request without a method",
        r#"{"jsonrpc":"2.0","id":7006}"#,
    ),
    (
        "a method that is a number",
        r#"{"jsonrpc":"2.0","id":7007,"method":7}"#,
    ),
    (
        "params that are a text",
        r#"{"jsonrpc":"2.0","id":7008,"method":"tools/list","params":"x"}"#,
    ),
    (
        "params that are an array",
        r#"{"jsonrpc":"2.0","id":7009,"method":"tools/call","params":[1]}"#,
    ),
    (
        "a call without a name",
        r#"{"jsonrpc":"2.0","id":7010,"method":"tools/call","params":{}}"#,
    ),
    (
        "a call whose name is a number",
        r#"{"jsonrpc":"2.0","id":7011,"method":"tools/call","params":{"name":7,"arguments":{}}}"#,
    ),
    (
        "an id that is an object",
        r#"{"jsonrpc":"2.0","id":{"a":1},"method":"tools/list"}"#,
    ),
    (
        "an id that is an array",
        r#"{"jsonrpc":"2.0","id":[1],"method":"tools/list"}"#,
    ),
    (
        "an id that is true",
        r#"{"jsonrpc":"2.0","id":true,"method":"tools/list"}"#,
    ),
    (
        "an id that is a fraction",
        r#"{"jsonrpc":"2.0","id":1.5,"method":"tools/list"}"#,
    ),
    (
        "an id that is null",
        r#"{"jsonrpc":"2.0","id":null,"method":"tools/list"}"#,
    ),
    (
        "an id of 1e300",
        r#"{"jsonrpc":"2.0","id":1e300,"method":"tools/list"}"#,
    ),
    (
        "an answer to nobody",
        r#"{"jsonrpc":"2.0","id":"nobody","result":{}}"#,
    ),
    (
        "a cancellation of nothing",
        r#"{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":"nothing"}}"#,
    ),
    (
        "a notification that nobody knows",
        r#"{"jsonrpc":"2.0","method":"notifications/nobody_knows"}"#,
    ),
];

/// Messages that are broken: what each is, and its bytes.
pub(crate) fn frames() -> Vec<(&'static str, Vec<u8>)> {
    let deep = format!("{}{}\n", "[".repeat(10_000), "]".repeat(10_000));
    LINES
        .iter()
        .map(|(what, line)| (*what, format!("{line}\n").into_bytes()))
        .chain([
            (
                "bytes that are no UTF-8",
                b"\xff\xfe\x00\x80{\"jsonrpc\"\xc3\n".to_vec(),
            ),
            ("10,000 nested arrays", deep.into_bytes()),
        ])
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_frame_is_one_line() {
        for (what, bytes) in frames() {
            assert_eq!(
                bytes.iter().position(|byte| *byte == b'\n'),
                Some(bytes.len() - 1),
                "{what}"
            );
        }
    }
}
