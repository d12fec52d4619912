"""PLANTED N05: deep in a schema a type is misspelt, so that it is no JSON Schema."""

import copy

from sound_contacts import make

server = make()
tool = server.find("find_contacts")
define = tool.definition


def misspelt():
    definition = copy.deepcopy(define())
    definition["inputSchema"]["properties"]["filter"]["properties"]["cities"]["items"]["type"] = "text"
    return definition


tool.definition = misspelt
server.run()
