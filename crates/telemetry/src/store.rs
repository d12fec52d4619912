//! The `SQLite` file that keeps the records: schema, appending, reading, retention.
//!
//! Several processes append to one file at once: write-ahead log, short immediate transactions and
//! a busy timeout. To change the schema add a step to [`MIGRATIONS`]; never edit one that was
//! released.

use std::{
    fs, io,
    path::{Path, PathBuf},
    time::Duration,
};

use rusqlite::{Connection, ErrorCode, OpenFlags, Row, TransactionBehavior, params};

use crate::record::Record;

/// Marks the file as ours (`PRAGMA application_id`): "SWLT".
const APPLICATION_ID: i64 = 0x5357_4C54;
/// How long a write waits for another process's.
const BUSY: Duration = Duration::from_secs(5);
/// What the write-ahead log is cut back to after a checkpoint, in bytes.
const LOG_BYTES: i64 = 1 << 20;
/// How full the file is left when the size limit bites, in percent: not at every turn again.
const REFILL_PERCENT: u64 = 80;

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

/// What goes wrong with the file, as far as the remedy differs.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// There is no file yet, or it holds no schema yet.
    #[error("there is no telemetry at {}", path.display())]
    Missing {
        /// Where it was looked for.
        path: PathBuf,
    },
    /// A newer program wrote the file; it was not touched.
    #[error("{} has schema version {found}, this program knows {known}", path.display())]
    Newer {
        /// The file.
        path: PathBuf,
        /// The version it has.
        found: i64,
        /// The newest version that this program knows.
        known: i64,
    },
    /// The file has an older schema and was opened for reading only.
    #[error("{} has schema version {found}, this program reads {known}", path.display())]
    Older {
        /// The file.
        path: PathBuf,
        /// The version it has.
        found: i64,
        /// The version that this program reads.
        known: i64,
    },
    /// The file is a database of another program; it was not touched.
    #[error("{} is a database, but not one of telemetry", path.display())]
    Foreign {
        /// The file.
        path: PathBuf,
    },
    /// The file is no database, or a damaged one.
    #[error("{} is damaged or no database", path.display())]
    Corrupt {
        /// The file.
        path: PathBuf,
        /// What `SQLite` says.
        source: rusqlite::Error,
    },
    /// The folder or the file cannot be made or changed.
    #[error("{} cannot be written", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// Anything else: a full disk, a lock held for too long, a file without permission.
    #[error("{} cannot be used", path.display())]
    Sqlite {
        /// The file.
        path: PathBuf,
        /// What `SQLite` says.
        source: rusqlite::Error,
    },
}

impl StoreError {
    /// What to do about it.
    pub fn hint(&self) -> &'static str {
        match self {
            Self::Missing { .. } => {
                "run a server with telemetry for a while first, or name the file it writes"
            }
            Self::Newer { .. } => "use the newer program, or name another file",
            Self::Older { .. } => "start a server of this version once: it brings the file up",
            Self::Foreign { .. } => "name another file",
            Self::Corrupt { .. } => "a running server moves it aside and begins a new one",
            Self::Io { .. } => "check the permissions of the folder and the space on the disk",
            Self::Sqlite { .. } => {
                "check the file's permissions, the space on the disk, and who else has it open"
            }
        }
    }
}

/// How long and how much is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Retention {
    /// Records older than this many days are removed.
    pub days: u32,
    /// The oldest records are removed while the file holds more than this, in MiB; 0 counts as 1.
    pub megabytes: u32,
}

