"""PLANTED P05: a method that does not exist is answered with an empty result."""

from base import NO_METHOD, RpcError
from sound_billing import make

server = make()
method = server.method


def lenient(name, params, call):
    try:
        return method(name, params, call)
    except RpcError as error:
        if error.code == NO_METHOD:
            return {}
        raise


server.method = lenient
server.run()
