"""The largest page has some 12,500 tokens."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))
import base


class Server(base.Server):
    def find_notes(self, arguments):
        lines = super().find_notes(arguments).split("\n")
        return "\n".join(line + " and so on" * 97 if line.startswith("n") else line for line in lines)


Server().run()
