//! Hints decide what a client runs without asking. One that lies is worse than none.

use std::collections::BTreeSet;

use futures::future::BoxFuture;
use serde_json::{Value, json};

use crate::{
    calls::CallKind,
    claims::{self, Said},
    finding::{ExchangeId, Finding, Place},
    live::Live,
    options::Permission,
    rule::{Basis, Check, Docs, Level, Outcome, Reach, Rule},
    surface::{Surface, Tool},
    thresholds, verbs, views,
    wire::{Answer, Lost},
};

pub(super) static RULE: Rule = Rule {
    id: "N04",
    name: "hint-contradiction",
    summary: "a hint does not contradict the name, the text or what the tool does",
    level: Level::Error,
    basis: Basis::Heuristic,
    reach: Reach::Active,
    docs: Docs {
        what: "Errors: readOnlyHint is true and the name or the description says that something is \
               changed; destructiveHint is false and they say that something is deleted or overwritten. \
               Warnings: destructiveHint is false where something is taken away; both readOnlyHint and \
               destructiveHint are true; destructiveHint is true where the name says that it reads; \
               idempotentHint is true where each call adds; openWorldHint is false where the text speaks \
               of the web. With --active, tools that claim to read only are called, and other tools are \
               asked before and after whether anything changed; one that answers otherwise each time is asked \
               four times in a row, and must not leave one fewer with each call.",
        why: "Clients run tools with readOnlyHint without asking. A published gate called a mislabelled \
              delete_project for that reason. What is said of a tool in two ways must agree, or the \
              user approves something else than what happens.",
        source: "MCP 2025-11-25, schema, ToolAnnotations; review criteria of the Claude connector directory: \
                 hints must match what the tool does; measured: mislabelled tools on published servers.",
        bad: "\"name\": \"delete_note\", \"annotations\": {\"readOnlyHint\": true}",
        good: "\"name\": \"delete_note\", \"annotations\": {\"readOnlyHint\": false, \"destructiveHint\": true}",
        fix: "Correct whichever is wrong. If the tool changes anything that outlives the call, readOnlyHint \
              is false; if it can change or remove what was there, destructiveHint is true.",
    },
    checks: &[Check::Surface(surface), Check::Live(live)],
};

const CHANGES: &str = "Set \"readOnlyHint\": false, or say in name and description that nothing is changed, \
                       if that is so.";

fn surface(surface: &Surface) -> Outcome {
    if surface.tools.is_empty() {
        return Outcome::not_applicable("it lists no tools");
    }
    let exchange = surface
        .walk("tools/list")
        .and_then(|walk| walk.exchanges.first().copied());
    let mut outcome = Outcome::pass();
    for tool in surface.tools.iter().take(thresholds::TOOLS_JUDGED) {
        let read = Read {
            tool,
            exchange,
            said: claims::acts(&tool.description),
        };
        outcome.findings.extend(
            [
                read.claims_to_read(),
                read.claims_to_spare(),
                read.claims_to_destroy(),
                read.claims_to_repeat(),
                read.claims_to_be_closed(),
            ]
            .into_iter()
            .flatten(),
        );
    }
    if surface.tools.len() > thresholds::TOOLS_JUDGED {
        outcome.unknown(format!(
            "only the first {} tools were looked at",
            thresholds::TOOLS_JUDGED
        ));
    }
    outcome
}

/// A tool whose words were read.
struct Read<'a> {
    tool: &'a Tool,
    exchange: Option<ExchangeId>,
    said: Vec<Said>,
}

