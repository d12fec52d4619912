"""Speaks 2026-07-28 alone, and refuses unknown sessions and GET with 404."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))
import http_base


import base


class Server(base.Server):
    eras = ("modern",)


class Endpoint(http_base.Endpoint):
    def modern(self, request, message):
        if "Mcp-Session-Id" in request.headers:
            raise http_base.Refusal(404, message="There is no such session.")
        super().modern(request, message)

    def get(self, request):
        if request.path == self.path:
            raise http_base.Refusal(404, message="Nothing is here.")
        super().get(request)


Endpoint(Server()).run()
