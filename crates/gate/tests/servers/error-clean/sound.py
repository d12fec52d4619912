"""Points to a page of its documentation and to a note by its path."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))
import base


class Server(base.Server):
    def call(self, name, arguments):
        if name == "read_note" and arguments["id"] not in base.NOTES:
            raise base.ToolError(
                f"There is no note at notes/{arguments['id']} (12:30:45). Call find_notes to see which there are, or "
                "see https://notes.example.com/home/docs/ids for how ids look."
            )
        return super().call(name, arguments)


Server().run()
