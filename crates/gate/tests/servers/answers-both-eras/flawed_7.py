"""Refuses initialize once another request came before it."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))
import base


class Server(base.Server):
    eras = ("legacy",)
    begun = False

    def answer(self, method, params, request, era):
        if method == "initialize" and self.begun:
            raise base.RpcError(-32600, "The session is broken.")
        self.begun = True
        return super().answer(method, params, request, era)


Server().run()
