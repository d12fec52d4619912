//! `seaworthy run`: Python in the sandbox, for people and scripts.

use std::{
    io::{IsTerminal, Read, Write},
    path::{Path, PathBuf},
    process::ExitCode,
    time::Duration,
};

use clap::Args;
use indicatif::{ProgressBar, ProgressStyle};
use seaworthy_kit::untrusted;
use seaworthy_sandbox::{Ending, Job, Outcome, Policy, RunError, Sandbox};
use serde_json::json;

use crate::{
    backend::{select, unavailable},
    failure::Failure,
};

/// The most that is read from stdin, in bytes.
const MAX_STDIN: u64 = 8 * 1024 * 1024;

/// Runs Python in the sandbox
///
/// The code comes from FILE, from -c, or from stdin where neither is given. It has no network, no
/// files but its own /tmp, 512 MB of memory, and the time that --timeout gives. What it leaves in
/// /tmp/out is written to the folder of --out.
#[derive(Debug, Args)]
#[command(verbatim_doc_comment, after_help = HELP)]
pub(crate) struct Arguments {
    /// The file with the code; `-` for stdin
    #[arg(conflicts_with = "code")]
    file: Option<PathBuf>,
    /// The code itself
    #[arg(short = 'c', value_name = "CODE")]
    code: Option<String>,
    /// The sandbox: wasm, docker or e2b
    #[arg(long, visible_alias = "sandbox", value_name = "NAME")]
    backend: Option<String>,
    /// How long it may run
    #[arg(long, value_name = "SECONDS", default_value_t = 30, value_parser = clap::value_parser!(u32).range(1..=3_600))]
    timeout: u32,
    /// Give it this file, in its working folder /tmp; may be repeated
    #[arg(long = "input", value_name = "PATH")]
    inputs: Vec<PathBuf>,
    /// Write what it leaves in /tmp/out into this folder
    #[arg(long, value_name = "FOLDER")]
    out: Option<PathBuf>,
    /// Tell everything as one JSON object on stdout
    #[arg(long)]
    json: bool,
}

const HELP: &str = "\
Exit status: the code's own; 124 when its time was over, 137 when it was killed or wanted too much
memory, 141 when it wrote without end; 2 when there is no sandbox to run it in.

Environment:
  SEAWORTHY_SANDBOX         the sandbox where --backend names none (default: wasm)
  SEAWORTHY_CACHE           where the wasm sandbox keeps its guest (default: the user's cache folder)
  DOCKER_HOST               the engine of the docker sandbox
  SEAWORTHY_DOCKER_IMAGE    its image, pinned: name@sha256:... or an image id
  SEAWORTHY_DOCKER_RUNTIME  its runtime, such as runsc
  E2B_API_KEY, E2B_API_URL, E2B_SANDBOX_URL, SEAWORTHY_E2B_TEMPLATE
                            the e2b sandbox: key, addresses of a compatible service, template

Examples:
  seaworthy run -c 'print(6 * 7)'
  seaworthy run --input sales.csv --out results report.py
  echo '{\"n\": 3}' | seaworthy run -c 'import json, sys; print(json.load(sys.stdin)[\"n\"])'
  seaworthy run --backend docker --timeout 120 --json job.py";

pub(crate) fn run(arguments: &Arguments) -> Result<ExitCode, Failure> {
    let job = job(arguments)?;
    let sandbox = Sandbox::new(select(arguments.backend.as_deref())?);
    let policy = Policy {
        wall: Duration::from_secs(arguments.timeout.into()),
        cpu: Duration::from_secs(arguments.timeout.into()),
        // a person can scroll
        stdout_chars: 1_000_000,
        stderr_chars: 100_000,
        ..Policy::default()
    };
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| Failure::failed("the runtime could not start", error))?;
    let outcome = runtime.block_on(async {
        let clock = clock(arguments.timeout);
        let outcome = tokio::select! {
            outcome = sandbox.run(&job, &policy, None) => outcome,
            _ = tokio::signal::ctrl_c() => {
                return Err(Failure::failed("interrupted", "the run was killed"));
            }
        };
        if let Some(clock) = clock {
            clock.finish_and_clear();
        }
        outcome.map_err(|error| match error {
            RunError::Job(error) => Failure::usage(error, "make it smaller, or name it plainly"),
            RunError::Sandbox(why) => unavailable(&why),
        })
    })?;
    if let Some(folder) = &arguments.out {
        keep(&outcome, folder)?;
    }
    if arguments.json {
        anstream::println!("{}", describe(&outcome, sandbox.backend().name()));
    } else {
        show(&outcome, arguments)?;
    }
    Ok(status(&outcome))
}

