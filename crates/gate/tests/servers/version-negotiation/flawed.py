"""Accepts whatever version initialize asks for."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))
import base


class Server(base.Server):
    def initialize(self, params):
        return super().initialize(params) | {"protocolVersion": params["protocolVersion"]}


Server().run()
