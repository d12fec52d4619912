"""Answers the handshake with what its argument says instead of an object."""

import json
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))
import base

GARBAGE = json.loads(sys.argv[1])


class Server(base.Server):
    def send(self, message):
        if "result" in message and "tools" not in message["result"]:
            message = message | {"result": GARBAGE}
        super().send(message)


Server().run()
