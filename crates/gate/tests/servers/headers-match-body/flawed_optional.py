"""Compares Mcp-Method and Mcp-Name only where they are given."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))
import http_base


class Endpoint(http_base.Endpoint):
    def check_method_header(self, request, message):
        if "Mcp-Method" in request.headers:
            super().check_method_header(request, message)

    def check_name_header(self, request, message, params):
        if "Mcp-Name" in request.headers:
            super().check_name_header(request, message, params)


Endpoint().run()
