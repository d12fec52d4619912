"""Bounds of every kind, and a description behind a reference."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))
import base


PROPERTIES = base.FIND_NOTES["inputSchema"]["properties"]
FIND_NOTES = base.FIND_NOTES | {
    "description": (
        "Finds notes whose text contains a phrase. `text` is the phrase; `since` is the first day; `order` is newest or "
        "oldest; `tags` are tags that all must be there; `limit` is how many to return, 20 where it is not given; "
        "`cursor` continues an earlier answer. Returns one line a note: its id and its text; an answer that was cut ends "
        "with MORE AVAILABLE and the cursor. Do not use it to read one note whose id is known: use read_note. It only "
        "reads the server's own notes."
    ),
    "inputSchema": base.FIND_NOTES["inputSchema"]
    | {
        "$defs": {"Day": {"type": "string", "format": "date", "description": "A day, such as 2026-01-31.", "maxLength": 10}},
        "properties": PROPERTIES
        | {
            "since": {"$ref": "#/$defs/Day"},
            "order": {"enum": ["newest", "oldest"], "description": "Which come first."},
            "tags": {
                "type": "array",
                "description": "Tags that all must be there.",
                "maxItems": 5,
                "items": {"type": "string", "maxLength": 20},
            },
        },
    },
}


class Server(base.Server):
    def tools(self):
        return [FIND_NOTES, base.READ_NOTE]

    def validate_one(self, name, value, schema):
        if "$ref" in schema:
            schema = FIND_NOTES["inputSchema"]["$defs"]["Day"]
        super().validate_one(name, value, schema)


Server().run()
