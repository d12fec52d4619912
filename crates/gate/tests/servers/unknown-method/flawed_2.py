"""Says nothing to unknown methods."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))
import base


class Server(base.Server):
    def send(self, message):
        if message.get("error", {}).get("code") != -32601:
            super().send(message)


Server().run()
