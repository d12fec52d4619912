"""As promised, and its errors carry none."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))
import base


import json

COUNT_NOTES = {
    "name": "count_notes",
    "title": "Count notes",
    "description": (
        "Counts the notes whose text contains a phrase. `text` is the phrase. Returns the number of notes and "
        "the phrase that was looked for. Do not use it to see the notes: use find_notes. It only reads the "
        "server's own notes."
    ),
    "inputSchema": {
        "type": "object",
        "properties": {"text": {"type": "string", "description": "The phrase to look for.", "minLength": 1, "maxLength": 200}},
        "required": ["text"],
        "additionalProperties": False,
    },
    "outputSchema": {
        "type": "object",
        "properties": {"count": {"type": "integer", "minimum": 0}, "text": {"type": "string"}},
        "required": ["count", "text"],
        "additionalProperties": False,
    },
    "annotations": base.FIND_NOTES["annotations"] | {"title": "Count notes"},
}


class Server(base.Server):
    def tools(self):
        return [*super().tools(), COUNT_NOTES]

    def call(self, name, arguments):
        if name != "count_notes":
            return super().call(name, arguments)
        count = sum(arguments["text"] in text for text in base.NOTES.values())
        counted = {"count": count, "text": arguments["text"]}
        return {"content": [{"type": "text", "text": json.dumps(counted)}], "structuredContent": counted, "isError": False}


Server().run()
