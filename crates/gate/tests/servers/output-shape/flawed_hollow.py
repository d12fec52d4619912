"""A description that says that something comes back, and nothing of what."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))
import base

DESCRIPTION = (
    "Finds notes whose text contains a phrase, newest first. `text` is the phrase; `limit` is how "
    "many are wanted. Returns the result. Do not use it to read one note whose id is known: use "
    "read_note."
)


class Server(base.Server):
    def tools(self):
        return [base.FIND_NOTES | {"description": DESCRIPTION}, base.READ_NOTE]

Server().run()
