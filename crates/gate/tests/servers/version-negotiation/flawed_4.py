"""Refuses a version with the code for wrong parameters."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))
import base


class Server(base.Server):
    def era_of(self, method, params):
        try:
            return super().era_of(method, params)
        except base.RpcError as error:
            error.code = -32602
            raise


Server().run()
