"""Annotates where no client can read a value, and breaks a line."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))
import base


class Server(base.Server):
    def tools(self):
        tool = base.FIND_NOTES | {"inputSchema": dict(base.FIND_NOTES["inputSchema"])}
        schema = tool["inputSchema"]
        schema["properties"] = schema["properties"] | {
            "shelf": {
                "type": "array",
                "description": "The shelves to look on.",
                "maxItems": 5,
                "items": {"type": "string", "description": "One shelf to look on.", "maxLength": 20, "x-mcp-header": "Shelf"},
            },
            "box": {
                "type": "string",
                "description": "The box on that shelf, by its number.",
                "maxLength": 20,
                "x-mcp-header": "Box\r\nX-Admin: 1",
            },
        }
        tool["description"] += " `shelf` is the shelf to look on and `box` the box there, where only one is meant."
        return [tool, base.READ_NOTE]


Server().run()
