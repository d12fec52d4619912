//! One odd value must not end a session.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use futures::future::BoxFuture;
use serde_json::{Value, json};

use crate::{
    calls::CallKind,
    finding::Place,
    fuzz::{self, Case},
    live::Live,
    options::Permission,
    rule::{Basis, Check, Docs, Level, Outcome, Reach, Rule},
    schema, thresholds,
    wire::{Era, Lost, Session},
};

pub(super) static RULE: Rule = Rule {
    id: "B04",
    name: "survives-fuzz",
    summary: "boundary values and malformed messages: the server answers and lives",
    level: Level::Error,
    basis: Basis::Heuristic,
    reach: Reach::Calls,
    docs: Docs {
        what: "Over a connection of its own, tools that read get values at the bounds of their schemas and hostile ones \
               (NUL, 1 MiB of text, deep nesting, huge numbers, lone surrogates); other tools get only arguments with \
               which nothing can be done. Then come messages that are broken: bad JSON, binary, batches, odd ids. Each \
               call must be answered, and after each message the server must still answer. The smallest arguments \
               that kill it are shown.",
        why: "A server that dies takes its tools out of the session, and most clients do not start it again. What kills \
              it can be typed by a model, or come out of a page that it read.",
        source: "JSON-RPC 2.0, section 5.1: parse errors and invalid requests are answered; measured: servers on several SDKs \
                 end with an unhandled exception.",
        bad: "notes[int(arguments[\"limit\"])]  # outside of any try",
        good: "try: … except Exception as error: return failure(error)  # at the tool's edge, and at the line's",
        fix: "Validate the arguments, catch what a tool throws at its edge, and answer a line that cannot be parsed with \
              error -32700 instead of ending.",
    },
    checks: &[Check::Live(check)],
};

fn check(live: &Live) -> BoxFuture<'_, Outcome> {
    Box::pin(async move {
        let mut outcome = Outcome::pass();
        let mut fuzzer = Fuzzer {
            live,
            session: None,
            deaths: 0,
        };
        let calls = live.calls().await;
        let cases = fuzz::cases(live, calls);
        let none = cases.is_empty() && !live.surface.tools.is_empty();
        fuzzer.tools(cases, &mut outcome).await;
        if none {
            outcome.unknown("no tool takes arguments that could be varied without doubt");
        }
        fuzzer.frames(&mut outcome).await;
        if let Some(session) = fuzzer.session {
            session.end().await;
        }
        outcome
    })
}

struct Fuzzer<'a> {
    live: &'a Live,
    session: Option<Arc<Session>>,
    deaths: usize,
}

