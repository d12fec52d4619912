//! Where notes are kept: one SQLite file, or memory in tests.
//!
//! The file is made at the start, so that a path that cannot work is told at once; the database in
//! it is opened when the first call needs it, so that the start stays quick.

use std::{
    fs, io,
    path::{Path, PathBuf},
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

use rusqlite::{
    Connection, ErrorCode, OptionalExtension, Row, Transaction, TransactionBehavior, params,
};

use crate::kit::{ErrorKind, ToolError};

/// How long another process may hold the database.
const BUSY: Duration = Duration::from_secs(5);
const SCHEMA: &str = "
CREATE TABLE IF NOT EXISTS notes (
    id INTEGER PRIMARY KEY AUTOINCREMENT, -- never used again, so a revision is of one note only
    name TEXT NOT NULL UNIQUE,
    content TEXT NOT NULL,
    revision INTEGER NOT NULL,
    created TEXT NOT NULL,
    updated TEXT NOT NULL
) STRICT";
/// This moment, in UTC.
const NOW: &str = "strftime('%Y-%m-%dT%H:%M:%SZ', 'now')";
const HOLDS: &str = r"(name LIKE ?1 ESCAPE '\' OR content LIKE ?1 ESCAPE '\') AND name > ?2";

/// A note as it is kept.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Note {
    id: i64,
    revision: i64,
    /// Its name.
    pub name: String,
    /// Its text.
    pub content: String,
    /// When it was last changed, in UTC.
    pub updated: String,
}

impl Note {
    /// What differs as soon as anybody changes the note.
    pub fn state(&self) -> String {
        format!("{}.{}", self.id, self.revision)
    }

    /// How many characters its text has.
    pub fn length(&self) -> usize {
        self.content.chars().count()
    }
}

/// A note as a list shows it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Summary {
    /// Its name.
    pub name: String,
    /// How its text begins.
    pub start: String,
    /// How many characters its text has.
    pub length: i64,
    /// When it was last changed, in UTC.
    pub updated: String,
}

impl Summary {
    /// The day of the last change.
    pub fn day(&self) -> &str {
        self.updated.get(..10).unwrap_or(&self.updated)
    }
}

/// What became of a note that was to be kept.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Added {
    /// There was none of its name.
    New,
    /// It took the place of this one.
    Replaced(Note),
    /// There is one of its name, which stays.
    Taken,
}

/// The notes of one server. It may be used from any thread.
#[derive(Debug)]
pub struct Store {
    path: Option<PathBuf>,
    /// Opened when it is first needed.
    connection: Mutex<Option<Connection>>,
}

