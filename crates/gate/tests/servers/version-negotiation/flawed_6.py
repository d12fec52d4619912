"""Checks that the version is not too old, and accepts any that is newer."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))
import base


class Server(base.Server):
    def initialize(self, params):
        wanted = params["protocolVersion"]
        return super().initialize(params) | {"protocolVersion": max(wanted, base.LEGACY[-1])}


Server().run()
