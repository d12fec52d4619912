"""Asks every client for its roots."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))
import base


class Server(base.Server):
    def notified(self, method, params):
        if method == "notifications/initialized":
            self.send({"jsonrpc": "2.0", "id": "roots-1", "method": "roots/list"})
        super().notified(method, params)


Server().run()
