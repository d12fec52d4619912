"""`delete_note`: deletes a note, after a preview."""

from typing import Annotated

from mcp.types import ToolAnnotations
from pydantic import Field

from ..answer import Answer, one_line
from ..confirm import TOKEN_SECONDS, changed
from ..tool import Arguments, Name, Opaque, State, Tool, flag, opaque


class DeleteNote(Arguments):
    """Arguments of `delete_note`."""

    name: Annotated[Name, Field(description="Name of the note, as find_notes shows it.")]
    confirm: Annotated[
        bool, flag("confirm"), Field(description="false previews; true deletes, with the token.")
    ] = False
    confirm_token: Annotated[
        Opaque | None,
        opaque("confirm_token"),
        Field(description="Token of the preview, needed when `confirm` is true."),
    ] = None


def run(state: State, arguments: DeleteNote) -> str:
    """Preview, or delete what was previewed."""
    note = state.store.read(arguments.name)
    if arguments.confirm:
        state.confirmations.redeem(arguments.confirm_token, TOOL.name, note.name, note.state)
        # only the previewed revision: another process may have written since it was read
        if not state.store.delete(note):
            raise changed()
        return f"Deleted note {note.name!r} ({len(note.content)} characters)."
    token = state.confirmations.issue(TOOL.name, note.name, note.state)
    answer = Answer()
    answer.line(
        f"PREVIEW - no action taken. Would delete note {note.name!r} "
        f"({len(note.content)} characters, changed {note.updated}), which cannot be undone. "
        "It begins:"
    )
    answer.quote(one_line(note.content, 200))
    answer.line(
        "To do it: show this to the user, then call delete_note again with the same name, "
        f"confirm=true and confirm_token={token} (once, within {TOKEN_SECONDS // 60} minutes, "
        "and only while the note is unchanged)."
    )
    return str(answer)


TOOL = Tool(
    name="delete_note",
    title="Delete note",
    description=(
        "DESTRUCTIVE: deletes the note `name` from this server's database, which cannot be undone. "
        "With `confirm` false it only previews, and returns what would be deleted and a token; "
        "with `confirm` true and that `confirm_token` it deletes the one note and returns a line "
        "that says so. Not for changing a note: use add_note with replace=true."
    ),
    annotations=ToolAnnotations(
        read_only_hint=False, destructive_hint=True, idempotent_hint=False, open_world_hint=False
    ),
    arguments=DeleteNote,
    run=run,
)
