//! A stray `print` on stdout breaks the client's parser, or is dropped in silence with the next answer.

use futures::future::BoxFuture;

use crate::{
    finding::Place,
    live::Live,
    rule::{Basis, Check, Docs, Level, Outcome, Reach, Rule},
    wire::StrayKind,
};

pub(super) static RULE: Rule = Rule {
    id: "P01",
    name: "stdout-only-protocol",
    summary: "stdout carries JSON-RPC and nothing else, at start and during calls",
    level: Level::Error,
    basis: Basis::Must,
    reach: Reach::Calls,
    docs: Docs {
        what: "Every line that the server writes to stdout, from its start to its end, on every connection \
               of the run and during calls, must be one message of JSON-RPC 2.0.",
        why: "Clients read stdout line by line as messages. A banner, a log line or a stray print breaks \
              some clients at once; others drop it, with whatever was glued to it.",
        source: "MCP 2025-11-25 and 2026-07-28, Transports, stdio: \"The server MUST NOT write anything to \
                 its stdout that is not a valid MCP message.\"",
        bad: "print(\"Server started\")",
        good: "print(\"Server started\", file=sys.stderr)",
        fix: "Write logs to stderr. Look for print statements in tools and for libraries that log to \
              stdout by default.",
    },
    checks: &[Check::Last(check)],
};

fn check(live: &Live) -> BoxFuture<'_, Outcome> {
    Box::pin(async move {
        if live.http().is_some() {
            return Outcome::not_applicable("the server is reached over HTTP");
        }
        let mut outcome = Outcome::pass();
        let noise = live
            .sessions()
            .into_iter()
            .flat_map(|session| session.strays())
            .filter(|stray| stray.kind == StrayKind::Noise);
        let mut lines = Vec::new();
        for stray in noise {
            // the same banner on each connection is one finding
            let line = stray.text.trim().to_owned();
            if lines.contains(&line) || lines.len() >= 5 {
                continue;
            }
            let message = if stray.message.is_null() {
                "a line on stdout is no JSON-RPC"
            } else {
                "a line on stdout is JSON, but no message of JSON-RPC"
            };
            outcome.find(
                RULE.finding(
                    Place::Server,
                    message,
                    "Write it to stderr; stdout belongs to the protocol.",
                )
                .text("stdout", &line)
                .exchange(stray.exchange)
                .key(&line),
            );
            lines.push(line);
        }
        outcome
    })
}
