"""A description that joins both."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))
import base


TOOL = {
    "name": "notebook",
    "title": "Notebook",
    "description": (
        "Reads, creates or deletes a note. `action` is what to do, `id` the note's id, such as n7, and `text` its new text. Returns "
        "one line that says what was done. Do not use it for several notes at once. It changes the server's own notes."
    ),
    "inputSchema": {
        "type": "object",
        "properties": {
            "style": {"enum": ["brief", "whole"], "description": "What to do."},
            "id": base.READ_NOTE["inputSchema"]["properties"]["id"],
            "text": {"type": "string", "description": "The new text of the note.", "maxLength": 2000},
        },
        "required": ["style", "id"],
        "additionalProperties": False,
    },
    "annotations": {"readOnlyHint": False, "destructiveHint": True, "idempotentHint": False, "openWorldHint": False},
}


class Server(base.Server):
    def tools(self):
        return [base.FIND_NOTES, base.READ_NOTE, TOOL]

    def call(self, name, arguments):
        if name == "notebook":
            return "Done."
        return super().call(name, arguments)


Server().run()
