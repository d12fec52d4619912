"""Two tools of one name."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))
import base


BEGINNING = base.READ_NOTE | {
    "title": "Read a note's beginning",
    "description": (
        "Shows the first line of a note, for a quick look. `id` is the note's id, such as n7. Returns one line. "
        "Do not use it where every word counts. It only reads what is stored here."
    ),
}


class Server(base.Server):
    def tools(self):
        return [base.FIND_NOTES, base.READ_NOTE, BEGINNING]


Server().run()
