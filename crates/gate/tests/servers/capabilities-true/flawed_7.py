"""Declares subscriptions to resources and takes none."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))
import base


class Server(base.Server):
    def capabilities(self):
        return {"tools": {}, "resources": {"subscribe": True}}


Server().run()