impl Fuzzer<'_> {
    fn patience(&self) -> Duration {
        self.live.patience().min(thresholds::FUZZ_ANSWER)
    }

    async fn session(&mut self) -> Result<Arc<Session>, Lost> {
        if let Some(session) = self.session.as_ref().filter(|session| session.is_usable()) {
            return Ok(session.clone());
        }
        let (session, _) = self.live.connect(self.live.main_era()).await?;
        self.session = Some(session.clone());
        Ok(session)
    }

    async fn tools(&mut self, cases: Vec<Case>, outcome: &mut Outcome) {
        let active = self.live.options.permission >= Permission::Active;
        let until = Instant::now() + if active { 10 } else { 1 } * thresholds::FUZZ_TIME;
        let mut hurt: Vec<String> = Vec::new();
        for chunk in cases.chunks(thresholds::CALLS_AT_ONCE) {
            if Instant::now() > until {
                outcome.unknown("the server is slow: not all odd calls were made in time");
                return;
            }
            if self.deaths >= thresholds::FUZZ_DEATHS {
                return;
            }
            let chunk: Vec<&Case> = chunk
                .iter()
                .filter(|case| !hurt.contains(&case.tool))
                .collect();
            let session = match self.session().await {
                Ok(session) => session,
                Err(lost) => {
                    outcome.unknown(format!("no odd call could be made: {lost}"));
                    return;
                }
            };
            let runs = chunk.iter().map(|case| self.run_on(&session, case));
            let lost = futures::future::join_all(runs)
                .await
                .into_iter()
                .find_map(Result::err);
            let Some(lost) = lost else { continue };
            // which of them it was shows one by one
            self.session = None;
            let before = outcome.findings.len();
            let mut last = None;
            for case in &chunk {
                if self.deaths >= thresholds::FUZZ_DEATHS {
                    return;
                }
                if !hurt.contains(&case.tool) && !self.one(case, last, &mut hurt, outcome).await {
                    return;
                }
                last = Some(*case);
            }
            if outcome.findings.len() == before && lost.is_death() {
                self.deaths += 1;
                let what: Vec<String> = chunk
                    .iter()
                    .map(|case| format!("{} with {}", case.tool, case.what))
                    .collect();
                outcome.find(
                    RULE.finding(
                        Place::Server,
                        format!(
                            "under odd calls that are in flight together, the server dies: {lost}"
                        ),
                        FIX,
                    )
                    .text("calls", &what.join("; "))
                    .key("together"),
                );
            }
        }
    }

    /// Makes one call alone, and tells what came of it; false where nothing more can be done.
    async fn one(
        &mut self,
        case: &Case,
        last: Option<&Case>,
        hurt: &mut Vec<String>,
        outcome: &mut Outcome,
    ) -> bool {
        let Err(lost) = self.run(case).await else {
            return true;
        };
        if let Lost::Silent(_) = lost {
            let alive = self.is_alive().await;
            if alive && self.answers_late(&case.tool, &case.arguments).await {
                return true;
            }
            if let Some(plain) = &case.plain
                && !self.answers_plain(&case.tool, plain).await
            {
                outcome.unknown(format!("{} does not answer plain calls either", case.tool));
                return true;
            }
            self.deaths += 1;
            hurt.push(case.tool.clone());
            let message = if alive {
                format!(
                    "called with {}, it never answers, though the server lives",
                    case.what
                )
            } else {
                format!("called with {}, the server stops answering", case.what)
            };
            outcome.find(
                found(case, message)
                    .text("arguments", &case.arguments.to_string())
                    .key("silent"),
            );
            self.session = None;
            return true;
        }
        if !lost.is_death() {
            outcome.unknown(format!("{}: {lost}", case.tool));
            return false;
        }
        self.deaths += 1;
        // what it dies of may have come a call earlier
        let culprit = match (self.kills(&case.tool, &case.arguments).await, last) {
            (false, Some(before)) if self.kills(&before.tool, &before.arguments).await => before,
            _ => case,
        };
        hurt.push(culprit.tool.clone());
        let smallest = self.shrink(culprit).await;
        let message = format!("called with {}, the server dies: {lost}", culprit.what);
        outcome.find(
            found(culprit, message)
                .text("arguments", &smallest.to_string())
                .key("dies"),
        );
        true
    }

    async fn run(&mut self, case: &Case) -> Result<(), Lost> {
        let session = self.session().await?;
        self.run_on(&session, case).await?;
        session.ended().map_or(Ok(()), Err)
    }

    async fn run_on(&self, session: &Session, case: &Case) -> Result<(), Lost> {
        self.live
            .log
            .called(&case.tool, CallKind::Boundary(String::new()).name());
        let params = json!({"name": case.tool, "arguments": case.arguments});
        session
            .request_within("tools/call", params, self.patience())
            .await
            .map(drop)
    }

    /// Whether the call is answered after all, with all the patience of the run.
    async fn answers_late(&self, tool: &str, arguments: &Value) -> bool {
        let Some(session) = self.session.as_ref() else {
            return false;
        };
        let params = json!({"name": tool, "arguments": arguments});
        session.request("tools/call", params).await.is_ok()
    }

    /// Whether a new server answers this call.
    async fn answers_plain(&mut self, tool: &str, plain: &Value) -> bool {
        self.session = None;
        self.session().await.is_ok() && self.answers_late(tool, plain).await
    }

    /// Whether a new server dies of this call.
    async fn kills(&mut self, tool: &str, arguments: &Value) -> bool {
        self.session = None;
        let case = Case {
            tool: tool.to_owned(),
            what: String::new(),
            arguments: arguments.clone(),
            plain: None,
        };
        let outcome = self.run(&case).await;
        let died = match outcome {
            Ok(()) => !self.is_alive().await,
            Err(lost) => lost.is_death(),
        };
        if let Some(session) = self.session.take() {
            session.end().await;
        }
        died
    }

    async fn shrink(&mut self, case: &Case) -> Value {
        let until = Instant::now() + thresholds::SHRINK_TIME;
        let mut shrinker = schema::Shrinker::new(case.arguments.clone());
        for _ in 0..thresholds::SHRINK_TRIES {
            let Some(candidate) = shrinker.candidate().filter(|_| Instant::now() < until) else {
                break;
            };
            let fails = self.kills(&case.tool, &candidate).await;
            shrinker.told(fails);
        }
        self.session = None;
        shrinker.best()
    }

    async fn is_alive(&mut self) -> bool {
        let Some(session) = self.session.clone() else {
            return false;
        };
        self.probe(&session).await.is_ok()
    }

    /// Any answer to a plain request.
    async fn probe(&self, session: &Session) -> Result<(), Lost> {
        let method = match session.era() {
            Era::Legacy => "ping",
            Era::Modern => "server/discover",
        };
        session
            .request_within(method, json!({}), self.patience())
            .await
            .map(drop)
    }

    async fn frames(&mut self, outcome: &mut Outcome) {
        let mut deaths = 0;
        for (what, bytes) in fuzz::frames() {
            let session = match self.session().await {
                Ok(session) => session,
                Err(lost) => {
                    outcome.unknown(format!("no malformed message could be sent: {lost}"));
                    return;
                }
            };
            let sent = session.send_raw(&bytes).await;
            let lost = match (sent, self.probe(&session).await) {
                (Ok(_) | Err(Lost::Http(..)), Ok(())) => continue,
                (_, Err(lost)) => lost,
                (Err(lost), Ok(())) => {
                    // an endpoint may refuse a body without a word
                    if session.is_stdio() {
                        outcome.unknown(format!("{what} could not be sent: {lost}"));
                    }
                    continue;
                }
            };
            self.session = None;
            if matches!(lost, Lost::Budget(_) | Lost::Start(_) | Lost::GivenUp) {
                outcome.unknown(format!("after {what}: {lost}"));
                return;
            }
            let message = if lost.is_death() {
                format!("after {what}, the server dies: {lost}")
            } else {
                format!("after {what}, the server stops answering: {lost}")
            };
            let shown: String = String::from_utf8_lossy(&bytes).chars().take(200).collect();
            outcome.find(
                RULE.finding(
                    Place::Server,
                    message,
                    "Answer what cannot be parsed with error -32700 and what is no request with -32600, and read on.",
                )
                .text("message", &shown)
                .key(what),
            );
            deaths += 1;
            if deaths >= thresholds::FUZZ_DEATHS {
                return;
            }
        }
    }
}

const FIX: &str = "Validate the arguments before the tool runs, and catch what it throws: a tool's failure is an answer \
                   with isError: true, never the end of the server.";

fn found(case: &Case, message: String) -> crate::finding::Finding {
    RULE.finding(Place::Tool(case.tool.clone()), message, FIX)
}
