"""Says nothing to an initialize with an unknown version."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))
import base


class Server(base.Server):
    def reply(self, request, method, params):
        if method != "initialize" or params.get("protocolVersion") in base.LEGACY:
            super().reply(request, method, params)


Server().run()
