//! A server that starts without what it needs fails later, in the middle of a conversation, in silence.

use std::collections::BTreeMap;

use futures::{StreamExt as _, future::BoxFuture, stream};
use serde_json::{Value, json};
use tokio::{
    io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader},
    sync::Notify,
    time::{sleep, timeout},
};

use crate::{
    finding::{Finding, Place},
    options::Command,
    project::{
        Project,
        environment::{self, Variable},
        program::{Program, Tail},
    },
    rule::{Basis, Check, Docs, Level, Outcome, Reach, Rule},
    thresholds,
    wire::{Era, Exit, Lost, client_info},
};

pub(super) static RULE: Rule = Rule {
    id: "R04",
    name: "missing-env-fails-loud",
    summary: "without a documented variable the server exits non-zero and names it on stderr",
    level: Level::Error,
    basis: Basis::Heuristic,
    reach: Reach::Reads,
    docs: Docs {
        what: "Each variable that the project documents as required (server.json, a bundle's manifest.json, \
               .env.example, README.md) is left out in turn, the others set from --env or to a placeholder. The \
               server must end within ten seconds, before the handshake or at it, with an exit code other than \
               0, and name the variable on stderr.",
        why: "A client shows stderr and the exit code when a server does not start: the user sees at once what \
              is missing. A server that starts all the same fails at the first call, where only the model sees \
              it, which then tries again, or makes something up.",
        source: "MCP, Transports, stdio: clients capture stderr; the twelve-factor app, III Config.",
        bad: "token = os.environ.get(\"NOTES_TOKEN\")  # None, until the first call fails",
        good: "token = os.environ.get(\"NOTES_TOKEN\") or sys.exit(\"NOTES_TOKEN is not set: ...\")",
        fix: "Read the required variables first of all; where one is missing or empty, say its name and where to \
              get it on stderr, and exit with code 1. If the server can do without, document it as optional.",
    },
    checks: &[Check::Project(check)],
};

fn check(project: &Project) -> BoxFuture<'_, Outcome> {
    Box::pin(async move {
        let variables = environment::required(project);
        if variables.is_empty() {
            return Outcome::not_applicable("no variable is documented as required");
        }
        let Some(command) = &project.command else {
            return Outcome::unverified(
                "the server's command is not known, so it cannot be started without its variables",
            );
        };
        let mut outcome = Outcome::pass();
        if variables.len() > thresholds::VARIABLES {
            outcome.unknown(format!("more than {} variables", thresholds::VARIABLES));
        }
        let by_file = environment::set_by_file(project);
        let all: BTreeMap<_, _> = variables.iter().map(value_of).collect();
        let whole = |without: &str| {
            let mut env = all.clone();
            env.extend(project.env.clone());
            env.remove(without);
            env
        };
        let tries = variables
            .iter()
            .take(thresholds::VARIABLES)
            .filter(|variable| !by_file.contains(&variable.name))
            .map(|variable| {
                let env = whole(&variable.name);
                async move { (variable, start(command, project, &env).await) }
            });
        let tries: Vec<BoxFuture<'_, (&Variable, Result<Tried, Lost>)>> =
            tries.map(|one| Box::pin(one) as _).collect();
        let mut tried: Vec<_> = stream::iter(tries).buffer_unordered(2).collect().await;
        tried.sort_by(|(one, _), (other, _)| one.name.cmp(&other.name));
        let mut starts_with_all = None;
        for (variable, tried) in tried {
            let name = &variable.name;
            let tried = match tried {
                Ok(tried) => tried,
                Err(lost) => {
                    outcome.unknown(format!("what it does without {name}: {lost}"));
                    continue;
                }
            };
            let Some(finding) = judge(variable, &tried) else {
                continue;
            };
            // it may be the placeholders that it does not like
            if tried.exit.is_some() && starts_with_all.is_none() {
                let with_all = start(command, project, &whole("")).await;
                starts_with_all = Some(with_all.is_ok_and(|tried| tried.exit.is_none()));
            }
            if tried.exit.is_some() && starts_with_all == Some(false) {
                outcome.unknown(format!(
                    "what it does without {name}: it does not start with placeholders either; give --env with real values"
                ));
            } else {
                outcome.find(finding);
            }
        }
        for name in variables.iter().map(|variable| &variable.name) {
            if by_file.contains(name) {
                outcome.unknown(format!(
                    "what it does without {name}: .env in the project's folder sets it"
                ));
            }
        }
        outcome
    })
}

/// A variable with what is set for it where another is left out.
fn value_of(variable: &Variable) -> (String, String) {
    let name = &variable.name;
    let value = if name.contains("URL") || name.contains("ENDPOINT") {
        "https://localhost"
    } else if name.contains("PORT") {
        "8080"
    } else {
        "placeholder"
    };
    let value = variable.sample.clone().unwrap_or_else(|| value.to_owned());
    (name.clone(), value)
}

