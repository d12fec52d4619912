"""PLANTED B04: a character outside the basic plane, or none at all, ends the process."""

import os

from sound_wiki import make

server = make()
tool = server.find("search_pages")
search = tool.run


def narrow(arguments):
    word = arguments.get("word")
    if word is not None and (word == "" or max(word) > "\uffff"):
        os._exit(134)
    return search(arguments)


tool.run = narrow
server.run()