impl Read<'_> {
    fn finding(&self, key: &str, message: String, fix: &str) -> Finding {
        RULE.finding(Place::Tool(self.tool.name.clone()), message, fix)
            .exchange(self.exchange)
            .key(key)
    }

    fn quoted(&self, finding: Finding, said: &Said) -> Finding {
        finding.quote("description", &self.tool.description, said.at.clone())
    }

    /// readOnlyHint is true.
    fn claims_to_read(&self) -> Option<Finding> {
        if self.tool.read_only != Some(true) {
            return None;
        }
        if let Some(verb) = claims::name_acts(self.tool) {
            return Some(self.finding(
                "readOnlyHint",
                format!(
                    "readOnlyHint is true, but the name says that it changes something (\"{verb}\")"
                ),
                CHANGES,
            ));
        }
        if let Some(said) = self.said.first() {
            let finding = self.finding(
                "readOnlyHint",
                format!(
                    "readOnlyHint is true, but the description says that it changes something (\"{}\")",
                    said.verb
                ),
                CHANGES,
            );
            return Some(self.quoted(finding, said));
        }
        // what a caller can ask for counts too
        let asked = self.tool.parameters().find_map(|(name, schema)| {
            let verb = verbs::words(name).into_iter().next()?;
            (schema["type"] == "boolean" && switches(&verb)).then_some(name)
        });
        if let Some(name) = asked {
            return Some(
                self.finding(
                    "readOnlyHint",
                    format!("readOnlyHint is true, but {name} asks it to change something"),
                    CHANGES,
                )
                .level(Level::Warning),
            );
        }
        (self.tool.destructive == Some(true)).then(|| {
            self.finding(
                "both",
                "readOnlyHint and destructiveHint are both true".to_owned(),
                "Set \"destructiveHint\": false, or \"readOnlyHint\": false if the tool changes something.",
            )
            .level(Level::Warning)
        })
    }

    /// destructiveHint is false.
    fn claims_to_spare(&self) -> Option<Finding> {
        if self.tool.destructive != Some(false) || self.tool.read_only == Some(true) {
            return None;
        }
        let fix = "Set \"destructiveHint\": true: it means that something can be changed or removed that \
                   was there before.";
        let named = claims::of_name(&self.tool.name)
            .into_iter()
            .filter(|verb| {
                claims::name_acts(self.tool).is_some() || claims::destroys(verb) == Some(true)
            })
            .find_map(|verb| Some((claims::destroys(&verb)?, verb)));
        if let Some((for_good, verb)) = named {
            let finding = self.finding(
                "destructiveHint",
                format!("destructiveHint is false, but the name says \"{verb}\""),
                fix,
            );
            return Some(finding.level(if for_good {
                Level::Error
            } else {
                Level::Warning
            }));
        }
        let said = self
            .said
            .iter()
            .filter_map(|said| Some((claims::destroys(&said.verb)?, said)))
            .max_by_key(|(for_good, _)| *for_good)?;
        let finding = self
            .finding(
                "destructiveHint",
                format!(
                    "destructiveHint is false, but the description says \"{}\"",
                    said.1.verb
                ),
                fix,
            )
            .level(if said.0 { Level::Error } else { Level::Warning });
        Some(self.quoted(finding, said.1))
    }

    /// destructiveHint is true on what reads.
    fn claims_to_destroy(&self) -> Option<Finding> {
        (self.tool.destructive == Some(true)
            && self.tool.read_only != Some(true)
            && claims::name_reads(&self.tool.name)
            && self.said.is_empty())
        .then(|| {
            self.finding(
                "destructiveHint",
                "destructiveHint is true, but the name and the description say that it reads".to_owned(),
                "Set \"readOnlyHint\": true and \"destructiveHint\": false, so that clients need not ask; or \
                 say in the description what it changes.",
            )
            .level(Level::Warning)
        })
    }

    /// idempotentHint is true on what adds each time.
    fn claims_to_repeat(&self) -> Option<Finding> {
        if self.tool.idempotent != Some(true) || self.tool.read_only == Some(true) {
            return None;
        }
        let verb = claims::of_name(&self.tool.name)
            .into_iter()
            .next()
            .or_else(|| verbs::words(&self.tool.name).into_iter().next())?;
        let keyed = self.tool.parameters().any(|(name, _)| {
            let name = name.to_lowercase();
            ["idempot", "dedup", "request_id", "client_token"]
                .iter()
                .any(|word| name.contains(word))
        });
        (!keyed && ["append", "charge", "decrement", "enqueue", "increment", "pay", "send", "toggle", "transfer"]
            .contains(&verb.as_str()))
        .then(|| {
            self.finding(
                "idempotentHint",
                format!("idempotentHint is true, but the name says \"{verb}\", which does more each time"),
                "Set \"idempotentHint\": false: clients may repeat a call that is idempotent.",
            )
            .level(Level::Warning)
        })
    }

    /// openWorldHint is false on what speaks of the web.
    fn claims_to_be_closed(&self) -> Option<Finding> {
        if self.tool.open_world != Some(false) {
            return None;
        }
        let name = self.tool.name.to_lowercase();
        let text = self.tool.description.to_ascii_lowercase();
        let at = [
            "search the web",
            "searches the web",
            "searches the internet",
            "search the internet",
            "fetches a url",
            "fetch a url",
            "fetches a web page",
            "downloads a web page",
            "browses the web",
        ]
        .iter()
        .find_map(|phrase| text.find(phrase).map(|at| at..at + phrase.len()));
        let named = [
            "web_search",
            "websearch",
            "web_fetch",
            "fetch_url",
            "http_request",
            "browse_web",
        ]
        .iter()
        .any(|word| name.replace('-', "_").contains(word));
        if at.is_none() && !named {
            return None;
        }
        let finding = self
            .finding(
                "openWorldHint",
                "openWorldHint is false, but it reaches out to the web".to_owned(),
                "Set \"openWorldHint\": true: what it returns can come from anybody.",
            )
            .level(Level::Warning);
        Some(match at {
            Some(at) => finding.quote("description", &self.tool.description, at),
            None => finding,
        })
    }
}

