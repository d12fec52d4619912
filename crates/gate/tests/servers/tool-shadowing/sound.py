"""Texts about the server's own tools, parameters and words that are tools elsewhere."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))
import base


FIND_NOTES = base.FIND_NOTES | {
    "description": base.FIND_NOTES["description"]
    + " Use it instead of read_note where words are known. `cursor` is used instead of a page number."
}
READ_NOTE = base.READ_NOTE | {
    "description": base.READ_NOTE["description"]
    + " When find_notes is called first, its ids fit. Read it before you write an answer. Not for web pages: the "
    "client's own WebFetch does that."
}


class Server(base.Server):
    def tools(self):
        return [FIND_NOTES, READ_NOTE]


Server().run()
