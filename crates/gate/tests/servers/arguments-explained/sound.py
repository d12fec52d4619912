"""A description that leaves the arguments to the schema, which explains each of them."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))
import base

DESCRIPTION = (
    "Finds notes that contain a phrase, newest first. Returns one line a note: its id and what it "
    "says. Do not use it for one note whose id is known: use read_note."
)


class Server(base.Server):
    def tools(self):
        return [base.FIND_NOTES | {"description": DESCRIPTION}, base.READ_NOTE]

Server().run()