impl Default for Retention {
    fn default() -> Self {
        Self {
            days: 30,
            megabytes: 64,
        }
    }
}

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
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let mut store = Self::connect(path, flags)?;
        let version = store.version()?;
        if version < known() {
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
        let pragma = |name| -> Result<i64, rusqlite::Error> {
            self.connection
                .pragma_query_value(None, name, |row| row.get(0))
        };
        let read = || -> Result<_, rusqlite::Error> {
            let objects: i64 =
                self.connection
                    .query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))?;
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

    /// Removes what `retention` no longer keeps at `now_ms`, and shrinks the file; answers how
    /// many records went.
    ///
    /// # Errors
    /// The file cannot be written; what was removed before stays removed.
    pub fn retain(&mut self, retention: Retention, now_ms: u64) -> Result<usize, StoreError> {
        self.try_retain(retention, now_ms)
            .map_err(|source| failure(&self.path, source))
    }

    fn try_retain(&mut self, retention: Retention, now_ms: u64) -> Result<usize, rusqlite::Error> {
        let oldest = now_ms.saturating_sub(u64::from(retention.days) * 86_400_000);
        self.connection
            .execute("DELETE FROM dropped WHERE time_ms < ?1", [signed(oldest)])?;
        let mut removed = self
            .connection
            .execute("DELETE FROM calls WHERE time_ms < ?1", [signed(oldest)])?;
        let limit = u64::from(retention.megabytes.max(1)) << 20;
        let held = self.held_bytes()?;
        if held > limit {
            let rows: u64 = self
                .connection
                .query_row("SELECT count(*) FROM calls", [], |row| row.get(0))
                .map(unsigned)?;
            let kept = u128::from(rows) * u128::from(limit) * u128::from(REFILL_PERCENT)
                / 100
                / u128::from(held);
            let excess = rows.saturating_sub(u64::try_from(kept).unwrap_or(rows));
            removed += self.connection.execute(
                "DELETE FROM calls WHERE id IN (SELECT id FROM calls ORDER BY time_ms, id LIMIT ?1)",
                [signed(excess)],
            )?;
        }
        if removed > 0 {
            // it gives a row for each page that it frees, and stops when nobody asks for the next
            let mut vacuum = self.connection.prepare("PRAGMA incremental_vacuum")?;
            let mut pages = vacuum.query([])?;
            while pages.next()?.is_some() {}
            self.connection
                .query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))?;
        }
        Ok(removed)
    }

    /// Bytes of the pages that hold something.
    fn held_bytes(&self) -> Result<u64, rusqlite::Error> {
        let pragma = |name| {
            self.connection
                .pragma_query_value(None, name, |row| row.get(0))
                .map(unsigned)
        };
        let pages = pragma("page_count")?.saturating_sub(pragma("freelist_count")?);
        Ok(pages.saturating_mul(pragma("page_size")?))
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

/// Moves a damaged file and its logs aside, to `NAME.corrupt-TIME`; answers whether it did. A file
/// that is sound by now (another process was first) stays.
///
/// # Errors
/// The file cannot be renamed, or another process is at it.
pub(crate) fn set_aside(path: &Path, now_ms: u64) -> io::Result<bool> {
    // two processes that meet the same damage must not move the second file too
    let lock = fs::File::create(beside(path, "-repair"))?;
    lock.try_lock()?;
    let sound = match Store::open(path) {
        Ok(store) => store
            .connection
            .query_row("PRAGMA integrity_check(1)", [], |row| {
                row.get::<_, String>(0)
            })
            .is_ok_and(|verdict| verdict == "ok"),
        Err(error) => !matches!(error, StoreError::Corrupt { .. }),
    };
    if !sound {
        let aside = beside(path, &format!(".corrupt-{now_ms}"));
        // the logs first: a new file must not meet an old one's
        for suffix in ["-wal", "-shm", ""] {
            match fs::rename(beside(path, suffix), beside(&aside, suffix)) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
                _ => {}
            }
        }
    }
    Ok(!sound)
}

fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    name.into()
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

/// Which file a path names, where the system can say.
#[derive(Debug, PartialEq, Eq)]
struct Identity(u64, u64);

impl Identity {
    #[cfg(unix)]
    fn of(path: &Path) -> Option<Self> {
        use std::os::unix::fs::MetadataExt;
        let metadata = fs::metadata(path).ok()?;
        Some(Self(metadata.dev(), metadata.ino()))
    }

    #[cfg(not(unix))]
    fn of(_: &Path) -> Option<Self> {
        // an open database cannot be moved there
        None
    }
}

fn known() -> i64 {
    i64::try_from(MIGRATIONS.len()).unwrap_or(i64::MAX)
}

fn failure(path: &Path, source: rusqlite::Error) -> StoreError {
    let path = path.to_owned();
    match source.sqlite_error_code() {
        Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => {
            StoreError::Corrupt { path, source }
        }
        _ => StoreError::Sqlite { path, source },
    }
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
