"""Answers that it was cancelled."""

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

    def reply(self, request, method, params):
        super().reply(request, method, params)
        if request in self.cancelled:
            self.send({"jsonrpc": "2.0", "id": request, "error": {"code": 0, "message": "Request cancelled"}})


Server().run()
