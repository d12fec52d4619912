//! `seaworthy sandbox`: sets up the places where Python runs, and tells what is there.

use std::{path::PathBuf, process::ExitCode, sync::Arc};

use clap::{Args, Subcommand};
use seaworthy_sandbox::{
    Why,
    backend::{self, docker, wasm},
};

use crate::{
    backend::{Progress, docker_settings, select, unavailable, wasm_settings},
    environment,
    failure::Failure,
};

/// Sets up the sandbox in which Python runs
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    Setup(Setup),
    Status(Status),
    #[command(hide = true)]
    Worker(Worker),
}

/// Gets a sandbox ready: builds the wasm guest, or pulls the docker image
///
/// For wasm it fetches one wheel (componentize-py, pinned by digest) with pip or uv, makes the
/// guest of it (CPython 3.14 with its library) and compiles it for this machine: some twenty
/// seconds, once. Runs use no network afterwards.
#[derive(Debug, Args)]
#[command(
    verbatim_doc_comment,
    after_help = "Examples:\n  seaworthy sandbox setup\n  seaworthy sandbox setup --backend docker"
)]
struct Setup {
    /// Which one: wasm or docker
    #[arg(long, value_name = "NAME", default_value = wasm::NAME)]
    backend: String,
    /// Make everything anew
    #[arg(long)]
    force: bool,
}

/// Tells which sandboxes can run here, and what the others need
#[derive(Debug, Args)]
struct Status {
    /// As JSON
    #[arg(long)]
    json: bool,
}

/// Runs as a worker of the wasm sandbox
#[derive(Debug, Args)]
struct Worker {
    file: PathBuf,
}

pub(crate) fn run(arguments: &Arguments) -> Result<ExitCode, Failure> {
    match &arguments.action {
        Action::Setup(setup) => set_up(setup).map(|()| ExitCode::SUCCESS),
        Action::Status(status) => tell(status),
        Action::Worker(worker) => Ok(wasm::worker::main(&worker.file)),
    }
}

fn runtime() -> Result<tokio::runtime::Runtime, Failure> {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| Failure::failed("the runtime could not start", error))
}

fn set_up(setup: &Setup) -> Result<(), Failure> {
    let progress = Arc::new(Progress::new());
    let done = match setup.backend.as_str() {
        wasm::NAME => {
            let settings = wasm_settings(None)?;
            if setup.force {
                forget(&settings)?;
            }
            if wasm::is_ready(&settings).map_err(|why| unavailable(&why))? {
                let file =
                    wasm::compiled_file(&settings.folder).map_err(|why| unavailable(&why))?;
                format!("the wasm sandbox is ready: {}", file.display())
            } else {
                let say = |step: wasm::Step| {
                    progress.step(step.number.into(), step.of.into(), &step.text);
                };
                let made = runtime()?.block_on(wasm::set_up(&settings, &say));
                progress.done();
                let file = made.map_err(|why| unavailable(&why))?;
                format!("the wasm sandbox is ready: {}", file.display())
            }
        }
        docker::NAME => {
            let settings = docker_settings()?;
            let image = settings.image.clone();
            let docker = docker::Docker::new(settings);
            let pulled = runtime()?.block_on(docker.pull(|step| {
                progress.part(&step.status, step.done, step.total);
            }));
            progress.done();
            pulled.map_err(|why| unavailable(&why))?;
            format!("the docker sandbox is ready: {image}")
        }
        other => {
            return Err(Failure::usage(
                format_args!("there is nothing to set up for {other:?}"),
                "choose wasm or docker",
            ));
        }
    };
    anstream::println!("{done}");
    Ok(())
}

/// Removes what a set-up of this version made.
fn forget(settings: &wasm::Settings) -> Result<(), Failure> {
    let compiled = wasm::compiled_file(&settings.folder).map_err(|why| unavailable(&why))?;
    for file in [compiled, wasm::component_file(&settings.folder)] {
        match std::fs::remove_file(&file) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                return Err(Failure::failed(
                    format_args!("{} could not be removed", file.display()),
                    error,
                ));
            }
            _ => {}
        }
    }
    Ok(())
}

fn tell(status: &Status) -> Result<ExitCode, Failure> {
    let runtime = runtime()?;
    let chosen = environment::sandbox()?.unwrap_or_else(|| wasm::NAME.to_owned());
    let mut rows = Vec::new();
    for name in backend::NAMES {
        let available = match select(Some(name)) {
            Ok(backend) => runtime.block_on(backend.available()),
            Err(failure) => Err(Why::new(failure.what(), failure.hint())),
        };
        rows.push((name, available));
    }
    for (name, available) in &rows {
        let default = *name == chosen;
        if status.json {
            let (problem, remedy) = match available {
                Ok(()) => (None, None),
                Err(why) => (Some(&why.problem), Some(&why.remedy)),
            };
            let row = serde_json::json!({
                "backend": name, "available": available.is_ok(), "default": default,
                "problem": problem, "remedy": remedy,
            });
            anstream::println!("{row}");
            continue;
        }
        let mark = if default {
            " (used where none is named)"
        } else {
            ""
        };
        match available {
            Ok(()) => anstream::println!("{name:<7} ready{mark}"),
            Err(why) => {
                anstream::println!("{name:<7} not ready{mark}: {}", why.problem);
                anstream::println!("        {}", why.remedy);
            }
        }
    }
    Ok(ExitCode::SUCCESS)
}
