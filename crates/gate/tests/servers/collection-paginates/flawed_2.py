"""Only its description says that it returns everything."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))
import base


LIST_TAGS = base.READ_NOTE | {
    "name": "usage_overview",
    "title": "Usage overview",
    "description": (
        "Returns all tags of the notes with their use. `sort` is the order, by name or by use. Returns one line a tag: its name and how many notes have "
        "it. Do not use it to look for a note by its words: use find_notes. It only reads the server's own notes."
    ),
    "inputSchema": {
        "type": "object",
        "properties": {
            "sort": {"type": "string", "description": "The order of the tags.", "enum": ["name", "use"], "default": "name"}
        },
        "additionalProperties": False,
    },
    "annotations": base.READ_NOTE["annotations"] | {"title": "Usage overview"},
}


class Server(base.Server):
    def tools(self):
        return super().tools() + [LIST_TAGS]

    def call(self, name, arguments):
        if name == LIST_TAGS["name"]:
            return "garden 120"
        return super().call(name, arguments)


Server().run()
