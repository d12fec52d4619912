"""Lists a set in the order of its names, and tells when a tool has come."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))
import base


KINDS = ["plants", "people", "places", "plans", "prices", "projects"]


def tool(kind):
    return base.FIND_NOTES | {
        "name": f"find_{kind}_notes",
        "title": f"Find {kind} notes",
        "description": (
            f"Finds the {kind} notes whose text contains a phrase, newest first, and leaves all others out. `text` "
            f"is the phrase; `limit` is how many {kind} notes to return, 20 where it is not given; `cursor` "
            "continues an earlier answer. Returns one line a note: its id and its text; an answer that was cut "
            "ends with MORE AVAILABLE and the cursor. Do not use it for notes of other kinds. It only reads the "
            "server's own notes."
        ),
        "annotations": base.FIND_NOTES["annotations"] | {"title": f"Find {kind} notes"},
    }


class Server(base.Server):
    def capabilities(self):
        return {"tools": {"listChanged": True}, "resources": {}}

    def tools(self):
        return [tool(kind) for kind in sorted({*KINDS})]

    def call(self, name, arguments):
        return self.find_notes(arguments)

    def dispatch(self, request, method, params):
        if method == "subscriptions/listen" and "_meta" in params:
            acknowledged = {
                "_meta": {base.META + "subscriptionId": request},
                "notifications": params["notifications"],
            }
            self.send(
                {"jsonrpc": "2.0", "method": "notifications/subscriptions/acknowledged", "params": acknowledged}
            )
            return
        super().dispatch(request, method, params)


Server().run()
