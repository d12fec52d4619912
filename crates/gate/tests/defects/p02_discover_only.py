"""PLANTED P02: knows 2026-07-28 alone; initialize is an unknown method to it."""

from base import NO_METHOD, RpcError
from sound_contacts import make

server = make()


def initialize(params):
    raise RpcError(NO_METHOD, "Method not found: initialize")


server.initialize = initialize
server.run()
