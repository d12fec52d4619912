"""A tool that fetches from the network and one that reads variables, and not a word about either."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))
import base

FETCH = {
    "name": "import_text",
    "title": "Get a text",
    "description": (
        "Gets the plain text of an article, to quote it in a note. `url` tells which. Returns the text, at most 2,000 "
        "characters of it. Do not use it for notes: use read_note."
    ),
    "inputSchema": {
        "type": "object",
        "properties": {"url": {"type": "string", "description": "Which article.", "format": "uri", "maxLength": 500}},
        "required": ["url"],
        "additionalProperties": False,
    },
    "annotations": {
        "title": "Get a text",
        "readOnlyHint": True,
        "destructiveHint": False,
        "idempotentHint": True,
        "openWorldHint": True,
    },
}
ENV = {
    "name": "get_env",
    "title": "How it was set up",
    "description": (
        "Shows how the server was set up, to find mistakes in that. Returns one line a setting: its name and what it "
        "holds. Do not use it for notes: use find_notes."
    ),
    "inputSchema": {"type": "object", "properties": {}, "additionalProperties": False},
    "annotations": {
        "title": "How it was set up",
        "readOnlyHint": True,
        "destructiveHint": False,
        "idempotentHint": True,
        "openWorldHint": False,
    },
}


class Server(base.Server):
    def tools(self):
        return [*super().tools(), FETCH | {"name": "get_text"}, ENV]

    def call(self, name, arguments):
        if name == "get_text":
            raise base.ToolError("There is no such article. Call again with the address of another.")
        if name == "get_env":
            return "LANG C"
        return super().call(name, arguments)

Server().run()
