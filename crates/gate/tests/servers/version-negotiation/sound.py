"""Refuses unknown versions in both eras, and names those of both."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))
import base


class Server(base.Server):
    def initialize(self, params):
        wanted = params["protocolVersion"]
        if wanted not in base.LEGACY:
            raise base.RpcError(
                -32602, f"Version {wanted} is not supported.", {"supported": base.LEGACY, "requested": wanted}
            )
        return super().initialize(params)

    def era_of(self, method, params):
        try:
            return super().era_of(method, params)
        except base.RpcError as error:
            if error.data:
                error.data["supported"] = [base.MODERN, *base.LEGACY]
            raise


Server().run()
