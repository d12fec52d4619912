"""Has every field of the wrong type."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))
import base

WRONG = {
    "capabilities": [],
    "serverInfo": "notes",
    "instructions": 7,
    "tools": [7, None, [], "x", {"name": [], "description": {}, "inputSchema": [], "annotations": 7, "outputSchema": "x"},
              {"name": "find", "inputSchema": {"type": 7, "properties": [], "required": {}, "enum": 7}},
              {"name": "list", "inputSchema": {"type": ["string", 7], "properties": {"limit": 7, "x": None, "cursor": []}, "required": [7, None]}}],
    "content": {"type": "text"},
    "resources": {},
}


class Server(base.Server):
    def send(self, message):
        if "result" in message:
            wrong = {key: WRONG.get(key, value) for key, value in message["result"].items()}
            if "capabilities" in wrong:
                wrong["capabilities"] = {"tools": 7, "resources": [], "prompts": "x"}
            message = message | {"result": wrong}
        super().send(message)

    def answer(self, method, params, request, era):
        if method == "prompts/list":
            return {"prompts": [None, 7, {"name": 7, "arguments": {"name": []}}, {"arguments": [7, None]}]}
        return super().answer(method, params, request, era)


Server().run()
