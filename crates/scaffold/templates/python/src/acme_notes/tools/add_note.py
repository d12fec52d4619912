"""`add_note`: keeps a note."""

from typing import Annotated

from mcp.types import ToolAnnotations
from pydantic import Field

from ..tool import Arguments, Content, Name, State, Tool, flag


class AddNote(Arguments):
    """Arguments of `add_note`."""

    name: Annotated[Name, Field(description="Name of the note, such as `shopping list`.")]
    content: Annotated[Content, Field(description="Text to keep; Markdown, lines allowed.")]
    replace: Annotated[
        bool,
        flag("replace"),
        Field(description="true overwrites the note that has this name already."),
    ] = False


def run(state: State, arguments: AddNote) -> str:
    """Keep the note."""
    old = state.store.add(arguments.name, arguments.content, replace=arguments.replace)
    kept = f"{len(arguments.content)} characters"
    if old is None:
        return f"Added note {arguments.name!r} ({kept})."
    return (
        f"Replaced note {arguments.name!r} ({kept}); "
        f"its former text ({len(old.content)} characters, of {old.updated}) is gone."
    )


TOOL = Tool(
    name="add_note",
    title="Add note",
    description=(
        "Adds a note: writes `name` and `content` to this server's database. A name that is taken "
        "is refused, unless `replace` is true: then the former text is overwritten and cannot be "
        "brought back. Returns one line with the name, the length, and what was replaced. "
        "Not for reading or changing parts of a note: use read_note, then add the whole text."
    ),
    annotations=ToolAnnotations(
        read_only_hint=False, destructive_hint=True, idempotent_hint=False, open_world_hint=False
    ),
    arguments=AddNote,
    run=run,
)
