//! A gateway that decides by a header and a server that acts by the body must not be told two stories.

use base64::{Engine, prelude::BASE64_STANDARD};
use futures::future::{BoxFuture, join_all};
use serde_json::{Value, json};

use crate::{
    live::Live,
    probe::{self, NO_SUCH_TOOL, Probe},
    rule::{Basis, Check, Docs, Level, Outcome, Reach, Rule},
    surface::Tool,
    wire::{
        Era,
        http::{Endpoint, HttpAnswer},
    },
};

pub(super) static RULE: Rule = Rule {
    id: "H04",
    name: "headers-match-body",
    summary: "headers that contradict the body are refused with 400 and error -32020",
    level: Level::Error,
    basis: Basis::Must,
    reach: Reach::Calls,
    docs: Docs {
        what: "In 2026-07-28, requests are sent whose Mcp-Method, Mcp-Name, MCP-Protocol-Version or \
               Mcp-Param header contradicts the body, or is missing; each must be refused with 400 and \
               error -32020 (a server of both eras may answer in the version that the header says instead). \
               A name in the Base64 form must be decoded before it is compared. In older \
               versions, an MCP-Protocol-Version that does not exist must be refused with 400. The \
               messages are a list, a call of a tool that does not exist, and a call without a required \
               argument: none can act.",
        why: "Gateways route, meter and allow by the headers; the server acts by the body. If the two may \
              differ, Mcp-Name: read_file carries a call of delete_file past every policy.",
        source: "MCP 2026-07-28, Streamable HTTP, Request Metadata and Server Validation: \"servers MUST \
                 return HTTP status 400 Bad Request and MUST include a JSON-RPC error response\" -32020; \
                 2025-11-25, Transports, Protocol Version Header: \"it MUST respond with 400 Bad \
                 Request\".",
        bad: "handle(json.loads(body))  # headers are not looked at",
        good: "if headers.get(\"Mcp-Method\") != message[\"method\"]:\n    \
               return respond(400, error(-32020, \"Mcp-Method does not match the body\"))",
        fix: "Before a request is handled, compare each header with its field of the body (method; \
              params.name or params.uri; _meta's protocolVersion), decode =?base64?...?= first, and answer \
              400 with -32020 where one is missing or differs. Current SDKs do so in their HTTP transport.",
    },
    checks: &[Check::Live(check)],
};

/// The error of a header that contradicts the body (2026-07-28).
const MISMATCH: i64 = -32_020;
/// The error of an unsupported version (2026-07-28).
const VERSION: i64 = -32_022;
/// A name that is not the body's.
const ANOTHER: &str = "seaworthy-another-tool";

/// A contradiction.
struct Case {
    key: &'static str,
    /// What is wrong with the request: ends "... is".
    what: String,
    fix: &'static str,
    probe: Probe,
    /// Whether the refusal may have another reason that comes first.
    other: Option<i64>,
    /// Whether the server may go by the header alone: it speaks the version that the header says too, in
    /// which the body's `_meta` means nothing. What it must not do is to answer in the body's version.
    by_header: bool,
    /// Whether an error without the right code means that the contradiction went unseen.
    unseen: bool,
}

fn check(live: &Live) -> BoxFuture<'_, Outcome> {
    Box::pin(async move {
        let Some(endpoint) = live.http() else {
            return Outcome::not_applicable("the server is reached over stdio");
        };
        if probe::eras(live).is_empty() {
            return Outcome::unverified(probe::mute(live));
        }
        let mut outcome = Outcome::pass();
        if live.speaks(Era::Modern) {
            modern(live, endpoint, &mut outcome).await;
        }
        if live.speaks(Era::Legacy) {
            legacy(live, endpoint, &mut outcome).await;
        }
        outcome
    })
}

