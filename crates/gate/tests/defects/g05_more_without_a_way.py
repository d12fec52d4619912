"""PLANTED G05: the answer says {"more": true}, and there is no cursor to ask for it with."""

import json

from sound_inventory import make

server = make()
tool = server.find("search_stock")
del tool.properties["cursor"]
tool.description = tool.description.replace("limit and cursor page through the matches.", "limit bounds how many come back.")
search, tool.output = tool.run, None


def hinting(arguments):
    _, content = search(arguments)
    return json.dumps({"items": content["items"], "more": "next_cursor" in content})


tool.run = hinting
server.run()
