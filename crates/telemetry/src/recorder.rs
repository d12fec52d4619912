//! Takes records off the hot path: a bounded queue and one background thread that writes them.
//!
//! [`Recorder::record`] neither blocks nor fails. What does not fit into the queue is counted and
//! dropped; what goes wrong with the file is counted, warned of once and retried. The thread and
//! its half of the work are in `writer.rs`.

use std::{
    fmt,
    path::PathBuf,
    sync::{
        Arc, Condvar, Mutex, MutexGuard, OnceLock, PoisonError,
        atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering},
        mpsc::{self, SyncSender},
    },
    thread::{self, Thread},
    time::{Duration, Instant},
};

use crate::{
    record::Record,
    store::Retention,
    writer::{self, Writer},
};

/// How many records wait for the thread at most.
pub const QUEUE_RECORDS: usize = 4_096;
/// How many bytes of text wait to be counted at most; records beyond go without an exact count.
pub const QUEUE_TEXT_BYTES: usize = 16 << 20;

/// Writes records to a file in the background. Clones share one queue and one thread.
#[derive(Clone)]
pub struct Recorder {
    shared: Arc<Shared>,
    exact_tokens: bool,
}

struct Shared {
    path: PathBuf,
    retention: Retention,
    counters: Arc<Counters>,
    /// `None` when the thread could not be started.
    worker: OnceLock<Option<Worker>>,
}

struct Worker {
    queue: SyncSender<Box<Queued>>,
    thread: Thread,
}

/// What waits in the queue.
pub(crate) struct Queued {
    pub(crate) record: Record,
    pub(crate) text: Option<String>,
}

/// What the recorder and its thread tell each other.
#[derive(Debug, Default)]
pub(crate) struct Counters {
    /// Records given to the queue; those that it refused are settled at once.
    accepted: AtomicU64,
    /// Records that were written or dropped.
    settled: AtomicU64,
    pub(crate) dropped: AtomicU64,
    failures: AtomicU64,
    warned: AtomicBool,
    pub(crate) text_bytes: AtomicUsize,
    flushes: AtomicUsize,
    last: Mutex<Attempt>,
    attempted: Condvar,
}

/// The last attempt to write.
#[derive(Debug, Default, Clone, Copy)]
struct Attempt {
    number: u64,
    failed: bool,
}

impl Counters {
    /// Records on their way.
    pub(crate) fn waiting(&self) -> u64 {
        let settled = self.settled.load(Ordering::Acquire);
        self.accepted
            .load(Ordering::Acquire)
            .saturating_sub(settled)
    }

    pub(crate) fn someone_flushes(&self) -> bool {
        self.flushes.load(Ordering::Acquire) > 0
    }

    /// Notes that `records` were lost.
    pub(crate) fn drop_records(&self, records: usize) {
        self.dropped.fetch_add(records as u64, Ordering::Relaxed);
        self.settled.fetch_add(records as u64, Ordering::Release);
    }

    /// Notes that `records` were written.
    pub(crate) fn written(&self, records: usize) {
        self.settled.fetch_add(records as u64, Ordering::Release);
        self.attempt(false);
    }

    /// Notes that a batch was not written.
    pub(crate) fn failed(&self, error: &dyn fmt::Display, hint: &str) {
        self.warn(error, hint);
        self.attempt(true);
    }

    /// Notes a failure, and warns of the first.
    pub(crate) fn warn(&self, error: &dyn fmt::Display, hint: &str) {
        self.failures.fetch_add(1, Ordering::Relaxed);
        if !self.warned.swap(true, Ordering::Relaxed) {
            tracing::warn!(%error, hint, "telemetry failed; calls are not affected");
        }
    }

    pub(crate) fn failures(&self) -> u64 {
        self.failures.load(Ordering::Relaxed)
    }

    /// Notes that a text is no longer held.
    pub(crate) fn forget_text(&self, text: Option<&str>) {
        if let Some(text) = text {
            self.text_bytes.fetch_sub(text.len(), Ordering::AcqRel);
        }
    }

    fn attempt(&self, failed: bool) {
        let mut last = self.last();
        last.number += 1;
        last.failed = failed;
        self.attempted.notify_all();
    }

