"""Serves modern requests in any version."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))
import base


class Server(base.Server):
    def era_of(self, method, params):
        meta = params.get("_meta") or {}
        return "modern" if base.META + "protocolVersion" in meta else super().era_of(method, params)


Server().run()
