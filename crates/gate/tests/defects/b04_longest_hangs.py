"""PLANTED B04: a word as long as the schema allows is never answered (for half a minute)."""

import time

from sound_recipes import make

server = make()
tool = server.find("search_recipes")
search = tool.run


def backtracking(arguments):
    if len(arguments.get("word", "")) >= 40:
        time.sleep(30)
    return search(arguments)


tool.run = backtracking
server.run()
