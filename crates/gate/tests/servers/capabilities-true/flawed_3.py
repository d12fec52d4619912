"""Declares completions, which fail."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))
import base


PROMPT = {
    "name": "tidy_up",
    "title": "Tidy up",
    "description": "Asks for notes of one kind to be put in order.",
    "arguments": [{"name": "kind", "description": "The kind of notes, such as plants.", "required": True}],
}


class Server(base.Server):
    def capabilities(self):
        return super().capabilities() | {"prompts": {}, "completions": {}}

    def prompts(self):
        return [PROMPT]

    def answer(self, method, params, request, era):
        if method == "prompts/get":
            if params.get("name") != PROMPT["name"]:
                raise base.RpcError(-32602, f"Unknown prompt: {params.get('name')}")
            return {"messages": [{"role": "user", "content": {"type": "text", "text": "Put the notes in order."}}]}
        if method == "completion/complete":
            raise base.RpcError(-32603, "list index out of range")
        return super().answer(method, params, request, era)


Server().run()
