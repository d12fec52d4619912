"""Has the same content for every URI."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))
import base


class Server(base.Server):
    def read(self, uri):
        return "Notes of a small office."


Server().run()
