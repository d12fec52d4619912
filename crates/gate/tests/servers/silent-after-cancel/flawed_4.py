"""Reads nothing while it works."""

import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))
import base


class Server(base.Server):
    def call(self, name, arguments):
        if name == "find_notes":
            time.sleep(0.5)
        return super().call(name, arguments)

    def dispatch(self, request, method, params):
        self.reply(request, method, params)


Server().run()
