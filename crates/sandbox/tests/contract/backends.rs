//! The backends under test, and what each may leave behind. A new backend is a line here.

use std::{sync::Arc, time::Duration};

use seaworthy_sandbox::{Backend, Job, Outcome, Policy, Sandbox, Tools};

/// One backend with its queue.
#[derive(Clone)]
pub(crate) struct Subject {
    pub(crate) name: &'static str,
    pub(crate) backend: Arc<dyn Backend>,
    pub(crate) sandbox: Arc<Sandbox>,
}

/// A backend, or why it cannot run here.
pub(crate) type Candidate = Result<Arc<dyn Backend>, String>;

/// Every backend by name, sorted.
pub(crate) const BACKENDS: [(&str, fn() -> Candidate); 3] = [
    ("docker", || Err("not part of this version".into())),
    ("e2b", || Err("not part of this version".into())),
    ("wasm", || Err("not part of this version".into())),
];

impl Subject {
    /// The backend of this name, if it can run here.
    pub(crate) async fn named(name: &str) -> Result<Self, String> {
        let (name, build) = BACKENDS
            .iter()
            .find(|(known, _)| *known == name)
            .ok_or("no such backend")?;
        let backend = build()?;
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
    let wanted = crate::environment("SEAWORTHY_CONTRACT_RUNS").and_then(|text| text.parse().ok());
    wanted.unwrap_or(if name == "wasm" { 10_000 } else { 150 })
}
