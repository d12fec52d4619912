//! Sessions of clients before 2026-07-28: each belongs to the principal that opened it, there are
//! not more than so many, and one that rests too long is closed.
//!
//! The SDK looks a session up by its id alone and keeps as many as there come. Where there are too
//! many, the one that rested longest is closed and not the new one refused: its client opens
//! another when it next asks (MCP 2025-11-25, session management: 404 means initialize again).

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Instant,
};

use futures::Stream;
use rmcp::{
    model::{ClientJsonRpcMessage, ServerJsonRpcMessage},
    transport::streamable_http_server::session::{
        ServerSseMessage, SessionId, SessionManager,
        local::{LocalSessionManager, LocalSessionManagerError, SessionConfig},
    },
};

use super::Limits;

tokio::task_local! {
    /// The principal of the request that is being worked on.
    pub(super) static OPENER: Arc<str>;
}

struct Entry {
    owner: Arc<str>,
    used: Instant,
    calls: InUse,
}

/// Held by each call of a session as long as it lasts: one that has any is closed last.
#[derive(Debug, Clone, Default)]
pub(super) struct InUse(Arc<()>);

impl Entry {
    fn is_in_use(&self) -> bool {
        Arc::strong_count(&self.calls.0) > 1
    }
}

/// The sessions of a server.
pub struct Sessions {
    local: LocalSessionManager,
    entries: Mutex<HashMap<SessionId, Entry>>,
    all: usize,
    each: usize,
}

impl Sessions {
    pub(super) fn new(limits: &Limits) -> Self {
        let mut config = SessionConfig::default();
        config.keep_alive = Some(limits.session_idle);
        let mut local = LocalSessionManager::default();
        local.session_config = config;
        Self {
            local,
            entries: Mutex::default(),
            all: limits.sessions.max(1),
            each: limits.sessions_per_principal.max(1),
        }
    }

    fn entries(&self) -> MutexGuard<'_, HashMap<SessionId, Entry>> {
        self.entries.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// How many there are.
    pub(super) fn count(&self) -> usize {
        self.entries().len()
    }

    /// Uses the session `id`, if it is one of `principal`.
    pub(super) fn of(&self, id: &str, principal: &str) -> Option<InUse> {
        let mut entries = self.entries();
        let entry = entries.get_mut(id)?;
        (&*entry.owner == principal).then(|| {
            entry.used = Instant::now();
            entry.calls.clone()
        })
    }

    /// Notes a new session; gives back those that must go for it.
    fn note(&self, id: SessionId, owner: Arc<str>) -> Vec<SessionId> {
        let mut entries = self.entries();
        let mut closed = Vec::new();
        let own = entries
            .values()
            .filter(|entry| entry.owner == owner)
            .count();
        let oldest = |entries: &HashMap<SessionId, Entry>, of: Option<&Arc<str>>| {
            entries
                .iter()
                .filter(|(_, entry)| of.is_none_or(|owner| entry.owner == *owner))
                .min_by_key(|(_, entry)| (entry.is_in_use(), entry.used))
                .map(|(id, _)| id.clone())
        };
        let victim = if own >= self.each {
            oldest(&entries, Some(&owner))
        } else if entries.len() >= self.all {
            oldest(&entries, None)
        } else {
            None
        };
        if let Some(victim) = victim {
            entries.remove(&victim);
            closed.push(victim);
        }
        let entry = Entry {
            owner,
            used: Instant::now(),
            calls: InUse::default(),
        };
        entries.insert(id, entry);
        closed
    }
}

impl SessionManager for Sessions {
    type Error = LocalSessionManagerError;
    type Transport = <LocalSessionManager as SessionManager>::Transport;

    async fn create_session(&self) -> Result<(SessionId, Self::Transport), Self::Error> {
        let (id, transport) = self.local.create_session().await?;
        // every request runs inside OPENER; one that did not would get a session of nobody's
        let owner = OPENER.try_with(Arc::clone).unwrap_or_else(|_| "".into());
        for closed in self.note(id.clone(), owner) {
            tracing::info!("a session that rested was closed for a new one");
            // a worker that is gone already is as closed
            let _ = self.local.close_session(&closed).await;
        }
        Ok((id, transport))
    }

    async fn initialize_session(
        &self,
        id: &SessionId,
        message: ClientJsonRpcMessage,
    ) -> Result<ServerJsonRpcMessage, Self::Error> {
        self.local.initialize_session(id, message).await
    }

    async fn has_session(&self, id: &SessionId) -> Result<bool, Self::Error> {
        if !self.entries().contains_key(id) {
            return Ok(false);
        }
        self.local.has_session(id).await
    }

    async fn close_session(&self, id: &SessionId) -> Result<(), Self::Error> {
        self.entries().remove(id);
        self.local.close_session(id).await
    }

    async fn create_stream(
        &self,
        id: &SessionId,
        message: ClientJsonRpcMessage,
    ) -> Result<impl Stream<Item = ServerSseMessage> + Send + Sync + 'static, Self::Error> {
        self.local.create_stream(id, message).await
    }

    async fn accept_message(
        &self,
        id: &SessionId,
        message: ClientJsonRpcMessage,
    ) -> Result<(), Self::Error> {
        self.local.accept_message(id, message).await
    }

    async fn create_standalone_stream(
        &self,
        id: &SessionId,
    ) -> Result<impl Stream<Item = ServerSseMessage> + Send + Sync + 'static, Self::Error> {
        self.local.create_standalone_stream(id).await
    }

    async fn resume(
        &self,
        id: &SessionId,
        last_event_id: String,
    ) -> Result<impl Stream<Item = ServerSseMessage> + Send + Sync + 'static, Self::Error> {
        self.local.resume(id, last_event_id).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sessions() -> Sessions {
        Sessions::new(&Limits {
            sessions: 3,
            sessions_per_principal: 2,
            ..Limits::default()
        })
    }

    #[test]
    fn the_one_that_rested_longest_makes_room() {
        let sessions = sessions();
        let (a, b): (Arc<str>, Arc<str>) = ("a".into(), "b".into());
        assert!(sessions.note("1".into(), a.clone()).is_empty());
        assert!(sessions.note("2".into(), a.clone()).is_empty());
        assert!(sessions.of("1", "a").is_some(), "used again");
        assert_eq!(
            sessions.note("3".into(), a.clone()),
            [SessionId::from("2")],
            "its owner has two"
        );
        assert!(sessions.note("4".into(), b.clone()).is_empty());
        assert_eq!(
            sessions.note("5".into(), b),
            [SessionId::from("1")],
            "three in all"
        );
        assert_eq!(sessions.count(), 3);
    }

    #[test]
    fn a_session_is_its_owners_alone() {
        let sessions = sessions();
        sessions.note("1".into(), "a".into());
        assert!(sessions.of("1", "a").is_some());
        assert!(sessions.of("1", "b").is_none() && sessions.of("1", "").is_none());
        assert!(sessions.of("2", "a").is_none() && sessions.of("", "a").is_none());
    }

    #[test]
    fn one_with_a_call_in_flight_goes_last() {
        let sessions = sessions();
        let a: Arc<str> = "a".into();
        sessions.note("1".into(), a.clone());
        let waiting = sessions.of("1", "a");
        sessions.note("2".into(), a.clone());
        // the first rested longer, but somebody waits there for an answer
        assert_eq!(sessions.note("3".into(), a.clone()), [SessionId::from("2")]);
        drop(waiting);
        assert_eq!(sessions.note("4".into(), a), [SessionId::from("1")]);
    }
}
