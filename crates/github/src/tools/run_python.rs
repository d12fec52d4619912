//! `run_python`: runs Python in the sandbox, where `import tools` gives the read-only tools.
//!
//! Whatever the code does is an answer: how it ended, what it printed (behind the fence, since it
//! may print what other people wrote), and the files that it left in `/tmp/out`. An end other than
//! status 0 is marked as an error, so that a client shows it as one; its text says what to change.
//! Only where nothing could be run is it an error of the tool, with the remedy as the next move.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use kit::{
    Answer, Call, Description, ErrorKind, Hints, Reply, Tool, ToolError,
    auth::Scope,
    input::{Count, Text},
    schema,
    untrusted::one_line,
};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use seaworthy_kit as kit;
use seaworthy_sandbox::{Artifact, Ending, Job, Outcome, RunError, Stream, Tools};
use serde::{Deserialize, Deserializer, de};
use tokio::time::{Instant, interval_at};

use crate::{Github, code_mode::Offer, shape};

/// What an answer may cost, in tokens: all that is kept of the output, behind its fence.
const TOKENS: usize = 5_000;
/// What one file that was left shows, in characters.
const ARTIFACT: usize = 1_500;
/// Seconds of a run that does not say how many it wants.
const SECONDS: u64 = 30;
/// How often a client that wants to know hears of a long run.
const TELL: Duration = Duration::from_secs(2);
/// How long a call takes at most: the first waits for the sandbox to be set up, any other in line.
const TIMEOUT: Duration = Duration::from_secs(300);

/// The definition.
pub(super) const TOOL: Tool<Github> = Tool {
    name: "run_python",
    title: "Run Python in a sandbox",
    description: Description {
        purpose: "Runs sandboxed Python: no network, 512 MB, 30 s.",
        arguments: "`import tools` gives the read-only tools as functions that return data (stubs: sandbox://tools.pyi).",
        returns: "the last 4,000 characters printed, errors, files left in /tmp/out.",
        effects: "Reads only.",
        not_for: "one lookup (find_items).",
    },
    // what the code calls reads from outside; a second run may print something else
    hints: Hints {
        idempotent: false,
        ..Hints::READ
    },
    scope: Scope::Sandbox,
    input: schema::input::<Arguments>,
    output: None,
    timeout: TIMEOUT,
    run: |github, call| Box::pin(run(github, call)),
};

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Arguments {
    /// print the result
    code: Text<100_000>,
    /// default 30
    timeout_s: Option<Count<1, 30>>,
    /// name: text, put into /tmp
    #[serde(default)]
    files: Option<Files>,
}

/// Input files by name. Names and sizes are the sandbox's to judge.
#[derive(Debug)]
struct Files(BTreeMap<String, String>);

impl Files {
    const MAX: usize = 32;
    const MAX_TEXT: usize = 1_000_000;
}

impl<'de> Deserialize<'de> for Files {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let files = BTreeMap::<String, String>::deserialize(deserializer)?;
        if files.len() > Self::MAX {
            return Err(de::Error::custom(format!(
                "has {} files; at most {} are allowed",
                files.len(),
                Self::MAX
            )));
        }
        let long = files
            .values()
            .any(|text| text.chars().count() > Self::MAX_TEXT);
        if long {
            return Err(de::Error::custom(
                "has a file of more than 1,000,000 characters",
            ));
        }
        Ok(Self(files))
    }
}

impl JsonSchema for Files {
    fn inline_schema() -> bool {
        true
    }
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Files".into()
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "object", "maxProperties": Self::MAX,
            "additionalProperties": { "type": "string", "maxLength": Self::MAX_TEXT },
        })
    }
}

async fn run(github: &Github, call: Call) -> Result<Reply, ToolError> {
    let arguments: Arguments = call.parse()?;
    let Some(sandbox) = &github.sandbox else {
        return Err(ToolError::new(
            ErrorKind::Unavailable,
            "this server runs without a sandbox",
            "ask the user to start the server with --sandbox wasm (or docker, or e2b); until then use the other tools",
        ));
    };
    let seconds = arguments.timeout_s.map_or(SECONDS, Count::get);
    let mut job = Job::new(&*arguments.code).within(Duration::from_secs(seconds));
    for (name, text) in arguments.files.map(|files| files.0).unwrap_or_default() {
        job = job.with_file(name, text);
    }
    let tools = (!github.code_mode.is_empty())
        .then(|| Arc::new(Offer::new(github.clone(), call.caller())) as Arc<dyn Tools>);
    let running = sandbox.run(&job, &github.policy, tools);
    let outcome = told(&call, seconds, running).await.map_err(not_run)?;
    let answer = answer(&outcome);
    Ok(match outcome.ending {
        Ending::Exit => Reply::Answer(answer),
        _ => Reply::Failed(answer),
    })
}

