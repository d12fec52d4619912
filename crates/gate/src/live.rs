//! The server that is judged, as rules meet it.

use std::{
    collections::BTreeMap,
    path::PathBuf,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use futures::future::join_all;
use serde_json::{Value, json};
use tokio::sync::{MappedMutexGuard, Mutex as AsyncMutex, MutexGuard as AsyncMutexGuard, OnceCell};

use crate::{
    calls::Calls,
    inputs::Inputs,
    options::{Command, Options},
    paging::Probed,
    surface::Surface,
    thresholds,
    wire::{Answer, Era, Log, Lost, Session, Traces, http::Endpoint, process, reap_all},
};

/// The variable that carries the canary into a started server.
pub const CANARY_VARIABLE: &str = "SEAWORTHY_CANARY_SECRET";

/// How the server is reached.
#[derive(Clone, Debug)]
pub enum Launch {
    /// By starting it.
    Stdio(Command),
    /// Over HTTP.
    Http(Box<Endpoint>),
}

/// How a server answered the handshake of an era.
#[derive(Clone, Debug)]
pub struct Greeting {
    /// The answer, or why there is none.
    pub answer: Result<Answer, Lost>,
    /// What it wrote to stderr until then.
    pub stderr: String,
}

impl Greeting {
    /// Whether the era is spoken: a result came, and it is an object.
    pub fn is_spoken(&self) -> bool {
        matches!(&self.answer, Ok(answer) if answer.result().is_object())
    }
}

/// How long the first answer of a server may take: it may have to be fetched first.
pub(crate) fn first_patience(timeout: Duration) -> Duration {
    (timeout * thresholds::START_TIMES)
        .min(thresholds::START)
        .max(timeout)
}

/// How long the first answer of a connection may take, when the server answered on another before.
fn next_patience(timeout: Duration) -> Duration {
    (timeout * thresholds::START_TIMES / 2)
        .min(thresholds::START / 4)
        .max(timeout)
}

/// The server that is judged.
pub struct Live {
    /// How it is reached.
    pub launch: Launch,
    /// How the run goes.
    pub options: Options,
    /// What it shows: of its main era, and what only the other shows.
    pub surface: Surface,
    /// What it shows in each era that it speaks.
    pub surfaces: BTreeMap<Era, Surface>,
    /// How it answered the handshakes.
    pub greetings: BTreeMap<Era, Greeting>,
    /// What was said and done.
    pub log: Arc<Log>,
    /// The secret in the environment of a started server (`SEAWORTHY_CANARY_SECRET`).
    pub canary: String,
    pub(crate) calls: OnceCell<Calls>,
    pub(crate) inputs: OnceCell<Inputs>,
    /// The calls with the broadest answers, by tool.
    pub(crate) broad: AsyncMutex<BTreeMap<String, Option<Probed>>>,
    injections: AsyncMutex<Option<Arc<Session>>>,
    mark: String,
    cwd: Option<PathBuf>,
    shared: AsyncMutex<BTreeMap<Era, Arc<Session>>>,
    scratch: [AsyncMutex<Option<Arc<Session>>>; 2],
    left: Mutex<Vec<Arc<Session>>>,
    sessions: Mutex<Vec<Arc<Session>>>,
    started: AtomicUsize,
    over: Instant,
}

impl Live {
    /// A server that nothing was said to yet.
    pub(crate) fn new(
        launch: Launch,
        options: Options,
        log: Arc<Log>,
        mark: String,
        canary: String,
    ) -> Self {
        let cwd = options.cwd.clone();
        Self {
            launch,
            options,
            surface: Surface::default(),
            surfaces: BTreeMap::new(),
            greetings: BTreeMap::new(),
            log,
            canary,
            calls: OnceCell::new(),
            inputs: OnceCell::new(),
            broad: AsyncMutex::default(),
            injections: AsyncMutex::default(),
            mark,
            cwd,
            shared: AsyncMutex::default(),
            scratch: Default::default(),
            left: Mutex::default(),
            sessions: Mutex::default(),
            started: AtomicUsize::new(0),
            over: Instant::now() + thresholds::RUN,
        }
    }

    /// The endpoint, where it is reached over HTTP.
    pub fn http(&self) -> Option<&Endpoint> {
        match &self.launch {
            Launch::Http(endpoint) => Some(endpoint),
            Launch::Stdio(_) => None,
        }
    }

    /// Whether it speaks the era.
    pub fn speaks(&self, era: Era) -> bool {
        self.greetings.get(&era).is_some_and(Greeting::is_spoken)
    }

    /// The era in which most is judged: the legacy one where it is spoken, as most clients speak it.
    pub fn main_era(&self) -> Era {
        if self.speaks(Era::Legacy) {
            Era::Legacy
        } else {
            Era::Modern
        }
    }

    /// How long an answer is waited for.
    pub fn patience(&self) -> Duration {
        self.options.timeout
    }

    /// The shared connection of the main era. Many rules use it at once: nothing that could hurt it is
    /// sent over it (make one of your own for that). One that ended is replaced.
    ///
    /// # Errors
    /// Why there is none.
    pub async fn session(&self) -> Result<Arc<Session>, Lost> {
        self.session_in(self.main_era()).await
    }

    /// The shared connection of an era.
    ///
    /// # Errors
    /// Why there is none.
    pub async fn session_in(&self, era: Era) -> Result<Arc<Session>, Lost> {
        let mut shared = self.shared.lock().await;
        if let Some(session) = shared.get(&era)
            && session.is_usable()
        {
            return Ok(session.clone());
        }
        let (session, _) = self.connect(era).await?;
        shared.insert(era, session.clone());
        Ok(session)
    }

    /// A second connection of an era, for what a fragile server may not survive or answer: methods, names
    /// and versions that do not exist. Whoever holds it has it alone, so that what it ends of was theirs:
    /// hold it for a few requests, and take no other meanwhile. One that ended is replaced.
    ///
    /// # Errors
    /// Why there is none.
    pub async fn scratch(&self, era: Era) -> Result<MappedMutexGuard<'_, Arc<Session>>, Lost> {
        let slot = match era {
            Era::Legacy => &self.scratch[0],
            Era::Modern => &self.scratch[1],
        };
        let mut slot = slot.lock().await;
        if slot.as_ref().is_none_or(|session| !session.is_usable()) {
            *slot = Some(self.connect(era).await?.0);
        }
        AsyncMutexGuard::try_map(slot, Option::as_mut).map_err(|_| Lost::GivenUp)
    }

    /// The same before anything was said over it, for whoever must say the first word and then greets; none
    /// where others came first.
    pub(crate) async fn first_scratch(
        &self,
        era: Era,
    ) -> Option<MappedMutexGuard<'_, Arc<Session>>> {
        let slot = match era {
            Era::Legacy => &self.scratch[0],
            Era::Modern => &self.scratch[1],
        };
        let mut slot = slot.lock().await;
        if slot.is_some() {
            return None;
        }
        *slot = Some(self.open(era, json!({})).ok()?);
        AsyncMutexGuard::try_map(slot, Option::as_mut).ok()
    }

    /// Leaves a greeted connection to whoever needs one to end: a process is dear.
    pub(crate) fn leave(&self, session: Arc<Session>) {
        let mut left = self.left.lock().unwrap_or_else(PoisonError::into_inner);
        left.push(session);
    }

    /// A connection of an era that was left, or a new one: it may be ended.
    ///
    /// # Errors
    /// Why there is none.
    pub(crate) async fn left_or_new(&self, era: Era) -> Result<Arc<Session>, Lost> {
        let found = {
            let mut left = self.left.lock().unwrap_or_else(PoisonError::into_inner);
            let at = left
                .iter()
                .position(|session| session.era() == era && session.is_usable());
            at.map(|at| left.swap_remove(at))
        };
        match found {
            Some(session) => Ok(session),
            None => Ok(self.connect(era).await?.0),
        }
    }

    /// A new connection, greeted, that declares no capabilities.
    ///
    /// # Errors
    /// Why there is none; a handshake that is refused is `Lost::Network`.
    pub async fn connect(&self, era: Era) -> Result<(Arc<Session>, Answer), Lost> {
        self.connect_with(era, json!({})).await
    }

    /// A new connection, greeted, that declares these capabilities of a client.
    ///
    /// # Errors
    /// As for [`Self::connect`].
    pub async fn connect_with(
        &self,
        era: Era,
        capabilities: Value,
    ) -> Result<(Arc<Session>, Answer), Lost> {
        let session = self.open(era, capabilities)?;
        let answer = session.greet(next_patience(self.options.timeout)).await?;
        match &answer.reply {
            Ok(_) => Ok((session, answer)),
            Err(error) => Err(Lost::Network(format!(
                "the handshake was refused: {} {}",
                error.code, error.message
            ))),
        }
    }

    /// A new connection over which nothing was said.
    ///
    /// # Errors
    /// Why the process cannot be started, or that it was started too often in this run.
    pub fn open(&self, era: Era, capabilities: Value) -> Result<Arc<Session>, Lost> {
        if Instant::now() > self.over {
            return Err(Lost::Budget("the time of the run is over".to_owned()));
        }
        if let Some(lost) = self.log.exhausted() {
            return Err(lost);
        }
        let session = match &self.launch {
            Launch::Stdio(command) => {
                if self.started.fetch_add(1, Ordering::Relaxed) >= thresholds::STARTS {
                    return Err(Lost::Budget(format!(
                        "it was started {} times in this run; no more",
                        thresholds::STARTS
                    )));
                }
                let mut env = self.options.env.clone();
                env.insert(CANARY_VARIABLE.to_owned(), self.canary.clone());
                let child = process::spawn(command, self.cwd.as_deref(), &env, &self.mark)?;
                Session::over_stdio(
                    child,
                    era,
                    capabilities,
                    self.log.clone(),
                    self.options.timeout,
                )
            }
            Launch::Http(endpoint) => Session::over_http(
                (**endpoint).clone(),
                era,
                capabilities,
                self.log.clone(),
                self.options.timeout,
            ),
        };
        let session = Arc::new(session);
        self.sessions
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(session.clone());
        Ok(session)
    }

    /// The connection over which arguments are sent that may take the server down: made when first
    /// asked for, and anew where it ended.
    ///
    /// # Errors
    /// Why there is none.
    pub(crate) async fn injections(&self, era: Era) -> Result<Arc<Session>, Lost> {
        let mut injections = self.injections.lock().await;
        if let Some(session) = injections.as_ref().filter(|session| session.is_usable()) {
            return Ok(session.clone());
        }
        let (session, _) = self.connect(era).await?;
        *injections = Some(session.clone());
        Ok(session)
    }

    /// How much of the run's time is left.
    pub(crate) fn left(&self) -> Duration {
        self.over.saturating_duration_since(Instant::now())
    }

    /// Takes a greeted connection as the shared one of its era.
    pub(crate) async fn share(&self, session: Arc<Session>) {
        self.shared.lock().await.insert(session.era(), session);
    }

    /// Every connection of the run so far.
    pub fn sessions(&self) -> Vec<Arc<Session>> {
        self.sessions
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// Ends all connections, and whatever the servers started.
    pub(crate) async fn end(&self) {
        let sessions = self.sessions();
        join_all(sessions.iter().map(|session| session.end())).await;
        let traces = Traces {
            mark: self.mark.clone(),
            pids: sessions
                .iter()
                .filter_map(|session| session.pid())
                .collect(),
            pipes: sessions
                .iter()
                .flat_map(|session| session.pipes())
                .collect(),
            adopted: true,
        };
        reap_all(&traces).await;
        // killed, but zombies until somebody asks how they ended
        join_all(
            sessions
                .iter()
                .map(|session| session.close(Duration::from_millis(500))),
        )
        .await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_short_timeout_is_short_for_the_first_answer_too() {
        let seconds = Duration::from_secs;
        assert_eq!(first_patience(seconds(10)), seconds(60));
        assert_eq!(first_patience(seconds(1)), seconds(6));
        assert_eq!(first_patience(seconds(90)), seconds(90));
        assert_eq!(next_patience(seconds(10)), seconds(15));
        assert_eq!(next_patience(seconds(1)), seconds(3));
    }
}
