//! What an error gives away goes to the model, the client's logs, and whoever reads them.

use std::collections::BTreeSet;

use futures::future::BoxFuture;

use crate::{
    failures,
    finding::Place,
    live::{Launch, Live},
    rule::{Basis, Check, Docs, Level, Outcome, Reach, Rule},
    surface::Tool,
};

pub(super) static RULE: Rule = Rule {
    id: "B07",
    name: "error-clean",
    summary: "no stack trace, path or secret in an error",
    level: Level::Error,
    basis: Basis::Heuristic,
    reach: Reach::Calls,
    docs: Docs {
        what: "The texts and the data of all errors that the run's calls brought forth are searched for stack \
               traces (Python, JavaScript, Java, .NET, Go, Rust, Ruby, PHP), absolute paths, secrets, connection strings \
               and SQL. What the run itself sent or started the server with is none.",
        why: "A stack trace fills the model's context with what it cannot use, and tells an attacker who steers the \
              model how the server is built. A secret in an error is a secret in a transcript.",
        source: "OWASP MCP Top 10, MCP01 Token mismanagement and secret exposure; CWE-209, information exposure through \
                 an error message.",
        bad: "Traceback (most recent call last): File \"/srv/app/notes.py\", line 40, in find",
        good: "There is no note n99. Call find_notes to see which there are.",
        fix: "Catch the failure at the tool's edge, log the details to stderr, and answer with a text that was \
              written for the model.",
    },
    checks: &[Check::Live(check)],
};

fn check(live: &Live) -> BoxFuture<'_, Outcome> {
    Box::pin(async move {
        if live.surface.tools.is_empty() {
            return Outcome::not_applicable("it lists no tools");
        }
        let calls = live.calls().await;
        let mut outcome = Outcome::pass();
        let mut judged = 0;
        let mut seen = BTreeSet::new();
        let started = match &live.launch {
            Launch::Stdio(command) => command.to_string(),
            Launch::Http(endpoint) => endpoint.url.to_string(),
        };
        for (call, answer) in calls.answered() {
            let told = failures::told(answer);
            if !answer.is_refusal() && failures::reads_as_failure(&answer.text()).is_none() {
                continue;
            }
            judged += 1;
            let tool = live.surface.tool(&call.tool);
            let described = tool.map(|tool| tool.raw.to_string()).unwrap_or_default();
            let own = format!("{started} {} {described}", call.arguments);
            for leak in failures::leaks(&told, &own) {
                if !seen.insert((&call.tool, leak.what))
                    || is_about_files(live, call, &told, &leak)
                    || (leak.what.ends_with("stack trace") && tool.is_some_and(runs_code))
                {
                    continue;
                }
                outcome.find(
                    RULE.finding(
                        Place::Tool(call.tool.clone()),
                        format!("an error shows {} ({})", leak.what, call.kind.name()),
                        "Log the details to stderr, and answer with a text that says what is wrong and what to do.",
                    )
                    .quote("error", &told, leak.range)
                    .text("arguments", &call.arguments.to_string())
                    .exchange(answer.exchange)
                    .key(leak.what),
                );
            }
        }
        if judged == 0 {
            outcome.unknown("no call was refused, so no error could be read");
        }
        outcome
    })
}

/// Whether a tool runs code that it is given, whose stack trace is what the caller wants to see.
fn runs_code(tool: &Tool) -> bool {
    tool.parameters().any(|(name, _)| {
        matches!(
            name,
            "code" | "command" | "expression" | "program" | "script" | "snippet" | "source_code"
        )
    })
}

/// Whether the path is the very file that the call named, resolved: a server of files tells of files.
fn is_about_files(
    live: &Live,
    call: &crate::calls::Call,
    told: &str,
    leak: &failures::Leak,
) -> bool {
    let files = live.surface.tool(&call.tool).is_some_and(|tool| {
        tool.parameters().any(|(name, _)| {
            crate::verbs::words(name).iter().any(|word| {
                matches!(
                    word.as_str(),
                    "path"
                        | "paths"
                        | "file"
                        | "filename"
                        | "filepath"
                        | "dir"
                        | "directory"
                        | "folder"
                        | "source"
                        | "destination"
                        | "root"
                )
            })
        })
    });
    let path = told.get(leak.range.clone()).unwrap_or_default();
    let sent = call
        .arguments
        .as_object()
        .into_iter()
        .flatten()
        .filter_map(|(_, value)| value.as_str());
    let named = sent
        .into_iter()
        .any(|sent| !sent.is_empty() && path.trim_end_matches(['\'', '"', '.']).ends_with(sent));
    leak.what == "an absolute path" && files && named
}
