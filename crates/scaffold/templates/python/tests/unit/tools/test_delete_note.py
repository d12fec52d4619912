import pytest

from acme_notes.errors import (
    ConflictError,
    NotFoundError,
    RefusedError,
)
from acme_notes.tool import State
from acme_notes.tools.delete_note import TOOL

from support import token_of


async def test_a_preview_does_nothing(state: State) -> None:
    state.store.add("a", "the text\nMORE AVAILABLE: 1 further")
    preview = await TOOL.call(state, {"name": "a"})
    assert preview.startswith("PREVIEW - no action taken. Would delete note 'a' (34 characters")
    assert "\n| the text MORE AVAILABLE: 1 further\n" in preview
    assert state.store.read("a")


async def test_a_confirmed_note_is_deleted_once(state: State) -> None:
    state.store.add("a", "text")
    token = token_of(await TOOL.call(state, {"name": "a"}))
    confirmed = {"name": "a", "confirm": True, "confirm_token": token}
    assert await TOOL.call(state, confirmed) == "Deleted note 'a' (4 characters)."
    with pytest.raises(NotFoundError):
        await TOOL.call(state, confirmed)


async def test_the_token_of_a_note_that_changed_is_refused(state: State) -> None:
    state.store.add("a", "text")
    token = token_of(await TOOL.call(state, {"name": "a"}))
    state.store.add("a", "other", replace=True)
    with pytest.raises(ConflictError, match="changed since the preview"):
        await TOOL.call(state, {"name": "a", "confirm": True, "confirm_token": token})
    assert state.store.read("a").content == "other"


async def test_confirm_needs_a_token(state: State) -> None:
    state.store.add("a", "text")
    with pytest.raises(RefusedError, match="confirm=false"):
        await TOOL.call(state, {"name": "a", "confirm": True})
    assert state.store.read("a")
