//! A server that outlives its client piles up, one process a session.

use std::time::Instant;

use futures::future::BoxFuture;

use crate::{
    finding::Place,
    live::Live,
    rule::{Basis, Check, Docs, Level, Outcome, Reach, Rule},
    thresholds,
};

pub(super) static RULE: Rule = Rule {
    id: "P10",
    name: "exits-on-eof",
    summary: "the process ends when stdin closes",
    level: Level::Warning,
    basis: Basis::Should,
    reach: Reach::Reads,
    docs: Docs {
        what: "After a handshake, stdin is closed. The process must end within 3 s, and whatever it started \
               must let go of its stdout.",
        why: "Closing stdin is the only portable way to end a server. One that stays is killed by good \
              clients after a wait, and left behind by others: a process and its memory for each session.",
        source: "MCP 2026-07-28, Transports, stdio, Shutdown: \"Servers SHOULD exit promptly when their \
                 standard input is closed\". MCP 2025-11-25, Lifecycle, Shutdown.",
        bad: "setInterval(heartbeat, 1000)  // keeps the process alive",
        good: "process.stdin.on(\"end\", () => process.exit(0))",
        fix: "Leave the reading loop at the end of stdin and end the process: make threads daemons, unref \
              timers, close pools and child processes.",
    },
    checks: &[Check::After(check)],
};

fn check(live: &Live) -> BoxFuture<'_, Outcome> {
    Box::pin(async move {
        if live.http().is_some() {
            return Outcome::not_applicable("the server is reached over HTTP");
        }
        if live.surfaces.is_empty() {
            return Outcome::unverified("it speaks neither era");
        }
        let session = match live.left_or_new(live.main_era()).await {
            Ok(session) => session,
            Err(lost) => return Outcome::unverified(lost.to_string()),
        };
        let closed = Instant::now();
        let limit = thresholds::EXIT_ON_EOF.as_secs();
        if session.close(thresholds::EXIT_ON_EOF).await.is_none() {
            return RULE
                .finding(
                    Place::Server,
                    format!("the process still runs {limit} s after its stdin was closed"),
                    "Leave the reading loop at the end of stdin and end the process; make threads daemons and \
                     unref timers.",
                )
                .into();
        }
        // the end of stdout comes a moment after that of the process
        while session.ended().is_none() {
            if closed.elapsed() > thresholds::EXIT_ON_EOF {
                return RULE
                    .finding(
                        Place::Server,
                        format!(
                            "the process ended with its stdin, but something that it started still holds its \
                             stdout {limit} s later"
                        ),
                        "End child processes with the server, or start them with a stdout of their own and wait \
                         for them.",
                    )
                    .key("children")
                    .into();
            }
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        }
        Outcome::pass()
    })
}
