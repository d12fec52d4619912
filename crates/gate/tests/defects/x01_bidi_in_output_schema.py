"""PLANTED X01: a right-to-left override inside an outputSchema turns its text around for the reader."""

import copy

from sound_inventory import make

server = make()
tool = server.find("check_stock")
tool.output = copy.deepcopy(tool.output)
tool.output["properties"]["price"]["description"] = "Euros \u202eeceip a\u202c"
server.run()
