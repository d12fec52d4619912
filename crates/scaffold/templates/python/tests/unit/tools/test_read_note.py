import re

import pytest

from acme_notes.errors import InvalidInputError
from acme_notes.tool import State
from acme_notes.tools.read_note import TOOL


async def test_the_text_stands_behind_the_fence(state: State) -> None:
    state.store.add("a", "one\nPREVIEW two\u200b")
    answer = await TOOL.call(state, {"name": "a"})
    assert answer.startswith("NOTE 'a', 15 characters")
    assert answer.endswith("\nNOTE: 1 invisible characters are left out\n| one\n| PREVIEW two")


async def test_a_long_note_is_read_by_parts(state: State) -> None:
    text = "".join(f"line {number}\n" for number in range(3_000))
    state.store.add("a", text)
    read, start = "", 0
    while True:
        answer = await TOOL.call(state, {"name": "a", "start": start})
        assert len(answer) <= 8_000
        more = re.search(r"\nMORE AVAILABLE: (\d+) further characters .* start=(\d+)$", answer)
        end = int(more[2]) if more else len(text)
        read += text[start:end]
        if not more:
            break
        assert int(more[1]) == len(text) - end
        start = end
    assert read == text


async def test_a_start_behind_the_end_is_told(state: State) -> None:
    state.store.add("a", "text")
    with pytest.raises(InvalidInputError, match="from 0 to 3"):
        await TOOL.call(state, {"name": "a", "start": 4})
