"""Where notes are kept: one SQLite file, or memory in tests."""

import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from .errors import ConflictError, NotFoundError, UnavailableError

_BUSY_SECONDS = 5.0
_SCHEMA = """
CREATE TABLE IF NOT EXISTS notes (
    id INTEGER PRIMARY KEY AUTOINCREMENT, -- never used again, so a revision is of one note only
    name TEXT NOT NULL UNIQUE,
    content TEXT NOT NULL,
    revision INTEGER NOT NULL,
    created TEXT NOT NULL,
    updated TEXT NOT NULL
) STRICT
"""
_COUNT = r"""
SELECT count(*) FROM notes
WHERE (name LIKE ? ESCAPE '\' OR content LIKE ? ESCAPE '\') AND name > ?
"""
_PAGE = r"""
SELECT name, substr(content, 1, 400), length(content), updated FROM notes
WHERE (name LIKE ? ESCAPE '\' OR content LIKE ? ESCAPE '\') AND name > ?
ORDER BY name LIMIT ?
"""


@dataclass(frozen=True)
class Note:
    """A note as it is kept."""

    id: int
    name: str
    content: str
    revision: int
    created: str
    updated: str

    @property
    def state(self) -> str:
        """What differs as soon as anybody changes the note."""
        return f"{self.id}.{self.revision}"


@dataclass(frozen=True)
class Summary:
    """A note as a list shows it."""

    name: str
    start: str
    length: int
    updated: str


class Store:
    """The notes of one server. Its methods may be called from any thread."""

    def __init__(self, path: Path | None) -> None:
        """Open the file, which is made if there is none; without a path, keep notes in memory."""
        if path is not None:
            # other users of the machine have no business with the notes
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._lock = threading.Lock()
        self._connection = sqlite3.connect(
            path or ":memory:",
            timeout=_BUSY_SECONDS,
            check_same_thread=False,
            isolation_level=None,
        )
        self._prepare()

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._connection.close()

    def add(self, name: str, content: str, *, replace: bool = False) -> Note | None:
        """Keep a note; give the one that it replaced."""
        now = datetime.now(UTC).isoformat(timespec="seconds")
        with self._transaction() as cursor:
            old = _find(cursor, name)
            if old is None:
                cursor.execute(
                    "INSERT INTO notes (name, content, revision, created, updated)"
                    " VALUES (?, ?, 1, ?, ?)",
                    (name, content, now, now),
                )
            elif replace:
                cursor.execute(
                    "UPDATE notes SET content = ?, revision = revision + 1, updated = ?"
                    " WHERE name = ?",
                    (content, now, name),
                )
            else:
                raise ConflictError(
                    f"there is a note {name!r} already",
                    cause="nothing was written, so that it is not lost",
                    hint="choose another name, or call add_note with replace=true to overwrite it",
                )
            return old

    def read(self, name: str) -> Note:
        """Give a note."""
        with self._transaction() as cursor:
            note = _find(cursor, name)
        if note is None:
            raise missing(name)
        return note

    def delete(self, note: Note) -> bool:
        """Delete a note if nobody changed it since it was read; tell whether it was deleted."""
        with self._transaction() as cursor:
            cursor.execute(
                "DELETE FROM notes WHERE id = ? AND revision = ?", (note.id, note.revision)
            )
            return cursor.rowcount == 1

    def find(self, query: str, after: str, count: int) -> tuple[list[Summary], int]:
        """Give the first notes after a name that hold a text, and how many there are after it."""
        pattern = f"%{_escape(query)}%"
        with self._transaction() as cursor:
            cursor.execute(_COUNT, (pattern, pattern, after))
            (total,) = cursor.fetchone()
            cursor.execute(_PAGE, (pattern, pattern, after, count))
            return [Summary(*row) for row in cursor.fetchall()], total

    def complete(self, start: str, count: int) -> list[str]:
        """Give the names that begin with a text."""
        with self._transaction() as cursor:
            cursor.execute(
                r"SELECT name FROM notes WHERE name LIKE ? ESCAPE '\' ORDER BY name LIMIT ?",
                (f"{_escape(start)}%", count),
            )
            return [name for (name,) in cursor.fetchall()]

    def _prepare(self) -> None:
        give_up = time.monotonic() + _BUSY_SECONDS
        while True:
            try:
                self._connection.execute("PRAGMA journal_mode = WAL")
                self._connection.execute(_SCHEMA)
            except sqlite3.OperationalError as error:
                # the change to WAL does not wait for other processes that start just now
                if error.sqlite_errorcode != sqlite3.SQLITE_BUSY or time.monotonic() > give_up:
                    raise
                time.sleep(0.02)
            else:
                return

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Cursor]:
        with self._lock, closing(self._connection.cursor()) as cursor:
            try:
                cursor.execute("BEGIN IMMEDIATE")
                try:
                    yield cursor
                except BaseException:
                    cursor.execute("ROLLBACK")
                    raise
                cursor.execute("COMMIT")
            except sqlite3.Error as error:
                raise UnavailableError(
                    "the database does not answer",
                    cause=f"it is locked, full or damaged ({type(error).__name__})",
                    hint="try again in a minute, then tell the operator to look at the database",
                ) from error


def missing(name: str) -> NotFoundError:
    """Tell that there is no such note."""
    return NotFoundError(
        f"there is no note {name!r}",
        cause="it was never added, has another name, or was deleted",
        hint="call find_notes to see which notes there are",
    )


def _find(cursor: sqlite3.Cursor, name: str) -> Note | None:
    cursor.execute(
        "SELECT id, name, content, revision, created, updated FROM notes WHERE name = ?", (name,)
    )
    row = cursor.fetchone()
    return None if row is None else Note(*row)


def _escape(text: str) -> str:
    """Make the wildcards of LIKE plain characters."""
    return text.replace("\\", r"\\").replace("%", r"\%").replace("_", r"\_")
