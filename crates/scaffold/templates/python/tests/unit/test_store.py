import sqlite3
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from acme_notes.errors import (
    ConflictError,
    NotFoundError,
    UnavailableError,
)
from acme_notes.store import Store


def test_a_note_is_kept_in_the_file(tmp_path: Path) -> None:
    path = tmp_path / "new folder" / "notes.sqlite3"
    first = Store(path)
    first.add("a", "text")
    first.close()
    second = Store(path)
    assert second.read("a").content == "text"
    second.close()


def test_servers_that_start_at_once_share_a_new_file(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        stores = list(pool.map(Store, [tmp_path / "notes.sqlite3"] * 8))
    stores[0].add("a", "text")
    assert stores[-1].read("a").content == "text"
    for store in stores:
        store.close()


def test_stores_share_nothing() -> None:
    one, other = Store(None), Store(None)
    one.add("a", "text")
    assert other.find("", "", 9) == ([], 0)
    one.close()
    other.close()


def test_a_name_is_not_overwritten_unasked(store: Store) -> None:
    store.add("a", "first")
    with pytest.raises(ConflictError, match="replace=true"):
        store.add("a", "second")
    old = store.add("a", "second", replace=True)
    assert old is not None
    assert old.content == "first"
    assert store.read("a").content == "second"


def test_a_missing_note_is_told(store: Store) -> None:
    with pytest.raises(NotFoundError, match="call find_notes"):
        store.read("a")


def test_a_changed_note_is_not_deleted(store: Store) -> None:
    store.add("a", "first")
    seen = store.read("a")
    store.add("a", "second", replace=True)
    assert not store.delete(seen)
    assert store.delete(store.read("a"))


def test_a_note_of_the_same_name_is_another_note(store: Store) -> None:
    store.add("a", "text")
    seen = store.read("a")
    store.delete(seen)
    store.add("a", "text")
    assert store.read("a").state != seen.state


def test_pages_go_on_after_a_name(store: Store) -> None:
    for name in "cab":
        store.add(name, "text")
    found, total = store.find("", "a", 1)
    assert [note.name for note in found] == ["b"]
    assert total == 2


@pytest.mark.parametrize("query", ["%", "_", "\\", "a%c"])
def test_wildcards_are_plain_characters(store: Store, query: str) -> None:
    store.add("abc", "text")
    assert store.find(query, "", 9) == ([], 0)
    store.add("with", f"it: {query}")
    assert [note.name for note in store.find(query, "", 9)[0]] == ["with"]


def test_completion_gives_names_by_their_start(store: Store) -> None:
    for name in ("beta", "alpha", "al%"):
        store.add(name, "text")
    assert store.complete("al", 9) == ["al%", "alpha"]
    assert store.complete("al%", 9) == ["al%"]


def test_a_locked_database_is_told(store: Store, tmp_path: Path) -> None:
    store._connection.execute("PRAGMA busy_timeout = 10")  # noqa: SLF001 - five seconds are long
    other = sqlite3.connect(tmp_path / "notes.sqlite3", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(UnavailableError, match="database does not answer"):
        store.add("a", "text")
    other.close()
    store.add("a", "text")
