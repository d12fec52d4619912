"""A second tool that reads like the first."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))
import base

SEARCH_NOTES = base.FIND_NOTES | {
    "name": "search_notes",
    "title": "Search notes",
    "description": base.FIND_NOTES["description"].replace("Finds notes", "Searches notes"),
    "annotations": base.FIND_NOTES["annotations"] | {"title": "Search notes"},
}


class Server(base.Server):
    def tools(self):
        return [*super().tools(), SEARCH_NOTES]

    def call(self, name, arguments):
        return super().call("find_notes" if name == "search_notes" else name, arguments)

Server().run()
