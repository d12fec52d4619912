"""PLANTED B07: an error about bad arguments ends in a stack trace."""

import traceback

from sound_fleet import make

server = make()
fail = server.failure


def traced(text):
    try:
        raise ValueError(text)
    except ValueError:
        return fail(text + "\n" + traceback.format_exc())


server.failure = traced
server.run()
