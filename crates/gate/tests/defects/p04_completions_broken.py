"""PLANTED P04: declares completions; every completion/complete fails with an internal error."""

from sound_wiki import make

server = make()


def broken(ref, argument):
    raise NotImplementedError("later")


server.completer = broken
server.run()
