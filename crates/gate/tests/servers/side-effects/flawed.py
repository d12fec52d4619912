"""A tool that deletes, and a description that speaks of handling."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))
import base

DELETE_NOTE = {
    "name": "delete_note",
    "title": "Delete a note",
    "description": (
        "Handles a note whose time is over. `id` is the note's id, such as n7. Returns the id that it was. Do not use "
        "it to look at a note: use read_note."
    ),
    "inputSchema": base.READ_NOTE["inputSchema"],
    "annotations": {
        "title": "Delete a note",
        "readOnlyHint": False,
        "destructiveHint": True,
        "idempotentHint": True,
        "openWorldHint": False,
    },
}


class Server(base.Server):
    def tools(self):
        return [*super().tools(), DELETE_NOTE]

    def call(self, name, arguments):
        if name != "delete_note":
            return super().call(name, arguments)
        if base.NOTES.pop(arguments["id"], None) is None:
            raise base.ToolError(f"There is no note {arguments['id']}. Call find_notes to see which there are.")
        return f"Deleted the note {arguments['id']}."

Server().run()
