"""`find_notes`: lists notes, by pages."""

from typing import Annotated

from mcp.types import ToolAnnotations
from pydantic import Field

from .. import cursor, validation
from ..answer import Answer, one_line
from ..store import Summary
from ..tool import Arguments, Opaque, PageSize, Query, State, Tool, opaque

_EXCERPT = 80


class FindNotes(Arguments):
    """Arguments of `find_notes`."""

    query: Annotated[
        Query, Field(description="Text that the name or content holds; empty finds all notes.")
    ] = ""
    page_size: Annotated[PageSize, Field(description="Notes on a page, at most 50.")] = (
        validation.PAGE_SIZE
    )
    cursor: Annotated[
        Opaque | None,
        opaque("cursor"),
        Field(description="Where to go on: the cursor of the page before, with the same `query`."),
    ] = None


def run(state: State, arguments: FindNotes) -> str:
    """List the notes."""
    after = ""
    if arguments.cursor:
        after = cursor.unseal(state.sealer, arguments.query, arguments.cursor)
    found, total = state.store.find(arguments.query, after, arguments.page_size)
    if not found:
        return _nothing(arguments)
    answer = Answer()
    shown = 0
    for note in found:
        if not answer.entry(_entry(note)):
            break
        shown += 1
    if shown < total:
        next_cursor = cursor.seal(state.sealer, arguments.query, found[shown - 1].name)
        answer.more(f"{total - shown} further", f"cursor={next_cursor}")
    return str(answer)


def _entry(note: Summary) -> str:
    first_line = next((line for line in note.start.splitlines() if line.strip()), "")
    excerpt = one_line(first_line, _EXCERPT)
    return f"{note.name} - {excerpt} ({note.length} characters, changed {note.updated[:10]})"


def _nothing(arguments: FindNotes) -> str:
    if arguments.cursor:
        return "No further notes. Call find_notes without cursor to start again."
    if arguments.query:
        return (
            f"No note holds {one_line(arguments.query, 100)!r}. "
            "Try a shorter or another word, or an empty query to see all notes."
        )
    return "There are no notes yet. Add one with add_note."


TOOL = Tool(
    name="find_notes",
    title="Find notes",
    description=(
        "Finds notes whose name or content holds `query` (capitals do not matter), sorted by name. "
        "Returns one line a note behind `| `: name, first line, length, day of the last change; "
        "and at the end, where there are more, the `cursor` of the next page of `page_size` notes. "
        "Changes nothing. Not for the text of a note: use read_note."
    ),
    annotations=ToolAnnotations(
        read_only_hint=True, destructive_hint=False, idempotent_hint=True, open_world_hint=False
    ),
    arguments=FindNotes,
    run=run,
)
