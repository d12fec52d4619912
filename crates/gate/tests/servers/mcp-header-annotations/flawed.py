"""Headers with a blank, twice the same, and of a wrong type."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))
import base


class Server(base.Server):
    def tools(self):
        tool = base.FIND_NOTES | {"inputSchema": dict(base.FIND_NOTES["inputSchema"])}
        schema = tool["inputSchema"]
        schema["properties"] = schema["properties"] | {
            "shelf": {"type": "string", "description": "The shelf that the notes lie on.", "maxLength": 20, "x-mcp-header": "Note Shelf"},
            "box": {"type": "number", "description": "The box on that shelf, by its number.", "minimum": 1, "maximum": 9, "x-mcp-header": "Box"},
            "limit": schema["properties"]["limit"] | {"x-mcp-header": "BOX"},
            "cursor": schema["properties"]["cursor"] | {"x-mcp-header": ""},
        }
        tool["description"] += " `shelf` is the shelf to look on and `box` the box there, where only one is meant."
        return [tool, base.READ_NOTE]


Server().run()
