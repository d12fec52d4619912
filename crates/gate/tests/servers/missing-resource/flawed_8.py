"""Says nothing of what is missing."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))
import base


class Server(base.Server):
    def reply(self, request, method, params):
        if method != "resources/read" or params.get("uri") == "notes://about":
            super().reply(request, method, params)


Server().run()
