import pytest

from acme_notes import resources
from acme_notes.errors import (
    InvalidInputError,
    NotFoundError,
)
from acme_notes.tool import State


def test_a_note_is_read_by_its_encoded_name(state: State) -> None:
    state.store.add("Caf\u00e9 list", "a\u200bb")
    ((listed,), following) = resources.page(state, None)
    assert listed.uri == "note://Caf%C3%A9%20list"
    assert following is None
    assert resources.read(state, listed.uri) == "ab"


@pytest.mark.parametrize(
    "uri", ["note://none", "note://..%2Fx", "note://", "file:///etc/passwd", "note://%ff"]
)
def test_a_missing_resource_is_an_error(state: State, uri: str) -> None:
    with pytest.raises(NotFoundError):
        resources.read(state, uri)


def test_notes_are_listed_by_pages(state: State) -> None:
    for number in range(70):
        state.store.add(f"{number:03}", "text")
    first, cursor = resources.page(state, None)
    second, end = resources.page(state, cursor)
    assert [len(first), len(second), end] == [50, 20, None]
    assert len({note.uri for note in first + second}) == 70


def test_a_cursor_of_find_notes_is_not_one_of_resources(state: State) -> None:
    with pytest.raises(InvalidInputError, match="not one of this server's"):
        resources.page(state, "bm90aGluZw")


def test_a_huge_note_is_cut_at_the_cap(state: State) -> None:
    state.store.add("big", "x" * 100_000)
    text = resources.read(state, "note://big")
    assert len(text) <= 40_000
    assert "call read_note with start=" in text


def test_names_are_completed(state: State) -> None:
    state.store.add("alpha", "text")
    assert resources.complete(state, "note://{name}", "name", "al") == ["alpha"]
    assert resources.complete(state, "note://{name}", "other", "al") == []
