"""Ends at the longest text that its own schema allows."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))
import base


import os


class Server(base.Server):
    def find_notes(self, arguments):
        if len(arguments["text"]) > 150:
            os._exit(3)
        return super().find_notes(arguments)


Server().run()