/// How a start went.
struct Tried {
    /// How it ended; none where it lived on.
    exit: Option<Exit>,
    /// Whether it answered the handshake with a result.
    answered: bool,
    stderr: String,
}

async fn start(
    command: &Command,
    project: &Project,
    env: &BTreeMap<String, String>,
) -> Result<Tried, Lost> {
    let mut program = Program::start(command, &project.root, env)?;
    let hello = json!({"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": {
        "protocolVersion": Era::Legacy.version(), "capabilities": {}, "clientInfo": client_info()}});
    let mut stdin = program.child.stdin.take();
    let stdout = program.child.stdout.take();
    let mut stderr = program.child.stderr.take();
    let mut errors = Tail::default();
    let mut answered = false;
    let exit = {
        let answer = Notify::new();
        let limit = async {
            tokio::select! {
                () = sleep(thresholds::EXIT_WITHOUT_VARIABLE) => {}
                () = async { answer.notified().await; sleep(thresholds::EXIT_AFTER_HANDSHAKE).await; } => {}
            }
        };
        let ended = async {
            tokio::select! {
                exit = program.child.wait() => exit.ok(),
                () = limit => None,
            }
        };
        let talk = async {
            if let Some(stdin) = &mut stdin {
                // it may be gone already
                let _ = stdin.write_all(format!("{hello}\n").as_bytes()).await;
                let _ = stdin.flush().await;
            }
            if let Some(stdout) = stdout
                && let Some(message) = first_message(stdout).await
            {
                answered = message.get("result").is_some();
                answer.notify_one();
            }
            std::future::pending::<()>().await;
        };
        let listen = async {
            errors.read(stderr.as_mut()).await;
            std::future::pending::<()>().await;
        };
        tokio::select! {
            exit = ended => exit.map(Exit::from),
            () = async { tokio::join!(talk, listen); } => None,
        }
    };
    if exit.is_some() {
        // what was written last is still in the pipe
        let _ = timeout(thresholds::PIPE_GRACE, errors.read(stderr.as_mut())).await;
    }
    program.end().await;
    Ok(Tried {
        exit,
        answered,
        stderr: errors.text(),
    })
}

/// The first line that is the answer to the handshake; reading is bounded.
async fn first_message(stdout: tokio::process::ChildStdout) -> Option<Value> {
    let mut reader = BufReader::new(stdout.take(thresholds::NOISE_BYTES as u64));
    let mut line = Vec::new();
    loop {
        line.clear();
        if reader.read_until(b'\n', &mut line).await.ok()? == 0 {
            return None;
        }
        if let Ok(message) = serde_json::from_slice::<Value>(&line)
            && message["id"] == 1
        {
            return Some(message);
        }
    }
}

fn judge(variable: &Variable, tried: &Tried) -> Option<Finding> {
    let Variable {
        name, file, line, ..
    } = variable;
    let finding = |message: String, fix: String| {
        let finding = RULE
            .finding(Place::File(file.clone(), *line), message, fix)
            .key(name);
        if tried.stderr.trim().is_empty() {
            finding
        } else {
            finding.text("stderr", tried.stderr.trim())
        }
    };
    let exit = format!(
        "Check {name} before anything else: where it is missing, write \"{name} is not set\" and where to get it to \
         stderr, and exit with code 1."
    );
    let Some(ended) = &tried.exit else {
        let seconds = thresholds::EXIT_WITHOUT_VARIABLE.as_secs();
        let message = if tried.answered {
            format!(
                "the server starts without {name}, and answers the handshake as if nothing were missing"
            )
        } else {
            format!("without {name} the server does not end within {seconds} s")
        };
        return Some(finding(message, exit));
    };
    if ended.code == Some(0) {
        let message =
            format!("without {name} the server ends with exit code 0, as if all were well");
        return Some(finding(message, exit));
    }
    if !names(&tried.stderr, name) {
        let message = if tried.stderr.trim().is_empty() {
            format!(
                "without {name} the server ends ({}) and says nothing on stderr",
                ended.text
            )
        } else {
            format!(
                "without {name} the server ends ({}), and stderr does not name it",
                ended.text
            )
        };
        return Some(finding(
            message,
            format!("Name {name} in the message on stderr, and say where to get it."),
        ));
    }
    None
}

/// Whether a text names a variable, and not only a longer one.
fn names(text: &str, name: &str) -> bool {
    let is_part = |letter: char| letter.is_ascii_alphanumeric() || letter == '_';
    text.match_indices(name).any(|(at, _)| {
        !text[..at].ends_with(is_part) && !text[at + name.len()..].starts_with(is_part)
    })
}
