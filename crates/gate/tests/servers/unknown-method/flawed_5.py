"""Has an empty prompt for every name."""

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
        return super().capabilities() | {"prompts": {}}

    def prompts(self):
        return [PROMPT]

    def answer(self, method, params, request, era):
        if method == "prompts/get":
            return {"messages": []}
        return super().answer(method, params, request, era)


Server().run()
