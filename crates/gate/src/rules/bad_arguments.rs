//! Arguments that break the schema are where models err most: the answer must say so.

use std::collections::BTreeMap;

use futures::future::BoxFuture;

use crate::{
    calls::{Call, CallKind},
    failures,
    finding::{Finding, Place},
    live::Live,
    rule::{Basis, Check, Docs, Level, Outcome, Reach, Rule},
    wire::Lost,
};

pub(super) static RULE: Rule = Rule {
    id: "B03",
    name: "bad-arguments",
    summary: "missing, wrongly typed and unknown arguments get isError, not success and not a crash",
    level: Level::Error,
    basis: Basis::Must,
    reach: Reach::Calls,
    docs: Docs {
        what: "Each tool is called with arguments that its own inputSchema forbids: a required one missing, one \
               of a wrong type, and, where additionalProperties is false, one that is unknown. Each call must be \
               answered with isError: true or with error -32602. Success, silence and a server that dies are \
               errors; another error code is a warning. Tools that do not read by their words get only \
               arguments with which nothing sensible can be done.",
        why: "A model that leaves an argument out, and is told of success, goes on from something that never \
              happened. A server that dies of it takes the whole session along.",
        source: "MCP 2025-11-25, Tools, Security Considerations: \"Servers MUST: Validate all tool inputs\"; Tools, \
                 Error Handling: input validation errors are tool execution errors (isError: true).",
        bad: "text = arguments.get(\"text\", \"\")  # required by the schema",
        good: "jsonschema.validate(arguments, tool.input_schema)  # refused with isError: true",
        fix: "Validate the arguments against the inputSchema before the tool runs, and answer what does not fit \
              with isError: true and a text that names the argument. The SDKs do it where the schema is given \
              to them.",
    },
    checks: &[Check::Live(check)],
};

fn check(live: &Live) -> BoxFuture<'_, Outcome> {
    Box::pin(async move {
        if !live
            .surface
            .tools
            .iter()
            .any(|tool| tool.parameters().next().is_some())
        {
            return Outcome::not_applicable("no tool takes arguments");
        }
        let calls = live.calls().await;
        let mut outcome = Outcome::pass();
        let mut judged = 0;
        // one finding for each tool and each way of being wrong
        let mut found: BTreeMap<(&str, &str), (Finding, usize)> = BTreeMap::new();
        for call in calls
            .calls
            .iter()
            .filter(|call| call.forbidden && !matches!(call.kind, CallKind::Boundary(_)))
        {
            judged += 1;
            match verdict(call) {
                Ok(None) => {}
                Ok(Some((class, finding))) => {
                    found
                        .entry((&call.tool, class))
                        .and_modify(|(_, more)| *more += 1)
                        .or_insert((finding, 0));
                }
                Err(why) => outcome.unknown(why),
            }
        }
        // an SDK's habit shows in every tool alike: one finding
        let coded: Vec<_> = found
            .keys()
            .filter(|(_, class)| *class == "code")
            .copied()
            .collect();
        for key in coded.iter().skip(1) {
            found.remove(key);
        }
        if let Some((finding, more)) = coded
            .first()
            .and_then(|key| found.get_mut(key))
            .filter(|_| coded.len() > 1)
        {
            *more = 0;
            finding
                .message
                .push_str(&format!("; so do {} other tools", coded.len() - 1));
        }
        for (finding, more) in found.into_values() {
            let mut finding = finding;
            if more > 0 {
                finding.message.push_str(&format!(", and {more} more such"));
            }
            outcome.find(finding);
        }
        if judged == 0 {
            let why = live
                .surface
                .tools
                .iter()
                .find_map(|tool| calls.why_left_out(&tool.name))
                .unwrap_or("every argument is optional and takes anything");
            outcome.unknown(format!(
                "no call could be made that a schema forbids: {why}"
            ));
        }
        outcome
    })
}

type Found = Option<(&'static str, Finding)>;

fn verdict(call: &Call) -> Result<Found, String> {
    let what = match &call.kind {
        CallKind::MissingArgument(name) => format!("without its required argument {name}"),
        CallKind::WrongType(name) => format!("with an argument of a wrong type ({name})"),
        _ => "with an argument that its schema forbids (unexpected_argument)".to_owned(),
    };
    let place = Place::Tool(call.tool.clone());
    let sent = call.arguments.to_string();
    let answer = match &call.outcome {
        Ok(answer) => answer,
        Err(Lost::GivenUp | Lost::Budget(_) | Lost::Start(_) | Lost::Network(_)) => {
            return Err(format!("{}: a call {what} was not made", call.tool));
        }
        Err(lost) => {
            let died = lost.is_death();
            let message = if died {
                format!("called {what}, the server died: {lost}")
            } else {
                format!("called {what}, there is no answer: {lost}")
            };
            let finding = RULE
                .finding(
                    place,
                    message,
                    "Validate the arguments before the tool runs, and answer what does not fit with isError: true.",
                )
                .text("arguments", &sent)
                .key(if died { "dies" } else { "silent" });
            return Ok(Some((if died { "dies" } else { "silent" }, finding)));
        }
    };
    let class = match &call.kind {
        CallKind::MissingArgument(_) => "missing",
        CallKind::WrongType(_) => "type",
        _ => "unknown",
    };
    if let Some(error) = answer.error() {
        // the specification's code, and the one that says what is wrong
        if matches!(error.code, -32602 | -32600) {
            return Ok(None);
        }
        let finding = RULE
            .finding(
                place,
                format!("called {what}, it answers with error {}, which blames the server", error.code),
                "Answer with isError: true (or error -32602), so that the model knows that its arguments were wrong.",
            )
            .level(Level::Warning)
            .text("arguments", &sent)
            .text("error", &error.message)
            .exchange(answer.exchange)
            .key("code");
        return Ok(Some(("code", finding)));
    }
    let result = answer.result();
    let asks = result["resultType"]
        .as_str()
        .is_some_and(|kind| kind != "complete");
    // a failure that is told as success is another rule's: error-flagged
    if answer.is_tool_error() || asks || failures::reads_as_failure(&answer.text()).is_some() {
        return Ok(None);
    }
    let fix = match &call.kind {
        CallKind::UnknownArgument => {
            "Refuse arguments that the schema does not know, or drop additionalProperties: false from the schema."
        }
        _ => {
            "Validate the arguments against the inputSchema, and answer what does not fit with isError: true."
        }
    };
    let finding = RULE
        .finding(
            place,
            format!("called {what}, it answers with success"),
            fix,
        )
        .text("arguments", &sent)
        .text("answer", &answer.text())
        .exchange(answer.exchange)
        .key(class);
    Ok(Some((class, finding)))
}
