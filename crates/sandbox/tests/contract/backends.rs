//! The backends under test, and what each may leave behind. A new backend is a line here.

use std::{sync::Arc, time::Duration};

use futures::future::{BoxFuture, ready};
use seaworthy_sandbox::{
    Backend, Job, Outcome, Policy, Sandbox, Tools,
    backend::{docker, e2b, wasm},
};
use tokio::sync::OnceCell;

use crate::{
    e2b_server::{self, Server},
    environment,
};

/// One backend with its queue.
#[derive(Clone)]
pub(crate) struct Subject {
    pub(crate) name: &'static str,
    pub(crate) backend: Arc<dyn Backend>,
    pub(crate) sandbox: Arc<Sandbox>,
}

/// A backend, or why it cannot run here.
pub(crate) type Candidate = BoxFuture<'static, Result<Arc<dyn Backend>, String>>;

type Build = fn() -> Candidate;

/// Every backend by name, sorted.
pub(crate) const BACKENDS: [(&str, Build); 3] = [
    ("docker", || Box::pin(ready(docker()))),
    ("e2b", || Box::pin(e2b())),
    ("wasm", || Box::pin(wasm())),
];

/// What a backend is known not to keep: backend, trial and why. Such a trial passes while the gap is
/// there, and fails as soon as it is not, so that the list stays true. docs/sandbox.md has each.
pub(crate) const GAPS: [(&str, &str, &str); 1] = [(
    "wasm",
    "server_side::hashes_differ",
    "each dict and interned string of the pre-initialised interpreter was made with the seed of its \
     set-up; to hash them anew takes longer than the whole run",
)];

/// Why this backend is known not to pass this trial, if it is.
pub(crate) fn gap(backend: &str, trial: &str) -> Option<&'static str> {
    GAPS.iter()
        .find(|(name, what, _)| (*name, *what) == (backend, trial))
        .map(|(_, _, why)| *why)
}

/// What `tests/real/engine` tells.
fn variable(name: &str) -> Result<String, String> {
    environment(name).ok_or_else(|| format!("{name} is not set: eval \"$(tests/real/engine)\""))
}

/// The engine and the image of the tests.
fn docker() -> Result<Arc<dyn Backend>, String> {
    Ok(Arc::new(docker::Docker::new(docker::Settings {
        host: Some(variable("DOCKER_HOST")?),
        image: variable("SEAWORTHY_TEST_IMAGE")?,
        runtime: None,
        concurrent: 4,
    })))
}

/// A service on loopback, which runs its sandboxes on the same engine.
async fn e2b() -> Result<Arc<dyn Backend>, String> {
    static SERVICE: OnceCell<Server> = OnceCell::const_new();
    let service = SERVICE
        .get_or_try_init(async || {
            let engine = bollard::Docker::connect_with_host(&variable("DOCKER_HOST")?)
                .map_err(|error| error.to_string())?
                .negotiate_version()
                .await
                .map_err(|error| error.to_string())?;
            Ok::<_, String>(Server::start(engine, variable("SEAWORTHY_TEST_IMAGE")?).await)
        })
        .await?;
    let key = e2b::Key::parse(e2b_server::KEY)?;
    Ok(Arc::new(e2b::E2b::new(e2b::Settings {
        api: service.url(),
        sandbox_url: Some(service.url()),
        template: e2b_server::TEMPLATE.to_owned(),
        concurrent: 4,
        ..e2b::Settings::new(key)
    })))
}

/// Workers from this crate's test program; the guest is made the first time and kept in the target
/// folder.
async fn wasm() -> Result<Arc<dyn Backend>, String> {
    let settings = wasm::Settings {
        worker: env!("CARGO_BIN_EXE_sandbox-worker").into(),
        worker_args: Vec::new(),
        folder: std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("sandbox"),
        shipped: None,
        workers: 4,
        listener: None,
    };
    wasm::set_up(&settings, &|_| ())
        .await
        .map_err(|why| format!("{why}; {}", why.remedy))?;
    Ok(Arc::new(wasm::Wasm::new(settings)))
}

impl Subject {
    /// The backend of this name, if it can run here.
    pub(crate) async fn named(name: &str) -> Result<Self, String> {
        let (name, build) = BACKENDS
            .iter()
            .find(|(known, _)| *known == name)
            .ok_or("no such backend")?;
        let backend = build().await?;
        backend
            .available()
            .await
            .map_err(|why| format!("{why}; {}", why.remedy))?;
        let sandbox = Arc::new(Sandbox::new(Arc::clone(&backend)));
        Ok(Self {
            name,
            backend,
            sandbox,
        })
    }

    /// Runs a job that must have an outcome, and that soon.
    pub(crate) async fn run(
        &self,
        job: &Job,
        policy: &Policy,
        patience: Duration,
    ) -> Result<Outcome, String> {
        self.run_with(job, policy, None, patience).await
    }

    /// The same with tools.
    pub(crate) async fn run_with(
        &self,
        job: &Job,
        policy: &Policy,
        tools: Option<Arc<dyn Tools>>,
        patience: Duration,
    ) -> Result<Outcome, String> {
        match tokio::time::timeout(patience, self.sandbox.run(job, policy, tools)).await {
            Ok(Ok(outcome)) => Ok(outcome),
            Ok(Err(error)) => Err(format!("no outcome: {error}")),
            Err(_) => Err(format!("no outcome after {patience:?}")),
        }
    }
}

/// How many runs in a row must leave nothing behind. A wasm run takes milliseconds; a container
/// takes a fifth of a second, and what a run leaves shows after a hundred of them as well.
pub(crate) fn runs_in_a_row(name: &str) -> usize {
    let wanted = environment("SEAWORTHY_CONTRACT_RUNS").and_then(|text| text.parse().ok());
    wanted.unwrap_or(if name == "wasm" { 10_000 } else { 150 })
}
