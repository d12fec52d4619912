"""Does not compare a mirrored argument with its header."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))
import http_base


import base


class Server(base.Server):
    def tools(self):
        tool = base.FIND_NOTES | {"inputSchema": dict(base.FIND_NOTES["inputSchema"])}
        schema = tool["inputSchema"]
        schema["properties"] = schema["properties"] | {
            "shelf": {
                "type": "string",
                "description": "The shelf to look on.",
                "enum": ["north", "south"],
                "x-mcp-header": "Shelf",
            }
        }
        tool["description"] += " `shelf` is the shelf to look on, where only one is meant."
        return [tool, base.READ_NOTE]


class Endpoint(http_base.Endpoint):
    def check_param_headers(self, request, message, params):
        pass


Endpoint(Server()).run()
