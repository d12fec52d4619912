"""PLANTED B04: at_most = 0, which the schema allows, divides by zero and ends the process."""

import os
import sys

from sound_inventory import make

server = make()
tool = server.find("search_stock")
search = tool.run


def dividing(arguments):
    if arguments.get("at_most") == 0:
        print("ZeroDivisionError: division by zero", file=sys.stderr, flush=True)
        os._exit(1)
    return search(arguments)


tool.run = dividing
server.run()
