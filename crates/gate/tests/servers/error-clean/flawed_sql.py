"""Tells its SQL."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))
import base


class Server(base.Server):
    def call(self, name, arguments):
        if name == "read_note" and arguments["id"] not in base.NOTES:
            raise base.ToolError(
                "No row for SELECT text FROM notes WHERE id = ?. There is no such note: call find_notes to see which there are."
            )
        return super().call(name, arguments)


Server().run()
