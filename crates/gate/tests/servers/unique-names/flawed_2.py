"""Names that differ by case and punctuation only."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))
import base


BEGINNING = base.READ_NOTE | {
    "name": "readNote",
    "title": "Read a note",
    "description": (
        "Shows the first line of a note, for a quick look. `id` is the note's id, such as n7. Returns one line. "
        "Do not use it where every word counts. It only reads what is stored here."
    ),
}


class Server(base.Server):
    def tools(self):
        return [base.FIND_NOTES, base.READ_NOTE, BEGINNING]

    def call(self, name, arguments):
        return super().call("read_note" if name == "readNote" else name, arguments)


Server().run()
