"""Tells where its files are."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))
import base


class Server(base.Server):
    def call(self, name, arguments):
        if name == "read_note" and arguments["id"] not in base.NOTES:
            raise base.ToolError(
                f"There is no /home/notes/data/{arguments['id']}.txt. Call find_notes to see which notes there are."
            )
        return super().call(name, arguments)


Server().run()
