"""PLANTED N05: a pattern is no regular expression: a bracket is not closed."""

import copy

from sound_fleet import make

server = make()
tool = server.find("read_logbook")
define = tool.definition


def broken():
    definition = copy.deepcopy(define())
    definition["inputSchema"]["properties"]["plate"]["pattern"] = "^AB-([0-9]{3}$"
    return definition


tool.definition = broken
server.run()
