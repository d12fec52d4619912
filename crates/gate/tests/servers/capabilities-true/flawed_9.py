"""Asks every client for a form."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))
import base


PRIVATE = base.READ_NOTE | {
    "name": "read_private_note",
    "title": "Read a private note",
    "description": (
        "Shows the whole text of one private note, once its owner agrees. `id` is the note's id, such as n7, as "
        "find_notes lists it. Returns the text of the note, or that its owner did not agree. Do not use it for "
        "notes that are not private: use read_note. It only reads the server's own notes."
    ),
    "annotations": base.READ_NOTE["annotations"] | {"title": "Read a private note"},
}


class Server(base.Server):
    def tools(self):
        return [*super().tools(), PRIVATE]

    def answer(self, method, params, request, era):
        if method == "tools/call" and params.get("name") == PRIVATE["name"] and era == "modern":
            return self.private(params)
        return super().answer(method, params, request, era)

    def private(self, params):
        try:
            self.validate(PRIVATE, params.get("arguments") or {})
        except base.ToolError as error:
            return {"content": [{"type": "text", "text": str(error)}], "isError": True}
        if "inputResponses" in params:
            return {"content": [{"type": "text", "text": "Its owner did not agree."}]}
        return {"resultType": "input_required", "inputRequests": {
            "agree": {
                "method": "elicitation/create",
                "params": {
                    "mode": "form",
                    "message": "Show this private note?",
                    "requestedSchema": {"type": "object", "properties": {"agree": {"type": "boolean"}}},
                },
            }
        }}

    def call(self, name, arguments):
        if name == PRIVATE["name"]:
            raise base.ToolError("This client cannot ask the note's owner. Use read_note for other notes.")
        return super().call(name, arguments)


Server().run()
