"""Opaque cursors: where a list goes on, bound to the question that the list answers."""

import json

from .errors import InvalidInputError
from .sealing import Sealer, digest

_PURPOSE = "cursor"
_AGAIN = "call again without cursor to start at the first page"


def seal(sealer: Sealer, question: str, position: str) -> str:
    """Make the cursor that goes on after a position in the list for a question."""
    return sealer.seal(_PURPOSE, json.dumps([digest(question), position]).encode())


def unseal(sealer: Sealer, question: str, cursor: str) -> str:
    """Give the position back, if the cursor was made by this process for this question."""
    payload = sealer.open(_PURPOSE, cursor)
    if payload is None:
        raise InvalidInputError(
            "cursor is not one of this server's",
            cause="it was changed, cut short, or made by an earlier run of the server",
            hint=_AGAIN,
        )
    bound, position = json.loads(payload)
    if bound != digest(question):
        raise InvalidInputError(
            "cursor belongs to another query",
            cause="a cursor goes on only with the query that it was given for",
            hint=f"repeat the arguments of the call that gave this cursor, or {_AGAIN}",
        )
    return str(position)
