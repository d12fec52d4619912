"""Refuses as a fault of its own, in the legacy era."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))
import base


class Server(base.Server):
    def answer(self, method, params, request, era):
        try:
            return super().answer(method, params, request, era)
        except base.RpcError as error:
            if method == "resources/read" and era == "legacy":
                error.code = -32603
            raise


Server().run()