/// Waits for the end, and tells the client now and then that it is not there yet.
async fn told<T>(call: &Call, seconds: u64, running: impl Future<Output = T>) -> T {
    tokio::pin!(running);
    let began = Instant::now();
    let mut clock = interval_at(began + TELL, TELL);
    loop {
        tokio::select! {
            biased;
            ended = &mut running => return ended,
            _ = clock.tick() => {
                let now = began.elapsed().as_secs();
                let message = if now <= seconds {
                    format!("running, {now} s of {seconds} s")
                } else {
                    format!("{now} s: the run waited for its turn, or the sandbox is being set up")
                };
                let number = |seconds: u64| u32::try_from(seconds).unwrap_or(u32::MAX);
                call.progress(number(now), number(now.max(seconds)), &message).await;
            }
        }
    }
}

fn not_run(error: RunError) -> ToolError {
    match error {
        RunError::Job(wrong) => {
            ToolError::invalid(wrong.to_string(), "correct code or files and call again")
        }
        RunError::Sandbox(why) => ToolError::new(ErrorKind::Unavailable, why.problem, why.remedy),
    }
}

/// What to do after an end that was not wanted.
fn advice(ending: Ending) -> &'static str {
    match ending {
        Ending::Exit => "",
        Ending::Error => "read stderr, correct the code and call again",
        Ending::Timeout => "do less in one run, and print what you have on the way",
        Ending::Memory => "work in smaller pieces, and keep only what you need",
        Ending::Output => "print less: a summary, or the first rows",
        Ending::Killed => "leave out what ends the interpreter itself (os.abort, native crashes)",
    }
}

fn answer(outcome: &Outcome) -> Answer {
    let mut answer = Answer::with_tokens(TOKENS);
    let took = format!("{:.2} s", outcome.wall.as_secs_f64());
    let calls = match outcome.calls {
        0 => String::new(),
        calls => format!(", {}", shape::count(u64::from(calls), "tool call")),
    };
    answer.line(match outcome.ending {
        Ending::Exit => format!("exit 0 in {took}{calls}"),
        ending => format!(
            "ERROR: {}: {} ({took}{calls})",
            one_line(&outcome.detail, 200).trim_end_matches(':'),
            advice(ending)
        ),
    });
    stream(&mut answer, "stdout", &outcome.stdout);
    stream(&mut answer, "stderr", &outcome.stderr);
    if outcome.stdout.text.is_empty() && outcome.ending == Ending::Exit {
        answer.line("stdout is empty: print() what you want to see");
    }
    for artifact in &outcome.artifacts {
        left_behind(&mut answer, artifact);
    }
    if outcome.artifacts_left > 0 {
        answer.line(format!(
            "{} in /tmp/out not kept: too many, too large or no plain file",
            shape::count(outcome.artifacts_left.into(), "file")
        ));
    }
    answer
}

fn stream(answer: &mut Answer, name: &str, stream: &Stream) {
    if stream.text.is_empty() {
        return;
    }
    answer.line(match stream.cut_bytes {
        0 => format!("{name}:"),
        cut => format!(
            "{name}, its end (the first {} are not shown; print less):",
            shape::count(cut, "byte")
        ),
    });
    let quoted = answer.quote(&stream.text, 0, usize::MAX);
    if quoted.is_cut() {
        answer.line(format!(
            "[cut: {} of {} characters; print less]",
            quoted.end, quoted.total
        ));
    }
}

/// Names a file and shows the beginning of a text.
fn left_behind(answer: &mut Answer, artifact: &Artifact) {
    let size = shape::bytes(artifact.bytes.len() as u64);
    let name = one_line(&artifact.name, 128);
    let text = str::from_utf8(&artifact.bytes).ok();
    match text.filter(|text| !text.contains('\0') && !text.trim().is_empty()) {
        Some(text) if answer.room() > ARTIFACT / 2 => {
            answer.line(format!("file {name}, {size}:"));
            let quoted = answer.quote(text, 0, ARTIFACT);
            if quoted.is_cut() {
                answer.line(format!(
                    "[cut: {} of {} characters; print what you need of it]",
                    quoted.end, quoted.total
                ));
            }
        }
        _ => {
            answer.line(format!("file {name}, {size}, not shown"));
        }
    }
}
