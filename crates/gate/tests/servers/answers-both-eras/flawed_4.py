"""Knows neither handshake."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))
import base


class Server(base.Server):
    def answer(self, method, params, request, era):
        if method in ("initialize", "server/discover"):
            raise base.RpcError(-32601, f"Unknown method: {method}")
        return super().answer(method, params, request, era)


Server().run()
