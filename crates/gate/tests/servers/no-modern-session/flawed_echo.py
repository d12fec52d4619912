"""Sends back whatever session it is told."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))
import http_base


class Endpoint(http_base.Endpoint):
    def answer(self, request, message, modern=False, headers=()):
        given = request.headers.get("Mcp-Session-Id")
        super().answer(request, message, modern, headers or ({"Mcp-Session-Id": given} if modern and given else {}))


Endpoint().run()
