"""PLANTED G02: a cursor that makes no sense is an internal error (-32603)."""

from base import INTERNAL, RpcError
from sound_billing import make

server = make()
build = server.list_page


def clumsy(kind, entries, cursor):
    try:
        return build(kind, entries, cursor)
    except RpcError:
        raise RpcError(INTERNAL, "Internal error") from None


server.list_page = clumsy
server.run()
