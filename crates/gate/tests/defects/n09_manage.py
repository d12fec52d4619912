"""PLANTED N09: one tool reads, changes and deletes, by an argument action."""

from base import CONFIRM, DESTROYS, ToolError
from sound_notes import ID, make

server = make()


@server.tool("manage_tag", "Manage a note's tag",
             "Shows, sets or removes the tag of one note: action is show, set or remove, id the note's number, tag the new tag, and confirm false (the "
             "default) previews a change. Returns the tag. Changes the note when action is set or remove. Not for the note's text.",
             properties={"id": ID, "action": {"type": "string", "enum": ["show", "set", "remove"], "description": "What to do with the tag."},
                         "tag": {"type": "string", "maxLength": 30, "description": "The new tag, for set."}, "confirm": CONFIRM},
             required=["id", "action"], annotations=DESTROYS)
def manage_tag(arguments):
    if arguments["action"] == "show":
        return "travel"
    if arguments["action"] == "set" and "tag" not in arguments:
        raise ToolError("action=set needs a tag. NEXT: call again with tag.")
    if not arguments.get("confirm", False):
        return f"PREVIEW - no action taken. Would {arguments['action']} the tag. Call again with confirm=true to do it."
    return f"Done: {arguments['action']}."


server.run()
