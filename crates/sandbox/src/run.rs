//! One run from its queue to its outcome: what is the same for every backend.

use std::{sync::Arc, time::Duration};

use tokio::{sync::Semaphore, time::timeout};

use crate::{
    Backend, Ending, Io, Job, JobError, Outcome, Policy, Tools, Why,
    bridge::Bridge,
    session::{Cause, Ended},
};

/// How long a backend may take until the code begins.
const START: Duration = Duration::from_secs(60);
/// How long a backend may take to clean up after a run that it was told to end.
const CLEAN_UP: Duration = Duration::from_secs(15);

/// Why there is no outcome.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RunError {
    /// The job is not acceptable.
    #[error(transparent)]
    Job(#[from] JobError),
    /// The sandbox cannot run it.
    #[error(transparent)]
    Sandbox(#[from] Why),
}

/// A backend with its queue.
pub struct Sandbox {
    backend: Arc<dyn Backend>,
    slots: Semaphore,
}

impl Sandbox {
    /// A sandbox on this backend, which runs as many jobs at once as the backend bears.
    pub fn new(backend: Arc<dyn Backend>) -> Self {
        let slots = Semaphore::new(backend.capacity().max(1));
        Self { backend, slots }
    }

    /// The backend behind it.
    pub fn backend(&self) -> &dyn Backend {
        &*self.backend
    }

    /// Runs a job: waits for its turn (first come, first served), then for its end. Dropping the
    /// future kills the run.
    ///
    /// # Errors
    /// The job is not acceptable, or the backend failed. Whatever the code does is an [`Outcome`].
    pub async fn run(
        &self,
        job: &Job,
        policy: &Policy,
        tools: Option<Arc<dyn Tools>>,
    ) -> Result<Outcome, RunError> {
        job.validate()?;
        self.backend.prepare().await?;
        let bridge = tools.map(|tools| Bridge::new(tools, run_id(), policy));
        let io = Io::new(policy, bridge);
        let wall = job.timeout.unwrap_or(policy.wall).min(policy.wall);
        let slot = self.slots.acquire().await;
        let running = self.backend.run(job, policy, &io);
        tokio::pin!(running);
        let clock = async {
            if timeout(START, io.begun()).await.is_ok() {
                tokio::time::sleep(wall).await;
                io.end(Ending::Timeout);
            }
            // a flood ends it too; either way the backend has this long to clean up
            if io.why_ended().is_some() {
                tokio::time::sleep(CLEAN_UP).await;
            }
        };
        let ended = tokio::select! {
            biased;
            ended = &mut running => ended?,
            () = clock => match io.why_ended() {
                Some(_) => Ended::killed("the sandbox did not clean up in time"),
                None => return Err(RunError::Sandbox(Why::new(
                    format!("the {} sandbox did not start the code within {} s", self.backend.name(), START.as_secs()),
                    "try again; if it stays so, look at the load of the machine",
                ))),
            },
        };
        drop(slot);
        Ok(outcome(&ended, &io, wall, policy))
    }
}

/// A name for a run that no other run has.
fn run_id() -> String {
    let mut bytes = [0; 8];
    // a run is told apart in the audit log by this; without entropy the log still has the time
    let _ = getrandom::fill(&mut bytes);
    format!("{:016x}", u64::from_be_bytes(bytes))
}

fn outcome(ended: &Ended, io: &Io, wall: Duration, policy: &Policy) -> Outcome {
    let elapsed = io.elapsed();
    let captured = io.finish();
    let ending = io.why_ended().unwrap_or(match ended.cause {
        Cause::Exit if ended.status.unwrap_or(0) == 0 => Ending::Exit,
        Cause::Exit | Cause::Error => Ending::Error,
        Cause::Memory => Ending::Memory,
        Cause::Cpu => Ending::Timeout,
        Cause::Killed => Ending::Killed,
    });
    let status = match ending {
        Ending::Exit | Ending::Error | Ending::Memory => ended.status,
        Ending::Timeout | Ending::Output | Ending::Killed => None,
    };
    let detail = match ending {
        Ending::Exit => "it came to its end".to_owned(),
        Ending::Error => format!("it ended with status {}", status.unwrap_or(1)),
        Ending::Timeout if ended.cause == Cause::Cpu => {
            format!("it used its {} s of processor time", policy.cpu.as_secs())
        }
        Ending::Timeout => format!("timed out after {} s", seconds(wall)),
        Ending::Memory => format!(
            "it wanted more than {} MB of memory",
            policy.memory / 1024 / 1024
        ),
        Ending::Output => format!(
            "it wrote more than {} MB of output",
            policy.flood / 1024 / 1024
        ),
        Ending::Killed => format!("it was killed: {}", ended.detail),
    };
    Outcome {
        stdout: captured.stdout,
        stderr: captured.stderr,
        status,
        ending,
        detail,
        wall: elapsed,
        cpu: ended.cpu(),
        peak_memory: ended.peak_bytes,
        artifacts: captured.artifacts,
        artifacts_left: captured.artifacts_left,
        calls: captured.calls,
    }
}

/// Seconds without a needless fraction.
fn seconds(duration: Duration) -> String {
    format!("{}", (duration.as_secs_f64() * 1_000.0).round() / 1_000.0)
}
