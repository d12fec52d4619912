"""Takes half a minute over the longest text that its schema allows."""

import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))
import base


class Server(base.Server):
    def find_notes(self, arguments):
        if len(arguments["text"]) == 200:
            time.sleep(30)
        return super().find_notes(arguments)


Server().run()
