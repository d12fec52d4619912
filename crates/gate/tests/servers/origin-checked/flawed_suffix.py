"""Looks at the end of the host only."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))
import http_base


class Endpoint(http_base.Endpoint):
    def check_origin(self, request):
        origin = request.headers.get("Origin", "http://localhost")
        if not origin.split("//")[-1].split(":")[0].endswith(("localhost", "127.0.0.1")):
            raise http_base.Refusal(403, message="This origin is not allowed.")


Endpoint().run()
