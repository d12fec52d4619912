"""Asks the client without end."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))
import base


class Server(base.Server):
    def notified(self, method, params):
        super().notified(method, params)
        for number in range(1_000_000):
            self.send({"jsonrpc": "2.0", "id": f"s{number}", "method": "sampling/createMessage", "params": {"x": "y" * 500}})


Server().run()
