//! What was said between the gate and the server, and what was done to it.

use std::{
    collections::BTreeMap,
    sync::{
        Mutex, MutexGuard, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use crate::{
    finding::{ExchangeId, harmless},
    report::{Deeds, Exchange},
    thresholds,
    wire::Lost,
};

/// The log of a run, shared by its connections.
#[derive(Debug, Default)]
pub struct Log {
    entries: Mutex<Vec<Exchange>>,
    deeds: Mutex<Deeds>,
    watched: Vec<String>,
    seen: Mutex<Vec<(String, ExchangeId)>>,
    /// Bytes of text that are kept.
    kept: AtomicUsize,
    silences: Mutex<Silences>,
}

/// What a whole run waited for in vain.
#[derive(Debug, Default)]
struct Silences {
    in_a_row: u32,
    in_all: u32,
    floods: u32,
}

/// Sightings that are kept.
const SIGHTINGS: usize = 1_000;

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
        let sent = self.keep(bytes);
        let mut entries = lock(&self.entries);
        entries.push(Exchange {
            sent,
            ..Exchange::default()
        });
        entries.len()
    }

    /// The text of a message, or nothing where enough is kept.
    fn keep(&self, bytes: &[u8]) -> String {
        if self.kept.load(Ordering::Relaxed) > thresholds::LOG_BYTES {
            return String::new();
        }
        let text = cut(bytes);
        self.kept.fetch_add(text.len(), Ordering::Relaxed);
        text
    }

    /// What came back, or came by itself.
    pub fn received(&self, id: ExchangeId, bytes: &[u8], took: Duration) {
        for watched in &self.watched {
            if !watched.is_empty() && memchr::memmem::find(bytes, watched.as_bytes()).is_some() {
                let mut seen = lock(&self.seen);
                if seen.len() < SIGHTINGS {
                    seen.push((watched.clone(), id));
                }
            }
        }
        let received = self.keep(bytes);
        if let Some(entry) = lock(&self.entries).get_mut(id.wrapping_sub(1)) {
            entry.received = received;
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

    /// An answer came, on whatever connection.
    pub fn answered(&self) {
        lock(&self.silences).in_a_row = 0;
    }

    /// An answer did not come in time.
    pub fn silent(&self) {
        let mut silences = lock(&self.silences);
        silences.in_a_row += 1;
        silences.in_all += 1;
    }

    /// A connection ended in a flood.
    pub fn flooded(&self) {
        lock(&self.silences).floods += 1;
    }

    /// Why the server is asked no more in this run, if so: a server that hangs in everything would
    /// make the run as long as all its waits.
    pub fn exhausted(&self) -> Option<Lost> {
        let silences = lock(&self.silences);
        if silences.in_a_row >= thresholds::SILENCES_IN_A_ROW
            || silences.in_all >= thresholds::SILENCES_IN_ALL
        {
            Some(Lost::Budget(format!(
                "it left {} requests of this run unanswered, so no more are sent",
                silences.in_all
            )))
        } else if silences.floods >= thresholds::FLOODS {
            Some(Lost::Budget(format!(
                "it flooded {} connections of this run, so no more are made",
                silences.floods
            )))
        } else {
            None
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
