//! `run_python`: runs code in the sandbox of `seaworthy run`, or not at all.

use std::{process::Stdio, sync::Arc, time::Duration};

use futures_util::FutureExt;
use rmcp::model::JsonObject;
use schemars::JsonSchema;
use serde::Deserialize;
use tokio::{io::AsyncWriteExt, process::Command};

use crate::{
    input::Code,
    kit::{
        Answer, ErrorKind, Hints, Run, Tool, ToolError,
        input::{self, Count},
        schema,
        untrusted::clean,
    },
    server::State,
    settings::{PREFIX, SEAWORTHY},
};

/// The most seconds that code may take.
const SECONDS: u64 = 60;
/// How long the sandbox may take beyond the code's own time: its first start prepares it.
const GRACE: Duration = Duration::from_mins(1);
/// The last so many characters of each stream are shown.
const STDOUT: usize = 4_000;
const STDERR: usize = 2_000;

type Seconds = Count<1, SECONDS>;

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Arguments {
    /// Python code, such as `print(6 * 7)`; only what it prints comes back.
    code: Code,
    /// Seconds until the code is ended.
    #[serde(default = "usual")]
    timeout_s: Seconds,
}

fn usual() -> Seconds {
    Seconds::clamped(30)
}

pub(super) static TOOL: Tool<State> = Tool {
    name: "run_python",
    title: "Run Python",
    description: "Runs Python `code` in a sandbox without network and without files of this \
        machine, for at most `timeout_s` seconds; it keeps nothing between calls, and changes \
        nothing outside. Returns a line that says how it ended, then the last 4,000 characters of \
        stdout and 2,000 of stderr, each line behind `| `. Not for reading or changing notes: the \
        code cannot see them, so use read_note and add_note.",
    hints: Hints {
        read_only: false,
        destructive: false,
        idempotent: false,
        open_world: false,
    },
    timeout: Duration::from_secs(SECONDS + 2 * GRACE.as_secs()),
    input: schema::input::<Arguments>,
    run: Run::Async(|state, arguments| run(state, arguments).boxed()),
};

/// What `seaworthy run --json` says of a run.
#[derive(Deserialize)]
struct Outcome {
    ending: String,
    #[serde(default)]
    status: Option<i64>,
    #[serde(default)]
    stdout: Stream,
    #[serde(default)]
    stderr: Stream,
}

#[derive(Default, Deserialize)]
struct Stream {
    #[serde(default)]
    text: String,
}

async fn run(state: Arc<State>, arguments: JsonObject) -> Result<String, ToolError> {
    let Arguments { code, timeout_s } = input::parse(arguments)?;
    let seconds = timeout_s.get();
    let outcome = execute(&state.settings.seaworthy, &code, seconds).await?;
    let mut answer = Answer::new();
    let status = outcome
        .status
        .map_or("none".to_owned(), |status| status.to_string());
    answer.line(&format!("ENDED: {}, status {status}", outcome.ending));
    for (name, stream, longest) in [
        ("STDOUT", outcome.stdout, STDOUT),
        ("STDERR", outcome.stderr, STDERR),
    ] {
        let text = clean(&stream.text).text;
        if text.is_empty() {
            continue;
        }
        let left_out = text.chars().count().saturating_sub(longest);
        let note = match left_out {
            0 => String::new(),
            _ => format!(" (the last {longest} characters; {left_out} before them left out)"),
        };
        answer.line(&format!("{name}{note}:"));
        answer.quote(&text, left_out);
    }
    Ok(answer.finish())
}

async fn execute(program: &str, code: &str, seconds: u64) -> Result<Outcome, ToolError> {
    let mut command = Command::new(program);
    command
        .args(["run", "--json", "--timeout", &seconds.to_string(), "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        // also when the call is cancelled: nothing runs on for nobody
        .kill_on_drop(true);
    // the server's own settings hold secrets, which the sandbox needs as little as the code
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with(PREFIX) {
            command.env_remove(name);
        }
    }
    let mut process = command
        .spawn()
        .map_err(|_| no_sandbox("the program seaworthy was not found"))?;
    let stdin = process.stdin.take();
    let talk = async {
        let write = async {
            if let Some(mut stdin) = stdin {
                // a program that does not read says why on stderr
                let _ = stdin.write_all(code.as_bytes()).await;
            }
        };
        tokio::join!(write, process.wait_with_output()).1
    };
    let patience = Duration::from_secs(seconds) + GRACE;
    let output = tokio::time::timeout(patience, talk)
        .await
        .map_err(|_| no_sandbox("it did not end in time"))?
        .map_err(|_| no_sandbox("it could not be waited for"))?;
    serde_json::from_slice(&output.stdout).map_err(|_| {
        let said = String::from_utf8_lossy(&output.stderr);
        let line = said.lines().next().unwrap_or_default();
        let line = line.strip_prefix("seaworthy: ").unwrap_or(line);
        no_sandbox(if line.is_empty() {
            "it gave no outcome"
        } else {
            line
        })
    })
}

fn no_sandbox(cause: &str) -> ToolError {
    ToolError::new(
        ErrorKind::Unavailable,
        "the code was not run: there is no sandbox",
        cause,
        format!(
            "ask the user to install seaworthy, or to set {SEAWORTHY} to its path, and to run: \
             seaworthy sandbox setup"
        ),
    )
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::server::tests::{call, state};

    #[tokio::test]
    async fn without_a_sandbox_nothing_runs() {
        let mut state = state();
        state.settings.seaworthy = "/nowhere/seaworthy".to_owned();
        let state = Arc::new(state);
        let error = call(&state, "run_python", json!({"code": "print(1)"})).await;
        let error = error.unwrap_err();
        assert_eq!(error.kind, ErrorKind::Unavailable);
        assert!(error.text().contains("seaworthy sandbox setup"), "{error}");
        for wrong in [json!({"code": ""}), json!({"code": "1", "timeout_s": 61})] {
            let error = call(&state, "run_python", wrong).await.unwrap_err();
            assert_eq!(error.kind, ErrorKind::InvalidInput);
        }
    }

    #[cfg(unix)]
    #[tokio::test]
    async fn a_program_that_is_no_sandbox_is_told() {
        let error = execute("false", "print(1)", 1).await.err().unwrap();
        assert!(error.cause.contains("no outcome"), "{error}");
    }
}
