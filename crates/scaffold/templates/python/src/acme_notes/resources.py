"""Resources: each note as `note://NAME`, listed by pages."""

from urllib.parse import quote, unquote

from mcp.types import Resource, ResourceTemplate

from . import cursor, validation
from .answer import CHARACTERS_PER_TOKEN, HARD_TOKENS, clean, one_line
from .errors import InvalidInputError, NotFoundError
from .tool import State

MIME_TYPE = "text/markdown"
PAGE_SIZE = 50
_SCHEME = "note://"
_COMPLETIONS = 50
# a client shows the whole resource to a model, so the cap of answers holds here too
_LONGEST = HARD_TOKENS * CHARACTERS_PER_TOKEN - 400
_QUESTION = "resources/list"

TEMPLATE = ResourceTemplate(
    name="note",
    title="Note",
    uri_template="note://{name}",
    description="The text of the note with this name (percent-encoded), as other people wrote it.",
    mime_type=MIME_TYPE,
)


def page(state: State, at: str | None) -> tuple[list[Resource], str | None]:
    """Give a page of the notes, and the cursor of the next."""
    after = ""
    if at is not None:
        at = validation.opaque(at, "cursor")
        after = cursor.unseal(state.sealer, _QUESTION, at)
    found, total = state.store.find("", after, PAGE_SIZE)
    listed = [
        Resource(
            uri=_SCHEME + quote(note.name, safe=""),
            name=note.name,
            description=f"Note of {note.length} characters, changed {note.updated[:10]}",
            mime_type=MIME_TYPE,
        )
        for note in found
    ]
    more = cursor.seal(state.sealer, _QUESTION, found[-1].name) if len(found) < total else None
    return listed, more


def read(state: State, uri: str) -> str:
    """Give the text of a note, without invisible characters."""
    if not uri.startswith(_SCHEME):
        raise _unknown(uri)
    try:
        name = validation.note_name(unquote(uri.removeprefix(_SCHEME), errors="strict"))
    except (InvalidInputError, UnicodeDecodeError):
        raise _unknown(uri) from None
    text = clean(state.store.read(name).content)
    if len(text) <= _LONGEST:
        return text
    rest = f"MORE AVAILABLE: {len(text) - _LONGEST} further characters - call read_note"
    return f"{text[:_LONGEST]}\n{rest} with start={_LONGEST}"


def complete(state: State, template: str, argument: str, value: str) -> list[str]:
    """Give the names that begin with what was typed."""
    if template != TEMPLATE.uri_template or argument != "name":
        return []
    return state.store.complete(value[: validation.NAME_LENGTH], _COMPLETIONS)


def _unknown(uri: str) -> NotFoundError:
    return NotFoundError(
        f"there is no resource {one_line(uri, 200)!r}",
        cause="resources are note://NAME, with the name percent-encoded",
        hint="see resources/list",
    )
