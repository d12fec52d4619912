"""Asks for a key in a header of its own."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))
import http_base


class Endpoint(http_base.Endpoint):
    def check_token(self, request):
        if request.headers.get("X-Api-Key") != self.token:
            raise self.unauthorized("X-Api-Key" in request.headers)


Endpoint().run()
