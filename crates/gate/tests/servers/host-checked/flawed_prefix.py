"""Looks at the beginning of the name only."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))
import http_base


class Endpoint(http_base.Endpoint):
    def check_host(self, request):
        if not request.headers.get("Host", "").startswith(("localhost", "127.0.0.1")):
            raise http_base.Refusal(421, message="This server is not served under that name.")


Endpoint().run()
