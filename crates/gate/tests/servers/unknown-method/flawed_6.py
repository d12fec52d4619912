"""Answers notifications."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))
import base


class Server(base.Server):
    def notified(self, method, params):
        if not method.startswith(("notifications/initialized", "notifications/cancelled")):
            self.send({"jsonrpc": "2.0", "id": None, "error": {"code": -32601, "message": f"Unknown method: {method}"}})
        super().notified(method, params)


Server().run()
