"""One tool for everything."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))
import base


TOOL = {
    "name": "note_actions",
    "title": "Work on a note",
    "description": (
        "Works on one note. `action` is what to do, `id` the note's id, such as n7, and `text` its new text. Returns "
        "one line that says what was done. Do not use it for several notes at once. It changes the server's own notes."
    ),
    "inputSchema": {
        "type": "object",
        "properties": {
            "action": {"enum": ["read", "create", "replace", "delete"], "description": "What to do."},
            "id": base.READ_NOTE["inputSchema"]["properties"]["id"],
            "text": {"type": "string", "description": "The new text of the note.", "maxLength": 2000},
        },
        "required": ["action", "id"],
        "additionalProperties": False,
    },
    "annotations": {"readOnlyHint": False, "destructiveHint": True, "idempotentHint": False, "openWorldHint": False},
}


class Server(base.Server):
    def tools(self):
        return [base.FIND_NOTES, base.READ_NOTE, TOOL]

    def call(self, name, arguments):
        if name == "note_actions":
            return "Done."
        return super().call(name, arguments)


Server().run()
