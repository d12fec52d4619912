"""Declares prompts and has none to list."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))
import base


class Server(base.Server):
    def capabilities(self):
        return super().capabilities() | {"prompts": {}}

    def answer(self, method, params, request, era):
        if method == "prompts/list":
            raise base.RpcError(-32601, f"Unknown method: {method}")
        return super().answer(method, params, request, era)


Server().run()
