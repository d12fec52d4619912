"""Actions that cannot be undone: previewed first, then done with the preview's token."""

import json
from collections.abc import Awaitable, Callable
from typing import Annotated

from pydantic import Field

from .answer import Answer
from .confirm import TOKEN_SECONDS
from .details import done
from .listing import entry
from .tool import Arguments, Opaque, State, flag, opaque


class Confirmed(Arguments):
    """Arguments of every tool that previews first."""

    confirm: Annotated[
        bool, flag("confirm"), Field(description="false previews; true acts, with the token.")
    ] = False
    confirm_token: Annotated[
        Opaque | None,
        opaque("confirm_token"),
        Field(description="Token of the preview, needed when `confirm` is true."),
    ] = None


async def confirmed(
    state: State,
    tool: str,
    arguments: Confirmed,
    present: object,
    act: Callable[[], Awaitable[object]],
) -> str:
    """Preview, or do what was previewed. `present` is the object as it is now, where known."""
    call = arguments.model_dump_json(exclude={"confirm", "confirm_token"}, exclude_none=True)
    seen = json.dumps(present, sort_keys=True)
    if arguments.confirm:
        state.confirmations.redeem(arguments.confirm_token, tool, call, seen)
        return done(f"Done: {tool}.", await act())
    token = state.confirmations.issue(tool, call, seen)
    answer = Answer()
    answer.line(
        f"PREVIEW - no action taken. Would call the API's {tool} with these arguments, "
        "which cannot be undone:"
    )
    answer.entry(call)
    if present is not None:
        answer.line("The object is now:")
        answer.entry(entry(present))
    answer.line(
        f"To do it: show this to the user, then call {tool} again with the same arguments, "
        f"confirm=true and confirm_token={token} (once, within {TOKEN_SECONDS // 60} minutes, "
        "and only while the object is unchanged)."
    )
    return str(answer)
