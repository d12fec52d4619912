"""A second tool that does the same to other things, in the same words."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))
import base

FIND_PEOPLE = base.FIND_NOTES | {
    "name": "find_people",
    "title": "Find people",
    "description": base.FIND_NOTES["description"].replace("notes", "people").replace("note", "person"),
    "annotations": base.FIND_NOTES["annotations"] | {"title": "Find people"},
}


class Server(base.Server):
    def tools(self):
        return [*super().tools(), FIND_PEOPLE]

    def call(self, name, arguments):
        return super().call("find_notes" if name == "find_people" else name, arguments)

Server().run()
