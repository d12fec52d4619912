"""Refuses with -32600."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))
import http_base


class Endpoint(http_base.Endpoint):
    def check_headers(self, request, message, params):
        try:
            super().check_headers(request, message, params)
        except http_base.Refusal as refusal:
            raise http_base.Refusal(400, -32600, refusal.message) from None


Endpoint().run()
