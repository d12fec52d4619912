"""Both hints at once, a web search in a closed world, and an append that may be repeated."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))
import base


HINTS = base.READ_NOTE["annotations"]
SEARCH = base.FIND_NOTES | {
    "name": "web_search",
    "description": base.FIND_NOTES["description"].replace("the server's own notes", "what it searches the web for"),
}
APPEND = {
    "name": "append_line",
    "title": "Append a line",
    "description": (
        "Appends one line to a note. `id` is the note's id, such as n7; `line` is what to append. Returns the new "
        "number of lines. Do not use it to replace a text. It changes the server's own notes."
    ),
    "inputSchema": {
        "type": "object",
        "properties": {
            "id": base.READ_NOTE["inputSchema"]["properties"]["id"],
            "line": {"type": "string", "description": "What to append.", "maxLength": 200},
        },
        "required": ["id", "line"],
        "additionalProperties": False,
    },
    "annotations": HINTS | {"title": "Append a line", "readOnlyHint": False, "idempotentHint": True},
}


class Server(base.Server):
    def tools(self):
        return [SEARCH, base.READ_NOTE | {"annotations": HINTS | {"destructiveHint": True}}, APPEND]

    def call(self, name, arguments):
        if name == "append_line":
            return "2 lines"
        return super().call("find_notes" if name == "web_search" else name, arguments)


Server().run()
