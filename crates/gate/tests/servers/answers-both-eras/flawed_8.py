"""Introduces itself without a version."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))
import base


class Server(base.Server):
    def initialize(self, params):
        return super().initialize(params) | {"serverInfo": {"name": self.name}}


Server().run()
