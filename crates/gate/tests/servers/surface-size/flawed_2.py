"""Two tools with a list of places that takes more than 10,000 tokens."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))
import base


PLACES = [f"Place number {number} of the whole long list" for number in range(1200)]
FIND_NOTES = base.FIND_NOTES | {
    "description": base.FIND_NOTES["description"].replace("`cursor`", "`place` is where it was written; `cursor`"),
    "inputSchema": base.FIND_NOTES["inputSchema"]
    | {
        "properties": base.FIND_NOTES["inputSchema"]["properties"]
        | {"place": {"enum": PLACES, "description": "Where the note was written."}}
    },
}


class Server(base.Server):
    def tools(self):
        return [FIND_NOTES, base.READ_NOTE]


Server().run()
