import pytest

from acme_notes.actions import Confirmed, confirmed
from acme_notes.errors import ConflictError, RefusedError
from acme_notes.tool import State

from support import token_of


class Deeds:
    """What was done."""

    def __init__(self) -> None:
        self.count = 0

    async def act(self) -> object:
        self.count += 1
        return {"id": 7}


async def test_a_preview_comes_first_and_its_token_works_once(state: State) -> None:
    deeds, present = Deeds(), {"id": 7, "name": "n"}
    preview = await confirmed(state, "drop", Confirmed(), present, deeds.act)
    assert preview.startswith("PREVIEW - no action taken.")
    assert "| id: 7, name: n" in preview
    assert deeds.count == 0
    again = Confirmed(confirm=True, confirm_token=token_of(preview))
    assert "Done: drop." in await confirmed(state, "drop", again, present, deeds.act)
    with pytest.raises(RefusedError, match="used before"):
        await confirmed(state, "drop", again, present, deeds.act)
    assert deeds.count == 1


async def test_a_changed_object_is_not_acted_on(state: State) -> None:
    deeds = Deeds()
    preview = await confirmed(state, "drop", Confirmed(), {"v": 1}, deeds.act)
    again = Confirmed(confirm=True, confirm_token=token_of(preview))
    with pytest.raises(ConflictError):
        await confirmed(state, "drop", again, {"v": 2}, deeds.act)
    with pytest.raises(RefusedError, match="other arguments"):
        await confirmed(state, "drop_other", again, {"v": 1}, deeds.act)
    with pytest.raises(RefusedError, match="no confirm_token"):
        await confirmed(state, "drop", Confirmed(confirm=True), None, deeds.act)
    assert deeds.count == 0
