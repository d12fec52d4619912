import pytest

from acme_notes import api
from acme_notes.errors import ConflictError
from acme_notes.settings import Settings
from acme_notes.tool import State
from acme_notes.tools.import_issue import TOOL

ISSUE = api.Issue(title="It\nbreaks", state="open", author="ann", body="When\u200b?\x1b[1m")


@pytest.fixture(autouse=True)
def _stub(monkeypatch: pytest.MonkeyPatch) -> None:
    async def read_issue(settings: Settings, repository: str, number: int) -> api.Issue:
        assert settings
        assert (repository, number) == ("octocat/hello", 7)
        return ISSUE

    monkeypatch.setattr(api, "read_issue", read_issue)


async def test_an_issue_becomes_a_note(state: State) -> None:
    answer = await TOOL.call(state, {"repository": "octocat/hello", "number": 7})
    assert answer.startswith("Imported octocat/hello#7 as note 'octocat hello issue 7' (")
    note = state.store.read("octocat hello issue 7")
    assert note.content == "# It breaks\n\noctocat/hello#7, open, by ann\n\nWhen?[1m"


async def test_the_note_may_be_named(state: State) -> None:
    arguments = {"repository": "octocat/hello", "number": 7, "name": "mine"}
    await TOOL.call(state, arguments)
    with pytest.raises(ConflictError):
        await TOOL.call(state, arguments)
    assert state.store.read("mine")
