"""Names that are near each other, and different."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))
import base


BEGINNING = base.READ_NOTE | {
    "name": "read_note_beginning",
    "title": "Read a note's beginning",
    "description": (
        "Shows the first line of a note, for a quick look. `id` is the note's id, such as n7. Returns one line. "
        "Do not use it where every word counts. It only reads what is stored here."
    ),
}


class Server(base.Server):
    def prompts(self):
        return [
            {"name": "tidy_up", "title": "Tidy up", "description": "Asks for a tidy list of all notes.", "arguments": []},
            {
                "name": "write_summary",
                "title": "Write a summary",
                "description": "Asks for a summary of the notes on one subject.",
                "arguments": [
                    {"name": "subject", "description": "What the notes are about.", "required": True},
                    {"name": "language", "description": "The language of the summary.", "required": False},
                ],
            },
        ]

    def resources(self):
        return super().resources() + [
            {
                "uri": "notes://rules",
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

    def tools(self):
        return [base.FIND_NOTES, base.READ_NOTE, BEGINNING]

    def call(self, name, arguments):
        return super().call("read_note" if name == "read_note_beginning" else name, arguments)


Server().run()
