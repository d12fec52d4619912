"""PLANTED G02: a cursor that makes no sense is taken for the first page."""

from base import RpcError
from sound_wiki import make

server = make()
build = server.list_page


def lenient(kind, entries, cursor):
    try:
        return build(kind, entries, cursor)
    except RpcError:
        return build(kind, entries, None)


server.list_page = lenient
server.run()
