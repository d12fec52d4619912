"""Looks at the version of no request once it has served a list."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))
import base


class Server(base.Server):
    served = False

    def era_of(self, method, params):
        meta = params.get("_meta") or {}
        if self.served and base.META + "protocolVersion" in meta:
            return "modern"
        era = super().era_of(method, params)
        self.served = self.served or method.endswith("/list")
        return era


Server().run()
