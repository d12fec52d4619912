import pytest

from acme_notes.errors import ConflictError
from acme_notes.tool import State
from acme_notes.tools.add_note import TOOL


async def test_a_note_is_added(state: State) -> None:
    answer = await TOOL.call(state, {"name": "a", "content": "text"})
    assert answer == "Added note 'a' (4 characters)."
    assert state.store.read("a").content == "text"


async def test_a_taken_name_is_refused(state: State) -> None:
    await TOOL.call(state, {"name": "a", "content": "text"})
    with pytest.raises(ConflictError, match="replace=true"):
        await TOOL.call(state, {"name": "a", "content": "other"})
    assert state.store.read("a").content == "text"


async def test_what_is_replaced_is_told(state: State) -> None:
    await TOOL.call(state, {"name": "a", "content": "text"})
    answer = await TOOL.call(state, {"name": "a", "content": "other", "replace": True})
    assert answer.startswith("Replaced note 'a' (5 characters); its former text (4 characters")
