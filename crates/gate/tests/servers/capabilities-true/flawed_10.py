"""Declares that lists may change, and takes no subscription in the modern era."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))
import base


class Server(base.Server):
    def capabilities(self):
        return {"tools": {"listChanged": True}, "resources": {}}


Server().run()
