"""A tool that deletes and says so; names and texts with such words that do nothing."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))
import base


DELETE_NOTE = {
    "name": "delete_note",
    "title": "Delete a note",
    "description": (
        "Deletes one note for good. `id` is the note's id, such as n7. Without `confirm` it shows a preview of the "
        "note; with confirm=true it deletes it. Returns the text of the note. Do not use it to hide a note for a "
        "while: nothing brings it back. It changes the server's own notes."
    ),
    "inputSchema": {
        "type": "object",
        "properties": {
            "id": base.READ_NOTE["inputSchema"]["properties"]["id"],
            "confirm": {"type": "boolean", "description": "Whether to delete what the preview showed."},
        },
        "required": ["id"],
        "additionalProperties": False,
    },
    "annotations": {"readOnlyHint": False, "destructiveHint": True, "idempotentHint": False, "openWorldHint": False},
}

LOG = base.READ_NOTE | {
    "name": "read_delete_log",
    "title": "Read the log of deleted notes",
    "description": (
        "Shows what was deleted under an id. `id` is the note's id, such as n7. Updates are shown too, and who "
        "deletes most. Returns one line for each deletion. Do not use it to delete or restore anything: it never "
        "deletes or changes a note. It only reads the server's own log."
    ),
}


class Server(base.Server):
    def tools(self):
        return [base.FIND_NOTES, base.READ_NOTE, DELETE_NOTE, LOG]

    def call(self, name, arguments):
        if name == "delete_note":
            text = super().call("read_note", {"id": arguments["id"]})
            if arguments.get("confirm") is not True:
                return f"PREVIEW - nothing was deleted: {text}. Call again with confirm=true to delete it."
            del base.NOTES[arguments["id"]]
            return f"Deleted: {text}"
        if name == "read_delete_log":
            return "Nothing was deleted under this id."
        return super().call(name, arguments)


Server().run()
