//! The revision of 2026-07-28 has no sessions: a server that mints them keeps what nobody will end.

use futures::future::BoxFuture;

use crate::{
    finding::Finding,
    live::Live,
    probe::{self, Probe},
    rule::{Basis, Check, Docs, Level, Outcome, Reach, Rule},
    wire::{
        Era, Lost,
        http::{Endpoint, HttpAnswer, Request},
    },
};

pub(super) static RULE: Rule = Rule {
    id: "H07",
    name: "no-modern-session",
    summary: "a request of 2026-07-28 mints no session, and GET is answered with 405",
    level: Level::Warning,
    basis: Basis::Should,
    reach: Reach::Reads,
    docs: Docs {
        what: "Answers to requests of 2026-07-28 must carry no Mcp-Session-Id; a session id that a client \
               sends all the same is ignored, neither refused nor sent back. GET with that version must \
               be answered with 405, and DELETE too where the server speaks no older version.",
        why: "Clients of 2026-07-28 neither keep nor end sessions. Each one that is minted stays until \
              it times out, so memory grows with every request; and a stream that GET opens is held for \
              nobody.",
        source: "MCP 2026-07-28, Streamable HTTP, Earlier Revisions: \"HTTP GET or DELETE to the MCP \
                 endpoint: respond with 405 Method Not Allowed\", \"ignore it, and do not mint or echo \
                 session IDs\".",
        bad: "HTTP/1.1 200 OK\nMcp-Session-Id: 5f0c...",
        good: "HTTP/1.1 200 OK",
        fix: "Decide the era before a session is made: a request with 2026-07-28 in MCP-Protocol-Version \
              goes to a handler without sessions; GET goes to 405.",
    },
    checks: &[Check::Live(check)],
};

const MADE_UP: &str = "seaworthy-check-0000000000000000";

fn check(live: &Live) -> BoxFuture<'_, Outcome> {
    Box::pin(async move {
        let Some(endpoint) = live.http() else {
            return Outcome::not_applicable("the server is reached over stdio");
        };
        if probe::eras(live).is_empty() {
            return Outcome::unverified(probe::mute(live));
        }
        if !live.speaks(Era::Modern) {
            return Outcome::not_applicable("it does not speak 2026-07-28");
        }
        let mut outcome = Outcome::pass();
        let hello = Probe::hello(Era::Modern);
        let Ok(later) = Probe::later(live, Era::Modern).await else {
            return Outcome::unverified("no request of 2026-07-28 could be made");
        };
        let echoed = hello.clone().with("Mcp-Session-Id", MADE_UP);
        let (first, second, third, get, delete) = tokio::join!(
            hello.send(live),
            later.send(live),
            echoed.send(live),
            send(live, endpoint, "GET"),
            send(live, endpoint, "DELETE"),
        );
        for (what, answer) in [(&hello, first), (&later, second)] {
            minted(endpoint, what.method(), answer, &mut outcome);
        }
        echo(live, endpoint, third, &mut outcome);
        method(live, endpoint, "GET", get, &mut outcome);
        if !live.speaks(Era::Legacy) {
            method(live, endpoint, "DELETE", delete, &mut outcome);
        }
        outcome
    })
}

async fn send(live: &Live, endpoint: &Endpoint, method: &str) -> Result<HttpAnswer, Lost> {
    let request = Request {
        method,
        headers: vec![
            ("Accept", "text/event-stream".to_owned()),
            ("MCP-Protocol-Version", Era::Modern.version().to_owned()),
        ],
        peek: true,
        ..Request::default()
    };
    endpoint.send(request, probe::patience(live)).await
}

fn found(
    endpoint: &Endpoint,
    message: String,
    fix: &str,
    answer: &HttpAnswer,
    key: &str,
) -> Finding {
    RULE.finding(probe::place(endpoint), message, fix)
        .exchange(answer.exchange)
        .key(key)
}

fn minted(
    endpoint: &Endpoint,
    method: &str,
    answer: Result<HttpAnswer, Lost>,
    outcome: &mut Outcome,
) {
    match answer {
        Ok(answer) if !answer.header("mcp-session-id").is_empty() => {
            if !outcome.findings.iter().any(|known| known.key == "minted") {
                outcome.find(found(
                    endpoint,
                    format!("the answer to {method} of 2026-07-28 carries an Mcp-Session-Id"),
                    "Mint no session for requests of 2026-07-28.",
                    &answer,
                    "minted",
                ));
            }
        }
        Ok(_) => {}
        Err(lost) => outcome.unknown(format!("{method}: {lost}")),
    }
}

fn echo(live: &Live, endpoint: &Endpoint, answer: Result<HttpAnswer, Lost>, outcome: &mut Outcome) {
    match answer {
        Ok(answer) if answer.header("mcp-session-id") == MADE_UP => outcome.find(found(
            endpoint,
            "an Mcp-Session-Id that the client made up is sent back".to_owned(),
            "Ignore Mcp-Session-Id in requests of 2026-07-28.",
            &answer,
            "echoed",
        )),
        Ok(answer) if probe::is_served(&answer) || matches!(answer.status, 401 | 429) => {}
        Ok(answer) => outcome.find(
            found(
                endpoint,
                format!(
                    "a request of 2026-07-28 with an Mcp-Session-Id is refused with {}",
                    probe::shown(&answer)
                ),
                "Ignore Mcp-Session-Id in requests of 2026-07-28.",
                &answer,
                "refused",
            )
            // the advice is for servers of that revision alone
            .level(if live.speaks(Era::Legacy) {
                Level::Note
            } else {
                Level::Warning
            }),
        ),
        Err(lost) => outcome.unknown(format!("a made-up session: {lost}")),
    }
}

fn method(
    live: &Live,
    endpoint: &Endpoint,
    method: &str,
    answer: Result<HttpAnswer, Lost>,
    outcome: &mut Outcome,
) {
    let answer = match answer {
        Ok(answer) => answer,
        Err(lost) => {
            return outcome.unknown(format!("{method} of 2026-07-28: {lost}"));
        }
    };
    match answer.status {
        405 | 401 | 429 => {}
        // who also speaks the older revisions may miss its session first
        400..500 if live.speaks(Era::Legacy) => {}
        status => outcome.find(found(
            endpoint,
            format!(
                "{method} with MCP-Protocol-Version: 2026-07-28 is answered with HTTP {status}{}",
                match answer.header("content-type") {
                    "" => String::new(),
                    kind => format!(" ({kind})"),
                }
            ),
            "Answer it with 405 Method Not Allowed.",
            &answer,
            method,
        )),
    }
}
