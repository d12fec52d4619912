"""The same, as tasks."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))
import base

def reading(name, title, description, schema):
    return {
        "name": name,
        "title": title,
        "description": description,
        "inputSchema": schema,
        "annotations": base.FIND_NOTES["annotations"] | {"title": title},
    }


def writing(name, title, description, schema):
    tool = reading(name, title, description, schema)
    tool["annotations"] = tool["annotations"] | {"readOnlyHint": False, "destructiveHint": True}
    return tool


ONE = base.READ_NOTE["inputSchema"]
MANY = base.FIND_NOTES["inputSchema"]


class Server(base.Server):
    def tools(self):
        return [
            reading("find_notes", "Find notes", "Finds notes by a phrase, `limit` at a time. Returns one line a note, with its tags. Not for one: use read_note.", MANY),
            reading("read_note", "Read a note", "Shows the text of the note with this id, and its tags. Not for looking around: use find_notes.", ONE),
            writing("tidy_notes", "Tidy up", "Permanently deletes the note with this id and tags that mark nothing else. Returns that id. Not for reading: use read_note.", ONE),
        ]

    def call(self, name, arguments):
        if "id" in arguments:
            return super().call("read_note", arguments)
        return super().call("find_notes", arguments)

Server().run()
