//! What was said between the gate and the server, and what was done to it.

use std::{
    collections::BTreeMap,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use crate::{
    finding::{ExchangeId, harmless},
    report::{Deeds, Exchange},
    thresholds,
};

/// Exchanges that are kept; further ones get numbers but no text.
const KEPT: usize = 50_000;

/// The log of a run, shared by its connections.
#[derive(Debug, Default)]
pub struct Log {
    entries: Mutex<Vec<Exchange>>,
    deeds: Mutex<Deeds>,
    watched: Vec<String>,
    seen: Mutex<Vec<(String, ExchangeId)>>,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn cut(bytes: &[u8]) -> String {
    let some = &bytes[..bytes.len().min(thresholds::EXCHANGE_BYTES)];
    let mut text = harmless(&String::from_utf8_lossy(some), thresholds::EXCHANGE_BYTES);
    if bytes.len() > some.len() {
        text.push_str(&format!("… ({} bytes)", bytes.len()));
    }
    text
}

impl Log {
    /// A log that notices these texts in whatever comes from the server.
    pub fn watching(watched: Vec<String>) -> Self {
        Self {
            watched,
            ..Self::default()
        }
    }

    /// The watched texts that came, and in which exchange.
    pub fn sightings(&self) -> Vec<(String, ExchangeId)> {
        lock(&self.seen).clone()
    }

    /// A new exchange, which begins with what was sent (nothing where the server spoke first).
    pub fn sent(&self, bytes: &[u8]) -> ExchangeId {
        let mut entries = lock(&self.entries);
        if entries.len() >= KEPT {
            entries.push(Exchange::default());
        } else {
            entries.push(Exchange {
                sent: cut(bytes),
                ..Exchange::default()
            });
        }
        entries.len()
    }

    /// What came back, or came by itself.
    pub fn received(&self, id: ExchangeId, bytes: &[u8], took: Duration) {
        for watched in &self.watched {
            if !watched.is_empty() && memchr::memmem::find(bytes, watched.as_bytes()).is_some() {
                lock(&self.seen).push((watched.clone(), id));
            }
        }
        if let Some(entry) = lock(&self.entries).get_mut(id.wrapping_sub(1)) {
            entry.received = cut(bytes);
            entry.took = took;
        }
    }

    /// Nothing came back.
    pub fn lost(&self, id: ExchangeId, why: &str, took: Duration) {
        if let Some(entry) = lock(&self.entries).get_mut(id.wrapping_sub(1)) {
            entry.lost = harmless(why, 300);
            entry.took = took;
        }
    }

    /// A connection was made.
    pub fn connected(&self) {
        lock(&self.deeds).connections += 1;
    }

    /// A request was sent.
    pub fn requested(&self, method: &str) {
        *lock(&self.deeds)
            .requests
            .entry(harmless(method, 100))
            .or_default() += 1;
    }

    /// A tool was called.
    pub fn called(&self, tool: &str, kind: &str) {
        *lock(&self.deeds)
            .calls
            .entry(harmless(tool, 100))
            .or_default()
            .entry(kind.to_owned())
            .or_default() += 1;
    }

    /// Something malformed was sent on purpose.
    pub fn malformed(&self) {
        lock(&self.deeds).malformed += 1;
    }

    /// What was done so far.
    pub fn deeds(&self) -> Deeds {
        lock(&self.deeds).clone()
    }

    /// The number of the last exchange.
    pub fn last(&self) -> ExchangeId {
        lock(&self.entries).len()
    }

    /// The exchanges of those numbers.
    pub fn exchanges(
        &self,
        ids: impl IntoIterator<Item = ExchangeId>,
    ) -> BTreeMap<ExchangeId, Exchange> {
        let entries = lock(&self.entries);
        ids.into_iter()
            .filter_map(|id| Some((id, entries.get(id.wrapping_sub(1))?.clone())))
            .collect()
    }
}
