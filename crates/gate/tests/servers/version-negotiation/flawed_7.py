"""Checks the version in server/discover alone."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))
import base


class Server(base.Server):
    def era_of(self, method, params):
        meta = params.get("_meta") or {}
        if method != "server/discover" and base.META + "protocolVersion" in meta:
            return "modern"
        return super().era_of(method, params)


Server().run()
