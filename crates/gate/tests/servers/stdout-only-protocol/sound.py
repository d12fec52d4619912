"""Says the same on stderr."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))
import base


class Server(base.Server):
    def find_notes(self, arguments):
        print("looking for", arguments["text"], file=sys.stderr)
        return super().find_notes(arguments)


print("Notes server 1.0 ready", file=sys.stderr)
Server().run()
