"""Answers what was cancelled, of a call that takes as long as it is told."""

import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))
import base


WATCH = base.FIND_NOTES | {
    "name": "view_new_notes",
    "title": "Show new notes",
    "description": (
        "Shows the notes that come in while it looks. `seconds` is how long to look, 0 where it is not given. "
        "Returns one line a note: its id and its text. Do not use it to look for older notes: use find_notes. It "
        "only reads the server's own notes."
    ),
    "inputSchema": {
        "type": "object",
        "properties": {
            "seconds": {"type": "integer", "description": "How long to look, in seconds.", "minimum": 0, "maximum": 5}
        },
        "additionalProperties": False,
    },
    "annotations": base.FIND_NOTES["annotations"] | {"title": "Show new notes", "idempotentHint": False},
}


class Server(base.Server):
    def tools(self):
        return [*super().tools(), WATCH]

    def call(self, name, arguments):
        if name == "view_new_notes":
            time.sleep(arguments.get("seconds", 0))
            return "No note came in."
        return super().call(name, arguments)

    def notified(self, method, params):
        pass


Server().run()
