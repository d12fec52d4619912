"""A tool for each operation on each of two things."""

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
            reading("list_notes", "List notes", "Lists notes by a phrase, `limit` at a time. Returns one line a note. Not for one: use get_note.", MANY),
            reading("get_note", "Get a note", "Shows the text of the note with this id. Not for looking around: use list_notes.", ONE),
            writing("delete_note", "Delete a note", "Permanently deletes the note with this id. Returns that id. Not for tags: use delete_tag.", ONE),
            reading("list_tags", "List tags", "Lists the words that mark something, newest first. Returns one line a tag. Not for one: use get_tag.", MANY),
            reading("get_tag", "Get a tag", "Shows what a mark with this id means to people. Not for the list of them: use list_tags.", ONE),
            writing("delete_tag", "Delete a tag", "Takes a mark off whatever has it, and deletes it for good. Returns its id. Not for notes: use delete_note.", ONE),
        ]

    def call(self, name, arguments):
        if "id" in arguments:
            return super().call("read_note", arguments)
        return super().call("find_notes", arguments)

Server().run()
