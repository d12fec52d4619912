//! Which sandbox runs Python: the one that was asked for, or an error; never a weaker one.

use std::{ffi::OsString, io::IsTerminal, sync::Arc, time::Duration};

use indicatif::{ProgressBar, ProgressStyle};
use seaworthy_sandbox::{
    Backend, Why,
    backend::{self, docker, e2b, wasm},
};

use crate::{environment, failure::Failure};

/// The arguments with which this program starts itself as a worker of the wasm sandbox.
const WORKER: [&str; 2] = ["sandbox", "worker"];

/// The backend called `name`; else `SEAWORTHY_SANDBOX`, else wasm.
pub(crate) fn select(name: Option<&str>) -> Result<Arc<dyn Backend>, Failure> {
    let name = match name {
        Some(name) => name.to_owned(),
        None => environment::sandbox()?.unwrap_or_else(|| wasm::NAME.to_owned()),
    };
    Ok(match name.as_str() {
        wasm::NAME => Arc::new(wasm::Wasm::new(wasm_settings(Some(teller()))?)),
        docker::NAME => Arc::new(docker::Docker::new(docker_settings()?)),
        e2b::NAME => Arc::new(e2b::E2b::new(e2b_settings()?)),
        _ => {
            return Err(Failure::usage(
                format_args!("there is no sandbox {name:?}"),
                format_args!("choose one of {}", backend::NAMES.join(", ")),
            ));
        }
    })
}

/// A sandbox that cannot run, as the program's failure.
pub(crate) fn unavailable(why: &Why) -> Failure {
    Failure::usage(&why.problem, &why.remedy)
}

/// Where the wasm backend's parts are.
pub(crate) fn wasm_settings(listener: Option<wasm::Listener>) -> Result<wasm::Settings, Failure> {
    let program = std::env::current_exe().map_err(|error| {
        Failure::failed(
            "this program does not find itself, which the wasm sandbox needs",
            error,
        )
    })?;
    // as the release archive and the container image have it: bin/ beside share/
    let shipped = program
        .parent()
        .and_then(std::path::Path::parent)
        .map(|prefix| prefix.join("share/seaworthy/sandbox"));
    Ok(wasm::Settings {
        worker: program,
        worker_args: WORKER.map(OsString::from).into(),
        folder: environment::cache()?.join("sandbox"),
        shipped,
        workers: wasm::Settings::default_workers(),
        listener,
    })
}

/// Which engine and image the docker backend uses.
pub(crate) fn docker_settings() -> Result<docker::Settings, Failure> {
    let default = docker::Settings::default();
    Ok(docker::Settings {
        host: environment::docker_host()?,
        image: environment::docker_image()?.unwrap_or(default.image),
        runtime: environment::docker_runtime()?,
        concurrent: default.concurrent,
    })
}

/// Which service the e2b backend uses, and as whom.
fn e2b_settings() -> Result<e2b::Settings, Failure> {
    let key = environment::e2b_key()?.ok_or_else(|| {
        Failure::usage(
            "E2B_API_KEY is not set",
            "set it to the key of your account, or choose another sandbox: wasm or docker",
        )
    })?;
    let key = e2b::Key::parse(&key).map_err(|reason| {
        Failure::usage(
            format_args!("E2B_API_KEY {reason}"),
            "copy the key again and set it without quotes or blanks",
        )
    })?;
    let default = e2b::Settings::new(key);
    Ok(e2b::Settings {
        api: environment::e2b_api()?.unwrap_or_else(|| default.api.clone()),
        sandbox_url: environment::e2b_sandbox()?,
        template: environment::e2b_template()?.unwrap_or_else(|| default.template.clone()),
        ..default
    })
}

/// Tells the steps of a set-up on stderr as they begin.
fn teller() -> wasm::Listener {
    Arc::new(|step: wasm::Step| {
        anstream::eprintln!(
            "seaworthy: setting up the sandbox, once ({}/{}): {}",
            step.number,
            step.of,
            step.text
        );
    })
}

/// A bar on a terminal, lines elsewhere; both on stderr.
pub(crate) struct Progress {
    bar: Option<ProgressBar>,
}

impl Progress {
    pub(crate) fn new() -> Self {
        let bar = std::io::stderr().is_terminal().then(|| {
            let bar = ProgressBar::new(3);
            let style = "{spinner} {bar:20} {pos}/{len} {msg} [{elapsed}]";
            bar.set_style(
                ProgressStyle::with_template(style)
                    .unwrap_or_else(|_| ProgressStyle::default_bar()),
            );
            bar.enable_steady_tick(Duration::from_millis(100));
            bar
        });
        Self { bar }
    }

    /// Step `number` of `of` begins.
    pub(crate) fn step(&self, number: u64, of: u64, text: &str) {
        match &self.bar {
            Some(bar) => {
                bar.set_length(of);
                bar.set_position(number.saturating_sub(1));
                bar.set_message(text.to_owned());
            }
            None => anstream::eprintln!("seaworthy: {number}/{of} {text}"),
        }
    }

    /// Something of `total` bytes is on its way; shown on a terminal only.
    pub(crate) fn part(&self, text: &str, done: Option<u64>, total: Option<u64>) {
        if let Some(bar) = &self.bar {
            bar.set_length(total.unwrap_or(1).max(1));
            bar.set_position(done.unwrap_or(0));
            bar.set_message(text.to_owned());
        }
    }

    /// The last step is over.
    pub(crate) fn done(&self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}
