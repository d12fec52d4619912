//! CPython as a WebAssembly component, run by wasmtime in a pool of worker processes: the embedded
//! default.
//!
//! A run is a fresh instance of a snapshot of a warm interpreter, which shares its memory with the
//! snapshot until it writes: about a millisecond. Four walls, from the inside out: WebAssembly
//! itself, whose code sees its own memory and our imports and nothing else; imports that have no
//! network, no process and a file system of memory (`wasi.rs`, `files.rs`); a worker process of
//! its own with an empty environment, one run at a time; and Landlock and seccomp around that
//! (`confine.rs`). A run that is over its time, that floods, or whose caller is gone is ended by
//! killing its worker, which works whatever the guest does.
//!
//! `source.rs` has the guest's sources, `setup.rs` makes and `compiled.rs` keeps the component.

mod compiled;
mod confine;
mod engine;
mod files;
mod guest;
mod setup;
mod source;
mod wasi;
mod wire;
pub mod worker;

use std::{
    ffi::OsString,
    path::PathBuf,
    process::Stdio,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use futures::future::BoxFuture;
use tokio::{
    io::AsyncReadExt,
    process::{Child, ChildStdin, ChildStdout, Command},
    sync::OnceCell,
};

pub use self::{
    compiled::{compile, compiled_file, component_file},
    setup::{Step, is_ready, set_up},
    source::{COMPONENTIZE, COMPONENTIZE_VERSION, key},
};
use crate::{
    Backend, Io, Job, Policy, Why,
    session::{self, Broken, Ended},
};

/// The backend's name.
pub const NAME: &str = "wasm";

/// Who is told about the steps of a set-up.
pub type Listener = Arc<dyn Fn(Step) + Send + Sync>;

/// Where things are, and how many.
#[derive(Clone)]
pub struct Settings {
    /// The program that runs [`worker::main`].
    pub worker: PathBuf,
    /// Its arguments; the path of the compiled guest comes after them.
    pub worker_args: Vec<OsString>,
    /// Where the component and its compiled form are kept.
    pub folder: PathBuf,
    /// Where a component may have come with the program.
    pub shipped: Option<PathBuf>,
    /// How many workers there are at most; each runs one job at a time.
    pub workers: usize,
    /// Told what is done when the first run finds that the set-up is missing.
    pub listener: Option<Listener>,
}

impl Settings {
    /// So many workers that one that waits does not leave a core idle.
    pub fn default_workers() -> usize {
        std::thread::available_parallelism().map_or(4, |cores| cores.get() * 2)
    }
}

/// The backend.
pub struct Wasm {
    settings: Settings,
    file: OnceCell<PathBuf>,
    idle: Mutex<Vec<Worker>>,
}

/// A worker process with its wire.
struct Worker {
    child: Child,
    to: ChildStdin,
    from: ChildStdout,
}

impl Wasm {
    /// A backend; nothing is started yet.
    pub fn new(settings: Settings) -> Self {
        Self {
            settings,
            file: OnceCell::new(),
            idle: Mutex::new(Vec::new()),
        }
    }

    fn idle(&self) -> MutexGuard<'_, Vec<Worker>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The compiled guest, made if need be.
    async fn file(&self) -> Result<&PathBuf, Why> {
        let make = || async {
            let say = |step| {
                if let Some(listener) = &self.settings.listener {
                    listener(step);
                }
            };
            set_up(&self.settings, &say).await
        };
        self.file.get_or_try_init(make).await
    }

    async fn start(&self) -> Result<Worker, Why> {
        let file = self.file().await?;
        #[expect(
            clippy::disallowed_methods,
            reason = "a sandbox backend starts its workers"
        )]
        let mut command = Command::new(&self.settings.worker);
        command
            .args(&self.settings.worker_args)
            .arg(file)
            .env_clear()
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true);
        let program = self.settings.worker.display();
        let cannot = |error: &dyn std::fmt::Display| {
            Why::new(
                format!("the sandbox's worker {program} does not start: {error}"),
                "see that the program is where it was when the server started",
            )
        };
        let mut child = command.spawn().map_err(|error| cannot(&error))?;
        match (child.stdin.take(), child.stdout.take()) {
            (Some(to), Some(from)) => Ok(Worker { child, to, from }),
            _ => Err(cannot(&"it has no pipes")),
        }
    }

    /// What became of a worker that went away in the middle of a conversation.
    async fn gone(mut worker: Worker, io: &Io, broken: &Broken) -> Result<Ended, Why> {
        // it may be about to end by itself; else it is in our way
        let wait = tokio::time::timeout(Duration::from_secs(2), worker.child.wait()).await;
        let status = if let Ok(Ok(status)) = wait {
            status.to_string()
        } else {
            let _ = worker.child.kill().await;
            broken.to_string()
        };
        if io.has_started() {
            return Ok(Ended::killed(format!(
                "the sandbox's worker crashed ({status})"
            )));
        }
        let mut told = String::new();
        if let Some(stderr) = worker.child.stderr.take() {
            // a worker tells one line when it cannot start
            let _ = stderr.take(2_000).read_to_string(&mut told).await;
        }
        let told = told.trim();
        let (problem, remedy) = told.split_once("; ").unwrap_or((told, ""));
        Err(Why::new(
            format!("the sandbox's worker ended before the code began ({status}): {problem}"),
            if remedy.is_empty() {
                "run `seaworthy sandbox setup` again"
            } else {
                remedy
            },
        ))
    }
}

impl Backend for Wasm {
    fn name(&self) -> &'static str {
        NAME
    }

    fn available(&self) -> BoxFuture<'_, Result<(), Why>> {
        Box::pin(async {
            if self.file.initialized() || is_ready(&self.settings)? {
                return Ok(());
            }
            Err(Why::new(
                "the wasm sandbox is not set up yet",
                "run `seaworthy sandbox setup`, once (the first run does it by itself where pip \
                 or uv is there)",
            ))
        })
    }

    fn prepare(&self) -> BoxFuture<'_, Result<(), Why>> {
        Box::pin(async { self.file().await.map(drop) })
    }

    fn capacity(&self) -> usize {
        self.settings.workers
    }

    fn run<'a>(
        &'a self,
        job: &'a Job,
        policy: &'a Policy,
        io: &'a Io,
    ) -> BoxFuture<'a, Result<Ended, Why>> {
        Box::pin(async move {
            let idle = self.idle().pop();
            // a worker is this future's own: dropped with it, it is killed
            let mut worker = match idle {
                Some(worker) => worker,
                None => self.start().await?,
            };
            let ended = tokio::select! {
                ended = session::converse(&mut worker.from, &mut worker.to, job, policy, io) => ended,
                () = io.stopped() => {
                    let _ = worker.child.kill().await;
                    return Ok(Ended::killed("it was ended from outside"));
                }
            };
            match ended {
                Ok(ended) => {
                    self.idle().push(worker);
                    Ok(ended)
                }
                Err(broken) => Self::gone(worker, io, &broken).await,
            }
        })
    }
}
