//! The recorder's thread: gathers records, counts exact tokens, writes batches, retries.
//!
//! A batch that cannot be written is kept and tried again with growing pauses; meanwhile the queue
//! fills up and then drops. A panic loses one batch and nothing else.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    path::PathBuf,
    sync::{
        Arc,
        atomic::Ordering,
        mpsc::{Receiver, TryRecvError},
    },
    thread,
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

use crate::{
    record::Record,
    recorder::{Counters, Queued},
    store::{self, Retention, Store, StoreError},
};

/// Records in one transaction at most.
pub(crate) const BATCH: usize = 256;
/// How long records gather before they are written, unless there are [`BATCH`] of them.
const GATHER: Duration = Duration::from_millis(200);
/// The pause after a first failure; it doubles with each further one, up to [`MAX_PAUSE`].
const PAUSE: Duration = Duration::from_secs(1);
const MAX_PAUSE: Duration = Duration::from_secs(60);
/// How often retention is looked after, whichever comes first.
const RETAIN_EVERY: Duration = Duration::from_secs(3_600);
const RETAIN_ROWS: usize = 20_000;

/// The thread's state.
pub(crate) struct Writer {
    path: PathBuf,
    retention: Retention,
    queue: Receiver<Box<Queued>>,
    counters: Arc<Counters>,
    count: fn(&str) -> usize,
    batch: Vec<Record>,
    store: Option<Store>,
    /// Drops that the file knows of.
    reported: u64,
    retained: Option<Instant>,
    rows: usize,
    pause: Duration,
    /// All recorders are gone.
    ending: bool,
    #[cfg(test)]
    pages: Option<u32>,
}

impl Writer {
    pub(crate) fn new(
        path: PathBuf,
        retention: Retention,
        queue: Receiver<Box<Queued>>,
        counters: Arc<Counters>,
    ) -> Self {
        Self {
            path,
            retention,
            queue,
            counters,
            count: o200k_tokens,
            batch: Vec::with_capacity(BATCH),
            store: None,
            reported: 0,
            retained: None,
            rows: 0,
            pause: PAUSE,
            ending: false,
            #[cfg(test)]
            pages: None,
        }
    }

    /// Writes until all recorders are gone.
    pub(crate) fn run(mut self) {
        loop {
            match catch_unwind(AssertUnwindSafe(|| self.turn())) {
                Ok(true) => {}
                Ok(false) => return,
                Err(_) => self.recover(),
            }
        }
    }

    /// Gathers and writes one batch; answers whether to go on.
    fn turn(&mut self) -> bool {
        if self.batch.is_empty() {
            let Ok(first) = self.queue.recv() else {
                return false;
            };
            self.take(*first);
            self.gather();
        }
        self.fill();
        match self.write() {
            Ok(()) => {
                self.counters.written(self.batch.len());
                self.batch.clear();
                self.pause = PAUSE;
            }
            Err(error) => {
                self.counters.failed(&error, error.hint());
                if self.ending {
                    self.give_up();
                    return false;
                }
                thread::park_timeout(self.pause);
                self.pause = (self.pause * 2).min(MAX_PAUSE);
            }
        }
        true
    }

    /// Waits for more, unless there is a full batch, or somebody waits for this one.
    fn gather(&self) {
        let deadline = Instant::now() + GATHER;
        while self.counters.waiting() < BATCH as u64 && !self.counters.someone_flushes() {
            let Some(left) = deadline.checked_duration_since(Instant::now()) else {
                return;
            };
            thread::park_timeout(left);
        }
    }

    fn fill(&mut self) {
        while self.batch.len() < BATCH {
            match self.queue.try_recv() {
                Ok(queued) => self.take(*queued),
                Err(TryRecvError::Empty) => return,
                Err(TryRecvError::Disconnected) => {
                    self.ending = true;
                    return;
                }
            }
        }
    }

    fn take(&mut self, queued: Queued) {
        let Queued { mut record, text } = queued;
        // before counting: a panic there loses this record with its batch
        self.counters.forget_text(text.as_deref());
        self.batch.push(Record::default());
        if let Some(text) = text {
            record.exact_tokens = u32::try_from((self.count)(&text)).ok();
        }
        if let Some(last) = self.batch.last_mut() {
            *last = record;
        }
    }

    fn write(&mut self) -> Result<(), StoreError> {
        let dropped = self.counters.dropped.load(Ordering::Relaxed);
        let now = now_ms();
        let written = self.try_write(dropped - self.reported, now);
        let written = match written {
            Err(StoreError::Corrupt { .. }) => {
                self.set_aside(now);
                self.try_write(dropped - self.reported, now)
            }
            other => other,
        };
        if written.is_err() {
            // whatever is wrong with the file, a new handle is the way out of it
            self.store = None;
            return written;
        }
        self.reported = dropped;
        self.rows += self.batch.len();
        self.retain(now);
        Ok(())
    }

