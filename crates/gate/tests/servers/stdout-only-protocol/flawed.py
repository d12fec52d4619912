"""Prints a banner when it starts, and a trace line in a call."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))
import base


class Server(base.Server):
    def find_notes(self, arguments):
        with self.lock:
            print("looking for", arguments["text"], flush=True)
        return super().find_notes(arguments)


print("Notes server 1.0 ready", flush=True)
Server().run()
