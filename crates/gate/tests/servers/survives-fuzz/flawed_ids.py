"""Keeps requests by their id, whatever that is."""

import json
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))
import base


class Server(base.Server):
    asked = {}

    def take(self, line):
        try:
            message = json.loads(line)
        except (ValueError, RecursionError):
            message = None
        if isinstance(message, dict) and "id" in message:
            self.asked[message["id"]] = message.get("method")
        super().take(line)


Server().run()
