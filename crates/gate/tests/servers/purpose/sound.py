"""A description that begins like the name, and goes on."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))
import base

DESCRIPTION = (
    "Find notes whose text has a phrase in it. Returns one line a note: id and text. Not for one "
    "note: use read_note."
)


class Server(base.Server):
    def tools(self):
        return [base.FIND_NOTES | {"description": DESCRIPTION}, base.READ_NOTE]

Server().run()
