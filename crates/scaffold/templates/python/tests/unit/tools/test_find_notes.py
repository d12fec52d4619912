import re
from typing import Any

import pytest

from acme_notes.errors import InvalidInputError
from acme_notes.tool import State
from acme_notes.tools.find_notes import TOOL


async def test_a_line_says_what_a_note_is(state: State) -> None:
    state.store.add("list", "\n  milk  and\nbread")
    line = await TOOL.call(state, {"query": "MILK"})
    assert re.fullmatch(r"\| list - milk and \(18 characters, changed \d{4}-\d\d-\d\d\)", line)


async def test_nothing_found_says_what_to_try(state: State) -> None:
    assert "Add one with add_note" in await TOOL.call(state, {})
    assert "Try a shorter or another word" in await TOOL.call(state, {"query": "x"})


async def test_pages_lead_through_all_notes(state: State) -> None:
    names = [f"{number:03}" for number in range(120)]
    for name in names:
        state.store.add(name, "text")
    found: list[str] = []
    arguments: dict[str, Any] = {"page_size": 1_000_000}
    while True:
        answer = await TOOL.call(state, arguments)
        entries = [line for line in answer.split("\n") if line.startswith("| ")]
        assert len(entries) <= 50
        found += [entry[2:5] for entry in entries]
        if "MORE AVAILABLE" not in answer:
            break
        assert f"MORE AVAILABLE: {120 - len(found)} further - call again" in answer
        arguments = {"page_size": 50, "cursor": answer.rsplit("cursor=", 1)[1]}
    assert found == names


async def test_a_page_stays_within_its_budget(state: State) -> None:
    for number in range(60):
        state.store.add(f"{number:03}" + "n" * 250, "word " * 100)
    answer = await TOOL.call(state, {"page_size": 50})
    assert len(answer) <= 8_000
    assert "MORE AVAILABLE" in answer


async def test_a_cursor_is_for_its_query(state: State) -> None:
    for name in "ab":
        state.store.add(name, "text")
    cursor = (await TOOL.call(state, {"page_size": 1})).rsplit("cursor=", 1)[1]
    with pytest.raises(InvalidInputError, match="another query"):
        await TOOL.call(state, {"query": "text", "cursor": cursor})
