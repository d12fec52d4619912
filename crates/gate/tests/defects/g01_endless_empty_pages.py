"""PLANTED G01: the list of prompts never ends: after the last prompt there come empty pages, each with a new cursor."""

from base import INVALID_PARAMS, RpcError, read_cursor, write_cursor
from sound_tickets import make

server = make()
build = server.list_page


def endless(kind, entries, cursor):
    if kind != "prompts":
        return build(kind, entries, cursor)
    start = 0 if cursor is None else read_cursor(cursor) if isinstance(cursor, str) else None
    if start is None:
        raise RpcError(INVALID_PARAMS, "prompts: not a cursor of this list")
    return {"prompts": entries[start:start + 1], "nextCursor": write_cursor(start + 1)}


server.list_page = endless
server.run()
