"""PLANTED P03: a request of an unknown version is never answered."""

from base import META, MODERN
from sound_wiki import make

server = make()
respond = server.respond


def silent(message):
    params = message.get("params") if isinstance(message, dict) else None
    meta = params.get("_meta") if isinstance(params, dict) else None
    version = meta.get(META + "protocolVersion", MODERN) if isinstance(meta, dict) else MODERN
    return respond(message) if version == MODERN else None


server.respond = silent
server.run()
