"""A state that is believed as soon as it can be read; a declined answer is refused."""

import base64
import json
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


def seal(state):
    return base64.urlsafe_b64encode(json.dumps(state).encode()).decode()


def unseal(text):
    try:
        return json.loads(base64.urlsafe_b64decode(text))
    except ValueError:
        raise base.RpcError(-32602, "Invalid requestState") from None


class Server(base.Server):
    def tools(self):
        return [*super().tools(), PRIVATE]

    def answer(self, method, params, request, era):
        if method == "tools/call" and params.get("name") == PRIVATE["name"] and era == "modern":
            return self.private(params)
        return super().answer(method, params, request, era)

    def private(self, params):
        arguments = params.get("arguments") or {}
        try:
            self.validate(PRIVATE, arguments)
            client = params["_meta"][base.META + "clientCapabilities"]
            if "elicitation" not in client:
                return self.called(params, None)
            if "requestState" in params:
                return {"content": [{"type": "text", "text": self.go_on(params)}], "isError": False}
        except base.ToolError as error:
            return {"content": [{"type": "text", "text": str(error)}], "isError": True}
        return {
            "resultType": "input_required",
            "requestState": seal({"note": arguments["id"], "step": 2}),
            "inputRequests": {
                "agree": {
                    "method": "elicitation/create",
                    "params": {
                        "mode": "form",
                        "message": "Show this private note?",
                        "requestedSchema": {"type": "object", "properties": {"agree": {"type": "boolean"}}},
                    },
                }
            },
        }

    def go_on(self, params):
        note = unseal(params["requestState"]).get("note")
        if params.get("inputResponses", {}).get("agree", {}).get("action") != "accept":
            raise base.ToolError("Nobody was there to allow it. Use read_note for other notes.")
        return base.NOTES.get(note, "")

    def call(self, name, arguments):
        if name == PRIVATE["name"]:
            raise base.ToolError("This client cannot ask the note's owner. Use read_note for other notes.")
        return super().call(name, arguments)


Server().run()
