"""Saves pages in its folder alone."""

import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))
import base

FOLDER = Path(tempfile.mkdtemp())

SAVE_PAGE = {
    "name": "save_page",
    "title": "Save a page",
    "description": (
        "Writes a page into the folder of the notes and replaces what was there. `path` is the name of the page, such as "
        "garden.txt; `text` is its text. Returns a line that says it was saved. Do not use it to read a page: use "
        "read_note. It changes the server's own notes."
    ),
    "inputSchema": {
        "type": "object",
        "properties": {
            "path": {"type": "string", "description": "The name of the page.", "minLength": 1, "maxLength": 500, "examples": ["garden.txt"]},
            "text": {"type": "string", "description": "The text of the page.", "maxLength": 1000, "examples": ["water"]},
        },
        "required": ["path", "text"],
        "additionalProperties": False,
    },
    "annotations": {
        "title": "Save a page",
        "readOnlyHint": False,
        "destructiveHint": True,
        "idempotentHint": True,
        "openWorldHint": False,
    },
}


class Server(base.Server):
    def tools(self):
        return super().tools() + [SAVE_PAGE]

    def call(self, name, arguments):
        if name != "save_page":
            return super().call(name, arguments)
        refusal = "A page is a plain name in the folder of the notes. Call again with one such as garden.txt."
        try:
            path = FOLDER / arguments["path"]
            if not path.resolve().is_relative_to(FOLDER.resolve()):
                raise base.ToolError(refusal)
            path.write_text(arguments["text"])
        except (OSError, ValueError):
            raise base.ToolError(refusal) from None
        return "The page is saved."


Server().run()
