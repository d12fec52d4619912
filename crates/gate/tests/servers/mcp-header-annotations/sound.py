"""Annotates what gateways route by, nested too, and a page token."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))
import base


class Server(base.Server):
    def tools(self):
        tool = base.FIND_NOTES | {"inputSchema": dict(base.FIND_NOTES["inputSchema"])}
        schema = tool["inputSchema"]
        schema["properties"] = schema["properties"] | {
            "shelf": {"type": "string", "description": "The shelf that the notes lie on.", "maxLength": 20, "x-mcp-header": "Shelf"},
            "box": {
                "type": "object",
                "description": "The box on that shelf, by its number.",
                "properties": {
                    "number": {
                        "type": "integer",
                        "description": "Its number.",
                        "minimum": 1,
                        "maximum": 9,
                        "x-mcp-header": "Box-Number",
                    },
                    "page_token": {
                        "type": "string",
                        "description": "Where an earlier answer ended.",
                        "maxLength": 20,
                        "x-mcp-header": "Page-Token",
                    },
                },
                "additionalProperties": False,
            },
        }
        tool["description"] += " `shelf` is the shelf to look on and `box` the box there, where only one is meant."
        return [tool, base.READ_NOTE]


Server().run()
