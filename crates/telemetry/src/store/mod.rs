//! The `SQLite` file that keeps the records: schema, appending, reading; what is kept for how long in
//! `retention.rs`, damaged files in `damage.rs`.
//!
//! Several processes append to one file at once: write-ahead log, short immediate transactions and
//! a busy timeout. To change the schema add a step to `MIGRATIONS`; never edit one that was
//! released.

mod damage;
mod error;
mod retention;

use std::{
    fs, io,
    path::{Path, PathBuf},
    thread,
    time::{Duration, Instant},
};

use rusqlite::{Connection, OpenFlags, Row, TransactionBehavior, params};

pub(crate) use self::damage::set_aside;
use self::{damage::Identity, error::failure};
pub use self::{error::StoreError, retention::Retention};
use crate::record::Record;

/// Marks the file as ours (`PRAGMA application_id`): "SWLT".
const APPLICATION_ID: i64 = 0x5357_4C54;
/// How long a write waits for another process's.
const BUSY: Duration = Duration::from_secs(5);
/// The pause before opening is tried again.
const RETRY: Duration = Duration::from_millis(10);
/// What the write-ahead log is cut back to after a checkpoint, in bytes.
const LOG_BYTES: i64 = 1 << 20;

/// Schema steps; `PRAGMA user_version` says how many were taken.
const MIGRATIONS: &[&str] = &["
    CREATE TABLE calls (
        id INTEGER PRIMARY KEY,
        time_ms INTEGER NOT NULL,
        tool TEXT NOT NULL,
        era TEXT NOT NULL,
        client TEXT NOT NULL,
        tokens INTEGER NOT NULL,
        exact_tokens INTEGER,
        bytes INTEGER NOT NULL,
        items INTEGER,
        page_size INTEGER,
        page_size_asked INTEGER NOT NULL,
        budget INTEGER,
        cut INTEGER NOT NULL,
        next INTEGER,
        follows INTEGER,
        micros INTEGER NOT NULL,
        upstream_requests INTEGER NOT NULL,
        cache_hits INTEGER NOT NULL,
        upstream_left INTEGER,
        error TEXT,
        bridged_calls INTEGER NOT NULL,
        transport TEXT NOT NULL
    ) STRICT;
    CREATE INDEX calls_by_time ON calls (time_ms);
    CREATE TABLE dropped (
        time_ms INTEGER NOT NULL,
        records INTEGER NOT NULL
    ) STRICT;
"];

const COLUMNS: &str = "time_ms, tool, era, client, tokens, exact_tokens, bytes, items, page_size, \
    page_size_asked, budget, cut, next, follows, micros, upstream_requests, cache_hits, \
    upstream_left, error, bridged_calls, transport";

/// An open file of records.
#[derive(Debug)]
pub struct Store {
    connection: Connection,
    path: PathBuf,
    identity: Option<Identity>,
}

impl Store {
    /// Opens the file for appending; makes it (for its owner only) and its folder where they are
    /// missing, and brings an older schema up.
    ///
    /// # Errors
    /// See [`StoreError`]; a file of a newer schema or of another program is left as it is.
    pub fn open(path: &Path) -> Result<Self, StoreError> {
        make_file(path).map_err(|source| StoreError::Io {
            path: path.to_owned(),
            source,
        })?;
        let deadline = Instant::now() + BUSY;
        loop {
            match Self::try_open(path) {
                // two that make one file meet on its journal mode, which waits for nobody
                Err(error) if error.is_lock() && Instant::now() < deadline => {
                    thread::sleep(RETRY);
                }
                other => return other,
            }
        }
    }

    fn try_open(path: &Path) -> Result<Self, StoreError> {
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let mut store = Self::connect(path, flags)?;
        if store.version()? < known() {
            store.migrate()?;
        }
        store.configure().map_err(|source| failure(path, source))?;
        Ok(store)
    }

    /// Opens the file for reading.
    ///
    /// # Errors
    /// [`StoreError::Missing`] where there is none; see [`StoreError`] for the others.
    pub fn open_read_only(path: &Path) -> Result<Self, StoreError> {
        let missing = || StoreError::Missing {
            path: path.to_owned(),
        };
        if !path.exists() {
            return Err(missing());
        }
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let store = Self::connect(path, flags)?;
        match store.version()? {
            0 => Err(missing()),
            found if found < known() => Err(StoreError::Older {
                path: path.to_owned(),
                found,
                known: known(),
            }),
            _ => Ok(store),
        }
    }

    fn connect(path: &Path, flags: OpenFlags) -> Result<Self, StoreError> {
        let connection =
            Connection::open_with_flags(path, flags).map_err(|source| failure(path, source))?;
        connection
            .busy_timeout(BUSY)
            .map_err(|source| failure(path, source))?;
        Ok(Self {
            connection,
            path: path.to_owned(),
            identity: Identity::of(path),
        })
    }

    /// The schema's version, 0 for an empty file.
    fn version(&self) -> Result<i64, StoreError> {
        let read = || -> Result<(i64, i64, i64), rusqlite::Error> {
            // of one moment: another process may be making the schema
            let moment = self.connection.unchecked_transaction()?;
            let pragma = |name| moment.pragma_query_value(None, name, |row| row.get(0));
            let objects =
                moment.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))?;
            Ok((objects, pragma("application_id")?, pragma("user_version")?))
        };
        let (objects, application, found) = read().map_err(|source| self.failure(source))?;
        let path = || self.path.clone();
        if application != APPLICATION_ID && (objects > 0 || application != 0 || found != 0) {
            return Err(StoreError::Foreign { path: path() });
        }
        if found > known() {
            return Err(StoreError::Newer {
                path: path(),
                found,
                known: known(),
            });
        }
        Ok(found)
    }

    fn migrate(&mut self) -> Result<(), StoreError> {
        self.try_migrate()
            .map_err(|source| failure(&self.path, source))
    }

    fn try_migrate(&mut self) -> Result<(), rusqlite::Error> {
        // takes effect only before the first table
        self.connection
            .pragma_update(None, "auto_vacuum", "INCREMENTAL")?;
        let transaction = self
            .connection
            .transaction_with_behavior(TransactionBehavior::Immediate)?;
        // another process may have been first
        let taken: u32 = transaction.pragma_query_value(None, "user_version", |row| row.get(0))?;
        for step in MIGRATIONS.iter().skip(taken as usize) {
            transaction.execute_batch(step)?;
        }
        transaction.pragma_update(None, "application_id", APPLICATION_ID)?;
        transaction.pragma_update(None, "user_version", known())?;
        transaction.commit()
    }

    fn configure(&self) -> Result<(), rusqlite::Error> {
        self.connection
            .pragma_update_and_check(None, "journal_mode", "WAL", |_| Ok(()))?;
        self.connection
            .pragma_update(None, "synchronous", "NORMAL")?;
        self.connection
            .pragma_update_and_check(None, "journal_size_limit", LOG_BYTES, |_| Ok(()))
    }

    /// Appends records in one transaction, and that `dropped` others were lost until `now_ms`.
    ///
    /// # Errors
    /// Nothing was written then.
    pub fn append(
        &mut self,
        records: &[Record],
        dropped: u64,
        now_ms: u64,
    ) -> Result<(), StoreError> {
        self.try_append(records, dropped, now_ms)
            .map_err(|source| failure(&self.path, source))
    }

    fn try_append(
        &mut self,
        records: &[Record],
        dropped: u64,
        now_ms: u64,
    ) -> Result<(), rusqlite::Error> {
        let transaction = self
            .connection
            .transaction_with_behavior(TransactionBehavior::Immediate)?;
        if dropped > 0 {
            transaction.execute(
                "INSERT INTO dropped (time_ms, records) VALUES (?1, ?2)",
                params![signed(now_ms), signed(dropped)],
            )?;
        }
        let marks = vec!["?"; COLUMNS.split(',').count()].join(", ");
        let mut insert =
            transaction.prepare(&format!("INSERT INTO calls ({COLUMNS}) VALUES ({marks})"))?;
        for record in records {
            insert.execute(params![
                signed(record.time_ms),
                record.tool,
                record.era,
                record.client,
                record.tokens,
                record.exact_tokens,
                record.bytes,
                record.items,
                record.page_size,
                record.page_size_asked,
                record.budget,
                record.cut,
                record.next,
                record.follows,
                signed(record.micros),
                record.upstream_requests,
                record.cache_hits,
                record.upstream_left,
                record.error,
                record.bridged_calls,
                record.transport,
            ])?;
        }
        drop(insert);
        transaction.commit()
    }

    /// The records since `since_ms` (milliseconds since the Unix epoch), as they were written.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn records(&self, since_ms: u64) -> Result<Vec<Record>, StoreError> {
        let read = || -> Result<Vec<Record>, rusqlite::Error> {
            self.connection
                .prepare(&format!(
                    "SELECT {COLUMNS} FROM calls WHERE time_ms >= ?1 ORDER BY id"
                ))?
                .query_map([signed(since_ms)], record)?
                .collect()
        };
        read().map_err(|source| self.failure(source))
    }

    /// How many records were lost since `since_ms`.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn dropped(&self, since_ms: u64) -> Result<u64, StoreError> {
        self.connection
            .query_row(
                "SELECT coalesce(sum(records), 0) FROM dropped WHERE time_ms >= ?1",
                [signed(since_ms)],
                |row| row.get::<_, i64>(0),
            )
            .map(unsigned)
            .map_err(|source| self.failure(source))
    }

    /// Whether the path still names the file that is open: not once somebody moved or removed it.
    pub(crate) fn is_at_its_path(&self) -> bool {
        self.identity == Identity::of(&self.path)
    }

    /// No page past this many can be written: a full disk, for tests.
    #[cfg(test)]
    pub(crate) fn limit_pages(&self, pages: u32) {
        self.connection
            .pragma_update_and_check(None, "max_page_count", pages, |_| Ok(()))
            .unwrap();
    }

    fn failure(&self, source: rusqlite::Error) -> StoreError {
        failure(&self.path, source)
    }
}

