"""A description that names the tool for what this one is not for."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))
import base

DESCRIPTION = (
    "Finds notes whose text contains a phrase, newest first. `text` is the phrase; `limit` is how "
    "many to return. Returns one line a note: its id and its text. For one note whose id is known, "
    "use read_note."
)


class Server(base.Server):
    def tools(self):
        return [base.FIND_NOTES | {"description": DESCRIPTION}, base.READ_NOTE]

Server().run()
