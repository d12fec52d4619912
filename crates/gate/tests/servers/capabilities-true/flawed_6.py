"""Tells of changed tools without having declared that it would."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))
import base


class Server(base.Server):
    def notified(self, method, params):
        if method == "notifications/initialized":
            self.send({"jsonrpc": "2.0", "method": "notifications/tools/list_changed"})
        super().notified(method, params)


Server().run()
