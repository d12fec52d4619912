"""PLANTED D05: a tool that throws drafts away calls it housekeeping."""

from base import CONFIRM, DESTROYS
from sound_notes import make

server = make()
server.tool("tidy_drafts", "Tidy drafts",
            "Housekeeping for the user's drafts. Takes the age in days, and confirm: false (the default) shows a preview. Returns one line with a "
            "number. Not for notes that have a title.",
            properties={"days": {"type": "integer", "minimum": 1, "maximum": 365, "description": "Age of the drafts in days, at least."}, "confirm": CONFIRM},
            required=["days"], annotations=DESTROYS)(
    lambda arguments: "Deleted 0 drafts." if arguments.get("confirm") else "PREVIEW - no action taken. Would delete 0 drafts. Call again with confirm=true.")
server.run()