/// Whether a switch of that first word asks for a change.
fn switches(verb: &str) -> bool {
    [
        "create",
        "delete",
        "mark",
        "move",
        "overwrite",
        "purge",
        "remove",
        "save",
        "send",
        "update",
        "write",
    ]
    .contains(&verb)
}

/// A successful call that may be made again, of a tool that claims to read only.
struct Trial<'a> {
    tool: &'a Tool,
    arguments: Value,
    /// What it answered.
    said: Value,
}

fn live(live: &Live) -> BoxFuture<'_, Outcome> {
    Box::pin(async move {
        if live.options.permission < Permission::Active {
            return Outcome::not_applicable("claims are tried out with --active");
        }
        let trials = trials(live).await;
        let mut outcome = Outcome::pass();
        if !trials
            .iter()
            .any(|trial| trial.tool.read_only == Some(true))
        {
            return Outcome::not_applicable(
                "no tool that claims to read only answered a valid call",
            );
        }
        let observers = steady(live, &trials).await;
        let claiming = trials
            .iter()
            .filter(|trial| trial.tool.read_only == Some(true))
            .take(thresholds::CLAIMS_TRIED);
        for subject in claiming {
            for observer in &observers {
                if observer.tool.name == subject.tool.name {
                    continue;
                }
                if let Some(changed) = changes(live, subject, observer).await {
                    outcome.find(
                        RULE.finding(
                            Place::Tool(subject.tool.name.clone()),
                            format!(
                                "readOnlyHint is true, but each call changes what {} answers",
                                observer.tool.name
                            ),
                            CHANGES,
                        )
                        .key("does")
                        .exchange(changed.before)
                        .exchange(changed.call)
                        .exchange(changed.after),
                    );
                    break;
                }
            }
            match takes(live, subject).await {
                Ok(finding) => outcome.findings.extend(finding),
                Err(lost) => outcome.unknown(format!("{}: {lost}", subject.tool.name)),
            }
        }
        outcome
    })
}

/// Whether each call takes something from what the tool itself shows, so that there is less for the next.
/// Only a tool that answers otherwise than before is asked so, over a connection of its own.
async fn takes(live: &Live, subject: &Trial<'_>) -> Result<Option<Finding>, Lost> {
    let tool = subject.tool;
    match ask(live, subject).await {
        Some((_, said)) if said != subject.said => {}
        _ => return Ok(None),
    }
    let era = tool.only_in.unwrap_or_else(|| live.main_era());
    let session = live.left_or_new(era).await?;
    let mut answers: Vec<Answer> = Vec::new();
    // not evenly, as what counts time down would look the same
    for pause in thresholds::TAKING_PAUSES {
        tokio::time::sleep(pause).await;
        live.log.called(&tool.name, CallKind::Valid.name());
        let params = json!({"name": tool.name, "arguments": subject.arguments});
        let answer = session.request("tools/call", params).await?;
        if !succeeded(&answer) {
            return Ok(None);
        }
        answers.push(answer);
    }
    live.leave(session);
    let said: Vec<String> = answers
        .iter()
        .map(|answer| content(answer).to_string())
        .collect();
    let (level, message) = match consumed(tool, &said) {
        Some(Consumed::Counted(from, to)) => (
            Level::Error,
            format!(
                "readOnlyHint is true, but each call leaves one fewer: {from}, then down to {to}"
            ),
        ),
        Some(Consumed::Next) => (
            Level::Warning,
            format!(
                "readOnlyHint is true, but {} calls in a row show {} different things: it seems to take \
                 what it shows",
                said.len(),
                said.len()
            ),
        ),
        None => return Ok(None),
    };
    let mut finding = RULE
        .finding(
            Place::Tool(tool.name.clone()),
            message,
            "Show it without taking it, so that the same call shows the same again; or set \
             \"readOnlyHint\": false and say in the description that it is taken.",
        )
        .level(level)
        .key("takes");
    for answer in &answers {
        finding = finding
            .text("answer", &answer.text())
            .exchange(answer.exchange);
    }
    Ok(Some(finding))
}

/// How a call uses up what it shows.
#[derive(Debug, Eq, PartialEq)]
enum Consumed {
    /// A number is one less after each call: the first and the last.
    Counted(i64, i64),
    /// A tool that speaks of a queue shows another thing each time.
    Next,
}

