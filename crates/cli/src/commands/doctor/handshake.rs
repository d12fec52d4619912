//! A handshake with each server that a client is configured to start, as that client would start it.

use std::{sync::Arc, time::Duration};

use seaworthy_gate::handshake::{Met, NotMet, Start, greet};
use tokio::{
    sync::Semaphore,
    task::{JoinError, JoinSet},
};

use super::{Line, clients::Ready};

const SECTION: &str = "servers";

/// Servers that are started at once.
const TOGETHER: usize = 4;

pub(super) async fn examine(
    ready: Vec<Ready>,
    remote: bool,
    patience: Duration,
    say: &dyn Fn(&str),
) -> Vec<Line> {
    let all = ready.len();
    let turns = Arc::new(Semaphore::new(TOGETHER));
    let mut tasks = JoinSet::new();
    for (at, ready) in ready.into_iter().enumerate() {
        let turns = turns.clone();
        tasks.spawn(async move {
            // the semaphore is never closed
            let _turn = turns.acquire().await;
            (at, line(&ready, remote, patience).await)
        });
    }
    let mut lines = Vec::new();
    say(&format!("servers: 0 of {all}"));
    while let Some(done) = tasks.join_next().await {
        lines.push(done.unwrap_or_else(|error| (all, lost(&error))));
        say(&format!("servers: {} of {all}", lines.len()));
    }
    lines.sort_by_key(|(at, _)| *at);
    lines.into_iter().map(|(_, line)| line).collect()
}

/// A handshake that gave no line: it must not look like one that went well.
fn lost(error: &JoinError) -> Line {
    Line::problem(
        SECTION,
        "a handshake",
        &format!("it ended by a fault of this program: {error}"),
        "run seaworthy doctor again, and report it if it stays so",
    )
}

async fn line(ready: &Ready, remote: bool, patience: Duration) -> Line {
    if !remote && !ready.start.is_local() {
        return Line::note(
            SECTION,
            &ready.subject,
            "not greeted: it is on another machine",
            "seaworthy doctor --remote greets it, with the headers of its entry",
        );
    }
    let line = match greet(&ready.start, patience).await {
        Ok(met) => good(ready, &met),
        Err(NotMet { why, stderr }) => {
            // one line each, as the server wrote them
            let stderr = stderr.replace('\n', " | ");
            let what = if stderr.is_empty() {
                why
            } else {
                format!("{why}; it said: {}", ready.hide(&stderr))
            };
            let remedy = match &ready.start {
                Start::Stdio { .. } => format!(
                    "start it by hand with the environment that {} gives it ({}), or look at it with seaworthy check",
                    ready.title, ready.given
                ),
                Start::Http(..) => {
                    "start the server, and see that its address and token are right".to_owned()
                }
            };
            Line::problem(SECTION, &ready.subject, &what, &remedy)
        }
    };
    line.with("client", ready.client)
        .with("scope", ready.scope)
        .with("name", ready.name.clone())
}

fn good(ready: &Ready, met: &Met) -> Line {
    let name = if met.name.is_empty() {
        "it".to_owned()
    } else {
        format!("{} {}", met.name, met.version)
    };
    let milliseconds = u64::try_from(met.took.as_millis()).unwrap_or(u64::MAX);
    let what = format!(
        "{} answers in {milliseconds} ms (MCP {}): {} tools",
        name.trim_end(),
        met.protocol,
        met.tools
    );
    Line::good(SECTION, &ready.subject, &what)
        .with("server", met.name.clone())
        .with("version", met.version.clone())
        .with("protocol", met.protocol.clone())
        .with("tools", met.tools)
        .with("milliseconds", milliseconds)
}
