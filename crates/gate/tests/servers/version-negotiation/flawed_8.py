"""Negotiates a version that never was."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))
import base


class Server(base.Server):
    def initialize(self, params):
        known = params["protocolVersion"] in base.LEGACY
        return super().initialize(params) | ({} if known else {"protocolVersion": "1.0"})


Server().run()