    fn try_write(&mut self, dropped: u64, now: u64) -> Result<(), StoreError> {
        self.store.take_if(|store| !store.is_at_its_path());
        let store = match &mut self.store {
            Some(store) => store,
            empty => {
                let store = Store::open(&self.path)?;
                #[cfg(test)]
                if let Some(pages) = self.pages {
                    store.limit_pages(pages);
                }
                self.retained = None;
                empty.insert(store)
            }
        };
        store.append(&self.batch, dropped, now)
    }

    fn set_aside(&mut self, now: u64) {
        self.store = None;
        match store::set_aside(&self.path, now) {
            Ok(true) => self.counters.warn(
                &format_args!("{} was damaged", self.path.display()),
                "it was moved aside, and a new one begun",
            ),
            Ok(false) => {}
            Err(error) => self
                .counters
                .warn(&error, "move the damaged file away by hand"),
        }
    }

    fn retain(&mut self, now: u64) {
        let due = self.rows >= RETAIN_ROWS
            || self
                .retained
                .is_none_or(|last| last.elapsed() >= RETAIN_EVERY);
        if !due {
            return;
        }
        self.rows = 0;
        self.retained = Some(Instant::now());
        if let Some(store) = &mut self.store
            && let Err(error) = store.retain(self.retention, now)
        {
            self.counters.warn(&error, error.hint());
        }
    }

    fn recover(&mut self) {
        self.give_up();
        self.store = None;
        self.counters
            .failed(&"a fault in the telemetry thread", "please report it");
    }

    fn give_up(&mut self) {
        self.counters.drop_records(self.batch.len());
        self.batch.clear();
    }
}

fn o200k_tokens(text: &str) -> usize {
    tiktoken_rs::o200k_base_singleton()
        .encode_ordinary(text)
        .len()
}

/// Milliseconds since the Unix epoch, as [`Record::time_ms`].
pub fn now_ms() -> u64 {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(0, |elapsed| {
            u64::try_from(elapsed.as_millis()).unwrap_or(u64::MAX)
        })
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc::{SyncSender, sync_channel};

    use super::*;

    fn writer(path: PathBuf) -> (Writer, SyncSender<Box<Queued>>, Arc<Counters>) {
        let (sender, queue) = sync_channel(4 * BATCH);
        let counters = Arc::<Counters>::default();
        let writer = Writer::new(path, Retention::default(), queue, Arc::clone(&counters));
        (writer, sender, counters)
    }

    fn queued(text: Option<&str>) -> Box<Queued> {
        let record = Record {
            time_ms: now_ms(),
            client: "x".repeat(80),
            ..Record::default()
        };
        let text = text.map(str::to_owned);
        Box::new(Queued { record, text })
    }

    #[test]
    fn a_full_disk_keeps_the_batch_until_there_is_room() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("telemetry.db");
        let (mut writer, sender, counters) = writer(path.clone());
        for _ in 0..BATCH {
            sender.send(queued(None)).unwrap();
        }
        writer.pages = Some(8);
        writer.pause = Duration::ZERO;
        assert!(writer.turn());
        assert_eq!((counters.failures(), writer.batch.len()), (1, BATCH));
        let store = Store::open_read_only(&path).unwrap();
        assert!(store.records(0).unwrap().is_empty(), "all or nothing");
        writer.pages = None;
        assert!(writer.turn());
        assert_eq!(store.records(0).unwrap().len(), BATCH);
        assert_eq!(counters.dropped.load(Ordering::Relaxed), 0);
    }

    #[test]
    fn a_panic_loses_one_batch_and_says_so() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("telemetry.db");
        let (mut writer, sender, counters) = writer(path.clone());
        writer.count = |_| panic!("a fault of the tokenizer");
        counters.text_bytes.store(3, Ordering::Relaxed);
        sender.send(queued(Some("abc"))).unwrap();
        sender.send(queued(None)).unwrap();
        drop(sender);
        writer.run();
        let store = Store::open_read_only(&path).unwrap();
        assert_eq!(store.records(0).unwrap().len(), 1);
        assert_eq!(store.dropped(0).unwrap(), 1);
        assert_eq!(counters.text_bytes.load(Ordering::Relaxed), 0);
    }

    #[test]
    fn the_end_does_not_wait_for_a_file_that_cannot_be_written() {
        let folder = tempfile::tempdir().unwrap();
        let (writer, sender, counters) = writer(folder.path().to_owned());
        sender.send(queued(None)).unwrap();
        drop(sender);
        writer.run();
        assert_eq!(counters.dropped.load(Ordering::Relaxed), 1);
        assert_eq!(counters.failures(), 1);
    }
}
