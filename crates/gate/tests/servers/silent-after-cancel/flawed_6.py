"""Answers what was cancelled, in the legacy era, the only one that it speaks."""

import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))
import base


class Server(base.Server):
    eras = ("legacy",)

    def call(self, name, arguments):
        if name == "find_notes":
            time.sleep(0.5)
        return super().call(name, arguments)

    def notified(self, method, params):
        pass


Server().run()
