"""A parameter that nobody explains, one that is explained by its name, one without bounds."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))
import base


PROPERTIES = base.FIND_NOTES["inputSchema"]["properties"]
FIND_NOTES = base.FIND_NOTES | {
    "inputSchema": base.FIND_NOTES["inputSchema"]
    | {
        "properties": PROPERTIES
        | {
            "text": {"type": "string", "description": "The text.", "minLength": 1, "maxLength": 200},
            "limit": {"type": "integer", "minimum": 1, "maximum": 50},
            "cursor": {"type": "string", "description": "Where an earlier answer ended."},
        }
    }
}


class Server(base.Server):
    def tools(self):
        return [FIND_NOTES, base.READ_NOTE]


Server().run()
