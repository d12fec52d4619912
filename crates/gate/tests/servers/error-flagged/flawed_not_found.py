"""Refuses bad arguments well, and returns an unknown id as success."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))
import base


class Server(base.Server):
    def call(self, name, arguments):
        if name == "read_note" and arguments["id"] not in base.NOTES:
            return f"Failed to read note {arguments['id']}: it does not exist. Call find_notes to see which there are."
        return super().call(name, arguments)


Server().run()