async fn modern(live: &Live, endpoint: &Endpoint, outcome: &mut Outcome) {
    let Ok(plain) = Probe::later(live, Era::Modern).await else {
        return;
    };
    let cases = cases(live, &plain);
    let sent = cases.iter().map(|case| {
        if case.probe.method() == "tools/call" {
            let tool = case.probe.message["params"]["name"].as_str();
            live.log
                .called(tool.unwrap_or_default(), "contradicted by a header");
        }
        case.probe.send(live)
    });
    for (case, answer) in cases.iter().zip(join_all(sent).await) {
        let answer = match answer {
            Ok(answer) => answer,
            Err(lost) => {
                outcome.unknown(format!("{}: {lost}", case.what));
                continue;
            }
        };
        if case.by_header && !is_modern(&answer) {
            continue;
        }
        let code = probe::code(&answer);
        let seen = code == Some(MISMATCH) || (code.is_some() && code == case.other);
        let shown = probe::shown(&answer);
        let what = &case.what;
        let (level, message, fix) = if seen && answer.status == 400 {
            continue;
        } else if matches!(answer.status, 401 | 429) {
            outcome.unknown(format!("{what}: HTTP {} comes first", answer.status));
            continue;
        } else if seen {
            (
                Level::Warning,
                format!("{what} is refused with {shown}; the status must be 400"),
                "Send error -32020 with HTTP 400.",
            )
        } else if probe::is_served(&answer) {
            (
                RULE.level,
                format!("{what} is answered like any other ({shown})"),
                case.fix,
            )
        } else if case.unseen {
            (
                RULE.level,
                format!("{what} goes unnoticed: {shown} speaks of something else"),
                case.fix,
            )
        } else {
            (
                Level::Warning,
                format!("{what} is refused with {shown} instead of 400 and error -32020"),
                "Refuse it with HTTP 400 and a JSON-RPC error of code -32020 that names the header.",
            )
        };
        outcome.find(
            RULE.finding(probe::place(endpoint), message, fix)
                .level(level)
                .exchange(answer.exchange)
                .key(case.key),
        );
    }
    encoded(live, endpoint, outcome).await;
}

fn cases(live: &Live, plain: &Probe) -> Vec<Case> {
    let method = plain.method();
    let other = if method == "tools/list" {
        "prompts/list"
    } else {
        "tools/list"
    };
    let mut cases = vec![
        Case {
            key: "Mcp-Method differs",
            what: format!("{method} with Mcp-Method: {other}"),
            fix: "Compare Mcp-Method with the body's method before the request is handled.",
            probe: plain.clone().with("Mcp-Method", other),
            other: None,
            by_header: false,
            unseen: false,
        },
        Case {
            key: "Mcp-Method is missing",
            what: format!("{method} without Mcp-Method"),
            fix: "Refuse requests of 2026-07-28 without Mcp-Method with 400 and error -32020.",
            probe: plain.clone().without("Mcp-Method"),
            other: None,
            by_header: false,
            unseen: false,
        },
        Case {
            key: "MCP-Protocol-Version differs",
            what: format!(
                "{method} of 2026-07-28 (in _meta) with MCP-Protocol-Version: 2025-11-25"
            ),
            fix: "Compare MCP-Protocol-Version with protocolVersion in the body's _meta before the \
                  request is handled.",
            probe: plain.clone().with("MCP-Protocol-Version", "2025-11-25"),
            other: Some(VERSION),
            by_header: live.speaks(Era::Legacy),
            unseen: false,
        },
    ];
    // who serves clients before 2025-06-18 may take a missing version for 2025-03-26
    if !live.speaks(Era::Legacy) {
        cases.push(Case {
            key: "MCP-Protocol-Version is missing",
            what: format!("{method} without MCP-Protocol-Version"),
            fix: "Refuse requests without MCP-Protocol-Version with 400 and error -32020.",
            probe: plain.clone().without("MCP-Protocol-Version"),
            other: Some(VERSION),
            by_header: false,
            unseen: false,
        });
    }
    if live.surfaces[&Era::Modern].walk("tools/list").is_some() {
        cases.extend(calls(live));
    }
    cases
}

/// The contradictions of calls.
fn calls(live: &Live) -> Vec<Case> {
    let mut cases = Vec::new();
    let call = no_such_tool();
    cases.push(Case {
        key: "Mcp-Name differs",
        what: format!("tools/call of {NO_SUCH_TOOL} with Mcp-Name: {ANOTHER}"),
        fix: "Compare Mcp-Name with params.name before the tool is looked up.",
        probe: call.clone().with("Mcp-Name", ANOTHER),
        other: None,
        by_header: false,
        unseen: true,
    });
    cases.push(Case {
        key: "Mcp-Name is missing",
        what: format!("tools/call of {NO_SUCH_TOOL} without Mcp-Name"),
        fix: "Refuse tools/call, prompts/get and resources/read without Mcp-Name with 400 and error \
              -32020.",
        probe: call.without("Mcp-Name"),
        other: None,
        by_header: false,
        unseen: true,
    });
    let tools = &live.surfaces[&Era::Modern].tools;
    if let Some((name, header, probe)) = tools.iter().find_map(mirrored) {
        cases.push(Case {
            key: "Mcp-Param differs",
            what: format!("tools/call of {name} with an Mcp-Param-{header} that is not the argument"),
            fix: "Compare each Mcp-Param header with the argument whose schema has the x-mcp-header.",
            probe,
            other: None,
            by_header: false,
        unseen: true,
        });
    }
    cases
}