fn consumed(tool: &Tool, said: &[String]) -> Option<Consumed> {
    let tokens: Vec<Vec<&str>> = said
        .iter()
        .map(|text| {
            text.split(|character: char| !character.is_alphanumeric())
                .filter(|token| !token.is_empty())
                .take(2_000)
                .collect()
        })
        .collect();
    let first = tokens.first()?;
    let mut told = verbs::words(&tool.name);
    told.extend(verbs::words(&tool.description));
    let tells = |words: &[&str]| told.iter().any(|word| words.contains(&word.as_str()));
    // what counts calls, or goes by chance, changes by itself
    let counts = ["quota", "rate", "credits", "allowance", "budget", "usage"];
    let chance = [
        "random", "randomly", "dice", "uuid", "nonce", "time", "clock",
    ];
    if tells(&counts) || tells(&chance) || tokens.iter().any(|all| all.len() != first.len()) {
        return None;
    }
    let column = |at: usize| tokens.iter().map(move |all| all[at]);
    for at in 0..first.len() {
        let numbers: Vec<i64> = column(at).map_while(|token| token.parse().ok()).collect();
        if numbers.len() == said.len()
            && numbers
                .windows(2)
                .all(|pair| pair[0].checked_sub(1) == Some(pair[1]))
        {
            return Some(Consumed::Counted(*numbers.first()?, *numbers.last()?));
        }
    }
    let queues = [
        "next", "queue", "pop", "dequeue", "peek", "oldest", "unread", "inbox", "backlog",
    ];
    // neither a fraction of a second nor a number that is made up each time
    let names = |token: &str| {
        let digits = token.bytes().filter(u8::is_ascii_digit).count();
        digits < 3 && token.len() < 40
    };
    let differs = (0..first.len()).any(|at| {
        let all: BTreeSet<&str> = column(at).collect();
        all.len() == said.len() && all.iter().all(|token| names(token))
    });
    (tells(&queues) && differs).then_some(Consumed::Next)
}

/// The valid calls that succeeded quickly, one a tool.
async fn trials(live: &Live) -> Vec<Trial<'_>> {
    let calls = live.calls().await;
    let mut trials: Vec<Trial<'_>> = Vec::new();
    for call in calls.valid() {
        let Some(tool) = live.surface.tool(&call.tool) else {
            continue;
        };
        let good = call
            .outcome
            .as_ref()
            .is_ok_and(|answer| succeeded(answer) && answer.took < thresholds::ANSWER / 20);
        if good
            && live.may_call(tool, &CallKind::Valid).is_ok()
            && !trials.iter().any(|trial| trial.tool.name == tool.name)
        {
            trials.push(Trial {
                tool,
                arguments: call.arguments.clone(),
                said: call.outcome.as_ref().map(content).unwrap_or_default(),
            });
        }
    }
    trials
}

fn succeeded(answer: &Answer) -> bool {
    answer.reply.is_ok() && !answer.is_tool_error()
}

/// Those that answer the same twice in a row.
async fn steady<'a>(live: &Live, trials: &[Trial<'a>]) -> Vec<Trial<'a>> {
    let mut steady = Vec::new();
    for trial in trials {
        if steady.len() == thresholds::OBSERVERS {
            break;
        }
        let (Some(first), Some(second)) = (ask(live, trial).await, ask(live, trial).await) else {
            continue;
        };
        if first.1 == second.1 {
            steady.push(Trial {
                tool: trial.tool,
                arguments: trial.arguments.clone(),
                said: second.1,
            });
        }
    }
    steady
}

async fn ask(live: &Live, trial: &Trial<'_>) -> Option<(ExchangeId, Value)> {
    let answer = live
        .call(trial.tool, trial.arguments.clone(), &CallKind::Valid)
        .await
        .ok()?;
    succeeded(&answer).then(|| (answer.exchange, content(&answer)))
}

/// What an answer shows.
fn content(answer: &Answer) -> Value {
    let said = answer.result();
    Value::Array(vec![
        said["content"].clone(),
        said["structuredContent"].clone(),
    ])
}

struct Changed {
    before: ExchangeId,
    call: ExchangeId,
    after: ExchangeId,
}

/// Whether a call changes what another tool answers, twice in a row: once can be chance.
async fn changes(live: &Live, subject: &Trial<'_>, observer: &Trial<'_>) -> Option<Changed> {
    let mut seen = None;
    for _ in 0..2 {
        let first = ask(live, observer).await?;
        let before = ask(live, observer).await?;
        let call = ask(live, subject).await?;
        let after = ask(live, observer).await?;
        if first.1 != before.1 || !views::differs(&before.1, &after.1) {
            return None;
        }
        seen = Some(Changed {
            before: before.0,
            call: call.0,
            after: after.0,
        });
    }
    seen
}
