"""Has no confirm at all."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))
import base


import copy

DELETE_NOTE = copy.deepcopy(base.DELETE_NOTE)
del DELETE_NOTE["inputSchema"]["properties"]["confirm"]
DELETE_NOTE["description"] = (
    "Deletes one note for good, at once. `id` is the note's id, such as n7. Returns what was deleted. Do not use it to "
    "look at a note: use read_note. It changes the server's own notes and nothing else."
)


class Server(base.Deleting):
    def tools(self):
        return [base.FIND_NOTES, base.READ_NOTE, DELETE_NOTE]

    def is_confirmed(self, arguments):
        return True


Server().run()
