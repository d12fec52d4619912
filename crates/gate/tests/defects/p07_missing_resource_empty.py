"""PLANTED P07: a resource that does not exist is read as an empty list of contents."""

from base import RpcError
from sound_calendar import make

server = make()
read = server.read_resource


def lenient(uri, call):
    try:
        return read(uri, call)
    except RpcError:
        return {"contents": []}


server.read_resource = lenient
server.run()
