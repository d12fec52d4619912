"""A description that says when to use the tool, and never when not."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))
import base

DESCRIPTION = (
    "Finds notes whose text contains a phrase, newest first. Use it when only words of a note are "
    "known. `text` is the phrase; `limit` is how many to return. Returns one line a note: its id and "
    "its text. It only reads the server's own notes."
)


class Server(base.Server):
    def tools(self):
        return [base.FIND_NOTES | {"description": DESCRIPTION}, base.READ_NOTE]

Server().run()
