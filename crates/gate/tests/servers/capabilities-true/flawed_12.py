"""Sends requests in the modern era, where there are none."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))
import base


class Server(base.Server):
    def discover(self):
        self.send({"jsonrpc": "2.0", "id": "ping-1", "method": "ping"})
        return super().discover()


Server().run()
