"""PLANTED G01: the second page of tools leads back to the first, with another cursor."""

from base import INVALID_PARAMS, RpcError
from sound_wiki import make

server = make()
build = server.list_page


def looping(kind, entries, cursor):
    if kind != "tools":
        return build(kind, entries, cursor)
    if cursor not in (None, "one", "two"):
        raise RpcError(INVALID_PARAMS, "tools: not a cursor of this list")
    start = 2 if cursor == "two" else 0
    return {"tools": entries[start:start + 2], "nextCursor": "one" if cursor == "two" else "two"}


server.list_page = looping
server.run()
