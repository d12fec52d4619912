"""PLANTED N08: x-mcp-header is no header name: it has a space and a colon."""

from sound_inventory import make

server = make()
server.find("check_stock").properties["site"] = {
    "type": "string", "maxLength": 20, "x-mcp-header": "Site: Id", "description": "The warehouse, when there are several."}
server.run()
