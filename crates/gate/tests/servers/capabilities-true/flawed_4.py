"""Sends log messages without logging."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))
import base


class Server(base.Server):
    def find_notes(self, arguments):
        self.send(
            {
                "jsonrpc": "2.0",
                "method": "notifications/message",
                "params": {"level": "info", "data": "looking for notes"},
            }
        )
        return super().find_notes(arguments)


Server().run()