impl Store {
    /// Keeps notes in a file, which is made if there is none.
    ///
    /// # Errors
    /// It can be neither made nor written.
    pub fn at(path: &Path) -> io::Result<Self> {
        if let Some(folder) = path.parent() {
            make_folder(folder)?;
        }
        let mut options = fs::OpenOptions::new();
        options.create(true).append(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        options.open(path)?;
        Ok(Self {
            path: Some(path.to_owned()),
            connection: Mutex::default(),
        })
    }

    /// Keeps notes in memory.
    pub fn in_memory() -> Self {
        Self {
            path: None,
            connection: Mutex::default(),
        }
    }

    /// Keeps a note.
    ///
    /// # Errors
    /// The database does not work.
    pub fn add(&self, name: &str, content: &str, replace: bool) -> Result<Added, ToolError> {
        self.transaction(TransactionBehavior::Immediate, |transaction| {
            let Some(old) = find(transaction, name)? else {
                let insert = format!(
                    "INSERT INTO notes (name, content, revision, created, updated) \
                     VALUES (?1, ?2, 1, {NOW}, {NOW})"
                );
                transaction.execute(&insert, params![name, content])?;
                return Ok(Added::New);
            };
            if !replace {
                return Ok(Added::Taken);
            }
            let update = format!(
                "UPDATE notes SET content = ?2, revision = revision + 1, updated = {NOW} \
                 WHERE name = ?1"
            );
            transaction.execute(&update, params![name, content])?;
            Ok(Added::Replaced(old))
        })
    }

    /// Gives a note.
    ///
    /// # Errors
    /// There is none of this name, or the database does not work.
    pub fn read(&self, name: &str) -> Result<Note, ToolError> {
        let found = self.transaction(TransactionBehavior::Deferred, |transaction| {
            find(transaction, name)
        })?;
        found.ok_or_else(|| {
            ToolError::new(
                ErrorKind::NotFound,
                format!("there is no note '{name}'"),
                "it was never added, has another name, or was deleted",
                "call find_notes to see which notes there are",
            )
        })
    }

    /// Deletes a note if nobody changed it since it was read; tells whether it was deleted.
    ///
    /// # Errors
    /// The database does not work.
    pub fn delete(&self, note: &Note) -> Result<bool, ToolError> {
        self.transaction(TransactionBehavior::Immediate, |transaction| {
            let delete = "DELETE FROM notes WHERE id = ?1 AND revision = ?2";
            let deleted = transaction.execute(delete, params![note.id, note.revision])?;
            Ok(deleted == 1)
        })
    }

    /// The first notes after a name that hold a text, sorted by name, and how many there are after
    /// it.
    ///
    /// # Errors
    /// The database does not work.
    pub fn find(
        &self,
        query: &str,
        after: &str,
        count: u64,
    ) -> Result<(Vec<Summary>, u64), ToolError> {
        let pattern = format!("%{}%", escape(query));
        self.transaction(TransactionBehavior::Deferred, |transaction| {
            let counting = format!("SELECT count(*) FROM notes WHERE {HOLDS}");
            let total: i64 =
                transaction.query_row(&counting, params![pattern, after], |row| row.get(0))?;
            let mut page = transaction.prepare(&format!(
                "SELECT name, substr(content, 1, 400), length(content), updated FROM notes \
                 WHERE {HOLDS} ORDER BY name LIMIT ?3"
            ))?;
            let count = i64::try_from(count).unwrap_or(i64::MAX);
            let rows = page.query_map(params![pattern, after, count], |row| {
                Ok(Summary {
                    name: row.get(0)?,
                    start: row.get(1)?,
                    length: row.get(2)?,
                    updated: row.get(3)?,
                })
            })?;
            let found = rows.collect::<Result<_, _>>()?;
            Ok((found, u64::try_from(total).unwrap_or_default()))
        })
    }

    /// The names that begin with a text.
    ///
    /// # Errors
    /// The database does not work.
    pub fn complete(&self, start: &str, count: u32) -> Result<Vec<String>, ToolError> {
        let pattern = format!("{}%", escape(start));
        self.transaction(TransactionBehavior::Deferred, |transaction| {
            let mut names = transaction.prepare(
                r"SELECT name FROM notes WHERE name LIKE ?1 ESCAPE '\' ORDER BY name LIMIT ?2",
            )?;
            names
                .query_map(params![pattern, count], |row| row.get(0))?
                .collect()
        })
    }

    fn transaction<T>(
        &self,
        behavior: TransactionBehavior,
        work: impl FnOnce(&Transaction<'_>) -> rusqlite::Result<T>,
    ) -> Result<T, ToolError> {
        let mut kept = self
            .connection
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let worked = (|| {
            let connection = match &mut *kept {
                Some(connection) => connection,
                none => none.insert(open(self.path.as_deref())?),
            };
            let transaction = connection.transaction_with_behavior(behavior)?;
            let done = work(&transaction)?;
            transaction.commit()?;
            Ok(done)
        })();
        worked.map_err(|error: rusqlite::Error| {
            // the text of an error may hold what was asked, so only its kind is told
            let code = error.sqlite_error_code();
            tracing::error!(?code, "the database failed");
            ToolError::new(
                ErrorKind::Unavailable,
                "the database does not answer",
                "it is locked, full or damaged",
                "try again in a minute, then tell the operator to look at the database",
            )
        })
    }
}

/// Other users of the machine have no business with the notes.
fn make_folder(folder: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

fn open(path: Option<&Path>) -> rusqlite::Result<Connection> {
    let connection = match path {
        Some(path) => Connection::open(path)?,
        None => Connection::open_in_memory()?,
    };
    connection.busy_timeout(BUSY)?;
    let give_up = Instant::now() + BUSY;
    loop {
        let prepared = connection
            .pragma_update(None, "journal_mode", "WAL")
            .and_then(|()| connection.execute_batch(SCHEMA));
        match prepared {
            Ok(()) => return Ok(connection),
            // the change to WAL does not wait for other processes that start just now
            Err(error)
                if error.sqlite_error_code() == Some(ErrorCode::DatabaseBusy)
                    && Instant::now() < give_up =>
            {
                std::thread::sleep(Duration::from_millis(20));
            }
            Err(error) => return Err(error),
        }
    }
}

fn find(transaction: &Transaction<'_>, name: &str) -> rusqlite::Result<Option<Note>> {
    let select = "SELECT id, revision, name, content, updated FROM notes WHERE name = ?1";
    let read = |row: &Row<'_>| {
        Ok(Note {
            id: row.get(0)?,
            revision: row.get(1)?,
            name: row.get(2)?,
            content: row.get(3)?,
            updated: row.get(4)?,
        })
    };
    transaction.query_row(select, [name], read).optional()
}

/// Makes the wildcards of LIKE plain characters.
fn escape(text: &str) -> String {
    text.replace('\\', r"\\")
        .replace('%', r"\%")
        .replace('_', r"\_")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(store: &Store, query: &str) -> Vec<String> {
        let (found, _) = store.find(query, "", 100).unwrap();
        found.into_iter().map(|note| note.name).collect()
    }

    #[test]
    fn a_note_is_kept_and_replaced_only_when_asked() {
        let store = Store::in_memory();
        assert_eq!(store.add("a", "one", false).unwrap(), Added::New);
        assert_eq!(store.add("a", "two", false).unwrap(), Added::Taken);
        let first = store.read("a").unwrap();
        assert_eq!(first.content, "one");
        let Added::Replaced(old) = store.add("a", "two", true).unwrap() else {
            panic!("not replaced")
        };
        assert_eq!(old, first);
        let second = store.read("a").unwrap();
        assert_eq!(second.content, "two");
        assert_ne!(first.state(), second.state());
    }

    #[test]
    fn only_the_note_that_was_read_is_deleted() {
        let store = Store::in_memory();
        store.add("a", "one", false).unwrap();
        let read = store.read("a").unwrap();
        store.add("a", "two", true).unwrap();
        assert!(!store.delete(&read).unwrap());
        let read = store.read("a").unwrap();
        assert!(store.delete(&read).unwrap());
        assert_eq!(store.read("a").unwrap_err().kind, ErrorKind::NotFound);
        // another note of the same name is not the one that was read
        store.add("a", "one", false).unwrap();
        assert_ne!(store.read("a").unwrap().state(), read.state());
        assert!(!store.delete(&read).unwrap());
    }

    #[test]
    fn a_query_is_a_text_and_no_pattern() {
        let store = Store::in_memory();
        for (name, content) in [
            ("100%", "x"),
            ("a_b", "y"),
            ("c\u{5c}d", "z"),
            ("e", "100 X"),
        ] {
            store.add(name, content, false).unwrap();
        }
        assert_eq!(names(&store, "%"), ["100%"]);
        assert_eq!(names(&store, "_"), ["a_b"]);
        assert_eq!(names(&store, "\\"), ["c\\d"]);
        assert_eq!(names(&store, "x"), ["100%", "e"]);
        assert!(names(&store, "' OR 1=1 --").is_empty());
    }

    #[test]
    fn pages_follow_one_another() {
        let store = Store::in_memory();
        for number in 0..25 {
            store.add(&format!("{number:02}"), "text", false).unwrap();
        }
        let (found, total) = store.find("", "", 20).unwrap();
        assert_eq!((found.len(), total), (20, 25));
        let (found, total) = store.find("", &found[19].name, 20).unwrap();
        assert_eq!((found.len(), total), (5, 5));
        assert_eq!(store.complete("1", 3).unwrap(), ["10", "11", "12"]);
        assert!(store.complete("%", 3).unwrap().is_empty());
    }

    #[test]
    fn notes_outlive_the_process_and_processes_share_them() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("new/notes.sqlite3");
        let first = Store::at(&path).unwrap();
        let second = Store::at(&path).unwrap();
        first.add("a", "text", false).unwrap();
        assert_eq!(second.read("a").unwrap().content, "text");
        drop((first, second));
        assert_eq!(Store::at(&path).unwrap().read("a").unwrap().length(), 4);
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
            assert_eq!(mode(&path), 0o600);
            assert_eq!(mode(path.parent().unwrap()), 0o700);
        }
    }

    #[test]
    fn a_damaged_file_is_told_without_its_contents() {
        let file = tempfile::NamedTempFile::new().unwrap();
        fs::write(file.path(), "not a database, but a secret ".repeat(100)).unwrap();
        let error = Store::at(file.path()).unwrap().read("a").unwrap_err();
        assert_eq!(error.kind, ErrorKind::Unavailable);
        assert!(!error.text().contains("secret"), "{error}");
    }

    #[test]
    fn a_folder_is_no_file() {
        let folder = tempfile::tempdir().unwrap();
        assert!(Store::at(folder.path()).is_err());
    }
}
