"""Dies of a version that it does not know."""

import os
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))
import base


class Server(base.Server):
    def initialize(self, params):
        if params["protocolVersion"] not in base.LEGACY:
            os._exit(1)
        return super().initialize(params)


Server().run()
