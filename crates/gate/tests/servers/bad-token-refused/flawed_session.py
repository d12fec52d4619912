"""Compares the token in the handshake only."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))
import http_base


class Endpoint(http_base.Endpoint):
    def check_token(self, request):
        if "Authorization" not in request.headers or "Mcp-Session-Id" not in request.headers:
            super().check_token(request)


Endpoint().run()
