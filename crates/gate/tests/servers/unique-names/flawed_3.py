"""Two prompts of one name, two resources of one URI, two arguments of one name."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))
import base


class Server(base.Server):
    def prompts(self):
        return [
            {"name": "tidy_up", "title": "Tidy up", "description": "Asks for a tidy list of all notes.", "arguments": []},
            {
                "name": "tidy_up",
                "title": "Write a summary",
                "description": "Asks for a summary of the notes on one subject.",
                "arguments": [
                    {"name": "subject", "description": "What the notes are about.", "required": True},
                    {"name": "subject", "description": "The language of the summary.", "required": False},
                ],
            },
        ]

    def resources(self):
        return super().resources() + [
            {
                "uri": "notes://about",
                "name": "rules",
                "title": "House rules",
                "description": "How notes are written here.",
                "mimeType": "text/plain",
            }
        ]

    def read(self, uri):
        if uri == "notes://rules":
            return "Write short notes."
        return super().read(uri)

    def capabilities(self):
        return super().capabilities() | {"prompts": {}}

    def answer(self, method, params, request, era):
        if method == "prompts/get":
            if params.get("name") not in [prompt["name"] for prompt in self.prompts()]:
                raise base.RpcError(-32602, "There is no such prompt. Call prompts/list to see which there are.")
            text = "Summarise the notes."
            return {"messages": [{"role": "user", "content": {"type": "text", "text": text}}]}
        return super().answer(method, params, request, era)


Server().run()