    fn last(&self) -> MutexGuard<'_, Attempt> {
        self.last.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Recorder {
    /// A recorder to the file at `path`. Nothing happens before the first record: no file is
    /// made, no thread started.
    pub fn open(path: PathBuf, retention: Retention) -> Self {
        Self {
            shared: Arc::new(Shared {
                path,
                retention,
                counters: Arc::default(),
                worker: OnceLock::new(),
            }),
            exact_tokens: false,
        }
    }

    /// Counts the tokens of each text given to [`record`](Self::record) by `o200k_base`, in the
    /// thread; the tokenizer is loaded with the first. The texts themselves are not kept.
    #[must_use]
    pub fn with_exact_tokens(mut self) -> Self {
        self.exact_tokens = true;
        self
    }

    /// Whether [`record`](Self::record) has a use for the text.
    pub fn wants_text(&self) -> bool {
        self.exact_tokens
    }

    /// Hands a record to the thread. Never blocks, never fails. `text` is the answer, for exact
    /// counting only: without [`with_exact_tokens`](Self::with_exact_tokens) it is let go here.
    pub fn record(&self, mut record: Record, text: Option<String>) {
        record.bound();
        let text = text.filter(|text| self.exact_tokens && self.has_room_for(text));
        let counters = &self.shared.counters;
        let ticket = counters.accepted.fetch_add(1, Ordering::AcqRel) + 1;
        let Some(worker) = self.worker() else {
            counters.drop_records(1);
            return;
        };
        if let Err(refused) = worker.queue.try_send(Box::new(Queued { record, text })) {
            let (mpsc::TrySendError::Full(queued) | mpsc::TrySendError::Disconnected(queued)) =
                refused;
            counters.forget_text(queued.text.as_deref());
            counters.drop_records(1);
        }
        // between these the thread gathers by the clock: waking it costs more than queueing
        if ticket.is_multiple_of(writer::BATCH as u64) {
            worker.thread.unpark();
        }
    }

    /// How many records were lost since the start: the queue was full, or the thread failed.
    pub fn dropped(&self) -> u64 {
        self.shared.counters.dropped.load(Ordering::Relaxed)
    }

    /// How many attempts to open or write the file failed since the start.
    pub fn failures(&self) -> u64 {
        self.shared.counters.failures()
    }

    /// Waits until what was recorded before is in the file, at most `timeout`; for an orderly end.
    /// Answers whether it is; `false` at once when the file cannot be written.
    pub fn flush(&self, timeout: Duration) -> bool {
        let counters = &self.shared.counters;
        let Some(started) = self.shared.worker.get() else {
            return true;
        };
        let Some(worker) = started else {
            return false;
        };
        let target = counters.accepted.load(Ordering::Acquire);
        let settled = || counters.settled.load(Ordering::Acquire) >= target;
        let deadline = Instant::now() + timeout;
        let before = counters.last().number;
        counters.flushes.fetch_add(1, Ordering::AcqRel);
        worker.thread.unpark();
        let mut last = counters.last();
        loop {
            let in_vain = last.failed && last.number > before;
            if settled() || in_vain {
                break;
            }
            let Some(left) = deadline.checked_duration_since(Instant::now()) else {
                break;
            };
            let waited = counters.attempted.wait_timeout(last, left);
            last = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
        drop(last);
        counters.flushes.fetch_sub(1, Ordering::AcqRel);
        settled()
    }

    fn has_room_for(&self, text: &str) -> bool {
        let held = &self.shared.counters.text_bytes;
        let before = held.fetch_add(text.len(), Ordering::AcqRel);
        let fits = before.saturating_add(text.len()) <= QUEUE_TEXT_BYTES;
        if !fits {
            held.fetch_sub(text.len(), Ordering::AcqRel);
        }
        fits
    }

    fn worker(&self) -> Option<&Worker> {
        let start = || {
            let (queue, records) = mpsc::sync_channel(QUEUE_RECORDS);
            let shared = &self.shared;
            let writer = Writer::new(
                shared.path.clone(),
                shared.retention,
                records,
                Arc::clone(&shared.counters),
            );
            let started = thread::Builder::new()
                .name("telemetry".to_owned())
                .spawn(move || writer.run());
            match started {
                Ok(handle) => Some(Worker {
                    queue,
                    thread: handle.thread().clone(),
                }),
                Err(error) => {
                    shared.counters.warn(&error, "raise the limit of threads");
                    None
                }
            }
        };
        self.shared.worker.get_or_init(start).as_ref()
    }
}

impl Drop for Shared {
    /// The thread writes what is left, and ends.
    fn drop(&mut self) {
        if let Some(Worker { queue, thread }) = self.worker.take().flatten() {
            drop(queue);
            thread.unpark();
        }
    }
}

impl fmt::Debug for Recorder {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Recorder")
            .field("path", &self.shared.path)
            .field("retention", &self.shared.retention)
            .field("exact_tokens", &self.exact_tokens)
            .field("counters", &self.shared.counters)
            .finish_non_exhaustive()
    }
}
