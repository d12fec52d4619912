"""PLANTED P03: an unknown version is refused, but the refusal does not say which versions there are."""

from base import BAD_VERSION, MODERN, RpcError
from sound_releases import make

server = make()


def check_version(version):
    if version != MODERN:
        raise RpcError(BAD_VERSION, "Unsupported protocol version")


server.check_version = check_version
server.run()
