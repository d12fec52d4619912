"""Answers ids that nobody asked, and every id twice."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))
import base


class Server(base.Server):
    def send(self, message):
        for request in (10**6, "x", None, -1, 1.5, [1], {}, message["id"]):
            super().send({"jsonrpc": "2.0", "id": request, "result": {"tools": []}} if request != message["id"] else message)
        super().send(message)


Server().run()
