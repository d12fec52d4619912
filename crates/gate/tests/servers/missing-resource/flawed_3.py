"""What is missing says so in its text."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))
import base


class Server(base.Server):
    def read(self, uri):
        try:
            return super().read(uri)
        except base.RpcError:
            return f"Resource not found: {uri}"


Server().run()
