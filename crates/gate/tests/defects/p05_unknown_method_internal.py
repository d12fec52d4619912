"""PLANTED P05: a method that does not exist is an internal error (-32603) instead of -32601."""

from base import INTERNAL, NO_METHOD, RpcError
from sound_weather import make

server = make()
method = server.method


def clumsy(name, params, call):
    try:
        return method(name, params, call)
    except RpcError as error:
        raise RpcError(INTERNAL, "Internal error") if error.code == NO_METHOD else error


server.method = clumsy
server.run()
