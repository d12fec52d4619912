"""Looks at the name in the handshake only."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))
import http_base


class Endpoint(http_base.Endpoint):
    def admit(self, request):
        self.check_origin(request)

    def read(self, request):
        message = super().read(request)
        if message.get("method") in ("initialize", "server/discover"):
            self.check_host(request)
        return message


Endpoint().run()