/// Whether a result is one of 2026-07-28, by what only that version has.
fn is_modern(answer: &HttpAnswer) -> bool {
    answer.messages.iter().any(|message| {
        ["resultType", "ttlMs", "cacheScope"]
            .iter()
            .any(|field| !message["result"][field].is_null())
    })
}

fn no_such_tool() -> Probe {
    Probe::new(
        Era::Modern,
        "tools/call",
        json!({"name": NO_SUCH_TOOL, "arguments": {}}),
    )
}

/// A call whose mirrored text argument contradicts its header, and which lacks another required one, so
/// that it cannot act: the tool, the header, the request.
fn mirrored(tool: &Tool) -> Option<(&str, String, Probe)> {
    let (parameter, header) = tool.parameters().find_map(|(name, schema)| {
        let header = schema["x-mcp-header"].as_str()?;
        (schema["type"] == "string" && is_token(header)).then_some((name, header))
    })?;
    tool.required().find(|other| *other != parameter)?;
    let mut arguments = Value::Object(serde_json::Map::default());
    arguments[parameter] = "seaworthy".into();
    let params = json!({"name": tool.name, "arguments": arguments});
    let probe = Probe::new(Era::Modern, "tools/call", params)
        .with(&format!("Mcp-Param-{header}"), "another");
    Some((&tool.name, header.to_owned(), probe))
}

fn is_token(text: &str) -> bool {
    !text.is_empty()
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte))
}

/// A name in the Base64 form is the same name.
async fn encoded(live: &Live, endpoint: &Endpoint, outcome: &mut Outcome) {
    if live.surfaces[&Era::Modern].walk("tools/list").is_none() {
        return;
    }
    let form = format!("=?base64?{}?=", BASE64_STANDARD.encode(NO_SUCH_TOOL));
    let probe = no_such_tool().with("Mcp-Name", &form);
    live.log.called(NO_SUCH_TOOL, "unknown tool");
    match probe.send(live).await {
        Ok(answer) if probe::code(&answer) == Some(MISMATCH) => outcome.find(
            RULE.finding(
                probe::place(endpoint),
                "an Mcp-Name in the form =?base64?...?= is taken for another name",
                "Decode =?base64?...?= in Mcp-Name and Mcp-Param headers before comparing.",
            )
            .level(Level::Warning)
            .exchange(answer.exchange)
            .key("Base64 form"),
        ),
        Ok(_) => {}
        Err(lost) => outcome.unknown(format!("Mcp-Name in Base64: {lost}")),
    }
}

async fn legacy(live: &Live, endpoint: &Endpoint, outcome: &mut Outcome) {
    let session = match live.session_in(Era::Legacy).await {
        Ok(session) => session,
        Err(lost) => return outcome.unknown(format!("an unsupported version: {lost}")),
    };
    // before, the header meant nothing
    if session.version().as_str() < "2025-06-18" {
        return;
    }
    let Ok(probe) = Probe::later(live, Era::Legacy).await else {
        return;
    };
    let method = probe.method().to_owned();
    match probe.with("MCP-Protocol-Version", "1900-01-01").send(live).await {
        Ok(answer) if answer.status == 400 => {}
        Ok(answer) if matches!(answer.status, 401 | 429) => {
            outcome.unknown(format!("an unsupported version: HTTP {}", answer.status));
        }
        Ok(answer) => outcome.find(
            RULE.finding(
                probe::place(endpoint),
                format!(
                    "{method} with MCP-Protocol-Version: 1900-01-01 is answered with {} instead of 400",
                    probe::shown(&answer)
                ),
                "Answer 400 to a version that is not supported.",
            )
            .level(if probe::is_served(&answer) {
                Level::Error
            } else {
                Level::Warning
            })
            .exchange(answer.exchange)
            .key("unsupported version"),
        ),
        Err(lost) => outcome.unknown(format!("an unsupported version: {lost}")),
    }
}
