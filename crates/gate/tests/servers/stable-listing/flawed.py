"""Lists its tools as a set gives them."""

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
    def tools(self):
        return [tool(kind) for kind in {*KINDS}]

    def call(self, name, arguments):
        return self.find_notes(arguments)


Server().run()
