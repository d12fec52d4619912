"""PLANTED N05: a schema refers to another machine."""

from sound_library import make

server = make()
tool = server.find("lend_book")
define = tool.definition


def remote():
    definition = define()
    schema = definition["inputSchema"]
    schema["properties"]["isbn"] = {"$ref": "https://schemas.example.com/isbn.json", "description": "Thirteen digits."}
    return definition


tool.definition = remote
server.run()