/// A clock on a terminal, for runs that take longer than a moment.
fn clock(timeout: u32) -> Option<ProgressBar> {
    if !std::io::stderr().is_terminal() {
        return None;
    }
    let bar = ProgressBar::new_spinner();
    let style = format!("{{spinner}} running {{elapsed}} of {timeout}s");
    bar.set_style(ProgressStyle::with_template(&style).ok()?);
    let ticking = bar.clone();
    tokio::spawn(async move {
        // most runs are over before anything needs to be drawn
        tokio::time::sleep(Duration::from_millis(500)).await;
        while !ticking.is_finished() {
            ticking.tick();
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    });
    Some(bar)
}

fn job(arguments: &Arguments) -> Result<Job, Failure> {
    let from_stdin = arguments
        .file
        .as_deref()
        .is_none_or(|file| file == Path::new("-"))
        && arguments.code.is_none();
    let code = match (&arguments.code, &arguments.file) {
        (Some(code), _) => code.clone(),
        (None, Some(file)) if !from_stdin => {
            std::fs::read_to_string(file).map_err(|error| cannot_read(file, &error))?
        }
        (None, _) => {
            let bytes = stdin()?;
            String::from_utf8(bytes)
                .map_err(|_| Failure::usage("the code on stdin is not UTF-8", "save it as UTF-8"))?
        }
    };
    let mut job = Job::new(code).within(Duration::from_secs(arguments.timeout.into()));
    if !from_stdin && !std::io::stdin().is_terminal() {
        job.stdin = stdin()?;
    }
    for path in &arguments.inputs {
        let bytes = std::fs::read(path).map_err(|error| cannot_read(path, &error))?;
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        if job.files.insert(name.to_string(), bytes).is_some() {
            return Err(Failure::usage(
                format_args!("two input files are called {name}"),
                "rename one: they share one folder",
            ));
        }
    }
    Ok(job)
}

fn cannot_read(path: &Path, error: &std::io::Error) -> Failure {
    Failure::usage(
        format_args!("{} cannot be read: {error}", path.display()),
        "correct the path",
    )
}

fn stdin() -> Result<Vec<u8>, Failure> {
    let mut bytes = Vec::new();
    std::io::stdin()
        .take(MAX_STDIN + 1)
        .read_to_end(&mut bytes)
        .map_err(|error| Failure::failed("stdin cannot be read", error))?;
    Ok(bytes)
}

/// Writes the artifacts into `folder`.
fn keep(outcome: &Outcome, folder: &Path) -> Result<(), Failure> {
    let cannot = |path: &Path, error: &std::io::Error| {
        Failure::failed(
            format_args!("{} cannot be written: {error}", path.display()),
            "choose another --out",
        )
    };
    std::fs::create_dir_all(folder).map_err(|error| cannot(folder, &error))?;
    for artifact in &outcome.artifacts {
        // the sandbox gives plain names only
        let path = folder.join(&artifact.name);
        std::fs::write(&path, &artifact.bytes).map_err(|error| cannot(&path, &error))?;
    }
    Ok(())
}

/// Everything, as JSON.
fn describe(outcome: &Outcome, backend: &str) -> serde_json::Value {
    let artifacts: Vec<_> = outcome
        .artifacts
        .iter()
        .map(|artifact| json!({"name": artifact.name, "bytes": artifact.bytes.len()}))
        .collect();
    json!({
        "backend": backend,
        "ending": outcome.ending.word(),
        "detail": outcome.detail,
        "status": outcome.status,
        "stdout": outcome.stdout,
        "stderr": outcome.stderr,
        "wall_ms": outcome.wall.as_secs_f64() * 1e3,
        "cpu_ms": outcome.cpu.map(|cpu| cpu.as_secs_f64() * 1e3),
        "peak_memory_bytes": outcome.peak_memory,
        "artifacts": artifacts,
        "artifacts_left": outcome.artifacts_left,
    })
}

/// The code's own output, each on its own stream, and what is to be said about the end.
fn show(outcome: &Outcome, arguments: &Arguments) -> Result<(), Failure> {
    let written = print(&outcome.stdout.text, std::io::stdout());
    match written {
        // whoever read it has seen enough
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => {
            return Err(Failure::failed("stdout could not be written", error));
        }
        _ => {}
    }
    let _ = print(&outcome.stderr.text, std::io::stderr());
    let mut notes = Vec::new();
    for (name, stream) in [("stdout", &outcome.stdout), ("stderr", &outcome.stderr)] {
        if stream.cut_bytes > 0 {
            notes.push(format!(
                "the first {} bytes of {name} are not shown",
                stream.cut_bytes
            ));
        }
    }
    match outcome.ending {
        Ending::Exit | Ending::Error => {}
        _ => notes.push(outcome.detail.clone()),
    }
    let files = outcome.artifacts.len();
    if files > 0 && arguments.out.is_none() {
        notes.push(format!(
            "it left {files} files in /tmp/out; --out FOLDER keeps them"
        ));
    }
    if outcome.artifacts_left > 0 {
        notes.push(format!(
            "{} files in /tmp/out were too many, too large or no plain files",
            outcome.artifacts_left
        ));
    }
    for note in notes {
        anstream::eprintln!("seaworthy: {note}");
    }
    Ok(())
}

/// Writes what the code wrote; on a terminal without what could drive it.
fn print(text: &str, mut to: impl Write + IsTerminal) -> std::io::Result<()> {
    if to.is_terminal() {
        to.write_all(untrusted::clean(text).text.as_bytes())?;
    } else {
        to.write_all(text.as_bytes())?;
    }
    to.flush()
}

fn status(outcome: &Outcome) -> ExitCode {
    let own = outcome.status.and_then(|status| u8::try_from(status).ok());
    ExitCode::from(match outcome.ending {
        Ending::Exit => 0,
        Ending::Error => own.unwrap_or(1),
        Ending::Timeout => 124,
        Ending::Memory | Ending::Killed => 137,
        Ending::Output => 141,
    })
}
