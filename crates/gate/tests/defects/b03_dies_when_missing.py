"""PLANTED B03: a missing argument ends the process."""

import os
import sys

from sound_releases import make

server = make()
check = server.wrong_arguments


def wrong_arguments(tool, arguments):
    if any(name not in arguments for name in tool.required):
        print("KeyError", file=sys.stderr, flush=True)
        os._exit(1)
    return check(tool, arguments)


server.wrong_arguments = wrong_arguments
server.run()