fn make_file(path: &Path) -> io::Result<()> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    let mut options = fs::OpenOptions::new();
    options.append(true).create(true);
    // SQLite gives its logs the same mode
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path).map(drop)
}

fn known() -> i64 {
    i64::try_from(MIGRATIONS.len()).unwrap_or(i64::MAX)
}

fn record(row: &Row<'_>) -> Result<Record, rusqlite::Error> {
    Ok(Record {
        time_ms: unsigned(row.get("time_ms")?),
        tool: row.get("tool")?,
        era: row.get("era")?,
        client: row.get("client")?,
        tokens: row.get("tokens")?,
        exact_tokens: row.get("exact_tokens")?,
        bytes: row.get("bytes")?,
        items: row.get("items")?,
        page_size: row.get("page_size")?,
        page_size_asked: row.get("page_size_asked")?,
        budget: row.get("budget")?,
        cut: row.get("cut")?,
        next: row.get("next")?,
        follows: row.get("follows")?,
        micros: unsigned(row.get("micros")?),
        upstream_requests: row.get("upstream_requests")?,
        cache_hits: row.get("cache_hits")?,
        upstream_left: row.get("upstream_left")?,
        error: row.get("error")?,
        bridged_calls: row.get("bridged_calls")?,
        transport: row.get("transport")?,
    })
}

// SQLite's integers are signed; figures past the middle are no figures any more
fn signed(value: u64) -> i64 {
    i64::try_from(value).unwrap_or(i64::MAX)
}

fn unsigned(value: i64) -> u64 {
    u64::try_from(value).unwrap_or(0)
}
