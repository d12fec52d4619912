"""A tool that adds takes whatever is true-like for a confirmation."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))
import base


LOG_LINE = {
    "name": "add_line",
    "title": "Add a line",
    "description": (
        "Adds a line to one note. `id` is the note's id, such as n7. Without `confirm` it shows a preview; with "
        "confirm=true it adds the line. Returns the note's new length. Do not use it to see a note: use read_note. It "
        "changes the server's own notes."
    ),
    "inputSchema": {
        "type": "object",
        "properties": {
            "id": base.READ_NOTE["inputSchema"]["properties"]["id"],
            "confirm": {"type": "boolean", "description": "Whether to add the line that the preview showed."},
        },
        "required": ["id"],
        "additionalProperties": False,
    },
    "annotations": {"readOnlyHint": False, "destructiveHint": False, "idempotentHint": False, "openWorldHint": False},
}


class Server(base.Server):
    def tools(self):
        return [base.FIND_NOTES, base.READ_NOTE, LOG_LINE]

    def validate_one(self, name, value, schema):
        if name != "confirm":
            super().validate_one(name, value, schema)

    def call(self, name, arguments):
        if name != "add_line":
            return super().call(name, arguments)
        text = super().call("read_note", {"id": arguments["id"]})
        if not arguments.get("confirm"):
            return f"PREVIEW - nothing was added to {arguments['id']}. Call again with confirm=true to add a line."
        base.NOTES[arguments["id"]] = text + ", once more"
        return f"Added a line to {arguments['id']}."


Server().run()
