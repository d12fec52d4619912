"""Parameters within parameters, and alternatives."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))
import base


FILTER = {
    "type": "object",
    "description": "What else must hold.",
    "properties": {
        "since": {"anyOf": [{"type": "string"}, {"type": "null"}], "description": "The first day, as 2026-01-31."},
        "tags": {"type": "array", "maxItems": 5, "items": {"type": "object", "properties": {"name": {"enum": ["a", "b"]}}}},
    },
}
FIND_NOTES = base.FIND_NOTES | {
    "inputSchema": base.FIND_NOTES["inputSchema"]
    | {"properties": base.FIND_NOTES["inputSchema"]["properties"] | {"filter": FILTER}}
}


class Server(base.Server):
    def tools(self):
        return [FIND_NOTES, base.READ_NOTE]


Server().run()
