"""Never comes back from a text with a NUL."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))
import base


class Server(base.Server):
    def find_notes(self, arguments):
        while "\0" in arguments["text"]:
            pass
        return super().find_notes(arguments)


Server().run()
