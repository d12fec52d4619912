//! Containers of a Docker engine, one for each run, by the Engine API. Podman's socket does too.
//!
//! - `engine.rs`: the engine and the image: which are acceptable, and what to do where they are not;
//! - `container.rs`: what a container may do, and its removal whatever happens;
//! - `sweep.rs`: containers that a killed server left behind;
//! - `seccomp.json`: the system calls that code may make. Anything that is not in there is refused.
//!
//! In the container runs `guest/runner.py` as process 1. A new limit is a line in
//! `container.rs`, and one in the snapshot of `tests/it/docker.rs`.

mod container;
mod engine;
mod sweep;

use std::time::Duration;

use futures::{FutureExt, future::BoxFuture};
use tokio::{sync::OnceCell, time::timeout};

use crate::{
    Backend, Io, Job, Policy, Why,
    session::{self, Broken, Cause, Ended},
};
use container::Container;
use engine::Engine;
pub use engine::Progress;

/// The backend's public name.
pub const NAME: &str = "docker";

/// The image that runs where none is set: by its digest, so that nobody can put another behind its
/// name.
pub const DEFAULT_IMAGE: &str =
    "python:3.14-slim@sha256:b877e50bd90de10af8d82c57a022fc2e0dc731c5320d762a27986facfc3355c1";

/// What runs in a container, before `guest/runner.py`.
pub(crate) const GUEST: &str = concat!(
    include_str!("../../../guest/execute.py"),
    include_str!("../../../guest/runner.py")
);

/// How long a container may take to end after its last word.
const LAST_WORDS: Duration = Duration::from_secs(5);

/// Where containers come from.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The engine, as `DOCKER_HOST` has it; the platform's usual socket where absent.
    pub host: Option<String>,
    /// The image: `name@sha256:<digest>`, or an image's own id, `sha256:<id>`.
    pub image: String,
    /// The runtime, such as `runsc`; the engine's default where absent.
    pub runtime: Option<String>,
    /// Runs at one time.
    pub concurrent: usize,
}

impl Default for Settings {
    fn default() -> Self {
        let cores = std::thread::available_parallelism().map_or(2, usize::from);
        Self {
            host: None,
            image: DEFAULT_IMAGE.to_owned(),
            runtime: None,
            concurrent: cores.max(2),
        }
    }
}

/// The backend.
#[derive(Debug)]
pub struct Docker {
    settings: Settings,
    engine: OnceCell<Engine>,
    ready: OnceCell<()>,
    swept: OnceCell<()>,
}

impl Docker {
    /// A backend of this kind. Nothing is asked of the engine yet.
    pub fn new(settings: Settings) -> Self {
        Self {
            settings,
            engine: OnceCell::new(),
            ready: OnceCell::new(),
            swept: OnceCell::new(),
        }
    }

    async fn engine(&self) -> Result<&Engine, Why> {
        self.engine
            .get_or_try_init(|| Engine::connect(&self.settings))
            .await
    }

    /// Fetches the image; `progress` hears how far it is.
    ///
    /// # Errors
    /// Why it cannot be had.
    pub async fn pull(&self, progress: impl Fn(Progress) + Send + Sync) -> Result<(), Why> {
        self.engine().await?.pull(&progress).await
    }

    /// Removes the containers of servers that are gone, and those past their time. The first run of
    /// a process does it by itself.
    ///
    /// # Errors
    /// Why the engine does not do that.
    pub async fn sweep(&self) -> Result<usize, Why> {
        sweep::sweep(self.engine().await?.client()).await
    }

    async fn run_in_container(&self, job: &Job, policy: &Policy, io: &Io) -> Result<Ended, Why> {
        let engine = self.engine().await?;
        self.swept
            .get_or_init(|| async {
                // leftovers use memory, but they do not keep this run from its own
                if let Err(why) = sweep::sweep(engine.client()).await {
                    tracing::warn!(problem = %why, "containers of earlier servers were not swept");
                }
            })
            .await;
        let mut container = tokio::select! {
            container = Container::create(engine, job, policy) => container?,
            () = io.stopped() => return Ok(Ended::killed("it was stopped before it began")),
        };
        let ended = tokio::select! {
            ended = converse(engine, &mut container, job, policy, io) => ended,
            () = io.stopped() => Ok(Ended::killed("it was stopped")),
        };
        container.remove().await?;
        ended
    }
}

impl Backend for Docker {
    fn name(&self) -> &'static str {
        NAME
    }

    fn available(&self) -> BoxFuture<'_, Result<(), Why>> {
        async { self.engine().await?.ready().await }.boxed()
    }

    fn prepare(&self) -> BoxFuture<'_, Result<(), Why>> {
        // once: an image that goes away later is told by the making of a container
        let ready = self.ready.get_or_try_init(|| self.available());
        async { ready.await.copied() }.boxed()
    }

    fn capacity(&self) -> usize {
        self.settings.concurrent
    }

    fn run<'a>(
        &'a self,
        job: &'a Job,
        policy: &'a Policy,
        io: &'a Io,
    ) -> BoxFuture<'a, Result<Ended, Why>> {
        self.run_in_container(job, policy, io).boxed()
    }
}

/// Starts the container and serves it until the code has ended.
async fn converse(
    engine: &Engine,
    container: &mut Container,
    job: &Job,
    policy: &Policy,
    io: &Io,
) -> Result<Ended, Why> {
    let (from, to) = container.start(engine).await?;
    let gone = match session::converse(from, to, job, policy, io).await {
        Ok(ended) => return Ok(ended),
        Err(Broken::Frame(error)) => return Ok(Ended::killed(format!("the guest sent {error}"))),
        Err(Broken::Gone(error)) => error,
    };
    let end = timeout(LAST_WORDS, container.end()).await;
    let Ok(Some(end)) = end else {
        return Ok(Ended::killed(format!("the container went away: {gone}")));
    };
    if end.out_of_memory {
        return Ok(Ended::by(Cause::Memory, ""));
    }
    if !io.has_started() {
        let said = container.last_error();
        return Err(Why::new(
            format!(
                "the container ended with status {} before the code began: {said}",
                end.status
            ),
            "use an image with Python 3.9 or newer as python3",
        ));
    }
    Ok(Ended::killed(format!(
        "the container ended with status {}",
        end.status
    )))
}
