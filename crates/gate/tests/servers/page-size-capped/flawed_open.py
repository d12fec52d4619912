"""No maximum in the schema, and none in the code."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))
import base


import copy

FIND_NOTES = copy.deepcopy(base.FIND_NOTES)
del FIND_NOTES["inputSchema"]["properties"]["limit"]["maximum"]
base.NOTES.update({f"n{number}": f"Note {number}: water the plants" for number in range(121, 2001)})


class Server(base.Server):
    def tools(self):
        return [FIND_NOTES, base.READ_NOTE]

    def find_notes(self, arguments):
        found = [f"{key} {text}" for key, text in base.NOTES.items() if arguments["text"].lower() in text.lower()]
        return "\n".join(found[: arguments.get("limit", 20)]) or "No note contains that. Try a shorter phrase."


Server().run()
